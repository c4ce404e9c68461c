//! `upshot verify`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::{
    Failure, Outcome,
    args::{VerifyArgs, VerifyFormat},
    engine_at, input,
};
use crate::{
    app::{typed, wire::VerifyJson},
    engine::Verdict,
};

pub(super) fn run(args: &VerifyArgs) -> Outcome {
    // Exit code 1 means "unfaithful", so a file that cannot be read must not be taken for that.
    let read = |path| input::file(path).map_err(|error| Failure::Usage(super::explained(&error)));
    let (source, candidate) = (read(&args.source)?, read(&args.candidate)?);
    let verdict = engine_at(args.place.as_ref())?.verify(&typed(&source), &typed(&candidate));
    let output = match args.format {
        VerifyFormat::Json => serde_json::to_string(&VerifyJson::new(&verdict))? + "\n",
        VerifyFormat::Text => text(&verdict),
    };
    io::stdout().write_all(output.as_bytes())?;
    Ok(if verdict == Verdict::Faithful { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(verdict: &Verdict) -> String {
    let Verdict::Unfaithful(found) = verdict else { return "Faithful: no fact lost, none added.\n".to_owned() };
    let mut text = String::from("Not faithful:\n");
    for discrepancy in found {
        text.push_str(&format!("- {}\n", discrepancy.text));
    }
    text
}
