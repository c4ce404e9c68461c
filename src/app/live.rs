//! The engine that answers right now, which can be replaced while requests are being answered.

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    thread,
    time::Duration,
};

use super::Readers;
use crate::engine::Engine;

/// How long a retired engine is waited for: no rewrite takes longer.
const RETIREMENT: Duration = Duration::from_secs(10);

/// Between two looks whether the last request has let go of it.
const STEP: Duration = Duration::from_millis(20);

/// The engine that answers right now. A request takes it once and keeps it to its end, so that one answer is never made by
/// two engines; the lock is held for as long as it takes to count one more holder.
#[derive(Debug)]
pub(super) struct LiveEngine(RwLock<Answering>);

/// An engine, and the readers it knows in the spellings of people.
#[derive(Debug)]
struct Answering {
    engine: Arc<Engine>,
    readers: Arc<Readers>,
}

impl LiveEngine {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        let readers = Arc::new(Readers::of(&engine));
        Self(RwLock::new(Answering { engine, readers }))
    }

    fn read(&self) -> RwLockReadGuard<'_, Answering> {
        // Nothing can panic while the lock is held, and an `Arc` is whole in any case.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine for one answer.
    pub(super) fn current(&self) -> Arc<Engine> {
        Arc::clone(&self.read().engine)
    }

    /// The readers that it knows. They stay the same value for as long as they are the same.
    pub(super) fn readers(&self) -> Arc<Readers> {
        Arc::clone(&self.read().readers)
    }

    /// Lets another engine answer from now on.
    pub(super) fn replace(&self, engine: Arc<Engine>) -> RetiredEngine {
        let readers = Arc::new(Readers::of(&engine));
        let mut answering = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if *answering.readers != *readers {
            answering.readers = readers;
        }
        RetiredEngine(std::mem::replace(&mut answering.engine, engine))
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
