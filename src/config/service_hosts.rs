//! The hosts of the bot service that may be sent answers, and with them the app's token.

use std::net::IpAddr;

use super::is_of;

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
