//! The app manifest: what Slack needs to know to set the app up, with this server's address in it.
//!
//! It asks for no more than this version uses. Fields and limits: <https://docs.slack.dev/reference/app-manifest>.

use std::fmt;

use reqwest::Url;
use serde::Deserialize;

use crate::config::is_fit;

const TEMPLATE: &str = include_str!("manifest.yaml");
const PLACE: &str = "{url}";
/// Where browsers come back: after an installation, and signed in.
const REDIRECTS: [&str; 2] = ["/slack/oauth/callback", "/glossary/sign-in/slack/callback"];

/// An address that Slack cannot send deliveries to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfitAddress;

impl fmt::Display for UnfitAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "Slack sends deliveries to https addresses only; give the address of this server as Slack reaches it, without a \
             query, for example https://upshot.example.com; or, when Slack cannot reach it, --socket and no address",
        )
    }
}

impl std::error::Error for UnfitAddress {}

/// What the manifest asks to be allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    /// Without any of these something that everybody meets does not work.
    pub required: Vec<String>,
    /// A workspace may refuse these; then one feature says so.
    pub optional: Vec<String>,
}

impl Scopes {
    /// The scopes of the manifest.
    #[must_use]
    pub fn of_the_manifest() -> Self {
        #[derive(Deserialize)]
        struct Manifest {
            oauth_config: OAuthConfig,
        }
        #[derive(Deserialize)]
        struct OAuthConfig {
            scopes: Listed,
        }
        #[derive(Deserialize)]
        struct Listed {
            bot: Vec<String>,
            bot_optional: Vec<String>,
        }
        #[expect(clippy::expect_used, reason = "a constant that the tests read")]
        let manifest: Manifest = serde_saphyr::from_str(&TEMPLATE.replace(PLACE, "https://upshot.example.com"))
            .expect("the template is a manifest");
        let Listed { bot, bot_optional: optional } = manifest.oauth_config.scopes;
        // Slack wants the optional ones in both lists.
        Self { required: bot.into_iter().filter(|scope| !optional.contains(scope)).collect(), optional }
    }

    /// All of them, as an address carries them.
    pub(super) fn all(&self) -> String {
        self.required.iter().chain(&self.optional).map(String::as_str).collect::<Vec<_>>().join(",")
    }
}

/// How deliveries come to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached<'a> {
    /// Slack sends them to this address.
    At(&'a str),
    /// The server fetches them by Socket Mode. Browsers still need an address to install the app from a link.
    BySocket {
        /// That address, where there is one.
        browsers_at: Option<&'a str>,
    },
}

/// The manifest of an app whose server is reached like this, as YAML.
///
/// # Errors
/// The address is not one of https (or of this machine), or has a query or a fragment.
pub fn manifest(reached: Reached<'_>) -> Result<String, UnfitAddress> {
    let with = |address: &str, text: &str| {
        let url = Url::parse(address.trim()).map_err(|_| UnfitAddress)?;
        if is_fit(&url) { Ok(text.replace(PLACE, url.as_str().trim_end_matches('/'))) } else { Err(UnfitAddress) }
    };
    match reached {
        Reached::At(address) => with(address, TEMPLATE),
        Reached::BySocket { browsers_at } => {
            let text = by_socket(browsers_at.is_some());
            match browsers_at {
                Some(address) => with(address, &text),
                None => Ok(text),
            }
        }
    }
}

/// The manifest without addresses for deliveries, which Slack does not use then.
fn by_socket(keeps_redirects: bool) -> String {
    let mut text = String::with_capacity(TEMPLATE.len());
    for line in TEMPLATE.lines() {
        let is_redirect = line.trim() == "redirect_urls:" || REDIRECTS.iter().any(|path| line.ends_with(path));
        let stays = if is_redirect { keeps_redirects } else { !line.contains(PLACE) };
        if stays {
            text.push_str(&line.replace("socket_mode_enabled: false", "socket_mode_enabled: true"));
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Reached, Scopes, UnfitAddress, manifest};

    fn read(address: &str) -> Value {
        serde_saphyr::from_str(&manifest(Reached::At(address)).unwrap()).unwrap()
    }

    #[test]
    fn every_address_is_this_servers() {
        for address in ["https://upshot.example.com", "https://upshot.example.com/", " https://upshot.example.com "] {
            let manifest = read(address);
            let commands = manifest["features"]["slash_commands"].as_array().unwrap();
            assert!(commands.iter().all(|command| command["url"] == "https://upshot.example.com/slack/commands"));
            let settings = &manifest["settings"];
            assert_eq!(settings["event_subscriptions"]["request_url"], "https://upshot.example.com/slack/events");
            for field in ["request_url", "message_menu_options_url"] {
                assert_eq!(settings["interactivity"][field], "https://upshot.example.com/slack/interactions");
            }
            let back = &manifest["oauth_config"]["redirect_urls"];
            assert_eq!(back[0], "https://upshot.example.com/slack/oauth/callback");
            assert_eq!(back[1], "https://upshot.example.com/glossary/sign-in/slack/callback");
            // Slack allows the scopes of signing in only in a flow of its own.
            let scopes = manifest["oauth_config"]["scopes"].as_object().unwrap();
            assert!(scopes.keys().all(|kind| kind.starts_with("bot")), "{scopes:?}");
        }
        assert_eq!(
            read("http://127.0.0.1:8080/base")["settings"]["interactivity"]["request_url"],
            "http://127.0.0.1:8080/base/slack/interactions"
        );
    }

    #[test]
    fn by_socket_everything_is_the_same_but_the_addresses() {
        let without_addresses = |mut manifest: Value| {
            manifest["settings"]["socket_mode_enabled"] = true.into();
            for command in manifest["features"]["slash_commands"].as_array_mut().unwrap() {
                command.as_object_mut().unwrap().remove("url");
            }
            for (part, field) in [
                ("event_subscriptions", "request_url"),
                ("interactivity", "request_url"),
                ("interactivity", "message_menu_options_url"),
            ] {
                manifest["settings"][part].as_object_mut().unwrap().remove(field);
            }
            manifest
        };
        let mut expected = without_addresses(read("https://upshot.example.com"));
        let by_socket = |browsers_at| -> Value {
            serde_saphyr::from_str(&manifest(Reached::BySocket { browsers_at }).unwrap()).unwrap()
        };
        assert_eq!(by_socket(Some("https://upshot.example.com")), expected);
        expected["oauth_config"].as_object_mut().unwrap().remove("redirect_urls");
        assert_eq!(by_socket(None), expected);
    }

    #[test]
    fn published_limits_are_kept() {
        let manifest = read("https://upshot.example.com");
        let length = |value: &Value| value.as_str().unwrap().chars().count();
        assert!(length(&manifest["display_information"]["name"]) <= 35);
        assert!(length(&manifest["display_information"]["description"]) <= 140);
        let shortcuts = manifest["features"]["shortcuts"].as_array().unwrap();
        assert!(shortcuts.len() <= 10);
        for shortcut in shortcuts {
            assert!(length(&shortcut["name"]) <= 24 && length(&shortcut["description"]) <= 150);
        }
        for command in manifest["features"]["slash_commands"].as_array().unwrap() {
            assert!((2..=32).contains(&length(&command["command"])) && length(&command["usage_hint"]) <= 1000);
        }
        let agent = &manifest["features"]["agent_view"];
        assert!(length(&agent["agent_description"]) <= 300);
        assert_eq!(agent["suggested_prompts"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn what_may_be_refused_is_asked_for_last() {
        let scopes = Scopes::of_the_manifest();
        assert_eq!(scopes.required, ["commands", "chat:write", "app_mentions:read", "im:history", "assistant:write"]);
        assert_eq!(
            scopes.optional,
            ["channels:history", "groups:history", "users:read", "channels:read", "groups:read"]
        );
        assert!(scopes.all().ends_with(
            "im:history,assistant:write,channels:history,groups:history,users:read,channels:read,groups:read"
        ));
    }

    #[test]
    fn addresses_that_slack_cannot_reach_are_refused() {
        for address in [
            "",
            "upshot.example.com",
            "http://upshot.example.com",
            "ftp://upshot.example.com",
            "https://upshot.example.com?x=1",
            "https://upshot.example.com#top",
            "https://me@upshot.example.com",
        ] {
            assert_eq!(manifest(Reached::At(address)), Err(UnfitAddress), "{address:?}");
            assert_eq!(manifest(Reached::BySocket { browsers_at: Some(address) }), Err(UnfitAddress), "{address:?}");
        }
    }
}
