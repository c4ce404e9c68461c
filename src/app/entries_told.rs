//! What every chat tells of entries, in canonical text: what was found, what waits, what an entry says, where it stands and where
//! it is from, and its history.

use super::{
    GlossaryReply, canonical,
    curation::{Comment, ConceptView, Layer, PUBLISHED_LATER, Revision, SCOPE, USUAL_FIELDS, Waiting, Wanted, cell},
    keeping::MOST_FOUND,
};

/// Lines in canonical text, for every chat: what an entry says, and where it stands.
impl GlossaryReply {
    /// The whole of it as text, for where nothing can be pressed.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Found { words, entries, total, .. } => {
                let mut lines = vec![found_heading(words, *total)];
                lines.extend(entries.iter().map(found_line));
                lines.join("\n")
            }
            Self::Queue { handed_in, drafts, wanted, all_wanted, page, .. } => {
                let mut parts = Vec::new();
                for (title, entries) in queue_parts(handed_in, drafts) {
                    parts.push(format!("# {title}\n{}", listed(entries.iter().map(waiting_line), "Nothing.")));
                }
                let title = counted(WANTED, wanted.len(), *all_wanted);
                parts.push(format!("# {title}\n{}", listed(wanted.iter().map(wanted_line), "Nothing.")));
                parts.extend(page.as_deref().map(page_line));
                parts.join("\n\n")
            }
            Self::Entry(entry) => {
                let note = entry.note.iter().map(|note| format!("{note}\n"));
                let lines = entry_lines(&entry.view).into_iter().map(|(title, text)| {
                    if text.contains('\n') { format!("{title}:\n{text}") } else { format!("{title}: {text}") }
                });
                let heading = format!("# {}\n{}", entry.view.concept.preferred(), standing(&entry.view));
                note.chain([heading]).chain(lines).collect::<Vec<_>>().join("\n")
            }
            Self::Form(form) => format!(
                "# {}\nAn entry is written in a form, which cannot be shown here. The glossary's pages have it.",
                form.title
            ),
            Self::History(history) => {
                let heading = format!("# History of “{}”", history.view.concept.preferred());
                let lines = history.revisions.iter().map(|revision| format!("- {}", revision_line(revision)));
                [heading, listed(lines, NEVER_CHANGED)].join("\n")
            }
        }
    }
}

/// What stands above what somebody should know before their words are saved.
pub(crate) const LOOK_FIRST: &str = "Look at these before it is saved";

/// What stands below it.
pub(crate) const ALL_THE_SAME: &str = "It is not saved yet. Change it, or save it all the same.";

/// What a button that saves says besides.
pub(crate) const ANYWAY: &str = "all the same";

/// What stands above the terms that people want.
pub(crate) const WANTED: &str = "What people asked for";

/// What is said of an entry without a history.
pub(crate) const NEVER_CHANGED: &str = "It was never changed here.";

fn listed(lines: impl Iterator<Item = String>, nothing: &str) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { nothing.to_owned() } else { lines.join("\n") }
}

/// What stands above what was found.
pub(crate) fn found_heading(words: &str, total: usize) -> String {
    match (total, words) {
        (0, words) => format!("The glossary has no entry with “{words}” in it."),
        (1, words) => format!("One entry with “{words}” in it:"),
        (total, words) if total > MOST_FOUND => format!("{total} entries with “{words}” in them; the nearest:"),
        (total, words) => format!("{total} entries with “{words}” in them:"),
    }
}

/// What waits, under its titles.
pub(crate) fn queue_parts<'q>(handed_in: &'q Waiting, drafts: &'q Waiting) -> [(String, &'q [ConceptView]); 2] {
    [("Waiting for review", handed_in), ("Drafts", drafts)]
        .map(|(title, waiting)| (counted(title, waiting.entries.len(), waiting.total), waiting.entries.as_slice()))
}

/// A title, and how much of what stands below it is shown when that is not all.
pub(crate) fn counted(title: &str, shown: usize, total: usize) -> String {
    if total > shown { format!("{title} ({shown} of {total})") } else { title.to_owned() }
}

/// The way to the page that has all of it.
pub(crate) fn page_line(address: &str) -> String {
    let mut line = String::new();
    canonical::push_link(&mut line, address, Some("All of it, on the glossary’s pages"));
    line
}

/// An entry in one line of what was found, which others may read: nobody is named.
pub(crate) fn found_line(view: &ConceptView) -> String {
    format!("- {} ({}): {}", view.concept.preferred(), place(view), view.concept.definition_told())
}

/// An entry in one line of what waits.
pub(crate) fn waiting_line(view: &ConceptView) -> String {
    format!("- {} ({}): {}", view.concept.preferred(), standing(view), view.concept.definition_told())
}

/// A wanted definition in one line of a list.
pub(crate) fn wanted_line(wanted: &Wanted) -> String {
    let people = if wanted.people == 1 { "1 person".to_owned() } else { format!("{} people", wanted.people) };
    format!("- {} ({people})", wanted.term)
}

fn place(view: &ConceptView) -> String {
    let status = view.status.replace('_', " ");
    format!("{}, {status}", view.concept.subject_field.replace(['_', '-'], " "))
}

/// Where an entry stands, and by whom, in a few words.
pub(crate) fn standing(view: &ConceptView) -> String {
    match (view.revision, &view.updated_by) {
        (0, _) | (_, None) => place(view),
        (revision, Some(by)) => format!("{}, revision {revision} by {by}", place(view)),
    }
}

/// The layer that an entry comes from, and what it lies over.
pub(crate) fn origin(view: &ConceptView) -> String {
    let own = match view.layer {
        Layer::Live => "changed here",
        below => below.told(),
    };
    let over: Vec<&str> = view.overrides.iter().map(|layer| layer.told()).collect();
    if over.is_empty() { own.to_owned() } else { format!("{own}, over {}", over.join(" and ")) }
}

/// What an entry says, under titles, in canonical text.
pub(crate) fn entry_lines(view: &ConceptView) -> Vec<(&'static str, String)> {
    let concept = &view.concept;
    let shown = |name: &str| {
        let cell = cell(concept, name);
        let lines: Vec<String> =
            cell.lines().filter(|line| !line.is_empty()).map(|line| line.replace(" | ", ", ")).collect();
        if lines.len() > 1 {
            lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
        } else {
            lines.concat()
        }
    };
    let mut lines: Vec<(&'static str, String)> = USUAL_FIELDS
        .iter()
        .filter(|kind| kind.name != "subject_field")
        .map(|kind| (kind.title, shown(kind.name)))
        .collect();
    lines.push((SCOPE.title, shown(SCOPE.name)));
    lines.push(("Owner", concept.owner.clone()));
    lines.push(("Where it is from", origin(view)));
    if view.is_pending() {
        let now = match view.live_revision {
            Some(revision) => format!("not with this yet, but with revision {revision}"),
            None if view.overrides.is_empty() => "not with this yet".to_owned(),
            None => "not with this yet, but with what lies below it".to_owned(),
        };
        lines.push(("Answers are made", now));
    }
    lines.push(("What it would change", view.tried.clone()));
    let warnings = view.warnings.iter().filter(|warning| warning.message != PUBLISHED_LATER);
    let warnings: Vec<&str> = warnings.map(|warning| warning.message.as_str()).collect();
    lines.push(("Good to know", warnings.join(" ")));
    lines.push(("Comments", view.said_last.iter().map(comment_line).collect::<Vec<_>>().join("\n")));
    lines.retain(|(_, text)| !text.is_empty());
    lines
}

/// A moment, which stands as `2026-11-25T09:30:05Z`, as people read it: `2026-11-25 09:30 UTC`.
pub(crate) fn minute(moment: &str) -> String {
    let (day, time) = moment.split_once('T').unwrap_or((moment, ""));
    time.get(..5).map_or_else(|| day.to_owned(), |time| format!("{day} {time} UTC"))
}

/// A comment in one line, which calls nobody.
fn comment_line(comment: &Comment) -> String {
    let moment = minute(&comment.time);
    let mut line = "- ".to_owned();
    canonical::push_raw(&mut line, &format!("{}, {moment}: {}", comment.author, comment.text.replace('\n', " ")));
    line
}

/// A revision in one line.
pub(crate) fn revision_line(revision: &Revision) -> String {
    let moment = minute(&revision.time);
    let live = if revision.is_live { ", in answers" } else { "" };
    let reason = if revision.reason.is_empty() { String::new() } else { format!(": {}", revision.reason) };
    format!("Revision {} {} by {}, {moment}{live}{reason}", revision.revision, revision.action, revision.actor)
}
