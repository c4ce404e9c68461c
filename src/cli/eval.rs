//! `upshot eval`: quality figures over a corpus file. The name is reserved; the harness comes with the engine.

use super::{Failure, Outcome, args::EvalArgs};

pub(super) fn run(args: &EvalArgs) -> Outcome {
    let corpus = args.corpus.display();
    Err(Failure::Usage(format!("this version cannot evaluate {corpus} yet")))
}
