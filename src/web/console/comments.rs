//! Comments below an entry.

use std::sync::Arc;

use axum::{
    extract::{Path, RawForm, State},
    response::Response,
};
use serde::Serialize;

use super::{
    Answer, Console, go_to,
    session::{Form, Visitor},
};
use crate::app::{curation::Comment, entries_told::minute};

/// Comments that an entry's page shows, the latest ones.
const MOST_SHOWN: usize = 100;

#[derive(Serialize)]
pub(super) struct Row {
    author: String,
    time: String,
    when: String,
    revision: u32,
    text: String,
}

/// The latest comments, the first of them first, and how many came before.
pub(super) fn rows(comments: Vec<Comment>) -> (Vec<Row>, usize) {
    let earlier = comments.len().saturating_sub(MOST_SHOWN);
    let row = |comment: Comment| Row {
        when: minute(&comment.time),
        time: comment.time,
        author: comment.author,
        revision: comment.revision,
        text: comment.text,
    };
    (comments.into_iter().skip(earlier).map(row).collect(), earlier)
}

/// `POST /glossary/concepts/{id}/comments`.
pub(super) async fn add(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let back = format!("/glossary/concepts/{id}");
    let sorry = |error| -> Response { console.sorry(&visitor, &error, &back) };
    let curator = visitor.sender(&form).map_err(sorry)?;
    console.desk.app.add_comment(curator, &id, form.get("text"), console.desk.now()).await.map_err(sorry)?;
    Ok(go_to(&format!("{back}?done=commented#comments")))
}
