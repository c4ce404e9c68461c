//! How long the engine takes for a message: the median over many runs, and one very long text.
//!
//! `cargo bench --bench rewrite`. No benchmark library: the figure wanted is one median, and the
//! engine does nothing that a warm-up of a few hundred runs would not settle.
#![allow(clippy::print_stdout, reason = "a measurement prints its result")]
#![allow(clippy::disallowed_methods, reason = "a measurement asks what time it is")]

use std::{hint::black_box, time::Instant};

use upshot::engine::{Audience, Engine, SourceText};

// The allocator that the program ships with.
#[cfg(feature = "server")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A long but ordinary message: an incident, its cause, its end and what comes next, in 511 characters.
const MESSAGE: &str = "Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s \
                       after the Redis client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, RCA tomorrow. \
                       CHK-1182. The deploy failed at 14:05 UTC because the DB migration timed out; we rolled back to \
                       v2.3.1 and error rates are back to normal. CI is flaky again, about 1 in 8 runs fails on the \
                       e2e suite, devs lose ~40 min/day each. We are quarantining the 6 worst tests this sprint and \
                       moving the nightly job to spot nodes.";
/// The length that the figures name; the text is checked against it.
const MESSAGE_CHARS: usize = 511;
/// The longest text that chat and API accept.
const LONGEST_CHARS: usize = 40_000;
const WARM_UP_RUNS: usize = 500;
const RUNS: usize = 20_000;
const LONG_RUNS: usize = 51;
const BUILD_RUNS: usize = 11;

/// Runs `work` `runs` times and gives median and 99th percentile in microseconds.
fn measure(runs: usize, mut work: impl FnMut()) -> (f64, f64) {
    let mut nanoseconds: Vec<u128> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_nanos()
        })
        .collect();
    nanoseconds.sort_unstable();
    let at = |share: usize| nanoseconds[(runs - 1) * share / 100] as f64 / 1000.0;
    (at(50), at(99))
}

fn rewrite(engine: &Engine, text: &str, audience: &Audience, runs: usize) -> (f64, f64) {
    let source = SourceText::new(text);
    measure(runs, || {
        black_box(engine.rewrite(black_box(&source), audience));
    })
}

fn main() {
    let content = upshot::seed::content();
    let Ok(engine) = Engine::build(&content) else {
        println!("the shipped content has mistakes; run the tests");
        std::process::exit(1);
    };
    let audience = engine.audience("sales").unwrap_or(engine.default_audience());
    assert_eq!(MESSAGE.chars().count(), MESSAGE_CHARS, "the message has another length than the figures say");
    let long: String = MESSAGE.chars().chain([' ']).cycle().take(LONGEST_CHARS).collect();

    rewrite(&engine, MESSAGE, audience, WARM_UP_RUNS);
    let (median, slow) = rewrite(&engine, MESSAGE, audience, RUNS);
    println!("rewrite, {MESSAGE_CHARS} characters: median {median:.1} µs, 99th percentile {slow:.1} µs, {RUNS} runs");
    let (median, slow) = rewrite(&engine, &long, audience, LONG_RUNS);
    println!(
        "rewrite, {LONGEST_CHARS} characters: median {:.1} ms, 99th percentile {:.1} ms, {LONG_RUNS} runs",
        median / 1000.0,
        slow / 1000.0
    );
    let (median, _) = measure(RUNS, || {
        black_box(engine.explain(black_box("what is a rollback?"), None, audience));
    });
    println!("explain, one question: median {median:.1} µs, {RUNS} runs");
    let (median, _) = measure(BUILD_RUNS, || {
        black_box(Engine::build(black_box(&content)).is_ok());
    });
    println!("content compiled: median {:.1} ms, {BUILD_RUNS} runs", median / 1000.0);
}
