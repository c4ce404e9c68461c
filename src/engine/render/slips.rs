//! Slips of the author's that take more than one word to see: a verb written as its noun ("to log-in"), a plural with an
//! apostrophe, a word written twice, a sentence that begins small. Each is looked for only where nothing else could be meant.

use super::inflected::capitalised;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::plural;
use crate::engine::text::{Document, Tag, Token, TokenKind, noun_phrase_end};

/// Words that stand for the tokens from the asked one up to `end`.
pub(super) struct Mend {
    pub(super) text: String,
    pub(super) end: usize,
}

/// What a run of tokens that begins at `index` was meant to be.
pub(super) fn mended_words(document: &Document<'_>, index: usize) -> Option<Mend> {
    if joins_two_sentences(document, index) {
        return Some(Mend { text: ";".to_owned(), end: index + 1 });
    }
    let token = document.tokens.get(index).filter(|token| token.kind == TokenKind::Word && !token.joined)?;
    let mend = verb_as_noun(document, index, token)
        .or_else(|| plural_with_apostrophe(document, index, token))
        .or_else(|| perhaps_in_two_words(document, index, token))
        .or_else(|| relative_alone(document, index, token))
        .or_else(|| future_in_a_condition(document, index, token))?;
    Some(if token.capital { Mend { text: capitalised(&mend.text), ..mend } } else { mend })
}

/// Verbs of two words that are often written as the noun.
const TWO_WORDS: [(&str, &str); 10] = [
    ("log", "in"),
    ("log", "on"),
    ("log", "out"),
    ("sign", "in"),
    ("sign", "up"),
    ("set", "up"),
    ("back", "up"),
    ("shut", "down"),
    ("clean", "up"),
    ("look", "up"),
];

/// "Users cannot login", "we need to set-up a meeting".
fn verb_as_noun(document: &Document<'_>, index: usize, token: &Token) -> Option<Mend> {
    let joined = document.tokens.get(index + 1).filter(|next| next.joined && next.kind == TokenKind::Word);
    let (first, second) = TWO_WORDS.iter().find(|(first, second)| match joined {
        Some(particle) => token.lower == *first && particle.lower == *second,
        None => token.lower.strip_prefix(first) == Some(second),
    })?;
    let end = index + 1 + usize::from(joined.is_some());
    let ends =
        document.tokens.get(end).is_none_or(|next| !next.joined && (!next.glued || next.tag == Tag::Punctuation));
    (ends && wants_verb(document, index, end)).then(|| Mend { text: format!("{first} {second}"), end })
}

/// Whether only a verb can stand at a token: behind "cannot", "unable to", "how to", "we … the".
fn wants_verb(document: &Document<'_>, index: usize, end: usize) -> bool {
    const LEADING_TO_A_VERB: [&str; 29] = [
        "able",
        "unable",
        "try",
        "need",
        "want",
        "fail",
        "attempt",
        "how",
        "allow",
        "have",
        "used",
        "going",
        "order",
        "require",
        "user",
        "way",
        "impossible",
        "possible",
        "easy",
        "hard",
        "customer",
        "continue",
        "plan",
        "wish",
        "ask",
        "ready",
        "tentative",
        "ability",
        "where",
    ];
    let token = |at: usize| document.tokens.get(at);
    let Some(sentence) = document.sentence_at(index) else { return false };
    let Some(before) = (sentence.start..index).rev().find(|at| token(*at).is_some_and(|word| word.tag != Tag::Adverb))
    else {
        return false;
    };
    let Some(word) = token(before) else { return false };
    let earlier = before.checked_sub(1).filter(|at| *at >= sentence.start).and_then(token);
    if word.is(&["to"]) {
        // "the user to login ratio"
        let ratio = earlier.is_some_and(|earlier| earlier.tag.is_nominal())
            && token(end).is_some_and(|next| next.tag.is_nominal());
        // "Call the service centre to setup your phone"; "due to login the user" is no verb.
        let object = token(end).is_some_and(|next| matches!(next.tag, Tag::Determiner | Tag::Possessive));
        return !ratio
            && earlier.is_some_and(|earlier| {
                earlier.lemmas().any(|lemma| LEADING_TO_A_VERB.contains(&lemma)) || object && earlier.tag.is_nominal()
            });
    }
    // "Can login fail?" asks about the noun.
    let helper = word.tag == Tag::Modal || word.is(&["don't", "doesn't", "didn't", "dont", "doesnt", "didnt"]);
    let denied = word.is(&["not"])
        && earlier.is_some_and(|earlier| earlier.tag == Tag::Modal || earlier.is(&["do", "does", "did"]));
    let object = token(end).is_some_and(|next| next.tag == Tag::Determiner || next.is(&["it", "them"]));
    // "How long will setup take?" asks about the noun.
    let subject = earlier.is_some_and(|earlier| {
        earlier.tag.is_nominal() || earlier.tag == Tag::Pronoun || earlier.is(&["who", "that", "which"])
    });
    (helper && subject) || denied || word.is(&["we", "they", "you", "i"]) && object
}

/// "User's are locked out", "Some customer's saw it".
fn plural_with_apostrophe(document: &Document<'_>, index: usize, token: &Token) -> Option<Mend> {
    const PEOPLE: [&str; 12] = [
        "user",
        "customer",
        "client",
        "member",
        "visitor",
        "shopper",
        "merchant",
        "partner",
        "employee",
        "developer",
        "admin",
        "subscriber",
    ];
    /// "Customer's had two outages" may be "has", and "User's experienced eye" is an eye.
    const PLURALS: [&str; 11] =
        ["are", "were", "have", "aren't", "weren't", "haven't", "don't", "can't", "cannot", "could", "couldn't"];
    const VERBS: [&str; 26] = [
        "are",
        "were",
        "have",
        "aren't",
        "weren't",
        "haven't",
        "can",
        "can't",
        "cannot",
        "could",
        "couldn't",
        "will",
        "won't",
        "should",
        "may",
        "might",
        "must",
        "do",
        "don't",
        "did",
        "didn't",
        "who",
        "saw",
        "got",
        "had",
        "experienced",
    ];
    let sign = document.tokens.get(index + 1).filter(|sign| sign.glued && sign.is(&["'s"]))?;
    let next = document.tokens.get(index + 2).filter(|next| !next.glued)?;
    let opens = document.sentence_at(index).is_some_and(|sentence| sentence.start == index);
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    let many = before.is_some_and(|before| before.is(&["some", "many", "most", "all", "several", "few"]));
    let certain = sign.tag == Tag::Possessive && PEOPLE.contains(&token.lower.as_str()) && (opens || many);
    // "User's experienced long wait times", and not "User's experienced eye".
    let experienced = next.is(&["experienced"])
        && document.tokens.get(index + 3).is_some_and(|word| word.tag == Tag::Determiner || word.has(Flags::ADJ))
        && document.tokens.get(index + 4).is_some_and(|thing| thing.tag.is_nominal());
    let verb = if many { next.is(&VERBS) } else { next.is(&PLURALS) || experienced };
    (certain && verb && !next.capital).then(|| Mend { text: plural(&token.lower), end: index + 2 })
}

/// "You maybe prompted to sign in": "may be" behind a subject and in front of what is done to it.
fn perhaps_in_two_words(document: &Document<'_>, index: usize, token: &Token) -> Option<Mend> {
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    let next = document.tokens.get(index + 1)?;
    let subject =
        before.is_some_and(|before| before.is(&["you", "they", "we", "it", "this"]) || before.tag.is_nominal());
    let done = next.has(Flags::VERB_PAST_PARTICIPLE) && (next.lower.ends_with("ed") || !next.has(Flags::VERB_PAST));
    // "They maybe asked him", "they maybe asked for it" tell what somebody did.
    let behind = document.tokens.get(index + 2);
    let is_done_to = behind.is_some_and(|behind| behind.is(&["to", "by"]));
    (token.lower == "maybe" && subject && done && is_done_to)
        .then(|| Mend { text: "may be".to_owned(), end: index + 1 })
}

/// "The page fails, we have restarted it": a comma between two sentences, of which the second begins with its pronoun. Only where the first
/// one is a subject with its verb and what belongs to it, and nothing that could make it a part of the second.
fn joins_two_sentences(document: &Document<'_>, index: usize) -> bool {
    const SUBJECTS: [&str; 10] = ["we", "i", "it", "they", "there", "this", "these", "he", "she", "you"];
    const TYING: [&str; 34] = [
        "if", "when", "because", "that", "which", "who", "whose", "as", "since", "while", "although", "though", "once",
        "after", "before", "until", "till", "unless", "where", "what", "how", "why", "whether", "whenever", "so",
        "either", "neither", "but", "afraid", "sure", "aware", "told", "more", "being",
    ];
    // "It is down, it seems", "they are late, I think"; "the vendor said, we should wait".
    const THOUGHT: [&str; 22] = [
        "seem", "appear", "think", "believe", "guess", "hope", "suppose", "assume", "know", "mean", "say", "see",
        "fear", "tell", "write", "show", "find", "notice", "turn", "look", "admit", "report",
    ];
    let token = |at: usize| document.tokens.get(at);
    if !token(index).is_some_and(|sign| sign.is(&[","])) || !token(index + 1).is_some_and(|word| word.is(&SUBJECTS)) {
        return false;
    }
    let Some(sentence) = document.sentence_at(index) else { return false };
    let thought = |at: usize| token(at).is_some_and(|word| word.lemmas().any(|lemma| THOUGHT.contains(&lemma)));
    let finite = |at: usize| token(at).is_some_and(|word| word.tag.is_finite());
    let second = finite(index + 2) && !thought(index + 2) && !thought(index + 3) && index + 4 <= sentence.end;
    let start = sentence.start;
    let opens = token(start).is_some_and(|first| {
        let subject =
            matches!(first.tag, Tag::Determiner | Tag::Possessive | Tag::Pronoun | Tag::Name) || first.tag.is_nominal();
        first.capital && subject
    });
    // "There is", "the page fails": the verb stands right behind the subject, and something behind the verb.
    let subject = match token(start) {
        Some(first) if first.tag == Tag::Pronoun || first.is(&["there"]) => Some(start + 1),
        _ => noun_phrase_end(document, start, index),
    };
    let first = subject.is_some_and(|verb| finite(verb) && verb + 1 < index) && !finite(index - 1);
    let plain = |at: usize| {
        let sign = |word: &Token| word.kind != TokenKind::Punctuation || word.glued && word.is(&["'", "%"]);
        token(at).is_some_and(|word| !word.is(&TYING) && sign(word)) && !thought(at)
    };
    let ends = |at: usize| !token(at).is_some_and(|sign| sign.is(&[",", ";", ":", "?"]));
    second && opens && first && (start..index).all(plain) && (index + 1..sentence.end).all(ends)
}

/// "After the upgrade will be finished, we …": in front of what follows, English has the present.
fn future_in_a_condition(document: &Document<'_>, index: usize, token: &Token) -> Option<Mend> {
    const NEAR: usize = 4;
    let word = |at: usize| document.tokens.get(at);
    let done = word(index + 2)?;
    let is_done = done.has(Flags::VERB_PAST_PARTICIPLE) || done.is(&["available", "ready", "over", "complete"]);
    if token.lower != "will" || !word(index + 1)?.is(&["be"]) || !is_done {
        return None;
    }
    let sentence = document.sentence_at(index)?;
    let opens = word(sentence.start)?.is(&["after", "once", "until", "when"]);
    let subject = word(sentence.start + 1)?;
    let is_pronoun = subject.is(&["it", "they", "this"]) && sentence.start + 2 == index;
    let is_thing = subject.is(&["the", "our", "this", "these"])
        && noun_phrase_end(document, sentence.start + 1, index + 1) == Some(index);
    let goes_on = (index + 3..index + 3 + NEAR).any(|at| {
        word(at).is_some_and(|sign| sign.is(&[","]))
            && word(at + 1).is_some_and(|next| matches!(next.tag, Tag::Pronoun | Tag::Determiner))
    });
    let many = word(index.checked_sub(1)?)?.tag == Tag::PluralNoun || subject.is(&["they", "these"]);
    let be = if many { "are" } else { "is" };
    (opens && (is_pronoun || is_thing) && goes_on).then(|| Mend { text: be.to_owned(), end: index + 2 })
}

/// "Which means that …" as a sentence by itself.
fn relative_alone(document: &Document<'_>, index: usize, token: &Token) -> Option<Mend> {
    let opens = token.lower == "which" && token.capital;
    let means = document.tokens.get(index + 1).is_some_and(|verb| verb.is(&["means", "meant"]))
        && document.tokens.get(index + 2).is_some_and(|that| that.is(&["that"]));
    let sentence = document.sentence_at(index).filter(|sentence| sentence.start == index)?;
    let asks =
        sentence.end.checked_sub(1).and_then(|last| document.tokens.get(last)).is_some_and(|last| last.is(&["?"]));
    (opens && means && !asks).then(|| Mend { text: "this".to_owned(), end: index + 1 })
}

/// Whether a word is there twice: "the the report", "need to to restart". Words that may rightly follow themselves ("had had",
/// "log in in the morning") are not looked at.
pub(super) fn is_doubled(document: &Document<'_>, index: usize) -> bool {
    const NEVER_TWICE: [&str; 13] =
        ["the", "an", "our", "your", "their", "and", "or", "we", "they", "of", "with", "from", "be"];
    const LEADING_TO: [&str; 8] = ["need", "want", "have", "able", "unable", "going", "try", "trying"];
    let token = |at: usize| document.tokens.get(at);
    let Some(before) = index.checked_sub(1).and_then(token) else { return false };
    let Some(word) = token(index) else { return false };
    let same = word.kind == TokenKind::Word
        && word.lower == before.lower
        && !word.capital
        && !word.glued
        && !word.joined
        && !token(index + 1).is_some_and(|next| next.joined || next.glued)
        && document.sentence_at(index).is_some_and(|sentence| sentence.start < index);
    let with_ending = |at: usize| token(at).is_some_and(|word| word.is(&LEADING_TO));
    // "What it is made of of late", "the team we work with with pleasure": rightly so behind a verb.
    let governed =
        !word.is(&["of", "with", "from"]) || index >= 2 && token(index - 2).is_some_and(|word| word.tag.is_nominal());
    // "filters with and and or"
    let joints = |at: Option<usize>| at.and_then(token).is_some_and(|word| word.is(&["and", "or"]));
    let named = word.is(&["and", "or"]) && (joints(Some(index + 1)) || joints(index.checked_sub(2)));
    same && !named && (word.is(&NEVER_TWICE) && governed || word.is(&["to"]) && index >= 2 && with_ending(index - 2))
}

/// Whether the space in front of a sign is one too many: "Hello , world". In lists of signs ("a , b") it is the author's.
pub(super) fn is_spaced_off(document: &Document<'_>, index: usize) -> bool {
    let token = |at: usize| document.tokens.get(at);
    let Some(sign) = token(index).filter(|sign| sign.is(&[",", "?", "!", ".", ":"]) && !sign.glued) else {
        return false;
    };
    let before = index.checked_sub(1).and_then(token);
    // "the . env file", "type . to finish": a full stop may be a name's or be told of, except behind a figure at an end.
    let word = if sign.is(&["."]) {
        before.is_some_and(|before| before.fact().is_some()) && token(index + 1).is_none_or(|next| next.capital)
    } else {
        before.is_some_and(|before| before.kind == TokenKind::Word)
    };
    let inside = document.sentence_at(index).is_some_and(|sentence| sentence.start < index);
    let behind = token(index + 1).is_none_or(|next| !next.glued);
    // "on the side : https://…": a colon is set off in other languages.
    let parts = sign.is(&[","]) || sign.is(&[":"]) && token(index + 1).is_some_and(|next| next.fact().is_some());
    word && inside && behind && (parts || document.sentence_at(index + 1) != document.sentence_at(index))
}

/// Whether the sentence around a token is one: notes do without articles.
fn has_verb(document: &Document<'_>, index: usize) -> bool {
    document.sentence_at(index).is_some_and(|sentence| {
        document.tokens.get(sentence.clone()).unwrap_or_default().iter().any(|token| token.tag.is_finite())
    })
}

/// The first word of a sentence in lower case, with the capital that it should have. Only words that everybody knows, because a
/// command or a name may begin with a small letter, and only among sentences that begin with one: to write small throughout is a
/// style.
pub(super) fn sentence_start(document: &Document<'_>, index: usize) -> Option<String> {
    let token = document.tokens.get(index).filter(|token| !token.capital && token.kind == TokenKind::Word)?;
    let at = document.sentences.partition_point(|sentence| sentence.end <= index);
    let opens = document.sentences.get(at).is_some_and(|sentence| sentence.start == index);
    let alone = document
        .tokens
        .get(index + 1)
        .is_none_or(|next| !next.joined && (!next.glued || next.lower.starts_with('\'') || next.is(&[","])));
    if !opens || !alone || !token.has(Flags::PLAIN | Flags::COMMON) {
        return None;
    }
    let before = |steps: usize| index.checked_sub(steps).and_then(|at| document.tokens.get(at));
    // Behind "U.W.C.", "8 oz." and "What!?" a sentence may go on, and behind a question what somebody said.
    let word = before(2).is_some_and(|word| {
        word.kind == TokenKind::Word && word.has(Flags::PLAIN | Flags::COMMON) && word.lower.len() > 2
    });
    let mark = before(1)
        .is_some_and(|mark| mark.glued && (mark.is(&["."]) || mark.is(&["!", "?"]) && !token.has(Flags::VERB_PAST)));
    let first = index == 0 && has_verb(document, index);
    ((word && mark || first) && begin_with_capitals(document, at)).then(|| capitalised(&token.lower))
}

/// Whether more of the sentences around one begin with a capital than do not.
fn begin_with_capitals(document: &Document<'_>, at: usize) -> bool {
    const AROUND: usize = 4;
    let around = (at.saturating_sub(AROUND)..at + 1 + AROUND).filter(|other| *other != at);
    let starts = around.filter_map(|other| document.tokens.get(document.sentences.get(other)?.start));
    let words: Vec<bool> = starts.filter(|start| start.kind == TokenKind::Word).map(|start| start.capital).collect();
    let capitals = words.iter().filter(|capital| **capital).count();
    capitals > words.len() - capitals
}
