//! Messages to try in the playground.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::app::EXAMPLES;

/// `GET /api/v1/examples`.
pub(super) async fn list() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], EXAMPLES).into_response()
}
