//! Who may look after the glossary.

use std::sync::Arc;

use axum::{
    extract::{RawForm, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page,
    browse::day,
    go_to,
    session::{Form, Visitor},
};
use crate::{
    app::curation::{CurationError, Curator, Reach, Role, TokenScopes, account, platform_title},
    store::StoredCurator,
};

#[derive(Serialize)]
struct Person {
    name: String,
    role: String,
    /// How they sign in.
    with: String,
    has_account: bool,
    by: String,
    when: String,
}

impl Person {
    fn new(row: StoredCurator) -> Self {
        let with = row.account.as_ref().map_or_else(
            || match row.scopes.as_str() {
                "" => "a token".to_owned(),
                scopes => format!("a token for programs: {}", scopes.replace(' ', ", ")),
            },
            |account| format!("{}: {} in {}", platform_title(account.platform), account.person, account.workspace),
        );
        Self {
            has_account: row.account.is_some(),
            with,
            when: day(&row.created_at.rfc3339()),
            name: row.name,
            role: row.role,
            by: row.created_by,
        }
    }
}

/// `GET /glossary/people`.
pub(super) async fn list(State(console): State<Arc<Console>>, visitor: Visitor) -> Answer {
    let Some(curator) = &visitor.curator else { return Ok(go_to(&visitor.sign_in_address())) };
    show(&console, &visitor, curator, StatusCode::OK, ("", ""), "").await
}

async fn show(
    console: &Console,
    visitor: &Visitor,
    curator: &Curator,
    status: StatusCode,
    (token_for, token): (&str, &str),
    error: &str,
) -> Answer {
    let people = console.desk.app.curators(curator).await;
    let people: Vec<Person> =
        people.map_err(|error| console.sorry(visitor, &error, "/glossary"))?.into_iter().map(Person::new).collect();
    let roles = Role::ALL.map(Role::name);
    let content = json!({
        "people": people, "roles": roles, "token_for": token_for, "token": token, "error": error,
        "makes_tokens": curator.reach == Reach::Everything,
    });
    Ok(console.pages.render(status, Page::People, "People", visitor, content))
}

/// `POST /glossary/people`: makes a token, which the page shows this once.
pub(super) async fn add(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let form = Form::new(&body);
    let curator = visitor.sender(&form).map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    let role = Role::parse(form.get("role")).unwrap_or(Role::Reader);
    let added = match TokenScopes::parse(form.get("scopes").split_whitespace()) {
        Ok(scopes) => console.desk.app.add_curator(curator, form.get("name"), role, &scopes, console.desk.now()).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(token) => show(&console, &visitor, curator, StatusCode::CREATED, (form.get("name"), &token), "").await,
        Err(CurationError::Refused(sentence)) => {
            show(&console, &visitor, curator, StatusCode::UNPROCESSABLE_ENTITY, ("", ""), &sentence).await
        }
        Err(error) => Err(console.sorry(&visitor, &error, "/glossary")),
    }
}

/// `POST /glossary/people/accounts`: lets an account in before it signs in.
pub(super) async fn add_account(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let curator = visitor.sender(&form).map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    let role = Role::parse(form.get("role")).unwrap_or(Role::Reader);
    let added = match account(form.get("platform"), form.get("workspace"), form.get("person")) {
        Ok(account) => {
            console.desk.app.add_account(curator, &account, form.get("name"), role, console.desk.now()).await
        }
        Err(error) => Err(error),
    };
    changed(&console, &visitor, curator, added).await
}

/// `POST /glossary/people/role`.
pub(super) async fn set_role(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let form = Form::new(&body);
    let curator = visitor.sender(&form).map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    let given = match Role::parse(form.get("role")) {
        Some(role) => console.desk.app.set_role(curator, form.get("name"), role, console.desk.now()).await,
        None => Err(CurationError::Refused("The role is reader, author, curator or admin.".to_owned())),
    };
    changed(&console, &visitor, curator, given).await
}

async fn changed(console: &Console, visitor: &Visitor, curator: &Curator, result: Result<(), CurationError>) -> Answer {
    match result {
        Ok(()) => Ok(go_to("/glossary/people")),
        Err(CurationError::Refused(sentence)) => {
            show(console, visitor, curator, StatusCode::UNPROCESSABLE_ENTITY, ("", ""), &sentence).await
        }
        Err(error) => Err(console.sorry(visitor, &error, "/glossary")),
    }
}

/// `POST /glossary/people/remove`.
pub(super) async fn remove(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let form = Form::new(&body);
    let sorry = |error: CurationError| -> Response { console.sorry(&visitor, &error, "/glossary") };
    let curator = visitor.sender(&form).map_err(sorry)?;
    console.desk.app.remove_curator(curator, form.get("name"), console.desk.now()).await.map_err(sorry)?;
    Ok(go_to("/glossary/people"))
}
