//! What the glossary lacks: terms that people asked for, jargon that they met and nobody has explained, and entries whose explanation
//! did not help.

use std::sync::Arc;

use axum::{
    extract::{RawForm, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page,
    browse::{day, in_query},
    go_to,
    session::{Form, Visitor},
};
use crate::{
    app::{
        Gaps,
        curation::{CurationError, UnknownTerm, Wanted},
    },
    store::DismissedGap,
};

/// Terms of each kind that are shown.
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
pub(super) async fn list(State(console): State<Arc<Console>>, visitor: Visitor) -> Answer {
    if visitor.curator.is_none() {
        return Ok(go_to(&visitor.sign_in_address()));
    }
    let app = &console.desk.app;
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    let of = visitor.workspace();
    let reach = visitor.reach();
    let engine = app.engine_at(&reach.location());
    let wanted = app.wanted(&reach, of, MOST_SHOWN).await.map_err(sorry)?;
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
