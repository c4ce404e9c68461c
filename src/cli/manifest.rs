//! `upshot manifest`: what a platform needs to know to set the app up.

use std::{
    fs,
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Context;

use super::{
    Failure, Outcome,
    args::{ManifestCommand, TeamsManifestArgs},
};
use crate::{
    config::Settings,
    platforms::{
        slack::{self, Reached},
        teams::{GlossaryTab, PackageSchema, Permissions, package, tab_resource},
    },
};

pub(super) fn run(command: &ManifestCommand) -> Outcome {
    match command {
        ManifestCommand::Slack { url, socket } => {
            let reached = match url {
                Some(url) if !socket => Reached::At(url),
                browsers_at => Reached::BySocket { browsers_at: browsers_at.as_deref() },
            };
            let manifest = slack::manifest(reached).map_err(|error| Failure::Usage(error.to_string()))?;
            io::stdout().write_all(manifest.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        ManifestCommand::Teams(args) => teams(args),
    }
}

fn teams(args: &TeamsManifestArgs) -> Outcome {
    let app_id = match &args.app_id {
        Some(id) => id.clone(),
        None => Settings::load()?.teams.app_id.unwrap_or_default(),
    };
    let permissions = if args.reads_threads { Permissions::Threads } else { Permissions::Nothing };
    let tab = if args.tab { GlossaryTab::Included } else { GlossaryTab::LeftOut };
    let mut out = io::stdout().lock();
    for schema in PackageSchema::ALL {
        let zip =
            package(&args.url, &app_id, schema, permissions, tab).map_err(|error| Failure::Usage(error.to_string()))?;
        let path = args.out.join(format!("upshot-teams-{}.zip", schema.version()));
        fs::write(&path, zip).with_context(|| format!("{} cannot be written", path.display()))?;
        writeln!(out, "{}", path.display())?;
    }
    if let (GlossaryTab::LeftOut, Some(resource)) = (tab, tab_resource(&args.url, &app_id)) {
        // Not among the names of files, which scripts read.
        writeln!(
            io::stderr(),
            "The tab Glossary is left out, and what waits in the glossary is shown in the conversation (write glossary to Upshot). To \
             have it, let the app's page in Entra expose an API with the Application ID URI {resource} and the scope access_as_user \
             (docs/teams.md has the steps), and add --tab."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
