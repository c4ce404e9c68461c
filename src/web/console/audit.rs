//! The audit trail, to look through and to take along.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, Uri},
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page, go_to,
    session::{Form, Visitor, query},
};
use crate::{
    app::curation::{AUDIT_KINDS, AuditEvent, AuditFormat, AuditWish, CurationError, MOST_EXPORTED, Role},
    web::sent::file_answer,
};

/// Lines of a page.
const PAGE: u32 = 100;

/// What an address may say.
const FIELDS: [&str; 4] = ["who", "kind", "from", "until"];

#[derive(Serialize)]
struct Kind {
    id: &'static str,
    text: &'static str,
    is_chosen: bool,
}

#[derive(Serialize)]
struct Row {
    time: String,
    when: String,
    actor: String,
    action: String,
    subject: String,
    /// The address of its page, when it has one.
    address: String,
    kind: &'static str,
    detail: String,
}

impl Row {
    fn new(event: AuditEvent) -> Self {
        let address = match event.kind.as_str() {
            "entry" | "comment" => format!("/glossary/concepts/{}", event.subject),
            // Their pages stand where their files do: prompts/audiences/sales.yaml.
            "prompt" => {
                let place = event.subject.strip_prefix("prompts/").and_then(|path| path.rsplit_once('.'));
                place.map(|(page, _)| format!("/glossary/{page}")).unwrap_or_default()
            }
            _ => String::new(),
        };
        let revision = event.revision.map(|revision| format!(" (revision {revision})")).unwrap_or_default();
        Self {
            when: event.time.replace('T', " ").trim_end_matches('Z').to_owned(),
            address,
            action: format!("{}{revision}", event.action),
            kind: AUDIT_KINDS.iter().find(|(kind, _)| *kind == event.kind).map_or("", |(_, text)| text),
            time: event.time,
            actor: event.actor,
            subject: event.subject,
            detail: event.detail,
        }
    }
}

fn wish(form: &Form) -> Result<AuditWish<'_>, CurationError> {
    let (from, until) = (form.day("from")?, form.day("until")?);
    Ok(AuditWish { who: form.get("who"), kind: form.get("kind"), from, until })
}

/// The same wish under another address.
fn address(path: &str, form: &Form, more: (&str, &str)) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let said = FIELDS.into_iter().map(|name| (name, form.get(name))).filter(|(_, value)| !value.is_empty());
    for (name, value) in said.chain([more]) {
        query.append_pair(name, value);
    }
    format!("{path}?{}", query.finish())
}

/// `GET /glossary/audit?who=&kind=&from=&until=&skip=`.
pub(super) async fn show(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Answer {
    let Some(curator) = visitor.curator.as_ref().filter(|_| visitor.may(Role::Admin)) else {
        return Ok(go_to(&visitor.sign_in_address()));
    };
    let form = query(&uri);
    let skip = form.number("skip").unwrap_or(0);
    let found = match wish(&form) {
        Ok(wish) => console.desk.app.audit(curator, wish, skip, PAGE).await,
        Err(error) => Err(error),
    };
    let (status, events, next, error) = match found {
        Ok(page) => (StatusCode::OK, page.events, page.next, String::new()),
        Err(CurationError::Refused(sentence)) => (StatusCode::UNPROCESSABLE_ENTITY, Vec::new(), None, sentence),
        Err(error) => return Err(console.sorry(&visitor, &error, "/glossary")),
    };
    let kinds = AUDIT_KINDS.map(|(id, text)| Kind { id, text, is_chosen: id == form.get("kind") });
    let page_at = |skip: u32| address("/glossary/audit", &form, ("skip", &skip.to_string()));
    let file = |format| address("/glossary/audit/file", &form, ("format", format));
    let content = json!({
        "who": form.get("who"),
        "from": form.get("from"),
        "until": form.get("until"),
        "kinds": kinds,
        "error": error,
        "rows": events.into_iter().map(Row::new).collect::<Vec<_>>(),
        // Where the page before began is not known: whoever sees a part of the trail skips more than was shown.
        "latest": if skip > 0 { page_at(0) } else { String::new() },
        "after": next.map(page_at).unwrap_or_default(),
        "csv": file("csv"),
        "jsonl": file("jsonl"),
        "most": MOST_EXPORTED,
    });
    Ok(console.pages.render(status, Page::Audit, "Audit", &visitor, content))
}

/// `GET /glossary/audit/file?format=csv|jsonl` with the same wish.
pub(super) async fn file(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Answer {
    let Some(curator) = visitor.curator.as_ref().filter(|_| visitor.may(Role::Admin)) else {
        return Ok(go_to(&visitor.sign_in_address()));
    };
    let form = query(&uri);
    let format = AuditFormat::parse(form.get("format")).unwrap_or(AuditFormat::Csv);
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary/audit");
    let wish = wish(&form).map_err(sorry)?;
    let (text, _) = console.desk.app.audit_file(curator, wish, 0, format).await.map_err(sorry)?;
    Ok(file_answer(text, format.media_type(), &format!("audit.{}", format.extension())))
}
