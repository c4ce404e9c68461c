//! What is told together: the sentences of a paragraph, or the items of a list, that only make sense beside each other. A
//! request, a state, a cause or a plan is told apart; what merely describes stays in the author's order under one heading.

use super::order::{introduces, leans};
use super::{ASK, DETAIL, Link, Statement};
use crate::engine::text::Document;

/// Jobs that a sentence has only in its surroundings.
const SOFT: [&str; 7] = ["impact", "benefit", "action", DETAIL, "condition", "reason", "option"];
/// Jobs that stay what they are, even where the sentence points back.
const FIRM: [&str; 6] = [ASK, "resolved", "delay", "reference", "update", "cost"];
/// What a body of several jobs is told as when somebody is affected.
const SITUATION: &str = "impact";

/// Decides for each statement under which heading it is told.
pub(super) fn gather(document: &Document<'_>, statements: &mut [Statement]) {
    let mut start = 0;
    while start < statements.len() {
        let end = statements
            .get(start..)
            .and_then(|rest| rest.windows(2).position(|pair| !belong_together(document, pair)))
            .map_or(statements.len(), |last| start + last + 1);
        let (before, rest) = statements.split_at_mut(start);
        if let Some(group) = rest.get_mut(..end - start) {
            follow(document, group);
            // "Two things change:" with its list.
            let lead = before.last().filter(|lead| !lead.in_item && introduces(document, lead));
            match lead.filter(|_| group.first().is_some_and(|first| first.is_item)) {
                Some(lead) if !FIRM.contains(&lead.told()) => tell_as(group, lead.told()),
                _ => tell_in_one(group),
            }
        }
        start = end;
    }
}

/// Whether two neighbours stand in one paragraph, or in one list.
fn belong_together(document: &Document<'_>, pair: &[Statement]) -> bool {
    let [one, next] = pair else { return false };
    let lists = one.in_item && next.in_item;
    // A heading parts two lists.
    let between =
        document.text.get(document.span_of(one.tokens.clone()).end..document.span_of(next.tokens.clone()).start);
    let headed = between.is_some_and(|between| between.contains("\n#"));
    !headed
        && one.turn == next.turn
        && one.is_overtaken == next.is_overtaken
        && (lists || one.paragraph == next.paragraph && one.in_item == next.in_item)
}

/// What points back, goes on with an item or was cut off its sentence stays beside the statement before it.
fn follow(document: &Document<'_>, group: &mut [Statement]) {
    for index in 1..group.len() {
        let (before, rest) = group.split_at_mut(index);
        let (Some(last), Some(statement)) = (before.last(), rest.first_mut()) else { continue };
        let follows = statement.in_item && !statement.is_item
            || [Link::Reason, Link::This, Link::Aim].contains(&statement.link)
            || leans(document, statement);
        if follows && !statement.is_labelled && !FIRM.contains(&statement.slot.as_str()) && !FIRM.contains(&last.told())
        {
            statement.section = Some(last.told().to_owned());
        }
    }
}

fn is_soft(statement: &Statement) -> bool {
    !statement.is_labelled && !statement.is_overtaken && SOFT.contains(&statement.told())
}

fn tell_as(group: &mut [Statement], told: &str) {
    for statement in group.iter_mut().filter(|statement| is_soft(statement)) {
        statement.section = Some(told.to_owned());
    }
}

/// The soft statements of a group under one heading: that of their job when most have it, else one that claims nothing.
fn tell_in_one(group: &mut [Statement]) {
    let evident: Vec<&str> =
        group.iter().filter(|statement| is_soft(statement)).map(|statement| statement.evident.as_str()).collect();
    let count = |slot: &str| evident.iter().filter(|other| **other == slot).count();
    let most = evident.iter().find(|slot| **slot != DETAIL && count(slot) * 2 > evident.len());
    let told = if let Some(most) = most {
        (*most).to_owned()
    } else if evident.contains(&SITUATION) {
        SITUATION.to_owned()
    } else {
        DETAIL.to_owned()
    };
    tell_as(group, &told);
}
