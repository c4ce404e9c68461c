//! Where the data lives.

use std::{fmt, path::PathBuf};

use super::{Problem, Secret, Source};

/// `UPSHOT_DATABASE_URL`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://data/upshot.db`: a file, created at first start together with its folder.
    SqliteFile(PathBuf),
    /// `sqlite::memory:`: gone when the process ends.
    SqliteMemory,
    /// `postgres://user:password@host/database`: for several instances over one database.
    Postgres(Secret),
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
            return Ok(Self::Postgres(Secret::new(url)));
        }
        // Options after a question mark (`?mode=rwc`) are other programs' habit; creating the file is what we do anyway.
        let path = url.split('?').next().unwrap_or_default();
        match path.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest)) {
            Some(":memory:") => Ok(Self::SqliteMemory),
            Some(path) if !path.is_empty() => Ok(Self::SqliteFile(PathBuf::from(path))),
            _ => Err(Problem::new(
                "UPSHOT_DATABASE_URL must look like sqlite://data/upshot.db or postgres://user:password@host/upshot.",
            )),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A database address can carry a password, so the general rule is to show as little as helps.
        match self {
            Self::SqliteFile(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::SqliteMemory => formatter.write_str("sqlite::memory:"),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{DatabaseUrl, Secret};

    #[test]
    fn sqlite_addresses_are_understood() {
        let file = |path: &str| Ok(DatabaseUrl::SqliteFile(PathBuf::from(path)));
        assert_eq!(DatabaseUrl::parse("sqlite://data/upshot.db"), file("data/upshot.db"));
        assert_eq!(DatabaseUrl::parse("sqlite:///var/lib/upshot.db?mode=rwc"), file("/var/lib/upshot.db"));
        assert_eq!(DatabaseUrl::parse("sqlite::memory:"), Ok(DatabaseUrl::SqliteMemory));
    }

    #[test]
    fn postgresql_is_understood_and_its_password_not_shown() {
        for url in ["postgres://u:hunter2@db/upshot", "postgresql://u:hunter2@db/upshot?sslmode=require"] {
            let parsed = DatabaseUrl::parse(url).unwrap();
            assert_eq!(parsed, DatabaseUrl::Postgres(Secret::new(url)));
            assert_eq!(format!("{parsed:?}"), "postgres://…");
        }
    }

    #[test]
    fn other_addresses_are_refused_with_the_mend() {
        for url in ["mysql://u:hunter2@db/upshot", "sqlite://", "upshot.db"] {
            let problem = DatabaseUrl::parse(url).unwrap_err().to_string();
            assert!(problem.contains("sqlite://data/upshot.db"), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
