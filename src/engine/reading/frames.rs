//! Frames: constructions whose parts are understood well enough to be said in another order.

use std::ops::Range;

use crate::engine::facts::{Fact, FactKind, WEEKDAYS};
use crate::engine::glossary::{Glossary, Hit, PartOfSpeech};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::render::Analysis;
use crate::engine::text::{Document, Tag, Token, noun_phrase_end};

/// A metric with one value, or with a from-to pair.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MetricFrame {
    pub(crate) concept: usize,
    /// Fact indexes.
    pub(crate) from: Option<usize>,
    pub(crate) to: usize,
    /// "on checkout", between metric and verb.
    pub(crate) place: Option<Range<usize>>,
    /// What follows the figures in the clause.
    pub(crate) rest: Range<usize>,
}

/// When an action takes place, as stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tense {
    Past,
    /// What a change that was made brings: "is added".
    Present,
    Ongoing,
    Future,
}

/// Something done to an object, by the author's side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ActionFrame {
    pub(crate) verb: usize,
    /// The past participle in plain words: "undone".
    pub(crate) participle: String,
    /// Concept of the verb, when it is a term.
    pub(crate) concept: Option<usize>,
    pub(crate) object: Range<usize>,
    /// The noun that the verb agrees with; none for several things.
    pub(crate) head: Option<usize>,
    pub(crate) object_is_plural: bool,
    pub(crate) tense: Tense,
    /// What follows the object in the clause.
    pub(crate) rest: Range<usize>,
}

/// "ETA 10 min", with what it is the estimate of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EtaFrame {
    /// Fact index.
    pub(crate) when: usize,
    /// Concept of the noun in front ("Rollback ETA"), when there is one.
    pub(crate) concept: Option<usize>,
    /// Whether nothing else is said in the clause.
    pub(crate) alone: bool,
}

fn fact_index<'x>(document: &'x Document<'_>, index: usize) -> Option<(usize, &'x Fact)> {
    let fact = document.tokens.get(index)?.fact()?;
    document.facts.get(fact).map(|found| (fact, found))
}

/// Reads "p95 latency on checkout went from 220ms to 3.4s after …" and "error rate ~6% for EU users".
pub(crate) fn metric_frame(analysis: &Analysis<'_>, glossary: &Glossary, clause: Range<usize>) -> Option<MetricFrame> {
    let document = &analysis.document;
    if is_limited(document, clause.clone()) {
        return None;
    }
    let hit = analysis
        .terms_in(clause.clone())
        .filter(|hit| glossary.concepts.get(hit.concept).is_some_and(|concept| concept.metric.is_some()))
        .max_by_key(|hit| hit.tokens.len())?;
    // Only determiners and names may stand in front: "the checkout p95 latency".
    let plain_start = (clause.start..hit.tokens.start).all(|index| {
        document.tokens.get(index).is_some_and(|token| {
            token.tag == Tag::Determiner || token.tag.is_nominal() || token.is(&["our", "'s"]) || token.fact().is_some()
        })
    });
    if !plain_start {
        return None;
    }
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let mut at = hit.tokens.end;
    let mut place = None;
    if token(at).is_some_and(|token| token.is(&["on", "for", "in", "of", "at"]))
        && fact_index(document, at + 1).is_none_or(|(_, fact)| fact.kind.is_name())
        && let Some(end) = noun_phrase_end(document, at + 1, clause.end)
    {
        place = Some(at..end);
        at = end;
    }
    // "went", "climbed", "is down": a movement needs both figures to be said in other words.
    let mut moves = false;
    while let Some(word) = token(at) {
        let verb = matches!(word.tag, Tag::Verb(_) | Tag::Particle) || word.is(&["up", "down", "by"]);
        let link = matches!(word.tag, Tag::Adverb | Tag::Auxiliary) || word.is(&[":", "at", "of", "now", "="]);
        if !verb && !link {
            break;
        }
        moves |= verb;
        at += 1;
    }
    let quantity =
        |index: usize| fact_index(document, index).filter(|(_, fact)| fact.kind.is_quantity() && index < clause.end);
    if token(at).is_some_and(|token| token.is(&["from"])) {
        let (from, _) = quantity(at + 1)?;
        token(at + 2).filter(|token| token.is(&["to"]))?;
        let (to, _) = quantity(at + 3)?;
        if !is_pair(document, from, to) || quantity(at + 4).is_some() {
            return None;
        }
        return Some(MetricFrame { concept: hit.concept, from: Some(from), to, place, rest: at + 4..clause.end });
    }
    let (first, _) = quantity(at)?;
    if let Some(after) = arrow_end(document, at + 1)
        && let Some((second, _)) = quantity(after)
        && is_pair(document, first, second)
    {
        return Some(MetricFrame {
            concept: hit.concept,
            from: Some(first),
            to: second,
            place,
            rest: after + 1..clause.end,
        });
    }
    (!moves).then(|| MetricFrame { concept: hit.concept, from: None, to: first, place, rest: at + 1..clause.end })
}

/// Whether a clause tells a metric's figures, in whatever build.
pub(crate) fn measures(analysis: &Analysis<'_>, glossary: &Glossary, clause: Range<usize>) -> bool {
    let named = analysis
        .terms_in(clause.clone())
        .any(|hit| glossary.concepts.get(hit.concept).is_some_and(|concept| concept.metric.is_some()));
    named
        && clause.into_iter().any(|index| analysis.document.fact_at(index).is_some_and(|fact| fact.kind.is_quantity()))
}

/// Whether more is said about the figures than that they are so: how sure they are, that they are past, or only wished for.
/// The sentence of a metric could not keep that.
pub(crate) fn is_limited(document: &Document<'_>, clause: Range<usize>) -> bool {
    const LIMITS: [&str; 30] = [
        "probably",
        "apparently",
        "nearly",
        "almost",
        "briefly",
        "had",
        "yesterday",
        "ago",
        "last",
        "then",
        "back",
        "goal",
        "target",
        "if",
        "might",
        "may",
        "could",
        "should",
        "would",
        "likely",
        "possibly",
        "seems",
        "seem",
        "drill",
        "test",
        "expected",
        "expect",
        "was",
        "were",
        "until",
    ];
    let label = clause.start.saturating_sub(2);
    // "Tuesday 10:00 to Wednesday 15:00": it was so for a while.
    let times = clause.clone().filter(|index| document.fact_at(*index).is_some_and(|fact| fact.kind.is_when())).count();
    if times > 1 {
        return true;
    }
    // "last night", "yesterday" are facts of their own.
    let over = |token: &Token| {
        token.fact().is_some() && ["last ", "yesterday"].iter().any(|word| token.lower.starts_with(word))
    };
    (label..clause.end)
        .filter_map(|index| document.tokens.get(index))
        .any(|token| token.is(&LIMITS) || over(token) || crate::engine::polarity::is_negation(token))
}

/// Whether two figures can be told as one that became the other: of one unit, different, and stated without "about".
fn is_pair(document: &Document<'_>, from: usize, to: usize) -> bool {
    let (Some(from), Some(to)) = (document.facts.get(from), document.facts.get(to)) else { return false };
    from.kind == to.kind
        && from.key != to.key
        && from.amount.is_some()
        && to.amount.is_some()
        && from.mark.is_none()
        && to.mark.is_none()
}

/// The token behind `->`, `=>` or `→`.
pub(crate) fn arrow_end(document: &Document<'_>, at: usize) -> Option<usize> {
    let token = |index: usize| document.tokens.get(index);
    if token(at)?.is(&["→", "➜", "⇒"]) {
        return Some(at + 1);
    }
    (token(at)?.is(&["-", "--", "="]) && token(at + 1)?.is(&[">"]) && token(at + 1)?.glued).then_some(at + 2)
}

/// Reads "rolling back the deploy", "we rolled the deploy back", "we will restart checkout".
pub(crate) fn action_frame(analysis: &Analysis<'_>, glossary: &Glossary, clause: Range<usize>) -> Option<ActionFrame> {
    let document = &analysis.document;
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let mut at = clause.start;
    let mut tense = None;
    if token(at)?.is(&["we", "i"]) {
        at += 1;
        tense = Some(Tense::Past);
        while let Some(word) = token(at) {
            match word.lower.as_str() {
                "'re" | "are" | "am" | "'m" => tense = Some(Tense::Ongoing),
                "'ll" | "will" => tense = Some(Tense::Future),
                "have" | "'ve" | "already" | "now" | "just" | "currently" => {}
                _ => break,
            }
            at += 1;
        }
    }
    let Tag::Verb(form) = token(at)?.tag else { return None };
    // "Materialized view refreshes" is a thing, "Disabled the mirror" a deed: without a subject the object must begin like one.
    let bare = tense.is_none() && form != VerbForm::Ing;
    if bare
        && !token(at + 1)
            .is_some_and(|next| matches!(next.tag, Tag::Determiner | Tag::Fact) || next.is(&["our", "back"]))
    {
        return None;
    }
    // "Hosting charges", "billing errors": a thing as well, as long as nobody is said to do it.
    let names = tense.is_none()
        && token(at)?.has(Flags::NOUN)
        && token(at + 1).is_some_and(|next| matches!(next.tag, Tag::Noun | Tag::PluralNoun));
    if names {
        return None;
    }
    // "Expected impact", "based on": states, not deeds.
    if token(at)?.is(&[
        "expected",
        "based",
        "given",
        "needed",
        "required",
        "limited",
        "estimated",
        "known",
        "seen",
        "used",
        // The past of "rend", which nobody means.
        "rent",
        "including",
        "using",
        "regarding",
        "following",
        "seeing",
        "having",
        "being",
        "looking",
        "got",
        "getting",
        "had",
        "said",
        "told",
        "asked",
        "wanted",
        "hoped",
        "saw",
        "noticed",
        "knew",
        "thought",
        "posted",
        // "We made progress", "we took notes": what was done is in the noun, and "progress was made" says it no better.
        "made",
        "making",
        "took",
        "taking",
        "liked",
        "needed",
        "agreed",
        "learned",
        "felt",
    ]) {
        return None;
    }
    let tense = match (tense, form) {
        (Some(Tense::Past), VerbForm::Past | VerbForm::PastParticiple)
        | (None, VerbForm::Past | VerbForm::PastParticiple) => Tense::Past,
        (Some(Tense::Ongoing) | None, VerbForm::Ing) => Tense::Ongoing,
        (Some(Tense::Future), VerbForm::Base) => Tense::Future,
        _ => return None,
    };
    let hit = term_of_verb(analysis, glossary, at, clause.end);
    // A phrase pattern that claims the verb knows better how to say it.
    if analysis.phrases_holding(at).next().is_some() {
        return None;
    }
    let (after_verb, object) = match hit {
        Some(hit) => match &hit.gap {
            Some(gap) => (hit.tokens.end, Some(gap.clone())),
            None => (hit.tokens.end, None),
        },
        None => (at + 1, None),
    };
    let object = match object {
        Some(object) => object,
        None => {
            let end = noun_phrase_end(document, after_verb, clause.end)?;
            // "An expiry alert this week": when is no part of what.
            let when = (after_verb + 1..end).find(|index| {
                token(*index).is_some_and(|word| word.is(&["this", "next", "last", "every", "each"]))
                    || document.fact_at(*index).is_some_and(|fact| fact.kind.is_when()) && *index + 1 == end
            });
            after_verb..when.unwrap_or(end)
        }
    };
    let rest_start = object.end.max(after_verb);
    // "Changing the licence removes the limit": what is done is the subject of another verb.
    let is_subject = form == VerbForm::Ing
        && tense == Tense::Ongoing
        && at == clause.start
        && (rest_start..clause.end).filter_map(token).any(|next| next.tag.is_finite());
    if is_subject {
        return None;
    }
    // What describes the object ("that …", "made by …") or adds to it ("and …", ", …") must stay beside it.
    let detached = token(rest_start).is_none_or(|next| {
        matches!(next.tag, Tag::Preposition | Tag::To | Tag::Fact | Tag::Adverb)
            || next.is(&["tomorrow", "today", "now", "again"])
    }) && !token(rest_start).is_some_and(|next| next.is(&["of"]));
    let listed = (rest_start..clause.end)
        .filter_map(token)
        .any(|next| next.is(&[",", "and", "or", "that", "which", "(", "[", "so", "but"]));
    if token(object.start).is_some_and(|first| matches!(first.tag, Tag::Pronoun | Tag::Adverb)) || !detached || listed {
        return None;
    }
    let lemma = match hit {
        Some(hit) => plain_verb(document, glossary, at, hit)?,
        None => base_verb(document, at)?,
    };
    let participle = crate::engine::lexicon::inflect::verb_form(&lemma, VerbForm::PastParticiple);
    // "Checked 10 against the file": what was counted is said elsewhere.
    let figure = |index: usize| document.fact_at(index).is_some_and(|fact| fact.kind.is_quantity());
    if object.clone().all(figure) {
        return None;
    }
    // "Resubmitted this morning": when, and not what.
    if says_when(document, object.clone()) {
        return None;
    }
    Some(ActionFrame {
        verb: at,
        participle,
        concept: hit.map(|hit| hit.concept),
        head: head_of(document, object.clone()),
        object_is_plural: is_many(document, object.clone()),
        object,
        tense,
        rest: rest_start..clause.end,
    })
}

/// The term that a verb is, inside its clause.
pub(super) fn term_of_verb<'a>(
    analysis: &'a Analysis<'_>,
    glossary: &Glossary,
    at: usize,
    end: usize,
) -> Option<&'a Hit> {
    analysis.terms_at(at).iter().find(|hit| {
        hit.tokens.end <= end
            && glossary
                .concepts
                .get(hit.concept)
                .and_then(|concept| concept.terms.get(hit.term))
                .is_some_and(|term| term.part_of_speech == PartOfSpeech::Verb)
    })
}

/// "This morning", "last Tuesday", "yesterday".
fn says_when(document: &Document<'_>, object: Range<usize>) -> bool {
    const PARTS: [&str; 11] =
        ["morning", "afternoon", "evening", "night", "day", "week", "weekend", "month", "quarter", "year", "time"];
    let tokens = document.tokens.get(object.clone()).unwrap_or_default();
    let is_time = |index: usize| document.fact_at(index).is_some_and(|fact| fact.kind.is_when());
    object.clone().all(is_time)
        || match tokens {
            [day] => day.is(&["yesterday", "today", "tonight", "tomorrow"]) || day.is(&WEEKDAYS),
            [which, part] => {
                which.is(&["this", "last", "next", "every", "each"]) && (part.is(&PARTS) || part.is(&WEEKDAYS))
            }
            _ => false,
        }
}

/// The plain word for a verb that is a term; `None` where it takes several words, which may need their object between them.
pub(super) fn plain_verb(document: &Document<'_>, glossary: &Glossary, at: usize, hit: &Hit) -> Option<String> {
    match glossary.concepts.get(hit.concept)?.wording(PartOfSpeech::Verb, "") {
        Some(wording) if wording.text.contains(' ') => None,
        Some(wording) => Some(wording.text.clone()),
        None if hit.tokens.len() == 1 => base_verb(document, at),
        None => None,
    }
}

pub(super) fn base_verb(document: &Document<'_>, index: usize) -> Option<String> {
    let token = document.tokens.get(index)?;
    token.entry.map(|entry| entry.verb_lemma(&token.lower).into_owned())
}

/// The head of a noun phrase, before "of" and the like.
pub(super) fn head_of(document: &Document<'_>, range: Range<usize>) -> Option<usize> {
    let token = |index: usize| document.tokens.get(index);
    range
        .take_while(|index| token(*index).is_some_and(|word| !word.is(&["of", "in", "for", "on"])))
        .filter(|index| token(*index).is_some_and(|word| word.tag.is_nominal() || word.tag == Tag::Fact))
        .last()
}

/// Whether a noun phrase takes a plural verb: by its head, in "91% of the bills" by what the share is taken of, in "3 of the bills"
/// by the figure.
fn is_many(document: &Document<'_>, object: Range<usize>) -> bool {
    const SHARES: [&str; 7] = ["half", "most", "some", "rest", "majority", "third", "quarter"];
    let token = |index: usize| document.tokens.get(index);
    let head = head_of(document, object.clone());
    let Some(part) = head.filter(|head| token(head + 1).is_some_and(|next| next.is(&["of"]))) else {
        return is_plural(document, head);
    };
    let share = document.fact_at(part).is_some_and(|fact| matches!(fact.kind, FactKind::Percent | FactKind::Ratio));
    match document.fact_at(part).filter(|fact| fact.kind == FactKind::Number) {
        Some(figure) => figure.amount != Some(1.0),
        None if share || token(part).is_some_and(|word| word.is(&SHARES)) => {
            is_plural(document, head_of(document, part + 2..object.end))
        }
        None => is_plural(document, head),
    }
}

pub(super) fn is_plural(document: &Document<'_>, head: Option<usize>) -> bool {
    head.and_then(|head| document.tokens.get(head)).is_some_and(|head| head.tag == Tag::PluralNoun)
}

/// Reads "ETA 10 min" and "Rollback ETA 10 min".
pub(crate) fn eta_frame(analysis: &Analysis<'_>, clause: Range<usize>) -> Option<EtaFrame> {
    let document = &analysis.document;
    let at = clause.clone().find(|index| document.tokens.get(*index).is_some_and(|token| token.is(&["eta"])))?;
    let mut value = at + 1;
    while document
        .tokens
        .get(value)
        .is_some_and(|token| value < clause.end && token.is(&["is", "of", ":", "for", "in", "at", "~", "now"]))
    {
        value += 1;
    }
    let (when, fact) = fact_index(document, value).filter(|_| value < clause.end)?;
    if !(fact.kind == FactKind::Duration || fact.kind.is_when()) {
        return None;
    }
    let before = analysis.terms_in(clause.start..at).find(|hit| hit.tokens.end == at);
    let starts = before.map_or(at, |hit| hit.tokens.start) == clause.start;
    Some(EtaFrame { when, concept: before.map(|hit| hit.concept), alone: starts && value + 1 == clause.end })
}

/// The piece of work that a clause announces: "the upgrade of our database", as a range of tokens.
pub(crate) fn topic(document: &Document<'_>, clause: Range<usize>) -> Option<Range<usize>> {
    const WORK: [&str; 18] = [
        "upgrade",
        "update",
        "migration",
        "maintenance",
        "move",
        "switch",
        "switchover",
        "cutover",
        "release",
        "rollout",
        "deployment",
        "deploy",
        "restart",
        "reboot",
        "replacement",
        "removal",
        "deletion",
        "test",
    ];
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    clause.clone().find_map(|start| {
        let opens = token(start)?.tag == Tag::Determiner
            && !token(start)?.is(&["no", "any", "each", "every", "this", "that", "one"])
            || token(start)?.is(&["our"]);
        // "the move of A with a move of B": the second is a part of the first.
        let added =
            start.checked_sub(1).and_then(token).is_some_and(|before| before.is(&["with", "without", "including"]));
        let end = noun_phrase_end(document, start, clause.end).filter(|_| opens && !added)?;
        let head_end = (start..end).find(|index| token(*index).is_some_and(|word| word.is(&["of"]))).unwrap_or(end);
        let head = token(head_end.checked_sub(1)?)?;
        let works = head.tag.is_nominal() && head.lemmas().any(|lemma| WORK.contains(&lemma));
        // "the migration" alone says no more than "it".
        (works && end - start >= 3).then_some(start..end)
    })
}

/// Nouns of trouble, of which an announcement says where it is.
const TROUBLE: [&str; 5] = ["outage", "disruption", "incident", "interruption", "failure"];

/// "an outage on the mail server": the trouble that a clause tells of, for a state that names no more than its noun.
pub(crate) fn trouble_of(document: &Document<'_>, clause: Range<usize>, named: &Token) -> Option<Range<usize>> {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let trouble = TROUBLE.iter().find(|trouble| named.lemmas().any(|lemma| lemma == **trouble))?;
    clause.clone().find_map(|start| {
        let opens = token(start)?.is(&["a", "an", "the", "our"]);
        let end = noun_phrase_end(document, start, clause.end).filter(|_| opens)?;
        let same = token(end.checked_sub(1)?)?.lemmas().any(|lemma| lemma == *trouble);
        let place = token(end).is_some_and(|next| next.is(&["on", "in", "with", "of", "at", "affecting"]));
        (same && place).then(|| noun_phrase_end(document, end + 1, clause.end)).flatten().map(|end| start..end)
    })
}

/// What a clause says is worked on, when its verb is that of a piece of work: "the mail servers" in "we'll upgrade the mail
/// servers", for "upgrade".
pub(crate) fn object_of(document: &Document<'_>, clause: Range<usize>, work: &Token) -> Option<Range<usize>> {
    const DEEDS: [(&str, &str); 3] = [("migration", "migrate"), ("upgrade", "upgrade"), ("update", "update")];
    let (_, deed) = DEEDS.iter().find(|(noun, _)| work.lemmas().any(|lemma| lemma == *noun))?;
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let verb = clause.clone().find(|index| {
        token(*index).is_some_and(|verb| verb.tag.is_verb() && verb.lemmas().any(|lemma| lemma == *deed))
    })?;
    let opens = token(verb + 1).is_some_and(|first| first.tag == Tag::Determiner || first.is(&["our"]));
    noun_phrase_end(document, verb + 1, clause.end).filter(|_| opens).map(|end| verb + 1..end)
}

/// The name a reader would use for a service: `checkout-service` is "checkout".
pub(crate) fn service_of(name: &str) -> Option<String> {
    let base = ["-service", "-svc", "-api", "-worker"].iter().find_map(|ending| name.strip_suffix(ending))?;
    let readable = base.replace(['-', '_'], " ");
    (!readable.is_empty() && readable.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')).then_some(readable)
}
