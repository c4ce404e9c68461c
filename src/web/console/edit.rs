//! Pages that change something: the editor with its preview, the steps of an entry's life, going back.

use std::sync::Arc;

use axum::{
    extract::{Path, RawForm, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page,
    browse::{Difference, Record, differences, entry_page, readers},
    fields, go_to,
    session::{Form, Visitor, query},
};
use crate::{
    app::{
        curation::{
            Change, Concept, CurationError, Finding, MORE_FIELDS, Role, Saving, Step, USUAL_FIELDS, WHY, cell,
            from_cells,
        },
        entries_told::{ALL_THE_SAME, ANYWAY, LOOK_FIRST},
    },
    web::{problem::Problem, sent::json_answer},
};

#[derive(Serialize)]
struct ErrorRow {
    field: String,
    title: String,
    message: String,
}

#[derive(Serialize)]
struct ReaderChoice {
    id: String,
    text: String,
    is_chosen: bool,
}

/// What the editor shows.
struct Editor<'a> {
    heading: &'a str,
    action: String,
    /// The entry that is changed; nothing for a new one.
    id: &'a str,
    revision: u32,
    reason: &'a str,
    errors: &'a [Finding],
    /// What its writer should know before it is saved.
    warnings: &'a [Finding],
    newer: Option<Newer>,
}

/// What somebody else wrote while this author did.
#[derive(Serialize)]
struct Newer {
    revision: u32,
    by: String,
    /// From their words to this author's.
    rows: Vec<Difference>,
}

async fn show(
    console: &Console,
    visitor: &Visitor,
    status: StatusCode,
    editor: &Editor<'_>,
    value: &(dyn Fn(&str) -> String + Sync),
) -> Response {
    let row = |finding: &Finding| {
        let (field, title) = fields::place(finding);
        ErrorRow { field, title, message: finding.message.clone() }
    };
    let errors: Vec<ErrorRow> = editor.errors.iter().map(row).collect();
    let warnings: Vec<ErrorRow> = editor.warnings.iter().map(row).collect();
    let default = console.desk.app.readers().default_id().as_str().to_owned();
    let readers = readers(console);
    let subject_fields = console.desk.app.subject_fields(&visitor.reach()).await.unwrap_or_else(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "which subject fields there are cannot be told");
        Vec::new()
    });
    let fields = fields::editor(&readers, value, &subject_fields, editor.errors, editor.id.is_empty());
    let choices: Vec<ReaderChoice> =
        readers.into_iter().map(|(id, text)| ReaderChoice { is_chosen: id == default, id, text }).collect();
    let is_old = !editor.id.is_empty();
    let sentence = value("match").lines().next().unwrap_or_default().split(" | ").next().unwrap_or_default().to_owned();
    let content = json!({
        "heading": editor.heading,
        "action": &editor.action,
        "id": editor.id,
        "is_old": is_old,
        "revision": editor.revision,
        "reason": editor.reason,
        "errors": errors,
        "warnings": warnings,
        "look_first": LOOK_FIRST,
        "all_the_same": ALL_THE_SAME,
        "anyway": ANYWAY,
        "read": Finding::mark_of(editor.warnings),
        "newer": &editor.newer,
        "fields": fields,
        "readers": choices,
        "sentence": sentence,
        "back": if is_old { format!("/glossary/concepts/{}", editor.id) } else { "/glossary".to_owned() },
    });
    console.pages.render(status, Page::Edit, editor.heading, visitor, content)
}

/// `GET /glossary/new?term=…`, or `?leave_out=…` with the id of an entry that is not wanted in one place.
pub(super) async fn blank(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Answer {
    if !visitor.may(Role::Author) {
        return Ok(go_to(&visitor.sign_in_address()));
    }
    let asked = query(&uri);
    let editor = new_entry(&[], "");
    let left_out = asked.get("leave_out");
    if !left_out.is_empty() {
        let found = console.desk.app.concept(&visitor.reach(), left_out).await;
        let view = found.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
        let draft = view.concept.leaving_it_out();
        return Ok(show(&console, &visitor, StatusCode::OK, &editor, &|name| cell(&draft, name)).await);
    }
    let term = asked.get("term").replace(['\n', '|'], " ");
    let value = |name: &str| if name == "terms" { term.clone() } else { String::new() };
    Ok(show(&console, &visitor, StatusCode::OK, &editor, &value).await)
}

fn new_entry<'a>(errors: &'a [Finding], reason: &'a str) -> Editor<'a> {
    Editor {
        heading: "Add an entry",
        action: "/glossary/new".to_owned(),
        id: "",
        revision: 0,
        reason,
        errors,
        warnings: &[],
        newer: None,
    }
}

fn old_entry<'a>(id: &'a str, heading: &'a str, revision: u32, errors: &'a [Finding], reason: &'a str) -> Editor<'a> {
    let action = format!("/glossary/concepts/{id}/edit");
    Editor { heading, action, id, revision, reason, errors, warnings: &[], newer: None }
}

/// `GET /glossary/concepts/{id}/edit`.
pub(super) async fn open(State(console): State<Arc<Console>>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    if !visitor.may(Role::Author) {
        return Ok(go_to(&visitor.sign_in_address()));
    }
    let view = console.desk.app.concept(&visitor.reach(), &id).await;
    let view = view.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    visitor
        .reach()
        .need_all_of(&view.concept)
        .map_err(|error| console.sorry(&visitor, &error, &format!("/glossary/concepts/{id}")))?;
    let heading = format!("Edit “{}”", view.concept.preferred());
    let editor = old_entry(&id, &heading, view.revision, &[], "");
    Ok(show(&console, &visitor, StatusCode::OK, &editor, &|name| cell(&view.concept, name)).await)
}

/// The concept that a form holds. Fields that are not the concept's are passed over.
fn concept(form: &Form) -> Result<Concept, Finding> {
    let is_field =
        |name: &str| name.starts_with(WHY) || USUAL_FIELDS.iter().chain(&MORE_FIELDS).any(|kind| kind.name == name);
    let cells: Vec<(&str, &str)> =
        form.0.iter().filter(|(name, _)| is_field(name)).map(|(name, value)| (name.as_str(), value.as_str())).collect();
    from_cells(cells).map_err(|message| Finding { field: None, message })
}

/// `POST /glossary/new`.
pub(super) async fn create(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    save(&console, &visitor, None, &Form::new(&body)).await
}

/// `POST /glossary/concepts/{id}/edit`.
pub(super) async fn update(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Answer {
    save(&console, &visitor, Some(&id), &Form::new(&body)).await
}

async fn save(console: &Arc<Console>, visitor: &Visitor, id: Option<&str>, form: &Form) -> Answer {
    let back = id.map_or_else(|| "/glossary".to_owned(), |id| format!("/glossary/concepts/{id}"));
    let sorry = |error: &CurationError| console.sorry(visitor, error, &back);
    let curator = visitor.sender(form).map_err(|error| sorry(&error))?;
    let is_handed_in = form.get("then") == "submit";
    let saving = Saving { is_handed_in, read: Some(form.get("read")) };
    let change = Change { curator, seen: form.number("revision"), reason: form.get("reason"), now: console.desk.now() };
    let app = &console.desk.app;
    let mut is_overtaken = false;
    let saved = match (concept(form), id) {
        (Err(finding), _) => Err(CurationError::Invalid(vec![finding])),
        (Ok(concept), None) => app.create_concept(change, concept, saving).await,
        (Ok(concept), Some(id)) => app.update_concept(change, Concept { id: id.to_owned(), ..concept }, saving).await,
    };
    let done = if is_handed_in { "submitted" } else { "saved" };
    let (errors, warnings) = match saved {
        Ok(view) if view.warnings.is_empty() => {
            return Ok(go_to(&format!("/glossary/concepts/{}?done={done}", view.concept.id)));
        }
        // Warnings are of this moment, so they are shown at once and not behind another address.
        Ok(view) => {
            let record = app.concept_record(&curator.reach, &view.concept.id).await;
            let (_, history, comments) = record.map_err(|error| sorry(&error))?;
            return Ok(entry_page(
                console,
                visitor,
                view,
                Record { history, comments, as_of: None, before: None },
                done,
            )
            .await);
        }
        Err(CurationError::Invalid(errors)) => (errors, Vec::new()),
        Err(CurationError::Warned(warnings)) => (Vec::new(), warnings),
        Err(error @ (CurationError::Exists(_) | CurationError::Outdated { .. } | CurationError::Unseen { .. })) => {
            is_overtaken = !matches!(error, CurationError::Exists(_));
            // What was written is not lost: it is shown again with the reason.
            (vec![Finding { field: None, message: error.to_string() }], Vec::new())
        }
        Err(error) => return Err(sorry(&error)),
    };
    let value = |name: &str| form.get(name).to_owned();
    let heading = id.map_or_else(|| "Add an entry".to_owned(), |id| format!("Edit “{id}”"));
    let mut editor = match id {
        None => new_entry(&errors, form.get("reason")),
        Some(id) => old_entry(id, &heading, form.number("revision").unwrap_or(0), &errors, form.get("reason")),
    };
    editor.warnings = &warnings;
    if let (Some(id), Ok(mine), true) = (id, concept(form), is_overtaken) {
        let theirs = app.concept(&curator.reach, id).await.map_err(|error| sorry(&error))?;
        // Whoever saves again has seen it.
        editor.revision = theirs.revision;
        let mine = Concept { id: id.to_owned(), ..mine };
        let rows = differences(&theirs.concept, &mine, &readers(console));
        editor.newer = Some(Newer { revision: theirs.revision, by: theirs.updated_by.unwrap_or_default(), rows });
    }
    Ok(show(console, visitor, StatusCode::UNPROCESSABLE_ENTITY, &editor, &value).await)
}

/// `POST /glossary/concepts/{id}/step`.
pub(super) async fn step(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let back = format!("/glossary/concepts/{id}");
    let sorry = |error: &CurationError| console.sorry(&visitor, error, &back);
    let curator = visitor.sender(&form).map_err(|error| sorry(&error))?;
    let Some(step) = Step::parse(form.get("step")) else {
        return Err(sorry(&CurationError::Refused("Choose what to do with this entry.".to_owned())));
    };
    let change = Change { curator, seen: form.number("revision"), reason: form.get("reason"), now: console.desk.now() };
    let view = console.desk.app.move_concept(change, &id, step).await.map_err(|error| sorry(&error))?;
    Ok(go_to(&format!("{back}?done={}", if view.is_waiting { "stored" } else { step.action() })))
}

/// `POST /glossary/concepts/{id}/revert`.
pub(super) async fn revert(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let back = format!("/glossary/concepts/{id}");
    let sorry = |error: &CurationError| console.sorry(&visitor, error, &back);
    let curator = visitor.sender(&form).map_err(|error| sorry(&error))?;
    let revision = form.number("revision");
    let revision =
        revision.ok_or_else(|| sorry(&CurationError::Refused("Choose a revision to go back to.".to_owned())))?;
    let change = Change { curator, seen: form.number("seen"), reason: form.get("reason"), now: console.desk.now() };
    let view = console.desk.app.revert_concept(change, &id, revision).await.map_err(|error| sorry(&error))?;
    Ok(go_to(&format!("{back}?done={}", if view.is_waiting { "stored" } else { "reverted" })))
}

/// `POST /glossary/preview`: JSON for the editor's script.
pub(super) async fn preview(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = Form::new(&body);
    let curator = visitor.sender(&form)?;
    curator.need(Role::Author)?;
    let sentence: String = form.get("sentence").chars().take(crate::app::MAX_QUERY_CHARS * 4).collect();
    let reader = Some(form.get("reader").to_owned());
    let preview = match concept(&form) {
        Ok(concept) => console.desk.app.preview(&curator.reach, concept, sentence, reader).await?,
        Err(finding) => console.desk.app.unusable_preview(&sentence, finding.message),
    };
    Ok(json_answer(StatusCode::OK, &preview))
}
