//! What is in force: settings without secrets, what answers are made with, and where Upshot is installed. To look at only: settings are
//! read at the start.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use serde_json::json;

use super::{Answer, Console, Page, go_to, session::Visitor};
use crate::{
    app::curation::{CurationError, Reach, Role, platform_title},
    config::{ToldSetting, ToldValue},
    ids::{OrganisationId, WorkspaceId},
    store::KnownInstallation,
};

#[derive(Serialize)]
struct SettingRow<'a> {
    name: &'a str,
    value: &'a str,
    is_shown: bool,
}

impl<'a> SettingRow<'a> {
    fn of(setting: &'a ToldSetting) -> Self {
        let (value, is_shown) = match &setting.value {
            ToldValue::Default => ("not set", false),
            ToldValue::Secret => ("set", false),
            ToldValue::Shown(value) => (value.as_str(), true),
        };
        Self { name: setting.name, value, is_shown }
    }
}

#[derive(Serialize)]
struct Installed {
    name: String,
    platform: &'static str,
    state: &'static str,
    since: String,
}

impl Installed {
    fn of(known: KnownInstallation) -> Self {
        let KnownInstallation { key, details, is_disabled, updated_at } = known;
        let organisation = key.organisation.as_ref().map(OrganisationId::as_str);
        let id = key.workspace.as_ref().map(WorkspaceId::as_str).or(organisation).unwrap_or_default();
        let name = if details.workspace_name.is_empty() {
            id.to_owned()
        } else {
            format!("{} ({id})", details.workspace_name)
        };
        Self {
            name,
            platform: platform_title(key.platform),
            state: if is_disabled { "ended" } else { "in use" },
            since: updated_at.date(),
        }
    }
}

/// `GET /glossary/settings`.
pub(super) async fn show(State(console): State<Arc<Console>>, visitor: Visitor) -> Answer {
    let Some(curator) = &visitor.curator else { return Ok(go_to(&visitor.sign_in_address())) };
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    curator.need(Role::Admin).map_err(sorry)?;
    let desk = &console.desk;
    // Which other workspaces there are is no affair of an administrator of one, and settings name some.
    let sees_settings = curator.reach.keeps_what_is_shared();
    let sees_all = curator.reach == Reach::Everything;
    let installed = if sees_all {
        desk.app.store().installations().await.map_err(|error| sorry(error.into()))?
    } else {
        Vec::new()
    };
    let answers = desk.app.in_answers();
    let row = |title: &str, text: String| json!({ "title": title, "text": text });
    let mut facts = vec![
        row("Version", env!("CARGO_PKG_VERSION").to_owned()),
        row("Content", answers.content),
        row("Publication", answers.published.to_string()),
        row("Built in", format!("{} ms", answers.build_ms)),
        row(
            "Holds",
            format!(
                "{} entries with {} terms, {} phrases, {} kinds of reader",
                answers.size.concepts, answers.size.terms, answers.size.patterns, answers.readers
            ),
        ),
    ];
    if sees_settings {
        facts.push(row("Database", desk.told.database.clone()));
    }
    let settings = desk.told.settings.iter().filter(|_| sees_settings).map(SettingRow::of);
    let content = json!({
        "facts": facts,
        "settings": settings.collect::<Vec<_>>(),
        "sees_all": sees_all,
        "installed": installed.into_iter().map(Installed::of).collect::<Vec<_>>(),
    });
    Ok(console.pages.render(StatusCode::OK, Page::Settings, "Settings", &visitor, content))
}
