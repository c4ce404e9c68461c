//! Encryption of tokens: XChaCha20-Poly1305 under a key that is not in the database, bound to the row it belongs to.
//!
//! A sealed value is a version byte, four bytes that name the key, a random nonce of 24 bytes, and the ciphertext with its
//! tag. A value copied into another row does not open there.

use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use sha2::{Digest, Sha256};

use super::StoreError;
use crate::{config::Secret, ids::hex};

const VERSION: u8 = 1;
const NAME_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;

struct SealingKey {
    name: [u8; NAME_BYTES],
    cipher: XChaCha20Poly1305,
    /// Makes marks of what must not be kept itself.
    marking: [u8; 32],
    /// Makes ids.
    for_ids: [u8; 32],
}

impl SealingKey {
    /// A key from text of any form: hexadecimal, Base64 or a long sentence.
    fn new(text: &str) -> Self {
        let digest = |label: &[u8]| -> [u8; 32] {
            let mut hash = Sha256::new();
            hash.update(label);
            hash.update(text.as_bytes());
            hash.finalize().into()
        };
        let [first, second, third, fourth, ..] = digest(b"upshot name of an encryption key\0");
        let key = digest(b"upshot encryption key\0");
        let (marking, for_ids) = (digest(b"upshot marking key\0"), digest(b"upshot key for ids\0"));
        let cipher = XChaCha20Poly1305::new(&Key::from(key));
        Self { name: [first, second, third, fourth], cipher, marking, for_ids }
    }
}

/// The keys. The first one seals, all of them open.
pub(super) struct Seal {
    keys: Vec<SealingKey>,
}

impl Seal {
    pub(super) fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self { keys: keys.into_iter().map(SealingKey::new).collect() }
    }

    /// The configured keys, or else the one in the file beside the database, which is made when it is missing.
    pub(super) fn open(keys: &[Secret], database: Option<&Path>) -> Result<Self, StoreError> {
        if !keys.is_empty() {
            return Ok(Self::new(keys.iter().map(Secret::expose)));
        }
        // A server's database is shared by several machines, and none of them has the right place for a file.
        let Some(database) = database else { return Ok(Self { keys: Vec::new() }) };
        let path = database.with_extension("key");
        let key = key_file(&path).map_err(|error| StoreError::KeyFile(path, error))?;
        Ok(Self::new([key.trim()]))
    }

    /// A key that is gone with the process, for a database that is too.
    pub(super) fn for_memory() -> Result<Self, StoreError> {
        Ok(Self::new([&*random_key().map_err(|error| StoreError::KeyFile(PathBuf::from("memory"), error))?]))
    }

    /// The key of marks. With another first key the same word has another mark, and is counted anew.
    pub(super) fn marking_key(&self) -> Option<&[u8]> {
        self.keys.first().map(|key| key.marking.as_slice())
    }

    /// A key for making ids, the same in every process that has the same first key.
    pub(super) fn key_for_ids(&self) -> Option<[u8; 32]> {
        self.keys.first().map(|key| key.for_ids)
    }

    /// Encrypts a value for the row that `row` names.
    pub(super) fn seal(&self, plain: &[u8], row: &str) -> Result<Vec<u8>, StoreError> {
        let key = self.keys.first().ok_or(StoreError::NoKey)?;
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| StoreError::NoKey)?;
        let payload = Payload { msg: plain, aad: row.as_bytes() };
        let ciphertext = key.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| StoreError::NoKey)?;
        let mut sealed = Vec::with_capacity(1 + NAME_BYTES + NONCE_BYTES + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.name);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Decrypts the value of the row that `row` names, and says whether it should be sealed again under the first key.
    pub(super) fn unseal(&self, sealed: &[u8], row: &str) -> Result<(Vec<u8>, bool), StoreError> {
        let parts = || {
            let rest = sealed.strip_prefix(&[VERSION])?;
            let (name, rest) = rest.split_first_chunk::<NAME_BYTES>()?;
            let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
            Some((name, nonce, ciphertext))
        };
        let (name, nonce, ciphertext) = parts().ok_or(StoreError::Damaged("installations"))?;
        let at = self.keys.iter().position(|key| key.name == *name).ok_or(StoreError::WrongKey)?;
        let key = self.keys.get(at).ok_or(StoreError::WrongKey)?;
        let payload = Payload { msg: ciphertext, aad: row.as_bytes() };
        let plain = key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| StoreError::WrongKey)?;
        Ok((plain, at > 0))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Seal({} keys)", self.keys.len())
    }
}

fn random_key() -> io::Result<String> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).map_err(|_| io::Error::other("the operating system has no randomness to give"))?;
    Ok(hex(&key))
}

/// Reads the key file, or makes it, readable by its owner alone.
fn key_file(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Ok(key) if key.trim().is_empty() => Err(io::Error::other("the file is empty")),
        Ok(key) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = random_key()?;
            // Written whole under another name first: nobody ever reads half a key, and who comes second takes the
            // first one's.
            let fresh = path.with_extension(format!("key.{}", std::process::id()));
            write_private(&fresh, &key)?;
            let linked = fs::hard_link(&fresh, path);
            fs::remove_file(&fresh)?;
            match linked {
                Ok(()) => {
                    tracing::info!(
                        file = %path.display(),
                        "a key for encrypting tokens was made; keep it with the database, or set UPSHOT_ENCRYPTION_KEY"
                    );
                    Ok(key)
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read_to_string(path),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{Seal, StoreError};

    #[test]
    fn a_value_opens_in_its_row_under_any_of_the_keys_and_nowhere_else() {
        let (old, new) = ("o".repeat(32), "n".repeat(64));
        let before = Seal::new([&*old]);
        let during = Seal::new([&*new, &*old]);
        let after = Seal::new([&*new]);
        let sealed = before.seal(b"xoxb-1", "slack T1").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"xoxb-1"));
        assert_ne!(sealed, before.seal(b"xoxb-1", "slack T1").unwrap(), "a nonce is used once");
        assert_eq!(before.unseal(&sealed, "slack T1").unwrap(), (b"xoxb-1".to_vec(), false));
        assert_eq!(during.unseal(&sealed, "slack T1").unwrap(), (b"xoxb-1".to_vec(), true), "to be sealed again");
        assert!(matches!(after.unseal(&sealed, "slack T1"), Err(StoreError::WrongKey)));
        assert!(matches!(before.unseal(&sealed, "slack T2"), Err(StoreError::WrongKey)), "moved to another row");
        let again = during.seal(b"xoxb-1", "slack T1").unwrap();
        assert_eq!(after.unseal(&again, "slack T1").unwrap(), (b"xoxb-1".to_vec(), false));
    }

    #[test]
    fn a_changed_or_cut_value_is_refused() {
        let seal = Seal::new(["k".repeat(32).as_str()]);
        let sealed = seal.seal(b"xoxb-1", "row").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(seal.unseal(&changed, "row").is_err(), "byte {at}");
            assert!(seal.unseal(&sealed[..at], "row").is_err(), "cut at {at}");
        }
        assert!(matches!(Seal::new([]).seal(b"x", "row"), Err(StoreError::NoKey)));
    }
}
