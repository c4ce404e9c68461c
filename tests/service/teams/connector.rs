//! What the Connector takes: the published limits on every call, kept by the stand-in as by the service, so that a call that would be
//! refused there is refused here and fails the test. Written from the reference and not from our own code.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use axum::http::{HeaderMap, StatusCode};
use form_urlencoded::parse;
use serde_json::Value;
use upshot::clock::Stopwatch;

/// Bytes of a body, counted as the service counts them.
const MOST_BYTES: usize = 100 * 1024;
/// As many posts to one conversation within so long, from one bot.
const RATES: [(usize, Duration); 3] =
    [(7, Duration::from_secs(1)), (8, Duration::from_secs(2)), (60, Duration::from_secs(30))];

/// Calls of any kind within so long, from one app in one tenant.
const TENANT_RATE: (usize, Duration) = (30, Duration::from_secs(1));
/// What a call that was too much is told to wait, in seconds.
pub(super) const RETRY_AFTER: &str = "1";

/// A refusal as the service words it.
pub(super) type Refusal = (StatusCode, &'static str, &'static str);

const THROTTLED: Refusal = (StatusCode::TOO_MANY_REQUESTS, "Throttled", "Too many requests.");
/// No fault of one call: a process that stood still for a moment sends at once what it had spaced out.
pub(super) const TENANT_THROTTLED: Refusal =
    (StatusCode::TOO_MANY_REQUESTS, "Throttled", "Too many requests in this tenant.");

/// What the service remembers of a bot.
pub(super) struct Connector {
    watch: Stopwatch,
    /// The tokens that were given out.
    tokens: BTreeSet<String>,
    /// When a conversation was posted to of late.
    posted: BTreeMap<String, VecDeque<Duration>>,
    /// The tenants of conversations; those that are not told of are in one.
    tenants: BTreeMap<String, String>,
    /// When anything of a tenant was called of late.
    called: BTreeMap<String, VecDeque<Duration>>,
    /// The conversations that are being posted to.
    under_way: BTreeSet<String>,
}

impl Connector {
    pub(super) fn new() -> Self {
        Self {
            watch: Stopwatch::start(),
            tokens: BTreeSet::new(),
            posted: BTreeMap::new(),
            tenants: BTreeMap::new(),
            called: BTreeMap::new(),
            under_way: BTreeSet::new(),
        }
    }

    /// A token that is believed from now on.
    pub(super) fn give(&mut self, token: &str) {
        self.tokens.insert(format!("Bearer {token}"));
    }

    /// Where a conversation is.
    pub(super) fn place(&mut self, conversation: String, tenant: String) {
        self.tenants.insert(conversation, tenant);
    }

    /// Takes a call; the conversation it posts to is busy until [`Self::end`].
    pub(super) fn begin(
        &mut self,
        (path, query): (&str, Option<&str>),
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Option<String>, Refusal> {
        let now = Duration::from_micros(self.watch.elapsed_us());
        self.begin_at(now, (path, query), headers, body)
    }

    fn begin_at(
        &mut self,
        now: Duration,
        (path, query): (&str, Option<&str>),
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Option<String>, Refusal> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !self.tokens.contains(header("authorization")) {
            return Err((StatusCode::UNAUTHORIZED, "Unauthorized", "Authorization has been denied for this request."));
        }
        let conversation = posted_to(path);
        let tenant = conversation.as_ref().and_then(|conversation| self.tenants.get(conversation));
        let called = self.called.entry(tenant.cloned().unwrap_or_default()).or_default();
        called.push_back(now);
        called.retain(|at| now.saturating_sub(*at) < TENANT_RATE.1);
        if called.len() > TENANT_RATE.0 {
            return Err(TENANT_THROTTLED);
        }
        if !header("content-type").starts_with("application/json") {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", "The body is no JSON."));
        }
        let text = std::str::from_utf8(body).unwrap_or_default();
        if text.encode_utf16().count() * 2 > MOST_BYTES {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "MessageSizeTooBig", "Message size too large."));
        }
        let syntax = |what| Err((StatusCode::BAD_REQUEST, "BadSyntax", what));
        let Ok(body) = serde_json::from_str::<Value>(text) else { return syntax("The body cannot be read.") };
        let is_named = |value: &Value| value["id"].as_str().is_some_and(|id| !id.is_empty());
        if path.ends_with("/v3/conversations") {
            let is_whole = is_named(&body["bot"])
                && body["members"].as_array().is_some_and(|members| members.len() == 1 && is_named(&members[0]))
                && body["tenantId"].as_str().is_some_and(|tenant| !tenant.is_empty());
            return if is_whole { Ok(None) } else { syntax("A conversation has a bot, a member and a tenant.") };
        }
        let Some(conversation) = conversation else {
            return Err((StatusCode::NOT_FOUND, "NotFound", "There is no such call."));
        };
        if conversation.is_empty() {
            return Err((StatusCode::NOT_FOUND, "ConversationNotFound", "Conversation not found."));
        }
        if body["type"] != "message" {
            return syntax("An activity has a type.");
        }
        let has_text = body["text"].as_str().is_some_and(|text| !text.is_empty());
        let has_card = body["attachments"].as_array().is_some_and(|attachments| !attachments.is_empty());
        if !has_text && !has_card {
            return syntax("Activity must include non empty 'text' field or at least one attachment.");
        }
        if !is_named(&body["from"]) {
            return syntax("An activity is from somebody.");
        }
        let is_targeted = query.is_some_and(|query| query.contains("isTargetedActivity=true"));
        if is_targeted && !is_named(&body["recipient"]) {
            return Err((StatusCode::BAD_REQUEST, "BadArgument", "Recipient is required for targeted messages."));
        }
        if !self.under_way.insert(conversation.clone()) {
            return Err((
                StatusCode::PRECONDITION_FAILED,
                "PreconditionFailed",
                "Precondition failed, please try again.",
            ));
        }
        let posted = self.posted.entry(conversation.clone()).or_default();
        posted.push_back(now);
        posted.retain(|at| now.saturating_sub(*at) < RATES[2].1);
        let within = |span: Duration| posted.iter().filter(|at| now.saturating_sub(**at) < span).count();
        if RATES.iter().any(|(most, span)| within(*span) > *most) {
            self.under_way.remove(&conversation);
            return Err(THROTTLED);
        }
        Ok(Some(conversation))
    }

    /// How many conversations are being posted to.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// A call has been answered, or its caller is gone.
    pub(super) fn end(&mut self, conversation: &str) {
        self.under_way.remove(conversation);
    }
}

/// The conversation that a call with this path posts to.
fn posted_to(path: &str) -> Option<String> {
    let steps: Vec<&str> = path.trim_start_matches("/service/").split('/').collect();
    let ["v3", "conversations", conversation, "activities"] = steps[..] else { return None };
    // The id as one step of the path: a plus is a plus there.
    let step = format!("id={}", conversation.replace('+', "%2B"));
    Some(parse(step.as_bytes()).next().unwrap().1.into_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, StatusCode};
    use serde_json::{Value, json};

    use super::Connector;
    use crate::server::without;

    const PATH: &str = "/service/v3/conversations/a%3A1/activities";

    fn message() -> Value {
        json!({ "type": "message", "text": "hi", "from": { "id": "28:1" } })
    }

    fn headers(token: &str) -> HeaderMap {
        let pairs = [("authorization", token), ("content-type", "application/json; charset=utf-8")];
        pairs.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn connector() -> Connector {
        let mut connector = Connector::new();
        connector.give("good");
        connector
    }

    #[test]
    fn each_breach_of_what_is_published_is_noticed() {
        let lacking = |field: &str| without(message(), &format!("/{field}"));
        let long = json!({ "type": "message", "text": "é".repeat(52_000), "from": { "id": "28:1" } });
        let opening = json!({ "bot": { "id": "28:1" }, "members": [{ "id": "29:1" }], "tenantId": "t" });
        let whom = json!({ "type": "message", "text": "hi", "from": { "id": "28:1" }, "recipient": { "id": "29:1" } });
        let open = "/service/v3/conversations";
        for (path, query, token, body, refused) in [
            (PATH, None, "Bearer good", message(), None),
            (PATH, None, "Bearer bad", message(), Some((401, "Unauthorized"))),
            (PATH, None, "", message(), Some((401, "Unauthorized"))),
            (PATH, None, "Bearer good", long, Some((413, "MessageSizeTooBig"))),
            (PATH, None, "Bearer good", lacking("text"), Some((400, "BadSyntax"))),
            (PATH, None, "Bearer good", lacking("type"), Some((400, "BadSyntax"))),
            (PATH, None, "Bearer good", lacking("from"), Some((400, "BadSyntax"))),
            (PATH, Some("isTargetedActivity=true"), "Bearer good", message(), Some((400, "BadArgument"))),
            (PATH, Some("isTargetedActivity=true"), "Bearer good", whom, None),
            (
                "/service/v3/conversations//activities",
                None,
                "Bearer good",
                message(),
                Some((404, "ConversationNotFound")),
            ),
            ("/service/v3/teams/1", None, "Bearer good", message(), Some((404, "NotFound"))),
            (open, None, "Bearer good", opening.clone(), None),
            (open, None, "Bearer good", without(opening, "/members"), Some((400, "BadSyntax"))),
        ] {
            let taken = connector().begin((path, query), &headers(token), body.to_string().as_bytes());
            let told = taken.err().map(|(status, code, _)| (status.as_u16(), code));
            assert_eq!(told, refused, "{path} {query:?} {token} {body}");
        }
    }

    #[test]
    fn one_conversation_takes_one_post_at_a_time_and_no_more_than_its_rates() {
        let mut connector = connector();
        let body = message().to_string().into_bytes();
        let post = |connector: &mut Connector, millis: u64| {
            let now = Duration::from_millis(millis);
            connector.begin_at(now, (PATH, None), &headers("Bearer good"), &body).map_err(|(status, ..)| status)
        };
        for _ in 0..7 {
            let conversation = post(&mut connector, 0).unwrap().unwrap();
            assert_eq!(conversation, "a:1");
            assert_eq!(post(&mut connector, 0), Err(StatusCode::PRECONDITION_FAILED), "one is on its way");
            connector.end(&conversation);
        }
        assert_eq!(post(&mut connector, 999), Err(StatusCode::TOO_MANY_REQUESTS), "seven within a second");
        // The refused one counts as well.
        assert_eq!(post(&mut connector, 1_500), Err(StatusCode::TOO_MANY_REQUESTS), "eight within two");
        let mut taken = 9;
        let refused = loop {
            match post(&mut connector, 2_000 + (taken - 5) * 400) {
                Ok(conversation) => connector.end(&conversation.unwrap()),
                Err(status) => break status,
            }
            taken += 1;
        };
        assert_eq!((refused, taken), (StatusCode::TOO_MANY_REQUESTS, 60));
    }

    #[test]
    fn one_tenant_takes_no_more_than_its_rate_however_many_conversations_there_are() {
        let mut connector = connector();
        let call = |connector: &mut Connector, millis: u64, path: &str, body: &Value| {
            let (now, body) = (Duration::from_millis(millis), body.to_string());
            connector
                .begin_at(now, (path, None), &headers("Bearer good"), body.as_bytes())
                .map_err(|(status, ..)| status)
        };
        let opening = json!({ "bot": { "id": "28:1" }, "members": [{ "id": "29:1" }], "tenantId": "t" });
        let posted = |number: u32| format!("/service/v3/conversations/a%3A{number}/activities");
        assert_eq!(call(&mut connector, 0, "/service/v3/conversations", &opening), Ok(None));
        for number in 1..30 {
            assert!(call(&mut connector, 999, &posted(number), &message()).is_ok(), "{number}");
        }
        assert_eq!(call(&mut connector, 999, &posted(30), &message()), Err(StatusCode::TOO_MANY_REQUESTS));
        // What was opened a second ago counts no more, and the refused one does.
        assert_eq!(call(&mut connector, 1_000, &posted(31), &message()), Err(StatusCode::TOO_MANY_REQUESTS));
        assert!(call(&mut connector, 1_999, &posted(32), &message()).is_ok());
        // Other tenants have rates of their own.
        connector.place("a:33".to_owned(), "elsewhere".to_owned());
        for _ in 0..7 {
            assert!(call(&mut connector, 2_000, &posted(33), &message()).is_ok());
            connector.end("a:33");
        }
    }
}
