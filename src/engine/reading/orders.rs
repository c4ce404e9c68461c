//! Orders that tell a change: "Add a limit to the check" is what its author did, and told as an order it would read as a task
//! for the reader. Here they are read as deeds, so that they can be told as "A limit is added to the check".

use std::ops::Range;

use super::frames::{ActionFrame, Tense, base_verb, head_of, is_plural, plain_verb, term_of_verb};
use super::log::DEEDS;
use crate::engine::facts::FactKind;
use crate::engine::glossary::{Glossary, PartOfSpeech};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::render::Analysis;
use crate::engine::text::{Document, Tag, Token, TokenKind, noun_phrase_end};

/// Further deeds, read as such only where the word is certainly a verb: most of them are nouns as well.
const MORE_DEEDS: &[&str] = &[
    "adjust",
    "align",
    "apply",
    "associate",
    "attach",
    "block",
    "build",
    "cache",
    "call",
    "cap",
    "centralise",
    "centralize",
    "check",
    "collect",
    "compute",
    "configure",
    "consolidate",
    "copy",
    "create",
    "decommission",
    "decrease",
    "delete",
    "deploy",
    "detect",
    "disallow",
    "display",
    "encrypt",
    "exclude",
    "expand",
    "export",
    "filter",
    "force",
    "format",
    "generate",
    "grant",
    "group",
    "hardcode",
    "ignore",
    "import",
    "inject",
    "inline",
    "install",
    "limit",
    "load",
    "lower",
    "mark",
    "mask",
    "mention",
    "modernise",
    "modernize",
    "monitor",
    "pass",
    "pin",
    "post",
    "preserve",
    "publish",
    "push",
    "put",
    "raise",
    "record",
    "redirect",
    "reject",
    "relax",
    "release",
    "render",
    "report",
    "reset",
    "resize",
    "restart",
    "restrict",
    "retire",
    "reuse",
    "revoke",
    "rewrite",
    "rotate",
    "route",
    "run",
    "save",
    "schedule",
    "send",
    "separate",
    "serve",
    "share",
    "shorten",
    "sort",
    "start",
    "stop",
    "swap",
    "sync",
    "test",
    "tidy",
    "track",
    "trigger",
    "tune",
    "turn",
    "unblock",
    "unify",
    "unpin",
    "verify",
    "wrap",
    "write",
];

/// Words between a verb and its object.
const PARTICLES: [&str; 6] = ["up", "out", "down", "off", "back", "on"];

/// Prepositions behind the object that describe it: "a bug in the export", "support for France".
const OF_THE_OBJECT: [&str; 14] = [
    "of", "for", "in", "on", "with", "without", "about", "between", "from", "inside", "within", "across", "around",
    "per",
];

/// Verbs that say where from: "from" belongs to them.
const TAKE_FROM: [&str; 19] = [
    "remove", "drop", "delete", "move", "migrate", "update", "bump", "upgrade", "change", "switch", "convert",
    "rename", "extract", "restore", "increase", "reduce", "prevent", "hide", "exclude",
];

/// A clause that begins with an order, or with the past form that leaves out who did it, as a deed; `None` where it is not
/// certain what is done to what.
pub(super) fn ordered_deed(
    analysis: &Analysis<'_>,
    glossary: &Glossary,
    clause: Range<usize>,
    is_subject: bool,
) -> Option<ActionFrame> {
    let document = &analysis.document;
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let at = clause.start;
    let verb = token(at)?;
    // "Update your app": an order after all.
    if clause.clone().filter_map(token).any(|word| word.is(&["you", "your", "yours"])) {
        return None;
    }
    let tense = tense_of(document, at)?;
    // "Adding a page costs us a day" is no deed; above the lines that explain it "Adding a page" is one.
    if verb.tag == Tag::Verb(VerbForm::Ing) && !is_subject {
        return None;
    }
    // A pattern that claims the verb knows better how to say it.
    if analysis.phrases_holding(at).next().is_some() {
        return None;
    }
    let hit = term_of_verb(analysis, glossary, at, clause.end);
    let behind = hit.map_or(at + 1, |hit| hit.tokens.end);
    if hit.is_some_and(|hit| hit.gap.is_some()) {
        return None;
    }
    let (particle, start) = match token(behind) {
        Some(next) if behind == at + 1 && next.is(&PARTICLES) && !token(behind + 1)?.is(&["to"]) => {
            (Some(next.lower.as_str()), behind + 1)
        }
        _ => (None, behind),
    };
    let object = start..end_of_object(document, start, clause.end, verb)?;
    // "Ensure the map is right", "Fix the bug that …", "Add A, remove B": said in another order they would fall apart.
    let rest = object.end..clause.end;
    if !can_follow(document, &rest) || token(object.start)?.tag == Tag::Pronoun {
        return None;
    }
    let plain = match hit {
        Some(_) if particle.is_some() => return None,
        Some(hit) => plain_verb(document, glossary, at, hit)?,
        None => match as_noun(analysis, glossary, at) {
            Some(noun) => noun,
            // Which sense is meant, only the versions tell.
            None if verb.is(&["bump"]) && tells_versions(document, &clause) => "update".to_owned(),
            None => base_verb(document, at)?,
        },
    };
    let participle = verb_form(&plain, VerbForm::PastParticiple);
    let participle = particle.map_or(participle.clone(), |particle| format!("{participle} {particle}"));
    let head = object.start..phrase_end(document, object.start, object.end).unwrap_or(object.end);
    let joined = token(head.end).is_some_and(|word| word.is(&["and"])) && object.contains(&head.end);
    let head = head_of(document, head).filter(|_| !joined);
    // "Endpoint is added": a thing that the author named without its article stays in the order.
    let bare =
        |noun: &Token| noun.tag == Tag::Noun && token(object.start).is_some_and(|first| first.tag != Tag::Determiner);
    if head.and_then(token).is_some_and(bare) {
        return None;
    }
    // "Macros is updated", "Jenkins are updated": of a name that ends so, only its bearer knows the number.
    let unknown = |name: &Token| name.tag == Tag::Name && name.lower.ends_with('s') && !name.lower.ends_with("ss");
    if head.and_then(token).is_some_and(unknown) {
        return None;
    }
    Some(ActionFrame {
        verb: at,
        participle,
        concept: hit.map(|hit| hit.concept),
        object_is_plural: joined || is_plural(document, head),
        head,
        object,
        tense,
        rest,
    })
}

fn tells_versions(document: &Document<'_>, clause: &Range<usize>) -> bool {
    clause.clone().filter_map(|index| document.fact_at(index)).any(|fact| fact.kind == FactKind::Version)
}

/// The plain word for a deed that was found as the noun of the same spelling: "bump" as "update".
fn as_noun(analysis: &Analysis<'_>, glossary: &Glossary, at: usize) -> Option<String> {
    let hit = analysis.terms_at(at).iter().find(|hit| hit.tokens.len() == 1)?;
    let wording = glossary.concepts.get(hit.concept)?.wording(PartOfSpeech::Noun, "")?;
    DEEDS.contains(&wording.text.as_str()).then(|| wording.text.clone())
}

/// Whether the word at a place begins an order or a note of what was done, and in which tense it is told then.
pub(super) fn tense_of(document: &Document<'_>, at: usize) -> Option<Tense> {
    let token = |index: usize| document.tokens.get(index);
    let verb = token(at)?;
    let next = token(at + 1)?;
    let known = |list: &[&str]| verb.lemmas().any(|lemma| list.contains(&lemma));
    let certain = verb.tag.is_verb() || !verb.has(Flags::NOUN);
    if !(known(DEEDS) || known(MORE_DEEDS) && certain) {
        return None;
    }
    // "Support for France", "Changes in the API", "Fix is out": things, not deeds.
    let thing =
        !verb.tag.is_verb() && matches!(next.tag, Tag::Preposition | Tag::Auxiliary | Tag::Modal | Tag::Possessive);
    if thing || next.tag == Tag::Punctuation && !next.is(&["`", "\"", "“"]) {
        return None;
    }
    if verb.has(Flags::VERB_BASE) {
        Some(Tense::Present)
    } else if matches!(verb.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple)) {
        Some(Tense::Past)
    } else if known(DEEDS) && matches!(verb.tag, Tag::Verb(VerbForm::ThirdSingular | VerbForm::Ing)) {
        // "Stops at long names" tells of a trouble.
        Some(Tense::Present)
    } else {
        None
    }
}

/// Where the object of a deed ends: a noun phrase with what describes it, and others behind "and".
fn end_of_object(document: &Document<'_>, start: usize, limit: usize, verb: &Token) -> Option<usize> {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < limit);
    let mut end = phrase_end(document, start, limit)?;
    while let Some(next) = token(end) {
        let takes = next.is(&["from"]) && verb.lemmas().any(|lemma| TAKE_FROM.contains(&lemma))
            || next.is(&["with"]) && verb.lemmas().any(|lemma| lemma == "replace");
        if !(next.is(&OF_THE_OBJECT) && !takes || next.is(&["and"])) {
            break;
        }
        match phrase_end(document, end + 1, limit) {
            // "Add A and remove B": a second deed.
            Some(_) if next.is(&["and"]) && is_order(token(end + 1)?) => break,
            Some(further) => end = further,
            None => break,
        }
    }
    Some(end)
}

/// Whether a word can only be a verb in its base form: "add A and remove B", not "A and request B".
fn is_order(word: &Token) -> bool {
    let deed = word.lemmas().any(|lemma| DEEDS.contains(&lemma));
    word.kind == TokenKind::Word && word.has(Flags::VERB_BASE) && (!word.has(Flags::NOUN) || deed)
}

/// The end of a noun phrase, which may be a name in quotes, or begin or end with a verb that is none ("quoting checks", "comment
/// stripping").
fn phrase_end(document: &Document<'_>, start: usize, limit: usize) -> Option<usize> {
    const QUOTES: [&str; 3] = ["\"", "“", "”"];
    let token = |index: usize| document.tokens.get(index).filter(|_| index < limit);
    if token(start)?.is(&QUOTES) {
        // `Revert "Revert "Add a page""`: which one closes, nobody can tell.
        if (start..limit).filter(|index| token(*index).is_some_and(|sign| sign.is(&QUOTES))).count() != 2 {
            return None;
        }
        return (start + 1..limit)
            .find(|index| token(*index).is_some_and(|sign| sign.is(&QUOTES)))
            .map(|close| close + 1);
    }
    let is_ing = |index: usize| token(index).is_some_and(|word| word.tag == Tag::Verb(VerbForm::Ing));
    let end = noun_phrase_end(document, if is_ing(start) { start + 1 } else { start }, limit)?;
    let closes = token(end + 1).is_none_or(|next| matches!(next.tag, Tag::Preposition | Tag::To));
    // "an equality check" is a thing, whatever its last word was taken for.
    let thing = token(end).is_some_and(|word| word.tag.is_verb() && word.has(Flags::NOUN));
    Some(if (is_ing(end) || thing) && closes { end + 1 } else { end })
}

/// Whether what stands behind the object can stand behind the deed as well: an adverbial, an aim, a reason, an aside in
/// brackets.
fn can_follow(document: &Document<'_>, rest: &Range<usize>) -> bool {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < rest.end);
    let Some(first) = token(rest.start) else { return true };
    let opens = matches!(first.tag, Tag::Preposition | Tag::To | Tag::Fact)
        || first.is(&[
            "to", "so", "when", "if", "because", "as", "instead", "rather", "while", "during", "via", "using", "by",
            "after", "before", "since", "until", "where", "(", "again", "now", "only", "too", "directly", "twice",
            "than", "without",
        ]);
    // "The queue (backlog) mechanism" goes on behind its bracket.
    let bracket = first.is(&["("]);
    let closed = !bracket || token(rest.end - 1).is_some_and(|last| last.is(&[")"]));
    // "Add A to B, remove C": a second deed, unless both are the aim of the first.
    let second = |index: usize, signs: &[&str]| {
        token(index).is_some_and(|sign| sign.is(signs)) && token(index + 1).is_some_and(is_order)
    };
    let aim = first.is(&["to", "so"]) && token(rest.start + 1).is_some_and(|verb| verb.has(Flags::VERB_BASE));
    let several = rest.clone().any(|index| second(index, &[",", ";"]) || second(index, &["and"]) && !aim);
    opens && closed && !several
}
