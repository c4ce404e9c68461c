//! The Microsoft Teams side, under the names that Microsoft's own tools use.

use std::net::SocketAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Url;

use super::{
    Problem, Secret, ServiceHosts, SignInSettings, Source, Unready, is_loopback,
    sign_in::{sign_in, stand_in},
};

/// As many requests a second as Teams takes from one app for one tenant: what comes faster cannot be answered.
const USUAL_TENANT_RATE: u32 = 30;

/// Where people of Microsoft's clouds sign in.
const LOGIN_HOSTS: [&str; 3] =
    ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

/// One of Microsoft's separated clouds. Each signs, and hands out tokens, under names of its own
/// (<https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TeamsCloud {
    /// Everybody's.
    #[default]
    Public,
    /// The United States government's, GCC High.
    UsGovernment,
    /// Its Department of Defense's, which is the same but for where answers and messages are.
    UsDefense,
    /// China's, run by 21Vianet.
    China,
}

impl TeamsCloud {
    fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "public" => Some(Self::Public),
            // What Microsoft's own tools call `ChannelService` names the same clouds.
            "usgov" | "gcch" | "https://botframework.azure.us" => Some(Self::UsGovernment),
            "dod" => Some(Self::UsDefense),
            "china" | "https://botframework.azure.cn" => Some(Self::China),
            _ => None,
        }
    }

    /// Who signs what this cloud delivers.
    #[must_use]
    pub const fn issuer(self) -> &'static str {
        match self {
            Self::Public => "https://api.botframework.com",
            Self::UsGovernment | Self::UsDefense => "https://api.botframework.us",
            Self::China => "https://api.botframework.azure.cn",
        }
    }

    /// What a token for answers is good for.
    #[must_use]
    pub const fn scope(self) -> &'static str {
        match self {
            Self::Public => "https://api.botframework.com/.default",
            Self::UsGovernment | Self::UsDefense => "https://api.botframework.us/.default",
            Self::China => "https://api.botframework.azure.cn/.default",
        }
    }

    /// Where messages of this cloud are read.
    const fn graph(self) -> &'static str {
        match self {
            Self::Public => "https://graph.microsoft.com/",
            Self::UsGovernment => "https://graph.microsoft.us/",
            Self::UsDefense => "https://dod-graph.microsoft.us/",
            Self::China => "https://microsoftgraph.chinacloudapi.cn/",
        }
    }

    /// What a token for reading messages is good for.
    #[must_use]
    pub fn graph_scope(self) -> String {
        format!("{}.default", self.graph())
    }

    const fn metadata(self) -> &'static str {
        match self {
            Self::Public => "https://login.botframework.com/v1/.well-known/openidconfiguration",
            Self::UsGovernment | Self::UsDefense => {
                "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"
            }
            Self::China => "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
        }
    }

    /// Where conversations are begun; none where Microsoft names no such address
    /// (<https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages>).
    const fn service(self) -> Option<&'static str> {
        match self {
            Self::Public => Some("https://smba.trafficmanager.net/teams/"),
            Self::UsGovernment => Some("https://smba.infra.gov.teams.microsoft.us/teams"),
            Self::UsDefense => Some("https://smba.infra.dod.teams.microsoft.us/teams"),
            Self::China => None,
        }
    }

    /// The host at which people sign in, which also names who signs what it says of them.
    #[must_use]
    pub const fn login_host(self) -> &'static str {
        self.login().0
    }

    /// The host that hands out tokens, and the directory of apps that belong to no single tenant.
    const fn login(self) -> (&'static str, &'static str) {
        match self {
            Self::Public => ("login.microsoftonline.com", "botframework.com"),
            Self::UsGovernment | Self::UsDefense => ("login.microsoftonline.us", "MicrosoftServices.onmicrosoft.us"),
            Self::China => ("login.partner.microsoftonline.cn", "microsoftservices.partner.onmschina.cn"),
        }
    }
}

/// Signing in to the glossary with an account at Microsoft.
#[derive(Debug, Clone)]
pub struct MicrosoftSignIn {
    /// The app, which is the bot's.
    pub app: SignInSettings,
    /// `MICROSOFT_LOGIN_URL`: where people sign in.
    pub login_url: Url,
    /// Whose directory they are looked up in: the one tenant that is allowed, or `organizations` for several.
    pub directory: String,
    /// What about the tenants may not be meant.
    pub doubt: Option<TenantDoubt>,
}

/// `MICROSOFT_APP_TENANT_ID` says that an app belongs to one tenant, and `TEAMS_ALLOWED_TENANTS` lets others in. Whether the app
/// can do that, only Microsoft knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantDoubt {
    /// The app's own tenant is not among those that are allowed.
    OwnLeftOut,
    /// Others besides the app's own are allowed.
    Further,
}

impl TenantDoubt {
    fn of(own: &str, allowed: &[String]) -> Option<Self> {
        let is_own = |tenant: &String| tenant.eq_ignore_ascii_case(own);
        match (allowed.iter().any(is_own), allowed.iter().all(is_own)) {
            (false, _) => Some(Self::OwnLeftOut),
            (true, false) => Some(Self::Further),
            (true, true) => None,
        }
    }

    /// What to look at, as a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::OwnLeftOut => {
                "TEAMS_ALLOWED_TENANTS leaves out the tenant of MICROSOFT_APP_TENANT_ID, so nobody of it can sign in with \
                 Microsoft, and the others only if the app is registered for accounts in any organisation: add it, or remove \
                 one of the two settings."
            }
            Self::Further => {
                "TEAMS_ALLOWED_TENANTS names others than MICROSOFT_APP_TENANT_ID, so people can sign in with Microsoft only if \
                 the app is registered for accounts in any organisation: else take the others out."
            }
        }
    }
}

/// The tenant of whoever runs this.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OwnTenant {
    /// The app's own, else the only one that is allowed.
    Named(String),
    /// None of several that are allowed, of which each may be another company's.
    NoneOfSeveral,
    /// The settings name no tenant at all. Then nobody signs in with Microsoft, and roles are given with a token alone.
    #[default]
    Unnamed,
}

impl OwnTenant {
    /// Whether people of this tenant may do what all workspaces notice.
    #[must_use]
    pub fn is(&self, tenant: &str) -> bool {
        match self {
            Self::Named(own) => own.eq_ignore_ascii_case(tenant),
            Self::NoneOfSeveral => false,
            Self::Unnamed => true,
        }
    }
}

/// The security token of an outgoing webhook.
#[derive(Debug, Clone)]
pub struct WebhookSecret {
    /// What its own address ends with, where it has one.
    pub name: Option<String>,
    /// The token.
    pub token: Secret,
}

impl WebhookSecret {
    /// A token, or a name and a token with `=` between them; tokens end with that sign as well.
    fn parse(item: &str) -> Option<Self> {
        let token = |text: &str| STANDARD.decode(text).is_ok_and(|key| !key.is_empty()).then(|| Secret::new(text));
        if let Some(token) = token(item) {
            return Some(Self { name: None, token });
        }
        let (name, rest) = item.split_once('=')?;
        let is_name = !name.is_empty() && name.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-');
        token(rest).filter(|_| is_name).map(|token| Self { name: Some(name.to_owned()), token })
    }
}

/// What Microsoft gave us when the bot was created, and what a team owner was shown for an outgoing webhook.
#[derive(Debug, Clone)]
pub struct TeamsSettings {
    /// `TEAMS_WEBHOOK_SECRET`: the security tokens of outgoing webhooks, separated by commas. Without any, every webhook
    /// delivery is refused.
    pub webhook_secrets: Vec<WebhookSecret>,
    /// `MICROSOFT_APP_ID`: whom tokens must be made out to. Without it every delivery to the bot is refused.
    pub app_id: Option<String>,
    /// `MICROSOFT_APP_PASSWORD`: needed to answer messages. What is answered in the response needs none.
    pub app_password: Option<Secret>,
    /// `TEAMS_ALLOWED_TENANTS`, else `MICROSOFT_APP_TENANT_ID`: who is answered. Empty for everybody.
    pub allowed_tenants: Vec<String>,
    /// Which of them is that of whoever runs this.
    pub own_tenant: OwnTenant,
    /// `TEAMS_CLOUD`.
    pub cloud: TeamsCloud,
    /// Signing in to the glossary with an account at Microsoft, or what is missing for it.
    pub sign_in: Result<MicrosoftSignIn, Unready>,
    /// `TEAMS_OPENID_METADATA_URL`: where the keys of deliveries are named.
    pub metadata_url: Url,
    /// `TEAMS_TOKEN_URL`: where tokens for answers come from; it holds the tenant.
    pub token_url: Url,
    /// `TEAMS_SERVICE_URL`: where people are written to who have not written first; none where the cloud has no such address.
    pub service_url: Option<String>,
    /// `TEAMS_SERVICE_HOSTS`, besides Microsoft's own: where answers may go.
    pub service_hosts: ServiceHosts,
    /// `TEAMS_UNAUTHENTICATED_LOOPBACK`: deliveries of this machine without a token are taken, to try things out.
    pub takes_unauthenticated: bool,
    /// `TEAMS_READ_THREADS`: the first message of a thread is read when somebody asks about it there, where the team's owner allows it.
    pub reads_threads: bool,
    /// `TEAMS_GRAPH_URL`: where it is read.
    pub graph_url: Url,
    /// `TEAMS_TENANT_RATE`: so many messages a second of one tenant are taken on in the long run.
    pub tenant_rate: u32,
    /// Whether answers may go to this machine: only where keys come from it, or nothing is checked.
    pub allows_loopback: bool,
}

impl TeamsSettings {
    pub(super) fn from_source(source: &Source, listen: SocketAddr, problems: &mut Vec<Problem>) -> Self {
        let list = |name: &str| -> Vec<String> {
            let items = source.get(name).unwrap_or_default().split(',').map(str::trim);
            items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
        };
        let webhooks = list("TEAMS_WEBHOOK_SECRET").iter().map(|item| WebhookSecret::parse(item)).collect();
        let webhook_secrets = Option::unwrap_or_else(webhooks, || {
            problems.push(Problem::new(
                "TEAMS_WEBHOOK_SECRET is not a security token: copy it again as Teams showed it when the outgoing webhook was \
                 created, with the = at its end; several are separated by commas. In front of one there may be a name of letters \
                 and digits, as in sales=TOKEN.",
            ));
            Vec::new()
        });
        let cloud = source.get("TEAMS_CLOUD").map_or(TeamsCloud::Public, |name| {
            TeamsCloud::parse(name).unwrap_or_else(|| {
                problems.push(Problem::new("TEAMS_CLOUD must be public, usgov (GCC High), dod or china."));
                TeamsCloud::Public
            })
        });
        let app_id = source.get("MICROSOFT_APP_ID").map(str::to_owned);
        let app_password = source.get("MICROSOFT_APP_PASSWORD").map(Secret::new);
        let tenant = source.get("MICROSOFT_APP_TENANT_ID").map(str::to_owned);
        if app_id.is_none() && app_password.is_some() {
            problems.push(Problem::new(
                "MICROSOFT_APP_PASSWORD is set but MICROSOFT_APP_ID is not, so no delivery could be trusted: copy the \
                 application id from the bot's page in Azure.",
            ));
        }
        let allowed_tenants = match list("TEAMS_ALLOWED_TENANTS") {
            listed if listed.is_empty() => tenant.iter().cloned().collect(),
            listed => listed,
        };
        let own_tenant = match (&tenant, &*allowed_tenants) {
            (Some(own), _) => OwnTenant::Named(own.clone()),
            (None, [only]) => OwnTenant::Named(only.clone()),
            (None, []) => OwnTenant::Unnamed,
            (None, _) => OwnTenant::NoneOfSeveral,
        };
        let takes_unauthenticated = source.switch("TEAMS_UNAUTHENTICATED_LOOPBACK", false, problems);
        if takes_unauthenticated && !listen.ip().is_loopback() {
            problems.push(Problem::new(
                "TEAMS_UNAUTHENTICATED_LOOPBACK lets anybody in who can reach this server, so it is for 127.0.0.1 only: set \
                 UPSHOT_LISTEN to a loopback address, or remove it.",
            ));
        }
        // A proxy in front makes every delivery look like one of this machine.
        let is_meant_for_others =
            ["UPSHOT_PUBLIC_URL", "MICROSOFT_APP_PASSWORD"].map(|name| source.get(name).is_some());
        if takes_unauthenticated && is_meant_for_others.contains(&true) {
            problems.push(Problem::new(
                "TEAMS_UNAUTHENTICATED_LOOPBACK is for trying things out on this machine, and behind a proxy it would let \
                 everybody in: remove it, or remove UPSHOT_PUBLIC_URL and MICROSOFT_APP_PASSWORD.",
            ));
        }
        let reads_threads = source.switch("TEAMS_READ_THREADS", false, problems);
        if reads_threads && tenant.is_none() {
            problems.push(Problem::new(
                "TEAMS_READ_THREADS is on but MICROSOFT_APP_TENANT_ID is not set: messages are read as an app of one tenant, so \
                 set it to that tenant, or remove TEAMS_READ_THREADS.",
            ));
        }
        let tenant_rate = source.get("TEAMS_TENANT_RATE").map_or(USUAL_TENANT_RATE, |text| {
            text.parse().ok().filter(|rate| *rate > 0).unwrap_or_else(|| {
                problems.push(Problem::new(
                    "TEAMS_TENANT_RATE must be a whole number of messages a second of one tenant, 1 or more; Teams lets an app send \
                     30 a second to one.",
                ));
                USUAL_TENANT_RATE
            })
        });
        let (login, everybody) = cloud.login();
        let directory = tenant.as_deref().unwrap_or(everybody);
        let usual_token_url = format!("https://{login}/{directory}/oauth2/v2.0/token");
        let mut address = |name: &str, usual: &str, mend: &str, hosts: Option<&[&str]>| {
            let text = source.get(name).unwrap_or(usual);
            let url = Url::parse(text).ok().filter(|url| {
                let is_ours = url.scheme() == "https"
                    && url.username().is_empty()
                    && hosts.is_none_or(|hosts| url.host_str().is_some_and(|host| hosts.contains(&host)));
                is_ours || is_loopback(url) && listen.ip().is_loopback()
            });
            url.unwrap_or_else(|| {
                problems.push(Problem::new(mend));
                #[expect(clippy::expect_used, reason = "constants that the tests parse")]
                Url::parse(cloud.metadata()).expect("the default is an address")
            })
        };
        let metadata_url = address(
            "TEAMS_OPENID_METADATA_URL",
            cloud.metadata(),
            "TEAMS_OPENID_METADATA_URL decides whose deliveries are believed: remove it to use Microsoft's own, or name a \
             loopback address for tests while UPSHOT_LISTEN is a loopback address too.",
            Some(&["login.botframework.com", "login.botframework.azure.us", "login.botframework.azure.cn"]),
        );
        let token_url = address(
            "TEAMS_TOKEN_URL",
            &usual_token_url,
            "TEAMS_TOKEN_URL is sent the app's password, so it must be https; plain http is for loopback addresses only, \
             while UPSHOT_LISTEN is one too. Check MICROSOFT_APP_TENANT_ID when you did not set it.",
            None,
        );
        let login_url = address(
            "MICROSOFT_LOGIN_URL",
            &format!("https://{login}/"),
            "MICROSOFT_LOGIN_URL decides who is believed to be signed in: remove it to use Microsoft's own, or name a loopback \
             address for tests while UPSHOT_LISTEN is a loopback address too.",
            Some(&LOGIN_HOSTS),
        );
        let graph_url = address(
            "TEAMS_GRAPH_URL",
            cloud.graph(),
            "TEAMS_GRAPH_URL is sent a token that opens messages: remove it to use Microsoft's own, or name a loopback address \
             for tests while UPSHOT_LISTEN is a loopback address too.",
            Some(&[
                "graph.microsoft.com",
                "graph.microsoft.us",
                "dod-graph.microsoft.us",
                "microsoftgraph.chinacloudapi.cn",
            ]),
        );
        let service_hosts = ServiceHosts::with(&list("TEAMS_SERVICE_HOSTS")).unwrap_or_else(|| {
            problems.push(Problem::new(
                "TEAMS_SERVICE_HOSTS names further hosts that may be sent answers and the app's token, such as \
                 smba.example.com, separated by commas: no scheme, no port, no path and no number.",
            ));
            ServiceHosts::default()
        });
        let allows_loopback = takes_unauthenticated || is_loopback(&metadata_url);
        let service_url = source.get("TEAMS_SERVICE_URL").map_or_else(
            || cloud.service().map(str::to_owned),
            |told| {
                let url = Url::parse(told).ok().filter(|_| is_service(told, &service_hosts, allows_loopback));
                // Else every word would be refused later, when somebody waits for it.
                if url.is_none() {
                    problems.push(Problem::new(
                        "TEAMS_SERVICE_URL is sent the app's token, so it must be https at a host of Microsoft's bot service or of \
                         TEAMS_SERVICE_HOSTS; a loopback address is for tests, where TEAMS_OPENID_METADATA_URL is one too. Remove \
                         it to use Microsoft's own.",
                    ));
                }
                url.map(String::from)
            },
        );
        // Anybody can have a tenant, so without a list nobody could be let in.
        let further = allowed_tenants.is_empty().then_some("MICROSOFT_APP_TENANT_ID (or TEAMS_ALLOWED_TENANTS)");
        let sign_in = sign_in(source, ("MICROSOFT_APP_ID", "MICROSOFT_APP_PASSWORD"), "microsoft", further);
        problems.extend(sign_in.as_ref().ok().and_then(|ready| stand_in("MICROSOFT_LOGIN_URL", &login_url, ready)));
        // Only those who are allowed are to be asked for, so the app's own tenant does not decide.
        let directory = match &*allowed_tenants {
            [only] => only.clone(),
            _ => "organizations".to_owned(),
        };
        let doubt = tenant.as_ref().and_then(|own| TenantDoubt::of(own, &allowed_tenants));
        let sign_in = sign_in.map(|app| MicrosoftSignIn { app, login_url, directory, doubt });
        Self {
            webhook_secrets,
            app_id,
            app_password,
            allowed_tenants,
            own_tenant,
            cloud,
            sign_in,
            metadata_url,
            token_url,
            service_url,
            service_hosts,
            takes_unauthenticated,
            reads_threads,
            graph_url,
            tenant_rate,
            allows_loopback,
        }
    }

    /// Whether anything of Teams is set up.
    #[must_use]
    pub fn is_set_up(&self) -> bool {
        self.app_id.is_some() || !self.webhook_secrets.is_empty() || self.takes_unauthenticated
    }
}

/// Whether answers, and the app's token with them, may be sent to an address: https at one of these hosts, or this machine where
/// tests are let in.
pub(crate) fn is_service(address: &str, hosts: &ServiceHosts, allows_loopback: bool) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let is_ours =
        || url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|host| hosts.has(host));
    is_plain && if is_loopback(&url) { allows_loopback } else { is_ours() }
}

#[cfg(test)]
mod tests {
    use super::{ServiceHosts, TeamsCloud, TeamsSettings, TenantDoubt, is_service};
    use crate::config::{Problem, Source};

    fn read(pairs: &[(&str, &str)], listen: &str) -> (TeamsSettings, Vec<String>) {
        let mut problems = Vec::new();
        let settings = TeamsSettings::from_source(&Source::from_pairs(pairs), listen.parse().unwrap(), &mut problems);
        (settings, problems.iter().map(Problem::to_string).collect())
    }

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
            assert_eq!(is_service(address, &hosts, false), allowed, "{address}");
            let on_this_machine = address.contains("127.0.0.1");
            assert_eq!(is_service(address, &hosts, true), allowed || on_this_machine, "{address}");
        }
        for address in ["http://127.0.0.1:3978/_connector", "http://localhost:56150/_connector"] {
            assert!(is_service(address, &ServiceHosts::default(), true), "{address}");
        }
    }

    #[test]
    fn each_cloud_has_its_own_addresses() {
        let us = "https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us/oauth2/v2.0/token";
        for (cloud, metadata, token, service) in [
            (
                "public",
                "login.botframework.com",
                "https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token",
                Some("https://smba.trafficmanager.net/teams/"),
            ),
            ("usgov", "login.botframework.azure.us", us, Some("https://smba.infra.gov.teams.microsoft.us/teams")),
            ("dod", "login.botframework.azure.us", us, Some("https://smba.infra.dod.teams.microsoft.us/teams")),
            (
                "china",
                "login.botframework.azure.cn",
                "https://login.partner.microsoftonline.cn/microsoftservices.partner.onmschina.cn/oauth2/v2.0/token",
                None,
            ),
        ] {
            let (settings, problems) = read(&[("TEAMS_CLOUD", cloud)], "0.0.0.0:8080");
            assert_eq!(problems, [""; 0]);
            assert_eq!(settings.metadata_url.host_str(), Some(metadata));
            assert_eq!(settings.token_url.as_str(), token);
            assert_eq!(settings.service_url.as_deref(), service);
            let host = service.map(|service| reqwest::Url::parse(service).unwrap().host_str().unwrap().to_owned());
            assert!(host.is_none_or(|host| settings.service_hosts.has(&host)), "{cloud}");
            assert!(!settings.allows_loopback);
            assert!(settings.cloud.scope().starts_with(settings.cloud.issuer()));
        }
        assert_eq!(TeamsCloud::parse("https://botframework.azure.us"), Some(TeamsCloud::UsGovernment));
    }

    #[test]
    fn an_app_of_one_tenant_asks_its_own_directory_and_answers_nobody_else() {
        let (settings, _) = read(&[("MICROSOFT_APP_ID", "app"), ("MICROSOFT_APP_TENANT_ID", "t1")], "0.0.0.0:8080");
        assert_eq!(settings.token_url.as_str(), "https://login.microsoftonline.com/t1/oauth2/v2.0/token");
        assert_eq!(settings.allowed_tenants, ["t1"]);
        let pairs = [("MICROSOFT_APP_TENANT_ID", "t1"), ("TEAMS_ALLOWED_TENANTS", "t1, t2")];
        assert_eq!(read(&pairs, "0.0.0.0:8080").0.allowed_tenants, ["t1", "t2"]);
    }

    #[test]
    fn people_are_looked_up_where_those_are_who_are_allowed() {
        for (own, allowed, directory, doubt) in [
            ("t1", "", "t1", None),
            ("t1", "T1", "T1", None),
            ("", "t2", "t2", None),
            ("", "t1,t2", "organizations", None),
            ("t1", "t2", "t2", Some(TenantDoubt::OwnLeftOut)),
            ("t1", "t2,t3", "organizations", Some(TenantDoubt::OwnLeftOut)),
            ("t1", "t1,t2", "organizations", Some(TenantDoubt::Further)),
        ] {
            let pairs = [
                ("MICROSOFT_APP_ID", "app"),
                ("MICROSOFT_APP_PASSWORD", "hunter2"),
                ("UPSHOT_PUBLIC_URL", "https://upshot.example.com"),
                ("MICROSOFT_APP_TENANT_ID", own),
                ("TEAMS_ALLOWED_TENANTS", allowed),
            ];
            let (settings, problems) = read(&pairs, "0.0.0.0:8080");
            assert_eq!(problems, [""; 0]);
            let sign_in = settings.sign_in.unwrap();
            assert_eq!((&*sign_in.directory, sign_in.doubt), (directory, doubt), "{own} {allowed}");
        }
    }

    #[test]
    fn what_would_open_the_door_is_refused() {
        for (pairs, listen, part) in [
            (&[("TEAMS_UNAUTHENTICATED_LOOPBACK", "true")][..], "0.0.0.0:80", "for 127.0.0.1 only"),
            (
                &[("TEAMS_UNAUTHENTICATED_LOOPBACK", "true"), ("UPSHOT_PUBLIC_URL", "https://upshot.example.com")],
                "127.0.0.1:80",
                "behind a proxy it would let everybody in",
            ),
            (
                &[
                    ("TEAMS_UNAUTHENTICATED_LOOPBACK", "on"),
                    ("MICROSOFT_APP_ID", "app"),
                    ("MICROSOFT_APP_PASSWORD", "hunter2"),
                ],
                "127.0.0.1:80",
                "behind a proxy it would let everybody in",
            ),
            (&[("TEAMS_UNAUTHENTICATED_LOOPBACK", "perhaps")], "127.0.0.1:80", "must be true or false"),
            (&[("TEAMS_OPENID_METADATA_URL", "http://127.0.0.1:9/m")], "0.0.0.0:80", "TEAMS_OPENID_METADATA_URL"),
            (&[("TEAMS_OPENID_METADATA_URL", "https://example.com/m")], "127.0.0.1:80", "TEAMS_OPENID_METADATA_URL"),
            (&[("TEAMS_TOKEN_URL", "http://example.com/token")], "127.0.0.1:80", "TEAMS_TOKEN_URL"),
            (&[("TEAMS_TOKEN_URL", "http://127.0.0.1:9/token")], "10.0.0.1:80", "TEAMS_TOKEN_URL"),
            (&[("TEAMS_WEBHOOK_SECRET", "bm8=,not base64")], "127.0.0.1:80", "TEAMS_WEBHOOK_SECRET"),
            (&[("TEAMS_WEBHOOK_SECRET", "sales=")], "127.0.0.1:80", "TEAMS_WEBHOOK_SECRET"),
            (&[("TEAMS_WEBHOOK_SECRET", "a/b=bm8=")], "127.0.0.1:80", "TEAMS_WEBHOOK_SECRET"),
            (&[("MICROSOFT_APP_PASSWORD", "hunter2")], "127.0.0.1:80", "MICROSOFT_APP_ID is not"),
            (&[("TEAMS_TENANT_RATE", "0")], "127.0.0.1:80", "TEAMS_TENANT_RATE must be"),
            (&[("TEAMS_CLOUD", "moon")], "127.0.0.1:80", "TEAMS_CLOUD must be"),
            (&[("TEAMS_SERVICE_URL", "https://example.com/teams")], "127.0.0.1:80", "TEAMS_SERVICE_URL is sent"),
            (&[("TEAMS_SERVICE_URL", "http://smba.trafficmanager.net/")], "127.0.0.1:80", "TEAMS_SERVICE_URL is sent"),
            (&[("TEAMS_SERVICE_URL", "https://me@smba.trafficmanager.net/")], "127.0.0.1:80", "TEAMS_SERVICE_URL is"),
            (&[("TEAMS_SERVICE_URL", "http://127.0.0.1:9/")], "0.0.0.0:80", "TEAMS_SERVICE_URL is sent"),
            (&[("TEAMS_SERVICE_URL", "http://127.0.0.1:9/")], "127.0.0.1:80", "TEAMS_SERVICE_URL is sent"),
            (&[("TEAMS_SERVICE_HOSTS", "smba.example.com, https://a.example")], "0.0.0.0:80", "TEAMS_SERVICE_HOSTS"),
        ] {
            let (settings, problems) = read(pairs, listen);
            assert!(problems.len() == 1 && problems[0].contains(part), "{pairs:?}: {problems:?}");
            assert!(!format!("{settings:?}{problems:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_webhook_may_have_a_name() {
        let (settings, problems) = read(&[("TEAMS_WEBHOOK_SECRET", "bm8=, sales=bm9vbw==,hr=bm9v")], "0.0.0.0:8080");
        assert_eq!(problems, [""; 0]);
        let hooks: Vec<(Option<&str>, &str)> =
            settings.webhook_secrets.iter().map(|hook| (hook.name.as_deref(), hook.token.expose())).collect();
        assert_eq!(hooks, [(None, "bm8="), (Some("sales"), "bm9vbw=="), (Some("hr"), "bm9v")]);
    }

    #[test]
    fn a_further_host_may_be_written_to_first() {
        let pairs =
            [("TEAMS_SERVICE_HOSTS", "smba.example.com"), ("TEAMS_SERVICE_URL", "https://eu.smba.example.com/teams")];
        let (settings, problems) = read(&pairs, "0.0.0.0:8080");
        assert_eq!(problems, [""; 0]);
        assert_eq!(settings.service_url.as_deref(), Some("https://eu.smba.example.com/teams"));
    }

    #[test]
    fn on_this_machine_a_loopback_directory_is_allowed() {
        let pairs =
            [("TEAMS_OPENID_METADATA_URL", "http://127.0.0.1:9/m"), ("TEAMS_TOKEN_URL", "http://127.0.0.1:9/t")];
        let (settings, problems) = read(&pairs, "127.0.0.1:0");
        assert_eq!(problems, [""; 0]);
        assert!(settings.allows_loopback && !settings.takes_unauthenticated);
    }
}
