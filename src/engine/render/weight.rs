//! How well a statement heads the message: what speaks for it and against it, in points.

use super::sentences::Teller;
use super::shorten::{count, waits};
use crate::engine::facts::{Fact, FactKind};
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::polarity::is_negation;
use crate::engine::reading::{
    Cues, Reading, Statement, in_present, is_a_question, is_on_a_heading, is_over, opens_with_its_subject,
};
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// What opens a conclusion, and what opens a supposition.
const CONCLUDING: [&str; 4] = ["thus", "therefore", "hence", "consequently"];
const SUPPOSING: [&str; 8] = ["if", "unless", "suppose", "supposing", "assuming", "should", "once", "when"];
/// How far from its beginning a clause tells whom it concerns and on what it leans.
const BEGINNING: usize = 6;
/// What a row of a table weighs less than a sentence.
const ROW: isize = 12;
/// The subject line of what is certainly a change is its news; of one that may be a wish it is likely to be.
const SUBJECT: isize = 14;
const HALF_A_SUBJECT: isize = 4;
/// Money, where that is what this reader asks for first.
const MONEY: isize = 12;
/// A lead with so many words fewer than its sentence was cut.
const CUT: usize = 5;

impl Teller<'_, '_, '_> {
    /// The points of a statement; only their order matters.
    pub(super) fn weight(&self, statement: &Statement, position: usize, lead: &str, cues: &Cues) -> isize {
        let slot = cues.lead_weight(&self.reading.kind, &statement.slot);
        if self.row(statement).is_some() {
            // Of a table alone the first row leads; beside sentences none does.
            return isize::try_from(slot).unwrap_or_default() - ROW - isize::try_from(position).unwrap_or_default();
        }
        let candidate = Candidate { document: self.document(), reading: self.reading, statement, position };
        let is_fragment = candidate.is_a_fragment();
        let change = self.reading.change;
        let certain = change.is_some_and(|change| change.is_certain);
        let leads = change.is_some_and(|change| change.is_certain && !change.breaks);
        let decides = candidate.decides();
        // What is broken comes before what it costs.
        let is_trouble = ["incident", "security"].contains(&self.reading.kind.as_str());
        let asks_for_money = self.realiser.audience.order.first().is_some_and(|first| first == "cost");
        let may_tell_it = ["cost", "benefit", "action", "impact"].contains(&statement.slot.as_str());
        let points = [
            (SUBJECT, statement.is_subject && leads),
            (HALF_A_SUBJECT, statement.is_subject && !certain),
            (-2 * HALF_A_SUBJECT, statement.is_subject && change.is_some_and(|change| change.breaks)),
            (MONEY, asks_for_money && !is_trouble && may_tell_it && candidate.tells_money(lead)),
            (1, candidate.tells_figures()),
            (2, candidate.names_people()),
            (-4, candidate.leans()),
            (-5, candidate.is_own_deed_beside_news()),
            (-10, candidate.was_meant_before() || candidate.is_taken_back()),
            (-4, candidate.is_history()),
            (-8, candidate.counts_from_elsewhere()),
            (-5, candidate.is_personal()),
            (-4, candidate.defines()),
            (-7, candidate.describes()),
            (-5, candidate.points_back() && !decides),
            (-3, candidate.points_inside()),
            (-2, candidate.opens_an_item()),
            (-4, candidate.is_inside_an_item()),
            (-4, candidate.is_below_prose()),
            (-6, candidate.announces_a_list()),
            (-3, is_fragment || candidate.is_a_heading()),
            (-4, is_fragment && !candidate.tells_amounts()),
            (-4, is_fragment && statement.tokens.len() <= 2),
            (-3, candidate.is_cut_to(lead)),
            (-9, candidate.asks()),
            (-4, candidate.follows()),
            (-2, candidate.tells_of_some()),
            (-6, candidate.is_a_remark()),
            (-8, is_on_a_heading(candidate.document, statement.tokens.clone())),
            (-5, candidate.wishes() || candidate.opens_without_a_clause()),
            (2, candidate.denies()),
            (2, candidate.suggests()),
            (1, candidate.tells_news()),
            (4, statement.is_labelled && statement.is_item && statement.slot == "impact"),
            (4, decides),
            (14, candidate.chooses()),
            (12, candidate.is_answered()),
            (5, candidate.concludes()),
            (-4, candidate.leads_to_a_conclusion()),
            (-12, candidate.hangs_on_a_condition()),
            (-1, candidate.is_told_by_the_author()),
            (-2, candidate.holds_a_link()),
            (-8, candidate.opens_with_a_condition()),
            (-4, candidate.opens_without_its_subject()),
            (-4, candidate.reassures()),
            (-4, candidate.supposes()),
            (-6, candidate.only_estimates()),
            (-8, candidate.names_no_trouble()),
        ];
        let told = points.iter().filter(|(_, holds)| *holds).map(|(points, _)| points).sum::<isize>();
        isize::try_from(slot).unwrap_or_default() + candidate.place() + told
    }
}

/// A statement that may head its message.
struct Candidate<'r, 'd> {
    document: &'r Document<'d>,
    reading: &'r Reading,
    statement: &'r Statement,
    position: usize,
}

impl<'r> Candidate<'r, '_> {
    fn tokens(&self) -> impl Iterator<Item = &'r Token> {
        let document = self.document;
        self.statement.tokens.clone().filter_map(|index| document.tokens.get(index))
    }

    fn token(&self, index: usize) -> Option<&'r Token> {
        self.document.tokens.get(index)
    }

    /// "We use a queue to send notices": how things are, told before the news.
    fn describes(&self) -> bool {
        self.statement.slot == "detail"
            && self.tokens().next().is_some_and(|first| first.is(&["we", "i", "our", "my"]))
            && in_present(self.document, self.statement.tokens.clone())
            && !self.tells_amounts()
            && !self.tokens().any(|token| token.tag == Tag::Modal || is_negation(token))
    }

    /// People begin with their news; who reports trouble sometimes begins with how it came about.
    fn place(&self) -> isize {
        let trouble = ["incident", "performance", "maintenance", "refusal"].contains(&self.reading.kind.as_str());
        match self.position {
            // The items of a list stand in any order.
            0 if self.statement.is_item => 2,
            _ if self.statement.is_item => 0,
            0 if trouble => 4,
            0 => 7,
            1 if trouble => 2,
            1 => 3,
            _ => 0,
        }
    }

    fn tells_figures(&self) -> bool {
        let mut facts = self.statement.tokens.clone().filter_map(|index| self.document.fact_at(index));
        facts.any(|fact| fact.kind.is_quantity() || fact.kind.is_when())
    }

    /// Whether the lead holds money of the statement.
    fn tells_money(&self, lead: &str) -> bool {
        let facts = self.statement.tokens.clone().filter_map(|index| self.document.fact_at(index));
        let digits = |fact: &Fact| -> String {
            self.document
                .slice(fact.span)
                .chars()
                .skip_while(|c| !c.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect()
        };
        facts.filter(|fact| fact.kind == FactKind::Money).any(|fact| lead.contains(&digits(fact)))
    }

    fn tells_amounts(&self) -> bool {
        let mut facts = self.statement.tokens.clone().filter_map(|index| self.document.fact_at(index));
        facts.any(|fact| fact.kind.is_quantity())
    }

    fn names_people(&self) -> bool {
        self.tokens()
            .take(BEGINNING)
            .any(|token| token.is(&["customer", "customers", "user", "users", "everyone", "people"]))
    }

    /// "It also …": leans on the sentence before.
    fn leans(&self) -> bool {
        const LEANING: [&str; 15] = [
            "then", "also", "their", "them", "they", "it", "its", "these", "those", "this", "such", "here", "still",
            "again", "neither",
        ];
        !self.opens_with_its_subject() && self.tokens().take(BEGINNING).any(|token| token.is(&LEANING))
    }

    /// "This form has been rejected" as the first words: it points at what everybody sees.
    fn opens_with_its_subject(&self) -> bool {
        opens_with_its_subject(self.document, &self.reading.statements, self.statement)
    }

    /// What the author's side did matters less than what others notice of it.
    fn is_own_deed_beside_news(&self) -> bool {
        let own = self.statement.slot == "action" && self.tokens().next().is_some_and(|first| first.is(&["we", "i"]));
        let news = |other: &Statement| {
            ["impact", "resolved", "delay", "refusal"].contains(&other.slot.as_str()) && !other.is_overtaken
        };
        own && self.reading.statements.iter().any(news)
    }

    /// "We had planned to move": what was meant before something else became true.
    fn was_meant_before(&self) -> bool {
        const MEANT: [&str; 7] = ["planned", "hoped", "expected", "thought", "intended", "wanted", "said"];
        self.statement.tokens.clone().take(4).any(|index| {
            self.token(index).is_some_and(|had| had.is(&["had"]))
                && self.token(index + 1).is_some_and(|next| next.is(&MEANT))
        })
    }

    /// "I said that it works. That is wrong.": what the next sentence takes back.
    fn is_taken_back(&self) -> bool {
        const WRONG: [&str; 7] = ["wrong", "incorrect", "false", "untrue", "mistaken", "outdated", "inaccurate"];
        let Some(next) = self.reading.statements.get(self.position + 1) else { return false };
        let word = |at: usize| self.token(next.tokens.start + at);
        word(0).is_some_and(|first| first.is(&["that", "this", "which", "it"]))
            && word(1).is_some_and(|verb| verb.is(&["is", "was"]))
            && (2..5)
                .filter_map(word)
                .find(|word| word.tag != Tag::Adverb && word.tag != Tag::Punctuation)
                .is_some_and(|word| word.is(&WRONG))
    }

    /// "For the exact timeline", "In the meantime": nothing is said of it here.
    fn opens_without_a_clause(&self) -> bool {
        self.tokens().next().is_some_and(|first| first.tag == Tag::Preposition)
            && !self.tokens().any(|token| token.tag.is_finite())
    }

    /// "In 0.10 we released it": how it came about, when the message goes on to say what becomes of it.
    fn is_history(&self) -> bool {
        let now = |other: &Statement| {
            ["impact", "refusal", "delay"].contains(&other.slot.as_str())
                && !other.is_overtaken
                && in_present(self.document, other.tokens.clone())
        };
        let told = self.statement.tokens.clone();
        // "It was declined" is the news itself.
        let kind = self.reading.kind.as_str();
        let news = ["refusal", "delay", "resolved"].contains(&self.statement.slot.as_str())
            // What a change brought about is why it is written about.
            || self.statement.slot == "impact" && kind == "change";
        !news
            && ["change", "release", "refusal", "delay", "maintenance"].contains(&kind)
            && is_over(self.document, told)
            && self.reading.statements.iter().any(now)
    }

    /// "In the next hour": from when on, a date in another sentence says.
    fn counts_from_elsewhere(&self) -> bool {
        let own = self.statement.tokens.clone();
        let counted = |at: usize| {
            self.token(at).is_some_and(|unit| ["hour", "minute", "day"].iter().any(|known| unit.lower.contains(known)))
        };
        let relative = own.clone().any(|index| {
            self.token(index).is_some_and(|word| word.is(&["next", "following"])) && (index + 1..index + 3).any(counted)
        });
        let dated = |tokens: std::ops::Range<usize>| {
            tokens.filter_map(|index| self.document.fact_at(index)).any(|fact| fact.kind == FactKind::Date)
        };
        relative && !dated(own) && self.reading.statements.iter().any(|other| dated(other.tokens.clone()))
    }

    /// "Since I only had three of them, it was slow": what the writer went through.
    fn is_personal(&self) -> bool {
        ["impact", "detail", "action"].contains(&self.statement.slot.as_str())
            && self.tokens().take(3).any(|token| token.is(&["i"]))
            && !self.suggests()
    }

    /// "Ripgrep is a project …", "TLS 1.1 is an outdated version …": what a thing is, is no news.
    fn defines(&self) -> bool {
        const EARLY: usize = 8;
        // "The project runs a registry …"
        const KEEPS: [&str; 8] = ["runs", "uses", "provides", "hosts", "offers", "has", "maintains", "operates"];
        let start = self.statement.tokens.start;
        self.statement.slot == "detail"
            && self.statement.tokens.clone().take(EARLY).any(|index| {
                self.token(index).is_some_and(|verb| verb.is(&["is", "are"]) || verb.is(&KEEPS) && index > start + 1)
                    && self.token(index + 1).is_some_and(|next| next.is(&["a", "an", "one", "outdated"]))
            })
    }

    /// "There might be an interruption of these services": of which, another sentence says. "This week" and "this change"
    /// everybody knows.
    fn points_back(&self) -> bool {
        const CURRENT: &str = "version release week weekend month quarter year sprint morning afternoon evening time period window \
                               change update upgrade issue incident problem maintenance migration outage \
                               pr proposal document page list thread channel repository repo project component site form";
        !self.opens_with_its_subject()
            && self.statement.tokens.clone().any(|index| {
                self.token(index)
                    .is_some_and(|token| token.is(&["this", "these", "those", "such", "corresponding", "respective"]))
                    && self.token(index + 1).is_some_and(|next| {
                        next.tag.is_nominal() && !CURRENT.split(' ').any(|known| next.lower == known)
                    })
            })
    }

    /// "Because we needed time to test these first": of which, the sentence before says.
    fn points_inside(&self) -> bool {
        const EARLY: usize = 3;
        self.statement.tokens.clone().skip(EARLY).any(|index| {
            self.token(index).is_some_and(|token| token.is(&["these", "those"]))
                && self.token(index + 1).is_some_and(|next| {
                    !next.tag.is_nominal() && !next.is(&["who", "that", "which", "with", "in", "of", "on"])
                })
        })
    }

    fn opens_an_item(&self) -> bool {
        let before = self.statement.tokens.start.checked_sub(1).and_then(|index| self.token(index));
        self.statement.is_item && before.is_some_and(|before| before.kind == TokenKind::Marker)
    }

    /// A later clause of a list item supports the first one.
    fn is_inside_an_item(&self) -> bool {
        let before = self.position.checked_sub(1).and_then(|before| self.reading.statements.get(before));
        let goes_on = before.is_some_and(|before| before.is_item && before.paragraph == self.statement.paragraph);
        if self.statement.is_item { !self.opens_an_item() && !self.statement.is_labelled } else { goes_on }
    }

    /// An item of a list is a part of what the sentences above the list are about.
    fn is_below_prose(&self) -> bool {
        const FEWEST: usize = 5;
        let tells = |other: &Statement| {
            !other.in_item
                && !other.is_overtaken
                && !other.is_background
                && other.tokens.len() >= FEWEST
                && other.tokens.clone().filter_map(|index| self.token(index)).any(|word| word.tag.is_finite())
        };
        self.statement.in_item && self.reading.statements.iter().take(self.position).any(tells)
    }

    /// "The following services will be slower:" says less than what it is told about, and more than one of them.
    fn announces_a_list(&self) -> bool {
        let colon = self.statement.has_colon_behind(self.document);
        let points = self.tokens().any(|word| word.is(&["following", "these", "those", "below", "here"]));
        colon && (points || self.tokens().last().is_some_and(waits))
    }

    /// Nothing is said of anything: no finite verb, no figures that stand for one.
    fn is_a_fragment(&self) -> bool {
        let finite = self.tokens().any(|token| {
            matches!(token.tag, Tag::Auxiliary | Tag::Modal)
                || matches!(token.tag, Tag::Verb(form) if form != VerbForm::Ing)
                || token.is(&["no", "not", "nothing", "nobody"])
        });
        // "wallet-api throwing errors": a note leaves "is" out.
        let thing = |token: &Token| token.tag.is_nominal() || token.tag == Tag::Fact;
        let tokens: Vec<&Token> = self.tokens().collect();
        let noted = tokens.windows(3).any(|words| match words {
            [subject, verb, object] => thing(subject) && verb.tag == Tag::Verb(VerbForm::Ing) && thing(object),
            _ => false,
        });
        let finite = finite || noted;
        !finite && self.statement.metric.is_none() && self.statement.eta.is_none() && self.statement.action.is_none()
    }

    /// "Any later releases …", "All other services …": of whom, the news says.
    fn tells_of_some(&self) -> bool {
        self.tokens().take(2).any(|token| token.is(&["any", "some", "other", "others"]))
    }

    /// "…, so there is another factor": follows from what stands before.
    fn follows(&self) -> bool {
        let before = |steps: usize| self.statement.tokens.start.checked_sub(steps).and_then(|index| self.token(index));
        before(1).is_some_and(|so| so.is(&["so"])) && !before(2).is_some_and(|and| and.is(&["and"]))
    }

    /// "Not sure", "no idea".
    fn is_a_remark(&self) -> bool {
        const REMARKS: [[&str; 2]; 7] = [
            ["not", "sure"],
            ["no", "idea"],
            ["no", "clue"],
            ["sounds", "good"],
            ["looks", "good"],
            ["good", "idea"],
            ["me", "too"],
        ];
        let mut words = self.tokens();
        let opening = [words.next(), words.next()];
        words.next().is_none()
            && REMARKS.iter().any(|remark| {
                remark.iter().zip(opening).all(|(word, token)| token.is_some_and(|token| token.is(&[word])))
            })
    }

    /// "Score not computed" above the sentence that says it: "not" alone makes no clause.
    fn is_a_heading(&self) -> bool {
        let own_line = self.document.text.get(self.document.span_of(self.statement.tokens.clone()).end..);
        let verb = self.tokens().any(|token| token.tag.is_finite());
        !verb && self.position == 0 && own_line.is_some_and(|rest| rest.starts_with("\n\n"))
    }

    /// What had to be cut says less than its sentence.
    fn is_cut_to(&self, lead: &str) -> bool {
        let sentence = self.document.slice(self.document.span_of(self.statement.tokens.clone()));
        count(lead) + CUT < count(sentence)
    }

    /// "We love it", "the goal was", "the real test is": what somebody likes or aims at.
    fn wishes(&self) -> bool {
        const EARLY: usize = 8;
        self.statement.slot == "detail"
            && self
                .tokens()
                .take(EARLY)
                .any(|token| token.is(&["love", "want", "wanted", "goal", "objective", "aim", "purpose", "hope"]))
    }

    /// "If we are not done by then, we go back": what may happen is told behind what does. "When it fell, we left" tells what did.
    fn opens_with_a_condition(&self) -> bool {
        let first = self.tokens().next();
        first.is_some_and(|first| first.is(&["if", "unless", "once", "whenever", "until", "till"]))
            || first.is_some_and(|first| first.is(&["when"])) && !is_over(self.document, self.statement.tokens.clone())
    }

    /// "Trying to get a discount", "Looking at another one": a note of what somebody is at, below the news.
    fn opens_without_its_subject(&self) -> bool {
        self.position > 0 && self.tokens().next().is_some_and(|first| first.tag == Tag::Verb(VerbForm::Ing))
    }

    /// "Looks like the new ones are to blame": what the writer takes to be so, told behind what is so.
    fn supposes(&self) -> bool {
        let mut words = self.tokens();
        let opening = [words.next(), words.next()];
        let opens = |first: &[&str], second: &[&str]| {
            opening[0].is_some_and(|word| word.is(first)) && opening[1].is_some_and(|word| word.is(second))
        };
        opens(&["looks", "seems", "sounds"], &["like", "as", "to"])
            || opens(&["probably", "possibly", "maybe"], &["the", "a", "an", "it"])
    }

    /// "ETA 10 minutes": until what, another sentence says.
    fn only_estimates(&self) -> bool {
        self.position > 0 && self.statement.eta.as_ref().is_some_and(|eta| eta.alone)
    }

    /// "The issue seems to be related to a plugin": of which issue, another sentence says.
    fn names_no_trouble(&self) -> bool {
        const TROUBLES: [&str; 7] = ["issue", "problem", "incident", "outage", "error", "failure", "cause"];
        let mut words = self.tokens();
        let opens = words.next().is_some_and(|first| first.is(&["the", "this"]))
            && words.next().is_some_and(|noun| noun.is(&TROUBLES));
        opens && words.next().is_some_and(|verb| verb.is(&["seems", "appears", "looks", "seemed", "appeared"]))
    }

    /// "Nothing is lost", "There's no trouble", "Not the other one": told behind what happened.
    fn reassures(&self) -> bool {
        let mut words = self.tokens();
        let first = words.next();
        let denies =
            |word: Option<&Token>| word.is_some_and(|word| word.is(&["nothing", "nobody", "none", "no", "not"]));
        let there = first.is_some_and(|first| first.is(&["there"]));
        let second = words.next();
        // "There's no", "There is no"
        let none = there && (denies(second) || denies(words.next()));
        // "Nobody can pay by card" is the trouble itself.
        let fails = self.tokens().any(|word| word.is(&["can", "could", "works", "loads"]));
        self.position > 0 && (!fails && (denies(first) || none) || self.statement.evident == "relief")
    }

    fn denies(&self) -> bool {
        self.tokens().any(is_negation)
    }

    /// A proposal is what its message is about.
    fn suggests(&self) -> bool {
        self.tokens().any(|token| token.is(&["suggest", "propose", "recommend", "proposal"]))
            // "All other services should remain working" expects, "we should remove it" proposes.
            || self.statement.tokens.clone().any(|index| {
                self.token(index).is_some_and(|token| token.is(&["we", "i", "you", "they"]))
                    && self.token(index + 1).is_some_and(|token| token.is(&["should"]))
            })
    }

    fn tells_news(&self) -> bool {
        const NEWS: [&str; 14] = [
            "launch",
            "release",
            "introduce",
            "add",
            "new",
            "now",
            "available",
            "deprecate",
            "remove",
            "retire",
            "postpone",
            "reject",
            "publish",
            "abandon",
        ];
        self.tokens().any(|token| token.lemmas().any(|lemma| NEWS.contains(&lemma)))
    }

    /// "We have decided to close it", "we are ending the service": what a message with a decision is about.
    fn decides(&self) -> bool {
        const DECIDED: [&str; 2] = ["decided", "decide"];
        const ENDED: [&str; 8] = ["end", "discontinue", "close", "suspend", "disable", "remove", "retire", "withdraw"];
        const OCCASIONS: [&str; 8] = ["day", "meeting", "ticket", "channel", "incident", "call", "thread", "session"];
        // "To save money, we're temporarily disabling the export"
        let ends = self.statement.tokens.clone().any(|index| {
            let word = |ahead: usize| self.token(index + ahead);
            let is_or_will_be = if word(1).is_some_and(|will| will.is(&["will", "'ll"])) { 3 } else { 2 };
            let adverb = usize::from(word(is_or_will_be).is_some_and(|word| word.tag == Tag::Adverb));
            word(0).is_some_and(|we| we.is(&["we"]))
                && word(is_or_will_be - 1).is_some_and(|be| be.is(&["are", "'re", "be"]))
                && word(is_or_will_be + adverb).is_some_and(|verb| {
                    verb.tag == Tag::Verb(VerbForm::Ing) && verb.lemmas().any(|lemma| ENDED.contains(&lemma))
                })
        });
        // "We are closing this channel. The server is still down."
        let troubles = self
            .reading
            .statements
            .iter()
            .enumerate()
            .any(|(position, other)| position != self.position && other.evident == "impact" && !other.is_overtaken);
        if ends && !troubles && !self.tokens().any(|word| word.is(&OCCASIONS)) {
            return true;
        }
        let at = self.statement.tokens.clone().find(|index| self.token(*index).is_some_and(|word| word.is(&DECIDED)));
        at.is_some_and(|at| {
            let before = at.checked_sub(1).and_then(|before| self.token(before));
            before.is_some_and(|word| word.is(&["we", "i", "they", "have", "has", "'ve"]))
                && self.token(at + 1).is_some_and(|next| next.is(&["to", "not", "against"]))
        })
    }

    /// "We chose the second one because it needs no extra part", behind what there was to choose from.
    fn chooses(&self) -> bool {
        self.tokens().next().is_some_and(|we| we.is(&["we"]))
            && self.tokens().nth(1).is_some_and(|verb| verb.is(&["chose", "picked", "selected"]))
    }

    /// "Will you support it? No.": a question that the message answers itself.
    fn is_answered(&self) -> bool {
        let next = self.reading.statements.get(self.position + 1).and_then(|next| self.token(next.tokens.start));
        is_a_question(self.document, self.statement.tokens.clone())
            && next.is_some_and(|answer| answer.is(&["no", "yes", "nope", "yep"]))
    }

    /// "Thus, the new version will need more room": what the sentences before it come to.
    fn concludes(&self) -> bool {
        self.is_conclusion(self.position)
    }

    /// What stands in front of such a sentence is its reason.
    fn leads_to_a_conclusion(&self) -> bool {
        let later = self.reading.statements.iter().enumerate().skip(self.position + 1);
        later
            .take_while(|(_, other)| other.paragraph == self.statement.paragraph)
            .any(|(position, _)| self.is_conclusion(position))
    }

    /// Whether a sentence opens with "thus", "therefore" and their like and says what will be. What follows from an outage, or from
    /// what may never happen, is no news beside it.
    fn is_conclusion(&self, position: usize) -> bool {
        const WILL: [&str; 7] = ["will", "'ll", "won't", "must", "can", "can't", "cannot"];
        let Some(statement) = self.reading.statements.get(position) else { return false };
        let Some(sentence) = self.document.sentence_at(statement.tokens.start) else { return false };
        let reasons = self.reading.statements.iter().take(position);
        let mut reasons =
            reasons.filter(|other| other.paragraph == statement.paragraph && !sentence.contains(&other.tokens.start));
        self.opens_with(sentence.start, &CONCLUDING)
            && !self.opens_with(sentence.start + 1, &SUPPOSING)
            && statement.tokens.clone().filter_map(|index| self.token(index)).any(|word| word.is(&WILL))
            && reasons.all(|other| {
                let start =
                    self.document.sentence_at(other.tokens.start).map_or(other.tokens.start, |whole| whole.start);
                ["detail", "reason", "cause"].contains(&other.evident.as_str()) && !self.opens_with(start, &SUPPOSING)
            })
    }

    /// "If the test fails, we stop. Therefore …": true only if it does.
    fn hangs_on_a_condition(&self) -> bool {
        let Some(sentence) = self.document.sentence_at(self.statement.tokens.start) else { return false };
        let before = sentence.start.checked_sub(1).and_then(|last| self.document.sentence_at(last));
        self.opens_with(sentence.start, &CONCLUDING)
            && before.is_some_and(|before| self.opens_with(before.start, &SUPPOSING))
    }

    fn opens_with(&self, start: usize, words: &[&str]) -> bool {
        (start..start + 2).filter_map(|index| self.token(index)).any(|word| word.is(words))
    }

    fn is_told_by_the_author(&self) -> bool {
        self.tokens().next().is_some_and(|first| first.is(&["we", "i", "my", "our"]))
    }

    fn holds_a_link(&self) -> bool {
        let mut facts = self.statement.tokens.clone().filter_map(|index| self.document.fact_at(index));
        facts.any(|fact| fact.kind == FactKind::Link)
    }

    fn asks(&self) -> bool {
        self.statement.slot != "ask" && is_a_question(self.document, self.statement.tokens.clone())
    }
}
