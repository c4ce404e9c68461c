//! Slips of the author's that a careful colleague would mend on the way: frequent misspellings, "a" for "an", "where" for
//! "were", "will upgraded", "during 1 hour". Only what has one right form; everything else stays as written.

use super::inflected::{agree, capitalised};
use super::slips::{is_doubled, sentence_start};
use crate::engine::facts::FactKind;
use crate::engine::lexicon::inflect::{VerbForm, indefinite_article};
use crate::engine::lexicon::{Flags, right_spelling};
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// The mended word at `index`, when there is something to mend.
pub(super) fn repaired(document: &Document<'_>, index: usize) -> Option<String> {
    let token = document.tokens.get(index).filter(|token| token.kind == TokenKind::Word && !token.joined)?;
    // "She was wont to wait."
    let wont = token.is(&["wont"]) && document.tokens.get(index + 1).is_some_and(|next| next.is(&["to"]));
    let mended = right_spelling(&token.lower)
        .filter(|_| !wont)
        .map(str::to_owned)
        .or_else(|| proper(document, index, token))
        .or_else(|| misplaced(document, index, token))
        .or_else(|| miscounted(document, index, token))
        .or_else(|| misused(document, index, token))
        .or_else(|| sentence_start(document, index))?;
    let first_upper = token.capital && token.lower != "i";
    Some(if first_upper { capitalised(&mended) } else { mended })
}

/// "West europe": places and languages have a capital, unless they are part of an identifier.
fn proper(document: &Document<'_>, index: usize, token: &Token) -> Option<String> {
    const PROPER: [&str; 10] =
        ["europe", "africa", "asia", "america", "australia", "germany", "france", "english", "french", "german"];
    let alone = !token.capital
        && !token.glued
        && !document
            .tokens
            .get(index + 1)
            .is_some_and(|next| next.joined || next.glued && !next.is(&[".", ",", ")", "'s"]));
    (alone && PROPER.contains(&token.lower.as_str())).then(|| capitalised(&token.lower))
}

/// Whether letters tell how a word begins. "nginx" begins with a vowel when it is spoken, so its article is the author's.
fn begins_as_spelt(word: &str) -> bool {
    const CLUSTERS: [&str; 37] = [
        "bl", "br", "ch", "cl", "cr", "dr", "dw", "fl", "fr", "gh", "gl", "gn", "gr", "kl", "kn", "kr", "ph", "pl",
        "pn", "pr", "ps", "rh", "sc", "sh", "sk", "sl", "sm", "sn", "sp", "sq", "st", "sw", "th", "tr", "tw", "wh",
        "wr",
    ];
    let vowel = |sign: char| matches!(sign, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut signs = word.chars();
    let (Some(first), Some(second)) = (signs.next(), signs.next()) else { return true };
    let whole = vowel(first) || vowel(second) || !first.is_ascii() || !second.is_ascii();
    whole || CLUSTERS.iter().any(|cluster| word.starts_with(cluster))
}

/// A word that exists but cannot stand here.
fn misplaced(document: &Document<'_>, index: usize, token: &Token) -> Option<String> {
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    let next = document.tokens.get(index + 1);
    match token.lower.as_str() {
        // "an help desk": the next word is in the author's spelling.
        "a" | "an" => {
            let next = next.filter(|next| next.kind == TokenKind::Word && !next.glued)?;
            let words = document.slice(document.span_of(index + 1..index + 2));
            let known =
                next.entry.is_some() && !words.chars().skip(1).any(char::is_uppercase) && begins_as_spelt(&next.lower);
            let right = indefinite_article(words);
            // "Point A is far", "A and B" name a letter; "an herb" and "an historic day" are right to some.
            let letter = next.has(Flags::AUXILIARY | Flags::CONJUNCTION | Flags::PREPOSITION);
            let silent =
                token.is(&["an"]) && ["herb", "hist", "hyst", "hote"].iter().any(|start| next.lower.starts_with(start));
            (known && !letter && !silent && right != token.lower).then(|| right.to_owned())
        }
        // "not all users where impacted".
        "where" => {
            let subject =
                before.is_some_and(|before| before.tag == Tag::PluralNoun || before.is(&["they", "we", "these"]));
            let participle = next.is_some_and(|next| next.has(Flags::VERB_PAST_PARTICIPLE) && !next.has(Flags::NOUN));
            let denied = next.is_some_and(|next| next.tag == Tag::Negation);
            (subject && (participle || denied)).then(|| "were".to_owned())
        }
        // "all our controllers and there agents".
        "there" => {
            let joins = before.is_some_and(|before| before.is(&["and", "or", "with", "of", "for", "from", "in", "on"]));
            let owned = next
                .is_some_and(|next| next.has(Flags::NOUN) && !next.has(Flags::VERB | Flags::MODAL | Flags::AUXILIARY));
            (joins && owned).then(|| "their".to_owned())
        }
        // "to better enables tooling".
        _ if token.has(Flags::VERB_3SG)
            && before.is_some_and(|before| matches!(before.tag, Tag::Adverb | Tag::Adjective)) =>
        {
            let to = index.checked_sub(2).and_then(|at| document.tokens.get(at)).is_some_and(|to| to.is(&["to"]));
            let verb = token.entry.as_ref()?.verb_lemma(&token.lower).into_owned();
            let manner = before.is_some_and(|before| before.is(&["better", "further", "also", "fully", "really"]));
            (to && manner && verb != token.lower).then_some(verb)
        }
        // "it will upgraded to version 2".
        _ if token.tag == Tag::Verb(VerbForm::PastParticiple) || token.tag == Tag::Verb(VerbForm::Past) => {
            let modal =
                before.is_some_and(|before| before.tag == Tag::Modal && before.is(&["will", "must", "should", "can"]));
            // "we can chose" and "we can found a firm" lack no helper: what has an object is done by somebody.
            let object = next.is_some_and(|next| matches!(next.tag, Tag::Determiner | Tag::Pronoun));
            (modal && !object && token.has(Flags::VERB_PAST_PARTICIPLE) && !token.has(Flags::VERB_BASE))
                .then(|| format!("be {}", token.lower))
        }
        _ => None,
    }
}

/// Whether a word is one too many: the "the" of "since the 13 April 2026", the second half of "it's" in "sent it's budget".
pub(super) fn is_superfluous(document: &Document<'_>, index: usize) -> bool {
    let Some(token) = document.tokens.get(index).filter(|token| token.kind == TokenKind::Word) else { return false };
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    if is_doubled(document, index) {
        return true;
    }
    match token.lower.as_str() {
        "the" => names_a_day(document, index + 1) && before.is_some_and(|before| before.is(&LEADING_TO_A_DAY)),
        "'s" => index.checked_sub(1).is_some_and(|it| owns(document, it)),
        "'re" => {
            before.is_some_and(|they| they.is(&["they"]))
                && document.tokens.get(index + 1).is_some_and(|next| next.is(&["own"]))
        }
        "yet" => {
            before.is_some_and(|before| before.is(&["know", "knows", "knew"])) && opens_a_question(document, index + 1)
        }
        _ => false,
    }
}

const LEADING_TO_A_DAY: [&str; 9] = ["on", "since", "from", "until", "by", "before", "after", "till", "between"];

/// "28 March 2024" with nothing behind it that it would describe.
fn names_a_day(document: &Document<'_>, index: usize) -> bool {
    let date = document.fact_at(index).filter(|fact| fact.kind == FactKind::Date);
    let spelt = date.map(|fact| document.slice(fact.span));
    // "the 13th of April" and "the 2024-03-28 build" are right.
    let word = spelt.is_some_and(|words| {
        words.contains(' ')
            // "until the next morning"
            && words.contains(|c: char| c.is_ascii_digit())
            && words.chars().any(char::is_alphabetic)
            && !words.contains(" of ")
            && (!words.starts_with(|first: char| first.is_ascii_digit()) || starts_with_cardinal(words))
    });
    word && !document.tokens.get(index + 1).is_some_and(|next| next.tag.is_nominal() || next.joined)
}

/// "13 April", not "13th April".
fn starts_with_cardinal(words: &str) -> bool {
    let day = words.split(' ').next().unwrap_or_default();
    !day.is_empty() && day.chars().all(|digit| digit.is_ascii_digit())
}

/// Whether "it" and "'s" stand for "its": "sent it's budget".
fn owns(document: &Document<'_>, it: usize) -> bool {
    const THAT_FOLLOWS: [&str; 15] = [
        "say", "think", "know", "hope", "guess", "mean", "believe", "see", "hear", "find", "tell", "decide", "feel",
        "suspect", "suppose",
    ];
    let token = |index: usize| document.tokens.get(index);
    let is_it = token(it).is_some_and(|word| word.is(&["it"])) && token(it + 1).is_some_and(|sign| sign.is(&["'s"]));
    let governed = it.checked_sub(1).and_then(token).is_some_and(|before| {
        before.tag == Tag::Preposition
            || matches!(before.tag, Tag::Verb(_)) && !before.lemmas().any(|lemma| THAT_FOLLOWS.contains(&lemma))
    });
    let owned = token(it + 2).is_some_and(|next| next.tag == Tag::Noun && !next.has(Flags::ADJ));
    is_it && (governed && owned || token(it + 2).is_some_and(|next| next.is(&["own"])))
}

/// "the cause", "how long", "what happened".
fn opens_a_question(document: &Document<'_>, index: usize) -> bool {
    document.tokens.get(index).is_some_and(|next| {
        next.tag == Tag::Determiner || next.is(&["how", "what", "why", "when", "who", "where", "which"])
    })
}

/// A verb in the wrong number: "Plugins changelogs seems broken", "this change have been tested". Only where the subject opens
/// the sentence and is plain.
fn miscounted(document: &Document<'_>, index: usize, token: &Token) -> Option<String> {
    if token.is(&SINGULAR) || token.is(&PLURAL) {
        return first_verb_miscounted(document, index, token);
    }
    // "… seem broken and only reports old ones": the second verb of the same subject.
    let restricted = index.checked_sub(1).is_some_and(|before| {
        document.tokens.get(before).is_some_and(|word| word.is(&["only", "also", "still", "now"]))
    });
    if token.tag != Tag::Verb(VerbForm::ThirdSingular) && !(restricted && token.has(Flags::VERB_3SG)) {
        return None;
    }
    let joint = (index.saturating_sub(2)..index)
        .rev()
        .find(|at| document.tokens.get(*at).is_some_and(|before| before.tag != Tag::Adverb))
        .filter(|joint| document.tokens.get(*joint).is_some_and(|joint| joint.is(&["and"])))?;
    let sentence = document.sentence_at(index)?;
    let mended = (sentence.start..joint).find_map(|at| {
        let verb = document.tokens.get(at).filter(|verb| verb.is(&["seems", "appears", "looks", "needs"]))?;
        first_verb_miscounted(document, at, verb)
    });
    mended.and(token.entry.map(|entry| entry.verb_lemma(&token.lower).into_owned()))
}

/// The verbs whose number is looked at.
const SINGULAR: [&str; 8] = ["is", "was", "has", "seems", "appears", "does", "looks", "needs"];
const PLURAL: [&str; 3] = ["are", "were", "have"];

/// Heads in the singular that may have a verb in the plural.
const MANY: [&str; 13] = [
    "team",
    "staff",
    "police",
    "majority",
    "number",
    "rest",
    "couple",
    "series",
    "pair",
    "group",
    "lot",
    "percentage",
    "score",
];

/// The same for the first verb of a sentence.
fn first_verb_miscounted(document: &Document<'_>, index: usize, token: &Token) -> Option<String> {
    if token.is(&PLURAL) && has_one_head(document, index) {
        return agree(&token.lower, false);
    }
    let sentence = document.sentence_at(index)?;
    let subject: Vec<&Token> = document.tokens.get(sentence.start..index)?.iter().collect();
    let (head, front) = subject.split_last()?;
    let plain = front.iter().all(|word| {
        word.kind == TokenKind::Word
            && (word.tag.is_nominal() || matches!(word.tag, Tag::Determiner | Tag::Adjective))
            && !word.is(&["each", "every", "one"])
    });
    // "Grading papers is work", "What matters is time": a clause is the subject. "Statistics is" a field.
    let clause = front.first().is_some_and(|first| first.has(Flags::VERB_ING | Flags::WH));
    if !plain || clause || front.len() > 3 || head.lower.ends_with("ics") || head.is_unlisted() || head.is(&MANY) {
        return None;
    }
    let many = head.tag == Tag::PluralNoun
        && head.has(Flags::NOUN_PLURAL)
        && !head.has(Flags::NOUN_SINGULAR)
        && !head.capital
        && !front.iter().any(|word| word.is(&["this", "that", "a", "an"]));
    let one = head.tag == Tag::Noun
        && head.has(Flags::NOUN_SINGULAR)
        && !head.has(Flags::NOUN_PLURAL)
        && front.first().is_some_and(|first| first.is(&["this", "that", "a", "an"]));
    if token.is(&SINGULAR) && many {
        return agree(&token.lower, true)
            .or_else(|| token.entry.map(|entry| entry.verb_lemma(&token.lower).into_owned()));
    }
    if token.is(&PLURAL) && one { agree(&token.lower, false) } else { None }
}

/// "The key to publish plugins are": one thing with what it is for, whose plural stands next to the verb.
fn has_one_head(document: &Document<'_>, index: usize) -> bool {
    const LONGEST: usize = 10;
    let token = |at: usize| document.tokens.get(at);
    let Some(sentence) = document.sentence_at(index) else { return false };
    let front = sentence.start.max(index.saturating_sub(LONGEST))..index;
    let Some(to) = front.clone().rev().find(|at| token(*at).is_some_and(|word| word.tag == Tag::To)) else {
        return false;
    };
    let opens = |at: usize| at == sentence.start || token(at - 1).is_some_and(|word| word.is(&[","]));
    let named = |words: std::ops::Range<usize>| {
        words.clone().all(|at| token(at).is_some_and(|word| word.tag.is_nominal() || word.tag == Tag::Adjective))
    };
    let Some(start) =
        front.rev().find(|at| token(*at).is_some_and(|word| word.is(&["the", "a", "an", "this"])) && opens(*at))
    else {
        return false;
    };
    let head = to.checked_sub(1).and_then(token).is_some_and(|head| {
        head.tag == Tag::Noun && head.has(Flags::NOUN_SINGULAR) && !head.has(Flags::NOUN_PLURAL) && !head.is(&MANY)
    });
    let purpose = token(to + 1).is_some_and(|verb| verb.tag == Tag::Verb(VerbForm::Base));
    start + 1 < to
        && head
        && purpose
        && named(start + 1..to)
        && (to + 2..index).all(|at| {
            token(at).is_some_and(|word| word.tag.is_nominal() || matches!(word.tag, Tag::Adjective | Tag::Determiner))
        })
        && token(index - 1).is_some_and(|last| last.tag == Tag::PluralNoun)
}

/// A small word in the place of another.
fn misused(document: &Document<'_>, index: usize, token: &Token) -> Option<String> {
    let word = |at: usize| document.tokens.get(at);
    let before = index.checked_sub(1).and_then(word);
    let next = word(index + 1);
    let is = |token: Option<&Token>, words: &[&str]| token.is_some_and(|token| token.is(words));
    match token.lower.as_str() {
        // "upgraded the 28 March 2024".
        "the" => {
            let verb =
                before.is_some_and(|before| before.tag.is_verb() || before.fact().is_some() || before.tag.is_nominal());
            (verb && names_a_day(document, index + 1)).then(|| "on".to_owned())
        }
        // "during 1 hour".
        "during" => {
            let lasts = document.fact_at(index + 1).is_some_and(|fact| fact.kind == FactKind::Duration);
            let describes = word(index + 2).is_some_and(|after| {
                after.tag.is_nominal()
                    || after.is(&["of"])
                    || after.joined
                    || after.glued && after.tag != Tag::Punctuation
            });
            (lasts && !describes).then(|| "for".to_owned())
        }
        // "longer that expected".
        "that" => {
            let compares = before.is_some_and(|before| {
                before.has(Flags::ADJ_COMPARATIVE) && before.lower.ends_with("er") || before.is(&["more", "less"])
            });
            (compares && is(next, &["expected", "planned", "usual", "normal", "anticipated"]))
                .then(|| "than".to_owned())
        }
        // "how many time it takes".
        "many" => (is(before, &["how"]) && is(next, &["time", "money", "data", "information", "work"]))
            .then(|| "much".to_owned()),
        // "has been down since some time".
        "since" => (is(next, &["some", "several", "many"])
            && is(word(index + 2), &["time", "times", "hours", "days", "weeks", "months"]))
        .then(|| "for".to_owned()),
        // "are not computed since an update": what began and goes on.
        "is" | "are" if goes_on_since(document, index) => {
            Some(if token.is(&["is"]) { "has" } else { "have" }.to_owned())
        }
        "times" => {
            let since = index.checked_sub(2).and_then(word);
            (is(before, &["some"]) && is(since, &["since", "for"])).then(|| "time".to_owned())
        }
        // "does not expect and outage".
        "and" => {
            let wants = before.is_some_and(|before| {
                before.lemmas().any(|lemma| ["expect", "experience", "cause", "see", "have", "face"].contains(&lemma))
            });
            let thing = next.is_some_and(|next| {
                next.has(Flags::NOUN_SINGULAR)
                    && !next.has(Flags::VERB_BASE)
                    && next.lower.starts_with(['a', 'e', 'i', 'o', 'u'])
            });
            (wants && thing).then(|| "an".to_owned())
        }
        // "difficult too maintain".
        "too" => {
            let adjective = before.is_some_and(|before| before.tag == Tag::Adjective);
            let verb = next.is_some_and(|next| next.has(Flags::VERB_BASE) && !next.has(Flags::ADJ | Flags::NOUN));
            (adjective && verb).then(|| "to".to_owned())
        }
        // "its been fixed", "its not working": nobody owns a participle or a denial.
        "its" => {
            let opens = document.sentence_at(index).is_some_and(|sentence| sentence.start == index)
                || is(before, &["but", "because", "that", "think", "so", ","]);
            // "its not yet released app", "its a cappella show"
            let owned = word(index + 2).is_some_and(|after| {
                after.joined || after.is(&["yet", "always", "quite", "cappella", "la", "priori", "posteriori"])
            }) || word(index + 2).is_some_and(|after| matches!(after.tag, Tag::Adjective | Tag::Verb(_)))
                && is(next, &["not"])
                && word(index + 3).is_some_and(|thing| thing.tag.is_nominal());
            let tells = is(next, &["been", "a", "an", "the"]) && next.is_some_and(|next| !next.capital)
                || is(next, &["not"])
                    && opens
                    && word(index + 2)
                        .is_some_and(|after| !after.lower.starts_with("un") && !after.lower.starts_with("in"));
            let tells = tells && !owned;
            tells.then(|| "it's".to_owned())
        }
        // "can i show you": nothing else named so has such a verb.
        "i" => {
            let speaks = next.is_some_and(|next| {
                matches!(next.tag, Tag::Modal | Tag::Verb(VerbForm::Base | VerbForm::Past))
                    || next.is(&[
                        "am", "have", "had", "was", "don't", "didn't", "'m", "'ve", "'ll", "'d", "just", "also",
                        "still",
                    ])
            });
            let named =
                before.is_some_and(|before| before.tag == Tag::Determiner || before.glued && before.lower == "(");
            let joined = next.is_some_and(|next| next.joined);
            (!token.capital && !named && !joined && !token.glued && speaks).then(|| "I".to_owned())
        }
        // "their is a problem", "there own budget".
        "their" => (is(next, &["is", "are", "was", "were"])).then(|| "there".to_owned()),
        // "Most people there own a car" tells of people.
        "there" => {
            let people = before.is_some_and(|before| before.tag.is_nominal())
                || word(index + 2).is_some_and(|after| after.tag == Tag::Determiner || after.is(&["their"]));
            (is(next, &["own"]) && !people).then(|| "their".to_owned())
        }
        "they" if is(next, &["'re"]) && is(word(index + 2), &["own"]) => Some("their".to_owned()),
        // "more then 5 users", "rather then".
        "then" => {
            let number = next.is_some_and(|next| next.tag == Tag::Fact);
            let compares = is(before, &["more", "less", "fewer"])
                && (number || is(next, &["expected", "usual", "planned"]))
                || is(before, &["rather"]) && next.is_some_and(|next| next.kind == TokenKind::Word);
            compares.then(|| "than".to_owned())
        }
        // "that could of failed": heard, not read.
        "of" if is(before, &["could", "should", "would"])
            && next.is_some_and(|next| next.has(Flags::VERB_PAST_PARTICIPLE) && !next.has(Flags::NOUN)) =>
        {
            Some("have".to_owned())
        }
        // "will loose data".
        "loose" => {
            // "due to loose access rules"
            let leads = index.checked_sub(2).and_then(word).is_some_and(|earlier| {
                let may_lose =
                    ["need", "want", "have", "able", "unable", "go", "try", "risk", "afford", "start", "not"];
                earlier.lemmas().any(|lemma| may_lose.contains(&lemma))
            });
            let wanted = before.is_some_and(|before| before.tag == Tag::Modal)
                || is(before, &["not"])
                || is(before, &["to"]) && leads;
            let object = next.is_some_and(|next| next.tag == Tag::Determiner)
                || is(next, &["data", "access", "money", "messages"]);
            (wanted && object).then(|| "lose".to_owned())
        }
        // "proceed to the migration": what is done, and no place to go to.
        "to" if before.is_some_and(|before| before.lemmas().any(|lemma| lemma == "proceed"))
            && leads_to_work(document, index + 1) =>
        {
            Some("with".to_owned())
        }
        // "sent it's budget".
        "it" => owns(document, index).then(|| "its".to_owned()),
        // "we don't know yet the cause".
        "know" | "knows" | "knew" if is(next, &["yet"]) && opens_a_question(document, index + 2) => {
            Some(format!("yet {}", token.lower))
        }
        // "unavailable due to database issue".
        "to" | "by" | "of" => {
            let ties = match token.lower.as_str() {
                "to" => is(before, &["due", "owing"]),
                "by" => is(before, &["caused", "triggered"]),
                _ => is(before, &["because"]),
            };
            let article = ties.then(|| missing_article(document, index + 1)).flatten()?;
            Some(format!("{} {article}", token.lower))
        }
        "not" if before.is_some_and(|before| before.is(&["is", "are"])) && goes_on_since(document, index - 1) => {
            Some("not been".to_owned())
        }
        _ => None,
    }
}

/// "the arm64 migration of", "a restart": a piece of work, with nothing behind it that would make it a page or a step.
fn leads_to_work(document: &Document<'_>, start: usize) -> bool {
    const WORK: [&str; 9] = [
        "migration",
        "upgrade",
        "update",
        "restart",
        "reboot",
        "installation",
        "replacement",
        "maintenance",
        "switchover",
    ];
    const LONGEST: usize = 6;
    let token = |at: usize| document.tokens.get(at);
    let end = (start + 1..start + LONGEST).find(|at| token(*at).is_some_and(|word| word.is(&WORK)));
    token(start).is_some_and(|first| first.is(&["a", "an", "the"]))
        && end.is_some_and(|end| {
            (start + 1..end).all(|at| {
                token(at).is_some_and(|word| {
                    word.tag.is_nominal() || word.tag == Tag::Adjective || word.tag == Tag::Fact || word.is(&["/"])
                })
            }) && token(end + 1)
                .is_none_or(|next| !next.tag.is_nominal() && !next.joined && next.tag != Tag::Possessive)
        })
}

/// How far behind its verb "since" is looked for.
const SINCE: usize = 12;

/// Whether "is" or "are" at this token tells what is not done since a time. Without "not" the mended form could be taken for
/// something that was done.
fn goes_on_since(document: &Document<'_>, index: usize) -> bool {
    let token = |at: usize| document.tokens.get(at);
    let Some(sentence) = document.sentence_at(index) else { return false };
    let end = (index + 1..sentence.end)
        .find(|at| token(*at).is_some_and(|sign| sign.tag == Tag::Punctuation))
        .unwrap_or(sentence.end);
    let Some(since) = (index + 1..end.min(index + SINCE)).find(|at| token(*at).is_some_and(|word| word.is(&["since"])))
    else {
        return false;
    };
    // "since it was moved" gives a reason, or a time that only the author knows.
    let finite = |at: usize| {
        token(at).is_some_and(|word| {
            matches!(
                word.tag,
                Tag::Auxiliary | Tag::Modal | Tag::Pronoun | Tag::Verb(VerbForm::Past | VerbForm::ThirdSingular)
            )
        })
    };
    let time = document.fact_at(since + 1).is_some_and(|fact| fact.kind.is_when())
        || token(since + 1).is_some_and(|word| {
            word.is(&["yesterday", "last", "this", "some", "several", "about", "around", "the", "an", "a", "then"])
        });
    let asks = index == sentence.start;
    let denied = token(index + 1).is_some_and(|next| next.tag == Tag::Negation);
    time && denied && !asks && !(since + 1..end).any(finite) && !(index + 1..since).any(finite)
}

/// The article that a thing in the singular wants and does not have: "database issue".
fn missing_article(document: &Document<'_>, start: usize) -> Option<&'static str> {
    const THINGS: [&str; 20] = [
        "timeout",
        "issue",
        "problem",
        "bug",
        "outage",
        "upgrade",
        "update",
        "migration",
        "change",
        "incident",
        "restart",
        "attack",
        "crash",
        "fault",
        "glitch",
        "misconfiguration",
        "leak",
        "spike",
        "limitation",
        "failover",
    ];
    const LONGEST: usize = 4;
    let end = (start..start + LONGEST).find(|index| {
        document.tokens.get(*index).is_some_and(|token| THINGS.contains(&token.lower.as_str()))
            && !document.tokens.get(index + 1).is_some_and(|next| next.tag.is_nominal() || next.joined)
    })?;
    let bare = (start..end).all(|index| {
        document.tokens.get(index).is_some_and(|token| {
            token.kind == TokenKind::Word
                && (token.tag == Tag::Noun || token.tag == Tag::Name || token.tag == Tag::Adjective)
                && !token.is(&["human", "other", "such", "another"])
        })
    });
    // "because of issue 12": a name.
    let numbered =
        document.tokens.get(end + 1).is_some_and(|next| next.fact().is_some() || next.lower.starts_with('#'));
    let first = document.tokens.get(start)?;
    (bare && !numbered).then(|| indefinite_article(document.slice(first.span)))
}
