//! What the glossary lacks: terms that people asked for, jargon that they met and nobody has explained, and entries whose explanation
//! did not help.

use std::sync::Arc;

use axum::{
    extract::{RawForm, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page,
    browse::{day, in_query},
    go_to,
    session::{Form, Visitor, query},
};
use crate::{
    app::{
        Gaps, MAX_TERM_CHARS,
        curation::{CurationError, UnknownTerm, Wanted},
        wanted_term,
    },
    store::DismissedGap,
};

/// Terms that people asked for, on a page.
const PAGE: u32 = 50;
/// Terms of each other kind that are shown.
const MOST_SHOWN: u32 = 200;
/// Words that somebody set aside: whoever made a mistake made it lately.
const MOST_DISMISSED: u32 = 20;

#[derive(Serialize)]
struct WantedRow {
    escaped: String,
    term: String,
    people: u32,
    since: String,
    answered_by: Option<String>,
    /// A phrase answers without being an entry.
    has_page: bool,
}

#[derive(Serialize)]
struct GapRow {
    escaped: String,
    #[serde(flatten)]
    gap: UnknownTerm,
}

#[derive(Serialize)]
struct DismissedRow {
    term: String,
    by: String,
    when: String,
}

/// `GET /glossary/wanted`: what people asked for, and what they met.
pub(super) async fn list(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Answer {
    if visitor.curator.is_none() {
        return Ok(go_to(&visitor.sign_in_address()));
    }
    let app = &console.desk.app;
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    let of = visitor.workspace();
    let reach = visitor.reach();
    let engine = app.engine_at(&reach.location());
    let form = query(&uri);
    let from = form.number("from").unwrap_or(0);
    let (wanted, total) = app.wanted(&reach, of, (from, PAGE)).await.map_err(sorry)?;
    let last = from as usize + wanted.len();
    let page_at = |from: u32| format!("/glossary/wanted?from={from}");
    let gaps = app.unknown_terms(&reach, of, MOST_SHOWN).await.map_err(sorry)?;
    let unclear = app.unclear_entries(&reach, of, MOST_SHOWN).await.map_err(sorry)?;
    let dismissed = app.dismissed_terms(of, MOST_DISMISSED).await.map_err(sorry)?;
    let row = |Wanted { term, people, since, answered_by }| WantedRow {
        escaped: in_query(&term),
        has_page: answered_by.as_deref().is_some_and(|id| engine.entry(id).is_some()),
        term,
        people,
        since: day(&since),
        answered_by,
    };
    let content = json!({
        "notice": if form.get("done") == "asked" { ASKED } else { "" },
        "longest_term": MAX_TERM_CHARS,
        "summary": if total > wanted.len() { format!("{} to {last} of {total} terms", from + 1) } else { String::new() },
        "before": if from > 0 { page_at(from.saturating_sub(PAGE)) } else { String::new() },
        "after": if last < total && !wanted.is_empty() { page_at(from + PAGE) } else { String::new() },
        "wanted": wanted.into_iter().map(row).collect::<Vec<_>>(),
        "gaps": gaps.into_iter().map(|gap| GapRow { escaped: in_query(&gap.term), gap }).collect::<Vec<_>>(),
        "unclear": unclear,
        "dismissed": dismissed
            .into_iter()
            .map(|DismissedGap { term, by, at }| DismissedRow { term, by, when: at.date() })
            .collect::<Vec<_>>(),
        "why_no_gaps": match app.counts_gaps() {
            Gaps::Counted => "",
            Gaps::TurnedOff => "Counting is turned off (UPSHOT_COUNT_UNKNOWN_WORDS).",
            Gaps::WithoutKey => "Nothing is counted without UPSHOT_ENCRYPTION_KEY, under which people are marks.",
        },
    });
    Ok(console.pages.render(StatusCode::OK, Page::Wanted, "Wanted", &visitor, content))
}

/// What is said to whoever asked.
const ASKED: &str = "Noted. Whoever looks after the glossary sees the term, and never who asked.";

/// `POST /glossary/wanted/ask`: somebody wants a definition.
pub(super) async fn ask(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let form = Form::new(&body);
    let sorry = |error: CurationError| -> Response { console.sorry(&visitor, &error, "/glossary/wanted") };
    let curator = visitor.sender(&form).map_err(sorry)?;
    let term = wanted_term(form.get("term")).ok_or_else(|| {
        sorry(CurationError::Refused(format!("Say which term, in 1 to {MAX_TERM_CHARS} characters.")))
    })?;
    let app = &console.desk.app;
    let asked = app.ask_for_definition(curator, visitor.workspace(), &term, console.desk.now());
    match asked.await.map_err(sorry)? {
        // A phrase answers without being an entry.
        Some(id) if app.engine_at(&visitor.reach().location()).entry(&id).is_some() => {
            Ok(go_to(&format!("/glossary/concepts/{id}?done=defined")))
        }
        Some(_) => Ok(go_to(&format!("/glossary?q={}", in_query(&term)))),
        None => Ok(go_to("/glossary/wanted?done=asked")),
    }
}

/// `POST /glossary/wanted`: a word is no term, or is one after all.
pub(super) async fn judge(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let form = Form::new(&body);
    let sorry = |error: CurationError| -> Response { console.sorry(&visitor, &error, "/glossary/wanted") };
    let curator = visitor.sender(&form).map_err(sorry)?;
    let app = &console.desk.app;
    let of = visitor.workspace();
    if form.get("dismiss").is_empty() {
        app.restore_unknown_term(curator, of, form.get("restore")).await.map_err(sorry)?;
    } else {
        app.dismiss_unknown_term(curator, of, form.get("dismiss"), console.desk.now()).await.map_err(sorry)?;
    }
    Ok(go_to("/glossary/wanted"))
}
