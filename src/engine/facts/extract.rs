//! The fact lexer: one automaton over all kinds, leftmost match, earlier patterns win.

use std::sync::LazyLock;

use regex_automata::meta::{Config, Regex};
use rustc_hash::FxHashMap;

use super::{Fact, FactKind, WEEKDAYS, normalise};
use crate::engine::lexicon::{Flags, Lexicon};
use crate::engine::source::{ByteSpan, line_before};

const MONTH: &str = "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)";
const WEEKDAY: &str =
    "(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:r(?:s(?:day)?)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)";
const FULL_WEEKDAY: &str = "(?:Mondays?|Tuesdays?|Wednesdays?|Thursdays?|Fridays?|Saturdays?|Sundays?)";
const ZONE: &str =
    "(?:UTC|GMT|CEST|CET|EST|EDT|PST|PDT|CST|CDT|MST|MDT|BST|IST|JST|AEST|ET|PT)(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?";
const NUMBER: &str = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)";
const MARK: &str = r"(?:(?:~|≈)\s?|<=?\s?|>=?\s?|≤\s?|≥\s?|±\s?|\+/-\s?)?";
const NUMBER_WORD: &str = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred)";
const LONG_UNIT: &str = "(?:milliseconds?|microseconds?|nanoseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?|(?:business |working |calendar )?days?|weeks?|wks?|fortnights?|months?|quarters?|years?|yrs?)";
const PERIOD: &str = r"(?:\s?/\s?(?:mo|month|yr|year|day|week|wk|hour|hr|h|min|seat|user|request|GB|TB)\b|\s(?:per|a|an|each|every)\s(?:month|year|day|week|hour|quarter|seat|user|person|head)\b)?";

/// One row for each pattern, in order of priority at the same position.
fn patterns() -> Vec<(FactKind, String)> {
    use FactKind as K;
    let b = r"(?-u:\b)";
    let rows: Vec<(FactKind, String)> = vec![
        (K::Code, "(?s)```.*?```".into()),
        // Lines indented below an empty one, each with a sign that prose does not have.
        (K::Code, r"\n[ \t]*\n(?:(?: {4}|\t)[ \t]*[A-Za-z$./][^\n]*(?:--|[=$|;{}<>\\])[^\n]*(?:\n|\z))+".into()),
        // Code that holds a backtick stands between two of them.
        (K::Code, "``[^`\n]+(?:`[^`\n]+)*``".into()),
        (K::Code, "`[^`\n]+`".into()),
        // Code that nobody put into backticks: a command line behind its prompt, an object, an assignment, a commit's prefix.
        (K::Code, r#"\{\s*"[^{}\n]*\}"#.into()),
        (K::Code, r"(?m)^[ \t>]*\$ [^\n]+".into()),
        // A command typed to a chat program: "/deploy prod".
        (K::Code, r"(?m)^/[a-z][a-z0-9-]+(?: [a-z0-9_.-]+){0,3}$".into()),
        (
            K::Code,
            format!(
                r"{b}(?:kubectl|helm|terraform|systemctl) [a-z-]+(?: [a-z-]+)? [A-Za-z0-9_.-]+/[A-Za-z0-9_./=-]*[A-Za-z0-9]"
            ),
        ),
        (K::Identifier, format!(r"{b}(?:feat|fix|chore|refactor|docs|perf|build|ci|test|revert)\([a-z0-9/_-]+\)!?:")),
        (K::Identifier, format!(r"{b}[A-Za-z_][A-Za-z0-9_.-]*=[A-Za-z0-9_./:-]*[A-Za-z0-9_/]")),
        (K::Link, r"\[[^\]\n]+\]\([^)\s]+\)".into()),
        (K::Link, r"<https?://[^>\s]+>".into()),
        (K::Link, r#"https?://[^\s<>\[\]"'`]*[^\s<>()\[\]"'`.,;:!?*_]"#.into()),
        (K::Link, r#"[a-z][a-z0-9+]*://[^\s<>\[\]"'`]*[^\s<>()\[\]"'`.,;:!?*_]"#.into()),
        (K::Identifier, format!(r"{b}arn:[a-z]+:[^\s,;]+[A-Za-z0-9/*]")),
        (K::Path, format!(r"{b}[A-Z]:\\[^\s,;]+[A-Za-z0-9]")),
        (K::Path, format!(r"{b}[A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+)*/[A-Za-z0-9_-]+\.[a-z]{{2,5}}{b}")),
        (K::Mention, r"<[@#!][^>\n]+>".into()),
        (K::Identifier, r"@[a-z0-9-]+/[a-z0-9.-]+(?:@[0-9][0-9A-Za-z.-]*[0-9A-Za-z])?".into()),
        (K::Email, format!(r"{b}[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+{b}")),
        (K::Mention, format!(r"@[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]{b}")),
        // A channel named without its markup.
        (K::Mention, format!(r"#[a-z][a-z0-9_-]*[a-z0-9]{b}")),
        (K::Emoji, ":[a-z][a-z0-9_+-]*:".into()),
        (K::Id, format!(r"(?i){b}CVE-[0-9]{{4}}-[0-9]{{4,}}{b}")),
        // A decade, not as many seconds.
        (K::Date, format!(r"(?i)(?:{b}(?:the|early|late|mid)[\s-](?:1[5-9][0-9]|20[0-9])0s|'[1-9]0s){b}")),
        (K::Date, format!(r"{b}[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?Z?)?{b}")),
        (K::Date, format!(r"{b}[0-9]{{1,2}}[./][0-9]{{1,2}}[./][0-9]{{4}}{b}")),
        (
            K::Date,
            format!(
                r"(?i){b}(?:{WEEKDAY},?\s+(?:the\s+)?)?[0-9]{{1,2}}(?:st|nd|rd|th|\.)?(?:\s?(?:-|–)\s?[0-9]{{1,2}}(?:st|nd|rd|th|\.)?)?(?:\s+of)?\s+{MONTH}(?:,?\s+[0-9]{{4}})?{b}"
            ),
        ),
        (
            K::Date,
            format!(
                r"(?i){b}(?:{WEEKDAY},?\s+)?{MONTH}\.?\s+[0-9]{{1,2}}(?:st|nd|rd|th)?(?:\s?(?:-|–)\s?[0-9]{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+[0-9]{{4}})?{b}"
            ),
        ),
        (K::Date, format!(r"{b}{MONTH}\s+[0-9]{{4}}{b}")),
        (K::Date, format!(r"{b}(?:Q[1-4](?:\s+(?:FY\s?)?[0-9]{{2,4}})?|FY\s?[0-9]{{2,4}}){b}")),
        (K::Date, format!(r"(?i){b}(?:(?:next|this|last|coming)\s+)?(?:{FULL_WEEKDAY}){b}")),
        (K::Date, format!(r"{b}(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri){b}")),
        (
            K::Date,
            format!(
                r"(?i){b}(?:today|tonight|tomorrow|yesterday|(?:the\s+)?end of (?:the\s+|this\s+|next\s+)?(?:business\s+)?(?:day|week|month|quarter|year)|(?:next|this|last)\s+(?:week|weekend|month|quarter|year|morning|afternoon|evening|night)|close of business){b}"
            ),
        ),
        (K::Date, format!(r"{b}(?:EOD|EOW|EOM|EOQ|EOY|COB){b}")),
        (
            K::Time,
            format!(
                r"(?i){MARK}{b}[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s?(?:am|pm){b})?(?:\s?\(?(?-i:{ZONE})\)?)?"
            ),
        ),
        (K::Time, format!(r"{b}[0-9]{{1,2}}h[0-9]{{2}}\s(?:{ZONE}){b}")),
        (K::Time, format!(r"(?i){MARK}{b}[0-9]{{1,2}}\s?(?:am|pm){b}(?:\s(?-i:{ZONE}){b})?")),
        (
            K::Money,
            format!(
                r"(?i){MARK}(?:US|AU|CA)?(?:\$|€|£|¥)\s?{NUMBER}(?:\s?(?:-|–)\s?(?:\$|€|£|¥)?{NUMBER})?(?:\s?(?:k|m|bn|mm|b|million|billion|thousand){b})?{PERIOD}"
            ),
        ),
        (
            K::Money,
            format!(
                r"{MARK}{b}{NUMBER}\s?(?:[kKmM]\s?)?(?:USD|EUR|GBP|CHF|[Dd]ollars?|[Ee]uros?|[Pp]ounds?|cents?){b}{PERIOD}"
            ),
        ),
        (
            K::Percent,
            format!(
                r"(?i){MARK}{b}{NUMBER}(?:\s?(?:(?:-|–)|to)\s?{NUMBER})?\s?(?:%(?:\s?points?{b})?|percentage points?{b}|percent{b}|per cent{b}|pp{b})"
            ),
        ),
        (K::Percentile, format!(r"(?i){b}p(?:50|75|90|95|99(?:\.9+)?|999|9999){b}")),
        (K::Ratio, format!(r"(?i){b}[0-9][0-9,]*\s(?:in|out of)\s(?:every\s)?[0-9][0-9,]*{b}")),
        (K::Ratio, format!(r"{b}24/7{b}")),
        (K::Ratio, format!(r"(?i){MARK}{b}{NUMBER}(?:\s?(?:-|–)\s?{NUMBER})?(?:x{b}|×|\stimes{b}|-fold{b})")),
        (K::Duration, format!(r"{MARK}{b}[0-9]+h[0-9]+(?:m(?:in)?)?(?:[0-9]+s)?{b}")),
        (K::Duration, format!(r"{MARK}{b}[0-9]+h\s[0-9]+m(?:in)?(?:\s[0-9]+s)?{b}")),
        (K::Duration, format!(r"(?i){b}[0-9]+(?:m|d)\s?[0-9]+(?:s|h){b}")),
        (
            K::Duration,
            format!(r"(?i){MARK}{b}[0-9]+\s?(?:hours?|hrs?)(?:,?\s(?:and\s)?)[0-9]+\s?(?:minutes?|mins?){b}"),
        ),
        (
            K::Duration,
            format!(r"(?i){MARK}{b}{NUMBER}(?:\s?(?:(?:-|–)|to)\s?{NUMBER})?[\s-]?(?:{LONG_UNIT}|ms|µs|μs|ns|h|s){b}"),
        ),
        (K::Duration, format!(r"(?i){b}(?:{NUMBER_WORD}|half an|an|a)[\s-](?:half[\s-])?{LONG_UNIT}{b}")),
        (K::Duration, format!(r"{MARK}{b}[0-9]+(?:\s?-\s?[0-9]+)?(?:m|d){b}")),
        (
            K::Size,
            format!(
                r"{MARK}{b}{NUMBER}(?:\s?(?:-|–)\s?{NUMBER})?\s?(?:[KkMGTP]i?B(?:/s)?|[KMGT]i|[KkMG]bps|[KMG]bit/s|bytes?|bits?){b}"
            ),
        ),
        (
            K::Rate,
            format!(
                r"(?i){MARK}{b}{NUMBER}[kKM]?\s?(?:rps|qps|tps|req(?:uests?)?\s?(?:/|per)\s?(?:s(?:ec(?:ond)?)?|min(?:ute)?|h(?:our)?)|/s(?:ec)?|/min|/h(?:our|r)?|/day|/week|\sper\s(?:second|minute|hour|day|week)){b}"
            ),
        ),
        (K::Address, format!(r"{b}[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?:/[0-9]{{1,2}})?(?::[0-9]+)?{b}")),
        (K::Version, format!(r"{b}v[0-9]+(?:\.[0-9x]+)*(?:[-+][0-9A-Za-z.]*[0-9A-Za-z])?{b}")),
        (K::Version, format!(r"{b}[0-9]+(?:\.[0-9]+){{2,}}(?:[-+][0-9A-Za-z.]*[0-9A-Za-z])?{b}")),
        (K::Version, format!(r"{b}[0-9]+(?:\.[0-9]+)?\.x{b}")),
        (K::Identifier, format!(r"{b}HTTP[/ ][0-9]{{3}}{b}")),
        (K::Id, format!(r"{b}[A-Z][A-Z0-9]+-[0-9]+{b}")),
        (K::Id, format!(r"#[0-9]+{b}")),
        (K::Id, format!(r"{b}[0-9a-f]{{7,40}}{b}")),
        (K::Identifier, format!(r"{b}[A-Za-z0-9_]+(?:(?:\.|::)[A-Za-z0-9_]+)*\(\)")),
        (
            K::Host,
            format!(
                r"(?:\*\.)?{b}(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|org|net|io|dev|app|ai|co|gov|edu|internal|local|cloud|eu|uk|de|fr|ch|us|info|site|orf|example){b}(?:/[A-Za-z0-9_./-]*[A-Za-z0-9_/-])?"
            ),
        ),
        (
            K::Path,
            format!(
                r"{b}[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*\.(?:rs|py|js|ts|go|java|rb|yaml|yml|json|toml|md|txt|log|sh|sql|csv|conf|cfg|ini|xml|html|css|exe|dll|so|jar|zip|tar\.gz|gz|tf|hcl|lock){b}"
            ),
        ),
        (K::Path, r"(?:\.{1,2}|~)?/[A-Za-z0-9_.*-]+(?:/[A-Za-z0-9_.*-]+)+/?".into()),
        (K::Identifier, format!(r"--[a-z][a-z0-9-]*(?:=[^\s]+)?{b}")),
        (K::Identifier, format!(r"{b}[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+{b}")),
        (K::Identifier, format!(r"{b}[a-z]+(?:[A-Z][a-z0-9]+)+{b}")),
        (K::Identifier, format!(r"{b}[a-z]+[a-z0-9]*(?:-[a-z0-9]+)*-(?:[a-z]*[0-9][a-z0-9]*)(?:-[a-z0-9]+)*{b}")),
        (
            K::Identifier,
            format!(
                r"{b}[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:service|svc|api|apiserver|worker|db|job|ui|cli|operator|exporter|consumer){b}"
            ),
        ),
        (K::Identifier, format!(r"{b}[A-Za-z]+[0-9][A-Za-z0-9]*{b}")),
        (
            K::Number,
            format!(
                r"(?i){b}(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundreds?|thousands?|millions?|dozens?|twice){b}"
            ),
        ),
        (K::Number, format!(r"{MARK}{b}{NUMBER}(?:\s?(?:-|–)\s?{NUMBER})?(?:st|nd|rd|th|[kKM]|bn)?{b}\+?")),
    ];
    rows
}

struct Lexer {
    regex: Regex,
    kinds: Vec<FactKind>,
}

static LEXER: LazyLock<Lexer> = LazyLock::new(|| {
    let rows = patterns();
    let kinds = rows.iter().map(|(kind, _)| *kind).collect();
    let texts: Vec<String> = rows.into_iter().map(|(_, pattern)| pattern).collect();
    #[expect(clippy::expect_used, reason = "the patterns are constants; a test compiles them")]
    let regex = Regex::builder()
        // Facts begin with anything: no search for their first letters could skip ahead.
        .configure(Config::new().auto_prefilter(false))
        // Bytes suffice: every pattern begins and ends at ASCII or at whole characters, and the automaton stays small.
        .syntax(regex_automata::util::syntax::Config::new().unicode(false).utf8(false))
        .build_many(&texts)
        .expect("the fact patterns compile");
    Lexer { regex, kinds }
});

/// All facts of `text`, in order, without overlaps.
pub(crate) fn extract(text: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    if holds_no_fact(text) {
        return facts;
    }
    for found in LEXER.regex.find_iter(text) {
        let Some(kind) = LEXER.kinds.get(found.pattern().as_usize()).copied() else { continue };
        let Some(words) = text.get(found.start()..found.end()) else { continue };
        // The head of an arrow ("18->20") says no "more than".
        let head = text.get(..found.start()).unwrap_or_default();
        let arrow = words.starts_with('>') && head.ends_with(['-', '=', '–']);
        // Nor does the sign of a quoted line ("> 2h30 is enough").
        let quote =
            words.starts_with("> ") && line_before(text, found.start()).chars().all(|c| c.is_whitespace() || c == '>');
        // And the second sign of "~~17:00~~" no "about".
        let struck = words.starts_with('~') && head.ends_with('~');
        // "apache::mod::php": the middle of a name in code is no emoji.
        let behind_emoji =
            facts.last().is_some_and(|fact: &Fact| fact.kind == FactKind::Emoji && fact.span.end == found.start());
        let in_name =
            head.strip_suffix(':').is_some_and(|name| name.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        if kind == FactKind::Emoji && in_name && !behind_emoji {
            continue;
        }
        let marked = if arrow || struck || quote { words.trim_start_matches(['>', '~']) } else { words };
        let trimmed = marked.trim();
        let start = found.start() + (words.len() - marked.trim_start().len());
        if trimmed.is_empty()
            || !plausible(kind, trimmed)
            || kind == FactKind::Duration && is_decade(text, start, trimmed)
        {
            continue;
        }
        if kind == FactKind::Number && is_list_number(text, start, trimmed) {
            continue;
        }
        let kind =
            if kind == FactKind::Duration && is_clock_time(text, start, trimmed) { FactKind::Time } else { kind };
        let status =
            trimmed.strip_suffix('s').filter(|_| kind == FactKind::Duration && is_status(text, start, trimmed));
        let kind = if status.is_some() { FactKind::Identifier } else { kind };
        let (kind, trimmed) = without_modal(kind, text, start, trimmed);
        let mut fact = normalise::fact(kind, ByteSpan::new(start, start + trimmed.len()), trimmed);
        // "503s" and "503 errors" name the same answer.
        if let Some(code) = status {
            fact.key = normalise::fact(FactKind::Number, fact.span, code).key;
        }
        // Markdown writes a tilde that means "about" with a backslash.
        if trimmed.starts_with('~') && text.get(..start).is_some_and(|head| head.ends_with('\\')) {
            fact.span.start -= 1;
        }
        facts.push(fact);
    }
    facts
}

/// Which texts a word may be part of a fact in, when the fact holds no figure.
#[derive(Clone, Copy)]
enum Company {
    /// In any: "tomorrow", "twenty".
    Any,
    /// With other words: "next week", "half an hour", "close of business".
    Several,
    /// Joined to others by a hyphen: "checkout-service".
    Joined,
}

/// The words of facts without a figure, in lower case and without the "s" of the plural.
static IN_FACTS: LazyLock<FxHashMap<&str, Company>> = LazyLock::new(|| {
    let any = "mon tue tues wed thu thur thurs fri eod eow eom eoq eoy cob today tonight tomorrow yesterday \
               two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety twice \
               hundred thousand million dozen kubectl helm terraform systemctl";
    let several = "millisecond microsecond nanosecond second sec minute min hour hr day week wk fortnight month quarter year yr \
                   weekend morning afternoon evening night close";
    let joined = "service svc api apiserver worker db job ui cli operator exporter consumer";
    let of = |words: &'static str, company| words.split_whitespace().map(move |word| (word, company));
    let weekdays = WEEKDAYS.into_iter().map(|day| (day, Company::Any));
    of(any, Company::Any)
        .chain(weekdays)
        .chain(of(several, Company::Several))
        .chain(of(joined, Company::Joined))
        .collect()
});

/// Whether a text is of words only none of which can be in a fact, as most glossary terms are: they are many, and need not be
/// shown to the automaton.
pub(crate) fn holds_no_fact(text: &str) -> bool {
    const LONGEST: usize = 48;
    let plain = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'-' | b'\'');
    if text.len() > LONGEST || !text.bytes().all(plain) || text.contains("--") {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let parts = |text| str::split(text, [' ', '-', '\'']);
    let (single, joined) = (lower.bytes().all(|byte| byte.is_ascii_alphabetic()), lower.contains('-'));
    parts(text).zip(parts(&lower)).all(|(word, lower)| {
        // Seven letters from a to f may be the name of a commit, a capital inside a word that of a function.
        let hexadecimal = word.len() >= 7 && word.bytes().all(|byte| byte <= b'f');
        let function = word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.bytes().any(|byte| byte.is_ascii_uppercase());
        let known = IN_FACTS.get(lower).or_else(|| IN_FACTS.get(lower.strip_suffix('s')?));
        let in_fact = known.is_some_and(|company| match company {
            Company::Any => true,
            Company::Several => !single,
            Company::Joined => joined,
        });
        !hexadecimal && !function && !in_fact
    })
}

/// "the 8th may slip" names a day and no month: the modal in front of a verb is no part of the date.
fn without_modal<'t>(kind: FactKind, text: &str, start: usize, words: &'t str) -> (FactKind, &'t str) {
    let Some(day) = words.strip_suffix(" may").filter(|_| kind == FactKind::Date) else { return (kind, words) };
    let after = text.get(start + words.len()..).unwrap_or_default().trim_start();
    let next: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    let verb = next == "be"
        || next == "have"
        || Lexicon::embedded()
            .lookup(&next)
            .is_some_and(|entry| entry.is(Flags::VERB_BASE) && !entry.is(Flags::PREPOSITION));
    let ordinal = day
        .strip_suffix(|c: char| c.is_ascii_alphabetic())
        .is_some_and(|_| day.starts_with(|c: char| c.is_ascii_digit()));
    if verb && ordinal && !day.contains(' ') { (FactKind::Number, day) } else { (kind, words) }
}

/// "the 80s", "in his 30s": tens with an article or possessive in front are years, not seconds.
fn is_decade(text: &str, start: usize, words: &str) -> bool {
    let tens = words.len() == 3 && words.ends_with("0s");
    let before = text.get(..start).unwrap_or_default().trim_end_matches([' ', '\'', '’']);
    tens && ["the", "his", "her", "their", "my", "your", "mid", "early", "late"]
        .iter()
        .any(|word| before.ends_with(word))
}

/// "2. Restart it" at the start of a line: a place in a list, not an amount.
fn is_list_number(text: &str, start: usize, words: &str) -> bool {
    let after = text.get(start + words.len()..).unwrap_or_default();
    words.len() <= 2
        && words.bytes().all(|byte| byte.is_ascii_digit())
        && (after.starts_with(". ") || after.starts_with(") "))
        && line_before(text, start).trim().is_empty()
}

/// "at 14h30" names a moment, "took 2h30" a duration.
fn is_clock_time(text: &str, start: usize, words: &str) -> bool {
    let shape = words.split_once('h').is_some_and(|(hours, minutes)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits(hours) && digits(minutes) && minutes.len() == 2
    });
    let before = text.get(..start).unwrap_or_default().trim_end();
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    shape && ["at", "by", "until", "till", "from", "since", "before"].contains(&last.as_str())
}

/// "throwing 500s", "a burst of 503s": answers of a web server, not seconds.
fn is_status(text: &str, start: usize, words: &str) -> bool {
    const CODES: [&str; 13] =
        ["400s", "401s", "403s", "404s", "408s", "409s", "422s", "429s", "500s", "501s", "502s", "503s", "504s"];
    let before = text.get(..start).unwrap_or_default().trim_end();
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    CODES.contains(&words)
        && ![
            "for", "after", "in", "to", "from", "took", "takes", "timeout", "than", "every", "within", "is", "was",
            "at", "by",
        ]
        .contains(&last.as_str())
}

/// Whether the words can be of this kind, where a regular expression alone cannot tell.
fn plausible(kind: FactKind, words: &str) -> bool {
    match kind {
        // A commit id has both digits and letters; "deadbeef" is a word, "1234567" a number, and both stay anyway.
        FactKind::Id if words.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            words.bytes().any(|byte| byte.is_ascii_digit())
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, FactKind)]) {
        let found: Vec<(String, FactKind)> = extract(text)
            .into_iter()
            .map(|fact| (text.get(fact.span.start..fact.span.end).unwrap().to_owned(), fact.kind))
            .collect();
        let expected: Vec<(String, FactKind)> =
            expected.iter().map(|(words, kind)| ((*words).to_owned(), *kind)).collect();
        assert_eq!(found, expected, "in {text:?}");
    }

    #[test]
    fn what_is_not_shown_to_the_automaton_holds_no_fact() {
        let words = include_str!("../lexicon/data/lexicon.tsv").lines().filter_map(|line| line.split('\t').next());
        // Terms, and pieces of sentences.
        let pieces = include_str!("../../../glossary/security.yaml").split(['"', ',', ':', '\n']).map(str::trim);
        let more = include_str!("../../../glossary/incidents.yaml").split(['"', ',', ':', '.', '\n']);
        let terms = pieces.chain(more.map(str::trim));
        let passed: Vec<&str> = words.chain(terms).filter(|text| holds_no_fact(text)).collect();
        assert!(passed.len() > 50_000, "only {} texts were passed by", passed.len());
        let wrong: Vec<&&str> = passed.iter().filter(|text| LEXER.regex.is_match(**text)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn facts_are_cut_out_whole() {
        use FactKind as K;
        check("p95 went from 220ms to 3.4s", &[("p95", K::Percentile), ("220ms", K::Duration), ("3.4s", K::Duration)]);
        check(
            "node 18->20 and 1.2s->400ms",
            &[("18", K::Number), ("20", K::Number), ("1.2s", K::Duration), ("400ms", K::Duration)],
        );
        check("error rate ~6% for EU users", &[("~6%", K::Percent)]);
        check(
            "Rollback ETA 10 min, RCA tomorrow. CHK-1182",
            &[("10 min", K::Duration), ("tomorrow", K::Date), ("CHK-1182", K::Id)],
        );
        check("~1,800 users on 212 hosts", &[("~1,800", K::Number), ("212", K::Number)]);
        check("500 seats", &[("500", K::Number)]);
        check("the 28 March 2024 at 07:30am UTC.", &[("28 March 2024", K::Date), ("07:30am UTC", K::Time)]);
        check(
            "On Wednesday 28 January 2026 at 18h15 UTC",
            &[("Wednesday 28 January 2026", K::Date), ("18h15 UTC", K::Time)],
        );
        check(
            "from node 18->20 and 13 -> 15 users",
            &[("18", K::Number), ("20", K::Number), ("13", K::Number), ("15", K::Number)],
        );
        check("the 8th may slip, the 8th May may not", &[("8th", K::Number), ("8th May", K::Date)]);
        check("took 2h30 (a bit longer)", &[("2h30", K::Duration)]);
        check("until **February\n28th**, but", &[("February\n28th", K::Date)]);
        check("saves about $12k/mo, worst case", &[("$12k/mo", K::Money)]);
        check(
            "v2.3.1 and 10.0.0.0/8 and 4.12.1",
            &[("v2.3.1", K::Version), ("10.0.0.0/8", K::Address), ("4.12.1", K::Version)],
        );
        check(
            "see https://a.example/x/1, or `code here`.",
            &[("https://a.example/x/1", K::Link), ("`code here`", K::Code)],
        );
        check("ci.jenkins.io and *.jenkins.io", &[("ci.jenkins.io", K::Host), ("*.jenkins.io", K::Host)]);
        check("checkout-service on prod-eu-1", &[("checkout-service", K::Identifier), ("prod-eu-1", K::Identifier)]);
        check("1 in 8 runs, 3x slower, 24/7", &[("1 in 8", K::Ratio), ("3x", K::Ratio), ("24/7", K::Ratio)]);
        check("between 30 minutes and 2 hours", &[("30 minutes", K::Duration), ("2 hours", K::Duration)]);
        check("two outages in 10-30 minutes", &[("two", K::Number), ("10-30 minutes", K::Duration)]);
        check("by EOD Friday", &[("EOD", K::Date), ("Friday", K::Date)]);
        check("throwing 503s for 500s", &[("503s", K::Identifier), ("500s", K::Duration)]);
        check("4GiB at 50k rps", &[("4GiB", K::Size), ("50k rps", K::Rate)]);
        check(
            "<@U0MARCO002> in <#C0LAUNCH01|launch> :tada:",
            &[("<@U0MARCO002>", K::Mention), ("<#C0LAUNCH01|launch>", K::Mention), (":tada:", K::Emoji)],
        );
        check("at 14:07:22 today", &[("14:07:22", K::Time), ("today", K::Date)]);
        check(
            "`@slack/bolt@4.x` or @slack/bolt@3.x.",
            &[("`@slack/bolt@4.x`", K::Code), ("@slack/bolt@3.x", K::Identifier)],
        );
    }

    #[test]
    fn code_without_backticks_is_code() {
        use FactKind as K;
        check("set it in config/prod.env", &[("config/prod.env", K::Path)]);
        check(r"C:\Temp\logs\deploy\app.log is full", &[(r"C:\Temp\logs\deploy\app.log", K::Path)]);
        check("run kubectl rollout undo deploy/checkout at noon", &[("kubectl rollout undo deploy/checkout", K::Code)]);
        check("$ kubectl get pods\nis slow", &[("$ kubectl get pods", K::Code)]);
        check(r#"{"deploy": true, "pods": 3} fails"#, &[(r#"{"deploy": true, "pods": 3}"#, K::Code)]);
        check("with deploy=true, it works", &[("deploy=true", K::Identifier)]);
        check("see s3://acme-logs/deploy/x", &[("s3://acme-logs/deploy/x", K::Link)]);
        check("fix(auth): refresh the token", &[("fix(auth):", K::Identifier)]);
        check("CI/CD and restarts/deploys", &[]);
    }

    #[test]
    fn prose_without_facts_yields_none() {
        check("The service is back to normal, nobody was notified.", &[]);
    }
}
