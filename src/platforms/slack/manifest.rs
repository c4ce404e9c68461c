//! The app manifest: what Slack needs to know to set the app up, with this server's address in it.
//!
//! It asks for no more than this version uses. Fields and limits: <https://docs.slack.dev/reference/app-manifest>.

use std::fmt;

use reqwest::Url;

use crate::config::is_loopback;

const TEMPLATE: &str = include_str!("manifest.yaml");
const PLACE: &str = "{url}";

/// An address that Slack cannot send deliveries to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfitAddress;

impl fmt::Display for UnfitAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "Slack sends deliveries to https addresses only; give the address of this server as Slack reaches it, without a \
             query, for example https://upshot.example.com",
        )
    }
}

impl std::error::Error for UnfitAddress {}

/// The manifest of an app whose server is reached at this address, as YAML.
///
/// # Errors
/// The address is not one of https (or of this machine), or has a query or a fragment.
pub fn manifest(address: &str) -> Result<String, UnfitAddress> {
    let url = Url::parse(address.trim()).map_err(|_| UnfitAddress)?;
    let is_safe = url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url);
    if !is_safe || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(UnfitAddress);
    }
    Ok(TEMPLATE.replace(PLACE, url.as_str().trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{UnfitAddress, manifest};

    fn read(address: &str) -> Value {
        serde_saphyr::from_str(&manifest(address).unwrap()).unwrap()
    }

    #[test]
    fn every_address_is_this_servers() {
        for address in ["https://upshot.example.com", "https://upshot.example.com/", " https://upshot.example.com "] {
            let manifest = read(address);
            let commands = manifest["features"]["slash_commands"].as_array().unwrap();
            assert!(commands.iter().all(|command| command["url"] == "https://upshot.example.com/slack/commands"));
            let settings = &manifest["settings"];
            assert_eq!(settings["event_subscriptions"]["request_url"], "https://upshot.example.com/slack/events");
            assert_eq!(settings["interactivity"]["request_url"], "https://upshot.example.com/slack/interactions");
        }
        assert_eq!(
            read("http://127.0.0.1:8080/base")["settings"]["interactivity"]["request_url"],
            "http://127.0.0.1:8080/base/slack/interactions"
        );
    }

    #[test]
    fn published_limits_are_kept() {
        let manifest = read("https://upshot.example.com");
        let length = |value: &Value| value.as_str().unwrap().chars().count();
        assert!(length(&manifest["display_information"]["name"]) <= 35);
        assert!(length(&manifest["display_information"]["description"]) <= 140);
        for shortcut in manifest["features"]["shortcuts"].as_array().unwrap() {
            assert!(length(&shortcut["name"]) <= 24 && length(&shortcut["description"]) <= 150);
        }
        for command in manifest["features"]["slash_commands"].as_array().unwrap() {
            assert!((2..=32).contains(&length(&command["command"])) && length(&command["usage_hint"]) <= 1000);
        }
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
            assert_eq!(manifest(address), Err(UnfitAddress), "{address:?}");
        }
    }
}
