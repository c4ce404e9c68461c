//! How much one tenant may take, so that none keeps the others waiting.
//!
//! Of the places among the requests in work a tenant has its part: three quarters while nobody else asks, the same divided among
//! all who do otherwise, so that there are always some left for who comes next. Of messages, which are answered later, a tenant and a
//! conversation may bring as many as Teams lets us answer: more would only wait in the queue, in front of everybody else's.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sha2::{Digest, Sha256};

use crate::clock::Moment;

/// A tenant is never held to fewer requests at once than this.
const LEAST: usize = 8;
/// A conversation may bring this part of what its tenant may: Teams takes two messages a second for one and thirty for the other.
const PART_OF_A_CONVERSATION: u32 = 15;
/// As much as comes in so long may come at once: people in a channel all answer at the same moment.
const AT_ONCE: Duration = Duration::from_secs(60);
/// As many tenants and conversations are remembered; one that is forgotten begins anew.
const MOST_REMEMBERED: usize = 8_192;

/// The parts of all tenants.
#[derive(Debug)]
pub(super) struct Shares {
    /// What all tenants together may have in work.
    most: usize,
    /// So many messages a second of one tenant.
    rate: u32,
    in_work: Mutex<BTreeMap<String, usize>>,
    /// When what came before will have been worth its time, in milliseconds: of tenants, and of conversations by their digest.
    paid_until: Mutex<BTreeMap<[u8; 16], i64>>,
}

/// A request in work. Dropped when it is answered.
#[derive(Debug)]
pub(super) struct Share {
    of: Arc<Shares>,
    tenant: String,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut in_work = self.of.in_work.lock().unwrap_or_else(PoisonError::into_inner);
        let left = in_work.get_mut(&self.tenant).map(|count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == Some(0) {
            in_work.remove(&self.tenant);
        }
    }
}

impl Shares {
    pub(super) fn new(places: usize, rate: u32) -> Self {
        Self { most: places / 4 * 3, rate, in_work: Mutex::default(), paid_until: Mutex::default() }
    }

    /// A request of this tenant begins; `None` when it has as many in work as it may.
    pub(super) fn enter(self: &Arc<Self>, tenant: &str) -> Option<Share> {
        let mut in_work = self.in_work.lock().unwrap_or_else(PoisonError::into_inner);
        let of_this = in_work.get(tenant).copied().unwrap_or_default();
        let tenants = in_work.len() + usize::from(of_this == 0);
        if of_this >= (self.most / tenants).max(LEAST) {
            return None;
        }
        match in_work.get_mut(tenant) {
            Some(count) => *count += 1,
            None => drop(in_work.insert(tenant.to_owned(), 1)),
        }
        Some(Share { of: Arc::clone(self), tenant: tenant.to_owned() })
    }

    /// A message of this conversation came. Not taken is what is more than can be answered, with how long to wait.
    pub(super) fn take(&self, tenant: &str, conversation: &str, now: Moment) -> Result<(), Duration> {
        let now = now.unix_millis();
        let parts =
            [("tenant", "", self.rate), ("conversation", conversation, (self.rate / PART_OF_A_CONVERSATION).max(1))];
        let mut paid_until = self.paid_until.lock().unwrap_or_else(PoisonError::into_inner);
        if paid_until.len() >= MOST_REMEMBERED {
            paid_until.retain(|_, until| *until > now);
        }
        if paid_until.len() >= MOST_REMEMBERED {
            paid_until.clear();
        }
        let at_once = i64::try_from(AT_ONCE.as_millis()).unwrap_or(i64::MAX);
        let mut paid = [([0; 16], 0); 2];
        for (slot, (what, name, rate)) in paid.iter_mut().zip(parts) {
            let key = key(what, tenant, name);
            let until = paid_until.get(&key).copied().unwrap_or(now).max(now) + 1_000 / i64::from(rate);
            if until - now > at_once {
                return Err(Duration::from_millis(u64::try_from(until - now - at_once).unwrap_or_default()));
            }
            *slot = (key, until);
        }
        // Neither is charged for what the other held back.
        paid_until.extend(paid);
        Ok(())
    }
}

fn key(what: &str, tenant: &str, name: &str) -> [u8; 16] {
    let digest = Sha256::digest(format!("{what}\0{tenant}\0{name}"));
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::{AT_ONCE, LEAST, MOST_REMEMBERED, Shares};
    use crate::clock::Moment;

    const START: Moment = Moment::from_unix_millis(1_700_000_000_000);

    #[test]
    fn one_tenant_leaves_places_for_the_next_and_shares_them_with_who_is_there() {
        let shares = Arc::new(Shares::new(512, 30));
        let mut first: Vec<_> = std::iter::from_fn(|| shares.enter("first")).collect();
        assert_eq!(first.len(), 384);
        let second: Vec<_> = std::iter::from_fn(|| shares.enter("second")).collect();
        assert_eq!(second.len(), 192, "half of what there is for all");
        first.truncate(192);
        assert!(shares.enter("first").is_none(), "and no more for the first one now");
        drop(second);
        assert!(shares.enter("first").is_some());
        drop(first);
        assert!(shares.in_work.lock().unwrap().is_empty(), "nothing is remembered of who has nothing in work");
    }

    #[test]
    fn nobody_is_held_to_nothing() {
        let shares = Arc::new(Shares::new(512, 30));
        let crowd: Vec<_> = (0..500).filter_map(|tenant| shares.enter(&tenant.to_string())).collect();
        assert_eq!(crowd.len(), 500);
        let kept: Vec<_> = std::iter::repeat_with(|| shares.enter("one more")).map_while(|share| share).collect();
        assert_eq!(kept.len(), LEAST);
    }

    #[test]
    fn a_conversation_brings_as_much_as_can_be_answered_and_others_are_none_the_worse() {
        let shares = Shares::new(512, 30);
        let burst = |tenant: &str, conversation: &str, now: Moment| {
            (0..).take_while(|_| shares.take(tenant, conversation, now).is_ok()).count()
        };
        assert_eq!(burst("a", "1", START), 120, "a minute of two a second");
        assert_eq!(shares.take("a", "1", START), Err(Duration::from_millis(500)));
        assert_eq!(burst("a", "1", START.plus(Duration::from_secs(3))), 6);
        assert_eq!(burst("a", "2", START), 120, "another conversation");
        for conversation in 3..16 {
            burst("a", &conversation.to_string(), START);
        }
        let left = (16..40).map(|conversation| burst("a", &conversation.to_string(), START)).sum::<usize>();
        assert!(left < 120, "the tenant has had a minute of thirty a second: {left}");
        assert_eq!(burst("b", "1", START), 120, "another tenant is not kept waiting");
        assert_eq!(burst("a", "1", START.plus(AT_ONCE * 2)), 120);
    }

    #[test]
    fn memory_is_bounded() {
        let shares = Shares::new(512, 1_000_000);
        for conversation in 0..MOST_REMEMBERED + 10 {
            assert!(shares.take("a", &conversation.to_string(), START).is_ok());
        }
        assert!(shares.paid_until.lock().unwrap().len() <= MOST_REMEMBERED);
    }
}
