//! Terms that two concepts claim with nothing to decide between them, so that neither is ever meant.

use super::Concepts;

/// A term of an entry that another one claims as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rival {
    /// The term, as the entry writes it.
    pub term: String,
    /// The id of the other entry.
    pub id: String,
    /// The term by which the other entry is shown to people.
    pub shown_as: String,
}

impl Concepts {
    /// The same by ids, wherever the entries hold; none for an entry that is not there.
    pub(crate) fn rivals(&self, id: &str) -> Vec<Rival> {
        let undecided = self.ids.get(id).map(|number| self.undecided_terms(*number)).unwrap_or_default();
        let rival = |(term, other): (&str, usize)| {
            let other = self.concepts.get(other)?;
            Some(Rival { term: term.to_owned(), id: other.id.clone(), shown_as: other.preferred().to_owned() })
        };
        undecided.into_iter().filter_map(rival).collect()
    }

    /// The terms of a concept about which nothing decides, each with the position of another concept that claims it. A term of
    /// several concepts needs cues in all of them but one, the one meant when nothing decides; what the organisation says itself
    /// goes before what ships, and what is said for a narrower place before both.
    pub(crate) fn undecided_terms(&self, number: usize) -> Vec<(&str, usize)> {
        let Some(concept) = self.concepts.get(number).filter(|_| !self.cues.demand(number)) else { return Vec::new() };
        let is_rival = |other: &usize| {
            let is_equal = self.concepts.get(*other).is_some_and(|other| other.own == concept.own);
            is_equal && !self.cues.demand(*other) && self.meet(number, *other)
        };
        let mut found = Vec::new();
        for (position, term) in concept.terms.iter().enumerate() {
            for other in self.index.namesakes(number, position).into_iter().filter(is_rival) {
                if !found
                    .iter()
                    .any(|(known, with): &(&str, usize)| known.eq_ignore_ascii_case(&term.text) && *with == other)
                {
                    found.push((term.text.as_str(), other));
                }
            }
        }
        found
    }
}
