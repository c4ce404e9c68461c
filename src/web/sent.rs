//! What callers of the glossary's API send: bodies, revisions they looked at, and the queries of addresses.

use axum::{
    body::Bytes,
    extract::{FromRequestParts, Path, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{desk::Desk, problem::Problem};
use crate::app::curation::{AsOf, Change, Concept, Curator};

/// A body, when it arrived.
pub(super) type Body = Result<Bytes, BytesRejection>;

/// Fields of an answer that may come back in a request and say nothing there.
pub(super) const TOLD_ONLY: [&str; 6] = ["live_revision", "layer", "overrides", "updated_at", "updated_by", "warnings"];

/// What a request says beside the concept.
pub(super) struct Sent {
    pub(super) fields: Map<String, Value>,
    /// The revision that the sender looked at.
    pub(super) seen: Option<u32>,
    reason: String,
}

impl Sent {
    pub(super) fn new(body: Body, headers: &HeaderMap) -> Result<Self, Problem> {
        let body = body.map_err(|rejection| Problem::unreadable_body(rejection.status()))?;
        let fields =
            if body.iter().all(u8::is_ascii_whitespace) { Ok(Map::new()) } else { serde_json::from_slice(&body) };
        let mut fields = fields.map_err(|error| {
            Problem::bad_request(format!(
                "The body is no JSON object (line {}, column {}).",
                error.line(),
                error.column()
            ))
        })?;
        for name in TOLD_ONLY {
            fields.remove(name);
        }
        let reason = match fields.remove("reason") {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(reason)) => reason,
            Some(_) => return Err(Problem::bad_request("The field reason must be a text.")),
        };
        let mut sent = Self { fields, seen: if_match(headers)?, reason };
        if sent.seen.is_none() {
            sent.seen = sent.number("revision")?;
        } else {
            sent.fields.remove("revision");
        }
        Ok(sent)
    }

    /// What goes back to the revision of its body: there a revision is the wanted one, and only the header says what the sender
    /// looked at.
    pub(super) fn revert(body: Body, headers: &HeaderMap) -> Result<(Self, u32), Problem> {
        let seen = if_match(headers)?;
        let sent = Self::new(body, &HeaderMap::new())?;
        sent.refuse_the_rest()?;
        let revision = sent.seen.ok_or_else(|| Problem::bad_request("Say which revision: {\"revision\": 3}."))?;
        Ok((Self { seen, ..sent }, revision))
    }

    /// A text that must be there.
    pub(super) fn text(&self, name: &str) -> Result<&str, Problem> {
        let text = self.fields.get(name).and_then(Value::as_str);
        text.ok_or_else(|| Problem::bad_request(format!("The body must hold a text: {{\"{name}\": \"…\"}}.")))
    }

    /// A text that may be there; empty where it is not.
    pub(super) fn optional_text(&self, name: &str) -> Result<&str, Problem> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(""),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(Problem::bad_request(format!("The field {name} must be a text."))),
        }
    }

    fn number(&mut self, name: &str) -> Result<Option<u32>, Problem> {
        match self.fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => whole(&value)
                .map(Some)
                .ok_or_else(|| Problem::bad_request(format!("The field {name} must be a whole number."))),
        }
    }

    /// Whether the concept is handed in for review; every other status is decided by what is done with it.
    pub(super) fn takes_status(&mut self) -> Result<bool, Problem> {
        match self.fields.remove("status") {
            None | Some(Value::Null) => Ok(false),
            Some(Value::String(status)) => match status.as_str() {
                "in_review" => Ok(true),
                "draft" | "approved" | "retired" => Ok(false),
                _ => Err(Problem::bad_request("The status of what is sent is draft or in_review.")),
            },
            Some(_) => Err(Problem::bad_request("The field status must be a text: draft or in_review.")),
        }
    }

    /// Refuses what a step does not know: a misspelt `revision` would count as one that was left out.
    pub(super) fn refuse_the_rest(&self) -> Result<(), Problem> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(_) => Err(Problem::bad_request("The body of a step may hold: revision, reason.")),
        }
    }

    pub(super) fn concept(&mut self) -> Result<Concept, Problem> {
        // What the program sends itself has `null` where nothing is said.
        self.fields.retain(|_, value| !value.is_null());
        let fields = std::mem::take(&mut self.fields);
        serde_json::from_value(Value::Object(fields))
            .map_err(|error| Problem::bad_request(format!("The concept cannot be read: {error}.")))
    }

    pub(super) fn change<'a>(&'a self, curator: &'a Curator, desk: &Desk) -> Change<'a> {
        Change { curator, seen: self.seen, reason: &self.reason, now: desk.now() }
    }
}

/// A whole number, which JSON may write as 3 and as 3.0.
fn whole(value: &Value) -> Option<u32> {
    let integer = value.as_u64().and_then(|number| u32::try_from(number).ok());
    integer.or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
        // No other numbers are whole and written so.
        format!("{number:.0}").parse().ok()
    })
}

/// The revision of `If-Match: "3"`.
fn if_match(headers: &HeaderMap) -> Result<Option<u32>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
    if text == "*" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Problem::bad_request("If-Match must be a revision in quotes, such as \"3\"."))
}

/// What a switch in an address may say.
pub(super) const SWITCH: [&str; 6] = ["true", "false", "1", "0", "yes", "no"];

/// A name in the path of an address.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(name) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::bad_request("The name in the address is not UTF-8."))?;
        Ok(Self(name))
    }
}

/// The query of an address, in which a name that is not known is refused.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn new(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        if names.iter().any(|name| !known.contains(name)) {
            return Err(Problem::bad_request(format!("The address may hold: {}.", known.join(", "))));
        }
        names.sort_unstable();
        // Which of two would count is anybody's guess.
        match names.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[_]>::first) {
            Some(name) => Err(Problem::bad_request(format!("The address holds {name} twice. Keep one."))),
            None => Ok(Self(pairs)),
        }
    }

    /// What is said under a name; nothing where there is no word behind it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }

    /// The same for what must be one of a few words.
    pub(super) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Problem> {
        match self.get(name) {
            Some(value) if !words.contains(&value) => {
                Err(Problem::bad_request(format!("The parameter {name} is one of: {}.", words.join(", "))))
            }
            value => Ok(value),
        }
    }

    /// A day that may be left out.
    pub(super) fn day(&self, name: &str) -> Result<Option<AsOf>, Problem> {
        let day = self.get(name).map(AsOf::parse);
        day.transpose().map_err(|error| Problem::bad_request(error.to_string()))
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<usize>, Problem> {
        let read = |text: &str| {
            let number = text.parse::<u32>().ok().and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| {
                Problem::bad_request(format!("The parameter {name} must be a whole number up to {}.", u32::MAX))
            })
        };
        self.get(name).map(read).transpose()
    }

    pub(super) fn is_on(&self, name: &str) -> Result<bool, Problem> {
        Ok(matches!(self.one_of(name, &SWITCH)?, Some("true" | "1" | "yes")))
    }

    /// The same query with something else under a name, as an address has it.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(known, _)| known != name);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(others).append_pair(name, value).finish()
    }
}

/// A text as a file to keep.
pub(super) fn file_answer(text: String, media_type: &'static str, name: &str) -> Response {
    let mut response = text.into_response();
    let headers = [
        (header::CONTENT_TYPE, Ok(HeaderValue::from_static(media_type))),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))),
    ];
    for (name, value) in headers {
        // Names of files are ours, and always a valid header.
        if let Ok(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

pub(super) fn json_answer(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
