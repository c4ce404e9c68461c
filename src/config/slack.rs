//! The Slack side, under the names that Slack's own tools use.

pub(super) use reqwest::Url;

use super::{
    Problem, Secret, SignInSettings, Source, Unready,
    sign_in::{sign_in, stand_in},
};

/// Slack's own address of its Web API.
const DEFAULT_API_URL: &str = "https://slack.com/api/";

/// What lets the app be installed from a link, in many workspaces.
#[derive(Debug, Clone)]
pub struct OAuthSettings {
    /// `SLACK_CLIENT_ID`.
    pub client_id: String,
    /// `SLACK_CLIENT_SECRET`.
    pub client_secret: Secret,
    /// `UPSHOT_PUBLIC_URL`, to which Slack sends browsers back.
    pub public_url: String,
}

/// What Slack gave us when the app was created.
#[derive(Debug, Clone)]
pub struct SlackSettings {
    /// `SLACK_SIGNING_SECRET`: one, or several separated by commas while a new one is rolled out. Without any, every
    /// delivery is refused.
    pub signing_secrets: Vec<Secret>,
    /// `SLACK_BOT_TOKEN`: needed to open dialogs. Without it answers go to the response and to response addresses.
    pub bot_token: Option<Secret>,
    /// `SLACK_APP_TOKEN`: opens connections over which Slack delivers (Socket Mode), beside HTTP.
    pub app_token: Option<Secret>,
    /// Installation from a link, or the settings that are missing for it.
    pub oauth: Result<OAuthSettings, Vec<&'static str>>,
    /// Signing in to the glossary with an account at Slack, or what is missing for it.
    pub sign_in: Result<SignInSettings, Unready>,
    /// `SLACK_API_URL`: the Web API, with a slash at the end. Loopback addresses are for tests.
    pub api_url: Url,
}

impl SlackSettings {
    pub(super) fn from_source(source: &Source, public_url: Option<&str>, problems: &mut Vec<Problem>) -> Self {
        let signing_secrets: Vec<Secret> = source
            .get("SLACK_SIGNING_SECRET")
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|secret| !secret.is_empty())
            .map(Secret::new)
            .collect();
        let bot_token = source.get("SLACK_BOT_TOKEN").map(Secret::new);
        let app_token = source.get("SLACK_APP_TOKEN").map(Secret::new);
        // Over the socket nothing is signed, so an app token alone is complete too.
        if bot_token.is_some() && signing_secrets.is_empty() && app_token.is_none() {
            problems.push(Problem::new(
                "SLACK_BOT_TOKEN is set but SLACK_SIGNING_SECRET is not, so no delivery could be trusted: copy the signing \
                 secret from Basic Information, App Credentials; or set SLACK_APP_TOKEN to use Socket Mode.",
            ));
        }
        if app_token.as_ref().is_some_and(|token| !token.expose().starts_with("xapp-")) {
            problems.push(Problem::new(
                "SLACK_APP_TOKEN holds no app-level token (xapp-): make one with the scope connections:write on the app's page \
                 under Basic Information, App-Level Tokens.",
            ));
        }
        if bot_token.as_ref().is_some_and(|token| token.expose().starts_with("xapp-")) {
            problems.push(Problem::new(
                "SLACK_BOT_TOKEN holds an app-level token (xapp-): copy the bot token (xoxb-) from OAuth & Permissions.",
            ));
        }
        let api_url = parse_api_url(source.get("SLACK_API_URL").unwrap_or(DEFAULT_API_URL)).unwrap_or_else(|problem| {
            problems.push(problem);
            #[expect(clippy::expect_used, reason = "a constant that the tests parse")]
            Url::parse(DEFAULT_API_URL).expect("the default is an address")
        });
        let oauth = oauth(source, public_url);
        let sign_in = sign_in(source, ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"), "slack", None);
        problems.extend(sign_in.as_ref().ok().and_then(|ready| stand_in("SLACK_API_URL", &api_url, ready)));
        Self { signing_secrets, bot_token, app_token, oauth, sign_in, api_url }
    }
}

fn oauth(source: &Source, public_url: Option<&str>) -> Result<OAuthSettings, Vec<&'static str>> {
    let (client_id, secret) = (source.get("SLACK_CLIENT_ID"), source.get("SLACK_CLIENT_SECRET"));
    if let (Some(client_id), Some(secret), Some(public_url)) = (client_id, secret, public_url) {
        return Ok(OAuthSettings {
            client_id: client_id.to_owned(),
            client_secret: Secret::new(secret),
            public_url: public_url.to_owned(),
        });
    }
    let all = [
        ("SLACK_CLIENT_ID", client_id.is_none()),
        ("SLACK_CLIENT_SECRET", secret.is_none()),
        ("UPSHOT_PUBLIC_URL", public_url.is_none()),
    ];
    Err(all.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name).collect())
}

fn parse_api_url(text: &str) -> Result<Url, Problem> {
    let text = if text.ends_with('/') { text.to_owned() } else { format!("{text}/") };
    let problem = || {
        Problem::new(
            "SLACK_API_URL must be an https address that ends in /api/, such as https://slack.com/api/; plain http is for \
             loopback addresses only.",
        )
    };
    let url = Url::parse(&text).map_err(|_| problem())?;
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if is_safe && url.path().ends_with("/api/") { Ok(url) } else { Err(problem()) }
}

/// Whether a platform can send deliveries and browsers to an address.
pub(crate) fn is_fit(url: &Url) -> bool {
    let is_safe = url.scheme() == "https" || url.scheme() == "http" && is_loopback(url);
    is_safe && url.query().is_none() && url.fragment().is_none() && url.username().is_empty()
}

/// The same for an address as it was written.
pub(super) fn is_fit_text(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_fit(&url))
}

/// Whether a host is a site or below it.
pub(crate) fn is_of(host: &str, site: &str) -> bool {
    host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether an address names this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{SlackSettings, parse_api_url};
    use crate::config::Source;

    #[test]
    fn the_api_address_is_https_or_loopback() {
        for (text, expected) in [
            ("https://slack.com/api/", Some("https://slack.com/api/")),
            ("https://slack-gov.com/api", Some("https://slack-gov.com/api/")),
            ("http://127.0.0.1:9/api/", Some("http://127.0.0.1:9/api/")),
            ("http://localhost:9/api", Some("http://localhost:9/api/")),
            ("http://slack.com/api/", None),
            ("https://slack.com/", None),
            ("slack.com/api/", None),
            ("http://127.0.0.1.example.com/api/", None),
        ] {
            assert_eq!(parse_api_url(text).ok().as_ref().map(|url| url.as_str()), expected, "{text}");
        }
    }

    #[test]
    fn a_bot_token_without_a_signing_secret_is_refused() {
        let mut problems = Vec::new();
        let settings =
            SlackSettings::from_source(&Source::from_pairs(&[("SLACK_BOT_TOKEN", "xoxb-1")]), None, &mut problems);
        assert!(problems[0].to_string().contains("SLACK_SIGNING_SECRET is not"), "{problems:?}");
        assert!(!format!("{settings:?}").contains("xoxb-1"));
    }

    #[test]
    fn an_app_token_does_instead_of_a_signing_secret_when_it_is_one() {
        let read = |app_token| {
            let mut problems = Vec::new();
            let pairs = [("SLACK_BOT_TOKEN", "xoxb-1"), ("SLACK_APP_TOKEN", app_token)];
            let settings = SlackSettings::from_source(&Source::from_pairs(&pairs), None, &mut problems);
            assert!(!format!("{settings:?}").contains(app_token));
            problems.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(read("xapp-1-A1-2-hush"), [""; 0]);
        for wrong in ["xoxb-hush", "hush"] {
            assert!(read(wrong)[0].starts_with("SLACK_APP_TOKEN holds no app-level token"), "{wrong}");
        }
    }

    #[test]
    fn several_secrets_are_kept_in_order() {
        let source = Source::from_pairs(&[("SLACK_SIGNING_SECRET", "new, old ,")]);
        let settings = SlackSettings::from_source(&source, None, &mut Vec::new());
        let secrets: Vec<&str> = settings.signing_secrets.iter().map(super::Secret::expose).collect();
        assert_eq!(secrets, ["new", "old"]);
    }

    #[test]
    fn what_is_missing_for_a_link_is_named() {
        let pairs = [("SLACK_CLIENT_ID", "1.2"), ("SLACK_CLIENT_SECRET", "hush")];
        let read =
            |pairs: &[(&str, &str)], url| SlackSettings::from_source(&Source::from_pairs(pairs), url, &mut vec![]);
        assert_eq!(read(&[], None).oauth.unwrap_err(), ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "UPSHOT_PUBLIC_URL"]);
        assert_eq!(read(&pairs, None).oauth.unwrap_err(), ["UPSHOT_PUBLIC_URL"]);
        let complete = read(&pairs, Some("https://upshot.example.com")).oauth.unwrap();
        assert_eq!((&*complete.client_id, complete.client_secret.expose()), ("1.2", "hush"));
        assert!(!format!("{complete:?}").contains("hush"));
    }
}
