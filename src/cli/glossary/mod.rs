//! `upshot glossary`: what keeps a glossary good.

mod catalogue;
mod coverage;
mod drafts;
mod exchange;
mod git;
mod lint;
mod mine;
mod progress;
mod sources;
mod stats;
mod word_list;

use super::{Outcome, args::GlossaryCommand};

pub(super) fn run(command: &GlossaryCommand) -> Outcome {
    match command {
        GlossaryCommand::Lint(args) => lint::run(args),
        GlossaryCommand::Coverage(args) => coverage::run(args),
        GlossaryCommand::Stats(args) => stats::run(args),
        GlossaryCommand::Import(args) => exchange::import(args),
        GlossaryCommand::Export(args) => exchange::export(args),
        GlossaryCommand::Diff(args) => exchange::diff(args),
        GlossaryCommand::Mine(args) => mine::run(args),
    }
}
