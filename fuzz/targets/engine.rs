//! What the engine's targets share: the shipped content, and how an input becomes a message and a reader.

use std::{borrow::Cow, sync::LazyLock};

use upshot::{
    engine::{Audience, Engine},
    seed,
};

/// The shipped content, compiled once for all inputs.
pub(crate) fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> =
        LazyLock::new(|| Engine::build(&seed::content()).expect("the shipped content compiles"));
    &ENGINE
}

#[allow(dead_code, reason = "the judge has no reader")]
/// The last byte chooses the reader, the rest is text. Bytes that are no UTF-8 never reach the engine, so they are replaced.
pub(crate) fn reader_and_text(data: &[u8]) -> (&'static Audience, Cow<'_, str>) {
    let (choice, text) = data.split_last().map_or((0, data), |(last, rest)| (usize::from(*last), rest));
    let audiences = engine().audiences();
    (&audiences[choice % audiences.len()], String::from_utf8_lossy(text))
}
