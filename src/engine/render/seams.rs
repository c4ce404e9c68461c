//! Clauses of one sentence that are told right behind each other are told as that sentence again: parted without need they read as
//! if the author had stopped in the middle.

use super::sentences::{Teller, full_sentence, one_line};
use super::shorten::count;
use super::templates::Said;
use crate::engine::reading::{Link, Statement};
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag};

/// A sentence of more words is easier to read in two, where its halves can stand alone.
const LONGEST: usize = 28;

impl Teller<'_, '_, '_> {
    /// What is told under one heading, without seams that need not be. What the headline says already stays apart where it can, so that
    /// it is not said again.
    pub(super) fn without_seams(&self, told: Vec<Said>, is_head: impl Fn(&Said) -> bool) -> Vec<Said> {
        let mut whole: Vec<Said> = Vec::with_capacity(told.len());
        for said in told {
            let joined = whole.last().and_then(|last| self.joined(last, &said, is_head(last) || is_head(&said)));
            match (joined, whole.last_mut()) {
                (Some(text), Some(last)) => {
                    last.text = text;
                    last.position = said.position;
                    last.is_evident &= said.is_evident;
                }
                _ => whole.push(said),
            }
        }
        whole
    }

    fn joined(&self, last: &Said, next: &Said, in_headline: bool) -> Option<String> {
        let neighbours = next.position == last.position + 1 && !next.item && last.turn == next.turn;
        let one = self.reading.statements.get(last.position).filter(|_| neighbours && last.clause.is_some())?;
        let two = self.reading.statements.get(next.position)?;
        let document = self.document();
        let sentence = document.sentence_at(one.tokens.start)?;
        if !sentence.contains(&two.tokens.start) || one.tokens.end > two.tokens.start {
            return None;
        }
        let between = ByteSpan::new(
            document.span_of(one.tokens.clone()).end,
            document.span_of(two.tokens.start..two.tokens.start + 1).start,
        );
        let seam = document.slice(between);
        let text = last.text.trim_end_matches(['.', ',']);
        let words = next.clause.as_ref()?;
        let is_long = count(text) + count(words) > LONGEST;
        let parted = match seam.trim() {
            _ if relates(document, two) => false,
            // What follows from something says nothing by itself.
            "so" | ", so" => false,
            "" | "," => in_headline || can_stand_alone(document, one),
            "and" | ", and" => in_headline || is_long,
            sign => in_headline || is_long && (two.link != Link::None || sign == ";"),
        };
        if parted {
            return None;
        }
        let (gap, behind) = (if seam.starts_with(char::is_whitespace) { " " } else { "" }, one_line(seam));
        let whole = full_sentence(&format!("{text}{gap}{behind} {words}"));
        // "To resolve this, we need to:" with its list below.
        let announces = next.text.ends_with(':');
        Some(if announces { format!("{}:", whole.trim_end_matches('.')) } else { whole })
    }
}

/// "…, that asks for less", and not "…, that is late".
fn relates(document: &Document<'_>, statement: &Statement) -> bool {
    let word = |at: usize| document.tokens.get(statement.tokens.start + at);
    word(0).is_some_and(|first| first.is(&["that", "who", "where"]))
        && word(1).is_some_and(|verb| verb.tag != Tag::Auxiliary)
}

/// Whether a clause that the author parted from the next by a comma alone is a sentence, and no opener such as "As I said".
fn can_stand_alone(document: &Document<'_>, statement: &Statement) -> bool {
    document.tokens.get(statement.tokens.start).is_some_and(|first| {
        !matches!(first.tag, Tag::Preposition | Tag::To | Tag::Conjunction)
            && !first.is(&["as", "if", "when", "while", "since", "once", "because", "although"])
    })
}
