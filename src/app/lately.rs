//! What was made lately, by what it was made of, for things that many ask for and that are the same each time.
//!
//! Only what holds nobody's own words may be put here: it stays for as long as there is room.

use std::{
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use rustc_hash::FxHashMap;

/// More entries than people ask about in a day. When there are as many, all are made anew: that costs less than to find out which
/// of them are old.
const MOST: usize = 1_024;

/// Values by what they were made of. What is looked for is compared as a whole, so that a value is never another one's.
#[derive(Debug)]
pub(crate) struct Lately<K, V>(Mutex<FxHashMap<K, V>>);

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Lately<K, V> {
    /// What was made of this.
    pub(crate) fn get(&self, of: &K) -> Option<V> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(of).cloned()
    }

    /// Remembers what was made of this.
    pub(crate) fn put(&self, of: K, value: V) {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= MOST {
            made.clear();
        }
        made.insert(of, value);
    }
}

#[cfg(test)]
mod tests {
    use super::{Lately, MOST};

    #[test]
    fn there_is_never_more_than_has_room() {
        let lately = Lately::default();
        for number in 0..MOST {
            lately.put(number, number.to_string());
        }
        assert_eq!(lately.get(&0).as_deref(), Some("0"));
        assert_eq!(lately.get(&MOST), None);
        lately.put(MOST, "one more".to_owned());
        assert_eq!((lately.get(&0), lately.get(&MOST)), (None, Some("one more".to_owned())));
    }
}
