//! What a draft would change, shown before somebody approves it: every example message, every sentence of an entry and every
//! trial message that holds one of its words, as it is answered now and as it would be.
//!
//! Each text is read where it belongs. A trial message is of a place, and a draft that does not hold there cannot change it. Example
//! messages and the sentences of entries that hold in wider places are read as if they were written where the draft holds. What is of
//! other workspaces than the asker's is neither read nor shown.
//!
//! All of it is bounded, and done where previews are built: no answer waits for it. Who looks again gets what was found out before
//! (`tried.rs`).

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;

use super::{
    App, Concept, CurationError, Curator, Finding, Overlay, Reach, Role, TrialMessage, checks, checks::Demand,
    fields::title_of, neighbours::Neighbours, organisation, publish::build_without_others_mistakes, reach::location_at,
    rivals::Rivals, tried::Tried,
};
use crate::{
    app::example_messages,
    clock::Stopwatch,
    engine::{Audience, Engine, SourceText, lexicon, lexicon::Lexicon, scope_reaches},
};

/// As many texts of each kind are compared. What holds a word more often than this is judged by these.
const MOST_COMPARED: usize = 400;
/// As many changes of each kind are shown.
const MOST_SHOWN: usize = 60;
/// As many doubtful sentences are told.
const MOST_DOUBTS: usize = 12;
/// Comparing ends after this, whatever is left.
const LONGEST_MS: u64 = 2_000;

/// What a draft would change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Effect {
    /// The revision that was tried.
    pub revision: u32,
    /// On messages that ship as examples, and on the sentences of all entries.
    pub golden: Comparison,
    /// On the organisation's own trial messages.
    pub trials: Comparison,
    /// Where it may be taken for something else, and what it gets in the way of.
    pub warnings: Vec<Finding>,
    /// Why it could not be approved as it is.
    pub problems: Vec<Finding>,
}

/// How texts of one kind are answered now and would be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Comparison {
    /// Texts that hold one of the draft's words.
    pub holding: usize,
    /// Those that were compared: all of them, unless there are very many.
    pub compared: usize,
    /// Texts that the time did not suffice to look at.
    pub unread: usize,
    /// Those that would read differently.
    pub changed: usize,
    /// The first of these.
    pub changes: Vec<ChangedText>,
}

/// A text that would read differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ChangedText {
    /// Where it is from.
    pub origin: Origin,
    /// The title of the message, the id of the entry, or the number of the trial message.
    pub name: String,
    /// The place in which it is read, such as `slack:T0123`; empty for everywhere.
    pub place: String,
    /// The reader for whom it changes.
    pub reader: String,
    /// What it says.
    pub text: String,
    /// As it is answered now.
    pub before: String,
    /// As it would be.
    pub after: String,
}

/// Where a text is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A message that ships as an example.
    Message,
    /// A sentence of an entry.
    Entry,
    /// A trial message.
    Trial,
}

struct Text<'a> {
    origin: Origin,
    name: String,
    text: &'a str,
    /// Where it is from; nowhere in particular without any.
    places: &'a [String],
}

impl Effect {
    /// Whether everything was looked at.
    pub(super) const fn is_whole(&self) -> bool {
        self.golden.unread == 0 && self.trials.unread == 0
    }
}

impl App {
    /// What the draft of an entry would change.
    ///
    /// # Errors
    /// The person may not ask, there is no such entry or no draft of it, it holds where they have no say, or the database does not
    /// answer.
    pub async fn effect(self: &Arc<Self>, curator: &Curator, id: &str) -> Result<Arc<Effect>, CurationError> {
        curator.need(Role::Author)?;
        let stored = self.store().concept(&organisation(), id).await?;
        let view = self.view_to_change(curator, id, stored)?;
        if !view.is_pending() {
            let is = view.status.replace('_', " ");
            return Err(CurationError::Refused(format!("“{id}” is {is}: no draft of it waits for approval.")));
        }
        let trials = self.trial_messages(curator).await?;
        let before = self.engine();
        let tried = Tried {
            id: id.to_owned(),
            revision: view.revision,
            reach: curator.reach.clone(),
            trials: trials.iter().map(|trial| trial.number).collect(),
            // Asked before the changes are read: what comes in between is tried once more, and never missed.
            published: self.store().glossary_revision(&organisation()).await?,
            content: before.revision().to_owned(),
        };
        if let Some(known) = self.curation.effects.known(&tried) {
            return Ok(known);
        }
        let turn = self.curation.effects.turn().await;
        if let Some(known) = self.curation.effects.known(&tried) {
            return Ok(known);
        }
        let overlay = self.overlay().await?;
        // What was begun is kept, even when whoever wanted it has left the page.
        self.build_apart(move |app| {
            let draft = Arc::new(view.concept);
            let effect = Arc::new(app.try_draft(&tried, &draft, &before, &overlay, &trials)?);
            app.curation.effects.keep(tried, &effect);
            drop(turn);
            Ok(effect)
        })
        .await
    }

    fn try_draft(
        &self,
        tried: &Tried,
        draft: &Arc<Concept>,
        before: &Engine,
        overlay: &Overlay,
        trials: &[TrialMessage],
    ) -> Result<Effect, CurationError> {
        let (base, revision, reach) = (self.curation.base(), tried.revision, &tried.reach);
        // What mining or a file brought may lack what somebody has to write before it can be approved.
        let missing = checks::shape(draft, Demand::Examples);
        if !checks::shape(draft, Demand::Definition).is_empty() {
            return Ok(Effect { revision, problems: missing, ..Effect::default() });
        }
        let mut after = overlay.clone();
        after.say(Arc::clone(draft));
        let engine = match build_without_others_mistakes(&base.content, after.clone(), &draft.id)? {
            Ok(engine) => engine,
            Err(problems) => return Ok(Effect { revision, problems, ..Effect::default() }),
        };
        let all = checks::counting(base.catalogue(), overlay);
        let counting = all.get(draft.id.as_str()).copied();
        let others = all.values().copied().filter(|other| other.id != draft.id && reach.sees(other));
        let others: Vec<&Concept> = others.collect();
        let comparer = Comparer::new(draft, counting, reach, (before, &engine));
        // The organisation's own messages first, should the time not suffice for all.
        let trials = comparer.compare(trials.iter().map(Text::of_trial));
        let mut warnings = checks::lists(draft);
        warnings.extend(common_words(draft));
        warnings.extend(comparer.doubts(&others));
        let golden = comparer.compare(golden(draft, &others));
        let rivals = Rivals::of(draft, &engine, base.catalogue(), overlay);
        let neighbours = Neighbours::among(draft, all, base.catalogue(), overlay);
        // What others are writing may be another thing in a minute, so it is told with the entry and not kept with this.
        warnings.extend(neighbours.warnings(draft, (before, &engine), &rivals));
        let failed = rivals.run_examples(draft, &engine, (&base.content, &after))?;
        warnings.extend(rivals.lost());
        let problems = rivals.conflicts(|_| true).into_iter().chain(failed).chain(missing).collect();
        Ok(Effect { revision, golden, trials, warnings, problems })
    }
}

impl<'a> Text<'a> {
    fn of_trial(trial: &'a TrialMessage) -> Self {
        let places = if trial.place.is_empty() { &[] } else { std::slice::from_ref(&trial.place) };
        Self { origin: Origin::Trial, name: trial.number.to_string(), text: &trial.text, places }
    }

    fn of_entry(concept: &'a Concept, text: &'a str) -> Self {
        Self { origin: Origin::Entry, name: concept.id.clone(), text, places: &concept.scope }
    }
}

/// The messages that ship as examples, the draft's own sentences, and those of all other entries.
fn golden<'a>(draft: &'a Concept, others: &'a [&'a Concept]) -> impl Iterator<Item = Text<'a>> {
    let messages = example_messages().iter().map(|message| Text {
        origin: Origin::Message,
        name: message.title.clone(),
        text: &message.text,
        places: &[],
    });
    let of_entry = |concept: &'a Concept| {
        let texts = concept.examples.matching.iter().map(super::Example::text);
        let texts = texts.chain(concept.examples.no_match.iter().map(String::as_str));
        texts.map(move |text| Text::of_entry(concept, text))
    };
    messages.chain(of_entry(draft)).chain(others.iter().copied().flat_map(of_entry))
}

/// Words that everybody uses and a draft would take: a term of one such word stands in sentences that mean nothing of the kind.
fn common_words(draft: &Concept) -> Vec<Finding> {
    if draft.everyday || !draft.near.is_empty() {
        return Vec::new();
    }
    let is_common = |term: &&super::Term| {
        term.case.as_deref() != Some("exact")
            && term.part_of_speech != "name"
            && lexicon::is_plain(&term.text.to_lowercase())
    };
    let told = |term: &super::Term| {
        Finding::new(
            "terms",
            format!(
                "“{}” is an everyday word, and this takes it wherever it stands. Say under More, in “{}”, which words are \
                 beside it when it is meant, and in “{}” what else it means.",
                term.text,
                title_of("near"),
                title_of("no_match"),
            ),
        )
    };
    draft.terms.iter().filter(is_common).map(told).collect()
}

/// Two engines, and what to look for before they are asked.
struct Comparer<'a> {
    draft: &'a Concept,
    reach: &'a Reach,
    /// Where the draft holds, and where what counts now does, which a draft may give up.
    scopes: Vec<&'a [String]>,
    /// For each term the base forms of each of its words.
    terms: Vec<Vec<BTreeSet<String>>>,
    before: &'a Engine,
    after: &'a Engine,
    /// The usual reader, and those for whom the entry has words of their own.
    readers: Vec<&'a Audience>,
    watch: Stopwatch,
    longest_ms: u64,
}

impl<'a> Comparer<'a> {
    /// `counting` is what counts now, whose words a draft may give up.
    fn new(
        draft: &'a Concept,
        counting: Option<&'a Concept>,
        reach: &'a Reach,
        (before, after): (&'a Engine, &'a Engine),
    ) -> Self {
        let both = || std::iter::once(draft).chain(counting);
        let term = |term: &super::Term| words(&term.text).map(bases).collect::<Vec<_>>();
        let terms: Vec<Vec<BTreeSet<String>>> =
            both().flat_map(|concept| concept.terms.iter().map(term)).filter(|words| !words.is_empty()).collect();
        let mut readers = vec![after.default_audience()];
        for wording in both().flat_map(|concept| &concept.wordings) {
            let reader = wording.audience.as_deref().and_then(|id| after.audience(id));
            readers.extend(reader.filter(|reader| readers.iter().all(|known| known.id != reader.id)));
        }
        let scopes = both().map(|concept| concept.scope.as_slice()).collect();
        let watch = Stopwatch::start();
        Self { draft, reach, scopes, terms, before, after, readers, watch, longest_ms: LONGEST_MS }
    }

    fn has_time(&self) -> bool {
        self.watch.elapsed_us() < self.longest_ms * 1_000
    }

    /// Whether a text holds all words of one of the terms, in whatever form: all others read the same afterwards.
    fn holds_a_term(&self, text: &str) -> bool {
        let held: BTreeSet<String> = words(text).flat_map(bases).collect();
        let is_held = |word: &BTreeSet<String>| word.iter().any(|base| held.contains(base));
        self.terms.iter().any(|term| term.iter().all(is_held))
    }

    /// The places in which a text is read, because only there it can change; the empty one is everywhere.
    fn places<'p>(&'p self, text: &Text<'p>) -> BTreeSet<&'p str> {
        let narrower = |scope: &&'p [String]| {
            if scope_reaches(scope, text.places) {
                Some(text.places)
            } else if text.origin != Origin::Trial && scope_reaches(text.places, scope) {
                Some(*scope)
            } else {
                None
            }
        };
        // One of several places stands for all of them, as long as it is the asker's.
        let one = |places: &'p [String]| match places {
            [] => Some(""),
            places => places.iter().map(String::as_str).find(|place| self.reach.holds(place)),
        };
        self.scopes.iter().filter_map(narrower).filter_map(one).collect()
    }

    fn compare<'t>(&self, texts: impl Iterator<Item = Text<'t>>) -> Comparison {
        let mut told = Comparison::default();
        for text in texts {
            if !self.has_time() {
                told.unread += 1;
                continue;
            }
            let places = self.places(&text);
            if places.is_empty() || !self.holds_a_term(text.text) {
                continue;
            }
            told.holding += 1;
            if told.compared == MOST_COMPARED {
                continue;
            }
            told.compared += 1;
            let source = SourceText::new(text.text);
            let changes: Vec<ChangedText> =
                places.into_iter().flat_map(|place| self.changes(&text, &source, place)).collect();
            told.changed += usize::from(!changes.is_empty());
            told.changes.extend(changes.into_iter().take(MOST_SHOWN.saturating_sub(told.changes.len())));
        }
        told
    }

    /// How a text would change in a place, for each reader for whom it would.
    fn changes(&self, text: &Text<'_>, source: &SourceText, place: &str) -> Vec<ChangedText> {
        let here = location_at(place);
        let (before, after) = (self.before.seen_from(&here), self.after.seen_from(&here));
        let change = |reader: &&Audience| {
            let (before, after) = (before.rewrite(source, reader).plain, after.rewrite(source, reader).plain);
            (before != after).then(|| ChangedText {
                origin: text.origin,
                name: text.name.clone(),
                place: place.to_owned(),
                reader: reader.id.clone(),
                text: text.text.to_owned(),
                before,
                after,
            })
        };
        self.readers.iter().filter_map(change).collect()
    }

    /// Sentences that other entries name as everyday English, or as meaning something else, and that the draft is found in.
    fn doubts(&self, others: &[&Concept]) -> Vec<Finding> {
        let mut found = Vec::new();
        for concept in others {
            for text in &concept.examples.no_match {
                if found.len() == MOST_DOUBTS || !self.has_time() {
                    return found;
                }
                let is_found_in = |place: &str| {
                    self.after.seen_from(&location_at(place)).found(&SourceText::new(text)).contains(&self.draft.id)
                };
                if self.holds_a_term(text) && self.places(&Text::of_entry(concept, text)).into_iter().any(is_found_in) {
                    found.push(Finding::new(
                        "terms",
                        format!(
                            "It would be found in “{text}”, a sentence in which “{}” is not meant. Look whether yours is.",
                            concept.id
                        ),
                    ));
                }
            }
        }
        found
    }
}

/// The words of a text in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A word and every base form that it may be of: "ran" is also "run".
fn bases(word: String) -> BTreeSet<String> {
    let mut bases = BTreeSet::new();
    if let Some(entry) = Lexicon::embedded().lookup_or_guess(&word) {
        let lemmas = [entry.noun_lemma(&word), entry.verb_lemma(&word), entry.adjective_lemma(&word)];
        bases.extend(lemmas.map(std::borrow::Cow::into_owned));
    }
    bases.insert(word);
    bases
}

#[cfg(test)]
mod tests {
    use super::{super::shared::Shared, Comparer, Origin, Text, common_words};
    use crate::{
        app::curation::{Concept, Reach},
        engine::{Content, Engine},
        ids::{Platform, WorkspaceId},
    };

    fn concept(terms: &str, more: &str) -> Concept {
        let text = format!(r#"{{"id": "x", "definition": "A thing.", "terms": {terms}{more}}}"#);
        serde_json::from_str::<Concept>(&text).unwrap().complete()
    }

    fn engine() -> Engine {
        let content = crate::seed::content();
        let files = content.files.into_iter().filter(|file| file.path.starts_with("prompts/")).collect();
        Engine::build(&Content { files }).unwrap()
    }

    #[test]
    fn a_text_is_read_where_it_belongs_and_the_draft_holds() {
        let engine = engine();
        let at = |places: &[&str]| {
            let scope = places.iter().map(|place| (*place).to_owned()).collect();
            Concept { scope, ..Concept::default() }
        };
        let member = Reach::of_account(Platform::Slack, None, &WorkspaceId::new("T1"), Shared::Seen);
        let (all, member) = (&Reach::Everything, &member);
        // Whose draft holds where, and where it counts now; where a text is from; where it is read as a trial, and as a sentence.
        for (reach, draft, counting, from, trial, sentence) in [
            (all, &[][..], None, &[][..], &[""][..], &[""][..]),
            (all, &[], None, &["slack:T2/C1"], &["slack:T2/C1"], &["slack:T2/C1"]),
            (all, &["slack:T1"], None, &[], &[], &["slack:T1"]),
            (all, &["slack:T1"], None, &["slack:T1/C1"], &["slack:T1/C1"], &["slack:T1/C1"]),
            (all, &["slack:T1/C1"], None, &["slack:T1"], &[], &["slack:T1/C1"]),
            (all, &["slack:T1"], None, &["slack:T2"], &[], &[]),
            // What gives up a place changes what is read there.
            (all, &["slack:T1"], Some(&[][..]), &[], &[""], &["", "slack:T1"]),
            (all, &["slack:T1"], Some(&["slack:T2"]), &["slack:T2"], &["slack:T2"], &["slack:T2"]),
            // Of another workspace nothing is read.
            (member, &["slack:T1"], Some(&["slack:T2"]), &["slack:T2"], &[], &[]),
            (member, &[], None, &["slack:T2", "slack:T1"], &["slack:T1"], &["slack:T1"]),
        ] {
            let (draft, counting, from) = (at(draft), counting.map(at), at(from));
            let comparer = Comparer::new(&draft, counting.as_ref(), reach, (&engine, &engine));
            for (origin, expected) in [(Origin::Trial, trial), (Origin::Entry, sentence)] {
                let text = Text { origin, ..Text::of_entry(&from, "It is down.") };
                let places: Vec<&str> = comparer.places(&text).into_iter().collect();
                assert_eq!(places, expected, "{origin:?} of {:?} for {:?}, {counting:?}", from.scope, draft.scope);
            }
        }
    }

    #[test]
    fn texts_with_a_term_in_any_form_are_looked_at() {
        let engine = engine();
        let draft = concept(r#"[{"text": "run down", "part_of_speech": "verb"}, {"text": "kiln"}]"#, "");
        let counting = concept(r#"[{"text": "shop-cell"}]"#, "");
        let comparer = Comparer::new(&draft, Some(&counting), &Reach::Everything, (&engine, &engine));
        for (text, expected) in [
            ("They ran it down.", true),
            ("Both Kilns are hot.", true),
            ("The shop's cells are hot.", true),
            ("They ran it up.", false),
            ("The shop is hot.", false),
            ("", false),
        ] {
            assert_eq!(comparer.holds_a_term(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_looked_at_once_the_time_is_over_and_that_is_told() {
        let engine = engine();
        let draft =
            concept(r#"[{"text": "kiln"}]"#, r#", "examples": {"match": ["The kiln is hot."], "no_match": ["Hot."]}"#);
        for (longest_ms, expected) in [(u64::from(u32::MAX), (1, 1, 0)), (0, (0, 0, 2))] {
            let comparer =
                Comparer { longest_ms, ..Comparer::new(&draft, None, &Reach::Everything, (&engine, &engine)) };
            let texts = ["The kiln is hot.", "Hot."].map(|text| Text::of_entry(&draft, text));
            let told = comparer.compare(texts.into_iter());
            assert_eq!((told.holding, told.compared, told.unread), expected, "{longest_ms} ms");
        }
    }

    #[test]
    fn everyday_words_are_doubted_unless_something_tells_them_apart() {
        for (terms, more, expected) in [
            (r#"[{"text": "water"}]"#, "", 1),
            (r#"[{"text": "water"}, {"text": "table"}]"#, "", 2),
            (r#"[{"text": "water"}]"#, r#", "near": ["pipeline"]"#, 0),
            (r#"[{"text": "water"}]"#, r#", "everyday": true"#, 0),
            (r#"[{"text": "WATER", "case": "exact"}]"#, "", 0),
            (r#"[{"text": "Water", "part_of_speech": "name"}]"#, "", 0),
            (r#"[{"text": "water meter"}, {"text": "zibbler"}]"#, "", 0),
        ] {
            assert_eq!(common_words(&concept(terms, more)).len(), expected, "{terms}{more}");
        }
    }
}
