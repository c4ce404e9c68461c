//! The hosts of the bot service that may be sent answers, and with them the app's token.

use std::net::IpAddr;

use reqwest::Url;

use super::{is_loopback, is_of};

/// Microsoft's own. The address of an answer comes out of a delivery, and whoever is called gets the token.
const OURS: [&str; 7] = [
    "smba.trafficmanager.net",
    "smba.infra.gcc.teams.microsoft.com",
    "smba.infra.gov.teams.microsoft.us",
    "smba.infra.dod.teams.microsoft.us",
    "botframework.com",
    "botframework.azure.us",
    "botframework.azure.cn",
];

/// Microsoft's hosts and those of `TEAMS_SERVICE_HOSTS`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceHosts {
    further: Vec<String>,
}

impl ServiceHosts {
    /// With these besides; `None` when one of them is no name of a host.
    pub(super) fn with(further: &[String]) -> Option<Self> {
        let further: Vec<String> = further.iter().map(|host| host.to_ascii_lowercase()).collect();
        further.iter().all(|host| is_name(host)).then_some(Self { further })
    }

    /// Whether answers, and the app's token with them, may be sent to an address: https at one of these hosts, or tests on this
    /// machine where they are let in.
    #[must_use]
    pub(crate) fn serve(&self, address: &str, allows_loopback: bool) -> bool {
        let Ok(url) = Url::parse(address) else { return false };
        let is_plain =
            url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        let is_ours =
            || url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|host| self.has(host));
        is_plain && if is_loopback(&url) { allows_loopback } else { is_ours() }
    }

    /// Whether this host is one of them, or under one.
    #[must_use]
    pub fn has(&self, host: &str) -> bool {
        OURS.iter().copied().chain(self.further.iter().map(String::as_str)).any(|site| is_of(host, site))
    }
}

/// A name of several parts. A number is none: it says nothing of who answers there.
fn is_name(host: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-')
    };
    host.contains('.') && host.split('.').all(is_part) && host.parse::<IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::ServiceHosts;

    #[test]
    fn answers_go_to_microsofts_hosts_and_to_no_others() {
        for (address, allowed) in [
            ("https://smba.trafficmanager.net/emea/tenant/", true),
            ("https://europe.smba.trafficmanager.net/", true),
            ("https://SMBA.trafficmanager.net:443/", true),
            ("https://smba.infra.gov.teams.microsoft.us/teams", true),
            ("http://smba.trafficmanager.net/", false),
            ("https://smba.trafficmanager.net:8443/", false),
            ("https://smba.trafficmanager.net.example.com/", false),
            ("https://evilsmba.trafficmanager.net/", false),
            ("https://me@smba.trafficmanager.net/", false),
            ("https://smba.trafficmanager.net/?x=https://a", false),
            ("https://169.254.169.254/", false),
            ("http://127.0.0.1:3978/", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            let hosts = ServiceHosts::default();
            assert_eq!(hosts.serve(address, false), allowed, "{address}");
            let on_this_machine = address.contains("127.0.0.1");
            assert_eq!(hosts.serve(address, true), allowed || on_this_machine, "{address}");
        }
        for address in ["http://127.0.0.1:3978/_connector", "http://localhost:56150/_connector"] {
            assert!(ServiceHosts::default().serve(address, true), "{address}");
        }
    }

    #[test]
    fn further_hosts_are_names_and_hold_what_is_under_them() {
        let with = |host: &str| ServiceHosts::with(&[host.to_owned()]);
        let hosts = with("SMBA.example.com").unwrap();
        for (host, is_one) in [
            ("smba.example.com", true),
            ("eu.smba.example.com", true),
            ("evilsmba.example.com", false),
            ("example.com", false),
            ("smba.trafficmanager.net", true),
        ] {
            assert_eq!(hosts.has(host), is_one, "{host}");
        }
        assert!(!ServiceHosts::default().has("smba.example.com"));
        for host in ["", "com", ".com", "https://smba.example.com", "smba.example.com:443", "10.0.0.1", "*.example.com"]
        {
            assert_eq!(with(host), None, "{host}");
        }
    }
}
