//! Lists of words to be looked up: one a line, or the first column of a table.

use std::path::Path;

/// The words of a list in its order, each once.
pub(super) fn words(file: &Path, text: &str) -> Vec<String> {
    let is_csv = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let mut found: Vec<String> = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let (word, more) = first_column(line, is_csv);
        let word = word.trim();
        // A table may name its columns; a list of words has no use for the word "term" in front.
        let is_heading = number == 0 && more && ["term", "word", "name"].contains(&word.to_lowercase().as_str());
        let is_comment = word.starts_with("# ");
        let is_known = || found.iter().any(|known| known.to_lowercase() == word.to_lowercase());
        if !word.is_empty() && !is_heading && !is_comment && !is_known() {
            found.push(word.to_owned());
        }
    }
    found
}

/// The first column of a line, and whether there are more.
fn first_column(line: &str, is_csv: bool) -> (String, bool) {
    if let Some((first, _)) = line.split_once('\t') {
        return (first.to_owned(), true);
    }
    if !is_csv {
        return (line.to_owned(), false);
    }
    let Some(quoted) = line.trim_start().strip_prefix('"') else {
        return line.split_once(',').map_or((line.to_owned(), false), |(first, _)| (first.to_owned(), true));
    };
    let mut word = String::new();
    let mut rest = quoted.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '"' {
            word.push(character);
        } else if rest.peek() == Some(&'"') {
            rest.next();
            word.push('"');
        } else {
            break;
        }
    }
    let more = rest.any(|character| character == ',');
    (word, more)
}

#[cfg(test)]
mod tests {
    use super::words;
    use std::path::Path;

    #[test]
    fn lists_and_tables_are_read_by_their_first_column() {
        for (name, text, expected) in [
            ("a.txt", "pod\n\n  node \n# a comment\nPod\nread, write\n", &["pod", "node", "read, write"][..]),
            ("a.txt", "\u{feff}term\r\npod\r\n", &["term", "pod"]),
            ("a.tsv", "term\tsource\npod\tx\nnode\ty\n", &["pod", "node"]),
            ("a.csv", "Term,source\n\"read, \"\"write\"\"\",x\npod,y\n", &["read, \"write\"", "pod"]),
            ("a.csv", "pod\nnode\n", &["pod", "node"]),
            ("a.txt", "\n \n", &[]),
        ] {
            assert_eq!(words(Path::new(name), text), expected, "{text:?}");
        }
    }
}
