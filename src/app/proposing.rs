//! An entry from a colleague's post: the form of a new one beside the post, with the first word of it that has none filled in.
//!
//! Others read an entry, whatever channel the post stood in. So neither its author nor its place comes along, a sentence that names
//! somebody is not offered, and what stands beside the form stays there.

use super::{
    App, FormReply, MAX_TEXT_CHARS, Reply, Say,
    curation::{Concept, CurationError, Example, Examples, Reach, cell},
    keeping::form_told,
};
use crate::engine::{Location, QuotedWord, SourceText, UnknownWord};

/// What is said beside such a form.
pub(crate) const KEPT_OUT: &str =
    "The entry says neither who wrote this post nor where. What you write below, others will read.";

/// A post beside the form of a new entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostBeside {
    /// The post, in canonical text.
    pub words: String,
    /// What looks like jargon in it and has no entry.
    pub unknown: Vec<String>,
    /// What has one that no answer is made with yet.
    pub waiting: Vec<String>,
}

impl PostBeside {
    /// What is shown of it, under titles, in canonical text.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            ("Without an entry", self.unknown.join(", ")),
            ("With an entry that is not in answers yet", self.waiting.join(", ")),
            ("The post", self.words.trim().to_owned()),
        ];
        lines.retain(|(_, text)| !text.is_empty());
        lines
    }
}

impl App {
    /// The form of a new entry beside a post. Whether the person may write one was asked before.
    pub(super) async fn form_from(
        &self,
        reach: &Reach,
        location: &Location,
        post: &str,
    ) -> Result<Reply, CurationError> {
        if post.chars().nth(MAX_TEXT_CHARS).is_some() {
            return Ok(Reply::Say(Say::too_long(MAX_TEXT_CHARS)));
        }
        // An answer knows only what is approved; what a colleague is writing already needs no second entry.
        let written = self.terms_being_written(reach).await?;
        let is_written = |UnknownWord { key, term }: &UnknownWord| {
            written.contains(&term.to_lowercase()) || written.contains(key.as_str())
        };
        let quoted = self.engine_at(location).quoted(&SourceText::new(post)).into_iter();
        let (waiting, unknown): (Vec<_>, Vec<_>) = quoted.partition(|quoted| is_written(&quoted.word));
        let beside = PostBeside {
            words: post.to_owned(),
            unknown: unknown.iter().map(|quoted| quoted.word.term.clone()).collect(),
            waiting: waiting.into_iter().map(|quoted| quoted.word.term).collect(),
        };
        let (term, sentence) = match unknown.into_iter().next() {
            Some(QuotedWord { word, sentence }) => (word.term, sentence),
            None => (String::new(), None),
        };
        let matching = sentence.into_iter().map(Example::Sentence).collect();
        let examples = Examples { matching, ..Examples::default() };
        let draft = Concept { examples, ..Concept::default() };
        let value = |name: &str| if name == "terms" { term.clone() } else { cell(&draft, name) };
        Ok(form_told(FormReply { beside: Some(beside), ..FormReply::of_new(value) }))
    }
}
