//! Verbs in plain words: in the form their place demands, with their object or pronoun where English wants it.

use super::articles::fix_article;
use super::inflected::{capitalised, verb_text};
use super::pieces::{Origin, Pieces};
use super::plain::{Effort, Realiser};
use super::select::{Choice, ChoiceKind};
use crate::engine::glossary::{Hit, HitForm, PartOfSpeech, Wording};
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::reading::LogVerb;
use crate::engine::text::{Tag, Token};

/// Words that follow their verb and let a pronoun in between.
const PARTICLES: &[&str] = &["up", "down", "off", "out", "back", "away", "on", "over", "aside"];

/// Whether a word follows its verb as in "shut down".
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

impl Realiser<'_, '_> {
    /// "Provisioned two servers" is no order, and "Set up two servers" would read as one.
    fn looks_like_an_order(&self, hit: &Hit, wording: &Wording) -> bool {
        let told = matches!(hit.form, HitForm::Verb(VerbForm::Past | VerbForm::PastParticiple));
        let sentence = self.document().sentence_at(hit.tokens.start);
        let past = || verb_text(wording, HitForm::Verb(VerbForm::Past));
        told && sentence.is_some_and(|sentence| sentence.start == hit.tokens.start)
            && past() == verb_text(wording, HitForm::Verb(VerbForm::Base))
    }

    pub(super) fn emit_verb(&mut self, hit: &Hit, wording: &Wording, effort: Effort, pieces: &mut Pieces) {
        let mut form = hit.form;
        if let Some(to_plural) = self.agreement.get(&hit.tokens.start).copied()
            && matches!(form, HitForm::Verb(VerbForm::ThirdSingular | VerbForm::Base))
        {
            form = HitForm::Verb(if to_plural { VerbForm::Base } else { VerbForm::ThirdSingular });
        }
        // "the rolled-back release", "Rolled back, it did not help": a participle, whatever the verb's past looks like.
        let describes = hit
            .tokens
            .start
            .checked_sub(1)
            .and_then(|index| self.document().tokens.get(index))
            .is_some_and(|before| matches!(before.tag, Tag::Determiner | Tag::Adjective | Tag::Possessive));
        // "was _rolled back_": the sign stands between the verb and its helper.
        let helped = hit.tokens.start.checked_sub(2).is_some_and(|index| {
            let sign = self.document().tokens.get(index + 1).is_some_and(|sign| sign.is(&["_", "*", "**", "__"]));
            sign && self.document().tokens.get(index).is_some_and(|verb| verb.tag == Tag::Auxiliary)
        });
        let opens =
            hit.tokens.start == 0 && self.document().tokens.get(hit.tokens.end).is_some_and(|next| next.is(&[","]));
        if matches!(form, HitForm::Verb(VerbForm::Past)) && (describes || opens || helped) {
            form = HitForm::Verb(VerbForm::PastParticiple);
        }
        let logged = self.analysis.log_verb(hit.tokens.start);
        form = logged.and_then(LogVerb::form).map_or(form, HitForm::Verb);
        let text = verb_text(wording, form);
        let text = if logged.is_none() && !opens && self.looks_like_an_order(hit, wording) {
            format!("have {}", verb_text(wording, HitForm::Verb(VerbForm::PastParticiple)))
        } else {
            text
        };
        let text = if logged == Some(LogVerb::This) { format!("this {text}") } else { text };
        let (before, after) = text.split_once("{object}").unwrap_or((text.as_str(), ""));
        let span = self.document().span_of(hit.tokens.clone());
        let origin = Origin::Concept { concept: hit.concept, span };
        let first = self.capital_like(hit.tokens.start, before.trim_end().to_owned());
        let first = if describes { fix_article(pieces, first, false) } else { first };
        pieces.push(first, origin.clone());
        if let Some(gap) = &hit.gap {
            pieces.push(" ".to_owned(), origin.clone());
            self.emit(gap.clone(), effort, false, pieces);
            if !after.trim().is_empty() {
                pieces.push(format!(" {}", after.trim()), origin);
            }
        } else if !after.trim().is_empty() {
            pieces.push(format!(" {}", after.trim()), origin);
        }
    }

    /// "Spin it down" as "shut it down", "deprecate it" as "phase it out": a pronoun stands in front of the particle. Gives the
    /// token behind what was written.
    pub(super) fn emit_around_pronoun(
        &mut self,
        choice: &Choice<'_>,
        end: usize,
        pieces: &mut Pieces,
    ) -> Option<usize> {
        let ChoiceKind::Term(hit) = choice.kind else { return None };
        let document = self.document();
        let concept = self.glossary.concepts.get(hit.concept)?;
        let term = concept.terms.get(hit.term).filter(|term| term.part_of_speech == PartOfSpeech::Verb)?;
        let wording = concept.wording(term.part_of_speech, &self.audience.id)?;
        let text = verb_text(wording, hit.form);
        let (verb, particle) = text.rsplit_once(' ').filter(|(_, last)| is_particle(last))?;
        if self.audience.knows(concept) || self.clashing.contains(&hit.concept) {
            return None;
        }
        let is_pronoun = |index: usize| {
            document.tokens.get(index).is_some_and(|token| {
                token.is(&["it", "them", "this", "that", "these", "those"]) && token.tag == Tag::Pronoun
            })
        };
        let (pronoun, behind) = match &hit.gap {
            Some(gap) if gap.len() == 1 && is_pronoun(gap.start) => (gap.start, hit.tokens.end),
            None if hit.tokens.end < end && is_pronoun(hit.tokens.end) => (hit.tokens.end, hit.tokens.end + 1),
            _ => return None,
        };
        let origin = Origin::Concept { concept: hit.concept, span: document.span_of(hit.tokens.clone()) };
        let verb = self.capital_like(hit.tokens.start, verb.to_owned());
        pieces.push(format!("{verb} "), origin.clone());
        pieces.push(document.token_text(pronoun).to_owned(), origin.clone());
        pieces.push(format!(" {particle}"), origin);
        Some(behind)
    }
}

/// The verb of a change log's item, told as something that was done.
pub(super) fn log_form(verb: LogVerb, token: &Token) -> String {
    let lemma = || token.entry.map_or_else(|| token.lower.clone(), |entry| entry.verb_lemma(&token.lower).into_owned());
    let text = match (verb, verb.form()) {
        (LogVerb::NoLonger, _) => "no longer".to_owned(),
        (_, Some(form)) => verb_form(&lemma(), form),
        (_, None) => format!("this {}", token.lower),
    };
    if token.capital { capitalised(&text) } else { text }
}

/// A verb in the form of a form of "be": "is pushed" with `go/v` gives "goes".
pub(super) fn auxiliary_form(lemma: &str, be: &str) -> String {
    if lemma == "be" {
        return be.to_owned();
    }
    let form = match be {
        "is" | "'s" | "has" | "hasn't" | "does" => VerbForm::ThirdSingular,
        "was" | "were" | "had" | "did" => VerbForm::Past,
        "been" => VerbForm::PastParticiple,
        "being" | "having" => VerbForm::Ing,
        _ => VerbForm::Base,
    };
    verb_form(lemma, form)
}
