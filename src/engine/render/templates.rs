//! Templates: one file for each kind of message, rendered in a sandbox and read back as headline, sections and questions.
//!
//! A template writes lines: `# headline`, `? slot | question`, and where a section should not be told in the usual way,
//! `## slot | Title` followed by its text. Slots that it does not write are told under the titles of `reading.yaml`.
//! It gets `slots` (slot → what is told under its heading), `read` (slot → whether the message says something of it), `lead` (slot → short clauses without full stop), `stated` (who, when, duration,
//! money, data … → whether the message says so; all of them in `open.rs`), `main` (the sentence that matters most), `outcome`, `state`, `action`, `title` and `kind`; the filters are `fit(n)`,
//! `text`, `upper_first`.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use super::inflected::capitalised;
use crate::engine::content::{ContentError, ContentFile};
use crate::engine::lexicon::is_plain;

/// Steps a template may take; the shipped ones need about a tenth.
const FUEL: u64 = 50_000;
/// A headline of more words gets no second part.
const SHORT_HEADLINE: usize = 11;
/// The longest output a template may make, in bytes; fuel stops loops but not memory.
const LONGEST_OUTPUT: usize = 256 * 1024;
const VARIABLES: [&str; 10] =
    ["slots", "read", "lead", "stated", "main", "outcome", "state", "action", "title", "kind"];

/// What a template sees.
#[derive(Debug, Default, Serialize)]
pub(super) struct Context {
    pub(super) slots: BTreeMap<String, Vec<Said>>,
    pub(super) read: BTreeMap<String, bool>,
    pub(super) lead: BTreeMap<String, Vec<String>>,
    pub(super) stated: BTreeMap<String, bool>,
    pub(super) main: String,
    pub(super) outcome: String,
    pub(super) state: String,
    pub(super) action: String,
    pub(super) title: String,
    pub(super) kind: String,
}

/// A sentence, and how the author laid it out.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Said {
    pub(super) text: String,
    /// It begins an item of a list.
    pub(super) item: bool,
    /// It goes on with an item, so it stays on its line.
    pub(super) goes_on: bool,
    /// In a thread: the turn it was said in.
    #[serde(skip)]
    pub(super) turn: Option<usize>,
    /// Where it stands among the statements.
    #[serde(skip)]
    pub(super) position: usize,
    /// Its own words say that it belongs under its heading.
    #[serde(skip)]
    pub(super) is_evident: bool,
    /// The clause that the sentence is, when it is nothing else: no figures put together, no sum behind it.
    #[serde(skip)]
    pub(super) clause: Option<String>,
}

impl Said {
    /// A sentence that stands beside those of the message.
    pub(super) fn beside(text: impl Into<String>, item: bool) -> Self {
        Self { text: text.into(), item, goes_on: false, turn: None, position: 0, is_evident: true, clause: None }
    }

    /// Sentences of a slot as one text: running prose, items of a list on lines of their own.
    pub(super) fn paragraph(sentences: &[Said]) -> String {
        let list = sentences.iter().filter(|said| said.item).count() > 1;
        let mut text = String::new();
        let mut below_list = false;
        for (position, said) in sentences.iter().enumerate() {
            let announces = list && sentences.get(position + 1).is_some_and(|next| next.item);
            let ends_list = below_list && !said.item && !said.goes_on;
            let (gap, mark) = match list {
                true if said.item => ("\n", "- "),
                true if ends_list => ("\n", ""),
                _ => (" ", ""),
            };
            below_list = said.item || below_list && said.goes_on;
            if !text.is_empty() {
                text.push_str(gap);
            }
            text.push_str(mark);
            text.push_str(&said.text);
            // The list itself is told elsewhere, or has one item.
            if text.ends_with(':') && !announces {
                text.pop();
                text.push('.');
            }
        }
        text
    }
}

/// What a template says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Composition {
    pub(super) headline: String,
    pub(super) sections: Vec<(String, String, String)>,
    pub(super) questions: Vec<(String, String)>,
}

/// The compiled templates of a revision.
#[derive(Debug)]
pub(crate) struct Templates {
    environment: Environment<'static>,
    names: Vec<String>,
}

impl Templates {
    /// Compiles template files; the name is the file's stem.
    ///
    /// # Errors
    /// Every file with a mistake, with its line.
    pub(crate) fn new(files: &[&ContentFile]) -> Result<Self, Vec<ContentError>> {
        let mut environment = Environment::empty();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.add_filter("fit", fit);
        environment.add_filter("text", text);
        environment.add_filter("upper_first", |words: String| capitalised(&words));
        let mut errors = Vec::new();
        let mut names = Vec::new();
        for file in files {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path).trim_end_matches(".j2").to_owned();
            if let Err(error) = environment.add_template_owned(name.clone(), file.text.clone()) {
                errors.push(refusal(file, &error));
                continue;
            }
            if let Ok(template) = environment.get_template(&name) {
                let mut unknown: Vec<String> = template
                    .undeclared_variables(false)
                    .into_iter()
                    .filter(|used| !VARIABLES.contains(&used.as_str()))
                    .collect();
                unknown.sort();
                for used in unknown {
                    let line = file.text.lines().position(|line| line.contains(&used)).map_or(0, |line| line + 1);
                    errors.push(ContentError {
                        path: file.path.clone(),
                        line,
                        message: format!("there is no variable {used:?}; use one of {}", VARIABLES.join(", ")),
                    });
                }
            }
            names.push(name);
        }
        if !names.iter().any(|name| name == "generic") && errors.is_empty() {
            errors.push(ContentError {
                path: "prompts/templates".into(),
                line: 0,
                message: "there is no generic.j2; it is used for messages of no other kind".into(),
            });
        }
        // A first rendering finds mistakes that compiling cannot, such as unknown filters.
        let templates = Self { environment, names };
        for file in files {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path).trim_end_matches(".j2");
            if errors.iter().all(|error| error.path != file.path)
                && let Err(error) = templates.render(name, &Context::default())
            {
                errors.push(refusal(file, &error));
            }
        }
        if errors.is_empty() { Ok(templates) } else { Err(errors) }
    }

    fn render(&self, name: &str, context: &Context) -> Result<String, Error> {
        let mut output = Capped::default();
        self.environment.get_template(name)?.render_captured_to(Value::from(Serde(context)), &mut output)?;
        String::from_utf8(output.bytes).map_err(|_| Error::new(ErrorKind::InvalidOperation, "the output is not text"))
    }

    /// Renders the template of a kind; `None` when it broke a limit, which is then a notice for the reader.
    pub(super) fn compose(&self, kind: &str, context: &Context) -> Option<Composition> {
        let name = if self.names.iter().any(|known| known == kind) { kind } else { "generic" };
        let text = self.render(name, context).ok()?;
        Some(read_back(&text))
    }
}

/// A writer that refuses to grow without bound.
#[derive(Default)]
struct Capped {
    bytes: Vec<u8>,
}

impl std::io::Write for Capped {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + part.len() > LONGEST_OUTPUT {
            return Err(std::io::Error::other("the template's output is too long"));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn refusal(file: &ContentFile, error: &Error) -> ContentError {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    ContentError {
        path: file.path.clone(),
        line: error.line().unwrap_or(0),
        message: format!("the template cannot be used: {what}"),
    }
}

fn read_back(text: &str) -> Composition {
    let mut composition = Composition::default();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let (slot, title) = heading.split_once('|').unwrap_or((heading, heading));
            composition.sections.push((slot.trim().to_owned(), title.trim().to_owned(), String::new()));
        } else if let Some(headline) = line.strip_prefix("# ") {
            composition.headline = headline.trim().to_owned();
        } else if let Some(question) = line.strip_prefix("? ") {
            if let Some((slot, question)) = question.split_once('|') {
                composition.questions.push((slot.trim().to_owned(), question.trim().to_owned()));
            }
        } else if let Some((_, _, body)) = composition.sections.last_mut()
            && !line.trim().is_empty()
        {
            if !body.is_empty() {
                // What follows a list stands below it.
                let below = body.rsplit('\n').next().is_some_and(|last| last.starts_with("- "));
                body.push(if line.starts_with("- ") || below { '\n' } else { ' ' });
            }
            body.push_str(line.trim_end());
        }
    }
    composition
}

/// The first clause that fits into `limit` words, and a second one behind "; " while the first is short: of each slot the
/// first that fits.
fn fit(parts: Vec<Value>, limit: usize) -> Result<String, Error> {
    if limit == 0 {
        return Err(Error::new(ErrorKind::InvalidOperation, "fit needs a number of words, for example fit(20)"));
    }
    let mut chosen: Vec<String> = Vec::new();
    let mut words = 0;
    for part in parts {
        let candidates: Vec<String> = match part.as_str() {
            Some(text) => vec![text.to_owned()],
            None => part
                .try_iter()
                .map(|items| items.filter_map(|item| item.as_str().map(str::to_owned)).collect())
                .unwrap_or_default(),
        };
        let fits = candidates.into_iter().find(|text| {
            let length = text.split_whitespace().count();
            length > 0 && words + length <= limit && !chosen.iter().any(|known| known.eq_ignore_ascii_case(text))
        });
        // A headline is one thought; a second part only completes a short one.
        let open = chosen.is_empty() || chosen.len() < 2 && words <= SHORT_HEADLINE;
        if let Some(text) = fits.filter(|_| open) {
            words += text.split_whitespace().count();
            chosen.push(if chosen.is_empty() { text } else { uncapitalised(&text) });
        }
    }
    Ok(chosen.join("; "))
}

/// Lower case for the first letter of a part that goes on after a semicolon, unless it is a name or an acronym.
pub(super) fn uncapitalised(text: &str) -> String {
    let first: String = text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’')).collect();
    let lower = first.to_lowercase();
    let head = lower.split(['-', '\'', '’']).next().unwrap_or_default();
    let everyday = is_plain(head);
    let acronym = first.chars().filter(|c| c.is_uppercase()).count() > 1;
    let mut characters = text.chars();
    match characters.next() {
        Some(letter) if everyday && !acronym && head != "i" => letter.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

/// What a slot says, in one text.
fn text(sentences: Value) -> String {
    let Ok(items) = sentences.try_iter() else { return String::new() };
    let said: Vec<Said> = items
        .filter_map(|item| {
            let text = item.get_attr("text").ok()?.as_str()?.to_owned();
            let flag = |name: &str| item.get_attr(name).is_ok_and(|value| value.is_true());
            let (item, goes_on) = (flag("item"), flag("goes_on"));
            Some(Said { text, item, goes_on, turn: None, position: 0, is_evident: true, clause: None })
        })
        .collect();
    Said::paragraph(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(text: &str) -> Result<Templates, Vec<ContentError>> {
        Templates::new(&[&ContentFile::new("prompts/templates/generic.j2", text)])
    }

    #[test]
    fn mistakes_name_line_and_mend() {
        for (text, line, expected) in [
            ("# {{ lead.impact | fit(20) }\n", 1, "cannot be used"),
            ("# x\n{{ leed.impact }}\n", 2, "no variable \"leed\"; use one of slots"),
            ("# {{ lead | upper_frist }}\n", 1, "cannot be used"),
        ] {
            let errors = compile(text).unwrap_err();
            assert_eq!(errors[0].line, line, "{text}");
            assert!(errors[0].message.contains(expected), "{}", errors[0].message);
        }
    }

    #[test]
    fn an_endless_template_is_stopped() {
        let templates = compile("# {% for a in slots %}{% for b in slots %}{% for c in slots %}{% for d in slots %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}\n").unwrap();
        let mut context = Context::default();
        for index in 0..100 {
            context.slots.insert(format!("s{index}"), vec![]);
        }
        assert_eq!(templates.compose("generic", &context), None);
    }

    #[test]
    fn lines_become_headline_sections_and_questions() {
        let templates = compile("# {{ [state, lead.impact, action] | fit(9) }}\n{% if slots.impact %}\n## impact | Impact\n{{ slots.impact | text }}\n{% endif %}\n? who | Who?\n").unwrap();
        let mut context = Context {
            state: "Checkout is slow".into(),
            action: "The change is being undone".into(),
            ..Context::default()
        };
        let said = |text: &str| Said::beside(text, false);
        context.slots.insert("impact".into(), vec![said("One."), said("Two.")]);
        let composition = templates.compose("generic", &context).unwrap();
        assert_eq!(composition.headline, "Checkout is slow; the change is being undone");
        assert_eq!(composition.sections, vec![("impact".into(), "Impact".into(), "One. Two.".into())]);
        assert_eq!(composition.questions, vec![("who".into(), "Who?".into())]);
    }
}
