//! The app package: what Teams needs to know to install the app, with this server's address in it, as a zip file.
//!
//! Fields and limits: <https://learn.microsoft.com/microsoft-365/extensibility/schema/>. It asks for no permission unless it is told to,
//! because a message action hands its message over.

mod zip;

use std::fmt;

use reqwest::Url;
use serde_json::{Value, json};

const TEMPLATE: &str = include_str!("manifest.json");
const COLOR: &[u8] = include_bytes!("color.png");
const OUTLINE: &[u8] = include_bytes!("outline.png");

/// Which version of the manifest's schema a package is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageSchema {
    /// The newest, with slash commands and private answers.
    Newest,
    /// One that tenants have accepted since 2024.
    Supported,
}

impl PackageSchema {
    /// Both, the newest first.
    pub const ALL: [Self; 2] = [Self::Newest, Self::Supported];

    /// Its number.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::Newest => "1.29",
            Self::Supported => "1.19",
        }
    }
}

/// What the app asks owners of teams for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permissions {
    /// Nothing.
    Nothing,
    /// To read what stands above a question in a thread. Teams delivers every message of the team then, and what is not said to us is
    /// dropped unread.
    Threads,
}

/// Whether the app has the tab "Glossary".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlossaryTab {
    /// It has not: the queue is in the conversation.
    LeftOut,
    /// It has, and people are known there by the token that Entra gives to Teams for it.
    Included,
}

/// The name under which Entra must know the app before Teams is given a token for its tab: the Application ID URI of an app that is a
/// bot as well. `None` where no package can be made for this address and id.
#[must_use]
pub fn tab_resource(address: &str, app_id: &str) -> Option<String> {
    let (url, app_id) = checked(address, app_id).ok()?;
    Some(format!("api://{}/botid-{app_id}", url.host_str()?))
}

/// Why no package can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageError {
    /// Teams cannot reach this address.
    UnfitAddress,
    /// This is no application id.
    UnfitAppId,
}

impl fmt::Display for PackageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UnfitAddress => {
                "Teams reaches https addresses only; give the address of this server as Teams reaches it, without a query, \
                 for example https://upshot.example.com"
            }
            Self::UnfitAppId => {
                "give the bot's application id with --app-id or MICROSOFT_APP_ID, as its page in Azure shows it: 32 \
                 hexadecimal digits in five groups"
            }
        })
    }
}

impl std::error::Error for PackageError {}

/// The package of an app whose server is reached at this address and whose bot has this id. The same input gives the same
/// bytes.
///
/// # Errors
/// The address is not one of https or has a query or a fragment, or the id is none.
pub fn package(
    address: &str,
    app_id: &str,
    schema: PackageSchema,
    permissions: Permissions,
    tab: GlossaryTab,
) -> Result<Vec<u8>, PackageError> {
    let manifest = manifest(address, app_id, schema, permissions, tab)?;
    Ok(zip::stored(&[("manifest.json", manifest.as_bytes()), ("color.png", COLOR), ("outline.png", OUTLINE)]))
}

fn checked(address: &str, app_id: &str) -> Result<(Url, String), PackageError> {
    let url = Url::parse(address.trim()).map_err(|_| PackageError::UnfitAddress)?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if url.scheme() != "https" || !is_plain || url.host_str().is_none() {
        return Err(PackageError::UnfitAddress);
    }
    let app_id = app_id.trim().to_ascii_lowercase();
    let groups: Vec<usize> = app_id.split('-').map(str::len).collect();
    let has_digits = app_id.bytes().all(|sign| sign == b'-' || sign.is_ascii_hexdigit());
    if groups != [8, 4, 4, 4, 12] || !has_digits {
        return Err(PackageError::UnfitAppId);
    }
    Ok((url, app_id))
}

fn manifest(
    address: &str,
    app_id: &str,
    schema: PackageSchema,
    permissions: Permissions,
    tab: GlossaryTab,
) -> Result<String, PackageError> {
    let (url, app_id) = checked(address, app_id)?;
    let host = url.host_str().ok_or(PackageError::UnfitAddress)?;
    let address = url.as_str().trim_end_matches('/');
    let newest = TEMPLATE
        .replace("{url}", address)
        .replace("{host}", host)
        .replace("{app}", &app_id)
        .replace("{version}", env!("CARGO_PKG_VERSION"));
    let newest = match permissions {
        Permissions::Nothing => newest,
        Permissions::Threads => reading(&newest, &app_id, host),
    };
    let newest = match (tab, tab_resource(address, &app_id)) {
        (GlossaryTab::Included, Some(resource)) => with_tab(&newest, address, &app_id, &resource),
        _ => newest,
    };
    Ok(match schema {
        PackageSchema::Newest => newest,
        PackageSchema::Supported => older(&newest),
    })
}

/// The same app with the tab beside the conversation.
fn with_tab(manifest: &str, address: &str, app_id: &str, resource: &str) -> String {
    let mut manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    if let Some(tabs) = manifest["staticTabs"].as_array_mut() {
        tabs.push(json!({
            "entityId": "glossary",
            "name": "Glossary",
            "contentUrl": format!("{address}/teams/tab"),
            "websiteUrl": format!("{address}/glossary"),
            "scopes": ["personal"],
        }));
    }
    manifest["webApplicationInfo"] = json!({ "id": app_id, "resource": resource });
    format!("{manifest:#}\n")
}

/// The same app with a permission, and with what people are told about it.
fn reading(manifest: &str, app_id: &str, host: &str) -> String {
    let mut manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    let wanted = json!([{ "name": "ChannelMessage.Read.Group", "type": "Application" }]);
    manifest["authorization"] = json!({ "permissions": { "resourceSpecific": wanted } });
    // The schema wants it beside such a permission; nobody is signed in by it, unless there is a tab, which has its own.
    manifest["webApplicationInfo"] = json!({ "id": app_id, "resource": format!("https://{host}") });
    let told = manifest["description"]["full"].as_str().unwrap_or_default();
    manifest["description"]["full"] = json!(format!(
        "{told} When somebody asks it in a thread about the message above, it reads that one; with this permission Teams delivers \
         every message of the team, and Upshot drops unread what does not call it."
    ));
    format!("{manifest:#}\n")
}

/// The same app without what version 1.19 refuses: private answers, triggers, and prompts to start with.
fn older(newest: &str) -> String {
    let mut manifest: Value = serde_json::from_str(newest).unwrap_or_default();
    let version = PackageSchema::Supported.version();
    manifest["$schema"] =
        json!(format!("https://developer.microsoft.com/json-schemas/teams/v{version}/MicrosoftTeams.schema.json"));
    manifest["manifestVersion"] = json!(version);
    for bot in manifest["bots"].as_array_mut().into_iter().flatten() {
        if let Some(lists) = bot["commandLists"].as_array_mut() {
            lists.retain(|list| list["triggers"] != json!(["slash"]));
            lists.retain(|list| {
                list["commands"].as_array().is_none_or(|all| all.iter().all(|one| one["type"] != "prompt"))
            });
            lists.iter_mut().for_each(|list| remove(list, "triggers"));
        }
        remove(bot, "supportsTargetedMessages");
    }
    for extension in manifest["composeExtensions"].as_array_mut().into_iter().flatten() {
        extension["commands"].as_array_mut().into_iter().flatten().for_each(|command| remove(command, "triggers"));
    }
    format!("{manifest:#}\n")
}

fn remove(object: &mut Value, field: &str) {
    if let Some(fields) = object.as_object_mut() {
        fields.remove(field);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::{
        app::{Command, Door, Readers, parse},
        engine::Engine,
        seed,
    };

    use super::{
        COLOR, GlossaryTab, OUTLINE, PackageError, PackageSchema, Permissions, manifest, package, tab_resource,
    };

    const APP: &str = "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6";

    fn read(schema: PackageSchema) -> Value {
        read_with(schema, Permissions::Nothing)
    }

    fn read_with(schema: PackageSchema, permissions: Permissions) -> Value {
        read_all(schema, permissions, GlossaryTab::LeftOut)
    }

    fn read_all(schema: PackageSchema, permissions: Permissions, tab: GlossaryTab) -> Value {
        serde_json::from_str(&manifest("https://upshot.example.com/", APP, schema, permissions, tab).unwrap()).unwrap()
    }

    #[test]
    fn the_tab_comes_with_the_name_under_which_entra_knows_the_app() {
        let resource = format!("api://upshot.example.com/botid-{APP}");
        assert_eq!(tab_resource("https://upshot.example.com/", &APP.to_uppercase()), Some(resource.clone()));
        assert_eq!(tab_resource("http://upshot.example.com/", APP), None);
        for schema in PackageSchema::ALL {
            assert_eq!(read(schema)["staticTabs"].as_array().unwrap().len(), 1);
            for permissions in [Permissions::Nothing, Permissions::Threads] {
                let with = read_all(schema, permissions, GlossaryTab::Included);
                let tab = &with["staticTabs"][1];
                assert_eq!(tab["contentUrl"], "https://upshot.example.com/teams/tab");
                assert_eq!(tab["websiteUrl"], "https://upshot.example.com/glossary");
                assert_eq!(tab["scopes"], serde_json::json!(["personal"]));
                assert_eq!(with["webApplicationInfo"], serde_json::json!({ "id": APP, "resource": resource }));
                assert_eq!(with.get("authorization").is_some(), permissions == Permissions::Threads);
            }
        }
    }

    #[test]
    fn a_permission_is_asked_for_only_when_wanted_and_told() {
        for schema in PackageSchema::ALL {
            let (without, with) = (read(schema), read_with(schema, Permissions::Threads));
            assert!(without.get("authorization").is_none() && without.get("webApplicationInfo").is_none());
            let wanted = &with["authorization"]["permissions"]["resourceSpecific"];
            assert_eq!(wanted[0]["name"], "ChannelMessage.Read.Group");
            assert_eq!(with["webApplicationInfo"]["id"], APP);
            let told = with["description"]["full"].as_str().unwrap();
            assert!(told.contains("every message of the team") && told.chars().count() <= 4_000);
            let mut same = with.clone();
            for field in ["authorization", "webApplicationInfo", "description"] {
                same.as_object_mut().unwrap().remove(field);
            }
            let mut rest = without.clone();
            rest.as_object_mut().unwrap().remove("description");
            assert_eq!(same, rest, "and nothing else changes");
        }
    }

    #[test]
    fn published_limits_are_kept() {
        let length = |value: &Value| value.as_str().unwrap().chars().count();
        for schema in PackageSchema::ALL {
            let manifest = read(schema);
            assert_eq!(manifest["manifestVersion"], schema.version());
            assert!(manifest["$schema"].as_str().unwrap().contains(schema.version()));
            assert_eq!(manifest["version"].as_str().unwrap().split('.').count(), 3);
            assert!(length(&manifest["name"]["short"]) <= 30 && length(&manifest["name"]["full"]) <= 100);
            assert!(length(&manifest["description"]["short"]) <= 80);
            assert!(length(&manifest["description"]["full"]) <= 4_000);
            assert!(length(&manifest["developer"]["name"]) <= 32);
            assert_eq!(manifest["validDomains"][0], "upshot.example.com");
            for id in [&manifest["id"], &manifest["bots"][0]["botId"], &manifest["composeExtensions"][0]["botId"]] {
                assert_eq!(id, APP);
            }
            let lists = manifest["bots"][0]["commandLists"].as_array().unwrap();
            assert!((1..=3).contains(&lists.len()));
            for command in lists.iter().flat_map(|list| list["commands"].as_array().unwrap()) {
                assert!(length(&command["title"]) <= 32 && length(&command["description"]) <= 128);
            }
            let commands = manifest["composeExtensions"][0]["commands"].as_array().unwrap();
            let ids: Vec<&str> = commands.iter().map(|command| command["id"].as_str().unwrap()).collect();
            assert_eq!(ids, ["explainThis", "upshotFor", "addToGlossary", "rewriteDraft", "lookup"]);
            assert!(commands.len() <= 10);
            for command in commands {
                assert!(length(&command["title"]) <= 32 && length(&command["description"]) <= 128);
            }
            assert!(!manifest.to_string().contains('{') || !manifest.to_string().contains("{url}"));
        }
    }

    #[test]
    fn what_a_conversation_can_begin_with_is_understood() {
        let engine = Engine::build(&seed::content()).unwrap();
        let readers = Readers::of(&engine);
        let manifest = read(PackageSchema::Newest);
        let commands = manifest["bots"][0]["commandLists"].as_array().unwrap().iter();
        let commands = commands.flat_map(|list| list["commands"].as_array().unwrap());
        let prompts: Vec<&str> = commands.filter_map(|command| command["prompt"].as_str()).collect();
        assert_eq!(prompts.len(), 4);
        for prompt in prompts {
            let understood = match parse(prompt, Door::Talk, &readers) {
                Command::Rewrite { reader: Some(reader), .. } => prompt.starts_with(&format!("for {reader}: ")),
                Command::Explain { query, .. } => query == "error budget",
                Command::Draft { text, .. } => text.starts_with("The rollout"),
                _ => false,
            };
            assert!(understood && prompt.len() <= 4_000, "{prompt}");
        }
    }

    #[test]
    fn the_older_schema_gets_nothing_that_it_does_not_know() {
        let text = read(PackageSchema::Supported).to_string();
        for word in ["triggers", "supportsTargetedMessages", "\"prompt\"", "slash"] {
            assert!(!text.contains(word), "{word}");
        }
        assert!(read(PackageSchema::Newest).to_string().contains("supportsTargetedMessages"));
    }

    #[test]
    fn icons_have_their_sizes_and_one_of_them_no_colour() {
        for (icon, size) in [(COLOR, 192_u32), (OUTLINE, 32)] {
            assert_eq!(icon.get(1..4), Some(&b"PNG"[..]));
            assert_eq!(icon.get(16..20), Some(&size.to_be_bytes()[..]), "width");
            assert_eq!(icon.get(20..24), Some(&size.to_be_bytes()[..]), "height");
            assert_eq!(icon.get(24..26), Some(&[8, 6][..]), "eight bits with alpha");
        }
    }

    #[test]
    fn addresses_and_ids_that_cannot_work_are_refused() {
        for address in [
            "",
            "upshot.example.com",
            "http://upshot.example.com",
            "http://127.0.0.1:8080",
            "https://upshot.example.com?x=1",
            "https://me@upshot.example.com",
        ] {
            assert_eq!(
                package(address, APP, PackageSchema::Newest, Permissions::Nothing, GlossaryTab::LeftOut),
                Err(PackageError::UnfitAddress),
                "{address}"
            );
        }
        for id in ["", "6f1d2c3b", "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5eg", "28:6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6"] {
            let made = package(
                "https://upshot.example.com",
                id,
                PackageSchema::Newest,
                Permissions::Nothing,
                GlossaryTab::LeftOut,
            );
            assert_eq!(made, Err(PackageError::UnfitAppId), "{id}");
        }
    }
}
