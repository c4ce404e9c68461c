//! Which meaning an ambiguous word has: sentences written by others than those who chose the cues.

use serde::Deserialize;
use upshot::engine::SourceText;

use super::content::engine;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    term: String,
    senses: Vec<Sense>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sense {
    /// The entry that must be found, or `everyday` or `none`: no entry may replace the word.
    concept: String,
    /// Entries that are as right.
    #[serde(default)]
    also: Vec<String>,
    means: String,
    sentences: Vec<String>,
}

/// Sentences decided right, and the others.
#[derive(Default)]
struct Score {
    right: usize,
    wrong: Vec<String>,
}

impl Score {
    fn share(&self) -> f64 {
        let all = self.right + self.wrong.len();
        let number =
            |count: usize| f64::from(u32::try_from(count).expect("there are fewer than four billion sentences"));
        100.0 * number(self.right) / number(all)
    }
}

/// The start that all forms of a word share: "caching", "cache".
fn stem(term: &str) -> &str {
    term.strip_suffix(['e', 'y']).unwrap_or(term)
}

fn is_right(term: &str, sense: &Sense, sentence: &str) -> bool {
    let engine = engine();
    let source = SourceText::new(sentence);
    let found = engine.found(&source);
    if sense.concept != "everyday" && sense.concept != "none" {
        return found.iter().any(|id| *id == sense.concept || sense.also.contains(id));
    }
    let stem = stem(term).to_lowercase();
    let words = term.split(' ').count();
    !engine.rewrite(&source, engine.default_audience()).changes.iter().any(|change| {
        let from = change.from.to_lowercase();
        let other = change.concept.as_ref().is_some_and(|concept| !sense.also.contains(concept));
        other && from.starts_with(&stem) && from.split(' ').count() == words
    })
}

#[test]
fn ambiguous_words_are_read_right() {
    let terms: Vec<Term> = serde_saphyr::from_str(include_str!("senses/terms.yaml")).expect("the file is well formed");
    let ambiguous = terms.iter().filter(|term| term.senses.len() > 1).count();
    let (mut all, mut held_back) = (Score::default(), Score::default());
    for term in &terms {
        for sense in &term.senses {
            assert!(sense.sentences.len() >= 3, "{}: {} has too few sentences", term.term, sense.means);
            for (number, sentence) in sense.sentences.iter().enumerate() {
                let right = is_right(&term.term, sense, sentence);
                // Whoever chose cues saw two sentences of three; the third tells how well they carry over.
                let scores = if number % 3 == 2 { vec![&mut all, &mut held_back] } else { vec![&mut all] };
                for score in scores {
                    if right {
                        score.right += 1;
                    } else {
                        score.wrong.push(format!("{}: {} ({}): {sentence}", term.term, sense.concept, sense.means));
                    }
                }
            }
        }
    }
    let report = format!(
        "{ambiguous} terms; right {:.1}% of {}, of those held back {:.1}% of {}",
        all.share(),
        all.right + all.wrong.len(),
        held_back.share(),
        held_back.right + held_back.wrong.len()
    );
    super::say(&report);
    assert!(ambiguous >= 80, "{report}");
    assert!(all.share() >= 95.0 && held_back.share() >= 91.0, "{report}\n{}", all.wrong.join("\n"));
}
