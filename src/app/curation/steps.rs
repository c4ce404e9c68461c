//! The steps of an entry's life as people meet them: which are offered to whom, and what they are called.

use super::{ConceptView, Layer, Revision, Role, Step};

impl Step {
    /// All steps, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Submit, Self::Return, Self::Retire];

    /// The name in forms and on buttons.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Return => "return",
            Self::Approve => "approve",
            Self::Retire => "retire",
        }
    }

    /// The step with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// What its button says.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Submit => "Hand in for review",
            Self::Return => "Send back to the author",
            Self::Approve => "Approve",
            Self::Retire => "Retire",
        }
    }

    /// What is said when it was taken.
    #[must_use]
    pub const fn told(self) -> &'static str {
        match self {
            Self::Submit => "Handed in for review. Next: a curator approves it; until then no answer is made with it.",
            Self::Return => "Sent back to its author.",
            Self::Approve => "Approved: it is in every answer from now on.",
            Self::Retire => "Retired: no answer is made with it any more. It can be brought back.",
        }
    }

    /// The steps that somebody with this role can take with an entry of this status. Whether they may approve these very words is
    /// asked when they do.
    #[must_use]
    pub fn offered(role: Role, status: &str) -> Vec<Self> {
        let is_offered = |step: &Self| {
            role >= step.needs()
                && match step {
                    Self::Approve => is_pending(status),
                    Self::Submit => status == "draft",
                    Self::Return => status == "in_review",
                    Self::Retire => status != "retired",
                }
        };
        Self::ALL.into_iter().filter(is_offered).collect()
    }
}

/// Whether an entry with this status waits for approval.
pub(super) fn is_pending(status: &str) -> bool {
    matches!(status, "draft" | "in_review")
}

impl ConceptView {
    /// Whether something of it waits for approval.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        is_pending(self.status)
    }

    /// The revision that brings a retired entry back: the last one that was approved, else what was retired; 0 is what lies below.
    #[must_use]
    pub fn brought_back_by(&self, history: &[Revision]) -> Option<u32> {
        let approved = history.iter().find(|entry| entry.status == "approved").map(|entry| entry.revision);
        (self.status == "retired").then(|| approved.unwrap_or_else(|| self.revision.saturating_sub(1)))
    }

    /// Whether all live changes can be taken back, so that what lies below counts again.
    #[must_use]
    pub fn can_be_withdrawn(&self) -> bool {
        self.layer == Layer::Live && !self.overrides.is_empty()
    }
}

/// What is said when words were written.
#[must_use]
pub const fn saved(is_handed_in: bool) -> &'static str {
    if is_handed_in {
        Step::Submit.told()
    } else {
        "Saved as a draft. Next: try it, hand it in for review, and have it approved; until then no answer is made with it."
    }
}

/// What is said when an earlier revision counts again.
pub const REVERTED: &str = "The earlier words are back.";

#[cfg(test)]
mod tests {
    use super::{ConceptView, Layer, Revision, Role, Step};
    use crate::app::curation::Concept;

    #[test]
    fn a_retired_entry_goes_back_to_what_was_approved_last() {
        let view = |status, revision| ConceptView {
            concept: Concept::default(),
            status,
            revision,
            live_revision: None,
            layer: Layer::Live,
            overrides: Vec::new(),
            updated_at: None,
            updated_by: None,
            warnings: Vec::new(),
            is_waiting: false,
            said_last: Vec::new(),
            tried: String::new(),
        };
        for (steps, expected) in [
            (&["draft", "approved", "draft", "retired"][..], Some(2)),
            (&["draft", "retired"], Some(1)),
            (&["retired"], Some(0)),
            (&["draft", "approved"], None),
        ] {
            let step = |(number, status): (u32, &&'static str)| Revision {
                revision: number,
                time: String::new(),
                actor: String::new(),
                action: String::new(),
                status,
                reason: String::new(),
                is_live: false,
                concept: Concept::default(),
            };
            let mut history: Vec<Revision> = (1..).zip(steps).map(step).collect();
            history.reverse();
            let status = steps.last().unwrap();
            assert_eq!(view(status, history.len() as u32).brought_back_by(&history), expected, "{steps:?}");
        }
    }

    #[test]
    fn everybody_is_offered_what_their_role_and_the_status_allow() {
        use Step::{Approve, Retire, Return, Submit};
        for (role, status, expected) in [
            (Role::Reader, "draft", vec![]),
            (Role::Author, "draft", vec![Submit]),
            (Role::Author, "in_review", vec![]),
            (Role::Author, "approved", vec![]),
            (Role::Curator, "draft", vec![Approve, Submit, Retire]),
            (Role::Curator, "in_review", vec![Approve, Return, Retire]),
            (Role::Admin, "approved", vec![Retire]),
            (Role::Admin, "retired", vec![]),
        ] {
            assert_eq!(Step::offered(role, status), expected, "{role:?} {status}");
        }
        assert!(Step::ALL.into_iter().all(|step| Step::parse(step.name()) == Some(step)));
    }
}
