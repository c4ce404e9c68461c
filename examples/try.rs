//! Prints rewrites of messages given as arguments: `cargo run --no-default-features --example try -- sales "text"`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a development aid")]
use upshot::engine::{Engine, SourceText};
fn main() {
    let engine = match Engine::build(&upshot::seed::content()) {
        Ok(engine) => engine,
        Err(errors) => {
            for error in errors {
                println!("{error}");
            }
            std::process::exit(1);
        }
    };
    let args: Vec<String> = std::env::args().skip(1).collect();
    let audience = engine.audience(&args[0]).unwrap();
    for text in &args[1..] {
        let r = engine.rewrite(&SourceText::new(text), audience);
        println!("[{}] {}", r.kind, r.headline);
        for s in &r.sections {
            println!("  *{}*: {}", s.title, s.text);
        }
        println!("  PLAIN: {}", r.plain);
        for q in &r.open_questions {
            println!("  ? {q}");
        }
        for n in &r.notices {
            println!("  ! {}: {}", n.code, n.text);
        }
        for f in &r.facts {
            if f.status != upshot::engine::FactStatus::Kept {
                println!("  F {f:?}");
            }
        }
    }
}
