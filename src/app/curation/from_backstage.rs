//! The descriptions of a Backstage catalogue (`catalog-info.yaml`) into concepts: what an organisation's services are called,
//! what each is for, to what it belongs and who is asked about it.
//!
//! A catalogue is kept by programs and by those who write them, so what is of no use here is left out and told, and keeps nothing
//! else out. Names stay names: whatever a message says of one stays as it is, with what it is part of behind it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;
use serde_saphyr::Spanned;

use super::{
    Concept, Example, Examples, Term,
    concept::slug,
    exchange::{LeftOut, Place, Reading},
};
use crate::engine::{content::yaml_options, lexicon::is_plain};

/// No definition is read to its end that is longer, in characters.
const LONGEST_DEFINITION: usize = 400;
/// A title that is longer is no name any more, in characters.
const LONGEST_TITLE: usize = 60;
/// Beside these, a name of one everyday word is a name: "the Search service", and not "Search for it".
const NEAR_A_NAME: [&str; 6] = ["service", "component", "system", "team", "deploy", "release"];
/// A sentence without a name of anything.
const NO_MATCH: &str = "The weather is fine.";

/// The kinds of which a glossary says something. Where two bear the same name, the first counts: people mean the program that
/// they see fail before the group that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Component,
    Api,
    System,
    Domain,
    Resource,
}

impl Kind {
    fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "component" => Some(Self::Component),
            "api" => Some(Self::Api),
            "system" => Some(Self::System),
            "domain" => Some(Self::Domain),
            "resource" => Some(Self::Resource),
            _ => None,
        }
    }

    const fn subject_field(self) -> &'static str {
        match self {
            Self::Component => "services",
            Self::Api => "interfaces",
            Self::System => "systems",
            Self::Domain => "business-areas",
            Self::Resource => "resources",
        }
    }

    /// What it is in a few words, with its article.
    fn words(self, of_type: &str) -> String {
        let of_type = of_type.to_ascii_lowercase();
        let words = match (self, of_type.as_str()) {
            (Self::Component, "service") => "a service",
            (Self::Component, "website") => "a website",
            (Self::Component, "library") => "a software library",
            (Self::Component, _) => "a piece of software",
            (Self::Api, _) => "an interface between programs",
            (Self::System, _) => "a group of services",
            (Self::Domain, _) => "an area of the business",
            (Self::Resource, "database") => "a database",
            (Self::Resource, _) => "something that services run on",
        };
        words.to_owned()
    }
}

/// One description.
struct Entity {
    place: Place,
    kind: String,
    namespace: String,
    name: String,
    value: Value,
}

/// How entities refer to each other: `[kind:][namespace/]name`, in any case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    kind: String,
    namespace: String,
    name: String,
}

impl Reference {
    fn parse(text: &str, usual_kind: &str, usual_namespace: &str) -> Self {
        let (kind, rest) = text.split_once(':').unwrap_or((usual_kind, text));
        let (namespace, name) = rest.split_once('/').unwrap_or((usual_namespace, rest));
        Self {
            kind: kind.to_ascii_lowercase(),
            namespace: namespace.to_ascii_lowercase(),
            name: name.to_ascii_lowercase(),
        }
    }

    /// The id of the concept that is made of it.
    fn id(&self) -> String {
        if self.namespace == "default" { slug(&self.name) } else { slug(&format!("{}-{}", self.namespace, self.name)) }
    }
}

/// Reads the files of a catalogue.
///
/// # Errors
/// One is no YAML, or none describes anything.
pub(super) fn read(sources: &[(Option<String>, String)]) -> Result<Reading, String> {
    let mut reading = Reading::default();
    let mut entities: Vec<Entity> = Vec::new();
    for (name, text) in sources {
        let file: Option<Arc<str>> = name.as_deref().map(Arc::from);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let documents: Vec<Spanned<Value>> =
            serde_saphyr::from_multiple_with_options(text, yaml_options()).map_err(|error| unreadable(name, &error))?;
        for document in documents {
            let place = Place { file: file.clone(), line: document.referenced.line() };
            for value in listed(document.value) {
                match Entity::of(place.clone(), value) {
                    Ok(entity) => entities.push(entity),
                    Err(message) => reading.rows.push((place.clone(), Err(message))),
                }
            }
        }
    }
    if entities.is_empty() && reading.rows.is_empty() {
        return Err("Nothing is described here: an entity of Backstage has kind and metadata.".to_owned());
    }
    let titles: BTreeMap<Reference, String> =
        entities.iter().map(|entity| (entity.reference(), entity.shown().to_owned())).collect();
    // The first kind of a name is the one that counts; the order of the report is that of the files.
    let mut bearers: BTreeMap<String, (Kind, usize)> = BTreeMap::new();
    for (number, entity) in entities.iter().enumerate() {
        if let Some(kind) = Kind::parse(&entity.kind) {
            let bearer = bearers.entry(entity.reference().id()).or_insert((kind, number));
            *bearer = (*bearer).min((kind, number));
        }
    }
    for (number, entity) in entities.iter().enumerate() {
        let id = entity.reference().id();
        match (Kind::parse(&entity.kind), bearers.get(&id)) {
            (Some(kind), Some((bearing, bearer))) if *bearer == number || *bearing == kind => {
                reading.rows.push((entity.place.clone(), Ok(entity.concept(kind, &titles))));
            }
            (Some(_), Some((_, bearer))) => {
                let other = entities.get(*bearer).map(|other| format!("{} on {}", other.kind, other.place));
                let message = format!(
                    "“{}” is the name of the {} already, which counts.",
                    entity.name,
                    other.unwrap_or_default()
                );
                reading.left_out.push(LeftOut { place: entity.place.clone(), id, message });
            }
            _ => {
                let message = entity.of_no_use();
                reading.left_out.push(LeftOut { place: entity.place.clone(), id: entity.name.clone(), message });
            }
        }
    }
    Ok(reading)
}

fn unreadable(name: &Option<String>, error: &serde_saphyr::Error) -> String {
    let line = error.location().map(|location| format!("Line {}", location.line())).unwrap_or_default();
    let place = match name {
        Some(name) => format!("{name}, {line}: "),
        None => format!("{line}: "),
    };
    let told = error.to_string();
    format!("{place}{}.", told.lines().next().unwrap_or_default())
}

/// The descriptions in a document: itself, or those of a list that the catalogue's own API gives out.
fn listed(document: Value) -> Vec<Value> {
    match document {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        Value::Object(mut fields)
            if fields.get("items").is_some_and(Value::is_array) && !fields.contains_key("kind") =>
        {
            fields.remove("items").map_or_else(Vec::new, listed)
        }
        other => vec![other],
    }
}

/// The text at a path; numbers and truth values as they are written.
fn text<'v>(value: &'v Value, path: &[&str]) -> Option<std::borrow::Cow<'v, str>> {
    let found = path.iter().try_fold(value, |value, name| value.get(name))?;
    match found {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Into::into),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(is) => Some(is.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The texts of a list at a path.
fn texts(value: &Value, path: &[&str]) -> Vec<String> {
    let found = path.iter().try_fold(value, |value, name| value.get(name));
    let items = found.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| text(item, &[])).map(std::borrow::Cow::into_owned).collect()
}

/// A text on one line, cut at the end of a sentence where it is too long.
fn short(written: &str) -> String {
    let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(LONGEST_DEFINITION) else { return line };
    let kept = line.get(..end).unwrap_or(&line);
    match kept.rfind(". ") {
        Some(stop) => kept.get(..=stop).unwrap_or(kept).to_owned(),
        None => format!("{}…", kept.rsplit_once(' ').map_or(kept, |(words, _)| words)),
    }
}

/// A text as a sentence.
fn sentence(words: &str) -> String {
    let mut signs = words.chars();
    let first: String = signs.next().map(|sign| sign.to_uppercase().collect()).unwrap_or_default();
    let end = if words.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{end}", signs.as_str())
}

impl Entity {
    fn of(place: Place, value: Value) -> Result<Self, String> {
        let kind = text(&value, &["kind"]).map(std::borrow::Cow::into_owned);
        let name = text(&value, &["metadata", "name"]).map(std::borrow::Cow::into_owned);
        let (Some(kind), Some(name)) = (kind, name) else {
            return Err("This describes nothing: an entity of Backstage has a kind and a metadata.name.".to_owned());
        };
        if slug(&name).is_empty() {
            return Err(format!("The name “{name}” has neither letters nor digits."));
        }
        let namespace = text(&value, &["metadata", "namespace"]).unwrap_or("default".into()).to_ascii_lowercase();
        Ok(Self { place, kind, namespace, name, value })
    }

    fn reference(&self) -> Reference {
        Reference {
            kind: self.kind.to_ascii_lowercase(),
            namespace: self.namespace.clone(),
            name: self.name.to_ascii_lowercase(),
        }
    }

    /// What people call it. Groups have a name to show in their profile.
    fn shown(&self) -> &str {
        let shown = |path: &[&str]| {
            let found = path.iter().try_fold(&self.value, |value, name| value.get(name))?.as_str()?;
            Some(found.trim()).filter(|text| !text.is_empty() && text.chars().count() <= LONGEST_TITLE)
        };
        shown(&["metadata", "title"]).or_else(|| shown(&["spec", "profile", "displayName"])).unwrap_or(&self.name)
    }

    fn of_no_use(&self) -> String {
        match self.kind.to_ascii_lowercase().as_str() {
            "group" => "A group is taken in as the owner of what it owns.".to_owned(),
            "location" => "This names other files. Take those in, or the folder with all of them.".to_owned(),
            _ => format!("A glossary says nothing of the kind {}.", self.kind),
        }
    }

    /// The entity at a path, as people call it.
    fn referred(&self, path: &[&str], kind: &str, titles: &BTreeMap<Reference, String>) -> Option<String> {
        let written = text(&self.value, path)?;
        let reference = Reference::parse(&written, kind, &self.namespace);
        // What is not described is named as it was written.
        let name = written.rsplit(['/', ':']).next().unwrap_or(&written);
        Some(titles.get(&reference).map_or_else(|| name.to_owned(), Clone::clone))
    }

    /// What it belongs to, as people call it.
    fn whole(&self, kind: Kind, titles: &BTreeMap<Reference, String>) -> Option<String> {
        match kind {
            Kind::Component | Kind::Api | Kind::Resource => self.referred(&["spec", "system"], "system", titles),
            Kind::System => self.referred(&["spec", "domain"], "domain", titles),
            Kind::Domain => self.referred(&["spec", "subdomainOf"], "domain", titles),
        }
    }

    fn concept(&self, kind: Kind, titles: &BTreeMap<Reference, String>) -> Concept {
        let what = kind.words(&text(&self.value, &["spec", "type"]).unwrap_or_default());
        let belonging = self.whole(kind, titles).map(|whole| format!("{what} of {whole}"));
        let definition =
            text(&self.value, &["metadata", "description"]).map(|description| sentence(&short(&description)));
        let shown = self.shown();
        let is_everyday = is_plain(&shown.to_lowercase());
        let term = |text: &str, status: &str| Term {
            text: text.to_owned(),
            status: Some(status.to_owned()),
            part_of_speech: "name".to_owned(),
            case: None,
        };
        let mut terms = vec![term(shown, "preferred")];
        if !shown.eq_ignore_ascii_case(&self.name) {
            // "Orders are late" is not about the program orders; whoever asks for it finds it all the same.
            let case = is_plain(&self.name.to_lowercase()).then(|| "exact".to_owned());
            terms.push(Term { case, ..term(&self.name, "admitted") });
        }
        let example = if is_everyday {
            format!("The {} service is down.", capital(shown))
        } else {
            format!("There is news about {shown}.")
        };
        Concept {
            id: self.reference().id(),
            subject_field: kind.subject_field().to_owned(),
            definition: definition.unwrap_or_else(|| sentence(belonging.as_deref().unwrap_or(&what))),
            terms,
            gloss: belonging,
            near: if is_everyday { NEAR_A_NAME.map(str::to_owned).to_vec() } else { Vec::new() },
            related: self.neighbours(),
            examples: Examples { matching: vec![Example::Sentence(example)], no_match: vec![NO_MATCH.to_owned()] },
            owner: self.referred(&["spec", "owner"], "group", titles).unwrap_or_default(),
            notes: self.notes(),
            ..Concept::default()
        }
    }

    /// Ids of what it has to do with: its tags, what it is part of, and what it needs and gives.
    fn neighbours(&self) -> Vec<String> {
        let one = |path: &[&str], kind: &str| {
            text(&self.value, path).map(|written| Reference::parse(&written, kind, &self.namespace).id())
        };
        let mut ids: Vec<String> = Vec::new();
        ids.extend(one(&["spec", "system"], "system"));
        ids.extend(one(&["spec", "domain"], "domain"));
        ids.extend(one(&["spec", "subdomainOf"], "domain"));
        for (list, kind) in [
            ("providesApis", "api"),
            ("consumesApis", "api"),
            ("dependsOn", "component"),
            ("dependencyOf", "component"),
        ] {
            let found = texts(&self.value, &["spec", list]).into_iter();
            ids.extend(found.map(|written| Reference::parse(&written, kind, &self.namespace).id()));
        }
        ids.extend(texts(&self.value, &["metadata", "tags"]).iter().map(|tag| slug(tag)));
        let own = self.reference().id();
        let mut seen = BTreeSet::new();
        ids.retain(|id| !id.is_empty() && *id != own && seen.insert(id.clone()));
        ids
    }

    /// What curators should know and no answer tells: where it comes from, its tags, where to read more.
    fn notes(&self) -> String {
        let Reference { kind, namespace, name } = self.reference();
        let mut lines = vec![format!("Backstage: {kind}:{namespace}/{name}")];
        let tags = texts(&self.value, &["metadata", "tags"]);
        if !tags.is_empty() {
            lines.push(format!("Tags: {}", tags.join(", ")));
        }
        let links = self.value.get("metadata").and_then(|metadata| metadata.get("links")).and_then(Value::as_array);
        for link in links.map(Vec::as_slice).unwrap_or_default() {
            let Some(address) = text(link, &["url"]) else { continue };
            lines.push(match text(link, &["title"]) {
                Some(title) => format!("{title}: {address}"),
                None => address.into_owned(),
            });
        }
        lines.join("\n")
    }
}

/// A name with a capital letter, by which an everyday word is told from itself.
fn capital(name: &str) -> String {
    let mut signs = name.chars();
    signs.next().map(|sign| sign.to_uppercase().chain(signs).collect()).unwrap_or_default()
}
