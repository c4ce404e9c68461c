//! The REST API of the glossary. Reading what holds everywhere is free to whoever can reach the server; what holds in one place alone,
//! and writing, needs a bearer token.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    api_audit, api_insight, api_review,
    desk::Desk,
    idempotency,
    problem::Problem,
    sent::{Body, Named, Query, Sent, file_answer, json_answer},
};
use crate::app::{
    MAX_TERM_CHARS,
    curation::{
        Change, Concept, ConceptView, CurationError, Exchange, Filter, IMPORT_REASON, Import, ImportMode, ImportReport,
        Layer, OpenDrafts, Reach, Revision, Role, Saving, Source, Step, TokenScope, TokenScopes, Wanted, account,
    },
    wanted_term,
};

pub(super) type Answer = Result<Response, Problem>;
type Shared = State<Arc<Desk>>;

/// The longest file that is taken in.
pub(super) const MAX_IMPORT_BYTES: usize = 8 * 1024 * 1024;
/// The longest concept.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// Where an entry may stand.
pub(super) const STATUSES: [&str; 4] = ["draft", "in_review", "approved", "retired"];
/// Entries of a page when nobody says otherwise, and at most.
const PAGE: usize = 50;
const LONGEST_PAGE: usize = 500;

/// Why something is not changed, for the API's description.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes what `Answer` is, and is never made")]
pub(super) enum NotChanged {
    /// It cannot be understood
    #[response(status = 400)]
    Malformed(Problem),
    /// A token is needed
    #[response(status = 401)]
    Unknown(Problem),
    /// The role does not allow it
    #[response(status = 403)]
    Forbidden(Problem),
    /// There is nothing of that name
    #[response(status = 404)]
    Missing(Problem),
    /// Somebody else was faster
    #[response(status = 409)]
    Overtaken(Problem),
    /// It cannot be used as it is; `errors` says where
    #[response(status = 422)]
    Unusable(Problem),
    /// Say which revision you looked at
    #[response(status = 428)]
    Unseen(Problem),
}

/// What is answered without the right token.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes what `Answer` is")]
pub(super) enum Guarded {
    /// A token is needed
    #[response(status = 401)]
    Unknown(Problem),
    /// The role does not allow it
    #[response(status = 403)]
    Forbidden(Problem),
}

/// All routes.
pub(super) fn routes(desk: Arc<Desk>) -> Router {
    let import = idempotency::keyed(Router::new().route("/api/v1/import", post(import)), &desk)
        .layer(DefaultBodyLimit::max(MAX_IMPORT_BYTES))
        .with_state(Arc::clone(&desk));
    let routes = Router::new()
        .route("/api/v1/concepts", get(list).post(create))
        .route("/api/v1/concepts/{id}", get(read).put(update).delete(retire))
        .route("/api/v1/concepts/{id}/submit", post(submit))
        .route("/api/v1/concepts/{id}/return", post(send_back))
        .route("/api/v1/concepts/{id}/approve", post(approve))
        .route("/api/v1/concepts/{id}/history", get(history))
        .route("/api/v1/concepts/{id}/revert", post(revert))
        .route("/api/v1/requests", get(requests).post(request))
        .route("/api/v1/gaps", get(api_insight::gaps))
        .route("/api/v1/usage", get(api_insight::usage))
        .route("/api/v1/export", get(export))
        .route("/api/v1/curators", get(curators).post(add_curator))
        .route("/api/v1/curators/{name}", put(set_role).delete(remove_curator));
    idempotency::keyed(routes, &desk)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(Arc::clone(&desk))
        .merge(import)
        .merge(api_review::routes(Arc::clone(&desk)))
        .merge(api_audit::routes(desk))
}

/// One page of entries.
#[derive(Serialize, utoipa::ToSchema)]
struct ConceptPage {
    items: Vec<ConceptView>,
    total: usize,
    next_cursor: Option<String>,
}

/// Revisions of an entry.
#[derive(Serialize, utoipa::ToSchema)]
struct History {
    items: Vec<Revision>,
    total: usize,
    next_cursor: Option<String>,
}

/// What people asked for.
#[derive(Serialize, utoipa::ToSchema)]
struct Requests {
    items: Vec<Wanted>,
    total: usize,
    next_cursor: Option<String>,
}

/// The revision to go back to.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read field by field")]
pub(super) struct WantedRevision {
    revision: u32,
}

/// The term to ask for.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read field by field")]
struct WantedTerm {
    term: String,
}

/// Whom to let in.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read field by field")]
struct NewCurator {
    name: String,
    role: String,
    /// `slack` or `teams`, for somebody who signs in with an account and gets no token.
    platform: Option<String>,
    /// The id of their workspace or tenant.
    workspace: Option<String>,
    /// Their member or object id.
    person: Option<String>,
    /// What the token may be used for; everything when nothing is said.
    scopes: Option<Vec<String>>,
}

/// The role that somebody has from now on.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read field by field")]
struct NewRole {
    role: String,
}

/// As many as a page shall hold.
fn limit(query: &Query) -> Result<usize, Problem> {
    Ok(query.number("limit")?.unwrap_or(PAGE).clamp(1, LONGEST_PAGE))
}

/// A concept, with its revision as entity tag.
fn concept_answer(status: StatusCode, view: &ConceptView) -> Response {
    let mut response = json_answer(status, view);
    // Digits in quotes are always a valid header.
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", view.revision)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// `GET /api/v1/concepts?q=&subject_field=&status=&layer=&owner=&scope=&limit=&cursor=&as_of=`.
#[utoipa::path(
    get, path = "/api/v1/concepts", tag = "glossary",
    security((), ("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Words in id, terms, wordings or definition"),
        ("subject_field" = Option<String>, Query, description = "The subject field"),
        ("status" = Option<String>, Query, description = "draft, in_review, approved or retired"),
        ("layer" = Option<String>, Query, description = "shipped, directory or live"),
        ("owner" = Option<String>, Query, description = "Who is asked about it"),
        ("scope" = Option<String>, Query, description = "A place in which alone it holds, or everywhere"),
        ("limit" = Option<String>, Query, description = "Entries of a page, at most 500"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("as_of" = Option<String>, Query, description = "As they stood at the end of this day in UTC, such as 2026-11-20"),
    ),
    responses(
        (status = 200, description = "One page", body = ConceptPage),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "The token is wrong", body = Problem),
    ),
)]
pub(super) async fn list(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Answer {
    let reach = desk.reach(&headers).await?;
    let known = ["q", "subject_field", "status", "layer", "owner", "scope", "limit", "cursor", "as_of"];
    let query = Query::new(&uri, &known)?;
    let layer = query
        .get("layer")
        .map(|name| Layer::parse(name).ok_or_else(|| Problem::bad_request("The layer is shipped, directory or live.")));
    let filter = Filter {
        words: query.get("q").unwrap_or_default().to_owned(),
        field: query.get("subject_field").map(str::to_owned),
        status: query.one_of("status", &STATUSES)?.map(str::to_owned),
        layer: layer.transpose()?,
        owner: query.get("owner").map(str::to_owned),
        scope: query.get("scope").map(str::to_owned),
    };
    let limit = limit(&query)?;
    let from = query.number("cursor")?.unwrap_or(0);
    let found = match query.day("as_of")? {
        Some(day) => desk.app.find_concepts_as_of(&reach, &filter, from, limit, day).await?,
        None => desk.app.find_concepts(&reach, &filter, from, limit).await?,
    };
    let next_cursor = found.next.map(|next| next.to_string());
    Ok(json_answer(StatusCode::OK, &ConceptPage { items: found.entries, total: found.total, next_cursor }))
}

/// `POST /api/v1/concepts`.
#[utoipa::path(
    post, path = "/api/v1/concepts", tag = "glossary",
    security(("token" = [])),
    request_body = Concept,
    responses(
        (status = 201, description = "A draft", body = ConceptView),
        (status = 400, description = "It cannot be understood", body = Problem),
        Guarded,
        (status = 409, description = "Somebody else was faster", body = Problem),
        (status = 422, description = "It cannot be used as it is", body = Problem),
    ),
)]
pub(super) async fn create(State(desk): Shared, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let mut sent = Sent::new(body, &headers)?;
    let saving = Saving { is_handed_in: sent.takes_status()?, read: None };
    let concept = sent.concept()?;
    let view = desk.app.create_concept(sent.change(&curator, &desk), concept, saving).await?;
    let mut response = concept_answer(StatusCode::CREATED, &view);
    if let Ok(address) = HeaderValue::from_str(&format!("/api/v1/concepts/{}", view.concept.id)) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}

/// `GET /api/v1/concepts/{id}?as_of=`.
#[utoipa::path(
    get, path = "/api/v1/concepts/{id}", tag = "glossary",
    security((), ("token" = [])),
    params(
        ("id" = String, Path, description = "Id of the concept"),
        ("as_of" = Option<String>, Query, description = "As it stood at the end of this day in UTC, such as 2026-11-20"),
    ),
    responses(
        (status = 200, description = "The concept as it stands", body = ConceptView),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "The token is wrong", body = Problem),
        (status = 404, description = "There is no such concept, or there was none", body = Problem),
    ),
)]
pub(super) async fn read(State(desk): Shared, headers: HeaderMap, Named(id): Named, uri: Uri) -> Answer {
    let reach = desk.reach(&headers).await?;
    let view = match Query::new(&uri, &["as_of"])?.day("as_of")? {
        Some(day) => desk.app.concept_as_of(&reach, &id, day).await?.0,
        None => desk.app.concept(&reach, &id).await?,
    };
    Ok(concept_answer(StatusCode::OK, &view))
}

/// `PUT /api/v1/concepts/{id}`: what was approved before goes on until this is approved.
#[utoipa::path(
    put, path = "/api/v1/concepts/{id}", tag = "glossary",
    security(("token" = [])),
    request_body = ConceptView,
    params(("id" = String, Path, description = "Id of the concept")),
    responses((status = 200, description = "The concept as it stands", body = ConceptView), NotChanged),
)]
pub(super) async fn update(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let mut sent = Sent::new(body, &headers)?;
    let saving = Saving { is_handed_in: sent.takes_status()?, read: None };
    let mut concept = sent.concept()?;
    if concept.id.trim().is_empty() {
        concept.id.clone_from(&id);
    }
    if concept.id.trim() != id {
        let sentence = "The id of a concept cannot be changed. Retire this one and add another.";
        return Err(CurationError::Refused(sentence.to_owned()).into());
    }
    let view = desk.app.update_concept(sent.change(&curator, &desk), concept, saving).await?;
    Ok(concept_answer(StatusCode::OK, &view))
}

async fn step(desk: &Desk, id: &str, headers: &HeaderMap, body: Body, step: Step) -> Answer {
    let curator = desk.bearer(headers, TokenScope::Write).await?;
    let sent = Sent::new(body, headers)?;
    sent.refuse_the_rest()?;
    let view = desk.app.move_concept(sent.change(&curator, desk), id, step).await?;
    Ok(concept_answer(StatusCode::OK, &view))
}

/// `DELETE /api/v1/concepts/{id}`: answers are no longer made with it; its history stays.
#[utoipa::path(
    delete, path = "/api/v1/concepts/{id}", tag = "glossary",
    security(("token" = [])),
    params(("id" = String, Path, description = "Id of the concept")),
    responses((status = 200, description = "The concept as it stands", body = ConceptView), NotChanged),
)]
pub(super) async fn retire(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    step(&desk, &id, &headers, body, Step::Retire).await
}

/// `POST /api/v1/concepts/{id}/submit`: hands a draft in for review.
#[utoipa::path(
    post, path = "/api/v1/concepts/{id}/submit", tag = "glossary",
    security(("token" = [])),
    params(("id" = String, Path, description = "Id of the concept")),
    responses((status = 200, description = "The concept as it stands", body = ConceptView), NotChanged),
)]
pub(super) async fn submit(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    step(&desk, &id, &headers, body, Step::Submit).await
}

/// `POST /api/v1/concepts/{id}/return`: sends it back to its author.
#[utoipa::path(
    post, path = "/api/v1/concepts/{id}/return", tag = "glossary",
    security(("token" = [])),
    params(("id" = String, Path, description = "Id of the concept")),
    responses((status = 200, description = "The concept as it stands", body = ConceptView), NotChanged),
)]
pub(super) async fn send_back(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    step(&desk, &id, &headers, body, Step::Return).await
}

/// `POST /api/v1/concepts/{id}/approve`: answers are made with it from now on.
#[utoipa::path(
    post, path = "/api/v1/concepts/{id}/approve", tag = "glossary",
    security(("token" = [])),
    params(("id" = String, Path, description = "Id of the concept")),
    responses((status = 200, description = "The concept as it stands", body = ConceptView), NotChanged),
)]
pub(super) async fn approve(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    step(&desk, &id, &headers, body, Step::Approve).await
}

/// `GET /api/v1/concepts/{id}/history?limit=&cursor=`.
#[utoipa::path(
    get, path = "/api/v1/concepts/{id}/history", tag = "glossary",
    security((), ("token" = [])),
    params(
        ("id" = String, Path, description = "Id of the concept"),
        ("limit" = Option<String>, Query, description = "Revisions of a page, at most 500"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
    ),
    responses(
        (status = 200, description = "One page of its revisions, the latest first", body = History),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "The token is wrong", body = Problem),
        (status = 404, description = "There is no such concept", body = Problem),
    ),
)]
pub(super) async fn history(State(desk): Shared, headers: HeaderMap, Named(id): Named, uri: Uri) -> Answer {
    let reach = desk.reach(&headers).await?;
    let query = Query::new(&uri, &["limit", "cursor"])?;
    let before = query.number("cursor")?.map(|cursor| u32::try_from(cursor).unwrap_or(u32::MAX));
    let page = desk.app.concept_history_page(&reach, &id, (before, limit(&query)?)).await?;
    let next_cursor = page.earlier.map(|earlier| earlier.to_string());
    Ok(json_answer(StatusCode::OK, &History { items: page.revisions, total: page.total, next_cursor }))
}

/// `POST /api/v1/concepts/{id}/revert` with `{"revision": N}`; 0 is what lies below all live changes.
#[utoipa::path(
    post, path = "/api/v1/concepts/{id}/revert", tag = "glossary",
    security(("token" = [])),
    request_body = WantedRevision,
    params(("id" = String, Path, description = "Id of the concept")),
    responses((status = 200, description = "The concept as it stands", body = ConceptView), NotChanged),
)]
pub(super) async fn revert(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let (sent, revision) = Sent::revert(body, &headers)?;
    let view = desk.app.revert_concept(sent.change(&curator, &desk), &id, revision).await?;
    Ok(concept_answer(StatusCode::OK, &view))
}

/// `GET /api/v1/requests?limit=&cursor=`: what people asked for, the most wanted first.
#[utoipa::path(
    get, path = "/api/v1/requests", tag = "glossary",
    security(("token" = [])),
    params(
        ("limit" = Option<String>, Query, description = "Terms of a page, at most 500"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
    ),
    responses(
        (status = 200, description = "One page of the terms that people wait for, and never who", body = Requests),
        (status = 400, description = "It cannot be understood", body = Problem),
        Guarded,
    ),
)]
pub(super) async fn requests(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Read).await?;
    let query = Query::new(&uri, &["limit", "cursor"])?;
    let (from, limit) = (query.number("cursor")?.unwrap_or(0), limit(&query)?);
    let page = (u32::try_from(from).unwrap_or(u32::MAX), u32::try_from(limit).unwrap_or(u32::MAX));
    let (items, total) = desk.app.wanted(&curator.reach, None, page).await?;
    let next = Some(from.saturating_add(items.len())).filter(|next| *next < total && !items.is_empty());
    Ok(json_answer(StatusCode::OK, &Requests { items, total, next_cursor: next.map(|next| next.to_string()) }))
}

/// `POST /api/v1/requests` with `{"term"}`: asks for a definition, which readers may and nobody is named for.
#[utoipa::path(
    post, path = "/api/v1/requests", tag = "glossary",
    security(("token" = [])),
    request_body = WantedTerm,
    responses(
        (status = 201, description = "Noted"),
        (status = 200, description = "It is explained already"),
        (status = 400, description = "It cannot be understood", body = Problem),
        Guarded,
    ),
)]
pub(super) async fn request(State(desk): Shared, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let sent = Sent::new(body, &headers)?;
    let term = sent.fields.get("term").and_then(Value::as_str).unwrap_or_default();
    let term = wanted_term(term).ok_or_else(|| {
        Problem::bad_request(format!("Say which term, in 1 to {MAX_TERM_CHARS} characters: {{\"term\": \"kiln\"}}."))
    })?;
    let concept = desk.app.ask_for_definition(&curator, None, &term, desk.now()).await?;
    let (status, told) =
        if concept.is_some() { (StatusCode::OK, "defined") } else { (StatusCode::CREATED, "requested") };
    Ok(json_answer(status, &json!({ "term": term, "status": told, "concept": concept })))
}

/// `GET /api/v1/export?format=csv|yaml|tbx|tbx-core|skos&layer=own|live|directory|shipped|all`.
#[utoipa::path(
    get, path = "/api/v1/export", tag = "glossary",
    security((), ("token" = [])),
    params(
        ("format" = Option<String>, Query, description = "csv, yaml, tbx (TBX-Basic), tbx-core or skos"),
        ("layer" = Option<String>, Query, description = "own, live, directory, shipped or all"),
    ),
    responses(
        (status = 200, description = "The entries as a file", body = String),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "The token is wrong", body = Problem),
    ),
)]
pub(super) async fn export(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Answer {
    let reach = desk.reach(&headers).await?;
    export_for(&desk, &reach, &uri).await
}

/// The entries that somebody may see, as a file.
pub(super) async fn export_for(desk: &Desk, reach: &Reach, uri: &Uri) -> Answer {
    let query = Query::new(uri, &["format", "layer"])?;
    let format = Exchange::parse(query.get("format").unwrap_or("csv"));
    let format = format
        .filter(|format| *format != Exchange::Backstage)
        .ok_or_else(|| Problem::bad_request("The format is csv, yaml, tbx, tbx-core or skos."))?;
    let layers = Layer::set(query.get("layer").unwrap_or("own"))
        .ok_or_else(|| Problem::bad_request("The layer is own, live, directory, shipped or all."))?;
    let text = desk.app.export(reach, format, &layers).await?;
    Ok(file_answer(text, format.media_type(), &format!("glossary.{}", format.extension())))
}

/// `POST /api/v1/import?format=csv|yaml|tbx|skos|backstage&dry_run=true|false&approve=true|false&open_drafts=refuse|keep`: all of the
/// file or nothing.
#[utoipa::path(
    post, path = "/api/v1/import", tag = "glossary",
    security(("token" = [])),
    request_body = String,
    params(
        ("format" = Option<String>, Query, description = "csv, yaml, tbx (any dialect), skos or backstage"),
        ("dry_run" = Option<String>, Query, description = "true: say what would be done"),
        ("approve" = Option<String>, Query, description = "true: make answers with the entries at once"),
        ("open_drafts" = Option<String>, Query, description = "refuse entries that somebody else is working on, or keep those and leave the file's out"),
    ),
    responses(
        (status = 200, description = "What was done", body = ImportReport),
        (status = 400, description = "It cannot be understood", body = Problem),
        Guarded,
        (status = 422, description = "Entries that cannot be used; nothing was written", body = ImportReport),
    ),
)]
pub(super) async fn import(State(desk): Shared, uri: Uri, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let query = Query::new(&uri, &["format", "dry_run", "approve", "open_drafts"])?;
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let guess = match media_type {
        named if named.contains("yaml") => "yaml",
        named if named.contains("xml") => "tbx",
        named if named.contains("turtle") => "skos",
        _ => "csv",
    };
    let format = Exchange::parse(query.get("format").unwrap_or(guess))
        .ok_or_else(|| Problem::bad_request("The format is csv, yaml, tbx, skos or backstage."))?;
    let open_drafts = OpenDrafts::parse(query.get("open_drafts").unwrap_or("refuse"))
        .ok_or_else(|| Problem::bad_request("What becomes of open drafts (open_drafts) is refuse or keep."))?;
    let mode = ImportMode::of(query.is_on("dry_run")?, query.is_on("approve")?);
    let body = body.map_err(|rejection| Problem::unreadable_body(rejection.status()))?;
    let text = std::str::from_utf8(&body)
        .map_err(|_| Problem::bad_request("The file is not UTF-8. Save it again as UTF-8."))?;
    let change = Change { curator: &curator, seen: None, reason: IMPORT_REASON, now: desk.now() };
    let import = Import { format, sources: &[Source::one(text)], mode, open_drafts, progress: &|_| {} };
    let report: ImportReport = desk.app.import(change, import).await?;
    let status = if report.refused > 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(json_answer(status, &report))
}

/// `GET /api/v1/curators`: who may look after the glossary.
#[utoipa::path(
    get, path = "/api/v1/curators", tag = "people",
    security(("token" = [])),
    responses(
        (status = 200, description = "Everybody with a token of their own or an account", body = serde_json::Value),
        Guarded,
    ),
)]
pub(super) async fn curators(State(desk): Shared, headers: HeaderMap) -> Answer {
    let curator = desk.any_bearer(&headers).await?.unlimited()?;
    let items: Vec<Value> = desk
        .app
        .curators(&curator)
        .await?
        .into_iter()
        .map(|row| {
            let account = row.account.map(|account| {
                json!({ "platform": account.platform, "workspace": account.workspace, "person": account.person })
            });
            json!({
                "name": row.name, "role": row.role, "scopes": row.scopes.split_whitespace().collect::<Vec<_>>(), "account": account, "created_by": row.created_by,
                "created_at": row.created_at.rfc3339(),
            })
        })
        .collect();
    Ok(json_answer(StatusCode::OK, &json!({ "items": items })))
}

/// `POST /api/v1/curators` with `{"name", "role"}`: the answer holds the token, which is shown this once. With `platform`,
/// `workspace` and `person` it lets an account in, and there is none.
#[utoipa::path(
    post, path = "/api/v1/curators", tag = "people",
    security(("token" = [])),
    request_body = NewCurator,
    responses(
        (status = 201, description = "The token, shown this once; none for an account", body = serde_json::Value),
        (status = 400, description = "It cannot be understood", body = Problem),
        Guarded,
    ),
)]
pub(super) async fn add_curator(State(desk): Shared, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.any_bearer(&headers).await?.unlimited()?;
    let sent = Sent::new(body, &headers)?;
    let text = |name: &str| sent.fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let role = Role::parse(text("role"))
        .ok_or_else(|| Problem::bad_request("The role is reader, author, curator or admin."))?;
    let scopes = scopes_in(&sent)?;
    if sent.fields.contains_key("platform") {
        if !scopes.are_everything() {
            return Err(Problem::unusable("Scopes are those of a token, and an account has none. Leave them out."));
        }
        let account = account(text("platform"), text("workspace"), text("person"))?;
        desk.app.add_account(&curator, &account, text("name"), role, desk.now()).await?;
        let told = json!({ "name": text("name").trim(), "role": role.name() });
        return Ok(json_answer(StatusCode::CREATED, &told));
    }
    let token = desk.app.add_curator(&curator, text("name"), role, &scopes, desk.now()).await?;
    let told = json!({ "name": text("name").trim(), "role": role.name(), "scopes": scopes.names(), "token": token });
    Ok(json_answer(StatusCode::CREATED, &told))
}

/// What a token shall be used for: names in a list.
fn scopes_in(sent: &Sent) -> Result<TokenScopes, Problem> {
    let wrong = || Problem::bad_request("The scopes are a list: [\"read\", \"write\", \"rewrite\"], or some of these.");
    let names: Vec<&str> = match sent.fields.get("scopes") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(names)) => {
            names.iter().map(|name| name.as_str().ok_or_else(wrong)).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(wrong()),
    };
    TokenScopes::parse(names).map_err(|_| wrong())
}

/// `PUT /api/v1/curators/{name}` with `{"role"}`: another role, which counts at once.
#[utoipa::path(
    put, path = "/api/v1/curators/{name}", tag = "people",
    security(("token" = [])),
    params(("name" = String, Path, description = "As named in histories")),
    request_body = NewRole,
    responses(
        (status = 200, description = "Name and role", body = serde_json::Value),
        (status = 400, description = "It cannot be understood", body = Problem),
        Guarded,
    ),
)]
pub(super) async fn set_role(State(desk): Shared, Named(name): Named, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.any_bearer(&headers).await?.unlimited()?;
    let sent = Sent::new(body, &headers)?;
    let role = sent.fields.get("role").and_then(Value::as_str).and_then(Role::parse);
    let role = role.ok_or_else(|| Problem::bad_request("The role is reader, author, curator or admin."))?;
    desk.app.set_role(&curator, &name, role, desk.now()).await?;
    Ok(json_answer(StatusCode::OK, &json!({ "name": name, "role": role.name() })))
}

/// `DELETE /api/v1/curators/{name}`: ends somebody's token and sessions.
#[utoipa::path(
    delete, path = "/api/v1/curators/{name}", tag = "people",
    security(("token" = [])),
    params(("name" = String, Path, description = "As named in histories")),
    responses(
        (status = 204, description = "Their token and sessions have ended"),
        Guarded,
    ),
)]
pub(super) async fn remove_curator(State(desk): Shared, Named(name): Named, headers: HeaderMap) -> Answer {
    let curator = desk.any_bearer(&headers).await?.unlimited()?;
    desk.app.remove_curator(&curator, &name, desk.now()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
