//! Slips of the author's that a careful colleague would mend on the way: frequent misspellings, "a" for "an", "where" for
//! "were", "will upgraded", "during 1 hour". Only what has one right form; everything else stays as written.

use super::inflected::{agree, capitalised};
use crate::engine::facts::FactKind;
use crate::engine::lexicon::inflect::{VerbForm, indefinite_article};
use crate::engine::lexicon::{Flags, right_spelling};
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// The mended word at `index`, when there is something to mend.
pub(super) fn repaired(document: &Document<'_>, index: usize) -> Option<String> {
    let token = document.tokens.get(index).filter(|token| token.kind == TokenKind::Word && !token.joined)?;
    let mended = right_spelling(&token.lower)
        .map(str::to_owned)
        .or_else(|| misplaced(document, index, token))
        .or_else(|| miscounted(document, index, token))
        .or_else(|| misused(document, index, token))?;
    let first_upper = token.capital && token.lower != "i";
    Some(if first_upper { capitalised(&mended) } else { mended })
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
            (known && right != token.lower).then(|| right.to_owned())
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
            let modal = before.is_some_and(|before| before.is(&["will", "must", "should", "can"]));
            (modal && !token.has(Flags::VERB_BASE)).then(|| format!("be {}", token.lower))
        }
        _ => None,
    }
}

/// Whether a word is one too many: the "the" of "since the 13 April 2026", the second half of "it's" in "sent it's budget".
pub(super) fn is_superfluous(document: &Document<'_>, index: usize) -> bool {
    let Some(token) = document.tokens.get(index).filter(|token| token.kind == TokenKind::Word) else { return false };
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    match token.lower.as_str() {
        "the" => names_a_day(document, index + 1) && before.is_some_and(|before| before.is(&LEADING_TO_A_DAY)),
        "'s" => index.checked_sub(1).is_some_and(|it| owns(document, it)),
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
    const THAT_FOLLOWS: [&str; 11] =
        ["say", "think", "know", "hope", "guess", "mean", "believe", "see", "hear", "find", "tell"];
    let token = |index: usize| document.tokens.get(index);
    let is_it = token(it).is_some_and(|word| word.is(&["it"])) && token(it + 1).is_some_and(|sign| sign.is(&["'s"]));
    let governed = it.checked_sub(1).and_then(token).is_some_and(|before| {
        before.tag == Tag::Preposition
            || matches!(before.tag, Tag::Verb(_)) && !before.lemmas().any(|lemma| THAT_FOLLOWS.contains(&lemma))
    });
    let owned = token(it + 2).is_some_and(|next| next.tag == Tag::Noun && !next.has(Flags::ADJ));
    is_it && governed && owned
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
    if token.tag != Tag::Verb(VerbForm::ThirdSingular) {
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

/// The same for the first verb of a sentence.
fn first_verb_miscounted(document: &Document<'_>, index: usize, token: &Token) -> Option<String> {
    let sentence = document.sentence_at(index)?;
    let subject: Vec<&Token> = document.tokens.get(sentence.start..index)?.iter().collect();
    let (head, front) = subject.split_last()?;
    let plain = front.iter().all(|word| {
        word.kind == TokenKind::Word
            && (word.tag.is_nominal() || matches!(word.tag, Tag::Determiner | Tag::Adjective))
            && !word.is(&["each", "every", "one"])
    });
    if !plain || front.len() > 3 {
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
