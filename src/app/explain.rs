//! Explaining a term.

use std::sync::Arc;

use super::{App, Depth, ExplanationReply, Reply, Request, Say, ShareTicket, Sharing, known, lately::Lately};
use crate::{
    engine::{Audience, Engine, Explanation, ExplanationStatus, Sight, SourceText},
    ids::AudienceId,
};

/// The longest question about a term.
pub const MAX_QUERY_CHARS: usize = 300;

/// What has more words than this and is not a question is a message that somebody pasted.
const LONGEST_TERM_WORDS: usize = 12;

/// What nobody can explain and has more words than this is one too.
const LONGEST_UNKNOWN_TERM_WORDS: usize = 8;

/// All that the explanation of a term depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Asked {
    query: String,
    audience: String,
    sight: Sight,
    revision: String,
}

/// Entries that were explained lately. What is asked most is entries by their terms, and most of an answer's time is finding them.
#[derive(Debug, Default)]
pub(super) struct ExplainedLately(Lately<Asked, Arc<Explanation>>);

impl ExplainedLately {
    /// The explanation, and whether it is a common one ([`ExplanationReply::is_common`]). Only these are remembered.
    pub(super) fn of(&self, engine: &Engine, query: &str, audience: &Audience) -> (Arc<Explanation>, bool) {
        let asked = Asked {
            query: query.to_owned(),
            audience: audience.id.clone(),
            sight: engine.sight().clone(),
            revision: engine.revision().to_owned(),
        };
        if let Some(explanation) = self.0.get(&asked) {
            return (explanation, true);
        }
        let explanation = Arc::new(engine.explain(query, None, audience));
        // Other words than the entry's own may be somebody's: "CVE-2024-3094 at Kilnworks" is explained by "CVE".
        let is_common = explanation.status == ExplanationStatus::Defined
            && !explanation.is_message
            && explanation.also.is_empty()
            && engine.is_named(&explanation.concept, query);
        if is_common {
            self.0.put(asked, Arc::clone(&explanation));
        }
        (explanation, is_common)
    }
}

impl App {
    /// Explains a term or answers a question. No database and no waiting where the answer goes to one person: this is the path
    /// that must be fastest.
    pub(super) async fn explain(&self, request: &Request, query: &str, reader: Option<&AudienceId>) -> Reply {
        self.explain_in(request, query, None, reader).await
    }

    /// The same for a term of a message.
    pub(super) async fn explain_in(
        &self,
        request: &Request,
        query: &str,
        message: Option<&SourceText>,
        reader: Option<&AudienceId>,
    ) -> Reply {
        let engine = self.engine_at(&request.location);
        let found = self.explained(&engine, request, query, message, reader, Depth::wished(query).unwrap_or_default());
        if request.location.is_among_partners() && found.explanation.status != ExplanationStatus::Defined {
            let among_ourselves = self.engine_at(&request.location.clone().among_partners(false));
            let own = among_ourselves.explain(query, message, self.audience(&among_ourselves, request, reader));
            if own.status == ExplanationStatus::Defined {
                return Reply::Say(Say::told_among_ourselves(&own.asked));
            }
        }
        self.gather_explained(&engine, &found.explanation, request.received_at);
        self.note_explained(request, &found.explanation, &found.reader);
        Reply::Explanation(Box::new(found))
    }

    /// The entries of an explanation at another depth. Nobody picked its reader, who is therefore not remembered,
    /// and nobody asked anew, so nothing is counted.
    pub(super) fn change_depth(&self, request: &Request, entries: &str, reader: &str, depth: Depth) -> Reply {
        match self.readers().find(reader) {
            Some(reader) => Reply::Explanation(Box::new(self.explained_again(request, entries, reader, depth))),
            None => Reply::Say(Say::unknown_reader(reader, &self.readers())),
        }
    }

    /// The explanation that these entries give at a depth.
    pub(super) fn explained_again(
        &self,
        request: &Request,
        entries: &str,
        reader: &AudienceId,
        depth: Depth,
    ) -> ExplanationReply {
        self.explained(&self.engine_at(&request.location), request, entries, None, Some(reader), depth)
    }

    fn explained(
        &self,
        engine: &Engine,
        request: &Request,
        query: &str,
        message: Option<&SourceText>,
        reader: Option<&AudienceId>,
        depth: Depth,
    ) -> ExplanationReply {
        let audience = self.audience(engine, request, reader);
        let (explanation, is_common) = match message {
            None => self.explained.of(engine, query, audience),
            Some(_) => (Arc::new(engine.explain(query, message, audience)), false),
        };
        let marks = self.eyes(request).marks_of(engine, known::explained(&explanation));
        let reader = AudienceId::new(&*audience.id);
        let found = ExplanationReply { is_common, marks, ..ExplanationReply::bare(explanation, reader, depth) };
        let original = request.place.as_ref().and_then(|place| place.original.as_ref());
        let ticket = original.and_then(|original| ShareTicket::of_explanation(&found, original));
        ExplanationReply { sharing: ticket.map_or(Sharing::NotOffered, Sharing::Offered), ..found }
    }

    pub(super) async fn explain_or_rewrite(&self, request: &Request, query: &str, reader: Option<AudienceId>) -> Reply {
        let has_more_words_than = |limit| query.split_whitespace().nth(limit).is_some();
        let is_message = query.chars().nth(MAX_QUERY_CHARS).is_some()
            || (has_more_words_than(LONGEST_TERM_WORDS) && !query.ends_with('?'));
        if !is_message {
            let reply = self.explain(request, query, reader.as_ref()).await;
            let is_unknown = matches!(
                &reply,
                Reply::Explanation(found) if found.explanation.status == ExplanationStatus::Unknown
            );
            if !is_unknown || !has_more_words_than(LONGEST_UNKNOWN_TERM_WORDS) {
                return reply;
            }
        }
        self.rewrite_for(request, &SourceText::new(query), reader.as_ref()).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::ExplainedLately;
    use crate::{
        engine::{ContentFile, Engine},
        seed,
    };

    #[test]
    fn only_what_holds_nobodys_own_words_is_remembered() {
        let engine = Engine::build(&seed::content()).unwrap();
        let lately = ExplainedLately::default();
        let ask = |query: &str| lately.of(&engine, query, engine.default_audience());
        let (first, is_common) = ask("rollback");
        assert!(is_common);
        assert!(Arc::ptr_eq(&first, &ask("rollback").0), "it is there already");
        for query in
            ["CVE-2024-3094 Kilnworks GmbH", "what is p95?", "comment out the Kilnworks check", "flibbertigibbet"]
        {
            assert!(!ask(query).1, "{query}");
            assert!(!Arc::ptr_eq(&ask(query).0, &ask(query).0), "{query}");
        }
    }

    #[test]
    fn another_revision_is_explained_anew() {
        let mut content = seed::content();
        let before = Engine::build(&content).unwrap();
        content.files.push(ContentFile::own(
            "glossary/own.yaml",
            "subject_field: own\nconcepts:\n  - id: xylobrake\n    definition: One kind of brake.\n    terms: [{ text: xylobrake, pos: noun }]\n",
        ));
        let after = Engine::build(&content).unwrap();
        let lately = ExplainedLately::default();
        let of = |engine: &Engine| lately.of(engine, "rollback", engine.default_audience());
        let (old, new) = (of(&before), of(&after));
        assert!(old.1 && new.1 && !Arc::ptr_eq(&old.0, &new.0));
        assert!(Arc::ptr_eq(&old.0, &of(&before).0), "the old one is still there for who began with it");
    }
}
