//! `upshot doctor`: what would keep the server from working, and how to mend it.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    net::TcpListener,
    process::ExitCode,
};

use super::{Outcome, explained, serve::runtime};
use crate::{
    clock::{Clock, Moment, Timestamp},
    config::{Settings, TeamsSettings},
    content,
    ids::Platform,
    platforms::{
        slack::{self, Finding, Slack},
        teams::Teams,
    },
    store::{Counter, Reception, Store, Waiting},
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
    let (database, queues) = database(&settings);
    report.line("database", &database)?;
    if let Some(Queues { waiting, counted, received }) = queues {
        report.line("queues", &Ok(told_of(&waiting, Clock::System.moment())))?;
        report.line("counted", &Ok(told_of_ends(&counted)))?;
        report.line("signature", &slack::signatures(&settings.slack, &received))?;
    }
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

/// What the queues hold and what was counted.
struct Queues {
    waiting: Waiting,
    counted: BTreeMap<Counter, u64>,
    /// How deliveries of Slack's were received lately.
    received: BTreeMap<Reception, u64>,
}

fn database(settings: &Settings) -> (Finding, Option<Queues>) {
    let opened = runtime().map_err(anyhow::Error::from).and_then(|runtime| {
        runtime.block_on(async {
            let store = Store::open(&settings.database, &settings.encryption).await?;
            store.ping().await?;
            let waiting = store.waiting().await?;
            let mut counted = BTreeMap::new();
            for counter in Counter::ALL {
                counted.insert(counter, store.count(counter).await?);
            }
            let received = store.receptions(Platform::Slack, Clock::System.now()).await?;
            Ok(Queues { waiting, counted, received })
        })
    });
    match opened {
        Ok(queues) => (Ok(format!("{:?} answers and is up to date", settings.database)), Some(queues)),
        Err(error) => {
            let sentence = format!(
                "{:?}: {}. Check UPSHOT_DATABASE_URL and that its folder can be written to.",
                settings.database,
                explained(&error)
            );
            (Err(sentence), None)
        }
    }
}

/// What waits is no trouble by itself while the server is stopped, so it is told and not judged.
fn told_of(waiting: &Waiting, now: Moment) -> String {
    let since = |moment: Option<Moment>| {
        let millis = moment.map_or(0, |moment| now.unix_millis() - moment.unix_millis());
        so_long(u64::try_from(millis).unwrap_or(0) / 1000)
    };
    let events = match waiting.events {
        0 => "nothing waits to be answered".to_owned(),
        count => format!("{count} to be answered, the oldest came {} ago", since(waiting.oldest_event)),
    };
    let deliveries = match waiting.deliveries {
        0 => "nothing waits to be sent".to_owned(),
        count => format!(
            "{count} to be sent, {} of them after a failure, the first was due {} ago",
            waiting.failed,
            since(waiting.first_due)
        ),
    };
    format!("{events}; {deliveries}")
}

fn told_of_ends(counted: &BTreeMap<Counter, u64>) -> String {
    let count = |counter| counted.get(&counter).copied().unwrap_or(0);
    format!(
        "since the database was made: {} deliveries worked and {} given up; {} answers arrived, {} came too late, {} could never \
         arrive; found helpful {}, wrong {}, without a term {}",
        count(Counter::EventsDone),
        count(Counter::EventsDead),
        count(Counter::Delivered),
        count(Counter::Expired),
        count(Counter::Dead),
        count(Counter::FeedbackHelpful),
        count(Counter::FeedbackWrong),
        count(Counter::FeedbackMissingTerm),
    )
}

fn so_long(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
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

#[cfg(test)]
mod tests {
    use super::{BTreeMap, Counter, Moment, Waiting, so_long, told_of, told_of_ends};

    #[test]
    fn what_waits_is_told_with_its_age() {
        let now = Moment::from_unix_millis(10_000_000);
        assert_eq!(told_of(&Waiting::default(), now), "nothing waits to be answered; nothing waits to be sent");
        let waiting = Waiting {
            events: 3,
            oldest_event: Some(Moment::from_unix_millis(9_910_500)),
            deliveries: 2,
            failed: 1,
            // Its turn has not come.
            first_due: Some(Moment::from_unix_millis(10_000_500)),
        };
        assert_eq!(
            told_of(&waiting, now),
            "3 to be answered, the oldest came 89 s ago; 2 to be sent, 1 of them after a failure, the first was due 0 s ago"
        );
        for (seconds, told) in [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_199, "119 min"), (7_200, "2 h")] {
            assert_eq!(so_long(seconds), told);
        }
    }

    #[test]
    fn every_counter_is_told() {
        let counted: BTreeMap<Counter, u64> = Counter::ALL.into_iter().zip(101..).collect();
        for count in counted.values() {
            assert!(told_of_ends(&counted).contains(&count.to_string()), "{count}");
        }
    }
}
