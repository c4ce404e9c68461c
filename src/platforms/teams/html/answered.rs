//! A message that answers another one carries the beginning of that one in a quote of its own kind, in front of its words.

use std::convert::Infallible;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

use super::Reader;
use crate::engine::SourceText;

/// The tags and texts of a body.
pub(super) fn tokens(html: &str) -> impl Iterator<Item = Token<()>> {
    let mut emitter = DefaultEmitter::<()>::default();
    // Scripts and styles hold no elements.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).map(|token: Result<_, Infallible>| match token {
        Ok(token) => token,
        Err(never) => match never {},
    })
}

impl Reader<'_> {
    pub(super) fn take(&mut self, token: Token<()>) {
        match token {
            Token::StartTag(tag) => self.open(&tag),
            Token::EndTag(tag) => self.close(&tag.name),
            Token::String(words) => self.text(&String::from_utf8_lossy(&words)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
}

/// A message body without what it answers, and what it answers as far as the client quotes it; `None` when it answers nothing.
/// Who wrote that and when is left out.
pub(in crate::platforms::teams) fn read_apart(html: &str, own: Option<&str>) -> (SourceText, Option<SourceText>) {
    let mut said = Reader { own, ..Reader::default() };
    let mut quoted = Reader::default();
    // Quotes that are open, the one of the answer outermost, and what stands around its words: the name of an element.
    let (mut quotes, mut around) = (0_usize, None::<Vec<u8>>);
    for token in tokens(html) {
        match &token {
            Token::StartTag(tag) if quotes == 0 => {
                let kind = tag.attributes.get(&b"itemtype"[..]).map(|kind| kind.ends_with(b"/Reply"));
                if *tag.name == b"blockquote"[..] && kind == Some(true) {
                    quotes = 1;
                    continue;
                }
            }
            Token::StartTag(tag) => {
                let is_around = |kind: &[u8]| matches!(kind, b"mri" | b"time");
                if around.is_none() && tag.attributes.get(&b"itemprop"[..]).is_some_and(|kind| is_around(kind)) {
                    around = Some(tag.name.to_vec());
                }
                quotes += usize::from(*tag.name == b"blockquote"[..]);
            }
            Token::EndTag(tag) if quotes > 0 => {
                if around.as_ref().is_some_and(|name| *tag.name == name[..]) {
                    around = None;
                    continue;
                }
                if *tag.name == b"blockquote"[..] {
                    quotes -= 1;
                    around = None;
                    if quotes == 0 {
                        continue;
                    }
                }
            }
            _ => {}
        }
        match (quotes, &around) {
            (0, _) => said.take(token),
            (_, None) => quoted.take(token),
            (_, Some(_)) => {}
        }
    }
    let quoted = SourceText::new(&quoted.finish());
    (SourceText::new(&said.finish()), Some(quoted).filter(|quoted| !quoted.text().trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::read_apart;

    #[test]
    fn what_a_message_answers_stands_apart() {
        let quote = |inner: &str| {
            format!(
                "<blockquote itemscope itemtype=\"http://schema.skype.com/Reply\" itemid=\"7\"><strong itemprop=\"mri\" \
                 itemid=\"8:orgid:x\">Mara Lindqvist</strong><span itemprop=\"time\" itemid=\"7\"></span>{inner}</blockquote>"
            )
        };
        let preview = |text: &str| quote(&format!("<p itemprop=\"preview\">{text}</p>"));
        for (html, said, quoted) in [
            (format!("{}<p>explain this</p>", preview("p95 is <b>3.4s</b>")), "explain this", Some("p95 is 3.4s")),
            (format!("<p>why?</p>{}", quote("<p itemprop=\"copy\">a &amp; b</p>")), "why?", Some("a & b")),
            (format!("{}<p>so?</p>", quote("<blockquote>older</blockquote>newer")), "so?", Some("> older\n\nnewer")),
            (format!("{}<p>hm</p>", preview("&nbsp;")), "hm", None),
            ("<blockquote>my own words</blockquote><p>more</p>".to_owned(), "> my own words\n\nmore", None),
            ("<p>nothing answered</p>".to_owned(), "nothing answered", None),
            // Never closed: all that follows is quoted, and nothing is lost.
            ("<blockquote itemtype=\"x/Reply\"><p>a<p>b".to_owned(), "", Some("a\n\nb")),
            ("</blockquote><p>a</p></strong>".to_owned(), "a", None),
        ] {
            let (own, answered) = read_apart(&html, None);
            assert_eq!((own.text(), answered.as_ref().map(|text| text.text())), (said, quoted), "{html}");
        }
    }
}
