//! All routes on one screen.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

use super::{
    api, api_concepts, api_prompts,
    attempts::{self, Attempts},
    console,
    desk::Desk,
    examples, health, layers, openapi, playground, problem,
    rates::{self, Rates},
    teams_tab::{self, Tab},
};
use crate::{
    app::App,
    clock::Clock,
    platforms::{
        slack::{self, Slack},
        teams::{self, Teams},
    },
};

/// The longest body that the API takes. A text of the greatest length is a sixth of it even in the widest letters.
const MAX_API_BODY_BYTES: usize = 1024 * 1024;

/// All routes.
pub(super) fn router(
    app: Arc<App>,
    slack: Arc<Slack>,
    teams: Arc<Teams>,
    desk: Arc<Desk>,
    attempts: Arc<Attempts>,
    rates: Arc<Rates>,
    clock: Clock,
) -> Router {
    // Each of the three takes any signed delivery, so that an app may name one address for everything.
    let deliveries = Router::new()
        .route("/slack/commands", post(slack::deliver))
        .route("/slack/interactions", post(slack::deliver))
        .route("/slack/events", post(slack::deliver))
        .layer(DefaultBodyLimit::max(slack::MAX_BODY_BYTES))
        .with_state(Arc::clone(&slack));
    // Pages for whoever installs the app.
    let slack_pages = Router::new()
        .route("/slack/install", get(slack::install))
        .route("/slack/oauth/callback", get(slack::installed))
        .layer(middleware::from_fn(layers::security_headers))
        .with_state(Arc::clone(&slack));

    let teams_side = Router::new()
        .route("/teams/webhook", post(teams::hook).layer(DefaultBodyLimit::max(teams::MAX_HOOK_BYTES)))
        .route("/teams/webhook/{name}", post(teams::hook).layer(DefaultBodyLimit::max(teams::MAX_HOOK_BYTES)))
        .route("/api/messages", post(teams::deliver).layer(DefaultBodyLimit::max(teams::MAX_ACTIVITY_BYTES)))
        .with_state(Arc::clone(&teams));

    // Teams shows these in a frame, where there are no cookies: the token of the person comes with each request.
    let teams_tab = playground::tab_routes()
        .route("/teams/tab/view", post(teams_tab::view).layer(DefaultBodyLimit::max(teams_tab::MAX_BODY_BYTES)))
        .layer(middleware::from_fn(layers::security_headers_in_teams))
        .with_state(Arc::new(Tab::new(Arc::clone(&app), Arc::clone(&teams), clock)));

    let words = Router::new()
        .route("/api/v1/rewrite", post(api::rewrite))
        .route("/api/v1/explain", get(api::explain_query).post(api::explain))
        .route("/api/v1/verify", post(api::verify))
        .route("/api/v1/audiences", get(api::audiences))
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_API_BODY_BYTES))
        .with_state(Arc::clone(&desk));
    let api = Router::new()
        .route("/api/v1/examples", get(examples::list))
        .route("/api/openapi.json", get(openapi::description))
        .route("/api/{*rest}", get(problem::not_found).fallback(problem::not_found))
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_API_BODY_BYTES));

    let pages = playground::routes().route("/healthz", get(health::alive)).route("/readyz", get(health::ready));

    let api = api
        .with_state(Arc::clone(&app))
        .merge(words)
        .merge(api_concepts::routes(Arc::clone(&desk)))
        .merge(api_prompts::routes(Arc::clone(&desk)));
    let api = api.layer(middleware::from_fn_with_state(Arc::clone(&rates), rates::limit));
    let web = api.merge(pages.with_state(app));
    let web =
        web.layer(middleware::from_fn(layers::security_headers)).merge(console::routes(desk, slack, teams, rates));
    let web = web.layer(middleware::from_fn_with_state(attempts, attempts::limit));
    deliveries
        .merge(slack_pages)
        .merge(teams_side)
        .merge(teams_tab)
        .merge(web)
        .layer(middleware::from_fn(layers::observe))
}
