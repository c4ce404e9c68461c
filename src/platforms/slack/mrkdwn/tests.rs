//! Tables of mrkdwn as received, canonical text, and mrkdwn as sent.

use super::{read, write};

#[test]
fn received_mrkdwn_becomes_canonical_text() {
    for (mrkdwn, canonical) in [
        ("The pod is down", "The pod is down"),
        ("a &amp; b &lt; c &gt; d &amp;lt; &#39;", "a & b < c > d &lt; &#39;"),
        ("<@U012> <@W012|ann>", "<@U012> <@W012>"),
        ("<#C012> <#C012|> <#C012|room>", "<#C012> <#C012> <#C012|room>"),
        ("<!here> <!channel|channel> <!subteam^S01|@oncall>", "<!here> <!channel|channel> <!subteam^S01|@oncall>"),
        ("<https://a.example/x?a=1&amp;b=2>", "https://a.example/x?a=1&b=2"),
        ("<https://a.example|https://a.example>", "https://a.example"),
        ("<https://a.example/(x)|PR [1]>", "[PR (1)](https://a.example/%28x%29)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<!date^1790003600^{time}|15:00 UTC>", "15:00 UTC"),
        ("*bold* and _italic_, 2 * 3 * 4, snake_case_name", "bold and italic, 2 * 3 * 4, snake_case_name"),
        ("p99 ~2.4s~ 180ms, ~6% and ~3s", "p99 (struck out: 2.4s) 180ms, ~6% and ~3s"),
        ("*_both_*", "both"),
        ("`a &amp;&amp; b *c* <https://x.example|x.example>`", "`a && b *c* x.example`"),
        ("before ```one\n two``` after", "before \n```\none\n two\n```\n after"),
        ("before\n```\none\n```\nafter", "before\n```\none\n```\nafter"),
        ("an unclosed ``` stays", "an unclosed ``` stays"),
        ("&gt; quoted\n&gt;too\na &gt; b", "> quoted\n> too\na > b"),
        ("• one\n    ◦ two\n1. three", "- one\n    - two\n1. three"),
        (":tada: at 14:07:22", ":tada: at 14:07:22"),
        ("&lt;@U012&gt; &lt;!here&gt;", "<\u{200B}@U012> <\u{200B}!here>"),
        ("an open <tag and `tick", "an open <tag and `tick"),
        ("line\r\nend *", "line\nend *"),
    ] {
        assert_eq!(read(mrkdwn).text(), canonical, "{mrkdwn:?}");
    }
}

#[test]
fn canonical_text_becomes_mrkdwn() {
    for (canonical, mrkdwn) in [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("ask <@U012> in <#C012|room> or <#C013>", "ask <@U012> in <#C012|room> or <#C013>"),
        ("<!here> <!subteam^S01|@oncall> <!subteam^S01>", "@\u{200B}here @\u{200B}oncall @\u{200B}group"),
        ("[PR 1 | 2](https://a.example/x|y?a&b)", "<https://a.example/x%7Cy?a&amp;b|PR 1 / 2>"),
        ("see https://a.example/x?a&b, ok", "see <https://a.example/x?a&amp;b>, ok"),
        ("[not](a link) [x] http:// https", "[not](a link) [x] http:// https"),
        ("`a < b`", "`a &lt; b`"),
        ("```\na <b>\n```", "```\na &lt;b&gt;\n```"),
        ("```\nopen", "```\nopen\n```"),
        ("an unclosed ``` stays", "an unclosed `\u{200B}`` stays"),
        ("``` one ``` two\nthree", "``` one ``` two\nthree"),
        ("> quoted <b>", "> quoted &lt;b&gt;"),
        ("- one\n  - two\n1. three", "• one\n  • two\n1. three"),
        ("| Service | Status |\n|---|---|\n| search | down |", "• search: down"),
        ("<@not an id> <@u012> <\u{200B}@U012>", "&lt;@not an id&gt; &lt;@u012&gt; &lt;\u{200B}@U012&gt;"),
    ] {
        assert_eq!(write(canonical), mrkdwn, "{canonical:?}");
    }
}

#[test]
fn nothing_that_wakes_people_survives_the_way_through() {
    for mrkdwn in [
        "<!here> <!channel> <!everyone> <!here|here>",
        "<!subteam^S01> <!subteam^S01|@all>",
        "&lt;!here&gt; &lt;!channel&gt;",
        "`&lt;!here&gt;` ```<!channel>```",
        "<https://a.example|<!here>>",
        "&amp;lt;!here&amp;gt;",
        "[x](https://a.example|<!here>)",
    ] {
        let sent = write(read(mrkdwn).text());
        for live in ["<!here", "<!channel", "<!everyone", "<!subteam"] {
            assert!(!sent.contains(live), "{mrkdwn:?} became {sent:?}");
        }
    }
}

#[test]
fn hostile_input_is_read_in_linear_time() {
    // Each of these took seconds with a reader that searched for an end at every opening mark.
    for mark in ["*a ", "_a ", "~a ", "`", "<", "&", "[", "[a](", "```", "*_~"] {
        let text = mark.repeat(300_000 / mark.len());
        let _ = write(read(&text).text());
    }
}
