//! Presses that old clients send as messages: which one is the same as before, and which one is meant anew.
//!
//! The service sends again what was not acknowledged within fifteen seconds, and gives such a press another id and another time. So it
//! is known by who pressed what on which card, for half a minute to a minute. Who presses a second button of the card and then the
//! first one again has changed their mind twice: that is told apart by what was pressed last. It is remembered by each process for
//! itself. Where it is not, a press that is meant anew may be taken for one that came again, and never the other way round.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use crate::{
    clock::Timestamp,
    ids::{RequestId, hex},
};

/// The service sends again what was not acknowledged within fifteen seconds.
const SAME_PRESS_SECONDS: i64 = 30;
/// As many cards are remembered; each costs some hundred bytes for each button that was pressed.
const MOST_CARDS: usize = 1_024;
/// And so many presses of each. Nobody presses as often within a minute.
const MOST_PRESSES: usize = 64;

/// A press of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Press {
    /// Who, and on which card.
    pub(super) card: String,
    /// Which button, with what was chosen on the card.
    pub(super) what: String,
    /// The id of this delivery of it.
    pub(super) delivery: String,
}

impl Press {
    pub(super) fn new(person: &str, card: &str, value: &str, delivery: &str) -> Self {
        let short = |text: String| hex(Sha256::digest(text).iter().take(16));
        let card = short(format!("{person} {card}"));
        Self { what: short(format!("{card} {value}")), card, delivery: delivery.to_owned() }
    }

    /// The ids of this press now and a moment ago, when it is the one of this turn.
    pub(super) fn ids(&self, conversation: &str, turn: u32, now: Timestamp) -> [RequestId; 2] {
        let window = now.unix_seconds().div_euclid(SAME_PRESS_SECONDS);
        let turn = if turn == 0 { String::new() } else { format!(" {turn}") };
        [window, window - 1].map(|window| RequestId::new(format!("{conversation} press {}{turn} {window}", self.what)))
    }
}

/// What was pressed on one card.
#[derive(Debug, Default)]
struct Card {
    last: String,
    /// How often each was meant anew.
    turns: BTreeMap<String, u32>,
    deliveries: BTreeSet<String>,
}

/// What was pressed lately.
#[derive(Debug, Default)]
pub(super) struct Presses(Mutex<BTreeMap<String, Card>>);

impl Presses {
    /// How often this was meant before: one more when something else was pressed on the card meanwhile.
    pub(super) fn turn(&self, press: &Press) -> u32 {
        let mut cards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cards.len() >= MOST_CARDS && !cards.contains_key(&press.card) {
            cards.clear();
        }
        let card = cards.entry(press.card.clone()).or_default();
        if card.deliveries.len() >= MOST_PRESSES {
            *card = Card::default();
        }
        // The same delivery is no new press, whatever was pressed meanwhile.
        if card.deliveries.insert(press.delivery.clone()) && card.last != press.what {
            card.turns.entry(press.what.clone()).and_modify(|turn| *turn += 1).or_insert(0);
            card.last.clone_from(&press.what);
        }
        card.turns.get(&press.what).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_CARDS, MOST_PRESSES, Press, Presses};
    use crate::clock::Timestamp;

    fn press(card: &str, what: &str, delivery: &str) -> Press {
        Press::new("29:a", card, what, delivery)
    }

    #[test]
    fn who_changes_their_mind_twice_is_answered_three_times() {
        let presses = Presses::default();
        for (what, delivery, turn) in [
            ("finance", "1", 0),
            // Sent again, with its own id and with another one.
            ("finance", "1", 0),
            ("finance", "2", 0),
            ("sales", "3", 0),
            ("finance", "4", 1),
            ("finance", "5", 1),
            ("sales", "6", 1),
            // An old delivery that comes late is no new press.
            ("finance", "4", 1),
            ("sales", "7", 1),
        ] {
            assert_eq!(presses.turn(&press("c", what, delivery)), turn, "{what} {delivery}");
        }
        assert_eq!(presses.turn(&press("another", "finance", "8")), 0);
    }

    #[test]
    fn a_press_has_the_same_ids_for_a_while_and_others_for_each_turn() {
        let (press, now) = (press("c", "finance", "1"), Timestamp::from_unix_seconds(1_200));
        let [first, before] = press.ids("a:1", 0, now);
        let later = press.ids("a:1", 0, Timestamp::from_unix_seconds(1_229));
        assert_eq!(later, [first.clone(), before]);
        assert_eq!(press.ids("a:1", 0, Timestamp::from_unix_seconds(1_230))[1], first);
        assert!(!press.ids("a:1", 1, now).contains(&first));
    }

    #[test]
    fn memory_is_bounded() {
        let presses = Presses::default();
        for number in 0..=MOST_CARDS {
            presses.turn(&press(&number.to_string(), "finance", "1"));
        }
        for number in 0..=MOST_PRESSES {
            presses.turn(&press("c", &number.to_string(), &number.to_string()));
        }
        let cards = presses.0.lock().unwrap();
        assert!(cards.len() <= MOST_CARDS && cards.values().all(|card| card.deliveries.len() <= MOST_PRESSES));
    }
}
