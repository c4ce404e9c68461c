//! Messages of the organisation on which every draft is tried before it is approved.
//!
//! A message is of the place whose people write so, and only they see it: whoever keeps one for a workspace would not have another
//! one read it. What is of no place is meant for everybody, and kept by who keeps the whole glossary.

use super::{App, CurationError, Curator, Reach, Role, checks};
use crate::{clock::Timestamp, engine::place_problem, store::NewTrial};

pub use crate::store::TrialMessage;

/// As many are kept for each place: each one is rewritten twice for each draft that holds one of its words.
pub const MOST_TRIALS: u32 = 300;
/// The longest one.
pub const LONGEST_TRIAL: usize = 2_000;

impl App {
    /// All trial messages for everybody or of the asker's workspace, for whoever is known to the glossary.
    ///
    /// # Errors
    /// The person may not see them, or the database does not answer.
    pub async fn trial_messages(&self, curator: &Curator) -> Result<Vec<TrialMessage>, CurationError> {
        curator.need(Role::Reader)?;
        let mut kept = self.store().trial_messages().await?;
        kept.retain(|trial| trial.place.is_empty() || curator.reach.holds(&trial.place));
        Ok(kept)
    }

    /// Keeps one more, of the place that is named; of the asker's workspace where none is, and for everybody where they belong to none.
    ///
    /// # Errors
    /// The person may not, there is no such place, it is no message or one too many, or the database does not answer.
    pub async fn add_trial_message(
        &self,
        curator: &Curator,
        (place, text): (&str, &str),
        now: Timestamp,
    ) -> Result<TrialMessage, CurationError> {
        curator.need(Role::Curator)?;
        let text = text.trim();
        if text.is_empty() || text.chars().nth(LONGEST_TRIAL).is_some() {
            return Err(CurationError::Refused(format!("Write a message of 1 to {LONGEST_TRIAL} characters.")));
        }
        let place = place_for(&curator.reach, place.trim())?;
        let new = NewTrial { place, text, author: &curator.name };
        let added = self.store().add_trial_message(new, MOST_TRIALS, now).await?;
        let number = added.ok_or_else(|| {
            CurationError::Refused(format!(
                "This message is kept already, or there are {MOST_TRIALS} of this place, which is the most: take one out first."
            ))
        })?;
        let (place, text, author) = (place.to_owned(), text.to_owned(), curator.name.clone());
        Ok(TrialMessage { number, place, text, author, at: now })
    }

    /// Takes one out.
    ///
    /// # Errors
    /// The person may not, there is none of that number, or the database does not answer.
    pub async fn remove_trial_message(
        &self,
        curator: &Curator,
        number: i64,
        now: Timestamp,
    ) -> Result<(), CurationError> {
        curator.need(Role::Curator)?;
        let kept = self.trial_messages(curator).await?;
        let is_there = match kept.iter().find(|trial| trial.number == number) {
            Some(trial) if trial.place.is_empty() && curator.reach != Reach::Everything => {
                return Err(CurationError::NotAllowed(
                    "This message is meant for everybody. Somebody who keeps the whole glossary, with a token, has to take it out."
                        .to_owned(),
                ));
            }
            Some(_) => self.store().remove_trial_message(number, &curator.name, now).await?,
            None => false,
        };
        if is_there {
            return Ok(());
        }
        Err(CurationError::Refused(format!("There is no trial message {number}.")))
    }
}

/// The place of a message, which somebody with this reach keeps.
fn place_for<'a>(reach: &'a Reach, named: &'a str) -> Result<&'a str, CurationError> {
    if named.is_empty() {
        return Ok(reach.workspace().unwrap_or_default());
    }
    if let Some(problem) = place_problem(named) {
        return Err(CurationError::Refused(checks::sentence(&problem)));
    }
    if reach.holds(named) {
        return Ok(named);
    }
    Err(CurationError::NotAllowed(format!(
        "{named} is not in your workspace. Somebody who keeps the whole glossary, with a token, has to do this."
    )))
}
