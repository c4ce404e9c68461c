//! `upshot doctor`: what would keep the server from working, and how to mend it.

use std::{
    io::{self, Write},
    net::TcpListener,
    process::ExitCode,
};

use super::{Outcome, explained, serve::runtime};
use crate::{
    clock::{Clock, Timestamp},
    config::{Settings, TeamsSettings},
    content,
    platforms::{
        slack::{self, Finding, Slack},
        teams::Teams,
    },
    store::Store,
};

/// When this version was made: a clock before it is wrong.
const NOT_BEFORE: Timestamp = Timestamp::from_unix_seconds(1_793_491_200);

pub(super) fn run() -> Outcome {
    let mut report = Report { out: io::stdout().lock(), all_well: true };
    let settings = match Settings::load() {
        Ok(settings) => settings,
        Err(error) => {
            for problem in &error.problems {
                report.line("settings", &Err(problem.to_string()))?;
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    report.line("settings", &Ok("complete and consistent".to_owned()))?;
    report.line("clock", &clock(Clock::System.now()))?;
    report.line("glossary", &glossary(&settings))?;
    report.line("database", &database(&settings))?;
    report.line("address", &address(&settings))?;
    let (slack, public) = runtime()?.block_on(async {
        let lines = slack::checkup(&settings.slack, Clock::System.now()).await;
        let public = match &settings.server.public_url {
            Some(url) => slack::way_round(&settings.slack, url, settings.server.listen).await,
            None => Ok("not set (UPSHOT_PUBLIC_URL), so it cannot be tried".to_owned()),
        };
        (lines, public)
    });
    report.line("public", &public)?;
    for (subject, finding) in &slack {
        report.line(subject, finding)?;
    }
    report.line("teams", &teams(&settings.teams))?;
    report.line("sign-in", &sign_in(&settings))?;
    Ok(if report.all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Report<W: Write> {
    out: W,
    all_well: bool,
}

impl<W: Write> Report<W> {
    fn line(&mut self, subject: &str, finding: &Finding) -> io::Result<()> {
        match finding {
            Ok(sentence) => writeln!(self.out, "ok    {subject:<9} {sentence}"),
            Err(sentence) => {
                self.all_well = false;
                writeln!(self.out, "mend  {subject:<9} {sentence}")
            }
        }
    }
}

fn clock(now: Timestamp) -> Finding {
    if now < NOT_BEFORE {
        Err("The clock is behind this version's release, so Slack's signatures would look stale: set the clock."
            .to_owned())
    } else {
        Ok("plausible (Slack's signatures may be five minutes off)".to_owned())
    }
}

fn glossary(settings: &Settings) -> Finding {
    match content::load(&settings.content) {
        Ok(engine) => Ok(format!("revision {}, {} readers", engine.revision(), engine.audiences().len())),
        Err(error) => Err(error.to_string()),
    }
}

fn database(settings: &Settings) -> Finding {
    let opened = runtime().map_err(anyhow::Error::from).and_then(|runtime| {
        runtime.block_on(async {
            Store::open(&settings.database, &settings.encryption).await?.ping().await?;
            Ok(())
        })
    });
    match opened {
        Ok(()) => Ok(format!("{:?} answers and is up to date", settings.database)),
        Err(error) => Err(format!(
            "{:?}: {}. Check UPSHOT_DATABASE_URL and that its folder can be written to.",
            settings.database,
            explained(&error)
        )),
    }
}

fn address(settings: &Settings) -> Finding {
    let listen = settings.server.listen;
    match TcpListener::bind(listen) {
        Ok(_) => Ok(format!("{listen} is free")),
        Err(error) => {
            Err(format!("{listen} cannot be listened on ({error}): is Upshot running already? Else set UPSHOT_LISTEN."))
        }
    }
}

/// With what people sign in to the glossary's pages.
fn sign_in(settings: &Settings) -> Finding {
    let (slack, teams) = runtime().map_err(|error| error.to_string())?.block_on(async {
        (Slack::check_up_sign_in(&settings.slack).await, Teams::check_up_sign_in(&settings.teams).await)
    });
    let all_well = slack.is_ok() && teams.is_ok();
    let told = [slack, teams].into_iter().filter_map(|finding| finding.unwrap_or_else(Some));
    let mut sentences: Vec<String> = told.collect();
    if sentences.is_empty() {
        sentences.push("with tokens, and on this machine with the link that is printed at the start".to_owned());
    }
    let told = sentences.join(" ");
    if all_well { Ok(told) } else { Err(told) }
}

fn teams(settings: &TeamsSettings) -> Finding {
    runtime().map_err(|error| error.to_string())?.block_on(Teams::check_up(settings))
}
