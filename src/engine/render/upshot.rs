//! The upshot: statements told in this reader's order, outcome first.

use std::collections::{BTreeMap, BTreeSet};

use super::bare::without_links;
use super::inflected::capitalised;
use super::open::{concerns_people, stated};
use super::openers::{names_a_source, without_connective, without_opener};
use super::plain::Realiser;
use super::sentences::{Teller, one_line};
use super::shorten::{HEADLINE_WORDS, beginning, going_on};
use super::templates::{Context, Said, Templates, uncapitalised};
use crate::engine::audience::AudienceProfile;
use crate::engine::glossary::Hit;
use crate::engine::polarity::polarity;
use crate::engine::reading::{ActionFrame, Cues, EtaFrame, POINTERS, Reading, Statement, Tense, is_over};
use crate::engine::rendering::{FactRow, Section};
use crate::engine::text::Document;

const MOST_QUESTIONS: usize = 3;
/// The slot of what the message says above has overtaken.
const EARLIER: &str = "earlier";
/// The heading of what is overtaken and yet true.
const HAPPENED: &str = "What happened before";
const ASK: &str = "ask";
const TIMELINE: &str = "timeline";
const IMPACT: &str = "impact";
const DETAIL: &str = "detail";
const REFERENCE: &str = "reference";
/// The upshot of a message.
#[derive(Debug, Default)]
pub(crate) struct Upshot {
    pub(crate) headline: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) asks: Vec<String>,
    pub(crate) open_questions: Vec<String>,
    pub(crate) derived: Vec<FactRow>,
    /// Sentences that were less to this reader's concern than others.
    pub(crate) left_out: usize,
}

/// Composes the upshot of a reading; `None` when the template broke a limit.
pub(crate) fn compose(
    realiser: &mut Realiser<'_, '_>,
    reading: &Reading,
    cues: &Cues,
    templates: &Templates,
) -> Option<Upshot> {
    let audience = realiser.audience;
    let mut teller = Teller { realiser, reading, derived: Vec::new() };
    let mut context = context(&mut teller, cues);
    let left_out = leave_out(&mut context, audience);
    let mut composition = templates.compose(&reading.kind, &context)?;
    let headline = if composition.headline.is_empty() { fallback_headline(&mut teller) } else { composition.headline };
    // "Fix: …" says what stands behind its label.
    let halves = |part: &'_ str| part.split_once(": ").map(|(before, behind)| [before.to_owned(), behind.to_owned()]);
    let parts = headline.split("; ").flat_map(|part| halves(part).into_iter().flatten().chain([part.to_owned()]));
    let heads: Vec<Words> = parts.map(|part| Words::of(&part)).collect();
    tell_rest_as_details(&mut context, &mut composition.sections, &heads);
    close_seams(&mut teller, &mut context, &mut composition.sections, &heads);
    let written: BTreeSet<&str> = composition.sections.iter().map(|(slot, _, _)| slot.as_str()).collect();
    let rest = context.slots.iter().filter(|(slot, _)| !written.contains(slot.as_str()));
    let rest = rest.map(|(slot, said)| (slot.clone(), cues.title(slot).to_owned(), Said::paragraph(said)));
    let glosses = glosses(&teller);
    let mut addresses: Vec<String> = Vec::new();
    let mut told: BTreeMap<String, (String, String)> = BTreeMap::new();
    let first = context.slots.keys().min_by_key(|slot| place(audience, slot)).cloned();
    for (slot, title, text) in composition.sections.iter().cloned().chain(rest) {
        let below = first.as_ref() == Some(&slot);
        let text = if slot == ASK { text } else { without_sentences(&text, &heads, &glosses, below, &mut addresses) };
        if !text.is_empty() && !audience.leaves_out.contains(&slot) {
            told.insert(slot, (title, text));
        }
    }
    if !addresses.is_empty() && !audience.leaves_out.contains(REFERENCE) {
        let (_, text) =
            told.entry(REFERENCE.into()).or_insert_with(|| (cues.title(REFERENCE).to_owned(), String::new()));
        addresses.extend(Some(std::mem::take(text)).filter(|text| !text.is_empty()));
        *text = addresses.join(" ");
    }
    join_companions(&mut told, cues);
    let concerns_people = concerns_people(&teller);
    let mut sections: Vec<Section> = told
        .into_iter()
        .map(|(slot, (title, text))| {
            // A heading claims no more than most of what stands below it, and what was not said of people is not told as
            // what people notice.
            let pure = is_pure(reading, &slot);
            let own = audience.titles.get(&slot).filter(|_| pure && (slot != IMPACT || concerns_people));
            let title = if pure { title } else { cues.title(&slot).to_owned() };
            let title = own.cloned().unwrap_or(title);
            let suspects = |sentence: &str| polarity(&without_inability(sentence)).hedges > 0;
            let title = if slot == EARLIER && is_a_story(&teller) { HAPPENED.to_owned() } else { title };
            let title = match cues.suspected_title(&slot) {
                Some(suspected) if text.split(". ").all(suspects) => suspected.to_owned(),
                _ => title,
            };
            Section { slot, title, text: without_connective(&text) }
        })
        .collect();
    sections.sort_by_key(|section| place(audience, &section.slot));
    let below: Vec<&str> = sections.iter().map(|section| section.text.as_str()).collect();
    let headline = teller.realiser.glossed_headline(&headline, &below.join("\n")).unwrap_or(headline);
    // A way round the trouble or an offer is something to do for those who want it.
    let offered = ["workaround", "option"].iter().any(|slot| context.read.contains_key(*slot));
    if !context.slots.contains_key(ASK) && !offered && !reading.may_ask(teller.document(), cues) {
        let title = audience.titles.get(ASK).map_or_else(|| cues.title(ASK).to_owned(), Clone::clone);
        sections.push(Section { slot: ASK.into(), title, text: "Nothing was asked for.".into() });
    }
    let mut questions = composition.questions;
    questions.retain(|(slot, _)| audience.questions.contains(slot));
    questions.sort_by_key(|(slot, _)| audience.questions.iter().position(|wanted| wanted == slot));
    Some(Upshot {
        headline: sentence_case(&headline),
        sections,
        asks: context.slots.get(ASK).into_iter().flatten().map(|said| said.text.clone()).collect(),
        open_questions: questions.into_iter().take(MOST_QUESTIONS).map(|(_, question)| question).collect(),
        derived: teller.derived,
        left_out,
    })
}

/// Whether all that the latest state has overtaken is told as over: it happened, whatever came of it.
fn is_a_story(teller: &Teller<'_, '_, '_>) -> bool {
    let mut overtaken = teller.reading.statements.iter().filter(|statement| statement.is_overtaken).peekable();
    overtaken.peek().is_some() && overtaken.all(|statement| is_over(teller.document(), statement.tokens.clone()))
}

/// "It could not be read" is no suspicion.
fn without_inability(sentence: &str) -> String {
    sentence.replace(" could not ", " ").replace(" couldn't ", " ")
}

/// Whether the headline says this already.
fn is_head(text: &str, heads: &[Words]) -> bool {
    let text = text.trim_end_matches('.');
    heads.iter().any(|head| head.are_those_of(text) || head.hold(text))
}

/// A sentence that goes on with the news stands under a heading that only the news deserves: once the headline has told that,
/// the rest are details.
fn tell_rest_as_details(context: &mut Context, written: &mut [(String, String, String)], heads: &[Words]) {
    const CLAIMING: [&str; 9] =
        ["resolved", "delay", "cost", "refusal", "next", "cause", "workaround", "risk", "benefit"];
    let is_head = |said: &Said| is_head(&said.text, heads);
    for slot in CLAIMING {
        let Some(told) = context.slots.get(slot) else { continue };
        let headed = told.iter().any(is_head);
        let by_template = written.iter().any(|(known, _, _)| known == slot);
        if by_template || !headed || told.iter().any(|said| said.is_evident && !is_head(said)) {
            continue;
        }
        let Some(told) = context.slots.remove(slot) else { continue };
        let details = context.slots.entry(DETAIL.to_owned()).or_default();
        details.extend(told);
        details.sort_by_key(|said| said.position);
    }
    if let Some(details) = context.slots.get(DETAIL)
        && let Some((_, _, text)) = written.iter_mut().find(|(slot, _, _)| slot == DETAIL)
    {
        *text = Said::paragraph(details);
    }
}

/// Tells neighbours of one sentence as that sentence, but for requests, which are counted one by one.
fn close_seams(
    teller: &mut Teller<'_, '_, '_>,
    context: &mut Context,
    written: &mut [(String, String, String)],
    heads: &[Words],
) {
    let is_head = |said: &Said| is_head(&said.text, heads) || is_head(&without_opener(&said.text), heads);
    for (slot, told) in context.slots.iter_mut().filter(|(slot, told)| *slot != ASK && told.len() > 1) {
        let before = Said::paragraph(told);
        *told = teller.without_seams(std::mem::take(told), is_head);
        // A template may tell a slot in its own way.
        if let Some((_, _, text)) = written.iter_mut().find(|(known, _, text)| known == slot && *text == before) {
            *text = Said::paragraph(told);
        }
    }
}

/// A text without the sentences that the headline has said already, word for word. What stands right below the headline may
/// point back to it. Of "As per an address, …" the address is left, among `addresses`.
fn without_sentences(
    text: &str,
    said: &[Words],
    glosses: &[String],
    below: bool,
    addresses: &mut Vec<String>,
) -> String {
    let mut opens = below;
    let is_said = |sentence: &str, whole: bool| {
        said.iter().any(|words| words.are_those_of(sentence) || whole && words.hold(sentence))
    };
    text.split('\n')
        .map(|line| {
            // A list with a hole would be read as the whole list.
            if line.starts_with("- ") {
                opens = false;
                return line.to_owned();
            }
            let mut kept = String::with_capacity(line.len());
            let mut sentences = line.split_inclusive(". ").peekable();
            while let Some(sentence) = sentences.next() {
                let linkless = without_links(sentence);
                let glossed = if linkless.contains(" (") { glosses } else { &[] };
                let plain = glossed.iter().fold(linkless, |text, gloss| text.replace(gloss, ""));
                let (address, behind) = behind_address(&plain);
                // "(S. Holm)", "… menu": a full stop that ends no sentence.
                let ends = !sentences.peek().is_some_and(|next| next.starts_with(char::is_lowercase));
                let whole = ends && !sentence.starts_with(char::is_lowercase) && !sentence.contains(['(', ')']);
                let opened = is_said(&without_opener(behind), whole);
                // Above a list it says what the list is of.
                let announces = sentence.trim_end().ends_with(':');
                // In the middle of a story it holds both halves together, and the sentence behind it may point back.
                let between = !kept.is_empty() && sentences.peek().is_some();
                let needed = between || !opens && sentences.peek().is_some_and(|next| leans_back(next));
                // "The change broke it: nobody was counted": the headline has said the first half.
                let rest =
                    sentence.split_once(": ").filter(|(head, _)| opens && is_said(head, true)).map(|(_, rest)| rest);
                let tells = |rest: &&str| Document::parse(rest).tokens.iter().any(|word| word.tag.is_finite());
                if let Some(rest) = rest.filter(tells).filter(|_| !is_said(&plain, whole)) {
                    opens = false;
                    kept.push_str(&capitalised(rest));
                    continue;
                }
                if announces || needed || !is_said(&plain, whole) && !opened {
                    opens = false;
                    kept.push_str(sentence);
                } else {
                    addresses.extend(address.map(str::to_owned));
                }
            }
            kept.trim_end().to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// "As per an address, …": the address, and the clause behind it.
fn behind_address(sentence: &str) -> (Option<&str>, &str) {
    let parts = sentence.split_once(", ").and_then(|(opener, behind)| {
        let address = opener.rsplit(' ').next().filter(|address| address.contains("://"))?;
        names_a_source(opener).then_some((Some(address), behind))
    });
    parts.unwrap_or((None, sentence))
}

/// Whether a sentence begins with what the sentence before it must explain.
fn leans_back(sentence: &str) -> bool {
    const TURNS: [&str; 5] = ["but", "so", "still", "yet", "both"];
    const OPENERS: [&str; 6] =
        ["The reason is ", "The aim is ", "As a result", "On the other hand", "In addition", "For example"];
    let first = sentence.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    POINTERS.contains(&&*first) || TURNS.contains(&&*first) || OPENERS.iter().any(|opener| sentence.starts_with(opener))
}

/// The words of a text in whatever order: two texts with the same ones say the same, though one has its time or reason in front
/// and the other behind.
struct Words {
    sorted: Vec<String>,
    /// Texts with the same words have the same sum: most others need no closer look.
    sum: u64,
    /// The words as they stand, each between spaces.
    row: String,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut sorted: Vec<String> = words_of(text).map(str::to_lowercase).collect();
        sorted.sort_unstable();
        Self { sorted, sum: sum_of_words(text), row: row_of(text) }
    }

    fn are_those_of(&self, text: &str) -> bool {
        self.sum == sum_of_words(text) && self.sorted == Self::of(text).sorted
    }

    /// Whether these words hold those of a text in a row: a headline says for which day or of what, too.
    fn hold(&self, text: &str) -> bool {
        const SHORTEST: usize = 4;
        // No longer text can be held, and most are longer.
        if text.len() > self.row.len() {
            return false;
        }
        let row = row_of(text);
        row.split_whitespace().nth(SHORTEST - 1).is_some()
            && self.row.contains(&row)
            && polarity(&row) == polarity(&self.row)
    }
}

fn row_of(text: &str) -> String {
    words_of(text).fold(" ".to_owned(), |row, word| row + &word.to_lowercase() + " ")
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("on"))
}

fn sum_of_words(text: &str) -> u64 {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const STEP: u64 = 0x0100_0000_01b3;
    let letter = |hash: u64, letter: char| (hash ^ u64::from(letter)).wrapping_mul(STEP);
    words_of(text)
        .fold(0, |sum: u64, word| sum.wrapping_add(word.chars().flat_map(char::to_lowercase).fold(START, letter)))
}

/// What stands in brackets behind the names of this message: once the headline has said the rest, the plain version says it.
fn glosses(teller: &Teller<'_, '_, '_>) -> Vec<String> {
    let glossed = |hit: &Hit| teller.realiser.glossary.concepts.get(hit.concept)?.gloss.as_ref();
    teller.realiser.analysis.terms.iter().filter_map(glossed).map(|gloss| format!(" ({gloss})")).collect()
}

/// Whether at least half of what is told under the heading of a slot is of that slot by its own words.
fn is_pure(reading: &Reading, slot: &str) -> bool {
    let told = reading.statements.iter().filter(|statement| !statement.is_overtaken && statement.told() == slot);
    let own = |statement: &&Statement| {
        statement.evident == slot || statement.is_labelled || statement.slot == slot && statement.section.is_none()
    };
    told.clone().filter(own).count() * 2 >= told.count()
}

/// What belongs together is told together: "No data was lost" with what happened, the next update with what comes next.
fn join_companions(told: &mut BTreeMap<String, (String, String)>, cues: &Cues) {
    let slots: Vec<String> = told.keys().cloned().collect();
    for slot in slots {
        let Some(host) = cues.told_with(&slot).filter(|host| told.contains_key(*host)) else { continue };
        let Some((_, text)) = told.remove(&slot) else { continue };
        if let Some((_, before)) = told.get_mut(host) {
            let gap = if before.contains('\n') || text.contains('\n') { "\n" } else { " " };
            before.push_str(gap);
            before.push_str(&text);
        }
    }
}

/// Keeps what matters most to this reader when there is more than it wants to read: from the end of its order of slots, and
/// within a slot from the end, never a request, a state, a condition of the answer or what is told in one sentence only.
fn leave_out(context: &mut Context, audience: &AudienceProfile) -> usize {
    const KEPT: [&str; 5] = [ASK, "resolved", "delay", "refusal", "cost"];
    let count = |context: &Context| context.slots.values().map(Vec::len).sum::<usize>();
    let mut left_out = 0;
    let mut cut_timeline = false;
    let mut shortened: BTreeSet<String> = BTreeSet::new();
    let mut slots: Vec<String> = context.slots.keys().filter(|slot| !KEPT.contains(&slot.as_str())).cloned().collect();
    slots.sort_by_key(|slot| std::cmp::Reverse(place(audience, slot)));
    for keep in [1, 0] {
        for slot in &slots {
            let lasting = ["impact", "next", "cause"].contains(&slot.as_str());
            while count(context) > audience.sentences
                && let Some(said) = context.slots.get_mut(slot)
                && said.len() > if lasting { 1 } else { keep }
            {
                // How it ended says more than how it began.
                let rest = said.iter().skip(1).position(|next| !next.goes_on).filter(|_| slot == TIMELINE);
                if let Some(rest) = rest {
                    left_out += rest;
                    said.drain(..=rest);
                    cut_timeline = true;
                } else if said.pop().is_some_and(|last| last.item) {
                    shortened.insert(slot.clone());
                }
                left_out += 1;
            }
        }
    }
    if let Some(said) = context.slots.get_mut(TIMELINE).filter(|said| cut_timeline && !said.is_empty()) {
        said.insert(0, Said::beside("It begins earlier, in the complete version.", true));
    }
    // A list that ends early would be read as the whole list.
    for slot in shortened {
        if let Some(said) =
            context.slots.get_mut(&slot).filter(|said| said.last().is_some_and(|last| last.item || last.goes_on))
        {
            said.push(Said::beside("And more, in the complete version.", true));
        }
    }
    context.slots.retain(|_, said| !said.is_empty());
    left_out
}

fn place(audience: &AudienceProfile, slot: &str) -> usize {
    audience.order.iter().position(|wanted| wanted == slot).unwrap_or(audience.order.len())
}

fn context(teller: &mut Teller<'_, '_, '_>, cues: &Cues) -> Context {
    let reading = teller.reading;
    let mut context =
        Context { kind: reading.kind.clone(), title: teller.realiser.audience.title.clone(), ..Context::default() };
    let statements = &reading.statements;
    let action =
        statements.iter().find_map(|statement| statement.action.as_ref().filter(|action| action.tense != Tense::Past));
    let action = action.or_else(|| statements.iter().find_map(|statement| statement.action.as_ref()));
    // An estimate that belongs to the action ("Rollback ETA 10 min") is said with it, once.
    let acting = statements.iter().position(|statement| action.is_some() && statement.action.as_ref() == action);
    let eta = statements.iter().enumerate().find_map(|(position, statement)| {
        let eta = statement.eta.as_ref().filter(|eta| eta.alone)?;
        let acting = acting.filter(|acting| teller.tells_when(*acting, eta))?;
        // Without a name of its own it is the estimate of what stands right in front of it.
        let near = eta.concept.is_some() || acting + 1 == position;
        let belongs = |action: &&ActionFrame| action.tense != Tense::Past && belongs(teller, eta, action);
        action.filter(belongs).filter(|_| near).map(|_| eta)
    });
    let mut best: Option<(isize, String)> = None;
    let mut best_beside_state: Option<(isize, String)> = None;
    for (position, statement) in statements.iter().enumerate() {
        if eta.is_some() && statement.eta.as_ref() == eta {
            continue;
        }
        let with_eta = eta.filter(|_| statement.action.as_ref() == action && action.is_some());
        let Some(lead) = tell(teller, position, with_eta, &mut context) else { continue };
        let weight = teller.weight(statement, position, &lead, cues);
        let lead = teller.as_change(statement, lead, cues);
        let is_state = ["resolved", "delay"].contains(&statement.slot.as_str());
        if !is_state && best_beside_state.as_ref().is_none_or(|(top, _)| weight > *top) {
            best_beside_state = Some((weight, lead.clone()));
        }
        if best.as_ref().is_none_or(|(top, _)| weight > *top) {
            best = Some((weight, lead));
        }
    }
    context.stated = stated(teller);
    // What a change did is its news, whatever is said beside it to be over or slow.
    let mended = teller.mended(cues);
    if reading.change.is_none_or(|change| !change.is_certain) {
        context.state = teller.state();
        context.outcome = teller.outcome();
    }
    // The outcome has told the state already.
    let main = if context.outcome.is_empty() { best } else { best_beside_state };
    context.main = mended.or_else(|| main.map(|(_, lead)| teller.dated(lead))).unwrap_or_default();
    if let Some(action) = action {
        let mut line = teller.passive(action, eta, true).trim_end_matches('.').to_owned();
        // The state has named the service already.
        if !context.state.is_empty()
            && let Some(name) = teller.service_name()
        {
            line = line.replacen(&format!(" of {name}"), "", 1);
        }
        context.action = line;
    }
    context
}

/// Puts a statement into its slot; gives the clause by which it could lead the message.
fn tell(
    teller: &mut Teller<'_, '_, '_>,
    position: usize,
    eta: Option<&EtaFrame>,
    context: &mut Context,
) -> Option<String> {
    let statement = teller.reading.statements.get(position)?;
    let (text, clause) = teller.sentence(statement, eta);
    // The number of a ticket in an item says nothing apart from it.
    if text.is_empty() || statement.slot == REFERENCE && statement.in_item && !statement.is_item {
        return None;
    }
    if let Some(metric) = &statement.metric
        && let Some(began) = teller.began_after(metric)
    {
        context.slots.entry("cause".into()).or_default().push(Said::beside(began, false));
    }
    let slot = if statement.is_overtaken { EARLIER } else { statement.told() };
    let own = if statement.is_overtaken { EARLIER } else { statement.slot.as_str() };
    context.read.insert(own.to_owned(), true);
    let bare = if text.contains(" (") { teller.bare(statement, eta) } else { text.clone() };
    let lead = teller.lead(statement, &bare);
    context.lead.entry(own.to_owned()).or_default().extend(lead.clone());
    let mut text = text;
    let sums = teller.sums(statement);
    let clause = clause.filter(|_| sums.is_empty());
    for sum in sums {
        text.push(' ');
        text.push_str(&sum);
    }
    let said = context.slots.entry(slot.to_owned()).or_default();
    // "We're adding a server back; ETA 45 min": when it will be done is told with it, so that neither is left out alone.
    if statement.eta.as_ref().is_some_and(|eta| eta.alone)
        && let Some(before) = said.last_mut().filter(|before| before.position + 1 == position && !before.item)
        && statement.turn.is_none()
    {
        before.text = format!("{}; {}", before.text.trim_end_matches('.'), uncapitalised(&text));
        before.clause = None;
        return lead.filter(|_| !statement.is_overtaken);
    }
    if let Some(turn) = statement.turn
        && let Some(name) = teller.document().tokens.get(turn).map(|name| teller.document().slice(name.span))
    {
        if turn == statement.tokens.start {
            // A name is written as its bearer writes it.
            if let Some(rest) = text.strip_prefix(&capitalised(name)) {
                text = format!("{name}{rest}");
            }
        } else if said.last().is_none_or(|before| before.turn != Some(turn)) {
            // Out of its turn a sentence would be taken for somebody else's.
            text = format!("{name}: {text}");
        }
    }
    said.push(Said {
        turn: statement.turn,
        text,
        item: statement.is_item,
        goes_on: statement.in_item && !statement.is_item,
        position,
        is_evident: statement.evident == slot || statement.is_labelled,
        clause,
    });
    lead.filter(|_| !statement.is_overtaken)
}

/// Whether an estimate is about an action: nothing else is named, or the noun of the same or a related concept.
fn belongs(teller: &Teller<'_, '_, '_>, eta: &EtaFrame, action: &ActionFrame) -> bool {
    let concept = |index: usize| teller.realiser.glossary.concepts.get(index);
    match (eta.concept, action.concept) {
        (None, _) => true,
        (Some(noun), Some(verb)) => {
            noun == verb
                || concept(noun)
                    .zip(concept(verb))
                    .is_some_and(|(noun, verb)| noun.related.contains(&verb.id) || verb.related.contains(&noun.id))
        }
        (Some(_), None) => false,
    }
}

/// The first clause that can stand alone, else the beginning of the first sentence.
fn fallback_headline(teller: &mut Teller<'_, '_, '_>) -> String {
    let mut statements: Vec<Statement> =
        teller.reading.statements.iter().filter(|statement| statement.slot != REFERENCE).cloned().collect();
    // What was said before, or what is quoted, heads nothing that was said since.
    if statements.iter().any(|statement| !statement.is_overtaken) {
        statements.retain(|statement| !statement.is_overtaken);
    }
    statements.sort_by_key(|statement| (teller.is_tied(statement), statement.is_background));
    for statement in &statements {
        let words = teller.bare(statement, None);
        if let Some(lead) = teller.lead(statement, &words) {
            return lead;
        }
    }
    let first = match statements.first() {
        Some(statement) => teller.bare(statement, None),
        None => one_line(&teller.realiser.range(0..teller.document().tokens.len()).text()),
    };
    let line = beginning(&first);
    // "It runs these parts:" goes on below.
    let colon = statements.first().is_some_and(|statement| statement.has_colon_behind(teller.document()));
    let goes_on = if colon { going_on(&line) } else { None };
    goes_on.unwrap_or(line)
}

fn sentence_case(headline: &str) -> String {
    let headline = headline.trim().trim_end_matches(['.', ';', ',']);
    let closed = headline.ends_with(['?', '!', '…']);
    match headline {
        "" => String::new(),
        _ if closed => capitalised(headline),
        _ => format!("{}.", capitalised(headline)),
    }
}

/// The upshot when a template cannot be used: the plain text speaks for itself.
pub(crate) fn bare_upshot(plain: &str) -> Upshot {
    let words: Vec<&str> = plain.split_whitespace().take(HEADLINE_WORDS).collect();
    Upshot { headline: words.join(" "), ..Upshot::default() }
}
