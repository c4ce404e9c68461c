//! Irregular verbs and plurals that rules cannot make, and spellings where a rule needs help.

/// Base, past, past participle; sorted by base.
#[rustfmt::skip] // a word list, packed on purpose
const VERBS: &[(&str, &str, &str)] = &[
    ("arise", "arose", "arisen"), ("awake", "awoke", "awoken"), ("be", "was", "been"), ("bear", "bore", "borne"),
    ("beat", "beat", "beaten"), ("become", "became", "become"), ("befall", "befell", "befallen"),
    ("beget", "begot", "begotten"), ("begin", "began", "begun"), ("behold", "beheld", "beheld"),
    ("bend", "bent", "bent"), ("beset", "beset", "beset"), ("bespeak", "bespoke", "bespoken"), ("bet", "bet", "bet"),
    ("bid", "bid", "bid"), ("bind", "bound", "bound"), ("bite", "bit", "bitten"), ("bleed", "bled", "bled"),
    ("blow", "blew", "blown"), ("break", "broke", "broken"), ("breed", "bred", "bred"),
    ("bring", "brought", "brought"), ("broadcast", "broadcast", "broadcast"), ("browbeat", "browbeat", "browbeaten"),
    ("build", "built", "built"), ("burst", "burst", "burst"), ("buy", "bought", "bought"), ("cast", "cast", "cast"),
    ("catch", "caught", "caught"), ("choose", "chose", "chosen"), ("cling", "clung", "clung"),
    ("come", "came", "come"), ("cost", "cost", "cost"), ("creep", "crept", "crept"), ("cut", "cut", "cut"),
    ("deal", "dealt", "dealt"), ("dig", "dug", "dug"), ("do", "did", "done"), ("draw", "drew", "drawn"),
    ("drink", "drank", "drunk"), ("drive", "drove", "driven"), ("dwell", "dwelt", "dwelt"), ("eat", "ate", "eaten"),
    ("fall", "fell", "fallen"), ("feed", "fed", "fed"), ("feel", "felt", "felt"), ("fight", "fought", "fought"),
    ("find", "found", "found"), ("flee", "fled", "fled"), ("fling", "flung", "flung"), ("fly", "flew", "flown"),
    ("forbear", "forbore", "forborne"), ("forbid", "forbade", "forbidden"), ("forecast", "forecast", "forecast"),
    ("foresee", "foresaw", "foreseen"), ("forget", "forgot", "forgotten"), ("forgive", "forgave", "forgiven"),
    ("forgo", "forwent", "forgone"), ("forsake", "forsook", "forsaken"), ("forswear", "forswore", "forsworn"),
    ("freeze", "froze", "frozen"), ("get", "got", "got"), ("give", "gave", "given"), ("go", "went", "gone"),
    ("grind", "ground", "ground"), ("grow", "grew", "grown"), ("hamstring", "hamstrung", "hamstrung"),
    ("hang", "hung", "hung"), ("have", "had", "had"), ("hear", "heard", "heard"), ("hide", "hid", "hidden"),
    ("hit", "hit", "hit"), ("hold", "held", "held"), ("hurt", "hurt", "hurt"), ("inbreed", "inbred", "inbred"),
    ("inlay", "inlaid", "inlaid"), ("input", "input", "input"), ("keep", "kept", "kept"), ("kneel", "knelt", "knelt"),
    ("know", "knew", "known"), ("lay", "laid", "laid"), ("lead", "led", "led"), ("leave", "left", "left"),
    ("lend", "lent", "lent"), ("let", "let", "let"), ("lie", "lay", "lain"), ("light", "lit", "lit"),
    ("lose", "lost", "lost"), ("make", "made", "made"), ("mean", "meant", "meant"), ("meet", "met", "met"),
    ("mislead", "misled", "misled"), ("mistake", "mistook", "mistaken"), ("offset", "offset", "offset"),
    ("output", "output", "output"), ("partake", "partook", "partaken"), ("pay", "paid", "paid"),
    ("prove", "proved", "proven"), ("put", "put", "put"), ("quit", "quit", "quit"), ("read", "read", "read"),
    ("rend", "rent", "rent"), ("rid", "rid", "rid"), ("ride", "rode", "ridden"), ("ring", "rang", "rung"),
    ("rise", "rose", "risen"), ("run", "ran", "run"), ("say", "said", "said"), ("see", "saw", "seen"),
    ("seek", "sought", "sought"), ("sell", "sold", "sold"), ("send", "sent", "sent"), ("set", "set", "set"),
    ("sew", "sewed", "sewn"), ("shake", "shook", "shaken"), ("shed", "shed", "shed"), ("shine", "shone", "shone"),
    ("shoot", "shot", "shot"), ("show", "showed", "shown"), ("shrink", "shrank", "shrunk"), ("shut", "shut", "shut"),
    ("sing", "sang", "sung"), ("sink", "sank", "sunk"), ("sit", "sat", "sat"), ("slay", "slew", "slain"),
    ("sleep", "slept", "slept"), ("slide", "slid", "slid"), ("sling", "slung", "slung"), ("slink", "slunk", "slunk"),
    ("slit", "slit", "slit"), ("sow", "sowed", "sown"), ("speak", "spoke", "spoken"), ("speed", "sped", "sped"),
    ("spend", "spent", "spent"), ("spin", "spun", "spun"), ("spit", "spat", "spat"), ("split", "split", "split"),
    ("spread", "spread", "spread"), ("spring", "sprang", "sprung"), ("stand", "stood", "stood"),
    ("steal", "stole", "stolen"), ("stick", "stuck", "stuck"), ("sting", "stung", "stung"),
    ("stink", "stank", "stunk"), ("stride", "strode", "stridden"), ("strike", "struck", "struck"),
    ("string", "strung", "strung"), ("strive", "strove", "striven"), ("sunset", "sunset", "sunset"),
    ("swear", "swore", "sworn"), ("sweep", "swept", "swept"), ("swell", "swelled", "swollen"),
    ("swim", "swam", "swum"), ("swing", "swung", "swung"), ("take", "took", "taken"), ("teach", "taught", "taught"),
    ("tear", "tore", "torn"), ("tell", "told", "told"), ("think", "thought", "thought"), ("throw", "threw", "thrown"),
    ("thrust", "thrust", "thrust"), ("tread", "trod", "trodden"), ("typeset", "typeset", "typeset"),
    ("undergo", "underwent", "undergone"), ("understand", "understood", "understood"), ("upset", "upset", "upset"),
    ("wake", "woke", "woken"), ("wear", "wore", "worn"), ("weave", "wove", "woven"), ("weep", "wept", "wept"),
    ("win", "won", "won"), ("wind", "wound", "wound"), ("withdraw", "withdrew", "withdrawn"),
    ("withhold", "withheld", "withheld"), ("withstand", "withstood", "withstood"), ("wring", "wrung", "wrung"),
    ("write", "wrote", "written"),
];

/// Put before an irregular verb, these make another one: rebuild, overwrite.
const VERB_PREFIXES: &[&str] = &[
    "auto", "back", "cross-", "de", "fore", "ghost", "hand", "inter", "mis", "out", "over", "pre", "proof", "re",
    "re-", "side", "sub", "un", "under", "up", "way",
];

/// Regular verbs that look like a prefix and an irregular verb.
const LOOK_IRREGULAR: &[&str] = &["relay"];

/// Verbs of several syllables that double their last consonant although dictionaries allow both.
const DOUBLING: &[&str] = &[
    "backlog",
    "combat",
    "diagram",
    "format",
    "handicap",
    "input",
    "kidnap",
    "outfit",
    "output",
    "program",
    "programme",
    "reformat",
    "reprogram",
    "sandbag",
    "typeset",
    "zigzag",
];

/// Singular, plural; sorted by singular.
#[rustfmt::skip] // a word list, packed on purpose
const PLURALS: &[(&str, &str)] = &[
    ("addendum", "addenda"), ("alga", "algae"), ("alumnus", "alumni"), ("appendix", "appendices"),
    ("automaton", "automata"), ("bacterium", "bacteria"), ("bureau", "bureaus"), ("bus", "buses"),
    ("cactus", "cacti"), ("calf", "calves"), ("child", "children"), ("codex", "codices"),
    ("corrigendum", "corrigenda"), ("criterion", "criteria"), ("curriculum", "curricula"), ("datum", "data"),
    ("die", "dice"), ("echo", "echoes"), ("elf", "elves"), ("embargo", "embargoes"), ("erratum", "errata"),
    ("focus", "focuses"), ("foot", "feet"), ("fungus", "fungi"), ("gas", "gases"), ("genus", "genera"),
    ("goose", "geese"), ("half", "halves"), ("helix", "helices"), ("hero", "heroes"), ("hoof", "hooves"),
    ("knife", "knives"), ("larva", "larvae"), ("leaf", "leaves"), ("life", "lives"), ("loaf", "loaves"),
    ("louse", "lice"), ("man", "men"), ("matrix", "matrices"), ("medium", "media"), ("mouse", "mice"),
    ("nucleus", "nuclei"), ("octopus", "octopuses"), ("os", "oses"), ("ovum", "ova"), ("ox", "oxen"),
    ("passer-by", "passers-by"), ("passerby", "passersby"), ("person", "people"), ("phenomenon", "phenomena"),
    ("plus", "pluses"), ("potato", "potatoes"), ("quantum", "quanta"), ("quiz", "quizzes"), ("radius", "radii"),
    ("runner-up", "runners-up"), ("scarf", "scarves"), ("self", "selves"), ("sheaf", "sheaves"), ("shelf", "shelves"),
    ("standby", "standbys"), ("stimulus", "stimuli"), ("stratum", "strata"), ("thief", "thieves"),
    ("tomato", "tomatoes"), ("tooth", "teeth"), ("torpedo", "torpedoes"), ("vertebra", "vertebrae"),
    ("vertex", "vertices"), ("veto", "vetoes"), ("wharf", "wharves"), ("wife", "wives"), ("wolf", "wolves"),
    ("woman", "women"), ("yourself", "yourselves"),
];

/// Words in -man whose plural is regular.
const REGULAR_MAN: &[&str] = &["caiman", "german", "human", "norman", "ottoman", "roman", "shaman", "talisman"];

/// Past and past participle of an irregular verb without a prefix.
pub(super) fn verb(base: &str) -> Option<(&'static str, &'static str)> {
    let index = VERBS.binary_search_by_key(&base, |(known, _, _)| known).ok()?;
    VERBS.get(index).map(|(_, past, participle)| (*past, *participle))
}

/// Prefix, past and past participle of a verb made from an irregular one: "re", "built", "built".
pub(super) fn prefixed_verb(base: &str) -> Option<(&'static str, &'static str, &'static str)> {
    if LOOK_IRREGULAR.contains(&base) {
        return None;
    }
    VERB_PREFIXES.iter().find_map(|prefix| {
        let (past, participle) = verb(base.strip_prefix(prefix)?)?;
        Some((*prefix, past, participle))
    })
}

/// Whether a verb doubles its last consonant against the rule for long words.
pub(super) fn doubles(base: &str) -> bool {
    DOUBLING.contains(&base)
}

/// The plural of a noun that no rule can make, with everything before its last part kept: "spokesman", "bookshelf".
pub(super) fn plural(singular: &str) -> Option<String> {
    if let Ok(index) = PLURALS.binary_search_by_key(&singular, |(known, _)| known) {
        return PLURALS.get(index).map(|(_, plural)| (*plural).to_owned());
    }
    if REGULAR_MAN.contains(&singular) {
        return None;
    }
    [
        ("man", "men"),
        ("shelf", "shelves"),
        ("child", "children"),
        ("self", "selves"),
        ("wife", "wives"),
        ("life", "lives"),
    ]
    .iter()
    .find_map(|(one, many)| Some([singular.strip_suffix(one)?, *many].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_binary_search() {
        assert!(VERBS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(PLURALS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
