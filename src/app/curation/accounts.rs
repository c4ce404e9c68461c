//! People who look after the glossary with their account on a chat platform: the same people as in chat, known by the ids
//! of the platform and by nothing that they can choose themselves.

use super::{
    App, CurationError, Curator, Reach, Role,
    curator::{LONGEST_NAME, fit_name, is_invisible},
};
use crate::{
    app::Actor,
    clock::Timestamp,
    ids::{PersonId, Platform, WorkspaceId},
    store::{StoreError, StoredAccount},
};

pub use crate::store::StoredAccount as Account;

/// The longest id of a workspace or person that somebody may type.
const LONGEST_ID: usize = 80;

/// An id up to this length stands whole behind a name: those of Slack do. Of a longer one, which is random, the beginning does.
const LONGEST_SHOWN_ID: usize = 16;
const SHOWN_OF_LONGER_IDS: usize = 8;

/// How a platform is named to people.
#[must_use]
pub const fn platform_title(platform: Platform) -> &'static str {
    match platform {
        Platform::Slack => "Slack",
        Platform::Teams => "Microsoft",
    }
}

/// Whether somebody belongs to the place of their account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They do.
    Member,
    /// They are a guest there.
    Guest,
    /// The platform did not say.
    Unknown,
}

impl Standing {
    /// Refuses those whom an administrator must let in first.
    fn need_member(self, platform: Platform) -> Result<(), CurationError> {
        let title = platform_title(platform);
        Err(CurationError::NotAllowed(match self {
            Self::Member => return Ok(()),
            Self::Guest => format!(
                "Your account at {title} is a guest’s. Ask an administrator of the glossary to let you in, on the page People."
            ),
            Self::Unknown => format!(
                "{title} did not say whether you are a member there or a guest. Try again in a minute; when it stays so, the \
                 app may not read who people are, and an administrator of the glossary has to let you in, on the page People."
            ),
        }))
    }
}

/// The account of somebody, as they are known here: people of an organisation are the same in each of its workspaces, so the
/// organisation's id stands for all of these.
fn known_as(platform: Platform, actor: &Actor) -> Account {
    let workspace = actor.organisation.as_ref().map_or(actor.workspace.clone(), |id| WorkspaceId::new(id.as_str()));
    Account { platform, workspace, person: actor.person.clone() }
}

impl App {
    /// The account of somebody who maintains the glossary from a chat; they go by the same name there.
    pub(super) async fn account_of(&self, curator: &Curator) -> Result<Option<Account>, StoreError> {
        let called = self.store().accounts_called(&curator.name).await?;
        Ok(called.into_iter().find(|(name, _)| *name == curator.name).map(|(_, account)| account))
    }

    /// Whoever has this account, when they are known.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn curator_by_actor(
        &self,
        platform: Platform,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<Curator>, CurationError> {
        let account = known_as(platform, actor);
        let own = self.known_curator(&account, actor).await?;
        // Who was let in by the id of a workspace keeps what they have.
        let of_the_workspace = Account { workspace: actor.workspace.clone(), ..account.clone() };
        if of_the_workspace == account {
            return Ok(own);
        }
        let Some(earlier) = self.known_curator(&of_the_workspace, actor).await? else { return Ok(own) };
        let known = own.as_ref().unwrap_or(&earlier);
        let joined = Curator { role: known.role.max(earlier.role), ..known.clone() };
        self.store().join_accounts(&of_the_workspace, &account, joined.role.name(), now).await?;
        Ok(Some(joined))
    }

    async fn known_curator(&self, account: &Account, actor: &Actor) -> Result<Option<Curator>, CurationError> {
        let Some((name, role)) = self.store().curator_by_account(account).await? else { return Ok(None) };
        let reach = self.reach_of(account.platform, actor).await?;
        Ok(Some(Curator { name, role: Role::parse(&role).unwrap_or(Role::Reader), reach }))
    }

    async fn reach_of(&self, platform: Platform, actor: &Actor) -> Result<Reach, CurationError> {
        self.reach_of_account(platform, actor.organisation.as_ref(), &actor.workspace).await
    }

    /// Whoever signs in with this account. A member of the place who comes for the first time is a reader from now on, under the
    /// name by which they are called there and their id: people choose the one themselves, so it alone would let them pass for a
    /// colleague. A guest must be known before.
    ///
    /// # Errors
    /// They are no member, or the database does not answer.
    pub async fn curator_signing_in(
        &self,
        platform: Platform,
        actor: &Actor,
        called: &str,
        standing: Standing,
        now: Timestamp,
    ) -> Result<Curator, CurationError> {
        let account = known_as(platform, actor);
        let by = format!("signing in with {}", platform_title(platform));
        for name in names(called, &account) {
            if let Some(known) = self.curator_by_actor(platform, actor, now).await? {
                return Ok(known);
            }
            standing.need_member(platform)?;
            let role = Role::Reader;
            // Names in histories are read as people, so none may be two of them.
            if self.store().add_account(&name, role.name(), &account, &by, now).await? {
                return Ok(Curator { name, role, reach: self.reach_of(platform, actor).await? });
            }
        }
        Err(CurationError::Refused(
            "Somebody else has every name that you could have in the glossary. Ask an administrator of it for one."
                .to_owned(),
        ))
    }

    /// Lets an account in before it signs in, with a role.
    ///
    /// # Errors
    /// The asker may not, the name is taken or makes no sense, the account is known already, or the database does not answer.
    pub async fn add_account(
        &self,
        asker: &Curator,
        account: &Account,
        name: &str,
        role: Role,
        now: Timestamp,
    ) -> Result<(), CurationError> {
        asker.need(Role::Admin)?;
        if !asker.reach.knows(Some(account)) {
            return Err(CurationError::NotAllowed(
                "This account is of another workspace. Somebody there, or with a token, has to let them in.".to_owned(),
            ));
        }
        let name = fit_name(name)?;
        if let Some((known, _)) = self.store().curator_by_account(account).await? {
            return Err(CurationError::Refused(format!(
                "This account is known already, as {known}. Change the role there."
            )));
        }
        if self.store().add_account(name, role.name(), account, &asker.name, now).await? {
            return Ok(());
        }
        Err(CurationError::Refused(format!("There is somebody named {name} already. Write another name.")))
    }

    /// Gives somebody another role, from their next click on.
    ///
    /// # Errors
    /// The asker may not, there is nobody of that name, or the database does not answer.
    pub async fn set_role(&self, asker: &Curator, name: &str, role: Role, now: Timestamp) -> Result<(), CurationError> {
        asker.need(Role::Admin)?;
        self.need_known(asker, name).await?;
        if self.store().set_curator_role(name, role.name(), &asker.name, now).await? {
            return Ok(());
        }
        Err(CurationError::Refused(format!("There is nobody named {name}.")))
    }
}

/// An account as somebody typed it.
///
/// # Errors
/// It is none.
pub fn account(platform: &str, workspace: &str, person: &str) -> Result<Account, CurationError> {
    let refused = |sentence: &str| CurationError::Refused(sentence.to_owned());
    let platform = Platform::parse(platform).ok_or_else(|| refused("The platform is slack or teams."))?;
    let id = |text: &str| {
        let text = text.trim();
        let is_sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '-';
        let is_id = !text.is_empty() && text.len() <= LONGEST_ID && text.chars().all(is_sign);
        // As the platforms write them, because that is what people are known by.
        is_id.then(|| match platform {
            Platform::Slack => text.to_ascii_uppercase(),
            Platform::Teams => text.to_ascii_lowercase(),
        })
    };
    let (Some(workspace), Some(person)) = (id(workspace), id(person)) else {
        return Err(refused(match platform {
            Platform::Slack => {
                "Write the id of the workspace, such as T0000ABCD, and the member's id, such as U0000ABCD. Slack shows the \
                 member's under Copy member ID in the menu of a profile."
            }
            Platform::Teams => "Write the tenant's id and the person's object id. The Entra admin centre shows both.",
        }));
    };
    Ok(StoredAccount { platform, workspace: WorkspaceId::new(workspace), person: PersonId::new(person) })
}

/// The names that somebody could have, the best first. Each holds the id, or the beginning of a random one.
fn names(called: &str, account: &Account) -> Vec<String> {
    let visible: String = called.chars().filter(|sign| !is_invisible(*sign)).collect();
    let words = visible.split(|sign: char| sign.is_control() || sign.is_whitespace()).filter(|word| !word.is_empty());
    let called = words.collect::<Vec<_>>().join(" ");
    let id = account.person.as_str();
    let length = id.chars().count();
    let shown = if length > LONGEST_SHOWN_ID { SHOWN_OF_LONGER_IDS } else { length };
    let mut names = Vec::new();
    for part in [shown, length] {
        let part: String = id.chars().take(part).collect();
        let room = LONGEST_NAME.saturating_sub(part.chars().count() + 3);
        let shortened: String = called.chars().take(room).collect();
        let name = format!("{} ({part})", shortened.trim_end());
        if !shortened.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names.push(format!("{} {}", account.workspace, id).chars().take(LONGEST_NAME).collect());
    names
}

#[cfg(test)]
mod tests {
    use super::{account, names};
    use crate::app::curation::CurationError;

    #[test]
    fn names_are_short_and_begin_with_what_somebody_is_called() {
        let ann = account("slack", "t0000upsht", " u0000annlee1 ").unwrap();
        assert_eq!((ann.workspace.as_str(), ann.person.as_str()), ("T0000UPSHT", "U0000ANNLEE1"));
        for (called, expected) in [
            ("  Ann\u{7}\n Lee ", vec!["Ann Lee (U0000ANNLEE1)", "T0000UPSHT U0000ANNLEE1"]),
            ("", vec!["T0000UPSHT U0000ANNLEE1"]),
            ("\u{200B}\u{3164}", vec!["T0000UPSHT U0000ANNLEE1"]),
            // What cannot be seen makes no other name, and turns none round.
            (
                "\u{202E}A\u{200D}n\u{AD}n\u{2066} Lee\u{E0041}",
                vec!["Ann Lee (U0000ANNLEE1)", "T0000UPSHT U0000ANNLEE1"],
            ),
            ("Bob (U0000BOB)", vec!["Bob (U0000BOB) (U0000ANNLEE1)", "T0000UPSHT U0000ANNLEE1"]),
        ] {
            assert_eq!(names(called, &ann), expected, "{called:?}");
        }
        let tenant = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
        let ben = account("teams", tenant, "0e1f2a3b-2b3d-4f6a-9c1e-0d2f4a6b8c9e").unwrap();
        assert_eq!(names("Ben", &ben)[..2], ["Ben (0e1f2a3b)", "Ben (0e1f2a3b-2b3d-4f6a-9c1e-0d2f4a6b8c9e)"]);
        let long = "A".repeat(100);
        let all = [names(&long, &ann), names(&long, &ben)].concat();
        assert!(all.iter().all(|name| (1..=60).contains(&name.chars().count())), "{all:?}");
        assert!(names(&long, &ann)[0].ends_with("A (U0000ANNLEE1)"));
    }

    #[test]
    fn an_account_has_ids_as_the_platforms_write_them() {
        let tenant = "5C8E7A10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
        assert_eq!(account("teams", tenant, "abc").unwrap().workspace.as_str(), tenant.to_lowercase());
        for (platform, workspace, person) in
            [("slack", "", "U1"), ("slack", "T1", ""), ("slack", "T1", "ann@example.com"), ("irc", "T1", "U1")]
        {
            let refused = account(platform, workspace, person);
            assert!(matches!(refused, Err(CurationError::Refused(_))), "{platform} {workspace} {person}");
        }
    }
}
