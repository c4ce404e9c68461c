//! "a" or "an", by the sound the next text begins with.

use super::{Flags, Lexicon};

/// Abbreviations in capitals that are spoken as a word.
const SPOKEN_AS_WORD: &[&str] = &[
    "ACID", "AWOL", "CAPTCHA", "FAANG", "FIDO", "FIFO", "FINRA", "FOMO", "FOSS", "FUSE", "HAR", "HIPAA", "HIPPO",
    "LAMP", "LAN", "LIFO", "LILO", "MAC", "MAN", "MIME", "MIPS", "MOSFET", "MOSS", "NACK", "NAND", "NAS", "NASA",
    "NASDAQ", "NAT", "NATO", "NIC", "NIST", "NOC", "NUMA", "RACI", "RAG", "RAID", "RAM", "REST", "RIPE", "ROM", "SAML",
    "SAN", "SARS", "SCADA", "SCIM", "SCRUM", "SIEM", "SIM", "SIP", "SLAM", "SMART", "SOAP", "SOAR", "SOC", "SOX",
    "SPA", "SPARQL", "STEM", "SWAT", "SWIFT", "UNICEF", "USB-C", "XOR",
];

/// Spelled-out abbreviations that people also write in small letters.
const SPELLED_IN_LOWER_CASE: &[&str] = &[
    "faq", "fqdn", "hpa", "lfs", "llm", "lms", "mfa", "mou", "mvp", "nda", "nfs", "rca", "rfc", "rfi", "rfp", "roi",
    "rpa", "rpo", "rto", "sla", "sli", "slo", "sme", "sre", "sso", "xhr", "ucs", "uri", "url", "usb", "uuid", "uat",
    "udp", "uefi", "ui", "uk", "us", "ux", "uae", "ufo", "ups", "usd", "utc", "utf",
];

/// Beginnings that are written with a vowel and spoken with a consonant.
const CONSONANT_SOUND: &[&str] = &[
    "eu",
    "ewe",
    "once",
    "ouija",
    "ubiq",
    "ubuntu",
    "ufo",
    "ukr",
    "ukul",
    "unanim",
    "unary",
    "unic",
    "unidir",
    "unif",
    "unikernel",
    "unil",
    "unio",
    "unip",
    "uniq",
    "unis",
    "unit",
    "univ",
    "unix",
    "upsilon",
    "uran",
    "urin",
    "usa",
    "use",
    "using",
    "usu",
    "utah",
    "uten",
    "uter",
    "util",
    "utop",
    "uyghur",
    "uzb",
];

/// Beginnings with a silent h.
const SILENT_H: &[&str] = &["heir", "honest", "honor", "honour", "hour"];

/// The indefinite article that fits before this text.
///
/// Quotation marks, brackets and markup at the beginning are skipped. Numbers are read aloud ("an 8%", "an 11-minute",
/// "a 100"), abbreviations are spelled unless known to be spoken as a word ("an SQL", "a SAML", "a UTC").
pub fn indefinite_article(next_text: &str) -> &'static str {
    if starts_with_vowel_sound(next_text) { "an" } else { "a" }
}

fn starts_with_vowel_sound(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let Some(first) = text.chars().next() else { return false };
    if first.is_ascii_digit() {
        return number_starts_with_vowel_sound(text);
    }
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let letters = word.strip_suffix('s').filter(|stem| stem.len() > 1 && is_upper(stem)).unwrap_or(word);

    let second = word.chars().nth(1);
    let single_letter = match second {
        None => true,
        Some(c) => c.is_ascii_digit() || first.is_lowercase() && c.is_uppercase(),
    };
    if single_letter && !(word == "a" && rest.starts_with(' ')) {
        return letter_starts_with_vowel_sound(first);
    }
    let lower = word.to_lowercase();
    if is_upper(letters) {
        if is_spoken_as_word(letters, &letters.to_lowercase()) {
            return word_starts_with_vowel_sound(&lower);
        }
        return letter_starts_with_vowel_sound(first);
    }
    if is_spelled(&lower) {
        return letter_starts_with_vowel_sound(first);
    }
    word_starts_with_vowel_sound(&lower)
}

fn is_upper(text: &str) -> bool {
    text.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// A word in capitals is spelled unless it is listed or is an ordinary long word that somebody shouts.
fn is_spoken_as_word(word: &str, lower: &str) -> bool {
    if SPOKEN_AS_WORD.contains(&word) {
        return true;
    }
    word.len() >= 4 && Lexicon::embedded().lookup(lower).is_some_and(|entry| entry.is(Flags::PLAIN) || word.len() >= 7)
}

/// A word without a vowel can only be spelled: npm, ssh, mtls.
fn is_spelled(lower: &str) -> bool {
    SPELLED_IN_LOWER_CASE.contains(&lower) || !lower.contains(['a', 'e', 'i', 'o', 'u', 'y']) && lower.is_ascii()
}

fn letter_starts_with_vowel_sound(letter: char) -> bool {
    matches!(letter.to_ascii_lowercase(), 'a' | 'e' | 'f' | 'h' | 'i' | 'l' | 'm' | 'n' | 'o' | 'r' | 's' | 'x')
}

fn word_starts_with_vowel_sound(lower: &str) -> bool {
    if SILENT_H.iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    let spoken_with_consonant = lower == "one"
        || lower == "ones"
        || lower.starts_with("oneself")
        || CONSONANT_SOUND.iter().any(|start| lower.starts_with(start));
    !spoken_with_consonant && lower.starts_with(['a', 'e', 'i', 'o', 'u', 'à', 'á', 'ä', 'é', 'è', 'ö', 'ü'])
}

/// Eight, eleven and eighteen begin with a vowel, and so do the numbers that begin with them.
fn number_starts_with_vowel_sound(text: &str) -> bool {
    if text.starts_with('8') {
        return true;
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if !(digits.starts_with("11") || digits.starts_with("18")) {
        return false;
    }
    // "11,000" is eleven thousand, "1,100" never gets here, "1800" is read as a year or as eighteen hundred.
    let separated_groups = rest.starts_with(',') && rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    digits.len() == 2 || digits.len() == 4 && !separated_groups || digits.len() % 3 == 2
}
