//! Batches: one JSON object a line in, one a line out, in the same order and in constant memory.
//!
//! A broken line is reported on standard error by its number and the batch goes on; the exit code says at the end that
//! not everything was answered.

use std::{
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    process::ExitCode,
};

use serde::de::DeserializeOwned;

use super::Outcome;

/// Longest line. Longer ones are broken: nobody writes messages of megabytes, but some files have no line ends.
const MAX_LINE_BYTES: u64 = 4 * 1024 * 1024;

/// Answers each line of standard input with `answer`, which adds one line of JSON or says what is wrong with the input.
pub(super) fn run<T: DeserializeOwned>(answer: impl FnMut(&T, &mut Vec<u8>) -> Result<(), String>) -> Outcome {
    let all_answered = each_line(io::stdin().lock(), io::stdout().lock(), io::stderr().lock(), answer)?;
    Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn each_line<T: DeserializeOwned>(
    input: impl Read,
    output: impl Write,
    mut errors: impl Write,
    mut answer: impl FnMut(&T, &mut Vec<u8>) -> Result<(), String>,
) -> io::Result<bool> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut output = BufWriter::with_capacity(64 * 1024, output);
    let (mut line, mut written) = (Vec::new(), Vec::new());
    let mut all_answered = true;
    for number in 1_u64.. {
        line.clear();
        if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let is_too_long = line.len() as u64 == MAX_LINE_BYTES && !line.ends_with(b"\n");
        if is_too_long {
            input.skip_until(b'\n')?;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        written.clear();
        let result = if is_too_long {
            Err(format!("is longer than {MAX_LINE_BYTES} bytes"))
        } else {
            parse(&line).and_then(|item| answer(&item, &mut written))
        };
        match result {
            Ok(()) => {
                written.push(b'\n');
                output.write_all(&written)?;
            }
            Err(what) => {
                all_answered = false;
                writeln!(errors, "error: line {number} {what}")?;
            }
        }
        // A program that sends one line and waits for its answer must not wait for our buffer to fill.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()?;
    Ok(all_answered)
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            format!("lacks a field or has one of the wrong type (column {})", error.column())
        }
        _ => format!("is not a JSON object (column {})", error.column()),
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{MAX_LINE_BYTES, each_line};

    #[derive(Deserialize)]
    struct Item {
        id: u64,
    }

    fn check(input: &[u8], expected: &str, expected_errors: &str) {
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let all_answered = each_line(input, &mut output, &mut errors, |item: &Item, written| {
            written.extend(item.id.to_string().bytes());
            if item.id == 7 { Err("is unlucky".to_owned()) } else { Ok(()) }
        })
        .unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), expected);
        assert_eq!(String::from_utf8(errors).unwrap(), expected_errors);
        assert_eq!(all_answered, expected_errors.is_empty());
    }

    #[test]
    fn broken_lines_are_reported_by_number_and_the_rest_is_answered() {
        check(b"", "", "");
        check(b"{\"id\":1}\n\n{\"id\":2}", "1\n2\n", "");
        check(
            b"{\"id\":1}\nnonsense\n{\"id\":\"x\"}\n{\"id\":7}\n\xff\n{\"id\":2}\r\n",
            "1\n2\n",
            "error: line 2 is not a JSON object (column 2)\n\
             error: line 3 lacks a field or has one of the wrong type (column 9)\n\
             error: line 4 is unlucky\n\
             error: line 5 is not a JSON object (column 1)\n",
        );
    }

    #[test]
    fn an_endless_line_is_skipped_without_being_held() {
        let mut input = vec![b'x'; usize::try_from(MAX_LINE_BYTES).unwrap() * 3];
        input.extend(b"\n{\"id\":2}\n");
        check(&input, "2\n", "error: line 1 is longer than 4194304 bytes\n");
    }
}
