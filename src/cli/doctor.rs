//! `upshot doctor`: what would keep the server from working, and how to mend it.

use std::{
    io::{self, Write},
    net::TcpListener,
    process::ExitCode,
};

use super::{Outcome, explained, serve::runtime};
use crate::{
    clock::{Clock, Timestamp},
    config::{Settings, SlackSettings, TeamsSettings},
    content,
    platforms::{
        slack::{ApiError, Client},
        teams::Teams,
    },
    store::Store,
};

/// When this version was made: a clock before it is wrong.
const NOT_BEFORE: Timestamp = Timestamp::from_unix_seconds(1_793_491_200);

/// What a check found: a sentence, or a sentence with its mend.
type Finding = Result<String, String>;

pub(super) fn run() -> Outcome {
    let mut report = Report { out: io::stdout().lock(), all_well: true };
    let settings = match Settings::load() {
        Ok(settings) => settings,
        Err(error) => {
            for problem in &error.problems {
                report.line("settings", &Err(problem.to_string()))?;
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    report.line("settings", &Ok("complete and consistent".to_owned()))?;
    report.line("clock", &clock(Clock::System.now()))?;
    report.line("glossary", &glossary(&settings))?;
    report.line("database", &database(&settings))?;
    report.line("address", &address(&settings))?;
    report.line("slack", &slack(&settings.slack))?;
    report.line("teams", &teams(&settings.teams))?;
    Ok(if report.all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Report<W: Write> {
    out: W,
    all_well: bool,
}

impl<W: Write> Report<W> {
    fn line(&mut self, subject: &str, finding: &Finding) -> io::Result<()> {
        match finding {
            Ok(sentence) => writeln!(self.out, "ok    {subject:<9} {sentence}"),
            Err(sentence) => {
                self.all_well = false;
                writeln!(self.out, "mend  {subject:<9} {sentence}")
            }
        }
    }
}

fn clock(now: Timestamp) -> Finding {
    if now < NOT_BEFORE {
        Err("The clock is behind this version's release, so Slack's signatures would look stale: set the clock."
            .to_owned())
    } else {
        Ok("plausible (Slack's signatures may be five minutes off)".to_owned())
    }
}

fn glossary(settings: &Settings) -> Finding {
    match content::load(&settings.content) {
        Ok(engine) => Ok(format!("revision {}, {} readers", engine.revision(), engine.audiences().len())),
        Err(error) => Err(error.to_string()),
    }
}

fn database(settings: &Settings) -> Finding {
    let opened = runtime().map_err(anyhow::Error::from).and_then(|runtime| {
        runtime.block_on(async {
            Store::open(&settings.database, &settings.encryption).await?.ping().await?;
            Ok(())
        })
    });
    match opened {
        Ok(()) => Ok(format!("{:?} answers and is up to date", settings.database)),
        Err(error) => Err(format!(
            "{:?}: {}. Check UPSHOT_DATABASE_URL and that its folder can be written to.",
            settings.database,
            explained(&error)
        )),
    }
}

fn address(settings: &Settings) -> Finding {
    let listen = settings.server.listen;
    match TcpListener::bind(listen) {
        Ok(_) => Ok(format!("{listen} is free")),
        Err(error) => {
            Err(format!("{listen} cannot be listened on ({error}): is Upshot running already? Else set UPSHOT_LISTEN."))
        }
    }
}

fn slack(settings: &SlackSettings) -> Finding {
    if settings.signing_secrets.is_empty() {
        return Ok("not set up (SLACK_SIGNING_SECRET is not set), so every delivery would be refused".to_owned());
    }
    if settings.bot_token.is_none() {
        return Ok("set up without dialogs (SLACK_BOT_TOKEN is not set)".to_owned());
    }
    let client = Client::new(settings).map_err(|error| error.to_string())?;
    let runtime = runtime().map_err(|error| error.to_string())?;
    match runtime.block_on(client.test_token()) {
        Ok(identity) => Ok(format!("the bot token belongs to {}", identity.team)),
        Err(error @ ApiError::InstallationDead(_)) => {
            Err(format!("{error}: copy SLACK_BOT_TOKEN again from OAuth & Permissions."))
        }
        Err(error) => Err(format!("{error}: check the network and SLACK_API_URL.")),
    }
}

fn teams(settings: &TeamsSettings) -> Finding {
    runtime().map_err(|error| error.to_string())?.block_on(Teams::check_up(settings))
}
