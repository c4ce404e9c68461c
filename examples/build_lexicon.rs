//! Writes the compiled word table from the readable one. Run it in the project folder after `lexicon.tsv` has changed:
//! `cargo run --example build_lexicon`.

use std::error::Error;
use std::fs;

use upshot::engine::lexicon;

const SOURCE: &str = "src/engine/lexicon/data/lexicon.tsv";
const TARGET: &str = "src/engine/lexicon/data/lexicon.fst";

fn main() -> Result<(), Box<dyn Error>> {
    let table = lexicon::compile(&fs::read_to_string(SOURCE)?)?;
    fs::write(TARGET, &table)?;
    Ok(())
}
