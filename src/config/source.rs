//! Where settings come from: one flat table of names and values, the environment laid over the file.

use std::{collections::BTreeMap, fs, io, path::Path};

use super::{Problem, SettingsError};

/// Every name that may be set. Some belong to parts that this version does not have yet; they are known so that one
/// deployment can be prepared for the next version.
const KNOWN: &[&str] = &[
    "MICROSOFT_APP_ID",
    "MICROSOFT_APP_PASSWORD",
    "MICROSOFT_APP_TENANT_ID",
    "MICROSOFT_LOGIN_URL",
    "SLACK_API_URL",
    "SLACK_APP_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_SIGNING_SECRET",
    "TEAMS_ALLOWED_TENANTS",
    "TEAMS_CLOUD",
    "TEAMS_GRAPH_URL",
    "TEAMS_OPENID_METADATA_URL",
    "TEAMS_READ_THREADS",
    "TEAMS_SERVICE_HOSTS",
    "TEAMS_SERVICE_URL",
    "TEAMS_TENANT_RATE",
    "TEAMS_TOKEN_URL",
    "TEAMS_UNAUTHENTICATED_LOOPBACK",
    "TEAMS_WEBHOOK_SECRET",
    "UPSHOT_ADMIN_TOKEN",
    "UPSHOT_API_RATE",
    "UPSHOT_COUNT_UNKNOWN_WORDS",
    "UPSHOT_DATABASE_URL",
    "UPSHOT_ENCRYPTION_KEY",
    "UPSHOT_GLOSSARY_DIR",
    "UPSHOT_LISTEN",
    "UPSHOT_LOG",
    "UPSHOT_LOG_FORMAT",
    "UPSHOT_PROMPTS_DIR",
    "UPSHOT_PUBLIC_URL",
];

/// Settings whose values may be shown to whoever administers. Whatever else is known is a secret until it stands here.
const SHOWN: &[&str] = &[
    "MICROSOFT_APP_ID",
    "MICROSOFT_APP_TENANT_ID",
    "MICROSOFT_LOGIN_URL",
    "SLACK_API_URL",
    "SLACK_CLIENT_ID",
    "TEAMS_ALLOWED_TENANTS",
    "TEAMS_CLOUD",
    "TEAMS_GRAPH_URL",
    "TEAMS_OPENID_METADATA_URL",
    "TEAMS_READ_THREADS",
    "TEAMS_SERVICE_HOSTS",
    "TEAMS_SERVICE_URL",
    "TEAMS_TENANT_RATE",
    "TEAMS_TOKEN_URL",
    "TEAMS_UNAUTHENTICATED_LOOPBACK",
    "UPSHOT_API_RATE",
    "UPSHOT_COUNT_UNKNOWN_WORDS",
    "UPSHOT_GLOSSARY_DIR",
    "UPSHOT_LISTEN",
    "UPSHOT_LOG",
    "UPSHOT_LOG_FORMAT",
    "UPSHOT_PROMPTS_DIR",
    "UPSHOT_PUBLIC_URL",
];

/// A setting as it may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldSetting {
    /// Its name in the environment.
    pub name: &'static str,
    /// What it says, as far as that may be shown.
    pub value: ToldValue,
}

/// What may be told of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToldValue {
    /// It is not set.
    Default,
    /// It is set and a secret.
    Secret,
    /// It says this.
    Shown(String),
}

/// Names that start like this are known as a family.
const KNOWN_FAMILY: &str = "UPSHOT_MODEL_";

/// In the environment only names that start like this can be ours by mistake; `SLACK_…` may belong to another program.
const OURS: &str = "UPSHOT_";

/// Raw settings by name.
#[derive(Debug, Clone, Default)]
pub struct Source {
    values: BTreeMap<String, String>,
}

impl Source {
    /// Reads the settings file, when there is one, and the environment.
    ///
    /// # Errors
    /// The file cannot be read or is not TOML.
    pub fn read(file: &Path) -> Result<Self, SettingsError> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                let name = file.display();
                return Err(
                    Problem::new(format!("{name} cannot be read ({error}): make it readable or remove it.")).into()
                );
            }
        };
        let mut source = Self::from_toml(&text)?;
        source.values.extend(environment());
        Ok(source)
    }

    /// Takes names and values as they are: for tests and embedding.
    #[must_use]
    pub fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self { values: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
    }

    /// Reads the text of a settings file.
    ///
    /// # Errors
    /// The text is not TOML, or a value is neither text, number nor switch.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            Problem::new(format!("upshot.toml is not valid TOML: {}.", error.message()))
        })?;
        let mut values = BTreeMap::new();
        let mut problems = Vec::new();
        for (key, value) in &table {
            match value {
                toml::Value::Table(section) => {
                    for (inner, value) in section {
                        insert(&mut values, &mut problems, &environment_name(&format!("{key}_{inner}")), value);
                    }
                }
                value => insert(&mut values, &mut problems, &environment_name(key), value),
            }
        }
        if problems.is_empty() { Ok(Self { values }) } else { Err(SettingsError { problems }) }
    }

    /// The value of a setting; a blank value counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(KNOWN.contains(&name), "{name} is missing in KNOWN");
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// All settings, secrets only as set or not.
    pub(super) fn told(&self) -> Vec<ToldSetting> {
        let value = |name: &&'static str| match self.get(name) {
            None => ToldValue::Default,
            Some(value) if SHOWN.contains(name) => ToldValue::Shown(value.to_owned()),
            Some(_) => ToldValue::Secret,
        };
        KNOWN.iter().map(|name| ToldSetting { name, value: value(name) }).collect()
    }

    /// Whether a setting is on.
    pub(super) fn switch(&self, name: &str, default: bool, problems: &mut Vec<Problem>) -> bool {
        match self.get(name) {
            None => default,
            Some("true" | "1" | "on") => true,
            Some("false" | "0" | "off") => false,
            Some(_) => {
                problems.push(Problem::new(format!("{name} must be true or false.")));
                default
            }
        }
    }

    /// One problem for each name that nobody reads.
    pub(super) fn unknown_names(&self) -> Vec<Problem> {
        let is_known = |name: &str| KNOWN.contains(&name) || name.starts_with(KNOWN_FAMILY);
        self.values
            .keys()
            .filter(|name| !is_known(name))
            .map(|name| {
                let meant = meant_by(name).map_or_else(
                    || "look for what it was meant to be in docs/settings.md".to_owned(),
                    |meant| format!("write {meant} if that was meant"),
                );
                Problem::new(format!("There is no setting {name}: remove it, or {meant}."))
            })
            .collect()
    }
}

/// What people look for under other names: the words of a name, and the setting that does it. The first line counts.
const INTENTS: &[(&[&str], &str)] = &[
    (&["DB", "DATABASE", "POSTGRES", "SQLITE"], "UPSHOT_DATABASE_URL"),
    (&["ADDR", "ADDRESS", "PORT", "HOST", "BIND"], "UPSHOT_LISTEN"),
    (&["URL", "DOMAIN"], "UPSHOT_PUBLIC_URL"),
    (&["TOKEN", "ADMIN"], "UPSHOT_ADMIN_TOKEN"),
    (&["VERBOSE", "LEVEL", "DEBUG"], "UPSHOT_LOG"),
];

/// The setting that somebody may have meant: one that is written nearly so, or one that does what the words say.
fn meant_by(name: &str) -> Option<&'static str> {
    let wanted = bare(name);
    let distance = |known: &str| strsim::osa_distance(bare(known), wanted);
    let is_near = |known: &&&str| {
        let known_bare = bare(known);
        // "DATABASE" for "DATABASE_URL": the beginning of a name is as good as all of it.
        let begins =
            wanted.len() > 2 && known_bare.starts_with(wanted) || wanted.starts_with(&format!("{known_bare}_"));
        begins || distance(known) <= wanted.len() / 4
    };
    let near = KNOWN.iter().filter(is_near).min_by_key(|known| distance(known)).copied();
    let by_intent = || {
        let words: Vec<&str> = wanted.split('_').collect();
        let intent = INTENTS.iter().find(|(signs, _)| words.iter().any(|word| signs.contains(word)));
        intent.filter(|_| name.starts_with(OURS)).map(|(_, meant)| *meant)
    };
    near.or_else(by_intent)
}

fn bare(name: &str) -> &str {
    name.strip_prefix(OURS).unwrap_or(name)
}

fn insert(values: &mut BTreeMap<String, String>, problems: &mut Vec<Problem>, name: &str, value: &toml::Value) {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(switch) => switch.to_string(),
        toml::Value::Array(items) if items.iter().all(toml::Value::is_str) => {
            items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
        }
        _ => {
            problems.push(Problem::new(format!("In upshot.toml the value of {name} must be text in quotes.")));
            return;
        }
    };
    values.insert(name.to_owned(), text);
}

/// `slack.signing_secret` is `SLACK_SIGNING_SECRET`, `listen` is `UPSHOT_LISTEN`, `model.url` is `UPSHOT_MODEL_URL`.
fn environment_name(key: &str) -> String {
    let name = key.to_uppercase().replace('-', "_");
    let has_prefix = ["SLACK_", "MICROSOFT_", "TEAMS_", OURS].iter().any(|prefix| name.starts_with(prefix));
    if has_prefix { name } else { format!("{OURS}{name}") }
}

fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with(OURS) || KNOWN.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, SHOWN, Source, ToldValue};

    #[test]
    fn secrets_are_told_as_set_and_nothing_else() {
        let pairs: Vec<(&str, &str)> = KNOWN.iter().map(|name| (*name, "hunter2")).collect();
        for told in Source::from_pairs(&pairs).told() {
            let is_secret =
                ["SECRET", "PASSWORD", "TOKEN", "KEY", "DATABASE_URL"].iter().any(|word| told.name.ends_with(word));
            assert!(!is_secret || told.value == ToldValue::Secret, "{}", told.name);
        }
        assert!(SHOWN.iter().all(|name| KNOWN.contains(name)));
        assert!(Source::default().told().iter().all(|told| told.value == ToldValue::Default));
    }

    #[test]
    fn the_file_uses_the_names_of_the_environment() {
        let source = Source::from_toml(
            "listen = \"127.0.0.1:9000\"\n[slack]\nsigning_secret = [\"a\", \"b\"]\n[model]\nurl = \"http://localhost\"\n",
        )
        .unwrap();
        assert_eq!(source.get("UPSHOT_LISTEN"), Some("127.0.0.1:9000"));
        assert_eq!(source.get("SLACK_SIGNING_SECRET"), Some("a,b"));
        assert!(source.unknown_names().is_empty());
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest_known_one() {
        let source = Source::from_pairs(&[("UPSHOT_LISTN", "x")]);
        let sentences: Vec<String> = source.unknown_names().iter().map(ToString::to_string).collect();
        assert_eq!(
            sentences,
            ["There is no setting UPSHOT_LISTN: remove it, or write UPSHOT_LISTEN if that was meant."]
        );
    }

    #[test]
    fn a_name_that_is_like_none_is_understood_by_what_it_says() {
        for (name, expected) in [
            ("UPSHOT_DB_HOST", "write UPSHOT_DATABASE_URL if that was meant"),
            ("UPSHOT_ADDR", "write UPSHOT_LISTEN if that was meant"),
            ("UPSHOT_PORT", "write UPSHOT_LISTEN if that was meant"),
            ("UPSHOT_BIND_ADDRESS", "write UPSHOT_LISTEN if that was meant"),
            ("UPSHOT_DATABASE", "write UPSHOT_DATABASE_URL if that was meant"),
            ("UPSHOT_LOG_LEVEL", "write UPSHOT_LOG if that was meant"),
            ("UPSHOT_COLOUR", "look for what it was meant to be in docs/settings.md"),
            ("SLACK_SIGNING_SECRT", "write SLACK_SIGNING_SECRET if that was meant"),
        ] {
            let problems = Source::from_pairs(&[(name, "x")]).unknown_names();
            assert_eq!(problems[0].to_string(), format!("There is no setting {name}: remove it, or {expected}."));
        }
    }

    #[test]
    fn a_blank_value_counts_as_not_set() {
        assert_eq!(Source::from_pairs(&[("SLACK_BOT_TOKEN", "  ")]).get("SLACK_BOT_TOKEN"), None);
    }

    #[test]
    fn broken_toml_is_refused() {
        let error = Source::from_toml("listen = ").unwrap_err().to_string();
        assert!(error.starts_with("upshot.toml is not valid TOML: "), "{error}");
    }
}
