//! Who may do what with the glossary.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{App, CurationError, Reach, TokenHolder, TokenScopes};
use crate::{clock::Timestamp, config::Secret, ids::hex, store::StoredCurator};

/// How the administrator of the settings is named in histories.
pub const BOOTSTRAP_NAME: &str = "administrator";

/// The longest name in a history.
pub(super) const LONGEST_NAME: usize = 60;

/// What somebody may do; each may do all that the one before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look.
    Reader,
    /// Write drafts and hand them in.
    Author,
    /// Approve what others wrote, send it back, retire, import.
    Curator,
    /// Approve their own as well, and say who may do what.
    Admin,
}

impl Role {
    /// All roles, the least first.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Author, Self::Curator, Self::Admin];

    /// The name in the database, in JSON and on pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Author => "author",
            Self::Curator => "curator",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Somebody who looks after the glossary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curator {
    /// As named in histories.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// With which entries.
    pub reach: Reach,
}

impl Curator {
    /// The administrator of the settings.
    #[must_use]
    pub fn bootstrap() -> Self {
        Self { name: BOOTSTRAP_NAME.to_owned(), role: Role::Admin, reach: Reach::Everything }
    }

    /// Refuses what needs more than this person may do.
    ///
    /// # Errors
    /// They may not.
    pub fn need(&self, role: Role) -> Result<(), CurationError> {
        if self.role >= role {
            return Ok(());
        }
        Err(CurationError::NotAllowed(format!(
            "This needs the role {}, and yours is {}. Ask an administrator of the glossary for it.",
            role.name(),
            self.role.name()
        )))
    }
}

/// The hash under which a token is kept and looked up. Tokens are random, so nobody can try out what it was made from.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Whether two secrets are the same, told in the same time wherever they differ.
#[must_use]
pub fn is_same_secret(one: &str, other: &str) -> bool {
    // Both sides go through the same keyed hash, so its comparison in constant time tells nothing about either.
    let Ok(mut first) = Hmac::<Sha256>::new_from_slice(b"upshot compares secrets") else { return false };
    let mut second = first.clone();
    first.update(one.as_bytes());
    second.update(other.as_bytes());
    first.verify_slice(&second.finalize().into_bytes()).is_ok()
}

/// The name by which somebody will be known in histories.
///
/// # Errors
/// It makes no sense.
pub(super) fn fit_name(name: &str) -> Result<&str, CurationError> {
    let name = name.trim();
    let is_visible = !name.chars().any(|sign| sign.is_control() || is_invisible(sign));
    let is_fit = !name.is_empty() && name.chars().count() <= LONGEST_NAME && is_visible;
    if is_fit && name != BOOTSTRAP_NAME {
        return Ok(name);
    }
    Err(CurationError::Refused(format!(
        "Write a name of 1 to {LONGEST_NAME} letters, by which colleagues know the person."
    )))
}

/// Whether a character shows nothing, or turns round what stands beside it: the format characters of Unicode (Cf), what may
/// be ignored when it is shown (`Default_Ignorable_Code_Point`), and the empty pattern of Braille. Two names could look like one by them.
pub(super) const fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{AD}'
            | '\u{34F}'
            | '\u{600}'..='\u{605}'
            | '\u{61C}'
            | '\u{6DD}'
            | '\u{70F}'
            | '\u{890}'..='\u{891}'
            | '\u{8E2}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{110BD}'
            | '\u{110CD}'
            | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// A fresh secret of 256 random bits, or `None` when the operating system has no randomness to give.
#[must_use]
pub fn fresh_token() -> Option<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex(&bytes))
}

impl App {
    /// Whoever has this token.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn token_holder(
        &self,
        bootstrap: Option<&Secret>,
        token: &str,
    ) -> Result<Option<TokenHolder>, CurationError> {
        if bootstrap.is_some_and(|secret| is_same_secret(secret.expose(), token)) {
            return Ok(Some(TokenHolder { curator: Curator::bootstrap(), scopes: TokenScopes::default() }));
        }
        let Some((name, role, scopes)) = self.store().curator_by_token(&token_hash(token)).await? else {
            return Ok(None);
        };
        // A scope of another version is not one of ours, and less than everything.
        let scopes = TokenScopes::parse(scopes.split_whitespace())?;
        let holder = |role| TokenHolder { curator: Curator { name, role, reach: Reach::Everything }, scopes };
        Ok(Role::parse(&role).map(holder))
    }

    /// Lets somebody in, and gives their token, which is shown once and may be used for what the scopes say.
    ///
    /// # Errors
    /// The asker may not, the name is taken or makes no sense, or the database does not answer.
    pub async fn add_curator(
        &self,
        asker: &Curator,
        name: &str,
        role: Role,
        scopes: &TokenScopes,
        now: Timestamp,
    ) -> Result<String, CurationError> {
        asker.need(Role::Admin)?;
        asker.reach.need_everything()?;
        let name = fit_name(name)?;
        let token = fresh_token().ok_or_else(|| {
            CurationError::Refused("The system has no randomness to make a token from. Try again later.".to_owned())
        })?;
        let scopes = scopes.names().join(" ");
        if self.store().add_curator(name, role.name(), &scopes, &token_hash(&token), &asker.name, now).await? {
            Ok(token)
        } else {
            Err(CurationError::Refused(format!("There is somebody named {name} already. Write another name.")))
        }
    }

    /// Everybody with a token of their own or an account, of those whom the asker may know.
    ///
    /// # Errors
    /// The asker may not know, or the database does not answer.
    pub async fn curators(&self, asker: &Curator) -> Result<Vec<StoredCurator>, CurationError> {
        asker.need(Role::Admin)?;
        let mut known = self.store().curators().await?;
        known.retain(|curator| asker.reach.knows(curator.account.as_ref()));
        Ok(known)
    }

    /// Refuses whom the asker may not know: people of other workspaces are nobody to them.
    pub(super) async fn need_known(&self, asker: &Curator, name: &str) -> Result<(), CurationError> {
        if self.curators(asker).await?.iter().any(|curator| curator.name == name) {
            return Ok(());
        }
        Err(CurationError::Refused(format!("There is nobody named {name}.")))
    }

    /// Ends somebody's token, or the role of their account, and their sessions.
    ///
    /// # Errors
    /// The asker may not, there is nobody of that name, or the database does not answer.
    pub async fn remove_curator(&self, asker: &Curator, name: &str, now: Timestamp) -> Result<(), CurationError> {
        asker.need(Role::Admin)?;
        self.need_known(asker, name).await?;
        if self.store().remove_curator(name, &asker.name, now).await? {
            return Ok(());
        }
        Err(CurationError::Refused(format!("There is nobody named {name}.")))
    }
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;

    use super::{fit_name, is_invisible, is_same_secret};

    #[test]
    fn what_unicode_calls_invisible_is() {
        let unicode = Regex::new(r"^[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]$").unwrap();
        for sign in '\0'..=char::MAX {
            assert_eq!(is_invisible(sign), unicode.is_match(sign.to_string().as_str()), "{sign:?}");
        }
        assert!(fit_name(" Ann Lee ").is_ok_and(|name| name == "Ann Lee"));
        for name in ["", "administrator", "Ann\u{200B}", "\u{202E}eeL nnA", "Ann\nLee"] {
            assert!(fit_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn secrets_are_compared_whole() {
        for (one, other, expected) in
            [("abc", "abc", true), ("abc", "abd", false), ("abc", "ab", false), ("", "", true)]
        {
            assert_eq!(is_same_secret(one, other), expected, "{one:?} {other:?}");
        }
    }
}
