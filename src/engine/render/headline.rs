//! Headlines: short clauses that can stand alone above a message.

use super::bare::without_links;
use super::fronted::{first_letter_small, opening_day};
use super::inflected::capitalised;
use super::openers::{BRIDGES, begins_with};
use super::sentences::{Teller, one_line};
use super::shorten::{HEADLINE_WORDS, count, going_on, short, short_any, waits};
use super::templates::uncapitalised;
use crate::engine::facts::{FactKind, extract};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::reading::{
    Cues, Line, Link, Statement, object_of, opens_beside_others, opens_with_its_subject, topic, trouble_of,
};
use crate::engine::text::{Document, Tag};

/// The words by which a headline names a piece of work.
const LONGEST_TOPIC: usize = 10;

impl Teller<'_, '_, '_> {
    /// Short clauses of a statement for the headline; empty when it cannot stand alone.
    pub(super) fn lead(&mut self, statement: &Statement, words: &str) -> Option<String> {
        if statement.slot == "reference"
            || statement.is_background
            || statement.link != Link::None
            || self.is_tied(statement)
        {
            return None;
        }
        // "Follow-ups: fix the alarm": without its label it would be an order.
        let plan = statement.is_labelled && statement.slot == "next";
        let verb = self.document().tokens.get(statement.tokens.start);
        if plan && verb.is_some_and(|verb| verb.tag == Tag::Verb(VerbForm::Base)) {
            return None;
        }
        // "Who is affected: all users": a question with its answer is no news.
        let asks = words.split(' ').next().is_some_and(|first| ["Who", "What", "When", "Where"].contains(&first));
        if asks && words.contains(": ") {
            return None;
        }
        // Tables, blocks of code and a command alone are no clauses.
        let spoken = words.split('`').step_by(2).flat_map(str::split_whitespace);
        let spoken = spoken.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).count();
        if words.contains("```") || words.contains(" | ") || words.contains('`') && spoken < 2 {
            return None;
        }
        // "Priya: nice" is no news.
        if let Some((_, said)) = words.split_once(": ").filter(|(name, _)| count(name) == 1)
            && count(said) < 2
            && !["resolved", "delay"].contains(&statement.slot.as_str())
            && self.row(statement).is_none()
        {
            return None;
        }
        // "(E.g. why not this?": half an aside.
        if words.starts_with('(') || words.matches('(').count() != words.matches(')').count() {
            return None;
        }
        let line = short(words)?;
        // "It emerged that:" goes on below.
        if self.opens_a_list(statement) {
            return going_on(&line);
        }
        let line = self.with_its_turn(statement, line);
        Some(match self.answer_to(statement) {
            Some(answer) => format!("{}? {answer}", line.trim_end_matches('?')),
            None => line,
        })
    }

    /// "The upgrade went well, but we saw an outage": the half behind "but", cut off as a statement of its own, limits this one.
    fn with_its_turn(&mut self, statement: &Statement, line: String) -> String {
        let document = self.document();
        let end = statement.tokens.end;
        let but = (end..end + 2).find(|index| document.tokens.get(*index).is_some_and(|word| word.is(&["but"])));
        let Some(but) = but else { return line };
        let next = self.reading.statements.iter().find(|next| next.tokens.start == but + 1).cloned();
        let Some(tail) = next.and_then(|next| short_any(&self.bare(&next, None))) else { return line };
        let both = format!("{line}, but {}", uncapitalised(&tail));
        if count(&both) <= HEADLINE_WORDS { both } else { line }
    }

    /// "No" behind "Are customers affected?": a question that the message answers is told with its answer.
    fn answer_to(&mut self, statement: &Statement) -> Option<String> {
        const LONGEST_ANSWER: usize = 6;
        let document = self.document();
        (statement.tokens.end.saturating_sub(1)..=statement.tokens.end)
            .filter_map(|index| document.tokens.get(index))
            .find(|sign| sign.lower.starts_with('?'))?;
        let next = self.reading.statements.iter().find(|next| next.tokens.start >= statement.tokens.end)?;
        let answers = document
            .tokens
            .get(next.tokens.start)
            .is_some_and(|first| first.is(&["no", "yes", "not", "nope", "yep", "none", "nobody"]));
        (answers && next.tokens.len() <= LONGEST_ANSWER).then(|| self.bare(next, None))
    }

    /// "Sign-in is unavailable during the maintenance" with the day of the one maintenance that the message announces.
    pub(super) fn dated(&mut self, lead: String) -> String {
        let lower = lead.to_lowercase();
        let works = || WORK.iter().chain(&["move", "restart", "window"]);
        let planned = lower
            .match_indices("during the ")
            .filter_map(|(at, during)| lower.get(at + during.len()..))
            .any(|rest| works().any(|work| rest.starts_with(work)));
        if !planned || extract(&lead).iter().any(|fact| fact.kind.is_when()) {
            return lead;
        }
        let plans: Vec<Statement> = self
            .reading
            .statements
            .iter()
            .filter(|statement| statement.slot == "next" && !statement.is_overtaken)
            .cloned()
            .collect();
        let mut days = plans.iter().filter_map(|plan| opening_day(&self.bare(plan, None)));
        let (Some(day), None) = (days.next(), days.next()) else { return lead };
        // The date says which weekday it is.
        let weekday = day.split(' ').nth(1).is_some_and(|word| word.to_lowercase().ends_with("day"));
        let date = day.splitn(3, ' ').nth(2).filter(|_| weekday).map(|date| format!("on {date}"));
        let head = lead.trim_end_matches('.');
        let lines = std::iter::once(day).chain(date).map(|day| format!("{head} {day}"));
        lines.into_iter().find(|line| count(line) <= HEADLINE_WORDS).unwrap_or(lead)
    }

    /// "It was fixed", "This means …": says nothing without the sentence before.
    pub(super) fn is_tied(&self, statement: &Statement) -> bool {
        const TIED: [&str; 22] = [
            "it", "this", "these", "those", "they", "he", "she", "which", "meaning", "from", "either", "or", "then",
            "that", "their", "his", "her", "its", "such", "same", "dunno", "dont",
        ];
        let document = self.document();
        let start = behind_a_bridge(document, statement);
        let first = (start..statement.tokens.end)
            .filter_map(|index| document.tokens.get(index))
            .find(|token| token.tag != Tag::Punctuation && token.tag != Tag::Adverb && token.tag != Tag::Conjunction);
        // "For many of the domains", "Synapse 1.152 (May)": no clause at all.
        let says = self.announces_an_appointment(statement)
            || statement.metric.is_some()
            || statement.eta.is_some()
            || statement.slot != "detail"
            || statement.is_subject
            || statement.tokens.clone().filter_map(|index| document.tokens.get(index)).any(|token| {
                matches!(token.tag, Tag::Verb(_) | Tag::Auxiliary | Tag::Modal)
                    || token.is(&["no", "not", "nothing", "nobody"])
            });
        // "As a result of the tables approaching their limit.": an adverbial that nothing follows.
        let adverbial = first.is_some_and(|first| first.tag == Tag::Preposition)
            && !statement.tokens.clone().filter_map(|index| document.tokens.get(index)).any(|token| {
                token.is(&[","]) || token.tag.is_finite() || token.tag == Tag::Verb(VerbForm::PastParticiple)
            });
        let alternative = document.tokens.get(statement.tokens.start).is_some_and(|first| first.is(&["or", "nor"]));
        // "If you are, …": if you are what, the sentence before says.
        let elliptic = document.tokens.get(statement.tokens.start).is_some_and(|first| first.is(&["if"]))
            && document.tokens.get(statement.tokens.start + 3).is_some_and(|sign| sign.is(&[","]));
        // "After that I would not promise it": after what, the sentence before says.
        let behind = first.is_some_and(|first| first.tag == Tag::Preposition)
            && document.tokens.get(start + 1).is_some_and(|next| next.is(&["that", "those"]));
        // "This component will be removed", with nothing above it to point at.
        let names = opens_with_its_subject(document, &self.reading.statements, statement);
        !says
            || points_at_a_time(document, statement)
            || opens_beside_others(document, statement.tokens.start)
            || elliptic
            || behind
            || adverbial
            || alternative
            || first.is_none_or(|first| first.is(&TIED)) && !names
            || statement.has_colon_behind(self.document()) && !self.announces_news(statement)
    }

    /// "Power work in building C on Saturday 12 October, 08:00" as the first words: a notice needs no verb.
    fn announces_an_appointment(&self, statement: &Statement) -> bool {
        let document = self.document();
        let is_first = self.reading.statements.first().is_some_and(|first| first.tokens == statement.tokens);
        let has = |kind: FactKind| {
            statement.tokens.clone().filter_map(|index| document.fact_at(index)).any(|fact| fact.kind == kind)
        };
        let words = statement.tokens.clone().filter_map(|index| document.tokens.get(index));
        let named = words.filter(|word| word.tag.is_nominal() && word.fact().is_none()).count();
        is_first && named > 1 && has(FactKind::Date) && has(FactKind::Time)
    }

    /// "The old option was replaced by new ones:", "it emerged that:" say what the lines below are about; "options are:" does
    /// not.
    fn announces_news(&self, statement: &Statement) -> bool {
        const FEWEST: usize = 5;
        let words = self.document().tokens.get(statement.tokens.clone()).unwrap_or_default();
        words.len() >= FEWEST && words.iter().any(|word| word.tag.is_finite())
    }

    /// "It emerged that:": half a sentence, of which the other half stands below.
    fn opens_a_list(&self, statement: &Statement) -> bool {
        let words = self.document().tokens.get(statement.tokens.clone()).unwrap_or_default();
        // "Functions such as:" names them by what they have in common.
        let words = match words {
            [rest @ .., such, like] if such.is(&["such"]) && like.is(&["as"]) => rest,
            [rest @ .., including] if including.is(&["including"]) => rest,
            all => all,
        };
        statement.has_colon_behind(self.document()) && words.last().is_some_and(waits)
    }

    /// What came out, when the message tells it: the latest state, said of what it is the state of.
    pub(super) fn outcome(&mut self) -> String {
        for slot in ["resolved", "delay"] {
            let statements = &self.reading.statements;
            let latest: Vec<&Statement> = statements
                .iter()
                .filter(|statement| statement.slot == slot && !statement.is_overtaken && !statement.is_background)
                .collect();
            let Some(&first) = latest.first() else { continue };
            if let Some(both) = latest.get(1).and_then(|second| self.both(first, second)) {
                return both;
            }
            if let Some(both) = self.with_its_trouble(first) {
                return both;
            }
            if let Some(named) = self.named(first) {
                return named;
            }
            let said = self.bare(first, None);
            let Some(said) = short_any(&said) else { continue };
            let said = self.with_its_turn(first, said);
            if let Some(subject) = self.topic_of(first) {
                return self.about(first, &subject, &said);
            }
            // "It is fixed" says of what; "the operation is finished" would only repeat what was planned.
            let trouble = !said.split(' ').take(2).any(|word| WORK.contains(&word.to_lowercase().as_str()));
            if let Some(before) = self.before(first).filter(|_| trouble) {
                let both = format!("{before}; {}", uncapitalised_pronoun(&said));
                if count(&both) <= HEADLINE_WORDS {
                    return both;
                }
                // "Fixed by removing a server that …": how may be left to the sections.
                let done = said.split(' ').next().unwrap_or_default();
                if ["Fixed", "Resolved", "Mitigated", "Solved", "Restored"].contains(&done) {
                    return format!("{before}; {}", done.to_lowercase());
                }
            }
            if count(&said) == 1
                && let Some(both) = self.with_what_follows(first, &said)
            {
                return both;
            }
            // "It is fixed" alone says nothing; what else the message says heads it better.
            return if self.is_tied(first) { String::new() } else { said };
        }
        String::new()
    }

    /// "Mitigated. We've switched over to the other site": a state in one word is told with the sentence behind it.
    fn with_what_follows(&mut self, state: &Statement, said: &str) -> Option<String> {
        let statements = &self.reading.statements;
        let next = statements.iter().find(|next| next.tokens.start >= state.tokens.end)?.clone();
        if next.paragraph != state.paragraph || next.slot == "ask" || next.is_overtaken {
            return None;
        }
        let words = self.bare(&next, None);
        let lead = self.lead(&next, &words)?;
        Some(format!("{said}: {}", uncapitalised(&lead))).filter(|both| count(both) <= HEADLINE_WORDS)
    }

    /// "Migration completed, everything is back to normal": two halves of one sentence that tell one state.
    fn both(&mut self, first: &Statement, second: &Statement) -> Option<String> {
        let adjacent = second.tokens.start.checked_sub(first.tokens.end).is_some_and(|gap| gap <= 2);
        let comma = self.document().tokens.get(first.tokens.end).is_some_and(|sign| sign.is(&[",", ";"]));
        if !adjacent || !comma || self.is_tied(second) {
            return None;
        }
        let head = short_any(&self.bare(first, None))?;
        let tail = short_any(&self.bare(second, None))?;
        let named = self.topic_of(first).map(|subject| self.about(first, &subject, &head));
        let is_small = self.document().tokens.get(second.tokens.start).is_some_and(|word| !word.capital);
        let tail = if is_small { first_letter_small(&tail) } else { uncapitalised_pronoun(&tail) };
        let both = |head: &str| format!("{head}; {tail}");
        named.iter().chain([&head]).map(|head| both(head)).find(|both| count(both) <= HEADLINE_WORDS)
    }

    /// "The vendor resolved the issue" says nothing without which one: told behind the trouble.
    fn with_its_trouble(&mut self, latest: &Statement) -> Option<String> {
        const TROUBLES: [&str; 6] = ["issue", "problem", "incident", "outage", "error", "failure"];
        let tokens = self.document().tokens.get(latest.tokens.clone())?;
        let refers = tokens.windows(2).skip(1).any(|pair| {
            matches!(pair, [the, noun] if the.is(&["the", "this", "that"])
                && noun.lemmas().any(|lemma| TROUBLES.contains(&lemma)))
        });
        let before = self.before(latest).filter(|_| refers)?;
        let said = self.bare(latest, None);
        // How it was done may be left to the sections.
        let done = short_any(said.split(" by ").next().unwrap_or_default())?;
        let lines = [short_any(&said)?, done].map(|said| format!("{before}; {}", uncapitalised_pronoun(&said)));
        lines.into_iter().find(|line| count(line) <= HEADLINE_WORDS)
    }

    /// The statement itself, when it names what it is about.
    fn named(&mut self, statement: &Statement) -> Option<String> {
        const GENERAL: [&str; 20] = [
            "operation",
            "migration",
            "maintenance",
            "upgrade",
            "update",
            "issue",
            "problem",
            "incident",
            "outage",
            "everything",
            "work",
            "change",
            "all",
            "fix",
            "error",
            "errors",
            "no",
            "we",
            "i",
            "rollout",
        ];
        let document = self.document();
        let mut words = statement.tokens.clone().filter_map(|index| document.tokens.get(index)).skip_while(|token| {
            matches!(token.tag, Tag::Determiner | Tag::Punctuation | Tag::Adverb) && !token.is(&["all", "no"])
        });
        let first = words.next()?;
        let second = words.next();
        let general = first.is(&GENERAL) && second.is_none_or(|second| !second.tag.is_nominal());
        if general || matches!(first.tag, Tag::Verb(_) | Tag::Pronoun | Tag::Auxiliary) {
            return None;
        }
        let words = self.bare(statement, None);
        self.lead(statement, &words)
    }

    /// The piece of work that a state is the state of: the only one the message announces, and of the same name when the
    /// state names one ("the migration is done" is not said of a release).
    fn topic_of(&mut self, latest: &Statement) -> Option<String> {
        const ANY: [&str; 4] = ["operation", "work", "maintenance", "it"];
        let document = self.document();
        let head = latest
            .tokens
            .clone()
            .filter_map(|index| document.tokens.get(index))
            .find(|token| !matches!(token.tag, Tag::Determiner | Tag::Punctuation | Tag::Adverb))?;
        let unnamed = head.tag.is_verb() || head.is(&ANY);
        let older: Vec<Statement> =
            self.reading.statements.iter().filter(|statement| statement.is_older).cloned().collect();
        let words = |teller: &mut Self, range| one_line(&teller.realiser.bare_range(range).text());
        let fits = |words: String| (count(&words) <= LONGEST_TOPIC).then_some(words);
        // "The outage is over" of the one that the first message tells of.
        let mut troubles = older.iter().filter_map(|statement| trouble_of(document, statement.tokens.clone(), head));
        if let (Some(trouble), None) = (troubles.next(), troubles.next()) {
            let words = words(self, trouble);
            return fits(words.split_once(' ').map_or(words.clone(), |(_, named)| format!("the {named}")));
        }
        if !unnamed && !head.lemmas().any(|lemma| WORK.contains(&lemma)) {
            return None;
        }
        let statements = self.reading.statements.iter().filter(|statement| statement.tokens != latest.tokens);
        let statements: Vec<Statement> =
            statements.filter(|statement| statement.is_overtaken || statement.slot == "next").cloned().collect();
        let mut topics = statements.iter().filter_map(|statement| topic(document, statement.tokens.clone()));
        let Some(range) = topics.next() else {
            // "We'll upgrade the mail servers": the upgrade of the mail servers.
            let mut objects = older.iter().filter_map(|statement| object_of(document, statement.tokens.clone(), head));
            let (object, None) = (objects.next()?, objects.next()) else { return None };
            let words = format!("the {} of {}", head.lower, words(self, object));
            return fits(words);
        };
        if topics.next().is_some() {
            return None;
        }
        let same = range
            .clone()
            .filter_map(|index| document.tokens.get(index))
            .any(|token| token.lemmas().any(|lemma| head.lemmas().any(|own| own == lemma)));
        if !unnamed && !same {
            return None;
        }
        let words = without_links(&one_line(&self.realiser.bare_range(range).text()));
        let indefinite = ["an ", "a ", "An ", "A "].iter().find_map(|article| words.strip_prefix(article));
        fits(indefinite.map_or(words.clone(), |bare| format!("the {bare}")))
    }

    /// "The operation is postponed" said of "the move of the mirror service".
    fn about(&self, statement: &Statement, subject: &str, said: &str) -> String {
        let document = self.document();
        let verb = statement.tokens.clone().find(|index| {
            document.tokens.get(*index).is_some_and(|token| {
                matches!(
                    token.tag,
                    Tag::Auxiliary
                        | Tag::Modal
                        | Tag::Verb(VerbForm::Past | VerbForm::ThirdSingular | VerbForm::PastParticiple)
                )
            })
        });
        let word = verb.and_then(|index| document.tokens.get(index)).map(|token| document.slice(token.span));
        let named = word.filter(|_| verb != Some(statement.tokens.start)).and_then(|word| {
            let at = said
                .split(' ')
                .position(|known| known.trim_matches([',', '.', ';']) == word)
                .filter(|at| (1..=3).contains(at))?;
            let rest = said.split(' ').skip(at).collect::<Vec<_>>().join(" ");
            // "Operation aborted": a note without "was".
            let be = if CALLED_OFF.contains(&word) { "was " } else { "" };
            Some(format!("{} {be}{rest}", capitalised(subject)))
        });
        // "Aborted as too few were there": of the one thing it can be said of.
        let opens = is_done(said.split(' ').next().unwrap_or_default());
        let one = subject.starts_with("the ") && !subject.ends_with('s');
        let named = named.or_else(|| {
            (opens && one).then(|| format!("{} was {}", capitalised(subject), uncapitalised_pronoun(said)))
        });
        let line = named.unwrap_or_else(|| format!("{}: {}", capitalised(subject), uncapitalised_pronoun(said)));
        if count(&line) <= HEADLINE_WORDS { line } else { short(&line).unwrap_or_else(|| said.to_owned()) }
    }

    /// The order of a change says that it is one: "Change: add a limit" asks nobody for anything and claims nothing as done.
    pub(super) fn as_change(&self, statement: &Statement, lead: String, cues: &Cues) -> String {
        let first = self.document().tokens.get(statement.tokens.start);
        let orders = first.is_some_and(|verb| verb.has(Flags::VERB_BASE) || verb.tag == Tag::Verb(VerbForm::Ing));
        let is_order = statement.is_subject && statement.action.is_none() && orders;
        let change = self.reading.change.filter(|change| is_order && change.is_certain && change.line != Line::Told);
        let Some(change) = change else { return lead };
        let order = uncapitalised(&lead);
        let line = if change.mends { cues.mended(&order) } else { cues.ordered(&order) };
        line.filter(|line| count(line) <= HEADLINE_WORDS).unwrap_or(lead)
    }

    /// A change that ends a trouble, told by the trouble: "Fix: guests could not check in".
    pub(super) fn mended(&mut self, cues: &Cues) -> Option<String> {
        /// The second paragraph below the subject line.
        const NEAR: usize = 2;
        // What it breaks is no trouble that it ends.
        let change = self.reading.change.filter(|change| change.is_certain && change.mends && !change.breaks)?;
        let reading = self.reading;
        let document = self.document();
        // "fix: the till stops at long names": the line itself tells it.
        let told = reading.statements.iter().find(|statement| statement.is_subject);
        if let Some(statement) = told.filter(|_| change.line == Line::Told) {
            // "Record figures while nothing is written" is an order, whatever its first word was taken for.
            document.tokens.get(statement.tokens.start).filter(|first| !first.has(Flags::VERB_BASE))?;
            let words = self.bare(statement, None);
            let lead = self.lead(statement, &words)?;
            return cues.mended(&uncapitalised(&lead)).filter(|line| count(line) <= HEADLINE_WORDS);
        }
        let troubles = reading.statements.iter().filter(|statement| {
            // "We did this by …", "Narrow the check": what was done is not what was wrong.
            let first = document.tokens.get(statement.tokens.start);
            let deed = first.is_none_or(|first| {
                first.is(&["we", "i", "im", "i'm", "to"])
                    || matches!(first.tag, Tag::Verb(VerbForm::Base | VerbForm::ThirdSingular))
            });
            let words = || statement.tokens.clone().filter_map(|index| document.tokens.get(index));
            let says = words().any(|word| word.tag.is_finite());
            let beside = statement.in_item || statement.is_subject || statement.is_overtaken;
            // What is told further below, or points at something, is a part of the story.
            let far = statement.paragraph > NEAR || words().any(|word| word.is(&["this", "these", "then"]));
            let trouble = statement.slot == "impact" && cues.tells_a_trouble(document, statement.tokens.clone());
            trouble && !beside && !deed && says && !far
        });
        for statement in troubles {
            let words = self.bare(statement, None);
            // "The list was read as text, so nothing was found": what came of it is the trouble.
            let end = statement.tokens.end;
            let leads_to =
                (end..end + 2).any(|index| self.document().tokens.get(index).is_some_and(|so| so.is(&["so"])));
            let Some(lead) = self.lead(statement, &words).filter(|_| !leads_to) else { continue };
            let line = cues.mended(&uncapitalised(lead.trim_end_matches('.')))?;
            if count(&line) <= HEADLINE_WORDS {
                return Some(line);
            }
        }
        None
    }

    /// The trouble that is over, told in the past.
    fn before(&mut self, latest: &Statement) -> Option<String> {
        let statements: Vec<Statement> = self
            .reading
            .statements
            .iter()
            .filter(|statement| {
                ["impact", "next"].contains(&statement.slot.as_str()) && statement.tokens != latest.tokens
            })
            .cloned()
            .collect();
        statements.iter().find_map(|statement| {
            let words = self.bare(statement, None);
            let lead = self.lead(statement, &words)?;
            if statement.slot == "next" {
                return noticed_in_the_past(&lead);
            }
            // "Mitigated. Response is still slow": what is told behind the state, in one breath with it, goes on.
            let goes_on = statement.tokens.start > latest.tokens.start
                && statement.paragraph == latest.paragraph
                && !statement.is_overtaken;
            let past = noticed_in_the_past(&lead).or_else(|| self.in_the_past(statement, &lead));
            past.filter(|past| !goes_on || *past == lead)
        })
    }

    /// A clause with its finite verb in the past tense; `None` for plans and for verbs that are not found again.
    fn in_the_past(&self, statement: &Statement, words: &str) -> Option<String> {
        let document = self.document();
        for index in statement.tokens.clone() {
            let token = document.tokens.get(index)?;
            let past = match token.tag {
                Tag::Modal => return None,
                Tag::Auxiliary => match token.lower.as_str() {
                    "is" | "'s" => "was".to_owned(),
                    "are" | "'re" => "were".to_owned(),
                    "isn't" => "wasn't".to_owned(),
                    "aren't" => "weren't".to_owned(),
                    "has" | "have" => "had".to_owned(),
                    "do" | "does" => "did".to_owned(),
                    "don't" | "doesn't" => "didn't".to_owned(),
                    "was" | "were" | "had" | "did" | "wasn't" | "weren't" | "didn't" => return Some(words.to_owned()),
                    _ => continue,
                },
                Tag::Verb(VerbForm::Past) => return Some(words.to_owned()),
                Tag::Verb(VerbForm::ThirdSingular) => {
                    verb_form(&token.entry.as_ref()?.verb_lemma(&token.lower), VerbForm::Past)
                }
                _ => continue,
            };
            let written = document.slice(token.span);
            let mut done = false;
            let line: Vec<&str> = words
                .split(' ')
                .map(|word| {
                    if !done && word == written {
                        done = true;
                        past.as_str()
                    } else {
                        word
                    }
                })
                .collect();
            return done.then(|| line.join(" "));
        }
        None
    }
}

/// "We are currently investigating an issue that prevents visits" as "An issue prevented visits", once it is over.
fn noticed_in_the_past(words: &str) -> Option<String> {
    let rest = words.strip_prefix("We are ")?;
    let rest = ["currently ", "still ", "now "].iter().find_map(|adverb| rest.strip_prefix(adverb)).unwrap_or(rest);
    let rest = ["investigating ", "looking into "].iter().find_map(|search| rest.strip_prefix(search))?;
    let (trouble, told) = [" that ", " which "].iter().find_map(|joint| rest.split_once(joint))?;
    ["an issue", "a problem", "an incident"].contains(&trouble).then_some(())?;
    let (verb, behind) = told.split_once(' ')?;
    let document = Document::parse(verb);
    let token = document.tokens.first().filter(|token| token.has(Flags::VERB_3SG))?;
    let past = match verb {
        "is" => "was".to_owned(),
        "has" => "had".to_owned(),
        _ => verb_form(&token.entry?.verb_lemma(&token.lower), VerbForm::Past),
    };
    Some(format!("{} {past} {behind}", capitalised(trouble)))
}

const WORK: [&str; 9] =
    ["operation", "migration", "maintenance", "upgrade", "update", "work", "change", "rollout", "release"];

/// What becomes of a plan that is not carried out as announced.
const CALLED_OFF: [&str; 7] = ["aborted", "cancelled", "canceled", "postponed", "rescheduled", "deferred", "delayed"];

/// Whether a word that opens a note tells what became of a piece of work: "Aborted as too few were there".
fn is_done(first: &str) -> bool {
    let lower = first.to_lowercase();
    capitalised(&lower) == first && (CALLED_OFF.contains(&&*lower) || ["completed", "finished"].contains(&&*lower))
}

/// "3% of requests in that time failed": in which, the sentence before says.
fn points_at_a_time(document: &Document<'_>, statement: &Statement) -> bool {
    let is = |index: usize, words: &[&str]| document.tokens.get(index).is_some_and(|word| word.is(words));
    statement.tokens.clone().any(|index| {
        is(index, &["that"])
            && is(index + 1, &["time", "period", "window", "point"])
            && index.checked_sub(1).is_some_and(|before| is(before, &["in", "during", "at", "over", "within"]))
    })
}

/// Where a clause begins behind "that being the case," or "for these reasons,", which a headline leaves out.
fn behind_a_bridge(document: &Document<'_>, statement: &Statement) -> usize {
    let tokens = statement.tokens.clone();
    let words = document.slice(document.span_of(tokens.clone()));
    let mut behind =
        tokens.clone().skip_while(|index| !document.tokens.get(*index).is_some_and(|sign| sign.is(&[","])));
    let bridged = BRIDGES.iter().any(|bridge| begins_with(words, bridge));
    behind.nth(1).filter(|_| bridged).unwrap_or(tokens.start)
}

/// "It has been fixed" goes on in lower case, as do everyday words in front of one; a name keeps its capital.
fn uncapitalised_pronoun(words: &str) -> String {
    const OPENERS: [&str; 13] = [
        "Both",
        "It",
        "This",
        "The",
        "We",
        "Everything",
        "All",
        "Operation",
        "Migration",
        "Fixed",
        "No",
        "Service",
        "These",
    ];
    let first = words.split(' ').next().unwrap_or_default();
    // "Downloads were fine", but "Windows is slow".
    let second = words.split(' ').nth(1).unwrap_or_default();
    let is_subject = ["was", "were", "is", "are", "has", "have", "will", "can"].contains(&second)
        && Document::parse(words).tokens.first().is_some_and(|first| first.tag == Tag::PluralNoun);
    if OPENERS.contains(&first) || is_done(first) {
        first_letter_small(words)
    } else if is_subject {
        uncapitalised(words)
    } else {
        words.to_owned()
    }
}
