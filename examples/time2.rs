//! quick timing
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a development aid")]
use std::time::Instant;
use upshot::engine::{Engine, SourceText};
fn main() {
    let t = Instant::now();
    let content = upshot::seed::content();
    println!("content {:?} {} bytes", t.elapsed(), content.files.iter().map(|f| f.text.len()).sum::<usize>());
    for _ in 0..2 {
        let t = Instant::now();
        let mut n = 0;
        for f in content.files.iter().filter(|f| f.path.ends_with(".yaml")) {
            let v: Result<serde::de::IgnoredAny, _> = serde_saphyr::from_str(&f.text);
            n += usize::from(v.is_ok());
        }
        println!("yaml {:?} {n}", t.elapsed());
    }

    let t = Instant::now();
    let engine = Engine::build(&upshot::seed::content()).unwrap();
    println!("build {:?}", t.elapsed());
    let message = "Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s after the Redis client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, RCA tomorrow. CHK-1182. The deploy failed at 14:05 UTC because the DB migration timed out; we rolled back to v2.3.1 and error rates are back to normal. CI is flaky again, about 1 in 8 runs fails on the e2e suite, devs lose ~40 min/day each. We are quarantining the 6 worst tests this sprint and moving the nightly batch job to spot instances.";
    println!("{} chars", message.chars().count());
    let message: String = message.chars().take(511).collect();
    let source = SourceText::new(&message);
    let audience = engine.audience("sales").unwrap();
    let mut times = Vec::new();
    for _ in 0..2000 {
        let t = Instant::now();
        std::hint::black_box(engine.rewrite(&source, audience));
        times.push(t.elapsed().as_nanos());
    }
    times.sort();
    println!("median {} us, best {}", times[1000] as f64 / 1000.0, times[0] as f64 / 1000.0);
    let long = SourceText::new(&message.repeat(78));
    let t = Instant::now();
    std::hint::black_box(engine.rewrite(&long, audience));
    println!("{} chars: {:?}", long.text().len(), t.elapsed());
}
