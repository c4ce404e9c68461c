//! What drafts would change, as it was found out lately. Finding it out takes a whole engine, and nothing but another revision,
//! another publication or another trial message makes it something else, so who looks again waits for nothing.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedMutexGuard, oneshot};

use super::{App, ConceptView, CurationError, Curator, Effect, Reach, Role};
use crate::{app::canonical, clock::Timestamp};

/// As many are kept: those of a morning's review, with at most some hundred texts each.
const MOST_KEPT: usize = 24;

/// So long a chat waits for it: its platform shows a failure after three seconds, and an entry is worth reading without.
const PATIENCE: Duration = Duration::from_millis(800);

/// What was tried on what. Whatever may make a difference is part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) id: String,
    pub(super) revision: u32,
    /// Who asks sees texts of their own workspace alone.
    pub(super) reach: Reach,
    /// The numbers of the trial messages, which no other text ever gets.
    pub(super) trials: Vec<i64>,
    /// The number of the last publication, in this process or another one.
    pub(super) published: u64,
    /// The hash of what answers are made with.
    pub(super) content: String,
}

/// The memory, and the turn of whoever finds out more.
#[derive(Debug, Default)]
pub(super) struct Effects {
    kept: Mutex<VecDeque<(Tried, Arc<Effect>)>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Effects {
    /// What is known of it already.
    pub(super) fn known(&self, tried: &Tried) -> Option<Arc<Effect>> {
        // Nothing can panic while the lock is held.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == tried)?;
        let found = kept.remove(at)?;
        let effect = Arc::clone(&found.1);
        kept.push_back(found);
        Some(effect)
    }

    /// Keeps one, in the place of the one that was asked for longest ago. One for which the time did not suffice is tried again.
    pub(super) fn keep(&self, tried: Tried, effect: &Arc<Effect>) {
        if !effect.is_whole() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Earlier revisions of a draft are of no more use.
        kept.retain(|(known, _)| known.id != tried.id || known.reach != tried.reach);
        if kept.len() == MOST_KEPT {
            kept.pop_front();
        }
        kept.push_back((tried, Arc::clone(effect)));
    }

    /// A turn to find out more: one at a time, so that whoever waits for the same gets it from the memory.
    pub(super) async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }
}

impl App {
    /// An entry with a line about what its draft would change, for a chat. Where that takes longer than a chat waits, it is tried to
    /// the end all the same, and told to whoever looked in their own conversation.
    pub(in crate::app) async fn with_effect(
        self: &Arc<Self>,
        curator: &Curator,
        mut view: ConceptView,
        now: Timestamp,
    ) -> ConceptView {
        if !view.is_pending() || curator.role < Role::Author || !curator.reach.changes(&view.concept) {
            return view;
        }
        let (tell, mut told) = oneshot::channel();
        let (app, asker, looked_at) = (Arc::clone(self), curator.clone(), view.clone());
        tokio::spawn(async move {
            let tried = app.effect(&asker, &looked_at.concept.id).await;
            // Whoever still waits tells it; else nobody would.
            if let Err(tried) = tell.send(tried) {
                app.tell_of_effect(&asker, &looked_at, tried, now).await;
            }
        });
        let in_time = tokio::time::timeout(PATIENCE, &mut told).await;
        // What comes between the last moment and this one is told here and not there.
        told.close();
        let told = match in_time.map_or_else(|_| told.try_recv().map_err(|_| true), |told| told.map_err(|_| false)) {
            Ok(tried) => told_of(tried),
            Err(true) => {
                "it is being tried, which takes a moment; you will read in our own conversation what came of it"
                    .to_owned()
            }
            Err(false) => CANNOT_BE_TRIED.to_owned(),
        };
        canonical::push_raw(&mut view.tried, &told);
        self.lead_to_effect(&view.concept.id, &mut view.tried);
        view
    }

    /// Behind a sentence, the way to each text that would change.
    pub(super) fn lead_to_effect(&self, id: &str, told: &mut String) {
        if let Some(address) = self.page(&format!("/concepts/{id}#effect")) {
            told.push_str(". ");
            canonical::push_link(told, &address, Some("See each text"));
        }
    }
}

/// What is said where trying failed.
const CANNOT_BE_TRIED: &str = "it cannot be tried at this moment";

/// What came of trying a draft, in a line.
pub(super) fn told_of(tried: Result<Arc<Effect>, CurationError>) -> String {
    tried.map_or_else(
        |error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "what a draft would change cannot be told");
            CANNOT_BE_TRIED.to_owned()
        },
        |effect| in_a_line(&effect),
    )
}

fn in_a_line(effect: &Effect) -> String {
    if let Some(problem) = effect.problems.first() {
        return format!("it cannot be approved as it is. {}", problem.message.trim_end_matches('.'));
    }
    let both = [&effect.trials, &effect.golden];
    let sum = |count: fn(&super::Comparison) -> usize| both.iter().map(|told| count(told)).sum::<usize>();
    let (holding, changed) = (sum(|told| told.holding), sum(|told| told.changed));
    let (compared, unread) = (sum(|told| told.compared), sum(|told| told.unread));
    let mut line = match (holding, changed) {
        (holding, 0) if compared < holding => {
            format!("{compared} of the {holding} messages that hold one of its words were compared, and read the same")
        }
        (holding, changed) if compared < holding => {
            format!(
                "{changed} of {compared} messages that were compared would read differently; {holding} hold one of its words"
            )
        }
        (0, _) => "no message that it was tried on holds one of its words".to_owned(),
        (1, 0) => "the one message that holds one of its words reads the same".to_owned(),
        (holding, 0) => format!("all {holding} messages that hold one of its words read the same"),
        (holding, changed) => {
            format!("{changed} of {holding} messages that hold one of its words would read differently")
        }
    };
    if unread > 0 {
        line.push_str(&format!(". For {unread} more the time did not suffice"));
    }
    if let [first, others @ ..] = effect.warnings.as_slice() {
        line.push_str(&format!(". Look first: {}", first.message.trim_end_matches('.')));
        if !others.is_empty() {
            line.push_str(&format!(" (and {} more)", others.len()));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::Comparison, Effect, Effects, MOST_KEPT, Reach, Tried};

    fn tried(id: &str) -> Tried {
        Tried {
            id: id.to_owned(),
            revision: 1,
            reach: Reach::Everything,
            trials: vec![3],
            published: 7,
            content: "a".to_owned(),
        }
    }

    #[test]
    fn what_was_found_out_counts_until_anything_of_it_is_different() {
        let effects = Effects::default();
        let kiln = Arc::new(Effect { revision: 1, ..Effect::default() });
        effects.keep(tried("kiln"), &kiln);
        for (asked, is_known) in [
            (tried("kiln"), true),
            (tried("oven"), false),
            (Tried { revision: 2, ..tried("kiln") }, false),
            (Tried { reach: Reach::of_nobody(), ..tried("kiln") }, false),
            (Tried { trials: vec![3, 4], ..tried("kiln") }, false),
            (Tried { published: 8, ..tried("kiln") }, false),
            (Tried { content: "b".to_owned(), ..tried("kiln") }, false),
        ] {
            assert_eq!(effects.known(&asked).is_some(), is_known, "{asked:?}");
        }
    }

    #[test]
    fn a_chat_tells_it_in_a_line() {
        let told = |holding, changed| Comparison { holding, compared: holding, changed, ..Comparison::default() };
        let finding = |text: &str| super::super::Finding { field: None, message: text.to_owned() };
        for (golden, trials, warnings, problems, expected) in [
            ((0, 0), (0, 0), 0, 0, "no message that it was tried on holds one of its words"),
            ((1, 0), (0, 0), 0, 0, "the one message that holds one of its words reads the same"),
            ((3, 0), (1, 0), 0, 0, "all 4 messages that hold one of its words read the same"),
            (
                (3, 2),
                (1, 1),
                1,
                0,
                "3 of 4 messages that hold one of its words would read differently. Look first: It is an everyday word",
            ),
            (
                (0, 0),
                (0, 0),
                3,
                0,
                "no message that it was tried on holds one of its words. Look first: It is an everyday word (and 2 more)",
            ),
            ((3, 2), (0, 0), 1, 1, "it cannot be approved as it is. Mend it"),
        ] {
            let effect = Effect {
                golden: told(golden.0, golden.1),
                trials: told(trials.0, trials.1),
                warnings: vec![finding("It is an everyday word."); warnings],
                problems: vec![finding("Mend it."); problems],
                ..Effect::default()
            };
            assert_eq!(super::in_a_line(&effect), expected);
        }
    }

    #[test]
    fn a_chat_claims_nothing_of_what_was_not_looked_at() {
        for (changed, unread, expected) in [
            (0, 0, "400 of the 900 messages that hold one of its words were compared, and read the same"),
            (
                7,
                30,
                "7 of 400 messages that were compared would read differently; 900 hold one of its words. For 30 more the time did \
                 not suffice",
            ),
        ] {
            let trials = Comparison { holding: 900, compared: 400, unread, changed, ..Comparison::default() };
            assert_eq!(super::in_a_line(&Effect { trials, ..Effect::default() }), expected);
        }
    }

    #[test]
    fn only_so_many_whole_ones_are_kept_and_those_that_are_asked_for_stay() {
        let effects = Effects::default();
        let unread = Comparison { unread: 1, ..Comparison::default() };
        effects.keep(tried("cut"), &Arc::new(Effect { golden: unread, ..Effect::default() }));
        assert_eq!(effects.known(&tried("cut")), None, "it is tried again");
        let whole = Arc::new(Effect::default());
        effects.keep(tried("kiln"), &whole);
        effects.keep(tried("oven"), &whole);
        for number in 2..MOST_KEPT {
            effects.keep(tried(&format!("entry-{number}")), &whole);
        }
        assert!(effects.known(&tried("kiln")).is_some());
        effects.keep(tried("one-more"), &whole);
        assert!(effects.known(&tried("kiln")).is_some() && effects.known(&tried("one-more")).is_some());
        assert_eq!(effects.known(&tried("oven")), None, "it was not asked for");
        effects.keep(Tried { revision: 2, ..tried("kiln") }, &whole);
        assert_eq!(effects.known(&tried("kiln")), None, "another revision is in its place");
    }
}
