//! The organisation's own messages on which drafts are tried.

use std::sync::Arc;

use axum::{
    extract::{RawForm, State},
    http::StatusCode,
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page,
    browse::day,
    go_to,
    session::{Form, Visitor},
};
use crate::app::curation::{CurationError, Curator, LONGEST_TRIAL, MOST_TRIALS, Reach, Role, TrialMessage};

const HERE: &str = "/glossary/trials";

#[derive(Serialize)]
struct Row {
    number: i64,
    place: String,
    text: String,
    by: String,
    when: String,
}

impl Row {
    fn new(trial: TrialMessage) -> Self {
        Self {
            number: trial.number,
            place: trial.place,
            text: trial.text,
            by: trial.author,
            when: day(&trial.at.rfc3339()),
        }
    }
}

/// `GET /glossary/trials`.
pub(super) async fn list(State(console): State<Arc<Console>>, visitor: Visitor) -> Answer {
    let Some(curator) = &visitor.curator else { return Ok(go_to(&visitor.sign_in_address())) };
    show(&console, &visitor, curator, StatusCode::OK, ("", ""), "").await
}

async fn show(
    console: &Console,
    visitor: &Visitor,
    curator: &Curator,
    status: StatusCode,
    (place, written): (&str, &str),
    error: &str,
) -> Answer {
    let trials = console.desk.app.trial_messages(curator).await;
    let trials = trials.map_err(|error| console.sorry(visitor, &error, "/glossary"))?;
    let content = json!({
        "trials": trials.into_iter().map(Row::new).collect::<Vec<_>>(),
        "may_keep": visitor.may(Role::Curator),
        "most": MOST_TRIALS,
        "longest": LONGEST_TRIAL,
        "place": place,
        "written": written,
        "keeps_for_all": curator.reach == Reach::Everything,
        "error": error,
    });
    Ok(console.pages.render(status, Page::Trials, "Trial messages", visitor, content))
}

/// `POST /glossary/trials`.
pub(super) async fn add(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let form = Form::new(&body);
    let curator = visitor.sender(&form).map_err(|error| console.sorry(&visitor, &error, HERE))?;
    let new = (form.get("place"), form.get("text"));
    match console.desk.app.add_trial_message(curator, new, console.desk.now()).await {
        Ok(_) => Ok(go_to(HERE)),
        Err(CurationError::Refused(sentence)) => {
            show(&console, &visitor, curator, StatusCode::UNPROCESSABLE_ENTITY, new, &sentence).await
        }
        Err(error) => Err(console.sorry(&visitor, &error, HERE)),
    }
}

/// `POST /glossary/trials/remove`.
pub(super) async fn remove(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let form = Form::new(&body);
    let curator = visitor.sender(&form).map_err(|error| console.sorry(&visitor, &error, HERE))?;
    let number = form.number("number").map_or(0, i64::from);
    let removed = console.desk.app.remove_trial_message(curator, number, console.desk.now()).await;
    removed.map_err(|error| console.sorry(&visitor, &error, HERE))?;
    Ok(go_to(HERE))
}
