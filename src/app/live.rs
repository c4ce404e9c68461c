//! The engine that answers right now, which can be replaced while requests are being answered.

use std::{
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Duration,
};

use crate::engine::Engine;

/// How long a retired engine is waited for: no rewrite takes longer.
const RETIREMENT: Duration = Duration::from_secs(10);

/// Between two looks whether the last request has let go of it.
const STEP: Duration = Duration::from_millis(20);

/// The engine that answers right now. A request takes it once and keeps it to its end, so that one answer is never made by
/// two engines; the lock is held for as long as it takes to count one more holder.
#[derive(Debug)]
pub(super) struct LiveEngine(RwLock<Arc<Engine>>);

impl LiveEngine {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self(RwLock::new(engine))
    }

    /// The engine for one answer.
    pub(super) fn current(&self) -> Arc<Engine> {
        // Nothing can panic while the lock is held, and an `Arc` is whole in any case.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets another engine answer from now on.
    pub(super) fn replace(&self, engine: Arc<Engine>) -> RetiredEngine {
        RetiredEngine(std::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), engine))
    }
}

/// An engine that answers no new requests.
#[derive(Debug)]
pub struct RetiredEngine(Arc<Engine>);

impl RetiredEngine {
    /// Takes it apart once nobody uses it any more. Thousands of entries take their time, which no request should spend: call
    /// this on a thread that may block.
    pub fn take_apart(self) {
        let mut waited = Duration::ZERO;
        while (Arc::strong_count(&self.0) > 1 || self.0.is_shared()) && waited < RETIREMENT {
            thread::sleep(STEP);
            waited += STEP;
        }
    }
}
