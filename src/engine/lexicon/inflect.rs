//! Makes word forms: verb forms, plurals and singulars.
//!
//! Rules and a table of irregulars propose forms, the preferred one first; a form that the lexicon lemmatises back to the
//! word wins over one it does not know. Words that are not in the lexicon get the preferred form.

use super::{Flags, Lexicon, irregular};

pub use super::article::indefinite_article;

/// A form of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerbForm {
    /// deploy
    Base,
    /// deploys
    ThirdSingular,
    /// deployed, ran
    Past,
    /// deployed, run
    PastParticiple,
    /// deploying
    Ing,
}

impl VerbForm {
    fn flag(self) -> Flags {
        match self {
            VerbForm::Base => Flags::VERB_BASE,
            VerbForm::ThirdSingular => Flags::VERB_3SG,
            VerbForm::Past => Flags::VERB_PAST,
            VerbForm::PastParticiple => Flags::VERB_PAST_PARTICIPLE,
            VerbForm::Ing => Flags::VERB_ING,
        }
    }
}

/// Particles that follow the verb in a hyphenated verb: "opt-in" becomes "opted-in".
const PARTICLES: &[&str] = &["away", "back", "by", "down", "in", "off", "on", "out", "over", "through", "up"];

/// A form of a verb given by its base form. Of a multi-word verb the first word is inflected ("rolled back").
///
/// Where American and British spelling differ ("canceled", "cancelled") the American one is made, unless the base form
/// itself is British ("optimised").
pub fn verb_form(lemma: &str, form: VerbForm) -> String {
    if form == VerbForm::Base {
        return lemma.to_owned();
    }
    if let Some((first, rest)) = lemma.split_once(' ') {
        return [verb_form(first, form).as_str(), rest].join(" ");
    }
    if let Some((front, last)) = lemma.rsplit_once('-') {
        let known = Lexicon::embedded().lookup(lemma).is_some_and(|entry| entry.is(Flags::VERB_BASE));
        if PARTICLES.contains(&last) && !known {
            return [verb_form(front, form).as_str(), last].join("-");
        }
        return [front, verb_form(last, form).as_str()].join("-");
    }
    with_case_of(lemma, |lower| single_verb_form(lower, form))
}

fn single_verb_form(base: &str, form: VerbForm) -> String {
    if let Some(fixed) = irregular_form(base, form) {
        return fixed;
    }
    let candidates = match form {
        VerbForm::Base => return base.to_owned(),
        VerbForm::ThirdSingular => return third_singular(base),
        VerbForm::Past | VerbForm::PastParticiple => with_ending(base, "ed"),
        VerbForm::Ing => with_ending(base, "ing"),
    };
    first_attested(candidates, form.flag(), base)
}

fn irregular_form(base: &str, form: VerbForm) -> Option<String> {
    let pick = |past: &'static str, participle: &'static str| match form {
        VerbForm::Past => Some(past),
        VerbForm::PastParticiple => Some(participle),
        _ => None,
    };
    match (base, form) {
        ("be", VerbForm::ThirdSingular) => return Some("is".to_owned()),
        ("have", VerbForm::ThirdSingular) => return Some("has".to_owned()),
        ("be", VerbForm::Ing) => return Some("being".to_owned()),
        _ => {}
    }
    if let Some((past, participle)) = irregular::verb(base) {
        return pick(past, participle).map(str::to_owned);
    }
    let (prefix, past, participle) = irregular::prefixed_verb(base)?;
    let candidate = [prefix, pick(past, participle)?].concat();
    let lexicon = Lexicon::embedded();
    let regular = with_ending(base, "ed");
    let regular_is_known = regular.iter().any(|regular| lexicon.attests(regular, form.flag(), base));
    (lexicon.attests(&candidate, form.flag(), base) || !regular_is_known).then_some(candidate)
}

fn third_singular(base: &str) -> String {
    let es = [base, "es"].concat();
    let s = [base, "s"].concat();
    let candidates = if let Some(stem) = consonant_y(base) {
        vec![[stem, "ies"].concat()]
    } else if base.ends_with('z') && !base.ends_with("zz") {
        vec![[base, "zes"].concat(), es]
    } else if is_sibilant(base) || base.ends_with('o') {
        vec![es, s]
    } else {
        vec![s]
    };
    // An unknown verb in -o is usually a clipped word: "demos", "repos".
    let unknown = if base.ends_with('o') { [base, "s"].concat() } else { String::new() };
    let known = candidates.iter().any(|form| Lexicon::embedded().attests(form, Flags::VERB_3SG, base));
    if !known && !unknown.is_empty() { unknown } else { first_attested(candidates, Flags::VERB_3SG, base) }
}

/// The base form with "ed" or "ing", the preferred spelling first.
fn with_ending(base: &str, ending: &str) -> Vec<String> {
    let join = |stem: &str| [stem, ending].concat();
    if let Some(stem) = base.strip_suffix("ie").filter(|_| ending == "ing") {
        return vec![[stem, "ying"].concat(), join(base)];
    }
    if let Some(stem) = base.strip_suffix('e') {
        if ending == "ed" {
            return vec![join(stem)];
        }
        let keeps_e = stem.ends_with(['e', 'o', 'y']) || ["singe", "swinge", "tinge"].contains(&base);
        return if keeps_e { vec![join(base), join(stem)] } else { vec![join(stem), join(base)] };
    }
    if ending == "ed"
        && let Some(stem) = consonant_y(base)
    {
        return vec![[stem, "ied"].concat()];
    }
    if base.ends_with("ic") {
        return vec![[base, "k", ending].concat(), join(base)];
    }
    let Some(last) = doubled_letter(base) else {
        return vec![join(base)];
    };
    let doubled = [base, last, ending].concat();
    if doubles_when_unsure(base) { vec![doubled, join(base)] } else { vec![join(base), doubled] }
}

/// The last letter as text, if the word ends in one vowel and one consonant that can double.
fn doubled_letter(base: &str) -> Option<&str> {
    let mut letters = base.chars().rev();
    let (last, vowel, before) = (letters.next()?, letters.next()?, letters.next());
    if is_vowel(last) || matches!(last, 'w' | 'x' | 'y' | 'h') || !(is_vowel(vowel) || vowel == 'y') {
        return None;
    }
    let single_vowel = match before {
        None => true,
        Some('u') => vowel != 'u' && base.get(..base.len().checked_sub(2)?).is_some_and(|head| head.ends_with("qu")),
        Some(before) => !is_vowel(before),
    };
    single_vowel.then(|| base.get(base.len() - last.len_utf8()..)).flatten()
}

/// Short verbs double ("shipped"), long ones only when listed or made of a prefix and a short verb ("unplugged").
fn doubles_when_unsure(base: &str) -> bool {
    if vowel_groups(base) == 1 || irregular::doubles(base) {
        return true;
    }
    let lexicon = Lexicon::embedded();
    if lexicon.lookup(base).is_some_and(|entry| entry.is(Flags::VERB_BASE)) {
        return false;
    }
    (2..base.len().saturating_sub(2)).filter_map(|cut| base.split_at_checked(cut)).any(|(front, last)| {
        let is_short_verb =
            vowel_groups(last) == 1 && lexicon.lookup(last).is_some_and(|entry| entry.is(Flags::VERB_BASE));
        is_short_verb
            && (matches!(front, "re" | "un" | "de" | "out" | "auto" | "pre") || lexicon.lookup(front).is_some())
    })
}

/// The plural of a noun. Mass nouns and plurals are returned as they are.
///
/// Of a multi-word noun the head is inflected: the word before the first preposition, else the last word.
pub fn plural(noun: &str) -> String {
    on_head(noun, single_plural)
}

/// The singular of a noun. Singulars are returned as they are.
pub fn singular(noun: &str) -> String {
    on_head(noun, single_singular)
}

/// Whether a noun takes neither an indefinite article nor a plural. Of a multi-word noun the head decides.
pub fn is_mass(noun: &str) -> bool {
    let (_, head, _) = split_head(noun);
    let (_, last) = head.rsplit_once('-').unwrap_or(("", head));
    let lexicon = Lexicon::embedded();
    let entry = lexicon.lookup(&head.to_lowercase()).or_else(|| lexicon.lookup(&last.to_lowercase()));
    entry.is_some_and(|entry| entry.is(Flags::NOUN_MASS))
}

fn on_head(noun: &str, inflect: impl Fn(&str) -> String) -> String {
    let (front, head, rest) = split_head(noun);
    [front, inflect(head).as_str(), rest].concat()
}

/// What stands before the head of a noun phrase, the head, and what follows.
fn split_head(noun: &str) -> (&str, &str, &str) {
    let lexicon = Lexicon::embedded();
    let before_preposition = noun
        .match_indices(' ')
        .find(|(index, _)| {
            let next = noun.get(index + 1..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            lexicon.lookup(next).is_some_and(|entry| entry.is(Flags::PREPOSITION) && !entry.can_be_noun())
        })
        .map_or(noun.len(), |(index, _)| index);
    let (phrase, rest) = noun.split_at_checked(before_preposition).unwrap_or((noun, ""));
    let start = phrase.rfind(' ').map_or(0, |index| index + 1);
    let (front, head) = phrase.split_at_checked(start).unwrap_or(("", phrase));
    (front, head, rest)
}

fn single_plural(noun: &str) -> String {
    let lexicon = Lexicon::embedded();
    let lower = noun.to_lowercase();
    let entry = lexicon.lookup(&lower);
    let is_already_plural = entry.is_some_and(|e| e.is(Flags::NOUN_PLURAL) && !e.is(Flags::NOUN_SINGULAR));
    let has_no_plural =
        entry.is_some_and(|e| e.is(Flags::NOUN_MASS) || e.is(Flags::NOUN_SINGULAR | Flags::NOUN_PLURAL));
    if noun.is_empty() || is_already_plural || has_no_plural {
        return noun.to_owned();
    }
    if is_code_name(noun) {
        let already =
            noun.strip_suffix('s').is_some_and(|stem| stem.ends_with(|c: char| c.is_uppercase() || c.is_ascii_digit()));
        return match noun.chars().next_back() {
            _ if already => noun.to_owned(),
            Some('S' | 'X') => [noun, "es"].concat(),
            _ => [noun, "s"].concat(),
        };
    }
    if let Some((front, last)) = noun.rsplit_once('-')
        && entry.is_none()
        && !PARTICLES.contains(&last)
    {
        return [front, single_plural(last).as_str()].join("-");
    }
    with_case_of(noun, |lower| {
        irregular::plural(lower).unwrap_or_else(|| first_attested(plural_candidates(lower), Flags::NOUN_PLURAL, lower))
    })
}

fn plural_candidates(noun: &str) -> Vec<String> {
    let s = [noun, "s"].concat();
    let es = [noun, "es"].concat();
    if let Some(stem) = consonant_y(noun) {
        return vec![[stem, "ies"].concat(), s];
    }
    if let Some(stem) = noun.strip_suffix("sis").filter(|stem| stem.len() > 1) {
        return vec![[stem, "ses"].concat(), es];
    }
    if let Some(stem) = noun.strip_suffix("is") {
        return vec![es, [stem, "es"].concat()];
    }
    if is_sibilant(noun) {
        return vec![es, s];
    }
    let f = noun.strip_suffix("fe").or_else(|| noun.strip_suffix('f'));
    match f {
        Some(stem) => vec![s, [stem, "ves"].concat()],
        None if noun.ends_with('o') => vec![s, es],
        None => vec![s],
    }
}

fn single_singular(noun: &str) -> String {
    if is_code_name(noun) {
        let stem = noun.strip_suffix("es").filter(|stem| stem.ends_with(['S', 'X'])).or_else(|| noun.strip_suffix('s'));
        let is_plural = |stem: &&str| stem.ends_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        return stem.filter(is_plural).unwrap_or(noun).to_owned();
    }
    let lexicon = Lexicon::embedded();
    with_case_of(noun, |lower| match lexicon.lookup(lower) {
        Some(entry) if entry.is(Flags::NOUN_PLURAL) => entry.noun_lemma(lower).into_owned(),
        Some(_) => lower.to_owned(),
        None => match lexicon.guess(lower) {
            Some(entry) if entry.is(Flags::NOUN_PLURAL) => entry.noun_lemma(lower).into_owned(),
            _ => lower.to_owned(),
        },
    })
}

fn first_attested(candidates: Vec<String>, reading: Flags, lemma: &str) -> String {
    let lexicon = Lexicon::embedded();
    let attested = candidates.iter().position(|form| lexicon.attests(form, reading, lemma)).unwrap_or(0);
    candidates.into_iter().nth(attested).unwrap_or_else(|| lemma.to_owned())
}

/// Whether a name keeps its own letters when it is inflected: API, S3, PostgreSQL, k8s.
fn is_code_name(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase)
        || word.chars().any(|c| c.is_ascii_digit())
        || word.chars().count() == 1
}

/// Inflects in lower case and gives the capital at the beginning back.
fn with_case_of(word: &str, inflect: impl Fn(&str) -> String) -> String {
    if is_code_name(word) {
        return inflect(word);
    }
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if first.is_uppercase() => {
            let inflected = inflect(&word.to_lowercase());
            let mut rest = inflected.chars();
            rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
        }
        _ => inflect(word),
    }
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// The word without its "y", if a consonant stands before it.
fn consonant_y(word: &str) -> Option<&str> {
    word.strip_suffix('y')
        .filter(|stem| stem.ends_with(|c: char| c.is_alphabetic() && !is_vowel(c)) || stem.ends_with("qu"))
}

fn is_sibilant(word: &str) -> bool {
    word.ends_with(['s', 'x', 'z']) || word.ends_with("ch") || word.ends_with("sh")
}

/// Number of vowel groups, a rough count of syllables.
fn vowel_groups(word: &str) -> usize {
    let word = word.strip_prefix("qu").unwrap_or(word);
    let mut groups = 0;
    let mut in_group = false;
    for (index, letter) in word.chars().enumerate() {
        let vowel = is_vowel(letter) || letter == 'y' && index > 0;
        groups += usize::from(vowel && !in_group);
        in_group = vowel;
    }
    groups
}
