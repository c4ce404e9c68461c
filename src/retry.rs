//! How long to wait before something is tried again.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The wait after this many failures: doubled each time, up to five minutes, and of that between a half and the whole, so
/// that what failed together does not come back together.
pub(crate) fn wait(failures: u32, chance: u32) -> Duration {
    let doubled = FIRST.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    let half = doubled.min(LONGEST) / 2;
    half + half.mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

/// Some chance. Without any all wait for as long as they may, which is only less polite.
pub(crate) fn chance() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait;

    #[test]
    fn waits_double_to_a_limit_and_differ() {
        for (failures, chance, expected) in [
            (1, 0, 500),
            (1, u32::MAX, 1_000),
            (2, 0, 1_000),
            (5, u32::MAX, 16_000),
            (9, u32::MAX, 256_000),
            (10, u32::MAX, 300_000),
            (u32::MAX, 0, 150_000),
        ] {
            assert_eq!(wait(failures, chance), Duration::from_millis(expected), "{failures} {chance}");
        }
    }
}
