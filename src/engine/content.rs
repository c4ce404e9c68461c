//! Content files: what an admin can change without touching Rust.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use serde::Deserialize;

/// One file of content, with the path that error messages name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentFile {
    /// Path relative to the content root, for example `glossary/incidents.yaml` or `prompts/audiences/sales.yaml`.
    pub path: String,
    /// The file's text; what is shipped is read where it lies in the program.
    pub text: Cow<'static, str>,
    /// Written by the organisation, not shipped: its terms win over shipped ones.
    pub own: bool,
}

impl ContentFile {
    /// A shipped file with its path and text.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: Cow::Owned(text.to_owned()), own: false }
    }

    /// A file that lies in the program.
    #[must_use]
    pub fn embedded(path: &str, text: &'static str) -> Self {
        Self { path: path.to_owned(), text: Cow::Borrowed(text), own: false }
    }

    /// A file of the organisation's own.
    #[must_use]
    pub fn own(path: &str, text: &str) -> Self {
        Self { own: true, ..Self::new(path, text) }
    }
}

impl ContentFile {
    /// Whether it is a file of concepts, by its place.
    #[must_use]
    pub fn holds_concepts(&self) -> bool {
        self.path.starts_with("glossary/")
            && !self.path.starts_with("glossary/phrases/")
            && self.path != "glossary/respect.yaml"
    }

    /// The file as data of any shape; nothing when it cannot be read so. Files that were compiled can.
    pub(crate) fn data<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        yaml(self).ok()
    }

    /// A file of concepts without those that are out. One that has none of them stays as it is, and so does one of another kind.
    #[must_use]
    pub fn without_concepts<I: AsRef<str> + Ord>(&self, out: &BTreeSet<I>) -> Self {
        if !self.holds_concepts() || !out.iter().any(|id| self.text.contains(id.as_ref())) {
            return self.clone();
        }
        let Some(mut pack) = self.data::<serde_json::Value>() else { return self.clone() };
        if let Some(serde_json::Value::Array(concepts)) = pack.get_mut("concepts") {
            concepts.retain(|concept| {
                let id = concept.get("id").and_then(serde_json::Value::as_str);
                !id.is_some_and(|id| out.iter().any(|out| out.as_ref() == id))
            });
        }
        Self { text: Cow::Owned(pack.to_string()), ..self.clone() }
    }
}

impl Content {
    /// Ids of shipped concepts that the organisation's own files take out of answers.
    #[must_use]
    pub fn retired(&self) -> BTreeSet<String> {
        #[derive(Deserialize)]
        struct Retiring {
            #[serde(default)]
            retired: Vec<String>,
        }
        let own = self.files.iter().filter(|file| file.own && file.holds_concepts() && file.text.contains("retired"));
        own.filter_map(ContentFile::data::<Retiring>).flat_map(|pack| pack.retired).collect()
    }

    /// The same with what was retired taken out of what ships.
    #[must_use]
    pub fn without_retired(self) -> Self {
        let retired = self.retired();
        if retired.is_empty() {
            return self;
        }
        let kept = |file: ContentFile| if file.own { file } else { file.without_concepts(&retired) };
        Self { files: self.files.into_iter().map(kept).collect() }
    }
}

/// All content files, in order: a later entry with the same id replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// The files.
    pub files: Vec<ContentFile>,
}

/// A mistake in a content file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentError {
    /// The file's path.
    pub path: String,
    /// The line, counted from 1; 0 when the mistake concerns the whole file.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for ContentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(formatter, "{}: {}", self.path, self.message)
        } else {
            write!(formatter, "{}:{}: {}", self.path, self.line, self.message)
        }
    }
}

impl std::error::Error for ContentError {}

/// Reads one YAML file into a typed value.
///
/// # Errors
/// The first mistake, with its line.
pub(crate) fn yaml<T: serde::de::DeserializeOwned>(file: &ContentFile) -> Result<T, ContentError> {
    // Shipped packs are embedded as JSON, which is YAML that needs no YAML parser.
    if file.text.starts_with('{') {
        return serde_json::from_str(&file.text).map_err(|error| ContentError {
            path: file.path.clone(),
            line: error.line(),
            message: readable(&error.to_string()),
        });
    }
    serde_saphyr::from_str_with_options(&file.text, yaml_options()).map_err(|error| {
        let line = error.location().map_or(0, |location| usize::try_from(location.line()).unwrap_or(0));
        ContentError { path: file.path.clone(), line, message: readable(&error.to_string()) }
    })
}

/// How YAML is read everywhere: an organisation's whole glossary in one file is several times what the parser takes for an
/// attack.
pub(crate) fn yaml_options() -> serde_saphyr::Options {
    let budget = serde_saphyr::budget! {
        max_nodes: 4_000_000,
        max_events: 16_000_000,
        max_total_scalar_bytes: 256 * 1024 * 1024,
    };
    serde_saphyr::options! { with_snippet: false, budget: budget }
}

/// Whether this is a day as files have it: 2027-03-31.
pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |at: usize| parts.get(at).and_then(|part: &&str| part.parse::<u32>().ok());
    text.len() == 10
        && parts.len() == 3
        && number(0).is_some()
        && number(1).is_some_and(|month| (1..=12).contains(&month))
        && number(2).is_some_and(|day| (1..=31).contains(&day))
}

/// The parser's sentence without its own position, which the error carries already.
fn readable(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    let cut = first.find(" at line ").or_else(|| first.find(" (line ")).unwrap_or(first.len());
    first.get(..cut).unwrap_or(first).to_owned()
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_are_checked() {
        for (date, expected) in
            [("2027-03-31", true), ("2027-3-31", false), ("31.03.2027", false), ("2027-13-01", false), ("", false)]
        {
            assert_eq!(is_date(date), expected, "{date:?}");
        }
    }
}
