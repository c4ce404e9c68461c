//! Which parts of a Markdown page are prose: everything else is blanked, so that offsets stay those of the file.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The prose of a page, byte for byte where it stands in it. Inline code stays, because its sentence needs it and the engine
/// leaves it alone; code blocks, quotes, markup, addresses, pictures and front matter become white space.
pub(super) fn prose(page: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut kept: Vec<Range<usize>> = Vec::new();
    let mut breaks: Vec<usize> = Vec::new();
    let mut unjudged = 0_usize;
    for (event, range) in Parser::new_ext(page, options).into_offset_iter() {
        match event {
            Event::Start(tag) if is_unjudged(&tag) => unjudged += 1,
            Event::End(tag) if ends_unjudged(tag) => unjudged = unjudged.saturating_sub(1),
            _ if unjudged > 0 => {}
            // The signs of list items and headings tell the engine where sentences end.
            Event::Start(Tag::Item) => kept.push(range.start..range.start + item_sign(page, range.start)),
            Event::Start(Tag::Heading { .. }) => {
                let signs = page.bytes().skip(range.start).take_while(|byte| *byte == b'#').count();
                kept.push(range.start..range.start + signs);
            }
            // Cells of one row are no sentence.
            Event::Start(Tag::TableCell) | Event::End(TagEnd::TableCell) => {
                breaks.extend([range.start, range.start.saturating_sub(1), range.end]);
            }
            // "&nbsp;" and the like stand for a sign, and are none.
            Event::Text(text) if page.get(range.clone()) == Some(&*text) => kept.push(range),
            Event::Code(_) => kept.push(range),
            _ => {}
        }
    }
    blanked(page, &kept, &breaks)
}

const fn is_unjudged(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::Image { .. }
            | Tag::MetadataBlock(_)
            | Tag::Strikethrough
    )
}

const fn ends_unjudged(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::Image
            | TagEnd::MetadataBlock(_)
            | TagEnd::Strikethrough
    )
}

/// The length of "-" or "12." at the start of a list item.
fn item_sign(page: &str, start: usize) -> usize {
    let digits = page.bytes().skip(start).take_while(u8::is_ascii_digit).count();
    digits + 1
}

/// The text with every byte blanked that is not kept; line breaks stay, and more are put where nothing is kept.
fn blanked(page: &str, kept: &[Range<usize>], breaks: &[usize]) -> String {
    let mut bytes: Vec<u8> = page.bytes().map(|byte| if byte == b'\n' { b'\n' } else { b' ' }).collect();
    for place in breaks {
        if let Some(byte) = bytes.get_mut(*place) {
            *byte = b'\n';
        }
    }
    for range in kept {
        if let (Some(blank), Some(words)) = (bytes.get_mut(range.clone()), page.as_bytes().get(range.clone())) {
            blank.copy_from_slice(words);
        }
    }
    // Whole characters were kept or blanked, so this is always text; lossy conversion would move offsets.
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::prose;

    fn check(page: &str, expected: &[&str]) {
        let prose = prose(page);
        assert_eq!(prose.len(), page.len(), "offsets moved in {page:?}");
        let found: Vec<&str> = prose.split_whitespace().collect();
        let expected: Vec<&str> = expected.iter().flat_map(|part| part.split_whitespace()).collect();
        assert_eq!(found, expected, "{page:?}");
        for word in found.iter().filter(|word| word.len() > 3) {
            assert!(page.contains(*word));
        }
    }

    #[test]
    fn prose_is_kept_and_everything_else_is_blanked() {
        check("---\ntitle: The pod\n---\n# A *new* till\n\nIt `runs`.", &["# A new till It `runs`."]);
        check("Before\n\n```sh\nkubectl get pods\n```\n\nAfter", &["Before After"]);
        check("Before\n\n    indented code\n\nAfter", &["Before After"]);
        check(
            "See [the guide](https://example.com/simply) and <https://example.com>.",
            &["See the guide and https://example.com ."],
        );
        check("> They said simply no.\n\nWe say yes.", &["We say yes."]);
        check("![obviously](a.png) text <b>bold</b> ~~gone~~", &["text bold"]);
        check("<div>simply</div>\n\nA &amp; B", &["A B"]);
        check("- one\n- two\n\n3. three", &["- one - two 3. three"]);
        check("+++\ndraft = true\n+++\nText – with dashes", &["Text – with dashes"]);
    }

    #[test]
    fn the_cells_of_a_row_stand_apart() {
        let page = "| Code | Meaning |\n| --- | --- |\n| 0 | all is well |\n";
        let prose = prose(page);
        assert_eq!(prose.len(), page.len());
        let lines: Vec<&str> = prose.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["Code", "Meaning", "0", "all is well"]);
    }
}
