//! Messages to try in the playground.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::app::{EXAMPLES, ExampleMessage};

/// `GET /api/v1/examples`.
#[utoipa::path(
    get, path = "/api/v1/examples", tag = "words",
    responses((status = 200, description = "Messages to try, those of the playground", body = [ExampleMessage])),
)]
pub(super) async fn list() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], EXAMPLES).into_response()
}
