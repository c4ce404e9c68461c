//! The readers that people can name, in the spellings that people use.

use crate::{
    engine::{Audience, Engine},
    ids::AudienceId,
};

/// Everyday names of the shipped audiences. An alias whose audience was removed from the content finds nothing.
const ALIASES: &[(&str, &str)] = &[
    ("board", "executive"),
    ("boss", "executive"),
    ("ceo", "executive"),
    ("cfo", "finance"),
    ("customer support", "support"),
    ("customer success", "support"),
    ("dev", "engineer"),
    ("developer", "engineer"),
    ("engineering", "engineer"),
    ("everybody", "general"),
    ("everyone", "general"),
    ("exec", "executive"),
    ("human resources", "hr"),
    ("leadership", "executive"),
    ("management", "executive"),
    ("ops", "operations"),
    ("people", "hr"),
    ("pm", "product"),
];

/// Words around a reader's name that add nothing to it.
const SUFFIXES: &[&str] = &[" team", " people", " department", " folks", " colleagues", " reader", " audience"];

/// One reader, as menus show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Id of the audience.
    pub id: AudienceId,
    /// The name shown to people.
    pub title: String,
}

/// All readers, in menu order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readers {
    all: Vec<Reader>,
    default: AudienceId,
}

impl Readers {
    /// The readers that an engine knows.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
        Self::new(engine.audiences(), &engine.default_audience().id)
    }

    fn new(audiences: &[Audience], default: &str) -> Self {
        let all = audiences
            .iter()
            .map(|audience| Reader { id: AudienceId::new(&*audience.id), title: audience.title.clone() })
            .collect();
        Self { all, default: AudienceId::new(default) }
    }

    /// All readers, in menu order.
    #[must_use]
    pub fn all(&self) -> &[Reader] {
        &self.all
    }

    /// The reader assumed when nobody said otherwise.
    #[must_use]
    pub fn default_id(&self) -> &AudienceId {
        &self.default
    }

    /// The reader with this id.
    #[must_use]
    pub fn get(&self, id: &AudienceId) -> Option<&Reader> {
        self.all.iter().find(|reader| reader.id == *id)
    }

    /// The ids of all readers in a row, for a sentence.
    #[must_use]
    pub fn ids(&self) -> String {
        self.all.iter().map(|reader| reader.id.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The reader that somebody named, by id, title or everyday name: `sales`, `HR`, `the sales team`, `executives`.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<&AudienceId> {
        let lower = typed.trim().to_lowercase();
        let name = lower.strip_prefix("the ").or_else(|| lower.strip_prefix("our ")).unwrap_or(&lower).trim();
        let name = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
        let singular = name.strip_suffix('s').unwrap_or(name);
        self.by_name(name).or_else(|| self.by_name(singular))
    }

    fn by_name(&self, name: &str) -> Option<&AudienceId> {
        let id = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, id)| id);
        self.all
            .iter()
            .find(|reader| reader.id.as_str() == id || reader.title.eq_ignore_ascii_case(id))
            .map(|reader| &reader.id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::Readers;
    use crate::engine::Audience;

    /// A few readers for tests of this module's neighbours.
    pub(in crate::app) fn some_readers() -> Readers {
        let audience =
            |(id, title): (&str, &str)| Audience { id: id.to_owned(), title: title.to_owned(), about: String::new() };
        let all = [
            ("executive", "Executive"),
            ("sales", "Sales"),
            ("hr", "Human resources"),
            ("operations", "Operations"),
            ("general", "Everybody"),
        ];
        Readers::new(&all.map(audience), "general")
    }

    #[test]
    fn people_name_readers_in_many_ways() {
        let readers = some_readers();
        for (typed, expected) in [
            ("sales", Some("sales")),
            (" Sales ", Some("sales")),
            ("the sales team", Some("sales")),
            ("Executives", Some("executive")),
            ("execs", Some("executive")),
            ("our board", Some("executive")),
            ("HR", Some("hr")),
            ("human resources", Some("hr")),
            ("ops folks", Some("operations")),
            ("operation", None),
            ("", None),
            ("wizards", None),
        ] {
            assert_eq!(readers.find(typed).map(|id| id.as_str()), expected, "{typed:?}");
        }
    }
}
