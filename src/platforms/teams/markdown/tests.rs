//! Canonical text and the Markdown that is sent.

use super::{Surface, write};

#[test]
fn canonical_text_becomes_markdown_for_messages() {
    for (canonical, markdown) in [
        ("Checkout is down.", "Checkout is down."),
        ("one\ntwo", "one\n\ntwo"),
        ("one\n\n\ntwo", "one\n\ntwo"),
        ("2 * 3 * 4, snake_case [x] (y) a < b", r"2 \* 3 \* 4, snake\_case \[x\] \(y\) a \< b"),
        ("Next:\n- one\n    - inner\n- two\nend", "Next:\n\n- one\n    - inner\n- two\n\nend"),
        ("1. drain\n2. reboot", "1. drain\n2. reboot"),
        ("# Release 4.2\ntext", "**Release 4.2**\n\ntext"),
        ("#hash -5\n- \n---\n+1", "\\#hash -5\n\n- \n\n\\---\n\n\\+1"),
        ("the `a*b` and ``a`b`` case", "the `a*b` and ``a`b`` case"),
        ("a\n```\nx * y\n\nz\n```\nb", "a\n\n```\nx * y\n\nz\n```\n\nb"),
        ("```\nopen", "```\nopen\n```"),
        ("> deploy failed\n> twice\nok", "> deploy failed\n> twice\n\nok"),
        ("see [the page](https://a.example/x_y).", "see [the page](https://a.example/x_y)."),
        ("see https://a.example/x_y, ok", r"see [https://a.example/x\_y](https://a.example/x_y), ok"),
        ("[open](slack://x) <https://a.example>", r"open \(slack://x\) [https://a.example](https://a.example)"),
        ("ask <@Mara Lindqvist> in <#C012|room>, <!here|here>", "ask Mara Lindqvist in room, here"),
        ("<at>Mara</at>", "\\<\u{200B}at>Mara\\<\u{200B}/at>"),
        ("| Region | p95 | Errors |\n|---|---|---|\n| EU | 3.2 s | 4% |", "- EU: p95 3.2 s; Errors 4%"),
        ("🔥 down :fire:", "🔥 down :fire:"),
    ] {
        assert_eq!(write(canonical, Surface::Message), markdown, "{canonical:?}");
    }
}

#[test]
fn cards_show_code_and_quotes_as_text() {
    for (canonical, markdown) in [
        ("run `a*b` now", r"run a\*b now"),
        ("a\n```\nx * y\nz\n```\nb", "a\n\nx \\* y\n\nz\n\nb"),
        ("> deploy failed\nok", "\\> deploy failed\n\nok"),
        ("- one\n- two", "- one\n- two"),
    ] {
        assert_eq!(write(canonical, Surface::Card), markdown, "{canonical:?}");
    }
}

#[test]
fn where_no_markup_is_read_none_is_written() {
    for (canonical, plain) in [
        ("# Checkout is down\n\nask <@Mara Lindqvist>", "Checkout is down\n\nask Mara Lindqvist"),
        ("the `a*b` case, snake_case [x] (y) a < b", "the a*b case, snake_case [x] (y) a < b"),
        ("see [the page](https://a.example/x_y).", "see the page (https://a.example/x_y)."),
        ("see https://a.example/x_y, ok", "see https://a.example/x_y, ok"),
        ("[open](slack://x)", "open (slack://x)"),
        ("one\ntwo\n\n\nthree", "one\ntwo\n\nthree"),
        ("a\n```\nx * y\n    z\n```\nb", "a\nx * y\n    z\nb"),
        ("> deploy failed\n- one\n- two\n-5", "> deploy failed\n- one\n- two\n-5"),
        ("| Region | p95 |\n|---|---|\n| EU | 3.2 s |", "- EU: 3.2 s"),
    ] {
        assert_eq!(write(canonical, Surface::Plain), plain, "{canonical:?}");
    }
}
