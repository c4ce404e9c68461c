//! The plain version: the message in its own order, jargon replaced.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::agreement::{agree_token, is_governed, verbs_behind};
use super::articles::{article_of, fix_article, wants_article};
use super::figures::spelt_in_place;
use super::fit::{fits, in_its_place, is_part_of_name};
use super::inflected::{capitalised, noun_text, takes_plural_verb};
use super::pieces::{Origin, Pieces};
use super::repair::{is_superfluous, repaired};
use super::repetition::{repeats_itself, without_repetition};
use super::select::{Analysis, Choice, ChoiceKind};
use super::slips::{is_spaced_off, mended_words};
use super::verbs::{auxiliary_form, log_form};
use super::voice::{Voice, voice};
use crate::engine::audience::AudienceProfile;
use crate::engine::facts::{Fact, FactKind, extract};
use crate::engine::glossary::{Concept, Glossary, Hit, Number, PartOfSpeech, Wording, is_plural};
use crate::engine::lexicon::inflect::{VerbForm, plural, verb_form};
use crate::engine::phrases::{Class, Match, Output, Phrase};
use crate::engine::polarity::{Polarity, polarity};
use crate::engine::reading::LogVerb;
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// The rule under which a slip of the author's is mended.
const MENDED: &str = "mended-slip";

/// How much is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Terms and phrases.
    Full,
    /// Terms only.
    Terms,
    /// Nothing: the author's words.
    Verbatim,
}

/// Turns token ranges of an analysed message into words for one reader.
pub(crate) struct Realiser<'e, 'd> {
    pub(crate) analysis: &'e Analysis<'d>,
    pub(crate) glossary: &'e Glossary,
    pub(crate) phrases: &'e [Phrase],
    pub(crate) audience: &'e AudienceProfile,
    /// Names that have had their gloss.
    pub(super) glossed: BTreeSet<usize>,
    /// Verbs whose number follows a replaced subject.
    pub(super) agreement: BTreeMap<usize, bool>,
    /// Whether a noun whose wording has another number is plural now, by the token behind it.
    pub(super) renumbered: BTreeMap<usize, bool>,
    /// Headlines carry no glosses.
    pub(super) glosses: bool,
    /// Concepts that would be told by the same words as another one beside them ("from XML to JSON").
    pub(super) clashing: BTreeSet<usize>,
    /// Sentences that must stay in the author's words, because the ledger refused their rewrite.
    kept: Vec<Range<usize>>,
}

/// The plain version with what the ledger had to say about it.
pub(crate) struct PlainText {
    pub(crate) pieces: Pieces,
    pub(crate) text: String,
    /// The facts of `text`.
    pub(crate) facts: Vec<Fact>,
    /// Sentences that stayed in the author's words, by position.
    pub(crate) kept_sentences: Vec<usize>,
}

impl<'e, 'd> Realiser<'e, 'd> {
    /// A realiser for one message and reader.
    pub(crate) fn new(
        analysis: &'e Analysis<'d>,
        glossary: &'e Glossary,
        phrases: &'e [Phrase],
        audience: &'e AudienceProfile,
    ) -> Self {
        Self {
            analysis,
            glossary,
            phrases,
            audience,
            glossed: BTreeSet::new(),
            agreement: BTreeMap::new(),
            renumbered: BTreeMap::new(),
            glosses: true,
            clashing: BTreeSet::new(),
            kept: Vec::new(),
        }
    }

    pub(super) fn document(&self) -> &'e Document<'d> {
        &self.analysis.document
    }

    /// The whole message. The ledger reads it once; only when it objects, each sentence is proved on its own, tried with
    /// terms only, and kept in the author's words as a last resort.
    pub(crate) fn whole(&mut self) -> PlainText {
        let document = self.document();
        let mut pieces = Pieces::default();
        let mut at = 0;
        for sentence in &document.sentences {
            let span = document.span_of(sentence.clone());
            pieces.source(document.text, ByteSpan::new(at, span.start));
            let rewritten = self.attempt(sentence.clone(), Effort::Full);
            pieces.append(document.text, rewritten);
            at = span.end;
        }
        pieces.source(document.text, ByteSpan::new(at, document.text.len()));
        let output = pieces.text();
        let facts = extract(&output);
        let all = 0..document.tokens.len();
        if self.facts_survive(all.clone(), &facts) && self.polarity_survives(all, &output) {
            return PlainText { pieces, text: output, facts, kept_sentences: Vec::new() };
        }
        self.glossed.clear();
        self.sentence_by_sentence()
    }

    fn sentence_by_sentence(&mut self) -> PlainText {
        let document = self.document();
        let mut pieces = Pieces::default();
        let mut kept_sentences = Vec::new();
        let mut at = 0;
        for (number, sentence) in document.sentences.iter().enumerate() {
            let span = document.span_of(sentence.clone());
            pieces.source(document.text, ByteSpan::new(at, span.start));
            let mut last = Pieces::default();
            for effort in [Effort::Full, Effort::Terms, Effort::Verbatim] {
                let before = self.glossed.clone();
                last = self.attempt(sentence.clone(), effort);
                if effort == Effort::Verbatim {
                    kept_sentences.push(number);
                } else {
                    let output = last.text();
                    let polar = self.polarity_survives(sentence.clone(), &output)
                        || self.analysis.choices(sentence.clone(), true).iter().any(|choice| self.restates(choice));
                    if polar && self.facts_survive(sentence.clone(), &extract(&output)) {
                        break;
                    }
                }
                self.glossed = before;
            }
            pieces.append(document.text, last);
            at = span.end;
        }
        pieces.source(document.text, ByteSpan::new(at, document.text.len()));
        let text = pieces.text();
        let facts = extract(&text);
        PlainText { pieces, text, facts, kept_sentences }
    }

    /// The same, with the sentences at these positions left in the author's words.
    pub(crate) fn keeping(mut self, sentences: &[usize]) -> Self {
        let document = self.document();
        self.kept = sentences.iter().filter_map(|number| document.sentences.get(*number).cloned()).collect();
        self
    }

    /// Whether a range lies in a sentence that stays in the author's words.
    pub(crate) fn keeps(&self, range: &Range<usize>) -> bool {
        self.kept.iter().any(|sentence| sentence.contains(&range.start))
    }

    fn effort(&self, range: &Range<usize>) -> Effort {
        if self.keeps(range) { Effort::Verbatim } else { Effort::Full }
    }

    /// One token range in this reader's words.
    pub(crate) fn range(&mut self, range: Range<usize>) -> Pieces {
        let effort = self.effort(&range);
        self.attempt(range, effort)
    }

    /// One token range for a headline: without glosses.
    pub(crate) fn bare_range(&mut self, range: Range<usize>) -> Pieces {
        self.glosses = false;
        let effort = self.effort(&range);
        let pieces = self.attempt(range, effort);
        self.glosses = true;
        pieces
    }

    fn attempt(&mut self, range: Range<usize>, effort: Effort) -> Pieces {
        let mut pieces = Pieces::default();
        self.agreement.clear();
        self.renumbered.clear();
        self.clashing = self.clashes(&range);
        self.emit(range, effort, true, &mut pieces);
        pieces
    }

    fn clashes(&self, range: &Range<usize>) -> BTreeSet<usize> {
        let mut told: BTreeMap<&str, &Hit> = BTreeMap::new();
        let mut clashing = BTreeSet::new();
        // "The build agent is down, and the agents of …": the longer name and the shorter one of the same thing.
        let is_short_for = |short: &Hit, long: &Hit| {
            let words = |hit: &Hit| self.document().tokens.get(hit.tokens.clone()).unwrap_or_default();
            let (short, long) = (words(short), words(long));
            short.len() < long.len()
                && short
                    .iter()
                    .rev()
                    .zip(long.iter().rev())
                    .all(|(one, other)| one.lemmas().any(|lemma| other.lemmas().any(|known| known == lemma)))
        };
        for hit in self.analysis.terms_in(range.clone()) {
            // "token" inside "API token" is not told on its own.
            if self.analysis.is_nested(hit) {
                continue;
            }
            let Some(concept) = self.glossary.concepts.get(hit.concept) else { continue };
            let part = concept.terms.get(hit.term).map(|term| term.part_of_speech);
            let Some(wording) = part.and_then(|part| concept.wording(part, &self.audience.id)) else { continue };
            let other = *told.entry(wording.text.as_str()).or_insert(hit);
            if other.concept != hit.concept && !is_short_for(hit, other) && !is_short_for(other, hit) {
                clashing.extend([other.concept, hit.concept]);
            }
        }
        clashing
    }

    /// Whether negations, hedges and conditions of a range are those of its output.
    fn polarity_survives(&self, range: Range<usize>, output: &str) -> bool {
        let document = self.document();
        polarity(document.slice(document.span_of(range))).survives_in(&polarity(output))
    }

    /// Whether every fact of a range is in its output, once for each time it is stated.
    fn facts_survive(&self, range: Range<usize>, found: &[Fact]) -> bool {
        let document = self.document();
        let mut open: Vec<Option<&str>> = found.iter().map(|fact| Some(fact.key.as_str())).collect();
        let mut first_open = 0;
        for index in range {
            let Some(fact) = document.fact_at(index) else { continue };
            let place = (first_open..open.len()).find(|at| open.get(*at).copied().flatten() == Some(fact.key.as_str()));
            if let Some(slot) = place.and_then(|at| open.get_mut(at)) {
                *slot = None;
                while open.get(first_open).is_some_and(Option::is_none) {
                    first_open += 1;
                }
            } else if !self.explained(index) {
                return false;
            }
        }
        true
    }

    /// Whether the author of an entry says the same with another number of "not", "if" or "may".
    fn restates(&self, choice: &Choice<'_>) -> bool {
        match choice.kind {
            ChoiceKind::Phrase(found) => self.phrases.get(found.pattern).is_some_and(|phrase| phrase.restates_polarity),
            ChoiceKind::Term(hit) => self.glossary.concepts.get(hit.concept).is_some_and(|concept| {
                concept.wordings.iter().any(|wording| polarity(&wording.text) != Polarity::default())
                    || concept.terms.get(hit.term).is_some_and(|term| polarity(&term.text) != Polarity::default())
            }),
        }
    }

    /// Whether a fact token belongs to a term ("p95 latency") or to a phrase's own words ("EOD"), whose wording stands for it.
    fn explained(&self, index: usize) -> bool {
        let in_slot = |found: &Match| found.slots.iter().any(|(_, range)| range.contains(&index));
        self.analysis.term_holds(index) || self.analysis.phrases_holding(index).any(|found| !in_slot(found))
    }

    pub(super) fn emit(&mut self, range: Range<usize>, effort: Effort, with_phrases: bool, pieces: &mut Pieces) {
        let document = self.document();
        let keep_all = effort == Effort::Verbatim || self.audience.keeps_terms;
        let choices = if keep_all {
            Vec::new()
        } else {
            self.analysis.choices(range.clone(), with_phrases && effort == Effort::Full)
        };
        let mut next = choices.into_iter().peekable();
        let mut index = range.start;
        let mut at = document.span_of(range.clone()).start;
        let mut late: Option<(usize, String, Origin)> = None;
        while index < range.end {
            let Some(token) = document.tokens.get(index) else { break };
            if let Some((_, gloss, origin)) = late.take_if(|(end, ..)| *end <= index) {
                pieces.push(gloss, origin);
            }
            let gap = ByteSpan::new(at, token.span.start);
            if !keep_all && at < token.span.start && is_spaced_off(document, index) {
                pieces.removed(MENDED, gap);
            } else {
                pieces.source(document.text, gap);
            }
            if let Some(choice) = next.next_if(|choice| choice.tokens.start == index) {
                at = document.span_of(choice.tokens.clone()).end;
                index = choice.tokens.end;
                if let Some(behind) = self.emit_around_pronoun(&choice, range.end, pieces) {
                    at = document.span_of(index..behind).end.max(at);
                    index = behind;
                    continue;
                }
                self.emit_choice(&choice, effort, pieces);
                if let (ChoiceKind::Term(hit), None) = (choice.kind, &late) {
                    late = self.late_gloss(hit, range.end);
                }
                continue;
            }
            let free = next.peek().map_or(range.end, |choice| choice.tokens.start.min(range.end));
            if keep_all {
                pieces.source(document.text, token.span)
            } else if let Some(end) = self.emit_mended(index, free, pieces) {
                at = document.span_of(index..end).end;
                index = end;
                continue;
            } else if is_superfluous(document, index)
                || token.is(&["not"]) && index > 0 && self.analysis.log_verb(index - 1) == Some(LogVerb::NoLonger)
            {
                pieces.removed(MENDED, token.span);
                // With the space that stood in front of what follows.
                let next = document.tokens.get(index + 1).filter(|_| !token.glued);
                at = next.map_or(token.span.end, |next| next.span.start);
                index += 1;
                continue;
            } else {
                self.emit_token(index, pieces)
            }
            at = token.span.end;
            index += 1;
        }
        if let Some((_, gloss, origin)) = late {
            pieces.push(gloss, origin);
        }
    }

    /// A slip of several words that nothing else claims before `limit`; gives its end.
    fn emit_mended(&self, index: usize, limit: usize, pieces: &mut Pieces) -> Option<usize> {
        let document = self.document();
        let mend = mended_words(document, index).filter(|mend| mend.end <= limit)?;
        pieces.push(mend.text, Origin::Rule { name: MENDED, span: document.span_of(index..mend.end) });
        Some(mend.end)
    }

    /// One token that nothing claims: facts in plain spelling, verbs in agreement, the rest as written.
    fn emit_token(&mut self, index: usize, pieces: &mut Pieces) {
        let document = self.document();
        let Some(token) = document.tokens.get(index) else { return };
        if let Some(to_plural) = self.agreement.get(&index)
            && let Some(text) = agree_token(document, index, *to_plural)
        {
            pieces.push(text, Origin::Rule { name: "agreement", span: token.span });
            return;
        }
        if let Some(verb) = self.analysis.log_verb(index) {
            let text = log_form(verb, token);
            pieces.push(text, Origin::Rule { name: "change-log", span: token.span });
            return;
        }
        if let Some((spelt, rule)) = spelt_in_place(document, index) {
            let spelt = self.capital_like(index, spelt);
            // "An ~8 minute outage": the article was that of the figure.
            let spelt = if spelt.starts_with("roughly ") { fix_article(pieces, spelt, false) } else { spelt };
            pieces.push(spelt, Origin::Rule { name: rule, span: token.span });
            return;
        }
        if token.is(&["~~"])
            && let Some(text) = struck(document, index)
        {
            pieces.push(text.to_owned(), Origin::Rule { name: "struck-out", span: token.span });
            return;
        }
        let meant = || self.analysis.meant(index).map(str::to_owned);
        if let Some(mended) = repaired(document, index).or_else(meant) {
            pieces.push(mended, Origin::Rule { name: MENDED, span: token.span });
            return;
        }
        pieces.source(document.text, token.span);
    }

    fn emit_choice(&mut self, choice: &Choice<'_>, effort: Effort, pieces: &mut Pieces) {
        match choice.kind {
            ChoiceKind::Term(hit) => self.emit_term(hit, effort, pieces),
            // The pattern's own words would stand in the place of a term that the reader knows.
            ChoiceKind::Phrase(found) if self.holds_learned(found) => {
                self.emit(found.tokens.clone(), effort, false, pieces);
            }
            ChoiceKind::Phrase(found) => self.emit_phrase(found, effort, pieces),
        }
    }

    fn emit_term(&mut self, hit: &Hit, effort: Effort, pieces: &mut Pieces) {
        let Some(concept) = self.glossary.concepts.get(hit.concept) else { return };
        if self.audience.has_learned(concept) {
            return self.emit_learned(hit, effort, pieces);
        }
        let wording = concept
            .terms
            .get(hit.term)
            .filter(|_| !self.clashing.contains(&hit.concept))
            .filter(|_| !self.audience.knows(concept) && !is_part_of_name(self.document(), &hit.tokens))
            .and_then(|term| concept.wording(term.part_of_speech, &self.audience.id))
            .and_then(|wording| in_its_place(self.document(), hit, wording))
            // "Purchase Order" is no other word than "purchase order".
            .filter(|wording| {
                !self.document().slice(self.document().span_of(hit.tokens.clone())).eq_ignore_ascii_case(&wording.text)
            })
            .filter(|wording| fits(self, hit, wording) && !repeats_itself(pieces, hit.concept, &wording.text));
        match wording.as_deref() {
            Some(wording) => match wording.part_of_speech {
                PartOfSpeech::Verb => match voice(self.document(), hit, wording) {
                    Voice::Same => self.emit_verb(hit, wording, effort, pieces),
                    Voice::Otherwise(words) => self.emit_words(hit, words, pieces),
                    Voice::Kept => self.emit_kept(hit, concept, effort, pieces),
                },
                PartOfSpeech::Noun => self.emit_noun(hit, wording, pieces),
                _ => self.emit_words(hit, wording.text.clone(), pieces),
            },
            None => self.emit_kept(hit, concept, effort, pieces),
        }
    }

    /// Whether the words of a pattern itself, outside its slots, hold a term that the reader has learned.
    fn holds_learned(&self, found: &Match) -> bool {
        let in_slot = |hit: &Hit| {
            found.slots.iter().any(|(_, slot)| slot.start <= hit.tokens.start && hit.tokens.end <= slot.end)
        };
        self.analysis.terms_in(found.tokens.clone()).any(|hit| self.has_learned(hit) && !in_slot(hit))
    }

    fn has_learned(&self, hit: &Hit) -> bool {
        self.glossary.concepts.get(hit.concept).is_some_and(|concept| self.audience.has_learned(concept))
    }

    /// A term that the reader has learned: the author's own words, whatever else they hold; what stands inside a split verb
    /// ("roll the release back") is told as ever.
    fn emit_learned(&mut self, hit: &Hit, effort: Effort, pieces: &mut Pieces) {
        let document = self.document();
        let span = document.span_of(hit.tokens.clone());
        let Some(gap) = hit.gap.clone() else { return pieces.source(document.text, span) };
        let inside = document.span_of(gap.clone());
        pieces.source(document.text, ByteSpan::new(span.start, inside.start));
        self.emit(gap, effort, false, pieces);
        pieces.source(document.text, ByteSpan::new(inside.end, span.end));
    }

    fn emit_noun(&mut self, hit: &Hit, wording: &Wording, pieces: &mut Pieces) {
        let document = self.document();
        let text = noun_text(wording, hit.form);
        let source_plural = is_plural(hit.form);
        let now_plural = takes_plural_verb(wording, hit.form);
        if source_plural != now_plural && !is_governed(document, hit.tokens.start) {
            self.note_agreement(hit.tokens.end, now_plural);
        }
        // "A driver update": the article belongs to the noun behind.
        let modifies = document
            .tokens
            .get(hit.tokens.end)
            .is_some_and(|next| next.tag.is_nominal() && !next.glued && !next.joined);
        let countless = wording.number != Number::Count && !modifies;
        let text = without_repetition(pieces, text);
        let text = fix_article(pieces, text, countless);
        let text = if wants_article(document, hit, wording) { format!("the {text}") } else { text };
        if countless && let Some(article) = article_of(document, hit.tokens.start) {
            pieces.remove(article);
        }
        let capital_start = self.capital_like(hit.tokens.start, text.clone());
        let opens = pieces.list.is_empty() || ends_with_boundary(pieces) || opens_a_part(document, hit.tokens.start);
        let text = if opens { capital_start } else { text };
        let span = document.span_of(hit.tokens.clone());
        pieces.push(text, Origin::Concept { concept: hit.concept, span });
    }

    fn emit_words(&mut self, hit: &Hit, text: String, pieces: &mut Pieces) {
        let text = fix_article(pieces, text, false);
        let text = self.capital_like(hit.tokens.start, text);
        let span = self.document().span_of(hit.tokens.clone());
        pieces.push(text, Origin::Concept { concept: hit.concept, span });
    }

    /// A term that stays; a product name gets its gloss at first mention, unless it only modifies the next noun.
    fn emit_kept(&mut self, hit: &Hit, concept: &Concept, effort: Effort, pieces: &mut Pieces) {
        let document = self.document();
        let before = document.tokens.get(hit.tokens.start).map_or(0, |token| token.span.start);
        let mut at = before;
        let inner: Vec<Choice<'_>> = if hit.tokens.len() > 1 && effort != Effort::Verbatim {
            self.analysis
                .choices(hit.tokens.start + 1..hit.tokens.end, false)
                .into_iter()
                .filter(|_| concept.terms.get(hit.term).is_some_and(|term| term.part_of_speech != PartOfSpeech::Name))
                .filter(|_| !concept.wordings.is_empty())
                .collect()
        } else {
            Vec::new()
        };
        let mut next = inner.into_iter().peekable();
        let mut index = hit.tokens.start;
        while index < hit.tokens.end {
            let Some(token) = document.tokens.get(index) else { break };
            pieces.source(document.text, ByteSpan::new(at, token.span.start));
            if let Some(choice) = next.next_if(|choice| choice.tokens.start == index) {
                index = choice.tokens.end;
                at = document.span_of(choice.tokens.clone()).end;
                self.emit_choice(&choice, effort, pieces);
                continue;
            }
            if let Some(end) = self.emit_mended(index, hit.tokens.end, pieces) {
                at = document.span_of(index..end).end;
                index = end;
                continue;
            }
            self.emit_token(index, pieces);
            at = token.span.end;
            index += 1;
        }
        self.emit_gloss(hit, pieces);
    }

    fn emit_phrase(&mut self, found: &Match, effort: Effort, pieces: &mut Pieces) {
        let document = self.document();
        let Some(phrase) = self.phrases.get(found.pattern) else { return };
        let span = document.span_of(found.tokens.clone());
        let origin = || Origin::Phrase { id: phrase.id.clone(), span };
        let mut first = true;
        for part in &phrase.output {
            match part {
                Output::Text(text) => {
                    let text = if first { self.start_phrase(found, text.clone(), pieces) } else { text.clone() };
                    pieces.push(text, origin());
                }
                Output::Inflected { lemma, class } => {
                    let text = self.head_form(found, lemma, *class);
                    let text = if first { self.start_phrase(found, text, pieces) } else { text };
                    pieces.push(text, origin());
                }
                Output::Slot(name) => {
                    if let Some((_, range)) = found.slots.iter().find(|(slot, _)| slot == name) {
                        let mut inner = Pieces::default();
                        self.emit(range.clone(), effort, found.tokens != *range, &mut inner);
                        if first
                            && let Some(piece) = inner.list.first_mut()
                            && !matches!(piece.origin, Origin::Source(_))
                        {
                            piece.text = self.capital_like(found.tokens.start, std::mem::take(&mut piece.text));
                        }
                        for piece in inner.list {
                            match piece.origin {
                                Origin::Source(span) => pieces.source(document.text, span),
                                origin => pieces.push(piece.text, origin),
                            }
                        }
                    }
                }
            }
            first = false;
        }
        // "w/friends": words need the space that the stroke stood for.
        let word = |at: usize| document.tokens.get(at);
        let stroke = word(found.tokens.end - 1).is_some_and(|last| last.lower == "/");
        if stroke && word(found.tokens.end).is_some_and(|next| next.glued && next.kind == TokenKind::Word) {
            pieces.push(" ".to_owned(), origin());
        }
    }

    fn start_phrase(&self, found: &Match, text: String, pieces: &mut Pieces) -> String {
        let text = fix_article(pieces, text, false);
        self.capital_like(found.tokens.start, text)
    }

    fn head_form(&self, found: &Match, lemma: &str, class: Class) -> String {
        let document = self.document();
        let head = found.head.and_then(|index| document.tokens.get(index));
        match class {
            Class::Verb => {
                if let Some(token) = head.filter(|token| token.tag == Tag::Auxiliary) {
                    return auxiliary_form(lemma, &token.lower);
                }
                let form = match head.map(|token| token.tag) {
                    Some(Tag::Verb(form)) => form,
                    _ => VerbForm::Base,
                };
                let form = match self.agreement.get(&found.tokens.start) {
                    Some(true) if form == VerbForm::ThirdSingular => VerbForm::Base,
                    _ => form,
                };
                verb_form(lemma, form)
            }
            Class::Noun if head.is_some_and(|token| token.tag == Tag::PluralNoun) => plural(lemma),
            Class::Noun | Class::Adjective => lemma.to_owned(),
        }
    }

    /// Upper case where the author had it at the start of a sentence.
    pub(super) fn capital_like(&self, index: usize, text: String) -> String {
        let document = self.document();
        let Some(token) = document.tokens.get(index) else { return text };
        if is_ordinary(document, token) && token.capital && token.lower.len() > 1 && opens_a_part(document, index) {
            return capitalised(&text);
        }
        let starts = self.starts_sentence(index);
        // A term such as "p95" is written small even at the start; the author's first ordinary word shows the habit.
        let habit = document
            .sentences
            .iter()
            .filter_map(|sentence| document.tokens.get(first_word(document, sentence.clone())?))
            .find(|first| is_ordinary(document, first))
            .is_none_or(|first| first.capital);
        if starts && (token.capital || habit) { capitalised(&text) } else { text }
    }

    /// Whether the token is the first word of its sentence.
    fn starts_sentence(&self, index: usize) -> bool {
        let document = self.document();
        let at = document.sentences.partition_point(|sentence| sentence.end <= index);
        document.sentences.get(at).is_some_and(|sentence| first_word(document, sentence.clone()) == Some(index))
    }

    /// Remembers that the verbs of a replaced subject must change their number.
    fn note_agreement(&mut self, after: usize, to_plural: bool) {
        self.renumbered.insert(after, to_plural);
        self.agreement.extend(verbs_behind(self.document(), after).into_iter().map(|verb| (verb, to_plural)));
    }
}

/// Whether a word is written as the author writes words, and not with a spelling of its own such as "p95" or "iOS".
fn is_ordinary(document: &Document<'_>, token: &Token) -> bool {
    token.kind == TokenKind::Word
        && !document.slice(token.span).chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric())
        && token.lower.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'))
}

/// "12:16 UTC – Deployed …", "14:55: Logs show …": behind a colon, a dash and the like the author began anew.
fn opens_a_part(document: &Document<'_>, index: usize) -> bool {
    index
        .checked_sub(1)
        .and_then(|before| document.tokens.get(before))
        .is_some_and(|sign| sign.is(&[":"]) || !sign.glued && sign.is(&["-", "–", "—", "|", "•", "]", "=", "→"]))
}

/// What stands for a sign that strikes words out: "~~17:00~~ 13:00" becomes "17:00, corrected to 13:00". A sign alone strikes
/// nothing out.
fn struck(document: &Document<'_>, index: usize) -> Option<&'static str> {
    let sentence = document.sentence_at(index)?;
    let sign = |at: &usize| document.tokens.get(*at).is_some_and(|token| token.is(&["~~"]));
    let before = (sentence.start..index).filter(sign).count();
    let Some(opening) = (sentence.start..index).rev().find(sign).filter(|_| before % 2 == 1) else {
        return (index + 1..sentence.end).any(|at| sign(&at)).then_some("");
    };
    let short = index - opening <= 4;
    let corrected =
        index + 1 < sentence.end && document.tokens.get(index + 1).is_some_and(|next| next.tag != Tag::Punctuation);
    Some(if short && corrected { ", corrected to" } else { " (struck out)" })
}

/// The first word or fact of a sentence, behind emoji, opening brackets and emphasis.
fn first_word(document: &Document<'_>, sentence: Range<usize>) -> Option<usize> {
    sentence.into_iter().find(|index| {
        document.tokens.get(*index).is_some_and(|token| token.tag != Tag::Punctuation)
            && document.fact_at(*index).is_none_or(|fact| fact.kind != FactKind::Emoji)
    })
}

fn ends_with_boundary(pieces: &Pieces) -> bool {
    pieces.list.last().is_none_or(|piece| {
        let only_signs = pieces.list.len() == 1 && !piece.text.contains(char::is_alphanumeric);
        only_signs || piece.text.trim_end().ends_with(['.', ':', '!', '?', '\n', '*', '_', '[', '('])
    })
}
