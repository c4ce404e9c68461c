//! Which requests were answered lately, so that one that is delivered twice is answered once.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use crate::ids::RequestId;

/// A platform's ticket lives three seconds and its deliveries five minutes; this is more than a busy day of them.
const REMEMBERED: usize = 4096;

#[derive(Debug, Default)]
struct Ring {
    order: VecDeque<RequestId>,
    known: BTreeSet<RequestId>,
}

/// The last few thousand requests.
#[derive(Debug, Default)]
pub(super) struct RecentRequests(Mutex<Ring>);

impl RecentRequests {
    /// Notes a request; `false` when it was noted before.
    pub(super) fn insert(&self, id: &RequestId) -> bool {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !ring.known.insert(id.clone()) {
            return false;
        }
        ring.order.push_back(id.clone());
        if ring.order.len() > REMEMBERED
            && let Some(oldest) = ring.order.pop_front()
        {
            ring.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, RecentRequests};
    use crate::ids::RequestId;

    #[test]
    fn a_repeated_request_is_known_until_many_others_came() {
        let recent = RecentRequests::default();
        let id = |number: usize| RequestId::new(number.to_string());
        assert!(recent.insert(&id(0)));
        assert!(!recent.insert(&id(0)));
        for number in 1..=REMEMBERED {
            assert!(recent.insert(&id(number)));
        }
        assert!(recent.insert(&id(0)), "the oldest is forgotten, so memory stays bounded");
    }
}
