//! How often entries are met in chats, and which of one's own need somebody: never met, past their date, without an owner, or still
//! written with a deprecated term.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{App, Base, CurationError, Layer, Mirror, Reach, browse::Listed};
use crate::{clock::Timestamp, store::ConceptStatus};

/// Uses are told for so many days, today among them.
pub const USAGE_DAYS: u32 = 30;

/// More of a kind are counted, not told.
const MOST_TOLD: usize = 50;

/// An entry and how often it was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UsedEntry {
    /// Id of the concept.
    pub id: String,
    /// Its preferred term.
    pub term: String,
    /// In how many rewritten messages and explanations.
    pub uses: u64,
}

/// An entry that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NeedyEntry {
    /// Id of the concept.
    pub id: String,
    /// Its preferred term.
    pub term: String,
    /// Who is asked about it; empty where nobody is.
    pub owner: String,
    /// Until when somebody should have looked at it.
    pub review_by: Option<String>,
}

/// The first entries of a kind, by id, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct NeedyEntries {
    /// The first of them.
    pub items: Vec<NeedyEntry>,
    /// How many there are.
    pub total: usize,
}

impl NeedyEntries {
    fn of<'a>(entries: impl Iterator<Item = &'a Listed<'a>>) -> Self {
        let mut found = Self::default();
        for entry in entries {
            found.total += 1;
            if found.items.len() < MOST_TOLD {
                found.items.push(NeedyEntry {
                    id: entry.id.to_owned(),
                    term: entry.concept.preferred().to_owned(),
                    owner: entry.concept.owner.clone(),
                    review_by: entry.concept.review_by.clone(),
                });
            }
        }
        found
    }
}

/// A deprecated term that people still write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeprecatedTerm {
    /// Id of the concept.
    pub id: String,
    /// The deprecated term.
    pub term: String,
    /// What the glossary prefers.
    pub preferred: String,
    /// In how many rewritten messages.
    pub uses: u64,
}

/// How the glossary is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Usage {
    /// Uses are those of so many days, today among them.
    pub days: u32,
    /// The entries that were met most often.
    pub most_used: Vec<UsedEntry>,
    /// How many entries were met at all.
    pub used: usize,
    /// Entries that were changed here, are in answers and were not met for 90 days.
    pub never_used: NeedyEntries,
    /// Entries of your own past the date by which somebody should have looked at them.
    pub overdue: NeedyEntries,
    /// Entries of your own about which nobody can be asked.
    pub without_owner: NeedyEntries,
    /// Deprecated terms that people still write.
    pub deprecated: Vec<DeprecatedTerm>,
}

/// How often one entry was met on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayOfUse {
    /// The day: `2026-11-25`.
    pub date: String,
    /// How often.
    pub uses: u64,
}

/// The first of the days that are told.
fn first_day(now: Timestamp) -> i64 {
    now.day() - i64::from(USAGE_DAYS) + 1
}

/// A deprecated term that was written, unless the entry has changed its mind since.
fn still_deprecated(
    base: &Base,
    mirror: &Mirror,
    reach: &Reach,
    (id, term, uses): (String, String, u64),
) -> Option<DeprecatedTerm> {
    let concept = base.listed_one(mirror, &id).filter(|entry| reach.sees(entry.concept))?.concept;
    let is_it = concept.terms.iter().any(|own| own.text == term && own.status.as_deref() == Some("deprecated"));
    is_it.then(|| DeprecatedTerm { preferred: concept.preferred().to_owned(), id, term, uses })
}

impl App {
    /// How the glossary is used, and which entries need somebody, of those that the asker may see.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn usage(&self, reach: &Reach, now: Timestamp) -> Result<Usage, CurationError> {
        let (mirror, base) = (self.mirror().await?, self.curation.base());
        let mut lately = self.store().uses_since(first_day(now)).await?;
        lately.retain(|(id, _)| base.listed_one(&mirror, id).is_none_or(|entry| reach.sees(entry.concept)));
        let ever: BTreeMap<String, u64> = self.store().uses_since(i64::MIN).await?.into_iter().collect();
        let deprecated =
            self.store().deprecated_since(first_day(now), u32::try_from(MOST_TOLD).unwrap_or(u32::MAX)).await?;
        let mut all = base.listed(&mirror);
        all.retain(|entry| reach.sees(entry.concept));
        let own = || all.iter().filter(|entry| entry.layer != Layer::Shipped && is_in_answers(entry));
        let today = now.date();
        let is_overdue = |entry: &&Listed<'_>| {
            entry.concept.review_by.as_deref().is_some_and(|date| !date.is_empty() && date < &*today)
        };
        Ok(Usage {
            days: USAGE_DAYS,
            used: lately.len(),
            never_used: NeedyEntries::of(
                own().filter(|entry| entry.layer == Layer::Live && !ever.contains_key(entry.id)),
            ),
            overdue: NeedyEntries::of(own().filter(is_overdue)),
            without_owner: NeedyEntries::of(own().filter(|entry| entry.concept.owner.trim().is_empty())),
            deprecated: deprecated
                .into_iter()
                .filter_map(|found| still_deprecated(&base, &mirror, reach, found))
                .collect(),
            most_used: lately
                .into_iter()
                .filter_map(|(id, uses)| {
                    let entry = base.listed_one(&mirror, &id)?;
                    Some(UsedEntry { term: entry.concept.preferred().to_owned(), id, uses })
                })
                .take(MOST_TOLD)
                .collect(),
        })
    }

    /// How often an entry was met on each of the last days, the earliest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn days_of_use(&self, id: &str, now: Timestamp) -> Result<Vec<DayOfUse>, CurationError> {
        let found: BTreeMap<i64, u64> = self.store().uses_of(id, first_day(now)).await?.into_iter().collect();
        let day = |day: i64| DayOfUse {
            date: Timestamp::of_day(day).date(),
            uses: found.get(&day).copied().unwrap_or_default(),
        };
        Ok((first_day(now)..=now.day()).map(day).collect())
    }
}

fn is_in_answers(entry: &Listed<'_>) -> bool {
    entry.status == ConceptStatus::Approved.name()
}
