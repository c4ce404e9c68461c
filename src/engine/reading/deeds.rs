//! Deeds: what the author's side did or is going to do, told by who does it and in which tense, whatever the words are.

use std::ops::Range;

use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Document, Tag, Token};

/// What happens to the author's side is no deed of it.
const NOTICED: [&str; 44] = [
    "be",
    "see",
    "have",
    "experience",
    "notice",
    "observe",
    "lose",
    "know",
    "expect",
    "think",
    "suspect",
    "believe",
    "miss",
    "receive",
    "suffer",
    "get",
    "hope",
    "want",
    "need",
    "feel",
    "understand",
    "realize",
    "realise",
    "apologize",
    "apologise",
    "regret",
    "love",
    "like",
    "become",
    "find",
    "plan",
    "intend",
    "mean",
    "learn",
    "hear",
    "encounter",
    "face",
    "underestimate",
    "overestimate",
    "misjudge",
    "misread",
    "overlook",
    "forget",
    "fail",
];

/// "We purged the store and saw the errors disappear" is an `action`, "we'll wait for Ana" comes `next`; `None` for what the
/// author's side sees, knows or would do.
pub(super) fn own_deed(document: &Document<'_>, tokens: Range<usize>) -> Option<&'static str> {
    let mut words = tokens
        .filter_map(|index| document.tokens.get(index))
        .skip_while(|token| token.tag == Tag::Adverb || token.tag == Tag::Punctuation || token.is(&["so", "but"]))
        .peekable();
    if words.next_if(|first| first.is(&["we", "i"])).is_none() && !passes_a_team(&mut words) {
        return None;
    }
    let mut words = words.skip_while(|token| token.tag == Tag::Adverb);
    let verb = words.next()?;
    let next = words.find(|token| token.tag != Tag::Adverb && !token.is(&["already", "now", "just"]));
    // "We will not open it" is no deed.
    let done = next.filter(|next| next.tag != Tag::Negation);
    match verb.tag {
        Tag::Modal if verb.is(&["will", "'ll", "shall"]) => done.filter(|verb| !is_noticed(verb)).map(|_| "next"),
        Tag::Auxiliary if verb.is(&["have", "'ve", "has", "had"]) => {
            done.filter(|verb| verb.tag.is_verb() && !is_noticed(verb)).map(|_| "action")
        }
        Tag::Auxiliary if verb.is(&["are", "'re", "am", "'m", "is"]) => {
            done.filter(|verb| verb.tag == Tag::Verb(VerbForm::Ing) && !is_noticed(verb)).map(|_| "next")
        }
        Tag::Verb(_) if is_noticed(verb) || next.is_some_and(|next| next.is(&["into"])) => None,
        Tag::Verb(VerbForm::Past | VerbForm::PastParticiple) => Some("action"),
        Tag::Verb(VerbForm::Ing) => Some("next"),
        _ => None,
    }
}

fn is_noticed(verb: &Token) -> bool {
    verb.lemmas().any(|lemma| NOTICED.contains(&lemma))
}

/// "The platform team", "our engineers": moves behind the words that name the author's side.
fn passes_a_team<'t>(words: &mut std::iter::Peekable<impl Iterator<Item = &'t Token>>) -> bool {
    const LONGEST: usize = 4;
    if words.next_if(|first| first.is(&["the", "our"])).is_none() {
        return false;
    }
    for _ in 0..LONGEST {
        match words.next_if(|word| word.tag.is_nominal() || word.tag == Tag::Adjective) {
            Some(word) if word.is(&["team", "teams", "engineers", "developers"]) => return true,
            Some(_) => {}
            None => return false,
        }
    }
    false
}
