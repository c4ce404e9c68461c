//! `upshot explain`.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    Failure, Outcome,
    args::{ExplainArgs, Format},
    audience, batch, engine_at, format,
};
use crate::{
    app::{Depth, ExplanationReply, Readers, Reply, typed, wire::ExplainJson},
    ids::AudienceId,
    platforms::{slack, teams},
};

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    query: String,
    #[serde(default)]
    context: Option<String>,
    #[serde(default, rename = "for", alias = "audience")]
    reader: Option<String>,
    #[serde(default)]
    depth: Option<String>,
}

pub(super) fn run(args: &ExplainArgs) -> Outcome {
    let format = format::chosen(args.format, args.batch)?;
    if args.batch {
        return run_batch(args);
    }
    let query = args.query.join(" ");
    if query.trim().is_empty() {
        return Err(Failure::Usage("there is nothing to explain".to_owned()));
    }
    let engine = engine_at(args.place.as_ref())?;
    let readers = Readers::of(engine);
    let audience = audience(engine, &readers, args.reader.as_deref())?;
    let context = args.context.as_deref().map(typed);
    let explanation = engine.explain(&query, context.as_ref(), audience);
    let depth = args.depth.map(Depth::from).or_else(|| Depth::wished(&query)).unwrap_or_default();
    let output = match format {
        Format::Json => {
            let json = ExplainJson::new(&Value::Null, &explanation, engine.revision(), depth);
            serde_json::to_string(&json)? + "\n"
        }
        Format::Slack | Format::Teams => {
            let reader = AudienceId::new(&*audience.id);
            let found = ExplanationReply::bare(Arc::new(explanation), reader, depth);
            let reply = Reply::Explanation(Box::new(found));
            let encode = if format == Format::Teams { teams::message_json } else { slack::message_json };
            encode(&reply, &readers)? + "\n"
        }
        Format::Markdown => format::explanation_markdown(&explanation, depth),
        Format::Text => format::explanation_text(&explanation, depth),
    };
    io::stdout().write_all(output.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn run_batch(args: &ExplainArgs) -> Outcome {
    let engine = engine_at(args.place.as_ref())?;
    let (reader, depth) = (args.reader.as_deref(), args.depth.map(Depth::from));
    let readers = Readers::of(engine);
    audience(engine, &readers, reader)?;
    batch::run(|line: &Line, written| {
        let audience = audience(engine, &readers, line.reader.as_deref().or(reader))
            .map_err(|_| format!("names a reader that does not exist; choose one of: {}", readers.ids()))?;
        let context = line.context.as_deref().filter(|context| !context.trim().is_empty()).map(typed);
        let explanation = engine.explain(&line.query, context.as_ref(), audience);
        let named = match line.depth.as_deref() {
            Some(name) => Some(Depth::named(name).ok_or_else(|| {
                format!("names a depth that does not exist; choose one of: {}", Depth::NAMES.join(", "))
            })?),
            None => depth,
        };
        let depth = named.or_else(|| Depth::wished(&line.query)).unwrap_or_default();
        let json = ExplainJson::new(&line.id, &explanation, engine.revision(), depth);
        serde_json::to_writer(written, &json).map_err(|error| error.to_string())
    })
}
