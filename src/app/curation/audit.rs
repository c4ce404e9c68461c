//! The audit trail: who did what when, for administrators, to look through and to take along.

use serde::Serialize;

use super::{App, AsOf, Concept, CurationError, Curator, Reach, Role, organisation, shielded};
use crate::{
    clock::Timestamp,
    store::{AuditFilter, AuditRow, EntriesTold},
};

/// Lines of one export. Who has more takes them in parts, by date.
pub const MOST_EXPORTED: u32 = 100_000;

/// As many rows are looked at in one go for whoever may not see all of them.
const LOOKED_AT: u32 = 2_000;

/// Kinds of what is done, with what they are called.
pub const AUDIT_KINDS: [(&str, &str); 6] = [
    ("entry", "Entries"),
    ("comment", "Comments"),
    ("prompt", "Readers and templates"),
    ("people", "People and roles"),
    ("import", "Files taken in"),
    ("trial", "Trial messages"),
];

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuditEvent {
    /// When: `2026-11-25T09:30:00Z`.
    pub time: String,
    /// Who did it.
    pub actor: String,
    /// `entry`, `comment`, `prompt`, `people`, `import` or `trial`.
    pub kind: String,
    /// What was done.
    pub action: String,
    /// With whom or what.
    pub subject: String,
    /// The revision that it made or spoke of.
    pub revision: Option<u32>,
    /// What else is to be known: a reason, a comment, a role.
    pub detail: String,
}

/// One page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The latest first.
    pub events: Vec<AuditEvent>,
    /// Where the next page begins, when there is one.
    pub next: Option<u32>,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditWish<'a> {
    /// The name of whoever did it; empty for everybody.
    pub who: &'a str,
    /// One of [`AUDIT_KINDS`]; empty for all.
    pub kind: &'a str,
    /// The first day; `None` for the first of all.
    pub from: Option<AsOf>,
    /// The last day; `None` for today.
    pub until: Option<AsOf>,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFormat {
    /// A table.
    Csv,
    /// A JSON object on each line.
    JsonLines,
}

impl AuditFormat {
    /// The form with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// What it is called on the web.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}

impl AuditEvent {
    fn of(row: AuditRow) -> Self {
        let AuditRow { at, actor, kind, action, subject, revision, detail, .. } = row;
        let revision = Some(revision).filter(|revision| *revision > 0);
        Self { time: at.rfc3339(), actor, kind, action, subject, revision, detail }
    }
}

impl AuditWish<'_> {
    fn filter(&self, reach: &Reach) -> Result<AuditFilter, CurationError> {
        if !self.kind.is_empty() && AUDIT_KINDS.iter().all(|(kind, _)| *kind != self.kind) {
            let kinds: Vec<&str> = AUDIT_KINDS.iter().map(|(kind, _)| *kind).collect();
            return Err(CurationError::Refused(format!("The kind is one of: {}.", kinds.join(", "))));
        }
        Ok(AuditFilter {
            actor: self.who.trim().to_owned(),
            kind: self.kind.to_owned(),
            from: self.from.map_or(Timestamp::from_unix_seconds(0), AsOf::begin),
            until: self.until.map_or(Timestamp::from_unix_seconds(i64::MAX), AsOf::end),
            entries: if *reach == Reach::Everything { EntriesTold::ById } else { EntriesTold::WithBodies },
        })
    }
}

impl App {
    /// One page of what was done, the latest first, as far as it is the affair of whoever asks: with entries that held in their
    /// workspace or everywhere, with readers and templates, and with the people of their workspace.
    ///
    /// # Errors
    /// The person may not see it, the wish makes no sense, or the database does not answer.
    pub async fn audit(
        &self,
        curator: &Curator,
        wish: AuditWish<'_>,
        skip: u32,
        most: u32,
    ) -> Result<AuditPage, CurationError> {
        curator.need(Role::Admin)?;
        let filter = wish.filter(&curator.reach)?;
        let at_once = if curator.reach == Reach::Everything { most.saturating_add(1) } else { LOOKED_AT };
        let (mut events, mut at) = (Vec::new(), skip);
        loop {
            let rows = self.store().audit(&organisation(), &filter, at, at_once).await?;
            let is_last = rows.len() < at_once as usize;
            for row in rows {
                if self.is_affair_of(&curator.reach, &row) {
                    if events.len() == most as usize {
                        return Ok(AuditPage { events, next: Some(at) });
                    }
                    events.push(AuditEvent::of(row));
                }
                at = at.saturating_add(1);
            }
            if is_last {
                return Ok(AuditPage { events, next: None });
            }
        }
    }

    /// Whether what was done concerns somebody with this reach.
    fn is_affair_of(&self, reach: &Reach, row: &AuditRow) -> bool {
        if *reach == Reach::Everything {
            return true;
        }
        match (row.kind.as_str(), &row.body) {
            ("entry" | "comment", Some(body)) => {
                serde_json::from_str::<Concept>(body).is_ok_and(|concept| reach.sees(&concept))
            }
            // What ships and what lies in the folder have no revisions, so they are judged by what they say now.
            ("entry" | "comment", None) => {
                let base = self.curation.base();
                base.catalogue().entries.get(&row.subject).is_some_and(|entry| reach.sees(&entry.concept))
            }
            ("prompt", _) => true,
            _ => reach.holds(&row.place),
        }
    }

    /// What was done as a file, the latest first: [`MOST_EXPORTED`] lines at most. Where the next file begins comes second.
    ///
    /// # Errors
    /// The same.
    pub async fn audit_file(
        &self,
        curator: &Curator,
        wish: AuditWish<'_>,
        skip: u32,
        format: AuditFormat,
    ) -> Result<(String, Option<u32>), CurationError> {
        let AuditPage { events, next } = self.audit(curator, wish, skip, MOST_EXPORTED).await?;
        let text = tokio::task::spawn_blocking(move || match format {
            AuditFormat::Csv => table(events),
            AuditFormat::JsonLines => lines(&events),
        });
        let text = text.await.map_err(|error| CurationError::Broken(error.to_string()))?;
        Ok((text.map_err(CurationError::Refused)?, next))
    }
}

fn lines(events: &[AuditEvent]) -> Result<String, String> {
    let mut text = String::new();
    for event in events {
        text.push_str(&serde_json::to_string(event).map_err(|error| error.to_string())?);
        text.push('\n');
    }
    Ok(text)
}

fn table(events: Vec<AuditEvent>) -> Result<String, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| format!("The table cannot be written: {error}.");
    writer.write_record(["time", "actor", "kind", "action", "subject", "revision", "detail"]).map_err(failed)?;
    for event in events {
        let revision = event.revision.map(|revision| revision.to_string()).unwrap_or_default();
        // People wrote these, and a spreadsheet would take some of them for formulas.
        let cells = [event.time, event.actor, event.kind, event.action, event.subject, revision, event.detail];
        writer.write_record(cells.map(shielded)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
