//! Message bodies and their canonical text (`tests/fixtures/teams/html.yaml`), and what holds for any bytes.

use serde::Deserialize;

use super::read;
use crate::platforms::teams::markdown::{self, Surface};

const FIXTURES: &str = include_str!("../../../../tests/fixtures/teams/html.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixtures {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    html: String,
    text: String,
    #[serde(default)]
    own: Option<String>,
}

fn cases() -> Vec<Case> {
    serde_saphyr::from_str::<Fixtures>(FIXTURES).expect("the fixtures are well formed").cases
}

#[test]
fn message_bodies_become_canonical_text() {
    let mut failures = Vec::new();
    for case in cases() {
        let text = read(&case.html, case.own.as_deref());
        if text.text() != case.text {
            failures.push(format!("{:?}\n  is {:?}\n  not {:?}", case.html, text.text(), case.text));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// A small generator of numbers, so that every run makes the same bodies.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit.max(1)
    }
}

#[test]
fn mutated_bodies_are_read_and_written_without_a_live_mention_or_tag() {
    const SCRAPS: [&str; 18] = [
        "<",
        ">",
        "</",
        "<p>",
        "</p>",
        "<ul><li>",
        "</table>",
        "<td>",
        "<pre>",
        "</code>",
        "<a href=\"https://a.example/",
        "<at id=\"0\">",
        "<s>",
        "&lt;at&gt;",
        "&#x0;",
        "\u{200B}",
        "`",
        "|",
    ];
    let mut numbers = Numbers(20_261_125);
    let bodies: Vec<String> = cases().into_iter().map(|case| case.html).collect();
    for _ in 0..4_000 {
        let mut signs: Vec<char> = bodies[numbers.below(bodies.len())].chars().collect();
        for _ in 0..1 + numbers.below(6) {
            let at = numbers.below(signs.len() + 1);
            match numbers.below(3) {
                0 if at < signs.len() => drop(signs.remove(at)),
                1 => signs.truncate(at.max(1)),
                _ => drop(signs.splice(at..at, SCRAPS[numbers.below(SCRAPS.len())].chars())),
            }
        }
        let html: String = signs.into_iter().collect();
        let text = read(&html, None);
        assert_eq!(text, read(&html, None), "{html:?} is read in two ways");
        for surface in [Surface::Message, Surface::Card] {
            let sent = markdown::write(text.text(), surface);
            // A message shows code as it is; nothing in code is a mention.
            assert!(surface == Surface::Message || !sent.contains("<at>"), "{html:?} became {sent:?}");
        }
    }
}

/// Words of digits that no markup may lose: each is put where text can stand.
#[test]
fn figures_survive_any_nesting() {
    const PAIRS: [(&str, &str); 14] = [
        ("<p>", "</p>"),
        ("<div>", "</div>"),
        ("<b>", "</b>"),
        ("<ul><li>", "</li></ul>"),
        ("<ol><li>", "</li></ol>"),
        ("<blockquote>", "</blockquote>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<code>", "</code>"),
        ("<s>", "</s>"),
        ("<pre>", "</pre>"),
        ("<a href=\"https://a.example/x\">", "</a>"),
        ("<span>", "</span>"),
        ("<h2>", "</h2>"),
        ("<at id=\"1\">", "</at>"),
    ];
    let mut numbers = Numbers(7);
    for round in 0..3_000 {
        let mut html = String::new();
        let mut open = Vec::new();
        let mut figures = Vec::new();
        for number in 0..2 + numbers.below(12) {
            match numbers.below(3) {
                0 if !open.is_empty() => html.push_str(open.swap_remove(numbers.below(open.len()))),
                1 => {
                    let (start, end) = PAIRS[numbers.below(PAIRS.len())];
                    html.push_str(start);
                    open.push(end);
                }
                _ => {
                    let figure = format!("{}", 10_000 + round * 20 + number);
                    html.push_str(&figure);
                    html.push(' ');
                    figures.push(figure);
                }
            }
        }
        let text = read(&html, None);
        for figure in figures {
            assert_eq!(text.text().matches(&figure).count(), 1, "{figure} of {html:?} in {:?}", text.text());
        }
    }
}

#[test]
fn hostile_bodies_are_read_to_their_end() {
    // A reader that looks back at every tag takes minutes for one of these, and the test run ends it.
    for part in [
        "<b>",
        "<p>",
        "<ul><li>",
        "<a href=\"https://a.example\">",
        "<table><tr><td>",
        "<blockquote>",
        "</b>",
        "<s>x</i>",
        "&",
        "<",
        "<pre>`",
        "<at id=\"1\">",
        "<code>",
        "<br>",
        "|",
        "<li>",
        "<td>",
        "<script>",
        "<x y=",
        "```",
    ] {
        let html = part.repeat(400_000 / part.len());
        let text = read(&html, None);
        let written = markdown::write(text.text(), Surface::Card);
        // Marks are escaped by one sign each, and nothing is told twice.
        assert!(text.text().len() <= html.len() + 4, "{part:?} grew to {} bytes", text.text().len());
        assert!(written.len() <= 2 * text.text().len() + 4, "{part:?} was written with {} bytes", written.len());
    }
}
