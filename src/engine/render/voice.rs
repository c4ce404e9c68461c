//! Whether a verb wording that needs an object can stand where the author's verb has none: "the change rolled back" is "the
//! change was undone", "we rolled back" keeps its verb.

use crate::engine::glossary::{Hit, HitForm, Wording};
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::text::{Document, Tag, Token, noun_phrase_end};

/// Verbs of wordings that say nothing without an object.
const NEED_AN_OBJECT: [&str; 36] = [
    "activate",
    "add",
    "assess",
    "block",
    "clear",
    "combine",
    "confirm",
    "contain",
    "copy",
    "create",
    "deposit",
    "disguise",
    "distribute",
    "fetch",
    "hold",
    "imitate",
    "isolate",
    "limit",
    "mute",
    "notify",
    "overwrite",
    "package",
    "raise",
    "redo",
    "refuse",
    "remove",
    "replace",
    "resubmit",
    "save",
    "secure",
    "send",
    "shorten",
    "store",
    "undo",
    "upload",
    "withdraw",
];

/// Subjects that do something themselves.
const PERSONS: [&str; 29] = [
    "team",
    "people",
    "person",
    "engineer",
    "developer",
    "dev",
    "admin",
    "user",
    "customer",
    "colleague",
    "vendor",
    "provider",
    "supplier",
    "company",
    "group",
    "member",
    "partner",
    "staff",
    "everyone",
    "everybody",
    "someone",
    "nobody",
    "volunteer",
    "contributor",
    "maintainer",
    "author",
    "manager",
    "operator",
    "designer",
];

/// How a verb is said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// In the author's form.
    Same,
    /// In these words: said of what it is done to, or as the wording is said without an object.
    Otherwise(String),
    /// Not at all: the author's verb stays.
    Kept,
}

/// A past form without subject and object. "Rolled back at 10:02." leaves out who did it; "the change, rolled back at 10:02,"
/// describes, and then an irregular wording must not stand in the past: "undone", not "undid".
fn described(document: &Document<'_>, hit: &Hit, wording: &Wording, form: VerbForm) -> Voice {
    let before = |steps: usize| hit.tokens.start.checked_sub(steps).and_then(|index| document.tokens.get(index));
    let opens = document.sentences.iter().any(|sentence| sentence.start == hit.tokens.start)
        || before(1).is_some_and(|token| token.is(&[","])) && before(2).is_some_and(|token| !token.tag.is_nominal());
    let set_off = document.tokens.get(hit.tokens.end).is_some_and(|token| token.is(&[","]));
    match &wording.alone {
        Some(words) if opens && !set_off => Voice::Otherwise(verb_form(words, VerbForm::Past)),
        _ if form == VerbForm::Past => Voice::Otherwise(verb_form(&wording.text, VerbForm::PastParticiple)),
        _ => Voice::Same,
    }
}

/// "No interest in code forked from it", "on every commit pushed to it": the noun in front belongs to a preposition or a verb, so
/// the past form behind it describes it; "on Monday the deploy rolled back" has a subject. `before` is read backwards.
fn is_inside_a_phrase(before: &[&Token]) -> bool {
    const TELLING: [&str; 16] = [
        "say", "think", "see", "hear", "report", "confirm", "note", "know", "hope", "expect", "ensure", "mean", "find",
        "notice", "believe", "suppose",
    ];
    let noun = |token: &Token| token.tag.is_nominal() || token.tag == Tag::Adjective;
    let bare = before.iter().take_while(|token| noun(token)).count();
    let determiner = before.get(bare).is_some_and(|token| matches!(token.tag, Tag::Determiner | Tag::Possessive));
    let length = bare + usize::from(determiner);
    let well = before.get(length + 1).is_some_and(|token| token.is(&["well"]));
    bare > 0
        && before.get(length).is_some_and(|outside| {
            // "If it has dashboards deployed"; "has the change rolled back?" asks.
            let holds = outside.is(&["has", "have", "had", "having"]) && before.len() > length + 1;
            (matches!(outside.tag, Tag::Preposition | Tag::Verb(_)) || holds)
                && (well
                    || !outside.is(&["after", "as", "because", "before", "once", "since", "than", "until", "when"]))
                && !outside.lemmas().any(|lemma| TELLING.contains(&lemma))
        })
}

/// The voice in which a wording fits the place of a hit.
pub(super) fn voice(document: &Document<'_>, hit: &Hit, wording: &Wording) -> Voice {
    let first = wording.text.split(' ').next().unwrap_or_default();
    let HitForm::Verb(form) = hit.form else { return Voice::Same };
    if hit.gap.is_some()
        || !NEED_AN_OBJECT.contains(&first) && wording.alone.is_none()
        || wording.text.contains("{object}")
    {
        return Voice::Same;
    }
    let sentence = document.sentence_at(hit.tokens.start);
    let Some(sentence) = sentence else { return Voice::Same };
    let token = |index: usize| document.tokens.get(index).filter(|_| sentence.contains(&index));
    let next = (hit.tokens.end..sentence.end).find(|index| token(*index).is_some_and(|token| token.tag != Tag::Adverb));
    let has_object = next.is_some_and(|at| {
        noun_phrase_end(document, at, sentence.end).is_some()
            || token(at).is_some_and(|token| {
                matches!(token.tag, Tag::Pronoun | Tag::Determiner | Tag::Fact | Tag::Particle | Tag::Possessive)
                    || token.tag.is_nominal()
                    || token.joined
                    || token.is(&["\"", "`", "(", "all", "both"])
            })
    });
    let before: Vec<&Token> = (sentence.start..hit.tokens.start).rev().filter_map(token).collect();
    let helpers: Vec<&&Token> = before
        .iter()
        .take_while(|token| {
            matches!(token.tag, Tag::Adverb | Tag::Auxiliary | Tag::Modal | Tag::Negation)
                || token.is(&["been", "being", "be", "still", "only", "just", "yet"])
        })
        .collect();
    let passive = form == VerbForm::PastParticiple
        && helpers.iter().any(|token| {
            token.is(&[
                "is", "are", "was", "were", "be", "been", "being", "'s", "'re", "isn't", "aren't", "wasn't", "weren't",
                "got",
            ])
        });
    let subject = before.get(helpers.len());
    let relative = before.iter().take(5).any(|token| token.is(&["that", "which", "what", "who"]));
    // A participle beside its noun ("a merged change", "merged, it …") describes.
    let describes = helpers.is_empty()
        && matches!(form, VerbForm::Past | VerbForm::PastParticiple)
        && (subject.is_none()
            || subject.is_some_and(|subject| {
                matches!(
                    subject.tag,
                    Tag::Determiner
                        | Tag::Adjective
                        | Tag::Preposition
                        | Tag::Possessive
                        | Tag::Conjunction
                        | Tag::Punctuation
                )
            }));
    let describes = describes
        || helpers.is_empty()
            && matches!(form, VerbForm::Past | VerbForm::PastParticiple)
            && is_inside_a_phrase(&before);
    if has_object || passive || relative {
        return Voice::Same;
    }
    if describes {
        return described(document, hit, wording, form);
    }
    let alone = || match &wording.alone {
        Some(words) => Voice::Otherwise(verb_form(words, form)),
        None => Voice::Kept,
    };
    // "PRs" are things, "Ana" is not.
    let abbreviation = |token: &Token| document.slice(token.span).chars().filter(|c| c.is_uppercase()).count() > 1;
    let thing = |subject: &&&Token| {
        (matches!(subject.tag, Tag::Noun | Tag::PluralNoun | Tag::Fact)
            || subject.tag == Tag::Name && abbreviation(subject))
            && !subject.lemmas().any(|lemma| PERSONS.contains(&lemma))
    };
    let Some(subject) = subject.filter(thing) else { return alone() };
    let many = subject.tag == Tag::PluralNoun || subject.tag == Tag::Name && subject.lower.ends_with('s');
    let helper = |words: &[&str]| helpers.iter().any(|token| token.is(words));
    let be = match form {
        VerbForm::Past if helpers.is_empty() => {
            if many {
                "were"
            } else {
                "was"
            }
        }
        VerbForm::ThirdSingular if helpers.is_empty() => "is",
        VerbForm::Base if helpers.is_empty() && many => "are",
        VerbForm::Base if helpers.iter().any(|token| token.tag == Tag::Modal) => "be",
        VerbForm::Past | VerbForm::PastParticiple
            if helper(&["have", "has", "had", "'ve", "hasn't", "haven't", "hadn't"]) =>
        {
            "been"
        }
        // "will be being sent" nobody says.
        VerbForm::Ing
            if helper(&["is", "are", "was", "were", "'s", "'re", "isn't", "aren't"]) && !helper(&["be", "been"]) =>
        {
            "being"
        }
        _ => return alone(),
    };
    Voice::Otherwise(format!("{be} {}", verb_form(&wording.text, VerbForm::PastParticiple)))
}
