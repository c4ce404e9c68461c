//! What a draft would change, as a page of its own. An entry's page fetches it when it is there already, so that nobody waits
//! for an entry while engines are built and compared.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use serde_json::json;

use super::{Answer, Console, Page, browse::readers, go_to, session::Visitor};
use crate::app::curation::{ChangedText, Comparison, Finding, Origin, Role};

#[derive(Serialize)]
struct Group {
    title: &'static str,
    summary: String,
    changes: Vec<Change>,
    /// Changed texts that are not shown.
    more: usize,
}

#[derive(Serialize)]
struct Change {
    /// The address of what it is from, when that has one.
    address: String,
    from: String,
    /// Where it is read, when that is not everywhere.
    place: String,
    /// The reader, where it is not the usual one.
    reader: String,
    before: Marked,
    after: Marked,
}

/// A text with the part that is different.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Marked {
    head: String,
    different: String,
    tail: String,
}

/// Two texts with what is different between their common beginning and end, whole words each.
fn marked(before: &str, after: &str) -> (Marked, Marked) {
    let split = |text: &str| text.split_inclusive(char::is_whitespace).map(str::to_owned).collect::<Vec<String>>();
    let (before, after) = (split(before), split(after));
    let head = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let rest = |words: &[String]| words.len() - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let tail = tail.min(rest(&before)).min(rest(&after));
    let parts = |words: &[String]| {
        let end = words.len() - tail;
        let part = |range: std::ops::Range<usize>| words.get(range).unwrap_or_default().concat();
        Marked { head: part(0..head), different: part(head..end), tail: part(end..words.len()) }
    };
    (parts(&before), parts(&after))
}

fn summary(told: &Comparison) -> String {
    let texts = |count: usize| if count == 1 { "1 text".to_owned() } else { format!("{count} texts") };
    let all = match told.holding {
        0 if told.unread > 0 => return format!("The time did not suffice to look at {}.", texts(told.unread)),
        0 => return "None holds one of its words.".to_owned(),
        holding if told.compared < holding => {
            format!("{} hold one of its words; {} of them were compared", texts(holding), told.compared)
        }
        1 => "1 text holds one of its words".to_owned(),
        holding => format!("{} hold one of its words", texts(holding)),
    };
    let all = match told.changed {
        0 => format!("{all}. None would read differently."),
        changed => format!("{all}. {} would read differently.", texts(changed)),
    };
    match told.unread {
        0 => all,
        unread => format!("{all} The time did not suffice to look at {unread} more."),
    }
}

fn group(title: &'static str, told: &Comparison, readers: &[(String, String)], default: &str) -> Group {
    let summary = summary(told);
    let shown = |change: &ChangedText| {
        let (before, after) = marked(&change.before, &change.after);
        let (address, from) = match change.origin {
            Origin::Message => (String::new(), format!("the example “{}”", change.name)),
            Origin::Entry => (format!("/glossary/concepts/{}", change.name), change.name.clone()),
            Origin::Trial => ("/glossary/trials".to_owned(), format!("trial message {}", change.name)),
        };
        let title = readers.iter().find(|(id, _)| *id == change.reader && id != default);
        Change {
            address,
            from,
            place: change.place.clone(),
            reader: title.map(|(_, title)| title.clone()).unwrap_or_default(),
            before,
            after,
        }
    };
    let mut named: Vec<&str> = told.changes.iter().map(|change| change.text.as_str()).collect();
    named.dedup();
    let more = told.changed.saturating_sub(named.len());
    Group { title, summary, more, changes: told.changes.iter().map(shown).collect() }
}

/// `GET /glossary/concepts/{id}/effect`.
pub(super) async fn show(State(console): State<Arc<Console>>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let Some(curator) = visitor.curator.as_ref().filter(|_| visitor.may(Role::Author)) else {
        return Ok(go_to(&visitor.sign_in_address()));
    };
    let app = &console.desk.app;
    let back = format!("/glossary/concepts/{id}");
    let effect = app.effect(curator, &id).await.map_err(|error| console.sorry(&visitor, &error, &back))?;
    let (readers, default) = (readers(&console), app.readers().default_id().as_str().to_owned());
    let messages = |found: &[Finding]| -> Vec<String> { found.iter().map(|finding| finding.message.clone()).collect() };
    let title = format!("What “{id}” would change");
    let mut groups = vec![
        group("Example messages and sentences of all entries", &effect.golden, &readers, &default),
        group("Your trial messages", &effect.trials, &readers, &default),
    ];
    // What could not be tried was compared with nothing.
    if !effect.problems.is_empty() && effect.golden.holding + effect.trials.holding == 0 {
        groups.clear();
    }
    let content = json!({
        "id": id,
        "title": &title,
        "revision": effect.revision,
        "problems": messages(&effect.problems),
        "warnings": messages(&effect.warnings),
        "groups": groups,
    });
    Ok(console.pages.render(StatusCode::OK, Page::Effect, &title, &visitor, content))
}

#[cfg(test)]
mod tests {
    use super::{Comparison, marked, summary};

    #[test]
    fn what_is_different_stands_between_what_is_not() {
        for (before, after, expected) in [
            ("The kiln is down.", "The shop copy is down.", ("The ", "kiln ", "shop copy ", "is down.")),
            ("a b a", "a b a b a", ("a b ", "", "", "")),
            ("same", "same", ("same", "", "", "")),
            ("", "new", ("", "", "new", "")),
        ] {
            let (one, other) = marked(before, after);
            assert_eq!((&*one.head, &*other.head), (expected.0, expected.0), "{before}");
            for (part, whole) in [(&one, before), (&other, after)] {
                assert_eq!([&*part.head, &part.different, &part.tail].concat(), whole);
            }
            if before.contains("kiln") {
                assert_eq!((&*one.different, &*other.different, &*one.tail), (expected.1, expected.2, expected.3));
            }
        }
    }

    #[test]
    fn counts_are_told_in_a_sentence() {
        for ((holding, compared, changed, unread), expected) in [
            ((0, 0, 0, 0), "None holds one of its words."),
            ((0, 0, 0, 1), "The time did not suffice to look at 1 text."),
            ((1, 1, 0, 0), "1 text holds one of its words. None would read differently."),
            (
                (2, 2, 0, 80),
                "2 texts hold one of its words. None would read differently. The time did not suffice to look at 80 more.",
            ),
            ((3, 3, 1, 0), "3 texts hold one of its words. 1 text would read differently."),
            (
                (900, 400, 12, 0),
                "900 texts hold one of its words; 400 of them were compared. 12 texts would read differently.",
            ),
        ] {
            let told = Comparison { holding, compared, changed, unread, changes: Vec::new() };
            assert_eq!(summary(&told), expected);
        }
    }
}
