//! Cue lists: which words tell what a clause does and which kind of message it is. Data in `prompts/reading.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;

use super::Statement;
use crate::engine::content::{ContentError, ContentFile, yaml};
use crate::engine::phrases::{Match, Node, PatternSet, parse_pattern};
use crate::engine::polarity::is_negation;
use crate::engine::text::{Document, Token, Vocabulary};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCues {
    /// What mail programs and bots add.
    #[serde(default)]
    boilerplate: Vec<String>,
    /// Labels ("Reason:", "Next steps:") and the slots of what stands behind them.
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// What says no outcome: goals, introductions, courtesies.
    #[serde(default)]
    background: Vec<String>,
    /// What a clause may open with before it comes to its news.
    #[serde(default)]
    courtesies: Vec<String>,
    /// How a change is recognised and told.
    #[serde(default)]
    changes: RawChanges,
    /// How an order is recognised, and where nobody can say that nothing is wanted.
    #[serde(default)]
    requests: RawRequests,
    /// What a later update says of an earlier one.
    #[serde(default)]
    updates: RawUpdates,
    slots: Vec<RawSlot>,
    kinds: Vec<RawKind>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequests {
    /// Verbs that tell somebody to do something wherever a clause begins with them.
    #[serde(default)]
    told: Vec<String>,
    /// Verbs that do so in messages that do not begin as a change does.
    #[serde(default)]
    told_in_prose: Vec<String>,
    /// Verbs with which nobody orders: what chat says without its "I", and courtesies.
    #[serde(default)]
    no_orders: Vec<String>,
    /// What may be wanted in such words, though it is not certain that it is.
    #[serde(default)]
    perhaps: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUpdates {
    /// A trouble that was said to be over is back.
    #[serde(default)]
    recurs: Vec<String>,
    /// What was announced has begun.
    #[serde(default)]
    begun: Vec<String>,
    /// What had begun or was done is not any more.
    #[serde(default)]
    stopped: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChanges {
    /// Words in front of a subject line that name its kind: "fix(login): …".
    #[serde(default)]
    marks: Vec<String>,
    /// The marks and verbs of a change that ends a trouble.
    #[serde(default)]
    mends: Vec<String>,
    /// Words of a trouble, beside those that deny something.
    #[serde(default)]
    troubles: Vec<String>,
    /// The headline of such a change: `{problem}` stands for the trouble.
    #[serde(default)]
    mended: String,
    /// The headline of a change that is told as an order: `{order}` stands for it.
    #[serde(default)]
    ordered: String,
    /// Verbs of which each says what the others of its line say; none stands in two lines.
    #[serde(default)]
    same_deeds: Vec<Vec<String>>,
    /// Words that tell that the message is about a change.
    #[serde(default)]
    signs: Vec<String>,
    /// Words beside which it may be a wish or a plan.
    #[serde(default)]
    unless: Vec<String>,
    /// The kinds that a message about a change may have; of any other it is of the first one.
    #[serde(default)]
    kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSlot {
    slot: String,
    /// The heading of its section.
    title: String,
    /// The heading where all that is said is only suspected.
    #[serde(default)]
    suspected: Option<String>,
    /// The slot whose section it joins when there is one.
    #[serde(default)]
    told_with: Option<String>,
    #[serde(default)]
    cues: Vec<String>,
    /// Words beside which no cue of this slot counts.
    #[serde(default)]
    unless: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKind {
    kind: String,
    /// Slots whose sentences make a headline, best first.
    #[serde(default)]
    leads: Vec<String>,
    #[serde(default)]
    cues: Vec<String>,
    #[serde(default)]
    strong: Vec<String>,
    /// Words that settle the kind whatever else is said.
    #[serde(default)]
    decisive: Vec<String>,
    /// Slots whose presence speaks for the kind.
    #[serde(default)]
    slots: Vec<String>,
}

/// The slot that a cue told.
pub(super) struct FoundSlot {
    pub(super) slot: String,
    pub(super) settles: bool,
}

/// How an order is recognised, and where nobody can say that nothing is wanted.
#[derive(Debug, Default)]
struct Requests {
    told: BTreeSet<String>,
    told_in_prose: BTreeSet<String>,
    no_orders: BTreeSet<String>,
    perhaps: PatternSet,
    /// Without words under `perhaps` nobody can say that nothing is wanted.
    is_open: bool,
}

/// What a later update says of an earlier one.
#[derive(Debug, Default)]
struct Updates {
    recurs: PatternSet,
    begun: PatternSet,
    stopped: PatternSet,
}

/// How a change is recognised and told.
#[derive(Debug, Default)]
struct Changes {
    marks: Vec<String>,
    mends: Vec<String>,
    troubles: PatternSet,
    mended: String,
    ordered: String,
    same_deeds: Vec<Vec<String>>,
    signs: PatternSet,
    unless: PatternSet,
    kinds: Vec<String>,
}

/// Compiled cues.
#[derive(Debug, Default)]
pub(crate) struct Cues {
    /// Slot of each pattern, in order of priority.
    slots: Vec<String>,
    slot_patterns: PatternSet,
    /// Slot of each pattern that speaks against it.
    exceptions: Vec<String>,
    exception_patterns: PatternSet,
    /// How many of the patterns are those of the first entry.
    settling: usize,
    sections: BTreeMap<String, SectionCue>,
    background: PatternSet,
    courtesies: PatternSet,
    boilerplate: PatternSet,
    changes: Changes,
    requests: Requests,
    updates: Updates,
    labels: BTreeMap<String, String>,
    kinds: Vec<Kind>,
    /// Kind and weight of each pattern.
    kind_of: Vec<(usize, usize)>,
    kind_patterns: PatternSet,
}

#[derive(Debug)]
struct SectionCue {
    title: String,
    suspected: Option<String>,
    told_with: Option<String>,
}

#[derive(Debug)]
struct Kind {
    id: String,
    leads: Vec<String>,
    slots: Vec<String>,
}

/// Reads the cue file.
///
/// # Errors
/// Every cue that cannot be used.
pub(crate) fn parse(file: &ContentFile, vocabulary: &mut Vocabulary) -> Result<Cues, Vec<ContentError>> {
    let raw: RawCues = yaml(file).map_err(|error| vec![error])?;
    let mut errors = unusable_changes(file, &raw);
    let mut compile = |cues: &[String]| -> Vec<Vec<Node>> {
        let mut patterns = Vec::with_capacity(cues.len());
        for cue in cues {
            match parse_pattern(cue) {
                Ok(nodes) => patterns.push(nodes),
                Err(message) => errors.push(error_at(file, cue, &message)),
            }
        }
        patterns
    };
    let mut slots = Vec::new();
    let mut slot_patterns = Vec::new();
    let mut exceptions = Vec::new();
    let mut exception_patterns = Vec::new();
    let mut sections = BTreeMap::new();
    for entry in &raw.slots {
        let section = SectionCue {
            title: entry.title.clone(),
            suspected: entry.suspected.clone(),
            told_with: entry.told_with.clone(),
        };
        sections.insert(entry.slot.clone(), section);
        slot_patterns.extend(compile(&entry.cues));
        slots.extend(entry.cues.iter().map(|_| entry.slot.clone()));
        exception_patterns.extend(compile(&entry.unless));
        exceptions.extend(entry.unless.iter().map(|_| entry.slot.clone()));
    }
    let background = compile(&raw.background);
    let courtesies = compile(&raw.courtesies);
    let boilerplate = compile(&raw.boilerplate);
    let troubles = compile(&raw.changes.troubles);
    let signs = compile(&raw.changes.signs);
    let unless = compile(&raw.changes.unless);
    let perhaps = compile(&raw.requests.perhaps);
    let recurs = compile(&raw.updates.recurs);
    let begun = compile(&raw.updates.begun);
    let stopped = compile(&raw.updates.stopped);
    let mut kinds = Vec::new();
    let mut kind_of = Vec::new();
    let mut kind_patterns = Vec::new();
    for (number, entry) in raw.kinds.into_iter().enumerate() {
        for (cues, weight) in [(&entry.cues, 1), (&entry.strong, 3), (&entry.decisive, 9)] {
            kind_patterns.extend(compile(cues));
            kind_of.extend(cues.iter().map(|_| (number, weight)));
        }
        kinds.push(Kind { id: entry.kind, leads: entry.leads, slots: entry.slots });
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let settling = slots.iter().take_while(|slot| slots.first() == Some(*slot)).count();
    Ok(Cues {
        settling,
        slots,
        slot_patterns: PatternSet::new(slot_patterns, vocabulary),
        exceptions,
        exception_patterns: PatternSet::new(exception_patterns, vocabulary),
        sections,
        background: PatternSet::new(background, vocabulary),
        courtesies: PatternSet::new(courtesies, vocabulary),
        boilerplate: PatternSet::new(boilerplate, vocabulary),
        changes: Changes {
            marks: raw.changes.marks,
            mends: raw.changes.mends,
            troubles: PatternSet::new(troubles, vocabulary),
            mended: raw.changes.mended,
            ordered: raw.changes.ordered,
            same_deeds: raw.changes.same_deeds,
            signs: PatternSet::new(signs, vocabulary),
            unless: PatternSet::new(unless, vocabulary),
            kinds: raw.changes.kinds,
        },
        requests: Requests {
            told: raw.requests.told.into_iter().collect(),
            told_in_prose: raw.requests.told_in_prose.into_iter().collect(),
            no_orders: raw.requests.no_orders.into_iter().collect(),
            is_open: perhaps.is_empty(),
            perhaps: PatternSet::new(perhaps, vocabulary),
        },
        updates: Updates {
            recurs: PatternSet::new(recurs, vocabulary),
            begun: PatternSet::new(begun, vocabulary),
            stopped: PatternSet::new(stopped, vocabulary),
        },
        // Signs between the words of a label ("follow-up") are no words.
        labels: raw.labels.into_iter().map(|(label, slot)| (label.replace('-', " "), slot)).collect(),
        kinds,
        kind_of,
        kind_patterns: PatternSet::new(kind_patterns, vocabulary),
    })
}

/// What is wrong with a text of the cue file, and where it stands.
fn error_at(file: &ContentFile, text: &str, message: &str) -> ContentError {
    let line = file.text.lines().position(|line| line.contains(text)).map_or(0, |line| line + 1);
    ContentError { path: file.path.clone(), line, message: format!("{text:?}: {message}") }
}

/// What can never be told of a change: a headline that leaves out what it is made for, a kind that is none, a verb
/// with two meanings.
fn unusable_changes(file: &ContentFile, raw: &RawCues) -> Vec<ContentError> {
    let headlines = [(&raw.changes.mended, "{problem}"), (&raw.changes.ordered, "{order}")];
    let headlines = headlines.into_iter().filter(|(text, place)| !text.is_empty() && !text.contains(place));
    let headlines = headlines.map(|(text, place)| error_at(file, text, &format!("this headline must contain {place}")));
    let known = |kind: &String| raw.kinds.iter().any(|entry| entry.kind == *kind);
    let unknown = raw.changes.kinds.iter().filter(|kind| !known(kind));
    let unknown = unknown.map(|kind| error_at(file, kind, "this is none of the `kinds`"));
    let deeds = &raw.changes.same_deeds;
    let above = |number: usize, verb: &String| deeds.iter().take(number).any(|line| line.contains(verb));
    let twice = deeds.iter().enumerate().flat_map(|(number, line)| line.iter().filter(move |verb| above(number, verb)));
    let twice = twice.map(|verb| error_at(file, verb, "this verb stands in two lines of `same_deeds`; join them"));
    headlines.chain(unknown).chain(twice).collect()
}

/// "Bad news, the export is late", "Sorry for the desk: from Monday …": where, behind a courtesy and the words for whom it is, a sign
/// parts off words enough for a sentence.
fn news_behind(document: &Document<'_>, rest: Range<usize>) -> Option<usize> {
    const ADDRESSEES: usize = 8;
    const NAMES: usize = 4;
    const FEWEST: usize = 4;
    let is = |index: &usize, signs: &[&str]| document.tokens.get(*index).is_some_and(|sign| sign.is(signs));
    let named =
        rest.clone().take(NAMES).find(|index| is(index, &[",", ":", ";", "-", "–", "—", "!", ".", "but", "that"]));
    let sign = named.or_else(|| rest.clone().take(ADDRESSEES).find(|index| is(index, &[":"])))?;
    (rest.end.saturating_sub(sign + 1) >= FEWEST).then_some(sign + 1)
}

/// What one cue of a kind, beside nothing else, is worth: too little to call the message so.
const WEAK_EVIDENCE: usize = 1;

/// "until it is fixed", "will be fixed", "not fixed yet" are no results.
fn states_a_result(document: &Document<'_>, clause_start: usize, found: &Match) -> bool {
    const OPEN: [&str; 14] = [
        "until", "if", "when", "once", "unless", "will", "'ll", "would", "should", "may", "might", "could", "not",
        "before",
    ];
    !(clause_start..found.tokens.end)
        .filter_map(|index| document.tokens.get(index))
        .any(|token| token.is(&OPEN) || is_negation(token) && !token.is(&["no"]))
}

/// Whether a clause says one of these as a result.
fn is_stated(patterns: &PatternSet, document: &Document<'_>, clause: Range<usize>) -> bool {
    let mut found: Vec<Match> = Vec::new();
    patterns.matches_in(document, clause.clone(), &mut found);
    found.iter().any(|found| states_a_result(document, clause.start, found))
}

fn is_anywhere(patterns: &PatternSet, document: &Document<'_>) -> bool {
    document.sentences.iter().any(|sentence| {
        let mut found: Vec<Match> = Vec::new();
        patterns.matches_in(document, sentence.clone(), &mut found);
        !found.is_empty()
    })
}

/// Words that tie what follows to the word in front.
const LINKS: [&str; 8] = ["up", "for", "of", "in", "to", "and", "on", "or"];

/// A template with its words put in, which do not repeat its label: not "Fix: fix the sum".
fn labelled(template: &str, place: &str, words: &str) -> Option<String> {
    let (label, _) = template.split_once(place)?;
    let rest =
        words.split_once(' ').filter(|(first, _)| first.eq_ignore_ascii_case(label.trim_end_matches([':', ' '])));
    match rest {
        // "Fix up the tests", "fix for the export": more than the label belongs to the word.
        Some((_, rest)) if LINKS.contains(&rest.split(' ').next().unwrap_or_default()) => Some(words.to_owned()),
        rest => Some(template.replace(place, rest.map_or(words, |(_, rest)| rest))),
    }
}

impl Cues {
    /// Slots under which something can be told.
    pub(crate) fn slots_told(&self) -> Vec<&str> {
        self.sections.keys().map(String::as_str).collect()
    }

    /// Kinds of messages that are told apart, in the order of their file.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().map(|kind| kind.id.as_str())
    }

    /// How well a slot leads a message of a kind; messages of no kind are led by whatever matters most.
    pub(crate) fn lead_weight(&self, kind: &str, slot: &str) -> usize {
        const ANY: [&str; 9] = ["delay", "impact", "refusal", "ask", "benefit", "next", "action", "cost", "detail"];
        const BEST: usize = 9;
        let known = self.kinds.iter().find(|known| known.id == kind).filter(|known| !known.leads.is_empty());
        let place = match known {
            Some(known) => known.leads.iter().position(|known| known == slot),
            None => ANY.iter().position(|known| *known == slot),
        };
        // What will not be, or not yet, is news wherever nothing is wrong.
        let is_trouble = ["incident", "security", "maintenance"].contains(&kind);
        let elsewhere = if !is_trouble && ["refusal", "delay"].contains(&slot) { 6 } else { 1 };
        place.map_or(elsewhere, |place| BEST.saturating_sub(place).max(2))
    }

    /// Whether a clause was added by a mail program or a bot.
    pub(super) fn is_boilerplate(&self, document: &Document<'_>, clause: Range<usize>) -> bool {
        let mut found: Vec<Match> = Vec::new();
        self.boilerplate.matches_in(document, clause, &mut found);
        !found.is_empty()
    }

    /// Whether a clause says that a trouble is back.
    pub(super) fn recurs(&self, document: &Document<'_>, clause: Range<usize>) -> bool {
        is_stated(&self.updates.recurs, document, clause)
    }

    /// Whether a clause says that what was announced has begun.
    pub(super) fn has_begun(&self, document: &Document<'_>, clause: Range<usize>) -> bool {
        is_stated(&self.updates.begun, document, clause)
    }

    /// Whether a clause says that what had begun or was done is not any more.
    pub(super) fn has_stopped(&self, document: &Document<'_>, clause: Range<usize>) -> bool {
        is_stated(&self.updates.stopped, document, clause)
    }

    /// Whether a clause that begins with this verb tells somebody to do something.
    pub(super) fn is_told(&self, verb: &Token) -> bool {
        verb.lemmas().any(|lemma| self.requests.told.contains(lemma))
    }

    /// Whether it does so in a message that does not begin as a change does.
    pub(super) fn is_told_in_prose(&self, verb: &Token) -> bool {
        self.is_told(verb) || verb.lemmas().any(|lemma| self.requests.told_in_prose.contains(lemma))
    }

    /// Whether nobody orders with this verb.
    pub(super) fn is_no_order(&self, verb: &Token) -> bool {
        verb.lemmas().any(|lemma| self.requests.no_orders.contains(lemma))
    }

    /// Whether a message has words by which something may be wanted.
    pub(super) fn may_ask(&self, document: &Document<'_>) -> bool {
        self.requests.is_open || is_anywhere(&self.requests.perhaps, document)
    }

    /// Whether a word names the kind of a change in front of its subject line.
    pub(super) fn marks_a_change(&self, word: &str) -> bool {
        self.changes.marks.iter().any(|mark| mark == word)
    }

    /// Whether a mark or a verb says that the change ends a trouble.
    pub(super) fn mends(&self, word: &str) -> bool {
        self.changes.mends.iter().any(|known| known == word)
    }

    /// Whether a clause tells what was wrong.
    pub(crate) fn tells_a_trouble(&self, document: &Document<'_>, clause: Range<usize>) -> bool {
        let mut found: Vec<Match> = Vec::new();
        self.changes.troubles.matches_in(document, clause.clone(), &mut found);
        !found.is_empty() || clause.filter_map(|index| document.tokens.get(index)).any(is_negation)
    }

    /// The headline of a change that ends this trouble.
    pub(crate) fn mended(&self, problem: &str) -> Option<String> {
        labelled(&self.changes.mended, "{problem}", problem)
    }

    /// The headline of a change that is told as an order.
    pub(crate) fn ordered(&self, order: &str) -> Option<String> {
        labelled(&self.changes.ordered, "{order}", order)
    }

    /// The name by which a deed goes, whichever of its verbs tells it: "update" for "bump".
    pub(super) fn name_of_deed<'c>(&'c self, verb: &'c str) -> &'c str {
        let mut lines = self.changes.same_deeds.iter();
        let line = lines.find(|line| line.iter().any(|known| known == verb));
        line.and_then(|line| line.first()).map_or(verb, String::as_str)
    }

    /// Whether a message says that it is about a change.
    pub(super) fn tells_of_a_change(&self, document: &Document<'_>) -> bool {
        is_anywhere(&self.changes.signs, document)
    }

    /// Whether a message says something beside which its change may be a wish or a plan.
    pub(super) fn may_be_a_wish(&self, document: &Document<'_>) -> bool {
        is_anywhere(&self.changes.unless, document)
    }

    /// The kind of a message about a change: what is told of a change made is no outage and no refusal.
    pub(super) fn kind_of_change(&self, read: String) -> String {
        match self.changes.kinds.first() {
            Some(first) if !self.changes.kinds.contains(&read) => first.clone(),
            _ => read,
        }
    }

    /// The slot of what stands behind a label.
    pub(super) fn label_slot(&self, document: &Document<'_>, label: Range<usize>) -> Option<String> {
        self.known_label(document, label.clone()).or_else(|| self.slot(document, label))
    }

    /// The same for a label of the list, which needs no words of its own once its section has a heading.
    pub(super) fn known_label(&self, document: &Document<'_>, label: Range<usize>) -> Option<String> {
        let words: Vec<&str> = label
            .filter_map(|index| document.tokens.get(index))
            .filter(|token| token.lower.starts_with(char::is_alphanumeric))
            .map(|token| token.lower.as_str())
            .collect();
        self.labels.get(&words.join(" ")).cloned()
    }

    /// Whether a clause tells a goal, an introduction or a courtesy rather than an outcome.
    pub(super) fn is_background(&self, document: &Document<'_>, clause: Range<usize>) -> bool {
        let mut found: Vec<Match> = Vec::new();
        self.background.matches_in(document, clause.clone(), &mut found);
        let opens = |start: usize, found: &Match| (start..=start + 2).contains(&found.tokens.start);
        if found.iter().any(|found| opens(clause.start, found)) {
            return true;
        }
        let mut courtesies: Vec<Match> = Vec::new();
        self.courtesies.matches_in(document, clause.clone(), &mut courtesies);
        let courtesy = courtesies.iter().filter(|found| opens(clause.start, found)).map(|found| found.tokens.end).max();
        courtesy.is_some_and(|end| match news_behind(document, end..clause.end) {
            Some(news) => found.iter().any(|found| opens(news, found)),
            None => true,
        })
    }

    /// The heading of a slot's section.
    pub(crate) fn title<'c>(&'c self, slot: &'c str) -> &'c str {
        self.sections.get(slot).map_or(slot, |section| &section.title)
    }

    /// The heading of a section in which every sentence only suspects.
    pub(crate) fn suspected_title(&self, slot: &str) -> Option<&str> {
        self.sections.get(slot)?.suspected.as_deref()
    }

    /// The slot whose section this one joins.
    pub(crate) fn told_with(&self, slot: &str) -> Option<&str> {
        self.sections.get(slot)?.told_with.as_deref()
    }

    /// The slot of a clause: the first cue in file order that is found in it.
    pub(super) fn slot(&self, document: &Document<'_>, clause: Range<usize>) -> Option<String> {
        self.found_slot(document, clause).map(|found| found.slot)
    }

    /// The same, with whether the cue settles the clause before any order or question is looked for: those of the first entry.
    pub(super) fn found_slot(&self, document: &Document<'_>, clause: Range<usize>) -> Option<FoundSlot> {
        let mut found: Vec<Match> = Vec::new();
        self.slot_patterns.matches_in(document, clause.clone(), &mut found);
        let excepted = self.excepted(document, clause.clone(), &found);
        let pattern = found
            .iter()
            .filter(|found| {
                self.slots.get(found.pattern).is_none_or(|slot| {
                    !excepted.contains(&slot.as_str())
                        && (slot != "resolved" || states_a_result(document, clause.start, found))
                })
            })
            .map(|found| found.pattern)
            .min()?;
        Some(FoundSlot { slot: self.slots.get(pattern)?.clone(), settles: pattern < self.settling })
    }

    /// The slots that a clause cannot have, whatever cues of theirs were found.
    fn excepted(&self, document: &Document<'_>, clause: Range<usize>, found: &[Match]) -> Vec<&str> {
        let concerned =
            found.iter().any(|found| self.slots.get(found.pattern).is_some_and(|slot| self.exceptions.contains(slot)));
        if !concerned {
            return Vec::new();
        }
        let mut against: Vec<Match> = Vec::new();
        self.exception_patterns.matches_in(document, clause, &mut against);
        against.iter().filter_map(|found| self.exceptions.get(found.pattern).map(String::as_str)).collect()
    }

    /// The kind of message with the most cues; the order of the file breaks ties. A single weak word settles nothing. People say
    /// first what they write about, so cues up to there count twice.
    pub(super) fn kind(&self, document: &Document<'_>, statements: &[Statement]) -> String {
        const FIRST: usize = 2;
        let news = statements.iter().find(|statement| !statement.is_background && !statement.is_overtaken);
        let news = news.map_or(0, |news| news.tokens.end);
        let mut scores = vec![0_usize; self.kinds.len()];
        // A word said five times tells no more than one said once.
        let mut counted: BTreeSet<usize> = BTreeSet::new();
        for sentence in &document.sentences {
            let mut found: Vec<Match> = Vec::new();
            self.kind_patterns.matches_in(document, sentence.clone(), &mut found);
            for matched in found {
                if counted.insert(matched.pattern)
                    && let Some((kind, weight)) = self.kind_of.get(matched.pattern)
                    && let Some(score) = scores.get_mut(*kind)
                {
                    *score += if matched.tokens.start < news { weight * FIRST } else { *weight };
                }
            }
        }
        for (score, kind) in scores.iter_mut().zip(&self.kinds) {
            *score += statements.iter().filter(|statement| kind.slots.contains(&statement.slot)).count();
        }
        let mut best: Option<(usize, &Kind)> = None;
        for (score, kind) in scores.into_iter().zip(&self.kinds) {
            if score > best.map_or(WEAK_EVIDENCE, |(top, _)| top) {
                best = Some((score, kind));
            }
        }
        best.map_or_else(|| "generic".to_owned(), |(_, kind)| kind.id.clone())
    }
}
