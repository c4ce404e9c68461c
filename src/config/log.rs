//! Log lines: how much and in which form.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{Problem, Source};

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line for each event.
    Human,
    /// One JSON object for each event.
    Json,
}

/// Log lines: how much and in which form.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// `UPSHOT_LOG`: a level (`info`), or levels by target (`info,upshot=debug`).
    pub filter: Targets,
    /// `UPSHOT_LOG_FORMAT`: `human` or `json`; human on a terminal and JSON elsewhere when it is not set.
    pub format: LogFormat,
}

impl LogSettings {
    pub(super) fn from_source(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let default = Targets::new().with_default(LevelFilter::INFO);
        let filter = source.get("UPSHOT_LOG").map_or(default.clone(), |text| {
            parse_filter(text).unwrap_or_else(|| {
                problems.push(Problem::new(
                    "UPSHOT_LOG must be a level (error, warn, info, debug, trace), or a list such as info,upshot=debug.",
                ));
                default
            })
        });
        let format = match source.get("UPSHOT_LOG_FORMAT") {
            Some("json") => LogFormat::Json,
            Some("human") => LogFormat::Human,
            None if std::io::stderr().is_terminal() => LogFormat::Human,
            None => LogFormat::Json,
            Some(_) => {
                problems.push(Problem::new("UPSHOT_LOG_FORMAT must be human or json."));
                LogFormat::Human
            }
        };
        Self { filter, format }
    }
}

/// A bare word must be a level. The parser would take any other word for the name of a module and turn everything else off.
fn parse_filter(text: &str) -> Option<Targets> {
    let is_sound = |directive: &str| directive.contains('=') || directive.trim().parse::<LevelFilter>().is_ok();
    text.split(',').all(is_sound).then(|| text.parse().ok())?
}

/// Whether the person wants no colours anywhere (`NO_COLOR`, <https://no-color.org>).
#[must_use]
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}
