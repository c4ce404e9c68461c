//! The keys under which tokens are encrypted in the database.

use super::{Problem, Secret, Source};

/// Below this a key could be guessed.
const SHORTEST: usize = 32;

/// `UPSHOT_ENCRYPTION_KEY`: one key, or several separated by commas while a new one is rolled out. The first encrypts, all
/// decrypt. Without any, a key file is kept beside a SQLite database.
#[derive(Debug, Clone, Default)]
pub struct EncryptionSettings {
    /// The keys, as they were written.
    pub keys: Vec<Secret>,
}

impl EncryptionSettings {
    pub(super) fn from_source(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let keys: Vec<Secret> = source
            .get("UPSHOT_ENCRYPTION_KEY")
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .map(Secret::new)
            .collect();
        if keys.iter().any(|key| key.expose().chars().count() < SHORTEST) {
            problems.push(Problem::new(format!(
                "UPSHOT_ENCRYPTION_KEY holds a key of fewer than {SHORTEST} characters: make one with `openssl rand -hex 32`."
            )));
        }
        Self { keys }
    }
}

#[cfg(test)]
mod tests {
    use super::EncryptionSettings;
    use crate::config::Source;

    #[test]
    fn keys_are_kept_in_order_and_short_ones_refused() {
        let (new, old) = ("n".repeat(64), "o".repeat(32));
        let mut problems = Vec::new();
        let source = Source::from_pairs(&[("UPSHOT_ENCRYPTION_KEY", &format!("{new}, {old} ,"))]);
        let settings = EncryptionSettings::from_source(&source, &mut problems);
        let keys: Vec<&str> = settings.keys.iter().map(super::Secret::expose).collect();
        assert_eq!(keys, [new, old]);
        assert!(problems.is_empty(), "{problems:?}");
        let source = Source::from_pairs(&[("UPSHOT_ENCRYPTION_KEY", "hunter2")]);
        EncryptionSettings::from_source(&source, &mut problems);
        let sentence = problems[0].to_string();
        assert!(sentence.contains("openssl rand") && !sentence.contains("hunter2"), "{sentence}");
    }
}
