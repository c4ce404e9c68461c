//! Prints rewrites of a corpus file for study: `cargo run --no-default-features --example corpus -- FILE [from] [to]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a development aid")]
use upshot::engine::{Engine, SourceText};
fn main() {
    let engine = Engine::build(&upshot::seed::content()).unwrap();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read_to_string(&args[0]).unwrap();
    let from: usize = args.get(1).map_or(0, |n| n.parse().unwrap());
    let to: usize = args.get(2).map_or(999, |n| n.parse().unwrap());
    for (index, line) in text.lines().enumerate() {
        if index < from || index >= to {
            continue;
        }
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let audience = engine.audience(value["audience"].as_str().unwrap()).unwrap();
        let source = value["text"].as_str().unwrap();
        let r = engine.rewrite(&SourceText::new(source), audience);
        println!("==== {} ({} for {}) ", value["id"], r.kind, audience.id);
        println!("SRC: {source}");
        println!("HEAD: {}", r.headline);
        for s in &r.sections {
            println!("  *{}*: {}", s.title, s.text);
        }
        println!("PLAIN: {}", r.plain);
        for q in &r.open_questions {
            println!("  ? {q}");
        }
        for n in &r.notices {
            println!("  ! {}: {}", n.code, n.text);
        }
        for f in &r.facts {
            if f.status != upshot::engine::FactStatus::Kept {
                println!("  F {} {} {}", f.kind, f.source, f.output);
            }
        }
    }
}
