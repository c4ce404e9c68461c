//! What `upshot doctor` asks about the Slack side: each thing that can be wrong is told apart from the others and comes with
//! its mend.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    time::{Duration, UNIX_EPOCH},
};

use reqwest::Url;

use super::{ApiError, Client, Scopes, socket::refused_for_good};
use crate::{
    app::Reception,
    clock::Timestamp,
    config::{SlackSettings, is_fit},
};

/// A sentence, or a sentence with its mend.
pub type Finding = Result<String, String>;

/// Slack refuses nothing for this; we refuse deliveries whose time is further off.
const MOST_SKEW: Duration = Duration::from_secs(300);
/// Below this it is only told.
const SOME_SKEW: Duration = Duration::from_secs(60);
/// What is answered to ourselves on the way round through the public address.
const ECHO: &str = "upshot doctor\n";

/// Asks Slack everything that can be asked. One line for each subject, in the order in which they are to be mended.
pub async fn checkup(settings: &SlackSettings, now: Timestamp) -> Vec<(&'static str, Finding)> {
    let is_signed = !settings.signing_secrets.is_empty();
    if !is_signed && settings.app_token.is_none() {
        let sentence = "not set up (SLACK_SIGNING_SECRET is not set), so every delivery would be refused";
        return vec![("slack", Ok(sentence.to_owned()))];
    }
    let mut lines = vec![("secret", secrets(settings)), ("install", from_a_link(settings))];
    let client = match Client::new(settings) {
        Ok(client) => client,
        Err(error) => {
            lines.push(("slack", Err(error.to_string())));
            return lines;
        }
    };
    match client.time().await {
        Ok(date) => {
            lines.push(("network", Ok(format!("{} answers", settings.api_url))));
            // Only signatures look at it.
            if is_signed {
                lines.push(("clock", skew(date.as_deref(), now)));
            }
        }
        Err(error) => {
            let mend = "check the network, the proxy and the name servers of this machine, and SLACK_API_URL";
            lines.push(("network", Err(format!("{} cannot be reached ({error}): {mend}.", settings.api_url))));
            return lines;
        }
    }
    if let Some(token) = &settings.app_token {
        lines.push(("socket", socket(&client.acting_for(token, None)).await));
    }
    if settings.bot_token.is_none() {
        let sentence = match &settings.oauth {
            Ok(_) => "none of its own; workspaces bring theirs when they install the app",
            Err(_) => "set up without dialogs (SLACK_BOT_TOKEN is not set)",
        };
        lines.push(("token", Ok(sentence.to_owned())));
        return lines;
    }
    match client.test_token().await {
        Ok(identity) => {
            lines.push(("token", Ok(format!("the bot token belongs to {}", identity.team))));
            lines.push(("scopes", scopes(identity.scopes.as_deref())));
        }
        Err(error) => lines.push(("token", Err(bad_token(&error)))),
    }
    lines
}

/// What the deliveries of the last hour say of the signing secret. Of one that is of the right form nothing else can be said here: Slack
/// tells nobody whether it is the app's.
///
/// # Errors
/// None fitted; the sentence says what is the matter with those that came, with its mend.
pub fn signatures(settings: &SlackSettings, received: &BTreeMap<Reception, u64>) -> Finding {
    if settings.signing_secrets.is_empty() {
        return Ok("not looked at, because no signing secret is set".to_owned());
    }
    let count = |how| received.get(&how).copied().unwrap_or(0);
    let counted = |count: u64| if count == 1 { "1 delivery".to_owned() } else { format!("{count} deliveries") };
    let (fitted, unsigned) = (count(Reception::Fitted), count(Reception::Unsigned));
    let (another_secret, another_time) = (count(Reception::AnotherSecret), count(Reception::AnotherTime));
    let others = another_secret + another_time + unsigned;
    if fitted > 0 {
        let refused = match others {
            0 => String::new(),
            _ => format!(
                ", {others} did not: somebody else's, repeated ones, or signed with a secret that is not in \
                 SLACK_SIGNING_SECRET any more"
            ),
        };
        return Ok(format!("in the last hour the signature of {} fitted{refused}", counted(fitted)));
    }
    if another_secret > 0 {
        return Err(format!(
            "In the last hour {} came with a good time and a signature that does not fit, and none that does: unless somebody else \
             sends them, SLACK_SIGNING_SECRET is not this app's. Copy it again from Basic Information, App Credentials, and restart.",
            counted(another_secret)
        ));
    }
    if another_time > 0 {
        return Err(format!(
            "In the last hour {} came with a time more than five minutes off, and none with a good one, so no signature was looked \
             at: see the line about the clock. Where that is well, a proxy keeps deliveries back, or somebody sends old ones again.",
            counted(another_time)
        ));
    }
    if unsigned > 0 {
        return Err(format!(
            "In the last hour {} came without a whole signature, and none with one: a proxy must pass the headers \
             X-Slack-Signature and X-Slack-Request-Timestamp on, or these are not Slack's.",
            counted(unsigned)
        ));
    }
    Ok("no delivery came in the last hour, so whether the signing secret is this app's shows with the first one"
        .to_owned())
}

/// Whether Slack would give a connection. None is opened: deliveries would come to it, and nobody is there to answer.
async fn socket(client: &Client) -> Finding {
    let address = client.socket_address().await.map_err(|error| match (refused_for_good(&error), &error) {
        (Some(mend), _) => mend,
        (None, ApiError::Transient { .. }) => {
            format!("Socket Mode could not be tried ({error}): run this again in a minute.")
        }
        (None, error) => format!("{error}: switch Socket Mode on, on the app's page."),
    })?;
    let host = address.host_str().unwrap_or_default().to_owned();
    match client.look(address.origin().ascii_serialization().as_str()).await {
        Ok(_) => Ok(format!("Slack gives this server connections (Socket Mode), at {host}")),
        Err(_) => Err(format!(
            "Slack gives this server connections (Socket Mode), and {host} cannot be reached: let the firewall pass https to \
             it, or set HTTPS_PROXY."
        )),
    }
}

/// A signing secret is 32 hexadecimal digits. Other things of the app's page end up here by mistake.
fn secrets(settings: &SlackSettings) -> Finding {
    let page = "copy it from Basic Information, App Credentials, Signing Secret";
    if settings.signing_secrets.is_empty() {
        return Ok("not set, and not needed over Socket Mode; deliveries over HTTP are refused".to_owned());
    }
    for (number, secret) in (1..).zip(&settings.signing_secrets) {
        let secret = secret.expose();
        let is_token = ["xoxb-", "xoxp-", "xapp-", "xoxe"].iter().any(|start| secret.starts_with(start));
        if is_token {
            return Err(format!("SLACK_SIGNING_SECRET (number {number}) holds a token, not a secret: {page}."));
        }
        let is_hex = secret.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if secret.len() != 32 || !is_hex {
            return Err(format!(
                "SLACK_SIGNING_SECRET (number {number}) is not 32 digits and letters from a to f, so a part is missing or \
                 too much: {page}."
            ));
        }
    }
    Ok(match settings.signing_secrets.len() {
        1 => "has the right form".to_owned(),
        count => format!("all {count} have the right form"),
    })
}

fn from_a_link(settings: &SlackSettings) -> Finding {
    match &settings.oauth {
        Ok(oauth) => match Url::parse(&oauth.public_url) {
            Ok(url) if is_fit(&url) => Ok(format!("from {}/slack/install", oauth.public_url)),
            _ => Err(
                "UPSHOT_PUBLIC_URL must be an https address without a query: Slack sends browsers back to no other."
                    .to_owned(),
            ),
        },
        Err(missing) if missing.len() == 3 || *missing == ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"] => {
            Ok("not from a link; on the app's page, for one workspace".to_owned())
        }
        Err(missing) => Err(format!("{} must be set too, to install from a link.", missing.join(" and "))),
    }
}

fn skew(date: Option<&str>, now: Timestamp) -> Finding {
    let slacks = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let Some(since) = slacks.and_then(|time| time.duration_since(UNIX_EPOCH).ok()) else {
        return Ok("Slack did not tell its time".to_owned());
    };
    let slacks = Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
    let off = now.distance(slacks);
    let way = if now > slacks { "ahead of" } else { "behind" };
    let minutes = off.as_secs() / 60;
    if off > MOST_SKEW {
        Err(format!(
            "This machine's clock is {minutes} minutes {way} Slack's, so every delivery looks too old or too new and is \
             refused: set the clock, best by a time service (NTP)."
        ))
    } else if off > SOME_SKEW {
        Ok(format!("{minutes} minutes {way} Slack's; from five on deliveries are refused"))
    } else {
        Ok("agrees with Slack's".to_owned())
    }
}

fn scopes(granted: Option<&[String]>) -> Finding {
    let Some(granted) = granted else { return Ok("Slack did not tell them".to_owned()) };
    let Scopes { required, optional } = Scopes::of_the_manifest();
    let missing =
        |wanted: Vec<String>| -> Vec<String> { wanted.into_iter().filter(|scope| !granted.contains(scope)).collect() };
    let (required, optional) = (missing(required), missing(optional));
    if !required.is_empty() {
        return Err(format!(
            "The bot token lacks {}: add them on the app's page, OAuth & Permissions, Scopes, and install the app again.",
            required.join(", ")
        ));
    }
    Ok(match optional.is_empty() {
        true => "all are there".to_owned(),
        false => {
            // What bridges and replies need is missed by nobody who asks, because nobody asks.
            let is_about_channels = |scope: &String| scope.starts_with("channels:") || scope.starts_with("groups:");
            let bridges = match optional.iter().any(is_about_channels) {
                true => ", and bridges from or to such channels pass nothing on, and posts in them get no replies",
                false => "",
            };
            format!("all that are needed; without {} the features that need them say so{bridges}", optional.join(", "))
        }
    })
}

fn bad_token(error: &ApiError) -> String {
    match error {
        ApiError::InstallationDead(code) if code == "invalid_auth" => {
            "SLACK_BOT_TOKEN is not known to Slack: copy it again from OAuth & Permissions. If it is right, this machine's \
             address is missing in Allowed IP Address Ranges there."
                .to_owned()
        }
        ApiError::InstallationDead(code) => format!(
            "The bot token was revoked or the app was removed ({code}): install the app again and copy SLACK_BOT_TOKEN from \
             OAuth & Permissions."
        ),
        ApiError::TokenExpired => "SLACK_BOT_TOKEN has expired, because token rotation is on: remove it, set \
             SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, and install the app from /slack/install."
            .to_owned(),
        ApiError::Transient { .. } => format!("The bot token could not be tried ({error}): run this again in a minute."),
        error => format!("{error}: compare SLACK_BOT_TOKEN with OAuth & Permissions."),
    }
}

/// Whether requests to the public address come here: goes out and comes round again. Answers itself while no server runs.
///
/// # Errors
/// They do not; the sentence says why, with its mend.
pub async fn way_round(settings: &SlackSettings, public_url: &str, listen: SocketAddr) -> Finding {
    if listen.port() == 0 {
        return Ok(format!("{public_url} cannot be tried without a port in UPSHOT_LISTEN"));
    }
    // Where this fails a server runs there already, and answers with "ok".
    if let Ok(listener) = TcpListener::bind(listen) {
        std::thread::spawn(move || answer_oneself(&listener));
    }
    let client = Client::new(settings).map_err(|error| error.to_string())?;
    match client.look(&format!("{public_url}/healthz")).await {
        Ok((200, body)) if body == ECHO || body == "ok\n" => {
            Ok(format!("{public_url} leads here, seen from this machine"))
        }
        Ok((status @ 300..400, _)) => Err(format!(
            "{public_url} sends elsewhere (status {status}): set UPSHOT_PUBLIC_URL to the address where that ends, and use \
             it on the app's page."
        )),
        Ok((status, _)) => Err(format!(
            "{public_url} is answered by something else (status {status}): make the proxy or tunnel pass requests on to \
             {listen}."
        )),
        Err(_) => Err(format!(
            "{public_url} cannot be reached from this machine: check its name, its certificate and the firewall, and \
             whether the proxy or tunnel runs."
        )),
    }
}

/// Ends with the program.
fn answer_oneself(listener: &TcpListener) {
    for mut connection in listener.incoming().flatten() {
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n{ECHO}",
            ECHO.len()
        );
        // Whoever goes away early is not the one we wait for.
        let _ = connection.set_read_timeout(Some(Duration::from_secs(2)));
        let _ = connection.read(&mut [0; 1024]).and_then(|_| connection.write_all(answer.as_bytes()));
    }
}
