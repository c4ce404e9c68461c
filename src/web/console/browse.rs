//! Pages to look at: search, an entry with its history, a comparison, what waits for review.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page, comments, fields,
    session::{Form, Visitor, query},
    usage::Chart,
};
use crate::{
    app::curation::{
        AsOf, Comment, Concept, ConceptView, CurationError, EVERYWHERE, Filter, HistoryPage, LONGEST_COMMENT, Layer,
        PUBLISHED_LATER, REVERTED, Revision, Role, Step, Ties, Waiting, saved,
    },
    app::{entries_told::minute, wanted_term},
    web::{api_concepts::export_for, problem::Problem},
};

/// Entries of a page.
const PAGE: usize = 40;
/// Entries of each kind on the review page; the list has the others.
const MOST_WAITING: usize = 100;
/// Steps of a history that an entry's page shows at once.
const STEPS: usize = 20;

#[derive(Serialize)]
struct Choice {
    id: &'static str,
    text: &'static str,
}

const STATUSES: [Choice; 4] = [
    Choice { id: "draft", text: "Draft" },
    Choice { id: "in_review", text: "In review" },
    Choice { id: "approved", text: "Approved" },
    Choice { id: "retired", text: "Retired" },
];

const LAYERS: [Choice; 3] = [
    Choice { id: "live", text: "Changed here" },
    Choice { id: "directory", text: "Your folder" },
    Choice { id: "shipped", text: "Shipped" },
];

#[derive(Serialize)]
struct Card {
    id: String,
    term: String,
    definition: String,
    status: String,
    status_id: &'static str,
    layer: &'static str,
    field: String,
    /// The places in which alone it holds.
    places: Vec<String>,
    by: String,
    when: String,
}

impl Card {
    fn new(view: ConceptView) -> Self {
        Self {
            term: view.concept.preferred().to_owned(),
            definition: view.concept.definition_told().to_owned(),
            id: view.concept.id,
            status: view.status.replace('_', " "),
            status_id: view.status,
            layer: layer_text(view.layer),
            field: view.concept.subject_field,
            places: view.concept.scope,
            by: view.updated_by.unwrap_or_default(),
            when: day(view.updated_at.as_deref().unwrap_or_default()),
        }
    }
}

pub(super) fn layer_text(layer: Layer) -> &'static str {
    LAYERS.iter().find(|choice| choice.id == layer.name()).map_or("", |choice| choice.text)
}

/// The day of a moment.
pub(super) fn day(moment: &str) -> String {
    moment.split('T').next().unwrap_or_default().to_owned()
}

/// A value for the query of an address.
pub(super) fn in_query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Ids and titles of all readers.
pub(super) fn readers(console: &Console) -> Vec<(String, String)> {
    let readers = console.desk.app.readers();
    readers.all().iter().map(|reader| (reader.id.as_str().to_owned(), reader.title.clone())).collect()
}

/// `GET /glossary`: all entries, or those that are looked for.
pub(super) async fn list(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Answer {
    let form = query(&uri);
    let said = |name: &str| Some(form.get(name).trim().to_owned()).filter(|value| !value.is_empty());
    let filter = Filter {
        words: form.get("q").to_owned(),
        field: said("field"),
        status: said("status"),
        layer: said("layer").and_then(|name| Layer::parse(&name)),
        owner: None,
        scope: said("scope"),
    };
    let from = form.number("from").map_or(0, |from| from as usize);
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    let (app, reach) = (&console.desk.app, visitor.reach());
    let as_of = form.day("as_of").map_err(sorry)?;
    let found = match as_of {
        Some(as_of) => app.find_concepts_as_of(&reach, &filter, from, PAGE, as_of).await,
        None => app.find_concepts(&reach, &filter, from, PAGE).await,
    };
    let found = found.map_err(sorry)?;
    let page_at = |from: usize| address(&form, from);
    let last = from + found.entries.len();
    let summary = match found.total {
        0 => "No entries".to_owned(),
        1 => "1 entry".to_owned(),
        total => format!("{} to {last} of {total} entries", from + 1),
    };
    let content = json!({
        "as_of": as_of.map(|day| day.to_string()),
        "may_write": as_of.is_none() && visitor.may(Role::Author),
        "may_ask": as_of.is_none() && visitor.may(Role::Reader) && wanted_term(form.get("q")).is_some(),
        "is_unknown": visitor.signed_in().is_err(),
        "sign_in_here": visitor.sign_in_address(),
        "q": form.get("q"),
        "q_escaped": in_query(form.get("q")),
        "fields": found.fields,
        "chosen_field": form.get("field"),
        "statuses": STATUSES,
        "chosen_status": form.get("status"),
        "layers": LAYERS,
        "chosen_layer": form.get("layer"),
        "everywhere": EVERYWHERE,
        "places": found.places,
        "chosen_scope": form.get("scope"),
        "summary": summary,
        "before": if from > 0 { page_at(from.saturating_sub(PAGE)) } else { String::new() },
        "after": found.next.map(page_at).unwrap_or_default(),
        "entries": found.entries.into_iter().map(Card::new).collect::<Vec<_>>(),
    });
    Ok(console.pages.render(StatusCode::OK, Page::List, "Entries", &visitor, content))
}

/// `GET /glossary/export?format=csv`: what the visitor may see, as a file.
pub(super) async fn export(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    uri: Uri,
) -> Result<Response, Problem> {
    export_for(&console.desk, &visitor.reach(), &uri).await
}

fn address(form: &Form, from: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["q", "field", "status", "layer", "scope", "as_of"] {
        if !form.get(name).is_empty() {
            query.append_pair(name, form.get(name));
        }
    }
    query.append_pair("from", &from.to_string());
    format!("/glossary?{}", query.finish())
}

#[derive(Serialize)]
struct StepButton {
    id: &'static str,
    text: &'static str,
    look: &'static str,
}

/// The steps that the visitor may take at once, and those that are asked once more, because they take something away.
fn steps(view: &ConceptView, visitor: &Visitor) -> (Vec<StepButton>, Vec<StepButton>) {
    let role = match &visitor.curator {
        Some(curator) if curator.reach.changes(&view.concept) => curator.role,
        _ => Role::Reader,
    };
    let button = |step: Step| StepButton {
        id: step.name(),
        text: step.title(),
        look: if step == Step::Approve { "primary" } else { "secondary" },
    };
    let (asked, at_once): (Vec<Step>, Vec<Step>) =
        Step::offered(role, view.status).into_iter().partition(|step| *step == Step::Retire);
    (at_once.into_iter().map(button).collect(), asked.into_iter().map(button).collect())
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
    /// What it can be compared with: the revision before it, or what it lies over.
    earlier: String,
    compare: String,
    may_revert: bool,
    /// How many comments were made on it.
    comments: usize,
}

/// `GET /glossary/concepts/{id}`: an entry, what may be done with it, and its history.
pub(super) async fn entry(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(id): Path<String>,
    uri: Uri,
) -> Answer {
    let app = &console.desk.app;
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    let (form, reach) = (query(&uri), visitor.reach());
    let as_of = form.day("as_of").map_err(sorry)?;
    let found = match as_of {
        Some(day) => app.concept_as_of(&reach, &id, day).await,
        None => app.concept_record(&reach, &id).await,
    };
    let (view, history, comments) = found.map_err(sorry)?;
    let record = Record { history, comments, as_of, before: form.number("before") };
    Ok(entry_page(&console, &visitor, view, record, form.get("done")).await)
}

/// What was done with an entry, and what was said about it.
pub(super) struct Record {
    pub(super) history: Vec<Revision>,
    pub(super) comments: Vec<Comment>,
    /// At the end of which day, when it is not now.
    pub(super) as_of: Option<AsOf>,
    /// Before which revision the shown part of the history ends; the latest are shown without one.
    pub(super) before: Option<u32>,
}

/// The sentence about what was just done.
fn notice(done: &str) -> &'static str {
    match done {
        "saved" => saved(false),
        "reverted" => REVERTED,
        "commented" => "Your comment is there.",
        "defined" => "It is explained already: here.",
        "stored" => PUBLISHED_LATER,
        done => Step::ALL.into_iter().find(|step| step.action() == done).map_or("", Step::told),
    }
}

fn compare_address(id: &str, from: u32, to: u32) -> String {
    format!("/glossary/concepts/{id}/compare?from={from}&to={to}")
}

/// The revision that answers are made with while another one waits, and how it is called; 0 is what lies below. Nothing where no
/// answer is made with the entry.
fn counting(view: &ConceptView, history: &[Revision], below: Option<Layer>) -> Option<(u32, String)> {
    if !view.is_pending() {
        return None;
    }
    match view.live_revision {
        Some(live) => {
            let counts = history.iter().any(|entry| entry.revision == live && entry.status != "retired");
            counts.then(|| (live, format!("revision {live}")))
        }
        None => below.map(|layer| (0, layer.told().to_owned())),
    }
}

/// The page of an entry, after something was done with it or nothing.
pub(super) async fn entry_page(
    console: &Console,
    visitor: &Visitor,
    view: ConceptView,
    Record { history, comments, as_of, before }: Record,
    done: &str,
) -> Response {
    let id = view.concept.id.clone();
    let term = view.concept.preferred().to_owned();
    // The past can be read, and nothing can be done with it.
    let is_now = as_of.is_none();
    let is_curator = is_now && visitor.may_with(Role::Curator, &view.concept);
    let (at_once, asked) = if is_now { steps(&view, visitor) } else { (Vec::new(), Vec::new()) };
    let brings_back =
        view.brought_back_by(&history).filter(|_| is_curator).map(|revision| json!({ "revision": revision }));
    let below = console.desk.app.concept_below(&visitor.reach(), &id);
    let counting = counting(&view, &history, below.as_ref().map(|(layer, _)| *layer));
    let compare_now = counting.as_ref().map(|(revision, _)| compare_address(&id, *revision, view.revision));
    let HistoryPage { revisions, total, earlier, later } = HistoryPage::of(history, (before, STEPS));
    let part_at = |before: Option<u32>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(day) = &as_of {
            query.append_pair("as_of", &day.to_string());
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        format!("/glossary/concepts/{id}?{}#history", query.finish())
    };
    let (earlier, later) = (earlier.map(|earlier| part_at(Some(earlier))), later.map(part_at));
    let events: Vec<Event> = revisions
        .into_iter()
        .map(|entry| {
            let before = (entry.revision - 1, below.as_ref());
            let earlier = match before {
                (0, None) => String::new(),
                (0, Some((layer, _))) => layer.told().to_owned(),
                (earlier, _) => format!("revision {earlier}"),
            };
            Event {
                revision: entry.revision,
                action: entry.action,
                actor: entry.actor,
                when: minute(&entry.time),
                time: entry.time,
                reason: entry.reason,
                is_live: entry.is_live,
                compare: Some(compare_address(&id, before.0, entry.revision))
                    .filter(|_| !earlier.is_empty())
                    .unwrap_or_default(),
                earlier,
                may_revert: is_curator && entry.revision != view.revision,
                comments: comments.iter().filter(|comment| comment.revision == entry.revision).count(),
            }
        })
        .collect();
    let mut ties = console.desk.app.ties(&visitor.reach(), &view.concept).await.unwrap_or_else(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "the neighbours of an entry cannot be told");
        Ties::default()
    });
    let mut days = Vec::new();
    if is_now {
        days = console.desk.app.days_of_use(&id, console.desk.now()).await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "how often an entry was met cannot be told");
            Vec::new()
        });
    } else {
        // Which entries name it is known of today alone.
        ties.named_by.clear();
    }
    let (comments, earlier_comments) = comments::rows(comments);
    let overrides: Vec<&str> = view.overrides.iter().map(|layer| layer.told()).collect();
    let content = json!({
        "notice": notice(done),
        "as_of": as_of.map(|day| day.to_string()),
        "may_write": is_now && visitor.may(Role::Author),
        "term": &term,
        "steps": at_once,
        "asked_steps": asked,
        "may_change": is_now && visitor.may_with(Role::Author, &view.concept),
        "is_shared": view.concept.scope.is_empty(),
        "term_escaped": in_query(&term),
        "status": view.status.replace('_', " "),
        "status_id": view.status,
        "is_pending": view.is_pending(),
        "layer": layer_text(view.layer),
        "overrides": overrides.join(" and "),
        "revision": view.revision,
        "counting": counting.map(|(_, told)| told),
        "compare_now": compare_now,
        "below": view.overrides.last().map(|layer| layer.told()),
        "field": &view.concept.subject_field,
        "places": &view.concept.scope,
        "rows": fields::rows(&view.concept, ties, &readers(console)),
        "warnings": view.warnings.iter().map(|warning| warning.message.clone()).collect::<Vec<_>>(),
        "brings_back": brings_back,
        "may_withdraw": is_curator && view.can_be_withdrawn(),
        "comments": comments,
        "earlier_comments": earlier_comments,
        "longest_comment": LONGEST_COMMENT,
        "may_revert": events.iter().any(|event| event.may_revert) || (is_curator && view.can_be_withdrawn()),
        "history": events,
        "usage": Chart::of(&days),
        "steps_shown": events.len(),
        "steps_in_all": if earlier.is_some() || later.is_some() { total } else { 0 },
        "earlier": earlier,
        "later": later,
        "id": id,
    });
    console.pages.render(StatusCode::OK, Page::Entry, &term, visitor, content)
}

/// A field of which two texts of an entry say something else.
#[derive(Serialize)]
pub(super) struct Difference {
    title: String,
    from: String,
    to: String,
}

/// All such fields.
pub(super) fn differences(from: &Concept, to: &Concept, readers: &[(String, String)]) -> Vec<Difference> {
    let both = fields::all(from, readers).into_iter().zip(fields::all(to, readers));
    both.filter(|((_, from), (_, to))| from != to)
        .map(|((title, from), (_, to))| Difference { title, from, to })
        .collect()
}

/// One of two texts that are compared.
struct Side {
    revision: u32,
    /// As it is called in a sentence.
    told: String,
    concept: Concept,
}

/// A revision to choose.
#[derive(Serialize)]
struct RevisionChoice {
    revision: u32,
    text: String,
}

/// `GET /glossary/concepts/{id}/compare?from=1&to=2`: what two revisions say differently; 0 is what lies below them.
pub(super) async fn compare(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(id): Path<String>,
    uri: Uri,
) -> Answer {
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    let (app, reach) = (&console.desk.app, visitor.reach());
    let history = app.concept_history(&reach, &id).await.map_err(sorry)?;
    let below = app.concept_below(&reach, &id);
    let mut choices: Vec<RevisionChoice> = history
        .iter()
        .map(|entry| RevisionChoice { revision: entry.revision, text: entry.revision.to_string() })
        .collect();
    choices.extend(below.as_ref().map(|(layer, _)| RevisionChoice { revision: 0, text: layer.told().to_owned() }));
    let side_of = |revision: u32| match (revision, &below) {
        (0, Some((layer, concept))) => Some(Side { revision, told: layer.told().to_owned(), concept: concept.clone() }),
        _ => {
            let entry = history.iter().find(|entry| entry.revision == revision)?;
            Some(Side { revision, told: format!("revision {revision}"), concept: entry.concept.clone() })
        }
    };
    let form = query(&uri);
    let wanted = |name: &str| form.number(name).and_then(side_of);
    let (Some(from), Some(to)) = (wanted("from"), wanted("to")) else {
        return Err(sorry(CurationError::Refused(format!("“{id}” has no such revision."))));
    };
    let rows = differences(&from.concept, &to.concept, &readers(&console));
    let term = to.concept.preferred().to_owned();
    let title = format!("Changes of {term}");
    let content = json!({
        "id": id, "term": term, "rows": rows, "from": from.revision, "to": to.revision, "revisions": choices,
        "from_title": capital(&from.told), "to_title": capital(&to.told), "to_told": to.told,
    });
    Ok(console.pages.render(StatusCode::OK, Page::Compare, &title, &visitor, content))
}

/// A text that begins a line.
fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

/// `GET /glossary/review`: what was handed in, and drafts.
pub(super) async fn review(State(console): State<Arc<Console>>, visitor: Visitor) -> Answer {
    let found = console.desk.app.waiting(&visitor.reach(), MOST_WAITING).await;
    let (waiting, drafts) = found.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    let group = |waiting: Waiting| {
        let more = waiting.total - waiting.entries.len();
        json!({ "cards": waiting.entries.into_iter().map(Card::new).collect::<Vec<_>>(), "more": more })
    };
    let content = json!({ "waiting": group(waiting), "drafts": group(drafts) });
    Ok(console.pages.render(StatusCode::OK, Page::Review, "Review", &visitor, content))
}
