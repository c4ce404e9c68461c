//! Which words a reader meets in general English, by themselves or made of others.

use super::{Flags, Lexicon, guess};

/// Whether a lower-case word belongs to general English: it is in the lists of it, or everybody can take it apart.
pub(crate) fn is_general(lower: &str) -> bool {
    is_listed(lower) || is_derived(lower) || is_verb_with_particle(lower)
}

fn is_listed(lower: &str) -> bool {
    Lexicon::embedded().lookup(lower).is_some_and(|entry| entry.is_any(Flags::PLAIN | Flags::COMMON))
}

/// "Reachable", "unplanned", "reprinted", "shortener": an everyday word with a beginning or an ending that says what it does.
fn is_derived(word: &str) -> bool {
    const SHORTEST: usize = 4;
    const BEGINNINGS: [&str; 6] = ["un", "re", "over", "under", "pre", "mis"];
    const ENDINGS: [&str; 6] = ["able", "ably", "ly", "less", "ness", "ish"];
    let is_plain = |word: &str| Lexicon::embedded().lookup(word).is_some_and(|entry| entry.is(Flags::PLAIN));
    let is_stem = |stem: &str| {
        // "labell-er" has doubled its last letter.
        let single =
            stem.char_indices().next_back().and_then(|(at, last)| stem.get(..at).filter(|rest| rest.ends_with(last)));
        is_plain(stem) || is_plain(&format!("{stem}e")) || single.is_some_and(is_plain)
    };
    let begun =
        |beginning: &&str| word.strip_prefix(*beginning).is_some_and(|rest| rest.len() >= SHORTEST && is_plain(rest));
    let ended = |ending: &&str| word.strip_suffix(*ending).is_some_and(|stem| stem.len() >= SHORTEST && is_stem(stem));
    BEGINNINGS.iter().any(begun)
        || ENDINGS.iter().any(ended)
        || word
            .strip_suffix("ers")
            .or_else(|| word.strip_suffix("er"))
            .is_some_and(|stem| stem.len() > 2 && is_stem(stem))
}

/// "Warmup", "rollups": a verb and its particle, written as one.
fn is_verb_with_particle(word: &str) -> bool {
    const PARTICLES: [&str; 6] = ["up", "out", "off", "down", "in", "on"];
    let word = word.strip_suffix('s').unwrap_or(word);
    PARTICLES.iter().any(|particle| {
        word.strip_suffix(particle).is_some_and(|verb| {
            verb.len() > 2
                && Lexicon::embedded().lookup(verb).is_some_and(|entry| entry.is(Flags::PLAIN | Flags::VERB_BASE))
        })
    })
}

/// Whether a word only ever stands in front of another: "re-", "pre-".
pub(crate) fn is_prefix(lower: &str) -> bool {
    guess::is_prefix(lower)
}

#[cfg(test)]
mod tests {
    use super::is_general;

    #[test]
    fn words_are_general_by_themselves_or_by_their_parts() {
        for word in [
            "hallway",
            "screenshots",
            "reinstall",
            "reinstalls",
            "unmanageable",
            "overstock",
            "payslips",
            "shortener",
            "labeller",
            "pickers",
            "warmup",
            "rollups",
            "barcode",
            "website",
            "reprinted",
            "stocktake",
        ] {
            assert!(is_general(word), "{word}");
        }
        for word in ["kubernetes", "idempotent", "frobnicator", "mutex", "middleware", "etcd"] {
            assert!(!is_general(word), "{word}");
        }
    }
}
