//! Whole deliveries: message shortcuts with rich text, clicks, dialogs, events, forms. The first byte says which.

#![no_main]

mod slack;

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: slack::start(), |data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind {
        b'i' => {
            // Each interaction has a ticket of its own, else all but the first would be dropped as repeated.
            let payload = String::from_utf8_lossy(rest).replace("TICKET", &slack::ticket());
            let body = form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload).finish();
            slack::deliver(body.as_bytes());
        }
        _ => {
            slack::deliver(rest);
        }
    }
});
