//! `upshot eval`: quality figures over a corpus file, the same on every machine except for the time.
//!
//! A line is `{"id", "text", "audience"?, "jargon"?: [term], "asks"?: [text]}`. What the figures mean is said in
//! `docs/quality.md`.

use std::{
    fs,
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::{
    Failure, Outcome,
    args::{EvalArgs, VerifyFormat},
    engine,
};
use crate::{
    app::typed,
    clock,
    engine::{Engine, ExplanationStatus, FactStatus, Rendering, SourceText, Verdict, lexicon::Lexicon},
};

#[derive(Deserialize)]
struct Record {
    id: serde_json::Value,
    text: String,
    #[serde(default)]
    audience: Option<String>,
    #[serde(default)]
    jargon: Vec<String>,
    #[serde(default)]
    asks: Option<Vec<serde_json::Value>>,
}

/// The figures of a corpus.
#[derive(Debug, Default, Serialize)]
struct Figures {
    messages: usize,
    facts: usize,
    facts_kept: usize,
    facts_derived: usize,
    facts_missing: Vec<String>,
    /// Values or names in plain, headline or sections that neither the source nor the ledger explains.
    values_without_origin: Vec<String>,
    /// Negations, hedges or conditions that changed between source and plain.
    polarity_changes: Vec<String>,
    sentences_kept: usize,
    replacements: usize,
    jargon_terms: usize,
    jargon_left: usize,
    jargon_explained: usize,
    asks_agree: usize,
    asks_known: usize,
    headline_words: Vec<usize>,
    section_sentence_words: Vec<usize>,
    words: usize,
    uncommon_words: usize,
    micros: Vec<u64>,
    kinds: std::collections::BTreeMap<String, usize>,
    broken_lines: Vec<usize>,
}

pub(super) fn run(args: &EvalArgs) -> Outcome {
    let text = fs::read_to_string(&args.corpus).with_context(|| format!("{} cannot be read", args.corpus.display()))?;
    let engine = engine()?;
    let mut figures = Figures::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Record>(line) {
            Ok(record) => measure(engine, &record, &mut figures)?,
            Err(error) => {
                super::complain(&format!("line {}: {error}", number + 1));
                figures.broken_lines.push(number + 1);
            }
        }
    }
    if figures.messages == 0 {
        return Err(Failure::Usage(format!(
            "{} holds no message; write one {{\"id\", \"text\"}} a line",
            args.corpus.display()
        )));
    }
    let output = match args.format {
        VerifyFormat::Json => serde_json::to_string(&figures)? + "\n",
        VerifyFormat::Text => table(&figures),
    };
    io::stdout().write_all(output.as_bytes())?;
    let clean =
        figures.broken_lines.is_empty() && figures.facts_missing.is_empty() && figures.values_without_origin.is_empty();
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measure(engine: &Engine, record: &Record, figures: &mut Figures) -> Result<(), Failure> {
    let reader = record.audience.as_deref().unwrap_or("general");
    let audience = engine.audience(reader).ok_or_else(|| {
        let known: Vec<&str> = engine.audiences().iter().map(|audience| audience.id.as_str()).collect();
        Failure::Usage(format!("{}: there is no audience {reader:?}; use one of {}", record.id, known.join(", ")))
    })?;
    let source = typed(&record.text);
    let started = clock::Stopwatch::start();
    let rendering = engine.rewrite(&source, audience);
    figures.micros.push(started.elapsed_us());
    figures.messages += 1;
    *figures.kinds.entry(rendering.kind.clone()).or_default() += 1;
    facts(&rendering, record, figures);
    origins(engine, &source, &rendering, record, figures);
    style(&rendering, figures);
    figures.sentences_kept += rendering.notices.iter().filter(|notice| notice.code == "kept_sentence").count();
    figures.replacements += rendering.changes.len();
    let plain = rendering.plain.to_lowercase();
    for term in &record.jargon {
        figures.jargon_terms += 1;
        figures.jargon_left += usize::from(holds_word(&plain, &term.to_lowercase()));
        let known = engine.explain(term, Some(&source), audience).status == ExplanationStatus::Defined;
        figures.jargon_explained += usize::from(known);
    }
    if let Some(asks) = &record.asks {
        figures.asks_known += 1;
        figures.asks_agree += usize::from(asks.is_empty() == rendering.asks.is_empty());
    }
    Ok(())
}

fn facts(rendering: &Rendering, record: &Record, figures: &mut Figures) {
    for fact in &rendering.facts {
        match fact.status {
            FactStatus::Derived => figures.facts_derived += 1,
            FactStatus::Kept => {
                figures.facts += 1;
                figures.facts_kept += 1;
            }
            FactStatus::Missing => {
                figures.facts += 1;
                figures.facts_missing.push(format!("{}: {} {}", record.id, fact.kind, fact.source));
            }
        }
    }
}

/// The ledger judges the product's own output as it would judge anybody's.
fn origins(engine: &Engine, source: &SourceText, rendering: &Rendering, record: &Record, figures: &mut Figures) {
    let derived: Vec<&str> = rendering
        .facts
        .iter()
        .filter(|fact| fact.status == FactStatus::Derived)
        .map(|fact| fact.output.as_str())
        .collect();
    let mut upshot = format!("{}\n", rendering.headline);
    for section in &rendering.sections {
        upshot.push_str(&section.text);
        upshot.push('\n');
    }
    for (text, complete) in [(rendering.plain.as_str(), true), (upshot.as_str(), false)] {
        let Verdict::Unfaithful(found) = engine.verify(source, &SourceText::new(text)) else { continue };
        for discrepancy in found {
            let line = format!("{}: {} {}", record.id, discrepancy.code, discrepancy.candidate);
            match discrepancy.code.as_str() {
                "unstated_fact" | "unstated_name"
                    if derived.iter().any(|amount| amount.contains(&discrepancy.candidate)) => {}
                "unstated_fact" | "unstated_name" => figures.values_without_origin.push(line),
                "missing_fact" => {}
                _ if complete => figures.polarity_changes.push(line),
                _ => {}
            }
        }
    }
}

fn style(rendering: &Rendering, figures: &mut Figures) {
    let count = |text: &str| text.split_whitespace().count();
    figures.headline_words.push(count(&rendering.headline));
    for section in &rendering.sections {
        for sentence in section.text.split_inclusive(['.', '!', '?', ';']) {
            // A dot inside a name or number is no end; what is left then is too short to count as a sentence.
            if count(sentence) > 2 {
                figures.section_sentence_words.push(count(sentence));
            }
        }
    }
    for word in rendering.plain.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2) {
        figures.words += 1;
        let lower = word.to_lowercase();
        let lexicon = Lexicon::embedded();
        let common = lexicon.lookup(&lower).is_some_and(|entry| {
            entry.is_plain()
                || [entry.noun_lemma(&lower), entry.verb_lemma(&lower)]
                    .iter()
                    .any(|lemma| lexicon.lookup(lemma).is_some_and(|base| base.is_plain()))
        });
        figures.uncommon_words += usize::from(!common);
    }
}

/// Whether `text` holds `word` between boundaries; both are in lower case.
fn holds_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn table(figures: &Figures) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
    row("messages", figures.messages.to_string());
    row("typed facts kept", share(figures.facts_kept, figures.facts));
    row("derived figures", figures.facts_derived.to_string());
    row("values without origin", figures.values_without_origin.len().to_string());
    row("polarity changes", figures.polarity_changes.len().to_string());
    row("sentences in the author's words by doubt", figures.sentences_kept.to_string());
    row("replacements", figures.replacements.to_string());
    row("listed jargon left in plain", share(figures.jargon_left, figures.jargon_terms));
    row("listed jargon explained", share(figures.jargon_explained, figures.jargon_terms));
    row("asks recognised as asks, none as none", share(figures.asks_agree, figures.asks_known));
    row("headline words, mean and longest", spread(&figures.headline_words));
    row("words a sentence in sections, mean and longest", spread(&figures.section_sentence_words));
    row("words outside everyday English in plain", share(figures.uncommon_words, figures.words));
    let mut micros = figures.micros.clone();
    micros.sort_unstable();
    row("microseconds a message, median", micros.get(micros.len() / 2).copied().unwrap_or(0).to_string());
    let kinds: Vec<String> = figures.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    row("kinds", kinds.join(", "));
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text: String = rows.iter().map(|(name, value)| format!("{name:width$}  {value}\n")).collect();
    for (title, lines) in [
        ("missing facts", &figures.facts_missing),
        ("values without origin", &figures.values_without_origin),
        ("polarity changes", &figures.polarity_changes),
    ] {
        if !lines.is_empty() {
            text.push_str(&format!("\n{title}:\n  {}\n", lines.join("\n  ")));
        }
    }
    text
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "none listed".to_owned();
    }
    // Shares are shown to a tenth of a percent, computed in whole numbers so that every machine prints the same.
    let tenths = part * 1000 / whole;
    format!("{}.{}% ({part} of {whole})", tenths / 10, tenths % 10)
}

fn spread(values: &[usize]) -> String {
    let sum: usize = values.iter().sum();
    let tenths = if values.is_empty() { 0 } else { sum * 10 / values.len() };
    format!("{}.{}, {}", tenths / 10, tenths % 10, values.iter().max().copied().unwrap_or(0))
}
