//! `upshot serve`.

use std::{
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
};

use tokio::runtime::{Builder, Runtime};

use super::Outcome;
use crate::{
    clock::Clock,
    config::Settings,
    telemetry,
    web::{LINK_MINUTES, Server},
};

pub(super) fn run() -> Outcome {
    let settings = Settings::load()?;
    telemetry::start(&settings.log);
    runtime()?.block_on(async {
        let server = Server::start(&settings, Clock::System).await?;
        let greeting = greeting(&settings, server.address()?, server.sign_in_link());
        io::stdout().write_all(greeting.as_bytes())?;
        io::stdout().flush()?;
        server.run_until(order_to_stop()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The async runtime, for the commands that need one. `upshot rewrite` does not and starts faster without.
pub(super) fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

/// With what people sign in to the glossary's pages.
fn ways_in(settings: &Settings) -> String {
    let ways = [("Slack", settings.slack.sign_in.is_ok()), ("Microsoft", settings.teams.sign_in.is_ok())];
    let ready: Vec<&str> = ways.into_iter().filter(|(_, is_ready)| *is_ready).map(|(platform, _)| platform).collect();
    if ready.is_empty() {
        "UPSHOT_ADMIN_TOKEN".to_owned()
    } else {
        format!("{} or UPSHOT_ADMIN_TOKEN", ready.join(", "))
    }
}

/// What a person wants to know who has just started the program.
fn greeting(settings: &Settings, address: SocketAddr, sign_in_link: Option<String>) -> String {
    let shown =
        if address.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address };
    let mut text = format!(
        "Upshot is listening on http://{shown}\n\
         Playground:   http://{shown}/\n\
         Command line: upshot rewrite --for sales \"p95 latency went from 220ms to 3.4s\"\n"
    );
    text.push_str(&match sign_in_link {
        Some(link) => format!(
            "Glossary:     http://{shown}/glossary\n\x20             {link}\n\x20             signs you in, once, in the next {LINK_MINUTES} minutes.\n"
        ),
        None => format!("Glossary:     http://{shown}/glossary (sign in with {})\n", ways_in(settings)),
    });
    let unready =
        [("Slack", settings.slack.sign_in.as_ref().err()), ("Microsoft", settings.teams.sign_in.as_ref().err())];
    for sentence in unready.into_iter().filter_map(|(platform, unready)| unready?.sentence(platform)) {
        text.push_str(&format!("\x20             {sentence}\n"));
    }
    if let Some(doubt) = settings.teams.sign_in.as_ref().ok().and_then(|sign_in| sign_in.doubt) {
        text.push_str(&format!("\x20             {}\n", doubt.sentence()));
    }
    // The line about Slack is the last one, for those who wait for the end of this.
    let teams = &settings.teams;
    text.push_str(match (&teams.app_id, &teams.app_password, teams.takes_unauthenticated) {
        (_, _, true) => "Teams:        open to everybody on this machine (TEAMS_UNAUTHENTICATED_LOOPBACK).\n",
        (Some(_), Some(_), _) => "Teams:        set up, not tried yet; `upshot doctor` tries it.\n",
        (Some(_), None, _) => {
            "Teams:        set up without messages, not tried yet. Set MICROSOFT_APP_PASSWORD to answer them.\n"
        }
        _ if teams.is_set_up() => "Teams:        outgoing webhooks only. Set MICROSOFT_APP_ID for the bot.\n",
        _ => "Teams:        not connected. Set MICROSOFT_APP_ID and MICROSOFT_APP_PASSWORD, or TEAMS_WEBHOOK_SECRET.\n",
    });
    if settings.slack.app_token.is_some() {
        text.push_str(match settings.slack.bot_token.is_some() || settings.slack.oauth.is_ok() {
            true => "Slack:        connects by Socket Mode.\n",
            false => "Slack:        connects by Socket Mode, without dialogs. Set SLACK_BOT_TOKEN to open them.\n",
        });
    } else if settings.slack.signing_secrets.is_empty() {
        text.push_str(
            "Slack:        not connected. Set SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN from your app's page, and send its\n\
             \x20             commands, interactions and events to /slack/commands, /slack/interactions and /slack/events; or, without a public\n\
             \x20             address, set SLACK_APP_TOKEN and SLACK_BOT_TOKEN (Socket Mode).\n",
        );
    } else if let Ok(oauth) = &settings.slack.oauth {
        text.push_str(&format!(
            "Slack:        set up, not tried yet; `upshot doctor` tries it. Install it from {}/slack/install\n",
            oauth.public_url
        ));
    } else if settings.slack.bot_token.is_none() {
        text.push_str("Slack:        set up without dialogs, not tried yet. Set SLACK_BOT_TOKEN to open them.\n");
    } else {
        text.push_str("Slack:        set up, not tried yet; `upshot doctor` tries it.\n");
    }
    text
}

#[cfg(unix)]
async fn order_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        // Without handlers the default ones apply, and those end the process.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn order_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::greeting;
    use crate::config::{Settings, Source, TenantDoubt};

    #[test]
    fn nothing_is_called_connected_before_it_was_tried() {
        let pairs = [("SLACK_SIGNING_SECRET", "nonsense"), ("SLACK_BOT_TOKEN", "xoxb-nonsense")];
        let settings = Settings::from_source(&Source::from_pairs(&pairs)).unwrap();
        let told = greeting(&settings, "127.0.0.1:8080".parse().unwrap(), None);
        assert!(told.ends_with("Slack:        set up, not tried yet; `upshot doctor` tries it.\n"), "{told}");
    }

    #[test]
    fn what_about_tenants_may_not_be_meant_is_told_at_the_start() {
        let told = |allowed| {
            let pairs = [
                ("UPSHOT_PUBLIC_URL", "https://upshot.example.com"),
                ("MICROSOFT_APP_ID", "app"),
                ("MICROSOFT_APP_PASSWORD", "hush"),
                ("MICROSOFT_APP_TENANT_ID", "t1"),
                ("TEAMS_ALLOWED_TENANTS", allowed),
            ];
            let settings = Settings::from_source(&Source::from_pairs(&pairs)).unwrap();
            greeting(&settings, "127.0.0.1:8080".parse().unwrap(), None)
        };
        assert!(told("t2").contains(TenantDoubt::OwnLeftOut.sentence()));
        assert!(told("t1,t2").contains(TenantDoubt::Further.sentence()));
        assert!(!told("t1").contains("TEAMS_ALLOWED_TENANTS"));
    }
}
