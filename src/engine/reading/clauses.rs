//! Clauses: the parts of a sentence that say one thing each. When in doubt a sentence stays whole: a sentence in one
//! section reads well, half a sentence never does.

use std::ops::Range;

use super::cues::Cues;
use super::frames::{eta_frame, metric_frame};
use crate::engine::glossary::Glossary;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::polarity::is_negation;
use crate::engine::render::Analysis;
use crate::engine::text::{Document, Tag, Token, noun_phrase_end};

/// Sentences of more words are also split where a comma would not be enough of a reason.
const LONG: usize = 20;
/// And of more than this, where it takes a word of ours to tie the parts.
const VERY_LONG: usize = 28;

/// A clause of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) tokens: Range<usize>,
    /// It is a label such as "Root cause:", which speaks about the clause behind it.
    pub(crate) is_label: bool,
    /// How the clause begins when it stands alone.
    pub(crate) link: Link,
}

impl Clause {
    /// Words that are said as one.
    pub(super) const fn whole(tokens: Range<usize>) -> Self {
        Self { tokens, is_label: false, link: Link::None }
    }
}

/// What ties a clause to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nothing, or a word that can be left out ("and").
    None,
    /// ", which failed": told as "This failed".
    This,
    /// "because it failed": told as "The reason is that it failed".
    Reason,
    /// "in order to save money": told as "The aim is to save money".
    Aim,
    /// "and are now testing" behind "we": told with its subject, the pronoun at this token.
    Subject(usize),
}

/// Splits a sentence. An item of a list says one thing, however long it is: only its label is taken off.
pub(super) fn split(
    analysis: &Analysis<'_>,
    glossary: &Glossary,
    cues: &Cues,
    sentence: Range<usize>,
    is_item: bool,
) -> Vec<Clause> {
    // So many words without an end are no sentence, and looking from each of them to the end would take too long.
    const LONGEST: usize = 500;
    if sentence.len() > LONGEST {
        return vec![Clause::whole(sentence)];
    }
    let splitter = Splitter { analysis, glossary, cues, document: &analysis.document, end: sentence.end };
    let mut clauses = Vec::new();
    let mut start = sentence.start;
    let mut link = Link::None;
    for index in splitter.outside_brackets(sentence.clone()) {
        let Some(token) = splitter.token(index) else { break };
        if index <= start || splitter.inside_phrase(index) {
            continue;
        }
        if token.is(&[":"]) && start == sentence.start && splitter.is_label(start..index) {
            clauses.push(Clause { tokens: start..index, is_label: true, link: Link::None });
            // "*Impact:* …": the sign behind the colon belongs to the label.
            let emphasis = splitter.token(index + 1).is_some_and(|next| next.glued && next.is_emphasis());
            (start, link) = (if emphasis { index + 2 } else { index + 1 }, Link::None);
        } else if let Some((next, following)) = splitter.boundary(start, index).filter(|_| !is_item) {
            clauses.push(Clause { tokens: start..index, is_label: false, link });
            (start, link) = (next, following);
        }
    }
    if start < sentence.end {
        clauses.push(Clause { tokens: start..sentence.end, is_label: false, link });
    }
    clauses
}

struct Splitter<'s, 'a> {
    analysis: &'s Analysis<'a>,
    glossary: &'s Glossary,
    cues: &'s Cues,
    document: &'s Document<'a>,
    end: usize,
}

impl Splitter<'_, '_> {
    fn token(&self, index: usize) -> Option<&Token> {
        self.document.tokens.get(index).filter(|_| index < self.end)
    }

    fn is(&self, index: usize, words: &[&str]) -> bool {
        self.token(index).is_some_and(|token| token.is(words))
    }

    /// The tokens of a range that stand inside no brackets and no quotation.
    fn outside_brackets(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let mut depth = 0_usize;
        range.filter(move |index| {
            if self.is(*index, &["(", "[", "“"]) {
                depth += 1;
            } else if self.is(*index, &[")", "]", "”"]) {
                depth = depth.saturating_sub(1);
            }
            depth == 0
        })
    }

    fn is_fact(&self, index: usize) -> bool {
        self.token(index).is_some_and(|token| token.tag == Tag::Fact)
    }

    /// A replaced phrase is never cut, except at a sign that ends it ("heads up:").
    fn inside_phrase(&self, index: usize) -> bool {
        self.analysis.phrases_holding(index).any(|found| found.tokens.start < index && index + 1 < found.tokens.end)
    }

    /// Where the next clause starts when one ends in front of `index`, and how it is tied to this one.
    fn boundary(&self, start: usize, index: usize) -> Option<(usize, Link)> {
        let token = self.token(index)?;
        let long = self.end - start > LONG;
        // What happens under a condition is told with it.
        if self.is_conditional(start) && !token.is(&[";"]) {
            return None;
        }
        // "A is up, B is not", "it helped, I think": the first half alone would say something else.
        if matches!(token.lower.as_str(), ";" | "," | "—" | "–" | "-" | "--") && self.turns(index + 1) {
            return None;
        }
        match token.lower.as_str() {
            ";" => Some((index + 1, Link::None)).filter(|_| index - start >= 2 && index + 2 < self.end),
            "—" | "–" | "-" | "--" if !token.glued => {
                (self.is_complete(start..index) && self.starts_clause(index + 1)).then_some((index + 1, Link::None))
            }
            "," => self.after_comma(start, index, long),
            // "the `stable` and `incubator` packages will be removed"
            "and" if self.is_fact(index - 1) && self.is_fact(index + 1) => None,
            "and" | "but" | "so" if long && token.tag == Tag::Conjunction => {
                // "I think A is lost and B is late": the doubt is about both. "A goes on, but no B is added": neither half alone.
                // "It was short, since A recovered and B was stopped": both are the reason.
                if self.is_doubted(start..index)
                    || token.is(&["but"]) && self.turns(index + 1)
                    || token.is(&["and"]) && self.is_subordinated(start, index)
                {
                    return None;
                }
                let whole = self.is_complete(start..index) && self.starts_with_subject(index + 1);
                if whole && !self.is_half_a_subject(start, index) {
                    return Some((if token.is(&["and"]) { index + 1 } else { index }, Link::None));
                }
                let subject = self.pronoun_subject(start, index)?;
                // "We are keen to see it blocks nobody and does not cost more": "does" is not said of "we".
                let singular =
                    self.is(index + 1, &["does", "is", "was", "has", "doesn't", "isn't", "wasn't", "hasn't"]);
                let goes_on = token.is(&["and"])
                    && !singular
                    && self.end - start > VERY_LONG
                    && self.token(index + 1).is_some_and(|next| matches!(next.tag, Tag::Auxiliary | Tag::Modal));
                goes_on.then_some((index + 1, Link::Subject(subject)))
            }
            ":" if long && self.is_complete(start..index) && self.starts_with_subject(index + 1) => {
                Some((index + 1, Link::None))
            }
            "in" if self.end - start > VERY_LONG && self.is(index + 1, &["order"]) && self.is(index + 2, &["to"]) => {
                self.is_complete(start..index).then_some((index + 2, Link::Aim))
            }
            "because"
                if self.end - start > VERY_LONG
                    && !self.is(index - 1, NOT_A_REASON)
                    && self.token(index - 1)?.tag != Tag::Auxiliary =>
            {
                let whole = self.is_complete(start..index) && self.starts_with_subject(index + 1);
                whole.then_some((index + 1, Link::Reason))
            }
            _ => None,
        }
    }

    /// "I think", "my assumption is", "it seems": whatever follows is said with that.
    fn is_doubted(&self, range: Range<usize>) -> bool {
        const REPORTING: [&str; 18] = [
            "think",
            "believe",
            "assume",
            "suspect",
            "guess",
            "hope",
            "expect",
            "seem",
            "appear",
            "suggest",
            "say",
            "claim",
            "assumption",
            "fear",
            "suppose",
            "impression",
            "theory",
            "doubt",
        ];
        range.filter_map(|index| self.token(index)).any(|token| token.lemmas().any(|lemma| REPORTING.contains(&lemma)))
    }

    /// Whether what stands in front of a word is a clause inside another one, begun behind the last comma.
    fn is_subordinated(&self, start: usize, at: usize) -> bool {
        const OPENING: [&str; 11] =
            ["if", "when", "while", "whilst", "until", "unless", "although", "though", "since", "because", "whenever"];
        let mut opens = (start + 1..at).rev().take_while(|index| !self.is(*index, &[",", ";"]));
        opens.any(|index| self.is(index, &OPENING) && (index..at).any(|verb| self.finite(verb)))
    }

    /// "… and no images for A and B will be pushed", "14 hours before A and B were sent": what stands in front of "and" is half
    /// of a subject, and no clause is complete there.
    fn is_half_a_subject(&self, start: usize, and: usize) -> bool {
        let joint = |index: usize| {
            self.is(index, &["and", "but", "so", ",", ";", "that", "which"]) || self.is(index, SUBORDINATORS)
        };
        let Some(last) = (start..and).rev().find(|index| joint(*index)) else { return false };
        !(last + 1..and).any(|index| self.finite(index)) && noun_phrase_end(self.document, last + 1, and).is_some()
    }

    /// Whether what follows up to the next sign takes back or limits what stands before.
    fn turns(&self, start: usize) -> bool {
        const TURNS: [&str; 14] = [
            "but", "however", "though", "although", "except", "unless", "think", "guess", "suppose", "rather", "only",
            "some", "believe", "afaik",
        ];
        // "no data was lost" is news of its own.
        if self.is(start, &["no", "nothing", "nobody"]) {
            return false;
        }
        let end = self.next_comma(start);
        (start..end).filter_map(|index| self.token(index)).any(|token| token.is(&TURNS) || is_negation(token))
    }

    fn is_conditional(&self, start: usize) -> bool {
        let opener = (start..self.end).find(|index| {
            self.token(*index).is_some_and(|token| {
                !matches!(token.tag, Tag::Punctuation | Tag::Adverb) && !token.is(&["and", "but", "so", "then"])
            })
        });
        opener.is_some_and(|index| {
            self.is(index, &["if", "when", "unless", "once", "until", "whenever", "while", "whilst", "as"])
        })
    }

    fn after_comma(&self, start: usize, index: usize, long: bool) -> Option<(usize, Link)> {
        // "for deploying, scaling, and managing it"
        if self.token(index - 1)?.tag == Tag::Verb(VerbForm::Ing)
            && self.token(index + 1)?.tag == Tag::Verb(VerbForm::Ing)
        {
            return None;
        }
        // "… today, but unfortunately, it is late": half a turn.
        if self.is(index - 1, &["but", "and", "so", "however"])
            || index >= 2 && self.token(index - 1)?.tag == Tag::Adverb && self.is(index - 2, &["but", "and", "so"])
        {
            return None;
        }
        // "No, it is up again."
        let reply = index == start + 1 && self.is(start, &["no", "yes", "nope", "yep", "yeah"]);
        if reply || self.is_open(start, index) {
            return None;
        }
        if !self.is_complete(start..index) && !self.is_fragment(start..index) {
            return None;
        }
        let next = index + 1;
        if long && self.is(next, &["which"]) && self.token(next + 1).is_some_and(finite) {
            return Some((next + 1, Link::This));
        }
        // "…, please." belongs to its request.
        if self.is(next, &["please", "pls", "thanks"]) && next + 2 >= self.end {
            return None;
        }
        let after_and = if self.is(next, &["and"]) { next + 1 } else { next };
        let fragment = after_and..self.next_comma(after_and);
        (self.starts_clause(after_and)
            || self.is_fragment(fragment.clone()) && !self.is_brought_about(start..index, fragment))
        .then_some((after_and, Link::None))
    }

    /// "The release was rolled back, fixing the downloads": what a deed that is over brought about is not under way.
    fn is_brought_about(&self, deed: Range<usize>, fragment: Range<usize>) -> bool {
        const WATCHING: [&str; 8] = ["investigate", "monitor", "look", "work", "wait", "check", "watch", "escalate"];
        let verb = |index: usize| {
            self.token(index).filter(|token| matches!(token.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple)))
        };
        let is_done = deed.clone().filter_map(verb).any(|verb| verb.lemmas().any(|lemma| WORK.contains(&lemma)))
            || self.is(deed.start, &["we", "i"]) && deed.clone().any(|index| verb(index).is_some());
        // "…, rebuilding the index now", "…, testing a fix", "…, fixing it is next": still under way, or to come.
        let goes_on = fragment
            .clone()
            .any(|index| self.finite(index) || self.is(index, &["now", "still", "currently", "next", "already"]))
            || self.is(fragment.start + 1, &["a", "an", "another"]);
        let Some(first) = self.token(fragment.start) else { return false };
        is_done
            && !goes_on
            && first.tag == Tag::Verb(VerbForm::Ing)
            && !first.lemmas().any(|lemma| WATCHING.contains(&lemma))
            && (self.is(fragment.start + 1, &["all", "most", "some", "both"])
                || noun_phrase_end(self.document, fragment.start + 1, fragment.end).is_some())
    }

    /// "…, but for most apps", "…, when it fails" and "the problem is that to show them" wait for what follows their comma.
    fn is_open(&self, start: usize, comma: usize) -> bool {
        let parts = |index: usize| {
            self.is(index, &[",", ";", "-", "–", "—", "and", "but", "that"])
                || self.is(index, &["so"]) && !self.is(index.saturating_sub(1), &["if"])
        };
        // "by ensuring whenever it is in use, these are set": the condition waits for what follows.
        const REACH: usize = 40;
        let nested = (start.max(comma.saturating_sub(REACH)) + 1..comma).rev().any(|index| {
            self.is(index, &["when", "whenever", "if", "while", "once", "unless"])
                && self.token(index - 1).is_some_and(|before| before.tag.is_verb() || before.is(&["that"]))
                && (index..comma).any(|verb| self.finite(verb))
        });
        if nested {
            return true;
        }
        let part = (start..comma).rev().find(|index| parts(*index));
        let Some(mut at) = part.map(|index| index + 1) else { return false };
        while at < comma && self.is(at, &["and", "but", "so", "also", "then"]) {
            at += 1;
        }
        let opener = self.token(at).is_some_and(|first| matches!(first.tag, Tag::Preposition | Tag::To))
            || self.is(at, SUBORDINATORS);
        opener && !self.is(at, &["as"])
    }

    fn next_comma(&self, from: usize) -> usize {
        (from..self.end).find(|index| self.is(*index, &[",", ";", ".", "—", "–"])).unwrap_or(self.end)
    }

    /// "Heads up:", "Update:", "Root cause:" at the start of a sentence.
    fn is_label(&self, before: Range<usize>) -> bool {
        let speaks = self
            .token(before.end + 1)
            .is_some_and(|next| next.tag != Tag::Punctuation || next.is(&["\"", "“", "`", "*", "**"]));
        // "**Select tenancy**:" and "**Rescheduled:**" are labels whatever words they have.
        let emphasis = |index: usize| self.token(index).filter(|sign| sign.is_emphasis());
        let closes_behind =
            emphasis(before.end + 1).is_some_and(|sign| sign.glued) && self.token(before.end + 2).is_some();
        let emphasised = before.len() > 1
            && emphasis(before.start).is_some()
            && (closes_behind || before.len() > 2 && emphasis(before.end - 1).is_some());
        speaks
            && before.len() <= 6
            && before.clone().all(|index| self.document.fact_at(index).is_none())
            && (emphasised
                || before.clone().all(|index| self.token(index).is_some_and(|token| !finite(token)))
                || self.cues.known_label(self.document, before).is_some())
    }

    /// Whether the words could stand as a sentence: a finite verb that belongs to no "that", "which" or "if".
    fn is_complete(&self, range: Range<usize>) -> bool {
        // "Cleaning of records: in some cases, …": what a label says is not said by what follows it.
        let label = range.clone().take_while(|index| !self.is(*index, &[","])).find(|index| self.is(*index, &[":"]));
        let label = label.filter(|colon| self.token(colon + 1).is_some_and(|next| next.tag == Tag::Preposition));
        let mut at = label.map_or(range.start, |colon| colon + 1);
        while at < range.end
            && self.token(at).is_some_and(|token| {
                matches!(token.tag, Tag::Adverb | Tag::Punctuation) || token.is(&["and", "but", "so", "then", "also"])
            })
        {
            at += 1;
        }
        // Behind "If …," or "For users in Europe," the main clause begins at the comma; without one there is none yet.
        if self.is(at, SUBORDINATORS) || self.token(at).is_some_and(|first| first.tag == Tag::Preposition) {
            // "If A fails, or B does, then …": the condition goes on behind "or".
            let mut commas = self.outside_brackets(at..range.end).filter(|index| self.is(*index, &[","]));
            match commas.find(|index| !self.is(index + 1, &["and", "or", "but"])) {
                Some(comma) => at = comma + 1,
                None => return false,
            }
        }
        // "In version 8, planned for May, …": behind an opener a participle has no subject.
        let opened = at > range.start && self.is(at - 1, &[","]);
        let participle = |index: usize| {
            opened && index == at && self.token(index).is_some_and(|token| token.has(Flags::VERB_PAST_PARTICIPLE))
        };
        let mut relative = false;
        // "On Monday [changed since, see below]": what an aside says is not said by the clause.
        for index in self.outside_brackets(at..range.end) {
            let Some(token) = self.token(index).filter(|_| !participle(index)) else { continue };
            if token.is(&["that", "which", "who", "whose", "where"]) && index > at {
                relative = true;
            }
            if token.is(&[","]) {
                relative = false;
            }
            if self.finite(index) && !(relative && index > at) {
                return true;
            }
        }
        // "service that was down is up": two finite verbs, one of which is the main one.
        (at..range.end).filter(|index| self.finite(*index)).count() > 1
    }

    /// Whether a clause of its own begins here: a subject with its verb, a request, or "no …" with a verb.
    fn starts_clause(&self, start: usize) -> bool {
        let at = if self.is(start, &["but", "so", "then", "also", "however", "therefore", "still"]) {
            start + 1
        } else {
            start
        };
        self.is(at, &["please", "pls"]) || self.starts_with_subject(at)
    }

    fn starts_with_subject(&self, start: usize) -> bool {
        let mut at = start;
        while self.token(at).is_some_and(|token| token.tag == Tag::Adverb) {
            at += 1;
        }
        if self.is(at, &["which", "who", "whose", "that", "where", "what", "when", "if", "as", "because", "while"])
            && !(self.is(at, &["that"]) && self.token(at + 1).is_some_and(finite))
        {
            return false;
        }
        let there =
            self.is(at, &["there", "it", "this", "that", "these", "those"]) && self.token(at + 1).is_some_and(finite);
        let Some(mut end) = (if there { Some(at + 1) } else { noun_phrase_end(self.document, at, self.end) }) else {
            return false;
        };
        // "the deploys to production in Europe were": prepositional phrases belong to the subject.
        while self.is(end, &["of", "to", "in", "on", "for", "from", "at", "with", "by", "between", "under", "over"]) {
            match noun_phrase_end(self.document, end + 1, self.end) {
                Some(next) => end = next,
                None => break,
            }
        }
        while self.token(end).is_some_and(|token| token.tag == Tag::Adverb || token.is(&["all", "both", "also"])) {
            end += 1;
        }
        self.token(end).is_some_and(finite) && !self.is_bare_participle(end) && !self.may_be_a_noun(end)
    }

    /// "… databases and processing services in Europe", "GitHub and GitLab projects for a month": what may as well be the head of a
    /// row of nouns is a verb only where something stands behind it that a verb takes.
    fn may_be_a_noun(&self, index: usize) -> bool {
        let Some(token) = self.token(index) else { return false };
        let bare_noun =
            index.checked_sub(1).and_then(|before| self.token(before)).is_some_and(|before| before.tag.is_nominal());
        token.tag == Tag::Verb(VerbForm::ThirdSingular)
            && token.has(Flags::NOUN_PLURAL)
            && bare_noun
            && self.token(index + 1).is_none_or(|next| {
                matches!(next.tag, Tag::Preposition | Tag::To | Tag::Punctuation | Tag::Conjunction | Tag::Auxiliary)
                    // "bug fixes that have been included"
                    || next.is(&["that", "which", "who"])
            })
    }

    /// "time spent", "builds stuck in the queue": a past form that needs an object and has none is no verb of a sentence.
    fn is_bare_participle(&self, index: usize) -> bool {
        let Some(token) = self.token(index) else { return false };
        let ambiguous = token.tag == Tag::Verb(VerbForm::Past) && token.has(Flags::VERB_PAST_PARTICIPLE);
        let object = noun_phrase_end(self.document, index + 1, self.end).is_some()
            || self.token(index + 1).is_some_and(|next| next.tag == Tag::Particle);
        ambiguous && !object && !token.lemmas().any(|lemma| INTRANSITIVE.contains(&lemma))
    }

    /// The "we" or "they" that a clause is said of, when it stands in front of its finite verb.
    fn pronoun_subject(&self, start: usize, end: usize) -> Option<usize> {
        (start..end).find(|index| {
            self.is(*index, &["we", "they", "you", "i"])
                && self
                    .token(index + 1)
                    .is_some_and(|next| finite(next) || matches!(next.tag, Tag::Auxiliary | Tag::Adverb))
        })
    }

    /// Whether the word at `index` can be the verb of a sentence: no infinitive ("to access").
    fn finite(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.token(before));
        let Some(token) = self.token(index).filter(|token| finite(token)) else { return false };
        // "entries emitted by your containers": what was done by somebody says something about the entries, no sentence.
        let passive = token.tag == Tag::Verb(VerbForm::Past) && token.has(Flags::VERB_PAST_PARTICIPLE);
        if passive && self.is(index + 1, &["by"]) && before.is_some_and(|before| before.tag.is_nominal()) {
            return false;
        }
        // A base form is finite behind a subject that fits it, or where a request begins.
        token.tag != Tag::Verb(VerbForm::Base)
            || before.is_none_or(|before| {
                matches!(
                    before.tag,
                    Tag::PluralNoun | Tag::Name | Tag::Pronoun | Tag::Adverb | Tag::Modal | Tag::Punctuation
                ) || before.tag == Tag::Auxiliary
                    || before.tag == Tag::Negation
            })
    }

    /// Chat style without a verb: "rolling back", "ETA 10 min", "error rate ~6% for EU users", "no data loss", "RCA tomorrow".
    fn is_fragment(&self, range: Range<usize>) -> bool {
        let Some(first) = self.token(range.start) else { return false };
        let short = range.len() <= 8;
        let ongoing = first.tag == Tag::Verb(VerbForm::Ing) && first.lemmas().any(|lemma| WORK.contains(&lemma));
        let none = first.is(&["no", "nothing", "nobody"]) && short;
        let when = range.len() <= 4
            && first.tag.is_nominal()
            && range.clone().any(|index| {
                self.is(
                    index,
                    &["today", "tomorrow", "tonight", "monday", "tuesday", "wednesday", "thursday", "friday"],
                ) || self.document.fact_at(index).is_some_and(|fact| fact.kind.is_when())
            });
        ongoing
            || none
            || when
            || metric_frame(self.analysis, self.glossary, range.clone()).is_some()
            || eta_frame(self.analysis, range).is_some_and(|eta| eta.alone)
    }
}

/// What people report that they are doing, in chat without a subject. Other -ing words explain the clause before.
const WORK: &[&str] = &[
    "roll",
    "revert",
    "investigate",
    "monitor",
    "look",
    "work",
    "restart",
    "reboot",
    "redeploy",
    "deploy",
    "fix",
    "wait",
    "check",
    "switch",
    "escalate",
    "test",
    "rebuild",
    "page",
    "fail",
    "scale",
    "drain",
    "disable",
    "postpone",
    "pause",
    "abort",
    "watch",
];

/// Verbs that make a sentence without an object.
const INTRANSITIVE: &[&str] = &[
    "fail",
    "crash",
    "stop",
    "work",
    "finish",
    "complete",
    "recover",
    "start",
    "end",
    "return",
    "drop",
    "rise",
    "fall",
    "happen",
    "occur",
    "increase",
    "decrease",
    "improve",
    "begin",
    "continue",
    "change",
    "disappear",
    "appear",
    "last",
    "respond",
    "react",
    "expire",
    "agree",
    "arrive",
    "grow",
    "resume",
    "remain",
    "succeed",
    "help",
    "spike",
    "jump",
    "climb",
    "time",
    "hang",
    "freeze",
    "degrade",
    "stall",
    "leak",
    "break",
    "close",
    "open",
];

const SUBORDINATORS: &[&str] = &[
    "if", "when", "while", "whilst", "until", "unless", "although", "though", "since", "as", "once", "after", "before",
    "because", "given", "whenever", "where", "even", "due", "thanks", "owing", "despite", "instead",
];

/// "not because", "partly because" lose their meaning when the reason stands alone.
const NOT_A_REASON: &[&str] =
    &["not", "only", "partly", "just", "mainly", "probably", "likely", "possibly", "perhaps", "maybe"];

fn finite(token: &Token) -> bool {
    matches!(token.tag, Tag::Modal | Tag::Verb(VerbForm::Past | VerbForm::ThirdSingular | VerbForm::Base))
        || token.tag == Tag::Auxiliary && !token.is(&["be", "being", "been", "having"])
}
