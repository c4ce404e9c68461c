//! Templates into pages. Every text that is filled in is escaped, whatever the template is named.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use minijinja::{
    Environment, context,
    value::{Serde, Value},
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::session::Visitor;
use crate::app::curation::Role;

/// A page's template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    List,
    Entry,
    Effect,
    Compare,
    Edit,
    Review,
    Trials,
    Wanted,
    Usage,
    People,
    Audit,
    Settings,
    Import,
    Readers,
    Prompt,
    SignIn,
    Message,
}

/// Mistakes of the organisation's folders that every page tells; the log has all.
const MOST_MISTAKES: usize = 5;

/// The frame around every page.
const LAYOUT: (&str, &str) = ("layout.html", include_str!("pages/layout.html"));

impl Page {
    const ALL: [Self; 17] = [
        Self::List,
        Self::Entry,
        Self::Effect,
        Self::Compare,
        Self::Edit,
        Self::Review,
        Self::Trials,
        Self::Wanted,
        Self::Usage,
        Self::People,
        Self::Audit,
        Self::Settings,
        Self::Import,
        Self::Readers,
        Self::Prompt,
        Self::SignIn,
        Self::Message,
    ];

    const fn template(self) -> (&'static str, &'static str) {
        match self {
            Self::List => ("list.html", include_str!("pages/list.html")),
            Self::Entry => ("entry.html", include_str!("pages/entry.html")),
            Self::Effect => ("effect.html", include_str!("pages/effect.html")),
            Self::Compare => ("compare.html", include_str!("pages/compare.html")),
            Self::Edit => ("edit.html", include_str!("pages/edit.html")),
            Self::Review => ("review.html", include_str!("pages/review.html")),
            Self::Trials => ("trials.html", include_str!("pages/trials.html")),
            Self::Wanted => ("wanted.html", include_str!("pages/wanted.html")),
            Self::Usage => ("usage.html", include_str!("pages/usage.html")),
            Self::People => ("people.html", include_str!("pages/people.html")),
            Self::Audit => ("audit.html", include_str!("pages/audit.html")),
            Self::Settings => ("settings.html", include_str!("pages/settings.html")),
            Self::Import => ("import.html", include_str!("pages/import.html")),
            Self::Readers => ("readers.html", include_str!("pages/readers.html")),
            Self::Prompt => ("prompt.html", include_str!("pages/prompt.html")),
            Self::SignIn => ("sign_in.html", include_str!("pages/sign_in.html")),
            Self::Message => ("message.html", include_str!("pages/message.html")),
        }
    }
}

#[derive(Serialize)]
struct Link {
    address: &'static str,
    text: &'static str,
    is_here: bool,
}

/// All templates.
#[derive(Debug)]
pub(super) struct Pages(Environment<'static>);

impl Pages {
    pub(super) fn new() -> Self {
        let mut environment = Environment::empty();
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
        for (name, text) in Page::ALL.map(Page::template).into_iter().chain([LAYOUT]) {
            if let Err(error) = environment.add_template(name, text) {
                tracing::error!(error = &error as &dyn std::error::Error, name, "a template of ours is broken");
            }
        }
        Self(environment)
    }

    /// A whole page.
    pub(super) fn render(
        &self,
        status: StatusCode,
        page: Page,
        title: &str,
        visitor: &Visitor,
        mut content: Json,
    ) -> Response {
        let csrf = visitor.form_token();
        if let Some(content) = content.as_object_mut() {
            content.insert("csrf".to_owned(), csrf.as_str().into());
            // A page of the past says that nothing can be written there.
            content.entry("may_write").or_insert_with(|| visitor.may(Role::Author).into());
        }
        let body = self.fill(page.template().0, Value::from(Serde(content)));
        let (who, role) = match &visitor.curator {
            Some(curator) => (curator.name.as_str(), curator.role.name()),
            None => ("", ""),
        };
        let trouble = visitor.trouble.as_ref().map(|trouble| {
            json!({
                "since": trouble.since.rfc3339(),
                "mistakes": trouble.mistakes.iter().take(MOST_MISTAKES).collect::<Vec<_>>(),
                "more": trouble.mistakes.len().saturating_sub(MOST_MISTAKES),
            })
        });
        let frame = context! {
            title, who, role, csrf,
            sign_in => visitor.sign_in_address(),
            trouble => Value::from(Serde(trouble)),
            links => Value::from(Serde(links(page, visitor))),
            // Made by a template of ours, so it is escaped already.
            body => Value::from_safe_string(body),
        };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            // Pages hold a session's tokens, and what was changed must be seen at once.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (status, headers, self.fill(LAYOUT.0, frame)).into_response()
    }

    fn fill(&self, name: &str, content: Value) -> String {
        let filled = self.0.get_template(name).and_then(|template| template.render(content));
        filled.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, name, "a template of ours cannot be filled");
            String::from("<p>This page cannot be shown. The log says why.</p>")
        })
    }
}

fn links(page: Page, visitor: &Visitor) -> Vec<Link> {
    let mut links = vec![
        Link { address: "/glossary", text: "Entries", is_here: page == Page::List },
        Link { address: "/glossary/review", text: "Review", is_here: matches!(page, Page::Review | Page::Trials) },
    ];
    if visitor.curator.is_some() {
        links.push(Link { address: "/glossary/wanted", text: "Wanted", is_here: page == Page::Wanted });
        links.push(Link { address: "/glossary/usage", text: "Usage", is_here: page == Page::Usage });
    }
    if visitor.may(Role::Author) {
        links.push(Link { address: "/glossary/import", text: "Import", is_here: page == Page::Import });
    }
    if visitor.curator.is_some() {
        let is_here = matches!(page, Page::Readers | Page::Prompt);
        links.push(Link { address: super::prompts::LIST, text: "Readers", is_here });
    }
    if visitor.may(Role::Admin) {
        links.push(Link { address: "/glossary/people", text: "People", is_here: page == Page::People });
        links.push(Link { address: "/glossary/audit", text: "Audit", is_here: page == Page::Audit });
        links.push(Link { address: "/glossary/settings", text: "Settings", is_here: page == Page::Settings });
    }
    links
}
