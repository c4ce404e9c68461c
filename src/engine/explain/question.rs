//! What a question asks about: the words of colleagues around a term ("hey, can someone tell me what … means?") taken away.

use std::ops::Range;

use crate::engine::text::{Document, Tag, Token, TokenKind};

/// Groups of words that frame a question and are never its subject, as the tokenizer parts them.
const FRAMES: &[&str] = &[
    "an abbreviation",
    "an acronym",
    "an explanation of",
    "as opposed to",
    "compared to",
    "compared with",
    "definition of",
    "diff between",
    "difference between",
    "differences between",
    "differ from",
    "differs from",
    "different from",
    "dumb question",
    "for a non technical person",
    "for beginners",
    "for business people",
    "for dummies",
    "for me",
    "in a nutshell",
    "in a paragraph",
    "in a sentence",
    "in brief",
    "in business terms",
    "in detail",
    "in english",
    "in layman 's terms",
    "in layman terms",
    "in laymans terms",
    "in one line",
    "in one sentence",
    "in other words",
    "in plain english",
    "in plain language",
    "in plain words",
    "in short",
    "in simple language",
    "in simple terms",
    "in simple words",
    "is it bad",
    "is it good",
    "is it important",
    "is it serious",
    "is that a bad thing",
    "is that a good thing",
    "is that bad",
    "is that good",
    "is that serious",
    "is this bad",
    "is this serious",
    "like i 'm 5",
    "like i 'm five",
    "like i am 5",
    "like i am five",
    "meaning of",
    "newbie question",
    "noob question",
    "quick question",
    "refer to",
    "refers to",
    "short for",
    "should i be worried",
    "should i care",
    "should i worry",
    "should we care",
    "should we worry",
    "silly question",
    "stand for",
    "stands for",
    "stupid question",
    "talking about",
    "the deal with",
    "the point of",
    "to a non technical person",
    "to me",
    "why do i care",
    "why does it matter",
    "why does that matter",
    "why does this matter",
    "why is it important",
    "why is that important",
    "why it matters",
    "with an example",
    "with examples",
];

/// Words that are no subject at the edge of a question, though they may stand inside a term ("definition of done").
const EDGES: &[&str] = &[
    "'d",
    "'m",
    "'re",
    "'s",
    "'ve",
    "a",
    "about",
    "acronym",
    "abbreviation",
    "actually",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "anybody",
    "anyone",
    "anyway",
    "are",
    "asking",
    "basically",
    "be",
    "being",
    "between",
    "btw",
    "but",
    "by",
    "called",
    "can",
    "could",
    "confused",
    "curious",
    "define",
    "definition",
    "describe",
    "did",
    "difference",
    "do",
    "does",
    "don't",
    "dont",
    "eli5",
    "engineer",
    "engineers",
    "even",
    "ever",
    "everyone",
    "exactly",
    "explain",
    "explained",
    "expression",
    "folks",
    "for",
    "from",
    "guys",
    "had",
    "has",
    "have",
    "he",
    "hear",
    "heard",
    "hello",
    "help",
    "her",
    "here",
    "hey",
    "hi",
    "him",
    "how",
    "i",
    "if",
    "im",
    "in",
    "is",
    "it",
    "its",
    "just",
    "keep",
    "keeps",
    "know",
    "like",
    "lol",
    "mean",
    "meaning",
    "means",
    "meant",
    "me",
    "my",
    "need",
    "no",
    "not",
    "of",
    "off",
    "ok",
    "okay",
    "on",
    "or",
    "our",
    "people",
    "phrase",
    "please",
    "pls",
    "plz",
    "question",
    "quick",
    "quickly",
    "really",
    "remind",
    "said",
    "saw",
    "say",
    "saying",
    "says",
    "see",
    "she",
    "should",
    "so",
    "somebody",
    "someone",
    "something",
    "sorry",
    "still",
    "supposed",
    "sure",
    "talk",
    "tell",
    "term",
    "thank",
    "thanks",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "those",
    "thx",
    "to",
    "understand",
    "us",
    "use",
    "used",
    "using",
    "versus",
    "vs",
    "vs.",
    "want",
    "was",
    "wat",
    "we",
    "were",
    "what",
    "whats",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "wondering",
    "word",
    "words",
    "would",
    "wtf",
    "you",
    "your",
];

/// Words that open a question, after which no message stands.
const QUESTION_OPENINGS: &[&str] = &[
    "can", "could", "did", "do", "does", "how", "is", "are", "should", "was", "were", "what", "whats", "when", "where",
    "which", "who", "why", "will", "would",
];

/// Words of people who ask.
const ASKING: &[&str] = &[
    "define",
    "diff",
    "difference",
    "explain",
    "know",
    "mean",
    "meaning",
    "means",
    "meant",
    "tell",
    "understand",
    "wat",
    "what",
    "whats",
    "wondering",
];

/// Whether a word only frames a question. "IT" and "US" in capitals are names of something.
pub(super) fn frames(document: &Document<'_>, token: &Token) -> bool {
    let written = document.slice(token.span);
    let shouted = written.len() > 1 && written.chars().all(char::is_uppercase);
    matches!(token.tag, Tag::Punctuation | Tag::Marker)
        || EDGES.contains(&token.lower.as_str()) && !(shouted && matches!(token.lower.as_str(), "it" | "us" | "am"))
}

/// Whether a word is a misspelt framing word ("differance").
pub(super) fn nearly_frames(token: &Token) -> bool {
    EDGES.iter().any(|word| word.len() > 5 && strsim::osa_distance(word, &token.lower) == 1)
}

/// The token ranges that may hold a subject: what is left between frames.
/// `terms`: known terms of several words, which no frame cuts ("definition of done").
pub(super) fn runs(document: &Document<'_>, terms: &[Range<usize>]) -> Vec<Range<usize>> {
    let tokens = &document.tokens;
    let mut at = spoken_by_others(tokens);
    let mut start = at;
    let mut runs = Vec::new();
    while at < tokens.len() {
        let inside = terms.iter().any(|term| term.contains(&at));
        let longest = FRAMES.iter().filter_map(|frame| frame_length(tokens, at, frame)).max().filter(|_| !inside);
        match longest {
            Some(length) => {
                runs.push(start..at);
                at += length;
                start = at;
            }
            None => at += 1,
        }
    }
    runs.push(start..tokens.len());
    runs.retain(|run| !trimmed(document, run.clone()).is_empty());
    runs
}

/// How many tokens a frame takes at a place.
fn frame_length(tokens: &[Token], at: usize, frame: &str) -> Option<usize> {
    let mut length = 0;
    for word in frame.split(' ') {
        tokens.get(at + length).filter(|token| token.lower == word)?;
        length += 1;
    }
    Some(length)
}

/// Where the subject begins in "what did Kim mean by …" and "what does it mean when they say …".
fn spoken_by_others(tokens: &[Token]) -> usize {
    let means = tokens.windows(2).rposition(|pair| {
        matches!(pair, [mean, link] if mean.is(&["mean", "means", "meant"]) && link.is(&["by", "when", "that", "if", "with"]))
    });
    let Some(means) = means else { return 0 };
    let after = means + 2;
    let said = tokens
        .iter()
        .skip(after)
        .take(4)
        .position(|token| token.is(&["say", "says", "said", "write", "writes", "wrote", "saying"]));
    match said {
        Some(said) if tokens.get(means + 1).is_some_and(|link| link.is(&["when", "if"])) => after + said + 1,
        _ => after,
    }
}

/// A run without the framing words at its edges.
pub(super) fn trimmed(document: &Document<'_>, run: Range<usize>) -> Range<usize> {
    let aside = |index: &usize| document.tokens.get(*index).is_none_or(|token| frames(document, token));
    let Some(start) = run.clone().find(|index| !aside(index)) else { return run.start..run.start };
    let end = run.clone().rev().find(|index| !aside(index)).map_or(run.end, |last| last + 1);
    start..end
}

/// The parts of a question that stand in quotes or as code, without their signs: these and nothing else are asked about.
pub(super) fn quoted(question: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = question;
    let mut before: Option<char> = None;
    while let Some(open) = rest.chars().next() {
        let behind = rest.get(open.len_utf8()..).unwrap_or_default();
        // An apostrophe opens a quotation only where a word could begin, and closes it where one has ended.
        let single = matches!(open, '\'' | '‘');
        let close: &[char] = match open {
            '"' | '“' | '„' | '”' => &['"', '”', '“'],
            '`' => &['`'],
            '«' => &['»'],
            '\'' | '‘' => &['\'', '’'],
            _ => &[],
        };
        let may_open = !close.is_empty() && (!single || before.is_none_or(|c| !c.is_alphanumeric()));
        let end = if may_open { closing(behind, close, single) } else { None };
        let Some(end) = end else {
            before = Some(open);
            rest = behind;
            continue;
        };
        let inside = behind.get(..end).unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || c == '`');
        if inside.chars().any(char::is_alphanumeric) {
            parts.push(inside);
        }
        let closed = behind.get(end..).unwrap_or_default();
        rest = closed.trim_start_matches(close);
        before = Some(' ');
    }
    parts
}

fn closing(text: &str, close: &[char], single: bool) -> Option<usize> {
    text.char_indices().filter(|(_, c)| close.contains(c)).map(|(at, _)| at).find(|at| {
        let after = text.get(*at..).and_then(|rest| rest.chars().nth(1));
        *at > 0 && (!single || after.is_none_or(|c| !c.is_alphanumeric()))
    })
}

/// The words of a question that are a whole message: "what does the pods are crashlooping mean?".
pub(super) fn message(document: &Document<'_>) -> Option<Range<usize>> {
    let tokens = &document.tokens;
    let mut end = tokens.len();
    while end > 0
        && tokens.get(end - 1).is_some_and(|token| token.kind == TokenKind::Punctuation && token.is(&["?", "."]))
    {
        end -= 1;
    }
    let from = spoken_by_others(tokens);
    if from > 0 {
        return states(document, from..end).then_some(from..end);
    }
    let first = tokens.iter().position(|token| token.kind == TokenKind::Word)?;
    let opening = tokens.get(first)?;
    if opening.is(&["what"]) && tokens.get(first + 1).is_some_and(|next| next.is(&["does", "do", "is"])) {
        let mean = tokens.get(..end)?.iter().rposition(|token| token.is(&["mean", "means", "meaning"]))?;
        return states(document, first + 2..mean).then_some(first + 2..mean);
    }
    let start = match opening {
        token if token.is(&["explain", "define"]) => {
            first + 1 + usize::from(tokens.get(first + 1).is_some_and(|next| next.is(&[":"])))
        }
        token if token.is(QUESTION_OPENINGS) || tokens.last().is_some_and(|last| last.lower.starts_with('?')) => {
            return None;
        }
        // "Hey, tell me what idempotent means" speaks about a term, it is none.
        _ if tokens.iter().any(|token| token.is(ASKING)) => return None,
        _ => first,
    };
    // "Explain like I'm five: Kubernetes" begins with a wish.
    let wished = FRAMES.iter().any(|frame| frame_length(tokens, start, frame).is_some());
    (!wished && states(document, start..end)).then_some(start..end)
}

/// Whether words say something: a subject with a verb behind it.
pub(super) fn states(document: &Document<'_>, range: Range<usize>) -> bool {
    let Some(tokens) = document.tokens.get(range) else { return false };
    let subject =
        tokens.iter().position(|token| token.tag.is_nominal() || matches!(token.tag, Tag::Pronoun | Tag::Fact));
    let asks = tokens.first().is_some_and(|token| token.is(QUESTION_OPENINGS));
    let says = |token: &Token| token.tag.is_verb() || matches!(token.tag, Tag::Auxiliary | Tag::Modal);
    !asks
        && tokens.len() >= 3
        && subject.is_some_and(|at| tokens.get(at + 1..).is_some_and(|behind| behind.iter().any(says)))
}
