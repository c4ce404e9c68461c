//! The draft editor: what up to three readers will take from a text before it is sent, and posting it once its author
//! approves.

use serde::{Deserialize, Serialize};

use super::{
    App, Credit, Destination, Post, PostedText, Reply, Request, RewriteReply, Say,
    command::{is_one_of, split_word},
    known::Eyes,
    pending::Kept,
    rewrite::MAX_TEXT_CHARS,
    share::digest,
};
use crate::{
    engine::{Draft, Engine, Review, SourceText},
    ids::{AudienceId, PendingId},
};

/// More readers than this at once nobody compares.
pub const MOST_READERS: usize = 3;

/// A draft with what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftReply {
    /// The text as its author wrote it; empty at first.
    pub text: String,
    /// Who it is for.
    pub readers: Vec<AudienceId>,
    /// What each of them takes from it; none before it was checked.
    pub checks: Vec<DraftCheck>,
    /// The kept text, so that it can be posted once it was checked, and the editor opened with it where it does not open at once;
    /// `None` when there is none, or it could not be kept.
    pub pending: Option<PendingId>,
    /// Why it was not checked; the text stays where it is.
    pub note: Option<Say>,
}

/// What one reader takes from a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftCheck {
    /// The reader, as people name them.
    pub title: String,
    /// What they take from it.
    pub version: RewriteReply,
    /// What they may stumble over.
    pub review: Review,
    /// What the words of the version hash to.
    pub digest: String,
}

/// Which words are posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DraftVersion {
    /// The author's own.
    Own,
    /// Those for one reader, when they are still the ones that were read.
    For {
        /// The reader.
        reader: AudienceId,
        /// What the words hash to.
        digest: String,
    },
}

/// `draft`, `draft TEXT`, `draft: TEXT`, `check my draft`. A message whose subject is a draft is a message: "Draft PR is up for
/// review".
pub(super) fn typed(text: &str) -> Option<&str> {
    /// What a draft is one of, and what is said of it.
    const SUBJECTS: &[&str] = &[
        "pr", "prs", "mr", "mrs", "pull", "merge", "release", "releases", "version", "versions", "of", "is", "was",
        "are", "were", "has", "have", "had", "will", "can", "looks", "mode", "status", "agenda", "and", "or",
    ];
    if is_one_of(text, &["draft", "check draft", "check a draft", "check my draft", "new draft"]) {
        return Some("");
    }
    if let Some((verb, body)) = text.split_once(':')
        && is_one_of(verb.trim(), &["draft", "check draft"])
    {
        return Some(body.trim());
    }
    let (verb, body) = split_word(text);
    let (next, _) = split_word(body);
    let is_subject = is_one_of(next.trim_end_matches([',', '.', ';', '!', '?']), SUBJECTS);
    (is_one_of(verb, &["draft"]) && !is_subject).then_some(body)
}

impl App {
    pub(super) async fn open_draft(&self, request: &Request, text: &str, readers: &[AudienceId]) -> Reply {
        let pending = match text.trim() {
            "" => None,
            text => self.keep(request, &SourceText::new(text)).await,
        };
        self.draft_to_check(request, text, readers, pending)
    }

    /// The editor with a draft that was kept.
    pub(super) async fn reopen_draft(&self, request: &Request, pending: &PendingId, readers: &[AudienceId]) -> Reply {
        match self.kept(request, pending).await {
            Ok(Some(kept)) => self.draft_to_check(request, kept.source.text(), readers, Some(pending.clone())),
            Ok(None) => Reply::Say(Say::expired()),
            Err(()) => Reply::Say(Say::unavailable()),
        }
    }

    fn draft_to_check(&self, request: &Request, text: &str, named: &[AudienceId], pending: Option<PendingId>) -> Reply {
        let mut readers: Vec<AudienceId> = named.iter().take(MOST_READERS).cloned().collect();
        if readers.is_empty() {
            readers.push(self.reader(request));
        }
        let text = text.to_owned();
        Reply::Draft(Box::new(DraftReply { text, readers, checks: Vec::new(), pending, note: None }))
    }

    /// What was written and chosen, and why it was not checked.
    fn unchecked_draft(&self, request: &Request, source: &SourceText, mut readers: Vec<AudienceId>, why: Say) -> Reply {
        if readers.is_empty() {
            readers.push(self.reader(request));
        }
        let text = source.text().to_owned();
        Reply::Draft(Box::new(DraftReply { text, readers, checks: Vec::new(), pending: None, note: Some(why) }))
    }

    pub(super) async fn check_draft(&self, request: &Request, source: &SourceText, readers: &[String]) -> Reply {
        if source.text().trim().is_empty() {
            return Reply::Say(Say::nothing_to_rewrite());
        }
        if source.text().chars().nth(MAX_TEXT_CHARS).is_some() {
            return Reply::Say(Say::too_long(MAX_TEXT_CHARS));
        }
        let mut chosen: Vec<AudienceId> = Vec::new();
        for reader in readers {
            match self.readers().find(reader) {
                Some(id) if !chosen.contains(id) => chosen.push(id.clone()),
                Some(_) => {}
                None => {
                    let why = Say::unknown_reader(reader, &self.readers());
                    return self.unchecked_draft(request, source, chosen, why);
                }
            }
        }
        if chosen.is_empty() {
            chosen.push(self.reader(request));
        }
        if chosen.len() > MOST_READERS {
            chosen.truncate(MOST_READERS);
            return self.unchecked_draft(request, source, chosen, Say::too_many_readers(MOST_READERS));
        }
        let pending = self.keep(request, source).await;
        let kept = Kept { place: None, ..Kept::of(request, source) };
        let engine = self.engine_at(&kept.location);
        let checks =
            chosen.iter().map(|reader| self.check_for(&engine, request, &kept, reader, pending.as_ref())).collect();
        let text = source.text().to_owned();
        Reply::Draft(Box::new(DraftReply { text, readers: chosen, checks, pending, note: None }))
    }

    fn check_for(
        &self,
        engine: &Engine,
        request: &Request,
        kept: &Kept,
        reader: &AudienceId,
        pending: Option<&PendingId>,
    ) -> DraftCheck {
        let audience = self.audience(engine, request, Some(reader));
        let review = engine.check(&kept.source, audience, Draft::Message);
        let version = self.render(engine, request, kept.clone(), Some(reader), pending.cloned(), &Eyes::Everybodys);
        DraftCheck { title: audience.title.clone(), digest: digest(&version.rendering), version, review }
    }

    /// Shows what can be posted, word for word, before anything is.
    pub(super) async fn prepare_post(&self, request: &Request, pending: &PendingId, readers: &[AudienceId]) -> Reply {
        match self.kept(request, pending).await {
            Ok(Some(kept)) => {
                let readers: Vec<AudienceId> = readers.iter().take(MOST_READERS).cloned().collect();
                let engine = self.engine_at(&kept.location);
                let check = |reader| self.check_for(&engine, request, &kept, reader, Some(pending));
                let checks = readers.iter().map(check).collect();
                let text = kept.source.text().to_owned();
                let pending = Some(pending.clone());
                Reply::DraftPost(Box::new(DraftReply { text, readers, checks, pending, note: None }))
            }
            Ok(None) => Reply::Say(Say::expired()),
            Err(()) => Reply::Say(Say::unavailable()),
        }
    }

    pub(super) async fn post_draft(
        &self,
        request: &Request,
        pending: &PendingId,
        version: &DraftVersion,
        to: &Destination,
    ) -> Reply {
        let kept = match self.kept(request, pending).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return Reply::Say(Say::expired()),
            Err(()) => return Reply::Say(Say::unavailable()),
        };
        let text = match version {
            DraftVersion::Own => PostedText::Own(kept.source),
            DraftVersion::For { reader, digest: approved } => {
                let check = self.check_for(&self.engine_at(&kept.location), request, &kept, reader, None);
                if check.digest != *approved {
                    return Reply::Say(Say::words_have_changed());
                }
                let among_partners = kept.location.clone().among_partners(true);
                let is_for_own_people = request.location.is_among_partners()
                    && self.check_for(&self.engine_at(&among_partners), request, &kept, reader, None).digest
                        != *approved;
                if is_for_own_people {
                    return Reply::Say(Say::for_own_people());
                }
                PostedText::Rewrite { rendering: Box::new(check.version.rendering), reader: check.title }
            }
        };
        Reply::Post(Box::new(Post {
            to: to.clone(),
            done: Reply::Say(Say::posted()),
            refused: Reply::Copy(text.clone()),
            text,
            credit: Credit { approved_by: request.actor.person.clone(), original: None },
        }))
    }
}
