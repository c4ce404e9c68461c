//! `GET /api/openapi.json`: the API's own description, made from the handlers and the types that they answer with.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{api, api_concepts};

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
        api_concepts::export,
        api_concepts::import,
        api_concepts::curators,
        api_concepts::add_curator,
        api_concepts::set_role,
        api_concepts::remove_curator,
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

/// Written once: it is the same for everybody.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    Description::openapi().to_json().unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the API's description cannot be written");
        String::from("{}")
    })
});

/// `GET /api/openapi.json`.
pub(super) async fn description() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], TEXT.as_str()).into_response()
}
