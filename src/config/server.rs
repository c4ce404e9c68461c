//! Where the server listens and how it is reached from outside.

use std::{net::SocketAddr, num::NonZeroU32};

use super::{Problem, Secret, Source, slack::Url};

/// A random token of so many characters cannot be tried out, however often somebody asks.
const SHORTEST_TOKEN: usize = 16;

/// Where the server listens and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// `UPSHOT_LISTEN`: address and port. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// `UPSHOT_PUBLIC_URL`: how the platforms reach this server, without a slash at the end.
    pub public_url: Option<String>,
    /// `UPSHOT_ADMIN_TOKEN`: who has it may do everything with the glossary.
    pub admin_token: Option<Secret>,
    /// `UPSHOT_API_RATE`: how often the API may be asked.
    pub api_rate: ApiRate,
}

/// `UPSHOT_API_RATE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiRate {
    /// As often as fits most, and this machine without a limit.
    Usual,
    /// So many requests a minute, for everybody.
    AMinute(NonZeroU32),
    /// As often as anybody likes.
    Unlimited,
}

impl ServerSettings {
    pub(super) fn from_source(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let default = SocketAddr::from(([127, 0, 0, 1], 8080));
        let listen = source.get("UPSHOT_LISTEN").map_or(default, |text| {
            parse_listen(text).unwrap_or_else(|| {
                problems.push(Problem::new("UPSHOT_LISTEN must be an address and a port, such as 0.0.0.0:8080."));
                default
            })
        });
        let public_url = source.get("UPSHOT_PUBLIC_URL").map(|url| url.trim_end_matches('/').to_owned());
        if public_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            problems
                .push(Problem::new("UPSHOT_PUBLIC_URL must start with https://, such as https://upshot.example.com."));
        }
        let admin_token = source.get("UPSHOT_ADMIN_TOKEN").map(Secret::new);
        if admin_token.as_ref().is_some_and(|token| token.expose().chars().nth(SHORTEST_TOKEN - 1).is_none()) {
            problems.push(Problem::new(format!(
                "UPSHOT_ADMIN_TOKEN has fewer than {SHORTEST_TOKEN} characters, and somebody could guess it: make one with openssl \
                 rand -hex 32."
            )));
        }
        let api_rate = match source.get("UPSHOT_API_RATE") {
            None => ApiRate::Usual,
            Some("off") => ApiRate::Unlimited,
            Some(text) => text.parse().map(ApiRate::AMinute).unwrap_or_else(|_| {
                problems.push(Problem::new(
                    "UPSHOT_API_RATE must be a whole number of requests a minute, such as 6000, or off.",
                ));
                ApiRate::Usual
            }),
        };
        Self { listen, public_url, admin_token, api_rate }
    }

    /// `UPSHOT_PUBLIC_URL` as browsers meet it.
    #[must_use]
    pub fn public_address(&self) -> Option<PublicAddress> {
        PublicAddress::of(self.public_url.as_deref()?)
    }
}

/// `UPSHOT_PUBLIC_URL` as browsers meet it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    text: String,
    /// Host and port as browsers send them: without the usual port of the scheme.
    host: String,
}

impl PublicAddress {
    fn of(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self { text: text.to_owned(), host: format!("{}{port}", url.host_str()?) })
    }

    /// The whole address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.text
    }

    /// Whether browsers reach it over https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// Whether a browser that names this host asked for it.
    #[must_use]
    pub fn is_at(&self, host: &str) -> bool {
        let usual_port = if self.is_https() { ":443" } else { ":80" };
        host.strip_suffix(usual_port).unwrap_or(host).eq_ignore_ascii_case(&self.host)
    }
}

fn parse_listen(text: &str) -> Option<SocketAddr> {
    // `localhost:8080` and `:8080` are what people type; a name look-up at start would be one more thing that can fail.
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None if text.starts_with(':') => format!("0.0.0.0{text}"),
        None => text.to_owned(),
    };
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{PublicAddress, ServerSettings, parse_listen};
    use crate::config::Source;

    #[test]
    fn a_browser_names_the_public_host_with_its_port_or_without_the_usual_one() {
        for (public, host, expected) in [
            ("https://upshot.example.com", "upshot.example.com", true),
            ("https://upshot.example.com", "Upshot.Example.com:443", true),
            ("https://upshot.example.com", "upshot.example.com:8080", false),
            ("https://upshot.example.com", "upshot.example.com:80", false),
            ("https://upshot.example.com", "upshot", false),
            ("https://upshot.example.com", "", false),
            ("https://upshot.example.com:8443/below", "upshot.example.com:8443", true),
            ("https://upshot.example.com:443", "upshot.example.com", true),
            ("http://[::1]:8080", "[::1]:8080", true),
            ("http://127.0.0.1", "127.0.0.1:80", true),
        ] {
            assert_eq!(PublicAddress::of(public).unwrap().is_at(host), expected, "{public} {host}");
        }
        assert_eq!(PublicAddress::of("https://"), None);
    }

    #[test]
    fn a_token_that_could_be_guessed_is_refused() {
        for (token, is_fit) in
            [("letmein", false), ("fifteen-letters", false), ("sixteen-letters.", true), ("üüüüüüüüüüüüüüüü", true)]
        {
            let mut problems = Vec::new();
            ServerSettings::from_source(&Source::from_pairs(&[("UPSHOT_ADMIN_TOKEN", token)]), &mut problems);
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(told.is_empty(), is_fit, "{token}: {told:?}");
            assert!(told.iter().all(|told| told.contains("openssl rand -hex 32") && !told.contains(token)), "{told:?}");
        }
    }

    #[test]
    fn the_usual_ways_to_write_an_address_are_understood() {
        for (text, expected) in [
            ("127.0.0.1:8080", Some("127.0.0.1:8080")),
            ("localhost:9000", Some("127.0.0.1:9000")),
            (":9000", Some("0.0.0.0:9000")),
            ("[::1]:80", Some("[::1]:80")),
            ("8080", None),
            ("upshot.example.com:80", None),
        ] {
            assert_eq!(parse_listen(text).map(|address| address.to_string()).as_deref(), expected, "{text}");
        }
    }
}
