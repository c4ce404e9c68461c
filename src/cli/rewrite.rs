//! `upshot rewrite`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    Failure, Outcome,
    args::{Format, RewriteArgs},
    audience, batch, engine_at, format, input,
};
use crate::{
    app::{Readers, Reply, RewriteReply, typed, wire::RewriteJson},
    clock::Stopwatch,
    engine::Engine,
    ids::AudienceId,
    platforms::{slack, teams},
};

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    text: String,
    #[serde(default, rename = "for", alias = "audience")]
    reader: Option<String>,
}

pub(super) fn run(args: &RewriteArgs) -> Outcome {
    let format = format::chosen(args.format, args.batch)?;
    if args.batch {
        return run_batch(args);
    }
    let text = match &args.text {
        Some(text) => text.clone(),
        None => input::standard_input()?,
    };
    if text.trim().is_empty() {
        return Err(Failure::Usage("there is no text to rewrite".to_owned()));
    }
    let engine = engine_at(args.place.as_ref())?;
    let readers = Readers::of(engine);
    let audience = audience(engine, &readers, args.reader.as_deref())?;
    let source = typed(&text);
    let watch = Stopwatch::start();
    let rendering = engine.rewrite(&source, audience);
    let output = match format {
        Format::Json => {
            let json = RewriteJson::new(&Value::Null, &rendering, engine.revision(), watch.elapsed_us());
            serde_json::to_string(&json)? + "\n"
        }
        Format::Slack | Format::Teams => {
            let reader = AudienceId::new(&*audience.id);
            let reply = Reply::Rewrite(Box::new(RewriteReply::bare(rendering, reader, source)));
            let encode = if format == Format::Teams { teams::message_json } else { slack::message_json };
            encode(&reply, &readers)? + "\n"
        }
        Format::Markdown => format::rewrite_markdown(&rendering),
        Format::Text => format::rewrite_text(&rendering),
    };
    io::stdout().write_all(output.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn run_batch(args: &RewriteArgs) -> Outcome {
    let (engine, reader) = (engine_at(args.place.as_ref())?, args.reader.as_deref());
    let readers = Readers::of(engine);
    audience(engine, &readers, reader)?;
    batch::run(|line: &Line, written| answer(engine, &readers, line, reader, written))
}

fn answer(
    engine: &Engine,
    readers: &Readers,
    line: &Line,
    reader: Option<&str>,
    written: &mut Vec<u8>,
) -> Result<(), String> {
    if line.text.trim().is_empty() {
        return Err("has no text".to_owned());
    }
    let audience = audience(engine, readers, line.reader.as_deref().or(reader))
        .map_err(|_| format!("names a reader that does not exist; choose one of: {}", readers.ids()))?;
    let watch = Stopwatch::start();
    let rendering = engine.rewrite(&typed(&line.text), audience);
    let json = RewriteJson::new(&line.id, &rendering, engine.revision(), watch.elapsed_us());
    serde_json::to_writer(written, &json).map_err(|error| error.to_string())
}
