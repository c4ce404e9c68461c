//! `upshot glossary mine`: which jargon people write that nobody has explained, ranked, with sentences that name nobody.

use std::{
    cell::Cell,
    io::{self, Write},
    process::ExitCode,
};

use serde::Serialize;

use super::super::{
    Failure, Outcome,
    args::{MineArgs, MineFormat},
    engine, gate,
};
use super::{drafts, progress::Progress, sources};
use crate::{
    app::curation::shielded,
    engine::{MinedWord, Mining},
};

pub(super) fn run(args: &MineArgs) -> Outcome {
    if args.drafts.as_ref().is_some_and(|file| file.exists()) {
        return Err(Failure::Usage("the file of --drafts exists: name a new one, so that nothing is lost".to_owned()));
    }
    let files = sources::find(&args.path).map_err(Failure::Usage)?;
    let known = engine()?;
    let mut mining = Mining::over(known);
    let mut progress = Progress::new(files.bytes);
    for file in &files.people {
        sources::people(file, &mut |name| mining.leave_out(name))?;
    }
    let bytes = Cell::new(0);
    for file in &files.files {
        sources::read(file, &bytes, &mut |message| {
            mining.search(message);
            progress.tell(mining.messages(), bytes.get());
        })?;
    }
    progress.end();
    let all = mining.words(args.at_least);
    let found = Found {
        messages: mining.messages(),
        files: files.files.len(),
        passed_over: files.passed_over,
        in_other_languages: mining.foreign(),
        at_least: args.at_least,
        counts_may_be_low_by: mining.missed(),
        more: all.len().saturating_sub(args.most),
        words: all.into_iter().take(args.most).map(Word::from).collect(),
    };
    let text = match args.format {
        MineFormat::Text => found.text(),
        MineFormat::Json => gate::json_line(&found).map_err(|error| anyhow::anyhow!(error))?,
        MineFormat::Csv => found.csv()?,
    };
    io::stdout().write_all(text.as_bytes())?;
    if let Some(file) = &args.drafts {
        drafts::write(file, &found.words, |id| known.entry(id).is_some())?;
        writeln!(
            io::stderr(),
            "{} drafts are in {}. Take them in as they are (upshot glossary import {}) and write the definitions on the \
             glossary's pages, or write them in the file first (upshot glossary lint {} says where). Nobody can approve one \
             before it has what is missing.",
            found.words.len(),
            file.display(),
            file.display(),
            file.display()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Serialize)]
struct Found {
    messages: u64,
    files: usize,
    passed_over: usize,
    in_other_languages: u64,
    at_least: u32,
    counts_may_be_low_by: u32,
    more: usize,
    words: Vec<Word>,
}

/// An unknown word as it is given out.
#[derive(Debug, Serialize)]
pub(super) struct Word {
    pub(super) term: String,
    pub(super) shape: &'static str,
    pub(super) count: u32,
    pub(super) messages: u32,
    pub(super) contexts: Vec<String>,
}

impl From<MinedWord> for Word {
    fn from(word: MinedWord) -> Self {
        let MinedWord { term, shape, count, messages, contexts } = word;
        Self { term, shape: shape.name(), count, messages, contexts }
    }
}

/// "1 message", "2 messages".
fn counted(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

impl Found {
    fn text(&self) -> String {
        let mut text = String::new();
        if !self.words.is_empty() {
            text.push_str("  times  messages  word\n");
        }
        for word in &self.words {
            text.push_str(&format!("{:>7}{:>10}  {} ({})\n", word.count, word.messages, word.term, word.shape));
            for context in &word.contexts {
                text.push_str(&format!("{:19}{context}\n", ""));
            }
        }
        if self.more > 0 {
            text.push_str(&format!("{} not shown: say --most for more.\n", counted(self.more as u64, "more word")));
        }
        let shown = counted(self.words.len() as u64 + self.more as u64, "unknown word");
        let least = counted(u64::from(self.at_least), "message");
        text.push_str(&format!(
            "{shown} in at least {least}; {} in {} searched",
            counted(self.messages, "message"),
            counted(self.files as u64, "file")
        ));
        if self.in_other_languages > 0 {
            text.push_str(&format!(", {} of them in other languages passed over", self.in_other_languages));
        }
        text.push_str(".\n");
        if self.passed_over > 0 {
            text.push_str(&format!(
                "{} passed over: .json (Slack), .txt, .md and .csv are read.\n",
                counted(self.passed_over as u64, "other file")
            ));
        }
        if self.counts_may_be_low_by > 0 {
            text.push_str(&format!(
                "There are very many different words, so counts may be up to {} too low.\n",
                self.counts_may_be_low_by
            ));
        }
        text
    }

    fn csv(&self) -> Result<String, Failure> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(["term", "shape", "count", "messages", "contexts"])?;
        for word in &self.words {
            let (count, messages) = (word.count.to_string(), word.messages.to_string());
            // Words and sentences are other people's.
            let (term, contexts) = (shielded(word.term.clone()), shielded(word.contexts.join(" | ")));
            table.write_record([&*term, word.shape, &count, &messages, &contexts])?;
        }
        let bytes = table.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(String::from_utf8(bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Word};

    #[test]
    fn no_spreadsheet_takes_what_others_wrote_for_a_formula() {
        let word = |term: &str, contexts: &[&str]| Word {
            term: term.to_owned(),
            shape: "word",
            count: 4,
            messages: 3,
            contexts: contexts.iter().map(|context| (*context).to_owned()).collect(),
        };
        let found = Found {
            messages: 3,
            files: 1,
            passed_over: 0,
            in_other_languages: 0,
            at_least: 3,
            counts_may_be_low_by: 0,
            more: 0,
            words: vec![
                word("zibbler", &["=cmd|' /C calc'!A0 zibbler", "- A zibbler."]),
                word("@quon", &["The quon is down."]),
            ],
        };
        assert_eq!(
            found.csv().unwrap(),
            "term,shape,count,messages,contexts\n\
             zibbler,word,4,3,'=cmd|' /C calc'!A0 zibbler | - A zibbler.\n\
             '@quon,word,4,3,The quon is down.\n"
        );
    }
}
