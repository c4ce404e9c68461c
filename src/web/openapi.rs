//! `GET /api/openapi.json`: the API's own description, made from the handlers and the types that they answer with.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{
    api,
    api::MAX_CONTEXT_IN_ADDRESS,
    api_audit, api_concepts,
    api_concepts::STATUSES,
    api_insight, api_prompts, api_review, examples,
    idempotency::LONGEST_KEY,
    sent::{SWITCH, TOLD_ONLY},
};
use crate::app::{
    App, Depth, MAX_QUERY_CHARS, MAX_TERM_CHARS, MAX_TEXT_CHARS,
    curation::{
        AUDIT_KINDS, AuditFormat, Exchange, LONGEST_COMMENT, LONGEST_TRIAL, Layer, MAX_PROMPT_BYTES, Role, TokenScope,
    },
};

/// The media type of problems.
const PROBLEM: &str = "application/problem+json";

#[derive(OpenApi)]
#[openapi(
    info(title = "Upshot", description = "Technical messages in language a business reader can act on."),
    modifiers(&Tokens),
    paths(
        api::rewrite,
        api::explain,
        api::explain_query,
        api::verify,
        api::audiences,
        examples::list,
        api_concepts::list,
        api_concepts::create,
        api_concepts::read,
        api_concepts::update,
        api_concepts::retire,
        api_concepts::submit,
        api_concepts::send_back,
        api_concepts::approve,
        api_concepts::history,
        api_concepts::revert,
        api_concepts::requests,
        api_concepts::request,
        api_insight::gaps,
        api_insight::usage,
        api_concepts::export,
        api_concepts::import,
        api_concepts::curators,
        api_concepts::add_curator,
        api_concepts::set_role,
        api_concepts::remove_curator,
        api_prompts::audience,
        api_prompts::write_audience,
        api_prompts::audience_history,
        api_prompts::revert_audience,
        api_prompts::templates,
        api_prompts::template,
        api_prompts::write_template,
        api_prompts::template_history,
        api_prompts::revert_template,
        api_audit::audit,
        api_review::effect,
        api_review::comments,
        api_review::add_comment,
        api_review::trials,
        api_review::add_trial,
        api_review::remove_trial,
    )
)]
struct Description;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        description.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// What the types do not tell: limits, the words that a parameter may be, and how problems come.
fn completed(mut description: Value, readers: &[String]) -> Value {
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    keys(&mut description["paths"]);
    let operations = description["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in operations.filter_map(Value::as_object_mut).flat_map(|path| path.values_mut()) {
        let Some(responses) = operation["responses"].as_object_mut() else { continue };
        for content in responses.values_mut().filter_map(|response| response.get_mut("content")?.as_object_mut()) {
            if content.get("application/json").is_some_and(|told| told["schema"] == problem) {
                content.remove("application/json");
                content.insert(PROBLEM.to_owned(), json!({ "schema": problem }));
            }
        }
        manners(responses);
        // Told before a handler is reached, and so without a word.
        responses.insert("414".to_owned(), json!({ "description": "The address is longer than 65,534 bytes" }));
        let other = "Too much, too often, another method, or nobody can answer now";
        responses.insert(
            "default".to_owned(),
            json!({ "description": other, "content": { PROBLEM: { "schema": problem } } }),
        );
    }
    // A file that cannot be read at all is a problem; one with entries that cannot be used has a report.
    description["paths"]["/api/v1/import"]["post"]["responses"]["422"]["content"][PROBLEM] =
        json!({ "schema": problem });
    let export = &mut description["paths"]["/api/v1/export"]["get"]["responses"]["200"];
    let formats = [Exchange::Csv, Exchange::Yaml, Exchange::Tbx, Exchange::Skos].map(Exchange::media_type);
    // YAML is read as what it says, and may say nothing.
    let schema = |media: &str| if media.contains("yaml") { json!({}) } else { json!({ "type": "string" }) };
    export["content"] =
        formats.map(|media| (media.to_owned(), json!({ "schema": schema(media) }))).into_iter().collect();
    let audit = &mut description["paths"]["/api/v1/audit"]["get"]["responses"]["200"]["content"];
    for format in [AuditFormat::Csv, AuditFormat::JsonLines] {
        audit[format.media_type()] = json!({ "schema": { "type": "string" } });
    }
    bodies(&mut description["components"]["schemas"], readers);
    let steps = ["submit", "return", "approve"].map(|step| format!("/api/v1/concepts/{{id}}/{step}"));
    for (path, method) in steps.iter().map(|path| (path.as_str(), "post")).chain([("/api/v1/concepts/{id}", "delete")])
    {
        description["paths"][path][method]["requestBody"] = request("Step", &json!({ "revision": 1 }));
    }
    let concepts = &mut description["paths"]["/api/v1/concepts"]["post"];
    concepts["requestBody"] = request("ConceptToWrite", &example());
    description["paths"]["/api/v1/concepts/{id}"]["put"]["requestBody"] = request("ConceptToWrite", &example());
    for (path, method, name, schema) in parameters(readers) {
        let parameters = description["paths"][path][method]["parameters"].as_array_mut();
        for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["name"] == name) {
            parameter["schema"] = schema.clone();
        }
    }
    description
}

/// How often somebody may ask is told with every answer, where it is limited.
fn manners(responses: &mut serde_json::Map<String, Value>) {
    let text = |told: &str| json!({ "description": told, "schema": { "type": "string" } });
    let headers = json!({
        "RateLimit-Policy": text("How many requests are answered in a minute: \"minute\";q=6000;w=60"),
        "RateLimit": text("How many are left, and for how many seconds: \"minute\";r=5999;t=60"),
    });
    for response in responses.values_mut() {
        response["headers"] = headers.clone();
    }
    let mut too_many = json!({
        "description": "Too many requests, or too many wrong tokens, within a minute", "headers": headers,
        "content": { PROBLEM: { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    too_many["headers"]["Retry-After"] =
        json!({ "description": "Seconds to wait", "schema": { "type": "integer", "minimum": 0 } });
    responses.insert("429".to_owned(), too_many);
    // Whoever is at the limit of time is not counted any more.
    let too_slow = json!({
        "description": "The body did not arrive in time, or the server is overloaded",
        "content": { PROBLEM: { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    responses.insert("408".to_owned(), too_slow);
}

/// Whatever writes may carry a key, under which it is done once.
fn keys(paths: &mut Value) {
    let asks_for_no_token = ["/api/v1/rewrite", "/api/v1/explain", "/api/v1/verify"];
    let paths = paths.as_object_mut().into_iter().flatten();
    let writing = paths.filter(|(path, _)| !asks_for_no_token.contains(&path.as_str()));
    let operations = writing.flat_map(|(_, operations)| operations.as_object_mut().into_iter().flatten());
    for (_, operation) in operations.filter(|(method, _)| ["post", "put", "delete"].contains(&method.as_str())) {
        let key = json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key with the same request gives the first answer again, for 24 hours",
            "schema": { "type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[!#-~]+$" },
            "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(key),
            None => operation["parameters"] = json!([key]),
        }
        for (status, told) in [
            ("400", "It cannot be understood"),
            ("409", "Somebody else was faster, or a request is outstanding for this Idempotency-Key"),
            ("422", "It cannot be used as it is, or the Idempotency-Key is already used"),
        ] {
            if operation["responses"][status].is_null() {
                let problem = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
                operation["responses"][status] = json!({ "description": told, "content": { PROBLEM: problem } });
            }
        }
    }
}

fn request(schema: &str, example: &Value) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "content": { "application/json": { "schema": schema, "example": example } } })
}

/// An entry that can be saved as it is.
fn example() -> Value {
    json!({
        "subject_field": "platform", "definition": "A group of machines that runs one copy of the shop.",
        "terms": [{ "text": "kiln" }], "wordings": [{ "text": "shop copy" }],
        "examples": { "match": ["The kiln is down."], "no_match": ["The oven is hot."] }
    })
}

/// A text that has a word in it, of so many characters at most.
fn text(most: usize) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": r"\S" })
}

/// One of these words, or nothing.
fn one_of<'w>(words: impl IntoIterator<Item = &'w str>) -> Value {
    let words: Vec<&str> = words.into_iter().chain([""]).collect();
    json!({ "type": "string", "enum": words })
}

/// The same where nothing may be `null` as well.
fn one_of_or_null<'w>(words: impl IntoIterator<Item = &'w str>) -> Value {
    let words: Vec<Value> = words.into_iter().chain([""]).map(Value::from).chain([Value::Null]).collect();
    json!({ "enum": words })
}

/// What parameters of addresses may say.
fn parameters(readers: &[String]) -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let number = json!({ "anyOf": [
        { "type": "integer", "minimum": 0, "maximum": u32::MAX }, { "type": "string", "maxLength": 0 }
    ] });
    let switch = || one_of(SWITCH);
    let day = || json!({ "anyOf": [{ "type": "string", "format": "date" }, { "type": "string", "maxLength": 0 }] });
    let readers = one_of(readers.iter().map(String::as_str));
    vec![
        ("/api/v1/explain", "get", "query", text(MAX_QUERY_CHARS)),
        ("/api/v1/explain", "get", "context", json!({ "type": "string", "maxLength": MAX_CONTEXT_IN_ADDRESS })),
        ("/api/v1/explain", "get", "depth", one_of(Depth::NAMES)),
        ("/api/v1/explain", "get", "for", readers),
        ("/api/v1/concepts", "get", "status", one_of(STATUSES)),
        ("/api/v1/explain", "get", "place", json!({ "type": "string" })),
        ("/api/v1/concepts", "get", "scope", json!({ "type": "string" })),
        ("/api/v1/concepts", "get", "layer", one_of(Layer::ALL.map(Layer::name))),
        ("/api/v1/concepts", "get", "limit", number.clone()),
        ("/api/v1/concepts", "get", "cursor", number.clone()),
        ("/api/v1/concepts", "get", "as_of", day()),
        ("/api/v1/concepts/{id}", "get", "as_of", day()),
        ("/api/v1/concepts/{id}/history", "get", "limit", number.clone()),
        ("/api/v1/concepts/{id}/history", "get", "cursor", number.clone()),
        ("/api/v1/requests", "get", "limit", number.clone()),
        ("/api/v1/requests", "get", "cursor", number.clone()),
        ("/api/v1/audit", "get", "kind", one_of(AUDIT_KINDS.map(|(kind, _)| kind))),
        ("/api/v1/audit", "get", "from", day()),
        ("/api/v1/audit", "get", "until", day()),
        ("/api/v1/audit", "get", "limit", number.clone()),
        ("/api/v1/audit", "get", "cursor", number),
        ("/api/v1/audit", "get", "format", one_of(["json", "csv", "jsonl"])),
        (
            "/api/v1/trials/{number}",
            "delete",
            "number",
            json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        ),
        ("/api/v1/export", "get", "format", one_of(["csv", "yaml", "yml", "tbx", "xml", "tbx-core", "skos", "ttl"])),
        ("/api/v1/export", "get", "layer", one_of(["own", "all", "live", "directory", "shipped"])),
        (
            "/api/v1/import",
            "post",
            "format",
            one_of(["csv", "yaml", "yml", "tbx", "xml", "tbx-core", "skos", "ttl", "backstage"]),
        ),
        ("/api/v1/import", "post", "dry_run", switch()),
        ("/api/v1/import", "post", "approve", switch()),
        ("/api/v1/import", "post", "open_drafts", one_of(["refuse", "keep"])),
    ]
}

/// What bodies may hold.
fn bodies(schemas: &mut Value, readers: &[String]) {
    let seen = json!({ "type": ["integer", "null"], "minimum": 0, "maximum": u32::MAX });
    let reason = json!({ "type": ["string", "null"] });
    // In answers a concept stands among other fields, so only what is sent is closed.
    let mut to_write = schemas["Concept"].clone();
    if let Some(concept) = schemas["Concept"].as_object_mut() {
        concept.remove("additionalProperties");
    }
    if let Some(fields) = to_write["properties"].as_object_mut() {
        for field in fields.values_mut() {
            *field = json!({ "anyOf": [field, { "type": "null" }] });
        }
        fields.insert("revision".to_owned(), seen.clone());
        fields.insert("reason".to_owned(), reason.clone());
        let statuses: Vec<Value> = STATUSES.iter().map(|status| Value::from(*status)).chain([Value::Null]).collect();
        fields.insert("status".to_owned(), json!({ "enum": statuses }));
        for told in TOLD_ONLY {
            fields.insert(told.to_owned(), json!({ "description": "Told in answers; it says nothing here." }));
        }
    }
    to_write["description"] = json!("An entry as it is sent: what an answer holds may be sent back.");
    to_write["additionalProperties"] = json!(false);
    schemas["ConceptToWrite"] = to_write;
    schemas["Step"] = json!({
        "type": "object", "additionalProperties": false, "properties": { "revision": seen, "reason": reason },
        "description": "What its sender looked at, and why."
    });
    let file = &mut schemas["PromptToWrite"];
    file["properties"] = json!({ "text": text(MAX_PROMPT_BYTES), "revision": seen, "reason": reason });
    for told in TOLD_ONLY.iter().chain(&["id"]) {
        file["properties"][*told] = json!({ "description": "Told in answers; it says nothing here." });
    }
    file["additionalProperties"] = json!(false);
    let revert = &mut schemas["WantedRevision"];
    revert["properties"] =
        json!({ "revision": { "type": "integer", "minimum": 0, "maximum": u32::MAX }, "reason": reason });
    revert["additionalProperties"] = json!(false);
    let reader = one_of_or_null(readers.iter().map(String::as_str));
    for (schema, field, told) in [
        ("RewriteBody", "text", text(MAX_TEXT_CHARS)),
        ("RewriteBody", "for", reader.clone()),
        ("ExplainBody", "query", text(MAX_QUERY_CHARS)),
        ("ExplainBody", "context", json!({ "type": ["string", "null"], "maxLength": MAX_TEXT_CHARS })),
        ("ExplainBody", "for", reader),
        ("ExplainBody", "depth", one_of_or_null(Depth::NAMES)),
        ("VerifyBody", "source", text(MAX_TEXT_CHARS)),
        ("VerifyBody", "candidate", text(MAX_TEXT_CHARS)),
        ("WantedTerm", "term", text(MAX_TERM_CHARS)),
        ("NewTrial", "text", text(LONGEST_TRIAL)),
        ("NewComment", "text", text(LONGEST_COMMENT)),
        ("NewCurator", "role", json!({ "enum": Role::ALL.map(Role::name) })),
        ("NewRole", "role", json!({ "enum": Role::ALL.map(Role::name) })),
        (
            "NewCurator",
            "scopes",
            json!({ "type": ["array", "null"], "items": { "enum": TokenScope::ALL.map(TokenScope::name) } }),
        ),
    ] {
        schemas[schema]["properties"][field] = told;
    }
    // The short form of query, which nobody may send beside it.
    schemas["ExplainBody"]["properties"]["q"] = json!({ "not": {} });
    for (schema, example) in [
        ("RewriteBody", json!({ "text": "The pod is down.", "for": "sales" })),
        ("ExplainBody", json!({ "query": "what is a pod?" })),
        ("VerifyBody", json!({ "source": "It took 5 min.", "candidate": "It took five minutes." })),
        ("WantedTerm", json!({ "term": "kiln" })),
        ("NewComment", json!({ "text": "Say for whom." })),
        ("NewTrial", json!({ "text": "The kiln is down." })),
        ("NewCurator", json!({ "name": "Ann Lee", "role": "curator" })),
    ] {
        schemas[schema]["example"] = example;
    }
}

/// `GET /api/openapi.json`. Readers may be the organisation's own, so it is made for whoever asks.
pub(super) async fn description(State(app): State<Arc<App>>) -> Response {
    let readers: Vec<String> = app.readers().all().iter().map(|reader| reader.id.as_str().to_owned()).collect();
    let text = serde_json::to_value(Description::openapi()).map(|told| completed(told, &readers).to_string());
    let text = text.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the API's description cannot be written");
        String::from("{}")
    });
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
}
