//! What the tab "Glossary" in Teams shows: what waits for this person, the reader that their answers are written for, and what is
//! found in the glossary. The tab shows; changes are made in the conversation beside it and on the glossary's pages.
//!
//! The page stands in a frame of Teams, where browsers keep no cookies of ours. So nobody is signed in: each request brings the token
//! that Teams gave to the tab, and another site can send none in somebody's name.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{desk::token_in, windows::Windows};
use crate::{
    app::{
        Actor, App, GlossaryReply, GlossaryWish, HomeReply, Intent, Reply, ReplyTo, Request, Say,
        curation::{ConceptView, Wanted},
        entries_told::{found_heading, origin, standing},
    },
    clock::Clock,
    ids::{PersonId, Platform, RequestId, WorkspaceId},
    platforms::{NotSignedIn, SignedIn, teams::Teams},
};

/// A wish is a few words.
pub(super) const MAX_BODY_BYTES: usize = 4 * 1024;
/// Requests a minute for one person: more than anybody types, and little for the server.
const MOST: u32 = 120;

/// Whom and what the tab needs.
#[derive(Debug)]
pub(super) struct Tab {
    app: Arc<App>,
    teams: Arc<Teams>,
    clock: Clock,
    asked: Windows<(WorkspaceId, PersonId)>,
}

impl Tab {
    pub(super) fn new(app: Arc<App>, teams: Arc<Teams>, clock: Clock) -> Self {
        Self { app, teams, clock, asked: Windows::default() }
    }
}

/// What somebody does in the tab.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Wish {
    /// Looks at it.
    Show,
    /// Looks for entries.
    Find(String),
    /// Chooses the reader of their answers.
    Reader(String),
}

/// The person's page.
#[derive(Debug, Serialize)]
struct PageJson<'a> {
    /// What came of a choice.
    note: Option<&'a str>,
    reader: &'a str,
    readers: Vec<ReaderJson<'a>>,
    /// What waits; nothing for whoever writes nothing in the glossary.
    waiting: Option<WaitingJson<'a>>,
    /// The terms that this person asked for; nothing when they cannot be read now.
    requests: Option<&'a [String]>,
}

#[derive(Debug, Serialize)]
struct ReaderJson<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(Debug, Serialize)]
struct WaitingJson<'a> {
    handed_in: Vec<EntryJson<'a>>,
    /// How much of it there is.
    all_handed_in: usize,
    drafts: Vec<EntryJson<'a>>,
    all_drafts: usize,
    wanted: Vec<WantedJson<'a>>,
    all_wanted: usize,
}

#[derive(Debug, Serialize)]
struct EntryJson<'a> {
    id: &'a str,
    term: &'a str,
    standing: String,
    /// The layer, and what it lies over.
    origin: String,
    definition: &'a str,
}

#[derive(Debug, Serialize)]
struct WantedJson<'a> {
    term: &'a str,
    people: u32,
}

/// What was found.
#[derive(Debug, Serialize)]
struct FoundJson<'a> {
    heading: String,
    entries: Vec<EntryJson<'a>>,
}

impl<'a> EntryJson<'a> {
    fn all(views: &'a [ConceptView]) -> Vec<Self> {
        let entry = |view: &'a ConceptView| Self {
            id: &view.concept.id,
            term: view.concept.preferred(),
            standing: standing(view),
            origin: origin(view),
            definition: &view.concept.definition,
        };
        views.iter().map(entry).collect()
    }
}

/// `POST /teams/tab/view`.
pub(super) async fn view(State(tab): State<Arc<Tab>>, headers: HeaderMap, body: Bytes) -> Response {
    // Who asks is known before anything is made of what they sent.
    let actor = match signed_in(&tab, &headers).await {
        Ok(SignedIn { actor, .. }) => actor,
        Err(why) => return status_of(why).into_response(),
    };
    let asked = tab.asked.note((actor.workspace.clone(), actor.person.clone()), tab.clock.now());
    if asked.count > MOST {
        let later = [(header::RETRY_AFTER, HeaderValue::from(asked.rest.as_secs()))];
        return (StatusCode::TOO_MANY_REQUESTS, later).into_response();
    }
    let Ok(wish) = serde_json::from_slice::<Wish>(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    let (intent, reply_to) = match wish {
        Wish::Show => (Intent::OpenHome, ReplyTo::Home),
        Wish::Find(words) => (Intent::Glossary { wish: GlossaryWish::Find { words } }, ReplyTo::Response),
        Wish::Reader(reader) => (Intent::ChooseReader { reader }, ReplyTo::Home),
    };
    match tab.app.answer(&tab.request(actor, intent, reply_to)).await {
        Reply::Home(home) => tab.page(&home),
        Reply::Glossary(found) => match &*found {
            GlossaryReply::Found { words, entries, total, .. } => {
                shown(&FoundJson { heading: found_heading(words, *total), entries: EntryJson::all(entries) })
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        // The glossary cannot be read; the log says why.
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn signed_in(tab: &Tab, headers: &HeaderMap) -> Result<SignedIn, NotSignedIn> {
    tab.teams.signed_in_tab(token_in(headers).ok_or(NotSignedIn::Token)?).await
}

/// The page has a sentence for each.
const fn status_of(why: NotSignedIn) -> StatusCode {
    match why {
        NotSignedIn::Token | NotSignedIn::Code | NotSignedIn::Settings => StatusCode::UNAUTHORIZED,
        NotSignedIn::Place => StatusCode::FORBIDDEN,
        NotSignedIn::Unreachable | NotSignedIn::Later => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl Tab {
    fn request(&self, actor: Actor, intent: Intent, reply_to: ReplyTo) -> Request {
        Request {
            id: RequestId::new("tab"),
            location: actor.location(Platform::Teams, []),
            actor,
            received_at: self.clock.now(),
            intent,
            reply_to,
            place: None,
        }
    }

    fn page(&self, home: &HomeReply) -> Response {
        let readers = self.app.readers();
        let readers = readers.all().iter();
        shown(&PageJson {
            note: home.note.as_ref().map(Say::text),
            reader: home.reader.as_str(),
            readers: readers.map(|reader| ReaderJson { id: reader.id.as_str(), title: &reader.title }).collect(),
            waiting: home.waiting.as_ref().and_then(waiting),
            requests: home.requests.as_deref(),
        })
    }
}

fn waiting(queue: &GlossaryReply) -> Option<WaitingJson<'_>> {
    let GlossaryReply::Queue { handed_in, drafts, wanted, all_wanted, .. } = queue else { return None };
    Some(WaitingJson {
        handed_in: EntryJson::all(&handed_in.entries),
        all_handed_in: handed_in.total,
        drafts: EntryJson::all(&drafts.entries),
        all_drafts: drafts.total,
        all_wanted: *all_wanted,
        wanted: wanted.iter().map(|Wanted { term, people, .. }| WantedJson { term, people: *people }).collect(),
    })
}

fn shown(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => {
            let headers =
                [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
            (headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the tab could not be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
