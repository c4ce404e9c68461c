//! Taking a file in: choose it, see what it would do entry by entry, and then have it done, by the same rules as over the API
//! and on the command line. Between the two steps the file travels with the form, so any process can take the second one.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{
        Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Answer, Console, Page, go_to,
    session::{Form, Visitor},
};
use crate::{
    app::curation::{
        Change, CurationError, Exchange, IMPORT_REASON, Import, ImportMode, ImportReport, LineOutcome, OpenDrafts,
        Role, Source,
    },
    web::api_concepts::MAX_IMPORT_BYTES,
};

/// Lines of a report that are shown; those that say the same as before are only counted.
const MOST_LINES: usize = 300;

/// A form with a file.
#[derive(Default)]
struct Upload {
    form: Form,
    /// The file's name and what it holds.
    file: Option<(String, Bytes)>,
}

fn too_large() -> String {
    format!("A file may have {} MiB. Cut it in parts.", MAX_IMPORT_BYTES / (1024 * 1024))
}

async fn upload(parts: Result<Multipart, MultipartRejection>) -> Result<Upload, String> {
    let unreadable = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => "The form did not arrive in one piece. Send it again.".to_owned(),
    };
    let mut parts = parts.map_err(|_| "Use the form on this page.".to_owned())?;
    let mut upload = Upload::default();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file = part.file_name().unwrap_or_default().to_owned();
            upload.file = Some((file, part.bytes().await.map_err(unreadable)?));
        } else {
            upload.form.push(name, &part.text().await.map_err(unreadable)?);
        }
    }
    Ok(upload)
}

impl Upload {
    /// The text of the file: the one that is sent now, or the one that was checked before.
    fn text(&self) -> Result<&str, String> {
        let bytes = self.file.as_ref().map_or_else(|| self.form.get("text").as_bytes(), |(_, bytes)| bytes);
        if bytes.len() > MAX_IMPORT_BYTES {
            return Err(too_large());
        }
        std::str::from_utf8(bytes)
            .map_err(|_| "The file is not UTF-8. Save it again as UTF-8 (in Excel: CSV UTF-8).".to_owned())
    }

    fn name(&self) -> &str {
        self.file.as_ref().map_or_else(|| self.form.get("name"), |(name, _)| name)
    }

    /// What the file is: as chosen, or as its name says.
    fn format(&self) -> Result<Exchange, String> {
        let chosen = self.form.get("format");
        let format = if chosen.is_empty() { Exchange::of_file(self.name()) } else { Exchange::parse(chosen) };
        format.ok_or_else(|| "Say what the file is: its name does not tell.".to_owned())
    }
}

#[derive(Serialize)]
struct Line<'a> {
    line: u64,
    id: &'a str,
    outcome: &'static str,
    look: &'static str,
    fields: String,
    erases: String,
    messages: &'a [String],
    is_there: bool,
}

/// `GET /glossary/import`.
pub(super) async fn blank(State(console): State<Arc<Console>>, visitor: Visitor) -> Answer {
    if !visitor.may(Role::Author) {
        return Ok(go_to(&visitor.sign_in_address()));
    }
    Ok(show(&console, &visitor, StatusCode::OK, json!({})))
}

fn show(console: &Console, visitor: &Visitor, status: StatusCode, mut content: Value) -> Response {
    if let Some(content) = content.as_object_mut() {
        content.insert("may_approve".to_owned(), visitor.may(Role::Admin).into());
    }
    console.pages.render(status, Page::Import, "Import", visitor, content)
}

/// `POST /glossary/import`: says what a file would do, or does it.
pub(super) async fn take_in(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    parts: Result<Multipart, MultipartRejection>,
) -> Answer {
    let refused =
        |sentence: &str| show(&console, &visitor, StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": sentence }));
    let sorry = |error: CurationError| console.sorry(&visitor, &error, "/glossary");
    // Nobody else makes the program hold a file.
    visitor.signed_in().map_err(sorry)?;
    let upload = upload(parts).await.map_err(|sentence| refused(&sentence))?;
    let form = &upload.form;
    let curator = visitor.sender(form).map_err(sorry)?;
    let text = upload.text().map_err(|sentence| refused(&sentence))?;
    if text.trim().is_empty() {
        return Err(refused("Choose a file with entries."));
    }
    let format = upload.format().map_err(|sentence| refused(&sentence))?;
    let mode = match form.get("then") {
        "drafts" => ImportMode::Drafts,
        "approve" => ImportMode::Approved,
        _ => ImportMode::DryRun,
    };
    let open_drafts = OpenDrafts::parse(form.get("open_drafts")).unwrap_or_default();
    let said = form.get("reason").trim();
    let reason = if said.is_empty() { IMPORT_REASON } else { said };
    let change = Change { curator, seen: None, reason, now: console.desk.now() };
    let import = Import { format, sources: &[Source::one(text)], mode, open_drafts, progress: &|_| {} };
    let report = match console.desk.app.import(change, import).await {
        Ok(report) => report,
        Err(CurationError::Refused(sentence)) => return Err(refused(&sentence)),
        Err(error) => return Err(sorry(error)),
    };
    let status = if report.refused > 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let is_ready = mode == ImportMode::DryRun && report.refused == 0 && report.created + report.updated > 0;
    let mut content = json!({
        "report": told(&report, mode),
        "name": upload.name(),
        "is_ready": is_ready,
        "open_drafts": form.get("open_drafts"),
        "format": form.get("format"),
    });
    if is_ready && let Some(content) = content.as_object_mut() {
        content.insert("text".to_owned(), text.into());
    }
    Ok(show(&console, &visitor, status, content))
}

/// A report as the page shows it.
fn told(report: &ImportReport, mode: ImportMode) -> Value {
    // What keeps the file out first.
    let mut lines: Vec<_> = report.lines.iter().filter(|line| line.outcome != LineOutcome::Unchanged).collect();
    lines.sort_by_key(|line| (line.outcome != LineOutcome::Refused, line.line));
    let more = lines.len().saturating_sub(MOST_LINES);
    let rows: Vec<Line<'_>> = lines
        .into_iter()
        .take(MOST_LINES)
        .map(|line| {
            let look = match line.outcome {
                LineOutcome::Created | LineOutcome::Updated => "draft",
                LineOutcome::Unchanged | LineOutcome::Kept => "",
                LineOutcome::Refused => "retired",
            };
            let is_there = matches!(line.outcome, LineOutcome::Updated | LineOutcome::Kept)
                || report.is_written && line.outcome == LineOutcome::Created;
            Line {
                line: line.line,
                id: &line.id,
                outcome: line.outcome.word(),
                look,
                fields: line.fields.join(", "),
                erases: line.erases.join(", "),
                messages: &line.messages,
                is_there,
            }
        })
        .collect();
    let summary = match (report.is_written, mode) {
        (true, ImportMode::Approved) if report.is_waiting => "Stored. The entries will be in answers shortly.",
        (true, ImportMode::Approved) => "Done: the entries are in every answer from now on.",
        (true, _) => "Done: the entries are drafts, and wait for review.",
        (false, _) if report.refused > 0 => {
            "Nothing was written: a file is taken in as a whole or not at all. Mend what is refused and choose the file again."
        }
        (false, _) if report.created + report.updated == 0 => "There is nothing to do: no entry would change.",
        (false, _) => "Nothing was written yet. This is what the file would do.",
    };
    let ImportReport { created, updated, unchanged, kept, refused, .. } = report;
    json!({
        "summary": summary,
        "counts": format!("{created} new, {updated} changed, {unchanged} unchanged, {kept} left out, {refused} refused."),
        "is_refused": *refused > 0,
        "rows": rows,
        "more": more,
    })
}
