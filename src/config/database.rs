//! Where the data lives.

use std::{fmt, path::PathBuf};

use super::{Problem, Source};

/// `UPSHOT_DATABASE_URL`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://data/upshot.db`: a file, created at first start together with its folder.
    SqliteFile(PathBuf),
    /// `sqlite::memory:`: gone when the process ends.
    SqliteMemory,
}

impl DatabaseUrl {
    pub(super) fn from_source(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let default = Self::SqliteFile(PathBuf::from("data/upshot.db"));
        source.get("UPSHOT_DATABASE_URL").map_or(default.clone(), |url| {
            Self::parse(url).unwrap_or_else(|problem| {
                problems.push(problem);
                default
            })
        })
    }

    fn parse(url: &str) -> Result<Self, Problem> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Err(Problem::new(
                "UPSHOT_DATABASE_URL names PostgreSQL, which this version cannot use yet: write sqlite://data/upshot.db.",
            ));
        }
        // Options after a question mark (`?mode=rwc`) are other programs' habit; creating the file is what we do anyway.
        let path = url.split('?').next().unwrap_or_default();
        match path.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest)) {
            Some(":memory:") => Ok(Self::SqliteMemory),
            Some(path) if !path.is_empty() => Ok(Self::SqliteFile(PathBuf::from(path))),
            _ => Err(Problem::new("UPSHOT_DATABASE_URL must look like sqlite://data/upshot.db.")),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A database address can carry a password, so the general rule is to show as little as helps.
        match self {
            Self::SqliteFile(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::SqliteMemory => formatter.write_str("sqlite::memory:"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::DatabaseUrl;

    #[test]
    fn sqlite_addresses_are_understood() {
        let file = |path: &str| Ok(DatabaseUrl::SqliteFile(PathBuf::from(path)));
        assert_eq!(DatabaseUrl::parse("sqlite://data/upshot.db"), file("data/upshot.db"));
        assert_eq!(DatabaseUrl::parse("sqlite:///var/lib/upshot.db?mode=rwc"), file("/var/lib/upshot.db"));
        assert_eq!(DatabaseUrl::parse("sqlite::memory:"), Ok(DatabaseUrl::SqliteMemory));
    }

    #[test]
    fn other_addresses_are_refused_with_the_mend() {
        for url in ["postgres://u:hunter2@db/upshot", "mysql://db", "sqlite://", "upshot.db"] {
            let problem = DatabaseUrl::parse(url).unwrap_err().to_string();
            assert!(problem.contains("sqlite://data/upshot.db"), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
