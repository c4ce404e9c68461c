//! How entries are used: a chart on the page of each, and a page about all.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use serde_json::json;

use super::{Answer, Console, Page, go_to, session::Visitor};
use crate::app::curation::{DayOfUse, NeedyEntries, USAGE_DAYS};

/// The height of the chart's tallest bar, in the units of its picture.
const TALLEST: u64 = 40;
/// From one bar to the next.
const STEP: usize = 10;

#[derive(Serialize)]
struct Bar {
    x: usize,
    y: u64,
    height: u64,
    told: String,
}

/// How often an entry was met, day by day.
#[derive(Serialize)]
pub(super) struct Chart {
    days: u32,
    total: u64,
    /// The day with the most, in words.
    peak: String,
    bars: Vec<Bar>,
    width: usize,
    height: u64,
    first: String,
    last: String,
}

fn times(uses: u64) -> String {
    match uses {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        uses => format!("{uses} times"),
    }
}

impl Chart {
    pub(super) fn of(days: &[DayOfUse]) -> Self {
        let most = days.iter().map(|day| day.uses).max().unwrap_or_default();
        let bar = |(index, day): (usize, &DayOfUse)| {
            // What was met at all is seen.
            let height = if day.uses == 0 { 1 } else { (day.uses * TALLEST / most.max(1)).max(3) };
            Bar { x: index * STEP, y: TALLEST - height, height, told: format!("{}: {}", day.date, times(day.uses)) }
        };
        let peak = days.iter().rev().find(|day| day.uses == most && most > 0);
        Self {
            days: USAGE_DAYS,
            total: days.iter().map(|day| day.uses).sum(),
            peak: peak.map(|day| format!("most on {}, {}", day.date, times(day.uses))).unwrap_or_default(),
            bars: days.iter().enumerate().map(bar).collect(),
            width: days.len() * STEP,
            height: TALLEST,
            first: days.first().map(|day| day.date.clone()).unwrap_or_default(),
            last: days.last().map(|day| day.date.clone()).unwrap_or_default(),
        }
    }
}

/// `GET /glossary/usage`: which entries are used, and which need somebody.
pub(super) async fn show(State(console): State<Arc<Console>>, visitor: Visitor) -> Answer {
    if visitor.curator.is_none() {
        return Ok(go_to(&visitor.sign_in_address()));
    }
    let usage = console.desk.app.usage(&visitor.reach(), console.desk.now()).await;
    let usage = usage.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    let group = |title: &str, none: &str, found: &NeedyEntries| {
        let more = found.total - found.items.len();
        json!({ "title": title, "none": none, "entries": found.items, "more": more })
    };
    let needy = [
        group(
            "Past their date",
            "No entry of yours is past the date by which somebody should look at it.",
            &usage.overdue,
        ),
        group("Without an owner", "Somebody can be asked about every entry of yours.", &usage.without_owner),
        group("Approved here and not met for 90 days", "None.", &usage.never_used),
    ];
    let content = json!({ "usage": usage, "needy": needy });
    Ok(console.pages.render(StatusCode::OK, Page::Usage, "Usage", &visitor, content))
}

#[cfg(test)]
mod tests {
    use super::{Chart, TALLEST};
    use crate::app::curation::DayOfUse;

    #[test]
    fn the_tallest_bar_is_the_day_with_the_most() {
        let day = |date: &str, uses| DayOfUse { date: date.to_owned(), uses };
        let chart = Chart::of(&[day("2026-11-24", 0), day("2026-11-25", 200), day("2026-11-26", 1)]);
        let heights: Vec<u64> = chart.bars.iter().map(|bar| bar.height).collect();
        assert_eq!((heights, chart.total), (vec![1, TALLEST, 3], 201));
        assert_eq!(chart.peak, "most on 2026-11-25, 200 times");
        assert_eq!(chart.bars[2].told, "2026-11-26: once");
        assert!(chart.bars.iter().all(|bar| bar.y + bar.height == TALLEST));
        assert_eq!((Chart::of(&[]).total, Chart::of(&[]).peak.as_str()), (0, ""));
    }
}
