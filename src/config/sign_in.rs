//! Signing in to the glossary's pages with an account of a chat platform: what the settings of both platforms have in common.

use super::{
    Problem, Secret, Source,
    slack::{Url, is_fit_text, is_loopback},
};

/// The app that browsers are sent to, and where they come back.
#[derive(Debug, Clone)]
pub struct SignInSettings {
    /// The app's id, for which identity tokens must be made out.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: Secret,
    /// Where the platform sends browsers back: an address below `UPSHOT_PUBLIC_URL`, which the app must list.
    pub redirect_uri: String,
}

/// Why people cannot sign in with a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unready {
    /// Nothing of it is set.
    NotWanted,
    /// These settings are missing.
    Missing(Vec<&'static str>),
    /// `UPSHOT_PUBLIC_URL` is no address to which a platform sends browsers.
    Address,
}

impl Unready {
    /// What is missing and the mend, as a sentence; `None` where nothing is wanted.
    #[must_use]
    pub fn sentence(&self, platform: &str) -> Option<String> {
        match self {
            Self::NotWanted => None,
            Self::Missing(names) => {
                let are = if names.len() == 1 { "is" } else { "are" };
                let names = names.join(" and ");
                Some(format!("Nobody can sign in with {platform}, because {names} {are} not set."))
            }
            Self::Address => Some(format!(
                "Nobody can sign in with {platform}, because UPSHOT_PUBLIC_URL must be an https address without a query, such \
                 as https://upshot.example.com."
            )),
        }
    }
}

/// Reads what one platform needs: the names of id and secret, and the last part of the way back.
pub(super) fn sign_in(
    source: &Source,
    (id_name, secret_name): (&'static str, &'static str),
    platform: &str,
    further: Option<&'static str>,
) -> Result<SignInSettings, Unready> {
    let (client_id, secret) = (source.get(id_name), source.get(secret_name));
    if client_id.is_none() && secret.is_none() {
        return Err(Unready::NotWanted);
    }
    let public_url = source.get("UPSHOT_PUBLIC_URL").map(|url| url.trim_end_matches('/'));
    if let (Some(client_id), Some(secret), Some(public_url), None) = (client_id, secret, public_url, further) {
        if !is_fit_text(public_url) {
            return Err(Unready::Address);
        }
        return Ok(SignInSettings {
            client_id: client_id.to_owned(),
            client_secret: Secret::new(secret),
            redirect_uri: format!("{public_url}/glossary/sign-in/{platform}/callback"),
        });
    }
    let all =
        [(id_name, client_id.is_none()), (secret_name, secret.is_none()), ("UPSHOT_PUBLIC_URL", public_url.is_none())];
    let missing = all.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name);
    Err(Unready::Missing(missing.chain(further).collect()))
}

/// What is wrong when a stand-in on this machine would say who people are, while others than this machine sign in: whoever
/// can listen on that port here could be anybody. `name` is the setting that names the stand-in.
pub(super) fn stand_in(name: &str, address: &Url, ready: &SignInSettings) -> Option<Problem> {
    let is_for_others = Url::parse(&ready.redirect_uri).is_ok_and(|url| !is_loopback(&url));
    (is_loopback(address) && is_for_others).then(|| {
        Problem::new(format!(
            "{name} names this machine, which would then say who signs in to the glossary, and UPSHOT_PUBLIC_URL says that \
             others than this machine do: remove {name}, or for a trial set UPSHOT_PUBLIC_URL to an address of this \
             machine, such as http://localhost:8080."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::{Unready, sign_in, stand_in};
    use crate::config::Source;

    const NAMES: (&str, &str) = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET");

    #[test]
    fn what_is_missing_is_named_and_where_nothing_is_wanted_nothing_is_said() {
        let (id, secret) = (("SLACK_CLIENT_ID", "1.2"), ("SLACK_CLIENT_SECRET", "hush"));
        let at = |url| ("UPSHOT_PUBLIC_URL", url);
        let missing = |names: &[&'static str]| Unready::Missing(names.to_vec());
        for (pairs, further, expected) in [
            (vec![], None, Unready::NotWanted),
            (vec![at("https://upshot.example.com")], Some("MICROSOFT_APP_TENANT_ID"), Unready::NotWanted),
            (vec![id], None, missing(&["SLACK_CLIENT_SECRET", "UPSHOT_PUBLIC_URL"])),
            (vec![id, secret], None, missing(&["UPSHOT_PUBLIC_URL"])),
            (
                vec![id, secret, at("https://upshot.example.com")],
                Some("MICROSOFT_APP_TENANT_ID"),
                missing(&["MICROSOFT_APP_TENANT_ID"]),
            ),
            (vec![id, secret, at("http://upshot.example.com")], None, Unready::Address),
            (vec![id, secret, at("https://upshot.example.com?a=b")], None, Unready::Address),
        ] {
            let unready = sign_in(&Source::from_pairs(&pairs), NAMES, "slack", further).unwrap_err();
            assert_eq!(unready, expected, "{pairs:?}");
            assert!(unready.sentence("Slack").is_none_or(|sentence| !sentence.contains("hush")), "{pairs:?}");
        }
        let ready = sign_in(&Source::from_pairs(&[id, secret, at("https://u.example.com/")]), NAMES, "slack", None);
        let ready = ready.unwrap();
        assert_eq!(ready.redirect_uri, "https://u.example.com/glossary/sign-in/slack/callback");
        assert!(!format!("{ready:?}").contains("hush"));
        for (public, address, is_refused) in [
            ("https://u.example.com", "http://127.0.0.1:9/api/", true),
            ("https://u.example.com", "http://localhost:9/api/", true),
            ("https://u.example.com", "https://slack.com/api/", false),
            ("https://localhost", "http://127.0.0.1:9/api/", false),
            ("http://[::1]:8080", "http://127.0.0.1:9/api/", false),
        ] {
            let ready = sign_in(&Source::from_pairs(&[id, secret, at(public)]), NAMES, "slack", None).unwrap();
            let problem = stand_in("SLACK_API_URL", &address.parse().unwrap(), &ready);
            assert_eq!(problem.is_some(), is_refused, "{public} {address}");
        }
        assert_eq!(
            missing(&["UPSHOT_PUBLIC_URL"]).sentence("Slack").as_deref(),
            Some("Nobody can sign in with Slack, because UPSHOT_PUBLIC_URL is not set.")
        );
    }
}
