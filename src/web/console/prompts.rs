//! Readers and templates on pages: what there is, one of them with its history, and the editor in which an administrator tries a
//! draft on a message before everybody gets it.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path, RawForm, State},
    http::{StatusCode, Uri, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page,
    browse::{layer_text, readers},
    go_to,
    session::{Form, Visitor, query},
};
use crate::app::{
    ExampleMessage, MAX_TEXT_CHARS,
    curation::{
        Change, CurationError, Finding, Layer, PUBLISHED_LATER, PromptKind, PromptName, PromptPreview, PromptRevision,
        PromptView, REVERTED, ReaderFacts, Role, Told,
    },
    entries_told::minute,
    example_messages,
};

/// Slots of a reader that the list shows.
const MOST_SLOTS: usize = 4;

/// The reader or template that an address names.
pub(super) struct Named(PromptName);

impl FromRequestParts<Arc<Console>> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Response> {
        let Path(name) = Path::<String>::from_request_parts(parts, console)
            .await
            .map_err(|_| StatusCode::NOT_FOUND.into_response())?;
        let folder = parts.uri.path().split('/').nth(2).unwrap_or_default();
        let kind = PromptKind::ALL.into_iter().find(|kind| kind.folder() == folder);
        let kind = kind.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
        PromptName::new(kind, &name).map(Self).map_err(|error| console.sorry(&Visitor::default(), &error, LIST))
    }
}

/// The page of all of them.
pub(super) const LIST: &str = "/glossary/audiences";

fn address(name: &PromptName) -> String {
    format!("/glossary/{}/{}", name.kind.folder(), name.as_str())
}

#[derive(Serialize)]
struct ReaderRow {
    id: String,
    title: String,
    order: String,
    limit: String,
    words: usize,
    layer: &'static str,
}

#[derive(Serialize)]
struct TemplateRow {
    id: String,
    layer: &'static str,
}

/// `GET /glossary/audiences`; `?add=field-sales` begins another reader.
pub(super) async fn list(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Answer {
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    let form = query(&uri);
    let add = form.get("add").trim().to_lowercase();
    let mut problem = String::new();
    if !add.is_empty() && visitor.may_for_all(Role::Admin) {
        match PromptName::new(PromptKind::Audience, &add) {
            Ok(name) => return Ok(go_to(&address(&name))),
            Err(error) => problem = error.to_string(),
        }
    }
    let app = &console.desk.app;
    let words = app.entries_by_reader().await.map_err(sorry)?;
    let readers = app.prompt_files(PromptKind::Audience).await.map_err(sorry)?.into_iter().map(|view| {
        let facts = ReaderFacts::of(&view.text);
        let mut order = facts.order.iter().take(MOST_SLOTS).cloned().collect::<Vec<_>>().join(", ");
        if facts.order.len() > MOST_SLOTS {
            order.push_str(", …");
        }
        ReaderRow {
            title: facts.title,
            order,
            limit: facts.sentences.map_or_else(|| "everything".to_owned(), |most| format!("{most} sentences")),
            words: words.get(&view.id).copied().unwrap_or_default(),
            layer: layer_text(view.layer),
            id: view.id,
        }
    });
    let readers: Vec<ReaderRow> = readers.collect();
    let templates = app.prompt_files(PromptKind::Template).await.map_err(sorry)?;
    let templates: Vec<TemplateRow> =
        templates.into_iter().map(|view| TemplateRow { id: view.id, layer: layer_text(view.layer) }).collect();
    let content = json!({
        "notice": notice(form.get("done")), "readers": readers, "templates": templates,
        "may_change": visitor.may_for_all(Role::Admin), "add": add, "error": problem,
    });
    Ok(console.pages.render(StatusCode::OK, Page::Readers, "Readers and templates", &visitor, content))
}

/// The sentence about what was just done.
fn notice(done: &str) -> &'static str {
    match done {
        "saved" => "Saved: every answer is made with it from now on.",
        "reverted" => REVERTED,
        "removed" => "The reader is removed.",
        "stored" => PUBLISHED_LATER,
        _ => "",
    }
}

/// What the page of a reader or template shows besides what there is.
#[derive(Default)]
struct Shown<'a> {
    done: &'a str,
    /// Another text than the one that counts, and where it comes from.
    text: Option<String>,
    earlier: Option<u32>,
    /// What the author looked at when they began.
    seen: Option<u32>,
    reason: &'a str,
    errors_heading: &'a str,
    errors: Vec<String>,
    /// A message that was tried.
    trial: Option<Trial<'a>>,
}

struct Trial<'a> {
    example: &'a str,
    message: &'a str,
    reader: &'a str,
    preview: Option<PromptPreview>,
}

#[derive(Serialize)]
struct Event {
    revision: u32,
    action: String,
    actor: String,
    time: String,
    when: String,
    reason: String,
    is_live: bool,
    has_text: bool,
}

impl From<PromptRevision> for Event {
    fn from(entry: PromptRevision) -> Self {
        Self {
            revision: entry.revision,
            action: entry.action,
            actor: entry.actor,
            when: minute(&entry.time),
            time: entry.time,
            reason: entry.reason,
            is_live: entry.is_live,
            has_text: entry.text.is_some(),
        }
    }
}

/// What a new reader begins with: the order of the usual one.
fn beginning(console: &Console, name: &PromptName, usual: &str) -> String {
    let id = name.as_str();
    let title = id.replace(['-', '_'], " ");
    let mut letters = title.chars();
    let title: String = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    let position = console.desk.app.readers().all().len() + 1;
    let order = ReaderFacts::of(usual).order.join(", ");
    format!(
        "id: {id}\ntitle: {title}\nabout: What this reader wants to know first, in one line.\nposition: {position}\n\
         sentences: 7\norder: [{order}]\nquestions: [who, when]\n"
    )
}

fn facts_of(text: &str) -> Vec<(&'static str, String)> {
    let facts = ReaderFacts::of(text);
    let list = |names: &[String]| names.join(", ");
    let mut rows = vec![
        ("About", facts.about.clone()),
        ("Order", list(&facts.order)),
        ("At most", facts.sentences.map_or_else(String::new, |most| format!("{most} sentences"))),
        ("Asks when it is left open", list(&facts.questions)),
        ("Knows already", list(&facts.knows)),
        ("Left out of the upshot", list(&facts.leaves_out)),
    ];
    if facts.keeps_terms {
        rows.push(("Terms", "stay as they are".to_owned()));
    }
    if facts.yearly {
        rows.push(("Monthly amounts", "are told for a year as well".to_owned()));
    }
    rows.retain(|(_, text)| !text.is_empty());
    rows
}

/// Why trying a template shows no difference, when that is so.
fn hint(name: &PromptName, told: Option<&Told>) -> String {
    match told {
        Some(told) if name.kind == PromptKind::Template && told.kind != name.as_str() => {
            format!("This message is read as “{}”. Try one that is read as “{}”.", told.kind, name.as_str())
        }
        _ => String::new(),
    }
}

async fn show(console: &Console, visitor: &Visitor, name: &PromptName, status: StatusCode, shown: Shown<'_>) -> Answer {
    let sorry = |error: CurationError| console.sorry(visitor, &error, LIST);
    let app = &console.desk.app;
    let may_change = visitor.may_for_all(Role::Admin);
    let (view, history) = match app.prompt(name).await {
        Ok(view) => (Some(view), app.prompt_history(name).await.map_err(sorry)?),
        // An administrator begins it here.
        Err(CurationError::UnknownPrompt(_)) if may_change => {
            (None, app.prompt_history(name).await.unwrap_or_default())
        }
        Err(error) => return Err(sorry(error)),
    };
    let revision = view.as_ref().map(|view| view.revision).or(history.first().map(|entry| entry.revision)).unwrap_or(0);
    let current = match &view {
        Some(view) => view.text.clone(),
        None if name.kind == PromptKind::Audience => {
            let usual = PromptName::new(PromptKind::Audience, app.readers().default_id().as_str()).map_err(sorry)?;
            beginning(console, name, &app.prompt(&usual).await.map_err(sorry)?.text)
        }
        None => "# {{ title }}\n".to_owned(),
    };
    let title = match (name.kind, &view) {
        (PromptKind::Audience, Some(_)) => ReaderFacts::of(&current).title,
        _ => name.as_str().to_owned(),
    };
    let heading = match name.kind {
        PromptKind::Audience => format!("Reader “{title}”"),
        PromptKind::Template => format!("Template for messages of the kind “{title}”"),
    };
    let text_hint = match name.kind {
        PromptKind::Audience => {
            "id, title, about, position in menus, order of slots; if wanted sentences (the most), titles, questions, knows, \
             leaves_out, keeps_terms, yearly."
        }
        PromptKind::Template => {
            "Writes lines: # headline, ? slot | question, ## slot | Title with a text below. It may use slots, read, lead, stated, \
             main, outcome, state, action, title and kind, and the filters fit(n), text and upper_first."
        }
    };
    let trial = shown.trial.as_ref();
    let overrides: Vec<&str> = view.iter().flat_map(|view| &view.overrides).map(|layer| layer_text(*layer)).collect();
    let preview = trial.and_then(|trial| trial.preview.as_ref());
    let all = if name.kind == PromptKind::Template { readers(console) } else { Vec::new() };
    let usual = app.readers().default_id().as_str().to_owned();
    let content = json!({
        "notice": notice(shown.done),
        "kind": if name.kind == PromptKind::Audience { "Reader" } else { "Template" },
        "heading": &heading,
        "action": address(name),
        "layer": view.as_ref().map(|view| layer_text(view.layer)),
        "is_live": view.as_ref().is_some_and(|view| view.layer == Layer::Live),
        "overrides": overrides.join(" and "),
        "revision": shown.seen.unwrap_or(revision),
        "shown": shown.earlier,
        "facts": if name.kind == PromptKind::Audience && view.is_some() { facts_of(&current) } else { Vec::new() },
        "errors_heading": shown.errors_heading,
        "errors": shown.errors,
        "is_tried": preview.is_some(),
        "hint": preview.map(|preview| hint(name, preview.before.as_ref().or(preview.after.as_ref()))),
        "before": preview.and_then(|preview| preview.before.as_ref()),
        "after": preview.and_then(|preview| preview.after.as_ref()),
        "may_change": may_change,
        "text": shown.text.unwrap_or(current),
        "text_hint": text_hint,
        "examples": example_messages(),
        "chosen_example": trial.map_or("", |trial| trial.example),
        "message": trial.map_or("", |trial| trial.message),
        "readers": all,
        "chosen_reader": trial.map_or(usual.as_str(), |trial| trial.reader),
        "reason": shown.reason,
        "history": history.into_iter().map(Event::from).collect::<Vec<_>>(),
    });
    Ok(console.pages.render(status, Page::Prompt, &heading, visitor, content))
}

/// `GET /glossary/audiences/{id}` and `GET /glossary/templates/{kind}`; `?revision=2` shows an earlier text.
pub(super) async fn open(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Named(name): Named,
    uri: Uri,
) -> Answer {
    let form = query(&uri);
    let mut shown = Shown { done: form.get("done"), ..Shown::default() };
    if let Some(wanted) = form.number("revision") {
        let sorry = |error: CurationError| console.sorry(&visitor, &error, LIST);
        let history = console.desk.app.prompt_history(&name).await.map_err(sorry)?;
        let found = history.into_iter().find(|entry| entry.revision == wanted).and_then(|entry| entry.text);
        shown.text = Some(found.ok_or_else(|| {
            sorry(CurationError::UnknownPrompt(format!("“{}” has no revision {wanted}.", name.as_str())))
        })?);
        shown.earlier = Some(wanted);
    }
    show(&console, &visitor, &name, StatusCode::OK, shown).await
}

/// `POST /glossary/audiences/{id}` and `POST /glossary/templates/{kind}`: tries a draft, or saves it.
pub(super) async fn write(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Named(name): Named,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let sorry = |error: &CurationError| console.sorry(&visitor, error, LIST);
    let curator = visitor.sender(&form).map_err(|error| sorry(&error))?;
    curator.need(Role::Admin).map_err(|error| sorry(&error))?;
    let app = &console.desk.app;
    let text = form.get("text");
    let readers = app.readers();
    let reader = match (name.kind, form.get("reader")) {
        (PromptKind::Audience, _) => name.as_str(),
        (PromptKind::Template, "") => readers.default_id().as_str(),
        (PromptKind::Template, chosen) => chosen,
    };
    let mut trial = Trial { example: form.get("example"), message: form.get("message"), reader, preview: None };
    let mut shown = Shown {
        text: Some(text.to_owned()),
        seen: form.number("revision"),
        reason: form.get("reason"),
        errors_heading: "This cannot be used as it is",
        ..Shown::default()
    };
    let told = |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.message).collect();
    if form.get("then") == "save" {
        let change =
            Change { curator, seen: form.number("revision"), reason: form.get("reason"), now: console.desk.now() };
        shown.errors = match app.write_prompt(change, &name, text).await {
            Ok(view) => return Ok(go_to(&done(&name, &view, "saved"))),
            Err(CurationError::Invalid(findings)) => told(findings),
            // What was written is not lost: it is shown again with the reason.
            Err(error @ (CurationError::Outdated { .. } | CurationError::Unseen { .. })) => {
                shown.errors_heading = "Somebody else was faster";
                vec![error.to_string()]
            }
            Err(error) => return Err(sorry(&error)),
        };
    } else {
        let examples = example_messages();
        let example: Option<&ExampleMessage> = examples.iter().find(|example| example.id == trial.example);
        let own = trial.message.trim();
        let message =
            if own.is_empty() { example.or(examples.first()).map_or("", |example| &example.text) } else { own };
        let message: String = message.chars().take(MAX_TEXT_CHARS).collect();
        let mut preview = app.preview_prompt(&name, text, &message, reader).await.map_err(|error| sorry(&error))?;
        shown.errors = told(std::mem::take(&mut preview.problems));
        trial.preview = Some(preview);
    }
    let status = if shown.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    shown.trial = Some(trial);
    show(&console, &visitor, &name, status, shown).await
}

fn done(name: &PromptName, view: &PromptView, done: &str) -> String {
    format!("{}?done={}", address(name), if view.is_waiting { "stored" } else { done })
}

/// `POST /glossary/audiences/{id}/revert` and `POST /glossary/templates/{kind}/revert`.
pub(super) async fn revert(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Named(name): Named,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let sorry = |error: &CurationError| console.sorry(&visitor, error, LIST);
    let curator = visitor.sender(&form).map_err(|error| sorry(&error))?;
    let revision = form.number("revision");
    let revision =
        revision.ok_or_else(|| sorry(&CurationError::Refused("Choose a revision to go back to.".to_owned())))?;
    let change = Change { curator, seen: form.number("seen"), reason: form.get("reason"), now: console.desk.now() };
    let view = console.desk.app.revert_prompt(change, &name, revision).await.map_err(|error| sorry(&error))?;
    Ok(go_to(&view.map_or_else(|| format!("{LIST}?done=removed"), |view| done(&name, &view, "reverted"))))
}
