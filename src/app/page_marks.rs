//! Marks that page generators read and people do not see: comments, `{{< warning >}}`, `<a name="bugs"></a>`, anchors, roles,
//! links by reference, and the backslash of "\$5" or of a line that ends. Code keeps every sign. The lines
//! of a chat's record, `<ana> It is down`, are read as "ana: It is down".

use std::{borrow::Cow, collections::BTreeMap, ops::Range, sync::LazyLock};

use regex_automata::meta::Regex;

use super::canonical;

/// The text as its page would show it.
pub(super) fn without_page_marks(text: &str) -> Cow<'_, str> {
    const MARKS: &str = r#"(?x) (?:([.!?])\s+)? \{\{[<%]\s*\w+\s+"(\d{4}-\d\d-\d\d(?:[T\ ][\d:.Z+-]+)?)"\s*[%>]\}\}
        | \{\{[<%]\s*/?\s*[\w\s="./-]+\s*[%>]\}\}\s? | <a\s+(?:name|id)="[\w.:-]+"\s*(?:/>|>\s*</a>)
        | `([^`<>\n]+)\s<(https?://[^\s<>`()]+)>`__?
        | <!--(?:[^-]|-[^-])*-->[\ \t]*\n? | :(?:ref|doc|term|issue|option|envvar):(`[^`\n]+`) | (?m:^\([\w.-]+\)=[\ \t]*\n)
        | (?m:([\s.!?;,)]|\w\w:)\\[\ \t]*$) | ((?m:^)|[\s(])\\([$~|!]) | (\S[\ \t]+|\()\\([\#>])"#;
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(MARKS).expect("a test compiles it"));
    let resolved = match with_names_of_speakers(text) {
        Cow::Borrowed(text) => with_references_resolved(text),
        Cow::Owned(text) => Cow::Owned(with_references_resolved(&text).into_owned()),
    };
    let text = &*resolved;
    if !["{{", "<a ", ">`_", "<!--", ":`", ")=\n", "\\"].iter().any(|mark| text.contains(mark)) {
        return resolved;
    }
    let code = code_ranges(text);
    let mut marks = Vec::new();
    for found in PATTERN.captures_iter(text) {
        let Some(whole) = found.get_match().filter(|whole| !is_inside(&code, whole.start())) else { continue };
        let group = |number: usize| found.get_group(number).and_then(|span| text.get(span.range()));
        // At the end of a paragraph it is a sign, and in front of "  -p 80:80" it belongs to a command.
        let breaks = |rest: &str| {
            rest.strip_prefix('\n').is_some_and(|next| next.starts_with(|c: char| !c.is_whitespace() && c != '-'))
        };
        if group(6).is_some() && !text.get(whole.end()..).is_some_and(breaks) {
            continue;
        }
        let mut shown = String::new();
        if let Some(moment) = group(2) {
            let rest = text.get(whole.end()..).unwrap_or_default();
            let tied = rest.starts_with(char::is_alphanumeric);
            let before = text.get(whole.range()).unwrap_or_default().split("{{").next().unwrap_or_default();
            // Behind a sentence it tells when that was written; in front of one on its line it belongs to that.
            let ends = rest.lines().next().is_none_or(|line| line.trim().is_empty());
            match group(1) {
                Some(stop) if ends && before.matches('\n').count() < 2 => shown.extend([" (", moment, ")", stop]),
                _ => shown.extend([before, moment, if tied { ": " } else { "" }]),
            }
        } else if let (Some(label), Some(address)) = (group(3), group(4)) {
            canonical::push_link(&mut shown, address, Some(label));
        } else {
            // What stands in front of a backslash, and the sign behind it.
            (5..=10).filter_map(group).for_each(|part| shown.push_str(part));
        }
        marks.push((whole.range(), shown));
    }
    Cow::Owned(spliced(text, &marks))
}

/// `<ana> It is down` on at least two lines: who speaks, as a chat's record has it. One line alone may speak of a field.
fn with_names_of_speakers(text: &str) -> Cow<'_, str> {
    const LINE: &str = r"(?m)^<([A-Za-z][\w.-]{1,19})>[ \t]+";
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(LINE).expect("a test compiles it"));
    if !text.starts_with('<') && !text.contains("\n<") || text.contains("</") {
        return Cow::Borrowed(text);
    }
    let code = code_ranges(text);
    let mut names: Vec<(Range<usize>, String)> = Vec::new();
    for found in PATTERN.captures_iter(text) {
        let Some(whole) = found.get_match().filter(|whole| !is_inside(&code, whole.start())) else { continue };
        let name = found.get_group(1).and_then(|span| text.get(span.range())).unwrap_or_default();
        names.push((whole.range(), format!("{name}: ")));
    }
    if names.len() < 2 { Cow::Borrowed(text) } else { Cow::Owned(spliced(text, &names)) }
}

/// A text with other words at these places, which are in order and do not overlap.
fn spliced(text: &str, places: &[(Range<usize>, String)]) -> String {
    let mut read = String::with_capacity(text.len());
    let mut at = 0;
    for (range, words) in places {
        read.push_str(text.get(at..range.start).unwrap_or_default());
        read.push_str(words);
        at = range.end;
    }
    read.push_str(text.get(at..).unwrap_or_default());
    read
}

/// `[label][name]` with `[name]: address` below: Markdown's links by reference, as links where they stand. What is not defined
/// may be anything else, such as places in a table.
fn with_references_resolved(text: &str) -> Cow<'_, str> {
    const LINK: &str = r"\[([^\[\]\n]+)\]\[([\w.#:-]+)\]";
    const DEFINITION: &str = r"(?m)^[ ]{0,3}\[([\w.#:-]+)\]:[ \t]+(\S+)[ \t]*(?:\n|$)";
    static LINKS: LazyLock<Regex> = LazyLock::new(|| Regex::new(LINK).expect("a test compiles it"));
    static DEFINITIONS: LazyLock<Regex> = LazyLock::new(|| Regex::new(DEFINITION).expect("a test compiles it"));
    if !text.contains("][") {
        return Cow::Borrowed(text);
    }
    let code = code_ranges(text);
    let mut defined: BTreeMap<String, (&str, Range<usize>)> = BTreeMap::new();
    for found in DEFINITIONS.captures_iter(text) {
        let group = |number: usize| found.get_group(number).and_then(|span| text.get(span.range()));
        let whole = found.get_match().filter(|whole| !is_inside(&code, whole.start()));
        // "[worker.1]: crashed" is a line of a log.
        let address = group(2).filter(|address| address.starts_with("http") || address.starts_with(['/', '.', '#']));
        if let (Some(whole), Some(name), Some(address)) = (whole, group(1), address) {
            defined.entry(name.to_lowercase()).or_insert((address, whole.range()));
        }
    }
    let mut links: Vec<(Range<usize>, String)> = Vec::new();
    for found in LINKS.captures_iter(text) {
        let group = |number: usize| found.get_group(number).and_then(|span| text.get(span.range())).unwrap_or_default();
        let Some(whole) = found.get_match().filter(|whole| !is_inside(&code, whole.start())) else { continue };
        let Some((address, definition)) = defined.get(&group(2).to_lowercase()) else { continue };
        let mut link = String::new();
        if address.starts_with("http") {
            canonical::push_link(&mut link, address, Some(group(1)));
            // The address stands at its link from now on.
            links.push((definition.clone(), String::new()));
        } else {
            link.push_str(group(1));
        }
        links.push((whole.range(), link));
    }
    links.sort_by_key(|(range, _)| range.start);
    links.dedup_by(|second, first| second.0 == first.0);
    Cow::Owned(spliced(text, &links))
}

/// A sign of code that nothing closes is looked for so often, not once for each place.
const MOST_OPEN: usize = 8;

/// Where code stands: spans on one line, and blocks.
fn code_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    let mut open = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('`')).map(|found| at + found) {
        let rest = text.get(start..).unwrap_or_default();
        match super::typed::code_length(rest) {
            Some(length) => {
                ranges.push(start..start + length);
                at = start + length;
            }
            None if open == MOST_OPEN => break,
            None => {
                open += 1;
                at = start + rest.bytes().take_while(|byte| *byte == b'`').count();
            }
        }
    }
    ranges
}

/// Whether a mark at this place is a part of code. One that begins with the code's own sign is not.
fn is_inside(code: &[Range<usize>], at: usize) -> bool {
    let next = code.partition_point(|range| range.end <= at);
    code.get(next).is_some_and(|range| range.start < at)
}

#[cfg(test)]
mod tests {
    use super::without_page_marks;

    #[test]
    fn marks_of_pages_are_read_and_code_keeps_its_own() {
        for (text, read) in [
            ("{{< warning >}}\nIt ends.\n{{< /warning >}}", "It ends.\n"),
            ("## <a name=\"bugs\"></a>Bugs", "## Bugs"),
            ("See the `forum post <https://a.example/x>`__ now", "See the [forum post](https://a.example/x) now"),
            ("{{ value }} and `code <b>`", "{{ value }} and `code <b>`"),
            ("<sam> deploying 4.2 now\n<db-bot> aborted", "sam: deploying 4.2 now\ndb-bot: aborted"),
            ("<name> is missing", "<name> is missing"),
            ("From {{< time \"2020-06-13T01:25:00+08:00\" >}}.", "From 2020-06-13T01:25:00+08:00."),
            ("{{% on \"2020-06-13\" %}}", "2020-06-13"),
            ("Short version:\\\nC:\\\nD:\\temp\\", "Short version:\nC:\\\nD:\\temp\\"),
            ("{{< relref \"2020-06-13-outage.md\" >}}Works", "Works"),
            ("The separator is \\\n\nHKLM:\\", "The separator is \\\n\nHKLM:\\"),
            ("docker run \\\n  -p 80:80", "docker run \\\n  -p 80:80"),
            ("\\> 5 ms is bad, but it is \\> 5", "\\> 5 ms is bad, but it is > 5"),
            ("\\# 3 and \\*a\\*", "\\# 3 and \\*a\\*"),
            ("{{< track \"2020-01-19T12:18:00Z\" >}}Works", "2020-01-19T12:18:00Z: Works"),
            ("It works.\n{{< track \"2020-01-19 12:18:00\" >}}\nNow", "It works (2020-01-19 12:18:00).\nNow"),
            ("It works.\n{{< track \"2020-01-19\" >}}Now", "It works.\n2020-01-19: Now"),
            ("It is stuck.\n\n{{< track \"2020-01-19\" >}} We look.", "It is stuck.\n\n2020-01-19 We look."),
            ("It costs \\$5,\\\nand C:\\*.log is `\\$x`.", "It costs $5,\nand C:\\*.log is `\\$x`."),
            ("<!-- link check off -->\nIt is down.", "It is down."),
            ("see :ref:`versions`.", "see `versions`."),
            ("(release-v4-2)=\n## Release 4.2", "## Release 4.2"),
            (
                "A [`tap`][tap] and a [list][list].\n\n[tap]: https://a.example/tap\n[list]: /docs/list",
                "A [`tap`](https://a.example/tap) and a list.\n\n[list]: /docs/list",
            ),
            ("cells [1][2]", "cells [1][2]"),
            ("`grid[x][p.y]` is null, rows[0][1.5] is not", "`grid[x][p.y]` is null, rows[0][1.5] is not"),
            ("[app][web.1] restarted\n[worker.1]: crashed", "[app][web.1] restarted\n[worker.1]: crashed"),
            ("```\n<!-- kept -->\n{{< kept >}}\n```", "```\n<!-- kept -->\n{{< kept >}}\n```"),
        ] {
            assert_eq!(without_page_marks(text), read, "{text:?}");
        }
    }
}
