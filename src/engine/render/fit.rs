//! Whether a wording can stand in a term's place, so that the sentence still reads as if a person had written it.

use std::borrow::Cow;
use std::ops::Range;

use super::agreement::is_governed;
use super::code::is_in_code;
use super::plain::Realiser;
use super::select::Analysis;
use super::verbs::is_particle;
use crate::engine::facts::FactKind;
use crate::engine::glossary::{Hit, HitForm, Number, PartOfSpeech, Wording, verb_form_of};
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::lexicon::{Flags, Lexicon};
use crate::engine::source::line_before;
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// Nouns in a row that can still be read at once.
const LONGEST_STACK: usize = 4;

/// Words of a long form in front of its short one.
const LONGEST_NAMED: usize = 12;

/// Whether a noun wording can stand here: no number clash with a counting word, no preposition inside a noun stack, and no
/// stack that nobody can take apart.
pub(super) fn fits(realiser: &Realiser<'_, '_>, hit: &Hit, wording: &Wording) -> bool {
    let analysis = realiser.analysis;
    let document = &analysis.document;
    if wording.part_of_speech == PartOfSpeech::Adjective {
        return !is_told_as_a_deed(document, &hit.tokens) && !stands_for_a_thing(document, &hit.tokens);
    }
    if wording.part_of_speech != PartOfSpeech::Noun {
        return true;
    }
    // "Repro'd": an ending that only the author's word can take.
    if document.tokens.get(hit.tokens.end).is_some_and(|next| next.glued && next.is(&["'d", "’d"])) {
        return false;
    }
    let before = hit.tokens.start.checked_sub(1).and_then(|index| document.tokens.get(index));
    let after = document.tokens.get(hit.tokens.end);
    // "used for tracking issues": what is done, and not a number of things called so.
    let deed = hit.tokens.len() > 1
        && document
            .tokens
            .get(hit.tokens.start)
            .is_some_and(|first| first.lower.ends_with("ing") && first.has(Flags::VERB_ING))
        && before.is_some_and(|before| {
            before.is(&["for", "by", "while", "when", "before", "after", "is", "are", "was", "were", "we're"])
        })
        && document.tokens.get(hit.tokens.end - 1).is_some_and(|last| last.tag == Tag::PluralNoun);
    if deed {
        return false;
    }
    // "will simply fallback to", "can no longer host machines": a verb written like its noun.
    let asked = (0..hit.tokens.start)
        .rev()
        .filter_map(|index| document.tokens.get(index))
        .find(|token| token.tag != Tag::Adverb && !token.is(&["no", "longer"]))
        .is_some_and(|token| token.tag == Tag::Modal);
    let verb = document.tokens.get(hit.tokens.start).is_some_and(|word| word.has(Flags::VERB_BASE));
    if asked && (verb || after.is_some_and(|next| matches!(next.tag, Tag::Preposition | Tag::To | Tag::Determiner))) {
        return false;
    }
    let counted = before.is_some_and(|token| {
        token.is(&["each", "every", "another", "many", "few", "several", "these", "those", "both"])
            || fact_kind(document, token) == Some(FactKind::Number)
    });
    if wording.number != Number::Count && counted {
        return false;
    }
    let pointed = before.is_some_and(|token| token.is(&["this", "that"]));
    if wording.number == Number::Plural && pointed {
        return false;
    }
    let phrase_follows = !analysis.phrases_at(hit.tokens.end).is_empty();
    let follows = after.is_some_and(|token| token.tag.is_nominal() && !token.glued && !phrase_follows);
    let leads =
        before.is_some_and(|token| token.tag.is_nominal() || fact_kind(document, token).is_some_and(FactKind::is_name));
    let owns = after.is_some_and(|token| token.tag == Tag::Possessive || token.is(&["'s", "'", "’"]) && token.glued);
    if repeats_a_neighbour(document, &hit.tokens, &wording.text)
        || repeats_its_pair(document, &hit.tokens, &wording.text)
        || is_named_before(analysis, hit)
        || names_a_team(document, &hit.tokens, &wording.text)
        || is_told_apart(realiser, hit, wording)
    {
        return false;
    }
    // "A connected devices platform": in front of a noun stands one thing, or one word ("operations team").
    if follows && wording.number == Number::Plural && wording.text.contains(' ') {
        return false;
    }
    let words = wording.text.split(' ').count();
    let around = nouns_around(document, &hit.tokens);
    let too_long = (follows || leads) && words > 1 && words + around > LONGEST_STACK;
    // "The receiving program command-line tool": of two long wordings in a row the first would describe the other, so an
    // everyday word stays ("the consumer command-line tool").
    let everyday =
        || hit.tokens.len() == 1 && document.tokens.get(hit.tokens.start).is_some_and(|word| word.has(Flags::PLAIN));
    let too_long = too_long || follows && words > 1 && everyday() && is_told_at_length(realiser, hit.tokens.end);
    // "SSO on by default" is no "single sign-on on by default".
    let stutters = document.tokens.get(hit.tokens.end).is_some_and(|next| {
        !next.glued && wording.text.rsplit([' ', '-']).next().is_some_and(|last| next.lower == last)
    });
    // "A network blip" is no "network brief disturbance": an adjective stands in front of all nouns.
    let described = wording.text.contains(' ')
        && before.is_some_and(|token| {
            token.tag == Tag::Noun
                && token.fact().is_none()
                && !token.has(Flags::VERB_PAST | Flags::ADJ)
                && !token.is(&["default"])
        })
        && begins_with_an_adjective(&wording.text);
    !((follows || leads || owns) && has_preposition(&wording.text)) && !too_long && !described && !stutters
}

/// "Our dependency on the third-party for logins": a word that describes things, used for one.
fn stands_for_a_thing(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let token = |index: usize| document.tokens.get(index);
    let determined = tokens.start.checked_sub(1).and_then(token).is_some_and(|before| before.is(&["a", "an", "the"]));
    let ends = token(tokens.end).is_none_or(|next| matches!(next.tag, Tag::Preposition | Tag::Auxiliary | Tag::Modal));
    determined && ends
}

fn begins_with_an_adjective(text: &str) -> bool {
    let first = text.split(' ').next().and_then(|first| Lexicon::embedded().lookup(first));
    first.is_some_and(|entry| entry.is(Flags::ADJ) && !entry.is(Flags::VERB_ING))
}

/// "The container runtime is replaced with the container engine": what its author calls by two names may be two things, so the
/// second one keeps its name. A short form ("prod") is no other name.
fn is_told_apart(realiser: &Realiser<'_, '_>, hit: &Hit, wording: &Wording) -> bool {
    /// Tokens in front that are looked at.
    const NEAR: usize = 200;
    let name = |other: &Hit| {
        let concept = realiser.glossary.concepts.get(other.concept)?;
        let term = concept.terms.get(other.term).filter(|term| term.part_of_speech == PartOfSpeech::Noun)?;
        let told = concept.wording(PartOfSpeech::Noun, &realiser.audience.id)?;
        Some((term.text.rsplit_once(' ')?.1, told.text.as_str()))
    };
    let Some((head, _)) = name(hit) else { return false };
    realiser
        .analysis
        .terms_in(hit.tokens.start.saturating_sub(NEAR)..hit.tokens.start)
        .any(|other| name(other).is_some_and(|(last, told)| told == wording.text && !last.eq_ignore_ascii_case(head)))
}

/// Whether the term at a token is told by several words.
fn is_told_at_length(realiser: &Realiser<'_, '_>, start: usize) -> bool {
    let term = realiser.analysis.terms_at(start).iter().max_by_key(|hit| hit.tokens.len());
    term.is_some_and(|hit| {
        let concept = realiser.glossary.concepts.get(hit.concept).filter(|concept| !realiser.audience.knows(concept));
        let noun = concept.and_then(|concept| concept.wording(PartOfSpeech::Noun, &realiser.audience.id));
        noun.is_some_and(|wording| wording.text.contains(' '))
    })
}

/// The wording as it stands in front of the noun that it describes: "backup schedule" and not "saved copy schedule",
/// "phased-out endpoint" and not "phased out endpoint". `None` where the author's word stays.
pub(super) fn in_its_place<'w>(document: &Document<'_>, hit: &Hit, wording: &'w Wording) -> Option<Cow<'w, Wording>> {
    let (part, before_noun) = (wording.part_of_speech, wording.before_noun.as_deref());
    // Few wordings have a form for this place, and few verbs are said by several words.
    let differs = before_noun.is_some() || part == PartOfSpeech::Verb && wording.text.contains(' ');
    if !differs || !describes_a_noun(document, hit, part) {
        return Some(Cow::Borrowed(wording));
    }
    let text = match before_noun {
        Some(text) => text.to_owned(),
        None => participle_in_front(&wording.text, verb_form_of(hit.form))?,
    };
    // What describes another noun has no plural of its own.
    let part_of_speech = if part == PartOfSpeech::Verb { PartOfSpeech::Adjective } else { part };
    (!text.is_empty()).then(|| Cow::Owned(Wording { text, number: Number::Mass, part_of_speech, ..wording.clone() }))
}

/// Whether a term stands in front of the noun that it describes: a noun or adjective right in front of one, a verb as "the
/// deprecated endpoint" and not as "we deprecated endpoints".
fn describes_a_noun(document: &Document<'_>, hit: &Hit, part: PartOfSpeech) -> bool {
    let noun = |index: usize| {
        document.tokens.get(index).is_some_and(|next| {
            // "Due to host issues": behind a preposition stands no subject, so the word is no verb.
            let governed = next.tag == Tag::Verb(VerbForm::ThirdSingular)
                && next.has(Flags::NOUN)
                && is_governed(document, hit.tokens.start);
            (next.tag.is_nominal() || governed) && (!next.glued || next.joined)
        })
    };
    let adjective = document.tokens.get(hit.tokens.end).is_some_and(|next| next.tag == Tag::Adjective && !next.glued);
    if part != PartOfSpeech::Verb {
        // "The **frontend** logs": the sign closes behind the word.
        let sign = document.tokens.get(hit.tokens.end).is_some_and(|sign| sign.glued && sign.is_emphasis());
        return noun(hit.tokens.end + usize::from(sign));
    }
    let before = hit.tokens.start.checked_sub(1).and_then(|index| document.tokens.get(index)).map(|token| token.tag);
    let determined = matches!(before, Some(Tag::Determiner | Tag::Possessive | Tag::Adjective));
    let describes = match hit.form {
        HitForm::Verb(VerbForm::PastParticiple | VerbForm::Past) => {
            determined || matches!(before, Some(Tag::Preposition | Tag::Verb(_)))
        }
        // "By sharding tables" has an object.
        HitForm::Verb(VerbForm::Ing) => determined,
        _ => false,
    };
    describes && hit.gap.is_none() && (noun(hit.tokens.end) || adjective && noun(hit.tokens.end + 1))
}

/// A verb of two words as it describes the noun behind it: "phased-out". Longer ones cannot.
fn participle_in_front(verb: &str, form: VerbForm) -> Option<String> {
    let (_, particle) = verb.split_once(' ')?;
    (form != VerbForm::Ing && is_particle(particle))
        .then(|| verb_form(verb, VerbForm::PastParticiple).replace(' ', "-"))
}

/// "Performance degraded overnight": the past form of a verb behind its subject is no adjective.
fn is_told_as_a_deed(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let word = document.tokens.get(tokens.start).filter(|_| tokens.len() == 1);
    let subject = tokens.start.checked_sub(1).and_then(|index| document.tokens.get(index));
    let object = document.tokens.get(tokens.end).is_some_and(|next| next.tag.is_nominal());
    word.is_some_and(|word| word.lower.ends_with("ed") && matches!(word.tag, Tag::Verb(VerbForm::Past)))
        && subject.is_some_and(|subject| subject.tag.is_nominal())
        && !object
}

/// "End-to-end encryption (E2EE)": the short form in brackets behind the long one, whose wording says it already.
fn is_named_before(analysis: &Analysis<'_>, hit: &Hit) -> bool {
    let document = &analysis.document;
    let is = |index: usize, sign: &str| document.tokens.get(index).is_some_and(|token| token.is(&[sign]));
    let Some(open) = hit.tokens.start.checked_sub(1).filter(|open| is(*open, "(") && is(hit.tokens.end, ")")) else {
        return false;
    };
    let near = open.saturating_sub(LONGEST_NAMED)..open;
    analysis.terms_in(near).any(|before| before.tokens.end == open && before.concept == hit.concept)
}

/// "The phase-out phase", "the share-alike licence GPLv3 license", "the system records of the system": a word of the wording
/// would be said twice.
fn repeats_a_neighbour(document: &Document<'_>, tokens: &Range<usize>, wording: &str) -> bool {
    const NEAR: usize = 3;
    let spelt = |word: &str| word.to_lowercase().replace("licence", "license");
    let words: Vec<String> = wording.split([' ', '-']).map(spelt).collect();
    let said = |index: usize| {
        document.tokens.get(index).is_some_and(|token| {
            token.tag.is_nominal() && words.iter().any(|word| token.lemmas().any(|lemma| spelt(lemma) == *word))
        })
    };
    let stacked = (tokens.end..tokens.end + NEAR)
        .take_while(|index| {
            document.tokens.get(*index).is_some_and(|token| token.tag.is_nominal() || token.tag == Tag::Fact)
        })
        .any(said);
    let of_it = document.tokens.get(tokens.end).is_some_and(|next| next.is(&["of"]))
        && document.tokens.get(tokens.end + 1).is_some_and(|next| next.is(&["the", "our", "this"]))
        && said(tokens.end + 2);
    // "The server servers"
    let led = tokens.start.checked_sub(1).is_some_and(said);
    stacked || of_it || led
}

/// "Setup/configuration", "errors and exceptions": of two words that are named beside each other, one would be told by the other.
fn repeats_its_pair(document: &Document<'_>, tokens: &Range<usize>, wording: &str) -> bool {
    let token = |index: usize| document.tokens.get(index);
    let joins = |index: usize| token(index).is_some_and(|sign| sign.is(&["/", "and", "or", "&"]));
    let said = |index: usize| token(index).is_some_and(|word| word.lemmas().any(|lemma| lemma == wording));
    joins(tokens.end) && said(tokens.end + 1) || tokens.start >= 2 && joins(tokens.start - 1) && said(tokens.start - 2)
}

/// "The CNI team" is called so, whatever the letters stand for elsewhere; "the ML team" may be told by what its letters stand for.
fn names_a_team(document: &Document<'_>, tokens: &Range<usize>, wording: &str) -> bool {
    let initials = wording.split([' ', '-']).filter_map(|word| word.chars().next());
    let letters = document.slice(document.span_of(tokens.clone()));
    tokens.len() == 1
        && letters.len() > 1
        && is_acronym(document, tokens)
        && !initials.flat_map(char::to_uppercase).eq(letters.chars())
        && document.tokens.get(tokens.end).is_some_and(|team| {
            !team.glued && team.lemmas().any(|lemma| ["team", "group", "squad", "department", "crew"].contains(&lemma))
        })
}

fn fact_kind(document: &Document<'_>, token: &Token) -> Option<FactKind> {
    token.fact().and_then(|fact| document.facts.get(fact)).map(|fact| fact.kind)
}

/// Nouns that touch a range on either side.
fn nouns_around(document: &Document<'_>, tokens: &Range<usize>) -> usize {
    let noun = |index: usize| {
        document.tokens.get(index).is_some_and(|token| {
            // "`build()` pipeline library function": the name in code style is a part of the stack.
            token.tag.is_nominal() && !token.is(&["due"]) || token.lower.starts_with('`') && token.lower.len() > 2
        })
    };
    let before = (0..tokens.start).rev().take_while(|index| noun(*index)).count();
    let after = (tokens.end..document.tokens.len()).take_while(|index| noun(*index)).count();
    before + after
}

/// "Artifact Caching Proxy", "Jenkins CI": words that are written large beside another large word are part of a name.
pub(super) fn is_part_of_name(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let sentence = document.sentence_at(tokens.start);
    let Some(sentence) = sentence else { return false };
    let words = |range: Range<usize>| {
        range.filter_map(|index| document.tokens.get(index)).filter(|token| token.kind == TokenKind::Word)
    };
    if is_on_screen(document, tokens) {
        return true;
    }
    if is_in_code(document, tokens)
        || is_a_label(document, tokens)
        || has_initials_behind(document, tokens)
        || are_initials(document, tokens)
        || owns_people(document, tokens)
    {
        return true;
    }
    // A title writes all its words large, and says nothing with a verb in small letters; in an item such as "Updated Pay Push
    // from 1.0 to 1.1" the verb is large because it comes first.
    let large = words(sentence.clone()).filter(|token| token.capital).count();
    let says = words(sentence.clone())
        .any(|token| !token.capital && (token.tag.is_verb() || matches!(token.tag, Tag::Auxiliary | Tag::Modal)))
        || words(sentence.clone()).next().is_some_and(|first| first.tag.is_verb())
            && words(sentence.clone()).any(|token| !token.capital && token.tag == Tag::Preposition);
    if !says && large * 2 > words(sentence.clone()).count() {
        return is_one_of_many_names(document, sentence, tokens);
    }
    let is_large = |index: usize| {
        sentence.contains(&index)
            && document.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Word && token.capital)
    };
    let opens = |index: usize| index == sentence.start;
    let before = tokens.start.checked_sub(1).is_some_and(|index| {
        // "S3 IA One AZ": among large words a small one is large because of the name.
        let named = index > sentence.start && is_large(index - 1) && !is_grammar(document, index - 1);
        is_large(index) && !opens(index) && (!is_grammar(document, index) || named)
    });
    let after = is_large(tokens.end);
    let whole = tokens.clone().all(is_large);
    whole && !opens(tokens.start) && (before || after)
        // At the start of a sentence every word is large; a second large word shows the name.
        || whole && opens(tokens.start) && after && tokens.len() == 1 && !is_acronym(document, tokens)
}

/// "Papercut, Digital Signage, Fusion, Timeclock, KMS": what is affected, by name. A title has no such row.
fn is_one_of_many_names(document: &Document<'_>, sentence: &Range<usize>, tokens: &Range<usize>) -> bool {
    const FEWEST_COMMAS: usize = 4;
    let token = |index: usize| document.tokens.get(index).filter(|_| sentence.contains(&index));
    let comma = |index: usize| token(index).is_some_and(|sign| sign.is(&[","]));
    let emphasis = |index: &usize| token(*index).is_some_and(|sign| sign.is_emphasis());
    let large = tokens.clone().all(|index| token(index).is_some_and(|word| word.capital));
    let before = (sentence.start..tokens.start).rev().find(|index| !emphasis(index));
    let behind = (tokens.end..sentence.end).find(|index| !emphasis(index));
    large
        && sentence.clone().filter(|index| comma(*index)).count() >= FEWEST_COMMAS
        && before.is_some_and(comma)
        && behind.is_none_or(comma)
}

/// "Compute Element (CE)": the large words in front of their own initials are a name.
fn has_initials_behind(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    const LONGEST: usize = 5;
    let large =
        |index: usize| document.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Word && token.capital);
    let Some(open) = (tokens.start..tokens.start + LONGEST).find(|index| !large(*index)) else { return false };
    let bracket = document.tokens.get(open).is_some_and(|sign| sign.is(&["("]));
    let Some(short) = document.tokens.get(open + 1).filter(|_| bracket && open > tokens.start) else { return false };
    let first = (0..open).rev().take_while(|index| large(*index)).last().unwrap_or(tokens.start);
    let initials: String = (first..open).filter_map(|index| document.tokens.get(index)?.lower.chars().next()).collect();
    short.lower.len() >= 2 && initials.ends_with(short.lower.as_str())
}

/// "transactions per second (TPS)": in brackets behind the words that they stand for.
fn are_initials(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let sign = |index: Option<usize>, sign: &str| {
        index.and_then(|index| document.tokens.get(index)).is_some_and(|token| token.is(&[sign]))
    };
    let open = tokens.start.checked_sub(1);
    if tokens.len() != 1 || !is_acronym(document, tokens) || !sign(open, "(") || !sign(Some(tokens.end), ")") {
        return false;
    }
    let short = document.slice(document.span_of(tokens.clone())).to_lowercase();
    let from = (tokens.start - 1).saturating_sub(short.len());
    let initials: String =
        (from..tokens.start - 1).filter_map(|index| document.tokens.get(index)?.lower.chars().next()).collect();
    short.len() >= 2 && initials == short
}

/// "NIC's lawyers": no thing has people of its own.
fn owns_people(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    const PEOPLE: [&str; 18] = [
        "lawyer",
        "engineer",
        "team",
        "staff",
        "employee",
        "director",
        "manager",
        "board",
        "spokesperson",
        "ceo",
        "cto",
        "founder",
        "developer",
        "president",
        "customer",
        "member",
        "office",
        "management",
    ];
    is_acronym(document, tokens)
        && document.tokens.get(tokens.end).is_some_and(|owns| owns.glued && owns.is(&["'s", "’s"]))
        && document
            .tokens
            .get(tokens.end + 1)
            .is_some_and(|person| person.lemmas().any(|lemma| PEOPLE.contains(&lemma)))
}

/// `[docs]: /pages`, `[the guide][docs]`, `<STDIN>`, `list@host`: a name that something else refers to.
fn is_a_label(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let sign = |index: Option<usize>, signs: &[&str]| {
        index.and_then(|index| document.tokens.get(index)).is_some_and(|token| token.is(signs))
    };
    let (before, after) = (tokens.start.checked_sub(1), Some(tokens.end));
    let bracketed = sign(before, &["["]) && sign(after, &["]"]);
    let span = document.span_of(tokens.clone());
    let opens_line = line_before(document.text, span.start).trim() == "[";
    let defines = bracketed && opens_line && sign(after.map(|end| end + 1), &[":"]);
    let refers = sign(before, &["["]) && sign(before.and_then(|open| open.checked_sub(1)), &["]"]);
    let stream = sign(before, &["<"]) && sign(after, &[">"]) && !document.slice(span).contains(char::is_lowercase);
    // `[BUGFIX]` sorts a line, `[urls].docs` refers to one.
    let sorts = bracketed
        && document.slice(span).len() > 3
        && !document.slice(span).contains(|c: char| c.is_lowercase() || c.is_whitespace());
    let behind = after.map(|end| end + 1);
    let dotted = bracketed
        && sign(behind, &["."])
        && behind.and_then(|dot| document.tokens.get(dot + 1)).is_some_and(|next| next.glued);
    let addressed = document.tokens.get(tokens.end).is_some_and(|next| next.glued && next.lower.starts_with('@'));
    defines || refers || stream || addressed || sorts || dotted
}

/// "What Rollback does", "If Checkout fails": written large because a sentence begins, and part of no name.
fn is_grammar(document: &Document<'_>, index: usize) -> bool {
    const OPENERS: [&str; 9] = ["what", "which", "who", "whose", "why", "how", "when", "where", "if"];
    document.tokens.get(index).is_some_and(|token| {
        matches!(
            token.tag,
            Tag::Determiner
                | Tag::Pronoun
                | Tag::Auxiliary
                | Tag::Modal
                | Tag::Conjunction
                | Tag::Preposition
                | Tag::Adverb
                | Tag::Negation
        ) || token.is(&OPENERS)
    })
}

/// "Click Rotate Key", "Settings > Access Tokens", "the Rollback button": what stands on a screen is found there in these words
/// only.
fn is_on_screen(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    const PRESSED: [&str; 8] = ["click", "select", "choose", "press", "tap", "hit", ">", "→"];
    const PLACES: [&str; 9] = ["button", "tab", "menu", "page", "screen", "dialog", "checkbox", "link", "dropdown"];
    let large = |index: usize| document.tokens.get(index).is_some_and(|token| token.capital);
    let is = |index: usize, words: &[&str]| document.tokens.get(index).is_some_and(|token| token.is(words));
    // From the first large word of the label to its last.
    let labelled = |index: &usize| large(*index) && !is_grammar(document, *index);
    let first = (0..=tokens.start).rev().take_while(labelled).last().unwrap_or(tokens.start);
    let end = (tokens.end..document.tokens.len()).find(|index| !large(*index)).unwrap_or(document.tokens.len());
    let opens = document.sentences.iter().any(|sentence| sentence.start == first);
    let pressed = first.checked_sub(1).is_some_and(|before| {
        is(before, &PRESSED)
            || is(before, &["on", "the", "to"]) && before.checked_sub(1).is_some_and(|verb| is(verb, &PRESSED))
    });
    tokens.clone().all(large) && (pressed || !opens && is(end, &PLACES)) || is_a_set_off_label(document, tokens)
}

/// "Click the "Backfill tags" button", "change the **Authorization callback URL**": a label with large first letter between
/// signs, beside a word that says what it is on the screen or what is done with it there.
fn is_a_set_off_label(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    const LONGEST: usize = 6;
    const USED: [&str; 18] = [
        "click", "select", "choose", "press", "tap", "hit", "open", "enter", "fill", "under", "change", "set", "check",
        "uncheck", "called", "named", "titled", "labelled",
    ];
    const SHOWN: [&str; 16] = [
        "button", "tab", "menu", "page", "screen", "dialog", "checkbox", "link", "dropdown", "field", "box", "option",
        "section", "panel", "heading", "column",
    ];
    const SIGNS: [&str; 7] = ["\"", "“", "”", "*", "**", "_", "__"];
    let token = |index: usize| document.tokens.get(index);
    let sign = |index: &usize| token(*index).is_some_and(|sign| sign.is(&SIGNS));
    let Some(sentence) = document.sentence_at(tokens.start) else { return false };
    let from = tokens.start.saturating_sub(LONGEST).max(sentence.start);
    let until = (tokens.end + LONGEST).min(sentence.end);
    let (Some(open), Some(close)) = ((from..tokens.start).rev().find(sign), (tokens.end..until).find(sign)) else {
        return false;
    };
    let opens = token(open + 1).is_some_and(|first| first.capital && first.glued)
        && token(close).is_some_and(|sign| sign.glued);
    let used = (sentence.start..open)
        .rev()
        .filter_map(token)
        .find(|before| !matches!(before.tag, Tag::Determiner) && !before.is(&["on", "in", "to", "into", ":"]))
        .is_some_and(|verb| verb.is(&USED));
    opens && (used || token(close + 1).is_some_and(|next| next.is(&SHOWN)))
}

fn is_acronym(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    !document.slice(document.span_of(tokens.clone())).chars().any(char::is_lowercase)
}

fn has_preposition(text: &str) -> bool {
    text.split(' ').skip(1).any(|word| {
        [
            "of", "to", "for", "in", "on", "with", "without", "from", "at", "by", "that", "between", "under", "over",
            "into", "after", "before", "against", "per", "than", "as", "through",
        ]
        .contains(&word)
    })
}
