//! What people type or paste on a command line, in a form or for the API: plain text or Markdown, in which HTML turns up
//! because web pages, ticket systems and mail programs leave it there.
//!
//! Only what has one meaning is read: entities, line breaks, links, and marks that are closed. Code, addresses and everything
//! else stay as they are, so `Vec<String>` is no tag.

use super::canonical::{self, BREAK};
use super::page_marks::without_page_marks;
use crate::engine::SourceText;

/// Marks that say how words look: their words stay.
const LOOKS: [&str; 9] = ["b", "strong", "i", "em", "u", "span", "small", "font", "mark"];
/// The longest tag and entity that are looked for.
const LONGEST_TAG: usize = 2_000;
const LONGEST_ENTITY: usize = 10;

/// Typed text as canonical text.
#[must_use]
pub fn typed(text: &str) -> SourceText {
    let text = without_page_marks(text);
    let text = &*text;
    if !text.contains(['&', '<']) {
        return SourceText::new(text);
    }
    let lower = text.to_ascii_lowercase();
    // `<b>` alone is a word about HTML.
    let is_closed = |name: &&str| {
        let opens = lower.contains(&format!("<{name}>")) || lower.contains(&format!("<{name} "));
        opens && lower.contains(&format!("</{name}>"))
    };
    let marks: Vec<&str> = LOOKS.into_iter().chain(["p", "div", "ul", "ol", "li", "code"]).filter(is_closed).collect();
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    // A tick without an end is looked for once.
    let mut no_code = false;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '`' if !no_code => {
                let code = code_length(rest);
                no_code = code.is_none();
                code.inspect(|length| read.push_str(rest.split_at(*length).0))
            }
            '&' => entity(rest).map(|(sign, length)| {
                read.push(sign);
                if sign == '<' && rest.split_at(length).1.starts_with(['@', '#', '!']) {
                    read.push(BREAK);
                }
                length
            }),
            '<' => tag(rest).and_then(|tag| push_tag(&mut read, &tag, rest, &marks)),
            'h' if rest.starts_with("https://") || rest.starts_with("http://") => {
                let end = rest
                    .find(|sign: char| sign.is_whitespace() || matches!(sign, '<' | '>' | '"'))
                    .unwrap_or(rest.len());
                read.push_str(rest.split_at(end).0);
                Some(end)
            }
            _ => None,
        };
        let length = length.unwrap_or_else(|| {
            read.push(first);
            first.len_utf8()
        });
        rest = rest.split_at(length).1;
    }
    SourceText::new(&read)
}

/// The length of a code span or block.
pub(super) fn code_length(rest: &str) -> Option<usize> {
    let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
    let (mark, inside) = rest.split_at(ticks);
    let end = inside.find(mark)?;
    let is_block = ticks >= 3;
    (is_block || !inside.split_at(end).0.contains('\n')).then_some(end + 2 * ticks)
}

/// The sign that an entity stands for.
fn entity(rest: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 28] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("rarr", '→'),
        ("larr", '←'),
        ("euro", '€'),
        ("pound", '£'),
        ("copy", '©'),
        ("reg", '®'),
        ("trade", '™'),
        ("bull", '•'),
        ("middot", '·'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("times", '×'),
        ("deg", '°'),
        ("le", '≤'),
        ("ge", '≥'),
    ];
    let end = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let sign = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            let sign = char::from_u32(code).filter(|sign| !sign.is_control() || *sign == '\n')?;
            if sign == '\u{A0}' { ' ' } else { sign }
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((sign, end + 1))
}

struct Tag<'t> {
    name: String,
    is_end: bool,
    attributes: &'t str,
    length: usize,
}

fn tag(rest: &str) -> Option<Tag<'_>> {
    let length = rest.bytes().take(LONGEST_TAG).position(|byte| byte == b'>')? + 1;
    let inside = rest.get(1..length - 1)?;
    let (is_end, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
    let name: String = inside.chars().take_while(char::is_ascii_alphanumeric).collect();
    let attributes = inside.get(name.len()..)?;
    let is_tag = !name.is_empty() && (attributes.is_empty() || attributes.starts_with([' ', '/', '\n']));
    (is_tag && !inside.contains('<')).then(|| Tag { name: name.to_ascii_lowercase(), is_end, attributes, length })
}

/// Adds what a tag says; nothing when it is no tag that is known here.
fn push_tag(read: &mut String, tag: &Tag<'_>, rest: &str, marks: &[&str]) -> Option<usize> {
    let name = tag.name.as_str();
    match name {
        "br" => {
            read.push('\n');
            // A line end behind it in the source is the same one.
            let after = rest.split_at(tag.length).1;
            return Some(tag.length + usize::from(after.starts_with('\n')));
        }
        "a" if !tag.is_end => return push_link(read, tag, rest),
        _ if !marks.contains(&name) => return None,
        "p" | "div" if tag.is_end => read.push('\n'),
        "p" | "div" => end_line(read),
        "ul" | "ol" | "li" => {
            end_line(read);
            if name == "li" && !tag.is_end {
                read.push_str("- ");
            }
            let after = rest.split_at(tag.length).1;
            return Some(tag.length + usize::from(after.starts_with('\n')));
        }
        "code" => read.push('`'),
        _ => {}
    }
    Some(tag.length)
}

fn end_line(read: &mut String) {
    if !read.is_empty() && !read.ends_with('\n') {
        read.push('\n');
    }
}

/// `<a href="address">label</a>` as `[label](address)`.
fn push_link(read: &mut String, tag: &Tag<'_>, rest: &str) -> Option<usize> {
    let (_, value) = tag.attributes.split_once("href=")?;
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    let address = value.get(1..)?.split(quote).next()?.replace("&amp;", "&");
    let is_address = ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    let inside = rest.get(tag.length..)?;
    let end = inside.find('<')?;
    inside.get(end..end + "</a>".len()).filter(|tag| tag.eq_ignore_ascii_case("</a>"))?;
    let label = inside.split_at(end).0;
    if !is_address || address.contains([' ', '(', ')', '<']) || label.contains(['[', ']', '\n']) {
        return None;
    }
    match typed(label).text().trim() {
        "" => read.push_str(&address),
        label => canonical::push_link(read, &address, Some(label)),
    }
    Some(tag.length + end + "</a>".len())
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn html_in_typed_text_is_read() {
        for (text, read) in [
            ("R&D and AT&T &co; a < b", "R&D and AT&T &co; a < b"),
            ("a &amp; b &lt; c &gt; d &quot;e&quot; &#39;f&#39; &#x20AC;5", "a & b < c > d \"e\" 'f' €5"),
            ("&amp;lt; once", "&lt; once"),
            ("12&nbsp;min&hellip;", "12 min…"),
            ("`a &amp; b` and ```\n&lt;x&gt;\n```", "`a &amp; b` and ```\n&lt;x&gt;\n```"),
            ("see https://a.example/?a=1&amp;b=2 &amp; wait", "see https://a.example/?a=1&amp;b=2 & wait"),
            ("one<br>two<br/>\nthree<br />four", "one\ntwo\nthree\nfour"),
            (
                "see <a href=\"https://a.example/x?a=1&amp;b=2\" target=_blank>the &lt;page&gt;</a>.",
                "see [the <page>](https://a.example/x?a=1&b=2).",
            ),
            ("<a href='mailto:ops@example.com'>ops@example.com</a>", "ops@example.com"),
            ("<a href=\"javascript:x\">press</a>", "<a href=\"javascript:x\">press</a>"),
            ("<p>one</p><p><b>two</b> <code>v2</code></p>", "one\ntwo `v2`\n"),
            (
                "<p>We rolled back.</p><ul><li>p95 is fine</li>\n<li class=x>RCA tomorrow</li></ul>Thanks",
                "We rolled back.\n- p95 is fine\n- RCA tomorrow\nThanks",
            ),
            ("a <li> alone", "a <li> alone"),
            (
                "Vec<String> and <b> alone, <T>, <unknown>x</unknown>",
                "Vec<String> and <b> alone, <T>, <unknown>x</unknown>",
            ),
            ("<@U012> <#C012|room> <https://a.example/x>", "<@U012> <#C012|room> <https://a.example/x>"),
            ("&lt;@U012&gt; &lt;!here&gt;", "<\u{200B}@U012> <\u{200B}!here>"),
            ("p95 < 200ms, errors > 5%", "p95 < 200ms, errors > 5%"),
            ("a tick ` alone &amp; more", "a tick ` alone & more"),
        ] {
            assert_eq!(typed(text).text(), read, "{text:?}");
        }
    }

    #[test]
    fn hostile_text_is_read_in_linear_time() {
        for part in ["<", "&", "<a href=\"https://a.example\">", "<b>", "`", "<br>", "&#x", "<p ", "``` "] {
            let text = part.repeat(100_000 / part.len());
            assert!(typed(&text).text().len() <= text.len() + 1);
        }
    }
}
