//! What a token may be used for over the API, whatever its holder may do: for programs that need little.

use super::{CurationError, Curator};

/// What a call of the API is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenScope {
    /// Reading what asks for a token.
    Read,
    /// Changing the glossary, as far as the role allows.
    Write,
    /// Rewriting, explaining and verifying, which ask for no token: with it they are counted for its holder.
    Rewrite,
}

impl TokenScope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Rewrite];

    /// The name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Rewrite => "rewrite",
        }
    }
}

/// What a token may be used for. Nothing said is everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenScopes(Vec<TokenScope>);

impl TokenScopes {
    /// The scopes with these names, each once and in one order.
    ///
    /// # Errors
    /// There is none of a name.
    pub fn parse<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, CurationError> {
        let mut scopes = Vec::new();
        for name in names {
            let scope = TokenScope::ALL.into_iter().find(|scope| scope.name() == name).ok_or_else(|| {
                let all = TokenScope::ALL.map(TokenScope::name).join(", ");
                CurationError::Refused(format!("The scopes of a token are: {all}."))
            })?;
            scopes.push(scope);
        }
        scopes.sort_unstable();
        scopes.dedup();
        Ok(Self(scopes))
    }

    /// Whether the token may be used for everything.
    #[must_use]
    pub fn are_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names; none for everything.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|scope| scope.name()).collect()
    }

    /// Refuses what the token is not for.
    ///
    /// # Errors
    /// It is not.
    pub fn need(&self, scope: TokenScope) -> Result<(), CurationError> {
        if self.are_everything() || self.0.contains(&scope) {
            return Ok(());
        }
        Err(CurationError::NotAllowed(format!(
            "This call needs the scope {}, and this token has: {}. Ask an administrator of the glossary for another token.",
            scope.name(),
            self.names().join(", ")
        )))
    }
}

/// Somebody with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// Who.
    pub curator: Curator,
    /// What the token may be used for.
    pub scopes: TokenScopes,
}

impl TokenHolder {
    /// Whoever it is, where the token may be used for everything: on pages, and to let people in, because who lets people in could
    /// give out what the token is not for.
    ///
    /// # Errors
    /// The token is limited.
    pub fn unlimited(self) -> Result<Curator, CurationError> {
        if self.scopes.are_everything() {
            return Ok(self.curator);
        }
        Err(CurationError::NotAllowed(format!(
            "This token is for programs, and only for: {}. Use one without scopes here.",
            self.scopes.names().join(", ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::{TokenScope, TokenScopes};

    #[test]
    fn nothing_said_is_everything_and_a_scope_is_only_itself() {
        let scopes = |text: &str| TokenScopes::parse(text.split_whitespace()).unwrap();
        for (text, allowed) in [
            ("", [true, true, true]),
            ("read", [true, false, false]),
            ("write read write", [true, true, false]),
            ("rewrite", [false, false, true]),
        ] {
            assert_eq!(TokenScope::ALL.map(|scope| scopes(text).need(scope).is_ok()), allowed, "{text}");
        }
        assert_eq!(scopes("write read").names(), ["read", "write"]);
        assert!(TokenScopes::parse(["admin"]).is_err());
    }
}
