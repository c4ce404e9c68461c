//! Words that a wording would say a second time.

use super::pieces::{Origin, Pieces};

/// "required required component", "usage data data flow": a wording does not begin with the word in front of it.
pub(super) fn without_repetition(pieces: &Pieces, text: String) -> String {
    let Some((first, rest)) = text.split_once(' ') else { return text };
    let mut written = pieces.list.iter().rev().map(|piece| piece.text.trim_end_matches(' '));
    let last = written.find(|words| !words.is_empty()).unwrap_or_default();
    let word = last.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if word.eq_ignore_ascii_case(first) { rest.to_owned() } else { text }
}

/// "release full release": a word of the wording was written a moment ago. "From the old pool to the new pool" names one thing
/// twice, and so does its wording.
pub(super) fn repeats_itself(pieces: &Pieces, concept: usize, wording: &str) -> bool {
    const NEAR: usize = 2;
    const SHORT: usize = 4;
    const JOINTS: [&str; 12] = ["and", "or", "to", "of", "for", "from", "in", "on", "with", "by", "but", "as"];
    let stem = |word: &str| word.strip_suffix('s').unwrap_or(word).to_lowercase();
    let mut near = 0;
    for piece in pieces.list.iter().rev() {
        if matches!(&piece.origin, Origin::Concept { concept: same, .. } if *same == concept) {
            return false;
        }
        for word in piece.text.split_whitespace().rev() {
            if near == NEAR || word.ends_with(['.', '!', '?', ';', ':', ',']) {
                return false;
            }
            if JOINTS.contains(&word) {
                return false;
            }
            let before = stem(word.trim_matches(|c: char| !c.is_alphanumeric()));
            // A first word that stands there already is left out.
            let mut own = wording.split([' ', '-']).skip(usize::from(near == 0));
            if before.len() >= SHORT && own.any(|own| stem(own) == before) {
                return true;
            }
            near += 1;
        }
    }
    false
}
