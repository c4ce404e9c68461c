//! What the shape of an unknown word suggests: "backfilled", "sunsetting", "sharders".

use super::{Edit, Entry, Flags, Lexicon};

const PREFIXES: &[&str] = &[
    "anti", "auto", "co", "cross", "cyber", "de", "dis", "ex", "hyper", "inter", "intra", "macro", "mega", "meta",
    "micro", "mid", "mini", "mis", "mono", "multi", "non", "out", "over", "post", "pre", "pro", "pseudo", "re", "self",
    "semi", "sub", "super", "tele", "trans", "ultra", "un", "under",
];

/// Endings that settle the class of an unknown word by themselves, the longest first.
const ENDINGS: &[(&str, Flags)] = &[
    ("ability", Flags::NOUN_SINGULAR),
    ("ibility", Flags::NOUN_SINGULAR),
    ("ization", Flags::NOUN_SINGULAR),
    ("isation", Flags::NOUN_SINGULAR),
    ("ology", Flags::NOUN_SINGULAR),
    ("ation", Flags::NOUN_SINGULAR),
    ("tion", Flags::NOUN_SINGULAR),
    ("sion", Flags::NOUN_SINGULAR),
    ("ment", Flags::NOUN_SINGULAR),
    ("ness", Flags::NOUN_SINGULAR),
    ("ship", Flags::NOUN_SINGULAR),
    ("ware", Flags::NOUN_SINGULAR),
    ("able", Flags::ADJ),
    ("ible", Flags::ADJ),
    ("less", Flags::ADJ),
    ("ical", Flags::ADJ),
    ("ful", Flags::ADJ),
    ("ous", Flags::ADJ),
    ("ive", Flags::ADJ),
    ("ify", Flags::VERB_BASE),
    ("ize", Flags::VERB_BASE),
    ("ise", Flags::VERB_BASE),
    ("ity", Flags::NOUN_SINGULAR),
    ("ism", Flags::NOUN_SINGULAR),
    ("ist", Flags::NOUN_SINGULAR),
    ("ic", Flags::ADJ),
    ("ly", Flags::ADV),
];

/// Shorter stems say too little: "bed" is not a past tense.
const SHORTEST_STEM: usize = 3;

/// Whether a word only ever stands in front of another: "re-", "pre-".
pub(super) fn is_prefix(word: &str) -> bool {
    PREFIXES.contains(&word)
}

pub(super) fn guess(lexicon: &Lexicon, word: &str) -> Option<Entry> {
    if word.chars().any(|c| !c.is_alphabetic() && c != '-' && c != '\'') {
        return None;
    }
    let entry = possessive(lexicon, word)
        .or_else(|| hyphenated(lexicon, word))
        .or_else(|| inflected(lexicon, word, Stem::Known))
        .or_else(|| prefixed(lexicon, word))
        .or_else(|| compound(lexicon, word))
        .or_else(|| by_ending(word))
        .or_else(|| inflected(lexicon, word, Stem::Any))?;
    let flags = entry.flags.without(Flags::PLAIN | Flags::COMMON) | Flags::GUESSED;
    Some(Entry { flags, ..entry })
}

fn possessive(lexicon: &Lexicon, word: &str) -> Option<Entry> {
    let owner = word.strip_suffix("'s").or_else(|| word.strip_suffix('\'').filter(|stem| stem.ends_with('s')))?;
    let flags = match lexicon.lookup(owner) {
        Some(entry) if entry.can_be_noun() => entry.flags & (Flags::NOUN | Flags::NOUN_MASS),
        Some(_) => return None,
        None => Flags::NOUN_SINGULAR,
    };
    let strip = u8::try_from(word.len() - owner.len()).ok()?;
    // Only a noun that is its own lemma can be undone by one edit; "nodes'" keeps its plural.
    let noun = Edit { strip, append: "" };
    Some(Entry { noun, ..Entry::uninflected(flags) })
}

/// "re-deployed" is read like "deployed", "customer-visible" like an adjective.
fn hyphenated(lexicon: &Lexicon, word: &str) -> Option<Entry> {
    let (front, last) = word.rsplit_once('-')?;
    let entry = lexicon.lookup(last)?;
    let (_, front_last) = front.rsplit_once('-').unwrap_or(("", front));
    if PREFIXES.contains(&front_last) {
        return Some(Entry { flags: entry.flags.without(Flags::CLOSED_CLASS), ..entry });
    }
    if entry.is_any(Flags::PREPOSITION | Flags::PARTICLE) {
        // "spin-up", "roll-out": made from a multi-word verb.
        return Some(Entry::uninflected(Flags::NOUN_SINGULAR));
    }
    let mut flags = entry.flags & (Flags::NOUN | Flags::NOUN_MASS | Flags::ADJ);
    if entry.is_any(Flags::NOUN_SINGULAR | Flags::ADJ | Flags::VERB_PAST_PARTICIPLE | Flags::VERB_ING) {
        // Two nouns with a hyphen usually stand before a third: "build-time check".
        flags |= Flags::ADJ;
    }
    (!flags.is_empty()).then_some(Entry { noun: entry.noun, ..Entry::uninflected(flags) })
}

/// Lemma edits work on the end of a word, so an entry stays right when something is put in front.
fn prefixed(lexicon: &Lexicon, word: &str) -> Option<Entry> {
    PREFIXES.iter().find_map(|prefix| {
        let rest = word.strip_prefix(prefix).filter(|rest| rest.len() >= 4)?;
        let entry = lexicon.lookup(rest).or_else(|| inflected(lexicon, rest, Stem::Known))?;
        let mut flags = entry.flags.without(Flags::CLOSED_CLASS | Flags::ADV | Flags::NOUN_FIRST | Flags::VERB_FIRST);
        if *prefix == "un" && flags.intersects(Flags::VERB_PAST_PARTICIPLE) {
            flags |= Flags::ADJ;
        }
        (!flags.without(Flags::PLAIN | Flags::COMMON).is_empty()).then_some(Entry { flags, ..entry })
    })
}

/// Two known words written as one: "codefreeze", "mailserver".
fn compound(lexicon: &Lexicon, word: &str) -> Option<Entry> {
    let cuts = (3..word.len().saturating_sub(3)).rev();
    cuts.filter_map(|cut| word.split_at_checked(cut)).find_map(|(front, last)| {
        let first = lexicon.lookup(front)?;
        let entry = lexicon.lookup(last)?;
        let flags = entry.flags & (Flags::NOUN | Flags::NOUN_MASS);
        let both_plain = first.is(Flags::NOUN_SINGULAR) && first.is_plain() && entry.is_plain();
        (both_plain && !flags.is_empty()).then_some(Entry { flags, ..entry })
    })
}

fn by_ending(word: &str) -> Option<Entry> {
    let ending =
        ENDINGS.iter().find(|(ending, _)| word.strip_suffix(ending).is_some_and(|stem| stem.len() >= SHORTEST_STEM))?;
    Some(Entry::uninflected(ending.1))
}

/// Whether a stem must be in the lexicon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stem {
    Known,
    Any,
}

fn inflected(lexicon: &Lexicon, word: &str, stem: Stem) -> Option<Entry> {
    if let Some(base) = word.strip_suffix("ing") {
        return verb_form(lexicon, word, base, stem, Flags::VERB_ING);
    }
    if let Some(base) = word.strip_suffix("ed") {
        return verb_form(lexicon, word, base, stem, Flags::VERB_PAST | Flags::VERB_PAST_PARTICIPLE);
    }
    if let Some(agents) = word.strip_suffix("ers").or_else(|| word.strip_suffix("ors")) {
        let entry = verb_form(lexicon, word, agents, Stem::Known, Flags::NOUN_PLURAL);
        if entry.is_some() {
            let noun = Edit { strip: 1, append: "" };
            return Some(Entry { noun, ..Entry::uninflected(Flags::NOUN_PLURAL) });
        }
    }
    if let Some(agent) = word.strip_suffix("er").or_else(|| word.strip_suffix("or")) {
        verb_form(lexicon, word, agent, Stem::Known, Flags::NOUN_SINGULAR)?;
        return Some(Entry::uninflected(Flags::NOUN_SINGULAR));
    }
    s_form(lexicon, word, stem)
}

fn s_form(lexicon: &Lexicon, word: &str, stem: Stem) -> Option<Entry> {
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return None;
    }
    let ies = word.strip_suffix("ies").map(|base| ([base, "y"].concat(), Edit { strip: 3, append: "y" }));
    let es = word
        .strip_suffix("es")
        .filter(|base| base.ends_with(['s', 'x', 'z', 'o']) || base.ends_with("ch") || base.ends_with("sh"))
        .map(|base| (base.to_owned(), Edit { strip: 2, append: "" }));
    let s = word.strip_suffix('s').map(|base| (base.to_owned(), Edit { strip: 1, append: "" }));
    let candidates: Vec<(String, Edit)> = [ies, es, s].into_iter().flatten().collect();

    for (base, edit) in &candidates {
        let Some(known) = lexicon.lookup(base) else { continue };
        let mut flags = Flags::NONE;
        if known.is(Flags::NOUN_SINGULAR) {
            flags |= Flags::NOUN_PLURAL;
        }
        if known.is(Flags::VERB_BASE) {
            flags |= Flags::VERB_3SG;
        }
        if !flags.is_empty() {
            return Some(Entry { noun: *edit, verb: *edit, ..Entry::uninflected(flags) });
        }
    }
    let (base, edit) = candidates.first()?;
    (stem == Stem::Any && base.len() >= SHORTEST_STEM).then(|| Entry {
        noun: *edit,
        verb: *edit,
        ..Entry::uninflected(Flags::NOUN_PLURAL | Flags::VERB_3SG)
    })
}

/// The reading of `word` if `base` (the word without its ending) belongs to a verb, or to a noun used as one.
fn verb_form(lexicon: &Lexicon, word: &str, base: &str, stem: Stem, flags: Flags) -> Option<Entry> {
    let ending = u8::try_from(word.len() - base.len()).ok()?;
    if base.len() < SHORTEST_STEM || !base.contains(['a', 'e', 'i', 'o', 'u', 'y']) {
        return None;
    }
    let undoubled = undouble(base);
    let mut candidates: Vec<(String, Edit)> = vec![
        (base.to_owned(), Edit { strip: ending, append: "" }),
        ([base, "e"].concat(), Edit { strip: ending, append: "e" }),
    ];
    if let Some(single) = undoubled {
        candidates.push((single.to_owned(), Edit { strip: ending + 1, append: "" }));
    }
    if let Some(start) = base.strip_suffix('i') {
        candidates.push(([start, "y"].concat(), Edit { strip: ending + 1, append: "y" }));
    }
    for wanted in [Flags::VERB_BASE, Flags::NOUN_SINGULAR] {
        let known = candidates.iter().find(|(lemma, _)| lexicon.lookup(lemma).is_some_and(|entry| entry.is(wanted)));
        if let Some((_, edit)) = known {
            return Some(Entry { verb: *edit, ..Entry::uninflected(flags) });
        }
    }
    if stem == Stem::Known {
        return None;
    }
    let edit = match undoubled {
        Some(_) => Edit { strip: ending + 1, append: "" },
        None if wants_final_e(base) => Edit { strip: ending, append: "e" },
        None => Edit { strip: ending, append: "" },
    };
    Some(Entry { verb: edit, ..Entry::uninflected(flags) })
}

/// "tagg" to "tag". Letters that stay double at the end of English words are left alone.
fn undouble(base: &str) -> Option<&str> {
    let last = base.chars().next_back()?;
    let single = base.strip_suffix(last)?;
    let doubled = single.ends_with(last) && !matches!(last, 'a' | 'e' | 'i' | 'o' | 'u' | 's' | 'z' | 'f' | 'l');
    doubled.then_some(single)
}

/// Whether an unknown stem looks cut off: "quantiz", "reconcil" do, "refactor" does not.
fn wants_final_e(base: &str) -> bool {
    base.ends_with(['c', 'g', 's', 'u', 'v', 'z']) && !base.ends_with("ng") && !base.ends_with("ss")
        || ["at", "bl", "dl", "fl", "gl", "kl", "pl", "tl", "zl", "ag", "dg"].iter().any(|end| base.ends_with(end))
}
