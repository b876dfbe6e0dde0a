//! Secrecy: the kiosk's key, a key for each dossier under it, and what is sealed with those.
//!
//! XChaCha20-Poly1305 throughout, a fresh random nonce for each sealing. What is sealed is bound to what it is
//! and whose it is, so a blob copied into another row does not open. Keys and plain text are wiped when dropped.
//!
//! The kiosk's key on the same card as the data protects little against someone who takes the card, unless
//! systemd binds the credential to a TPM.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::store::StoreError;

/// The length of every key, in bytes.
pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// The first byte of a sealed blob. Another shape gets another number.
const SHAPE: u8 = 1;

/// Plain text that is wiped when dropped.
pub type Plain = Zeroizing<Vec<u8>>;

/// Where the kiosk's key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A systemd credential (`LoadCredentialEncrypted=`). systemd grants the service by an access list, which
    /// shows as group-readable; nobody else may read it.
    Credential(PathBuf),
    /// A file that only its owner may read.
    File(PathBuf),
    /// The same, made with a random key if it is not there: for development.
    FileOrCreate(PathBuf),
}

/// Why there is no kiosk key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("Cannot read the kiosk key {path}")]
    Unreadable {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    #[error("Cannot make the kiosk key {path}")]
    NotMade {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    #[error("kiosk key {path} has mode {mode:03o}: others may read or change it")]
    TooOpen { path: PathBuf, mode: u32 },
    #[error("kiosk key {path} is not {KEY_BYTES} bytes")]
    WrongLength { path: PathBuf },
}

/// The kiosk's key: wraps the keys of dossiers, and the key for links follows from it.
pub struct KioskKey(Zeroizing<[u8; KEY_BYTES]>);

impl KioskKey {
    /// Reads the key, or makes it where the source says so.
    pub fn load(source: &KeySource) -> Result<Self, KeyError> {
        match source {
            KeySource::Credential(path) => Self::read(path, 0o337),
            KeySource::File(path) => Self::read(path, 0o077),
            KeySource::FileOrCreate(path) => {
                create_if_missing(path).map_err(|error| KeyError::NotMade {
                    path: path.clone(),
                    error,
                })?;
                Self::read(path, 0o077)
            }
        }
    }

    fn read(path: &Path, refused_mode_bits: u32) -> Result<Self, KeyError> {
        let unreadable = |error| KeyError::Unreadable {
            path: path.to_owned(),
            error,
        };
        let wrong_length = || KeyError::WrongLength { path: path.to_owned() };
        let mut file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & refused_mode_bits != 0 {
            return Err(KeyError::TooOpen {
                path: path.to_owned(),
                mode,
            });
        }
        if !metadata.is_file() || metadata.len() != KEY_BYTES as u64 {
            return Err(wrong_length());
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        file.read_exact(key.as_mut_slice()).map_err(|_| wrong_length())?;
        Ok(Self(key))
    }

    /// A key of these bytes, for tests and for keys that come from elsewhere.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key for the links on slips, and for nothing else: from it nothing follows about this one.
    pub fn of_links(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derived(b"kiosk: links on slips, 1")
    }

    /// By which this installation is told from another of the same name: 32 bits, which tell nothing of the key.
    pub(super) fn mark(&self) -> String {
        let bytes = self.derived(b"kiosk: installation, 1");
        bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    fn derived(&self, purpose: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        // HMAC takes a key of any length.
        if let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) {
            key.copy_from_slice(&mac.chain_update(purpose).finalize().into_bytes());
        }
        key
    }

    /// Makes a dossier's key and its wrapped form, which is what the database keeps.
    pub(super) fn new_dossier_key(&self, owner: Uuid) -> Result<(DossierKey, Vec<u8>), StoreError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rand::fill(key.as_mut_slice());
        let wrapped = seal(&self.0, "dossier key", owner, key.as_slice())?;
        Ok((DossierKey { owner, key }, wrapped))
    }

    pub(super) fn unwrap_key(&self, owner: Uuid, wrapped: &[u8]) -> Result<DossierKey, StoreError> {
        let plain = open(&self.0, "dossier key", owner, wrapped)?;
        let key = <[u8; KEY_BYTES]>::try_from(plain.as_slice()).map_err(|_| StoreError::Tampered)?;
        Ok(DossierKey {
            owner,
            key: Zeroizing::new(key),
        })
    }

    /// A blob that opens only under this key: tells a wrong key from a damaged database.
    pub(super) fn check_mark(&self) -> Result<Vec<u8>, StoreError> {
        seal(&self.0, "kiosk key check", Uuid::nil(), b"")
    }

    pub(super) fn made(&self, mark: &[u8]) -> bool {
        open(&self.0, "kiosk key check", Uuid::nil(), mark).is_ok()
    }
}

impl fmt::Debug for KioskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KioskKey(hidden)")
    }
}

/// The key of one draft, later of its dossier. Lives as long as one call.
pub(super) struct DossierKey {
    owner: Uuid,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl DossierKey {
    pub const fn owner(&self) -> Uuid {
        self.owner
    }

    /// Seals `plain`, bound to this dossier and to `what` it is.
    pub fn seal(&self, what: &'static str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(&self.key, what, self.owner, plain)
    }

    /// Opens what [`Self::seal`] sealed under the same words.
    pub fn open(&self, what: &'static str, sealed: &[u8]) -> Result<Plain, StoreError> {
        open(&self.key, what, self.owner, sealed)
    }

    pub fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key).into())
    }
}

/// Nothing but a full memory makes sealing fail; a length over the cipher's 256 GiB cannot be held here.
fn seal(key: &[u8; KEY_BYTES], what: &'static str, owner: Uuid, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let nonce = XNonce::generate();
    let payload = Payload {
        msg: plain,
        aad: &bound_to(what, owner),
    };
    let sealed = XChaCha20Poly1305::new(&(*key).into())
        .encrypt(&nonce, payload)
        .map_err(|_| StoreError::Tampered)?;
    let mut blob = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
    blob.push(SHAPE);
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(&sealed);
    Ok(blob)
}

fn open(key: &[u8; KEY_BYTES], what: &'static str, owner: Uuid, blob: &[u8]) -> Result<Plain, StoreError> {
    let sealed = blob.strip_prefix(&[SHAPE]).ok_or(StoreError::Tampered)?;
    if sealed.len() < NONCE_BYTES + TAG_BYTES {
        return Err(StoreError::Tampered);
    }
    let (nonce, sealed) = sealed.split_at(NONCE_BYTES);
    let nonce = XNonce::try_from(nonce).map_err(|_| StoreError::Tampered)?;
    let payload = Payload {
        msg: sealed,
        aad: &bound_to(what, owner),
    };
    let plain = XChaCha20Poly1305::new(&(*key).into())
        .decrypt(&nonce, payload)
        .map_err(|_| StoreError::Tampered)?;
    Ok(Zeroizing::new(plain))
}

/// The words are of our own code and hold no zero byte, so no two pairs give the same bytes.
fn bound_to(what: &'static str, owner: Uuid) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(what.len() + 17);
    bytes.extend_from_slice(what.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(owner.as_bytes());
    bytes
}

/// A file that appears whole or not at all: a key cut short by the plug would lock the kiosk out.
fn create_if_missing(path: &Path) -> io::Result<()> {
    if path.try_exists()? {
        return Ok(());
    }
    let temporary = path.with_extension("new");
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    rand::fill(key.as_mut_slice());
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(key.as_slice())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        KioskKey::load(&KeySource::FileOrCreate(path.clone())).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for (mode, as_file, as_credential) in [
            (0o600, true, false),
            (0o400, true, true),
            (0o440, false, true),
            (0o444, false, false),
            (0o640, false, false),
        ] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(
                KioskKey::load(&KeySource::File(path.clone())).is_ok(),
                as_file,
                "file {mode:o}"
            );
            assert_eq!(
                KioskKey::load(&KeySource::Credential(path.clone())).is_ok(),
                as_credential,
                "cred {mode:o}"
            );
        }
    }

    #[test]
    fn a_key_of_the_wrong_length_is_refused_and_a_missing_one_is_not_made_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert!(matches!(
            KioskKey::load(&KeySource::File(path.clone())),
            Err(KeyError::Unreadable { .. })
        ));
        assert!(!path.exists());
        std::fs::write(&path, [0; 31]).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            KioskKey::load(&KeySource::File(path)),
            Err(KeyError::WrongLength { .. })
        ));
    }

    #[test]
    fn no_key_is_printed_by_accident() {
        assert_eq!(
            format!("{:?}", KioskKey::from_bytes([7; KEY_BYTES])),
            "KioskKey(hidden)"
        );
    }

    #[test]
    fn a_blob_opens_only_as_what_it_is_and_for_whom_it_was_sealed() {
        let kiosk = KioskKey::from_bytes([7; KEY_BYTES]);
        let (mine, wrapped) = kiosk.new_dossier_key(Uuid::from_u128(1)).unwrap();
        let (yours, _) = kiosk.new_dossier_key(Uuid::from_u128(2)).unwrap();
        let sealed = mine.seal("fields", b"Nguyen Van Mau").unwrap();
        assert_eq!(mine.open("fields", &sealed).unwrap().as_slice(), b"Nguyen Van Mau");
        assert!(mine.open("meta", &sealed).is_err());
        assert!(yours.open("fields", &sealed).is_err());
        assert!(kiosk.unwrap_key(Uuid::from_u128(2), &wrapped).is_err());
        assert!(
            KioskKey::from_bytes([8; KEY_BYTES])
                .unwrap_key(Uuid::from_u128(1), &wrapped)
                .is_err()
        );
        let again = kiosk.unwrap_key(Uuid::from_u128(1), &wrapped).unwrap();
        assert_eq!(again.open("fields", &sealed).unwrap().as_slice(), b"Nguyen Van Mau");
    }

    proptest! {
        #[test]
        fn any_changed_byte_and_any_cut_is_noticed(plain: Vec<u8>, at: prop::sample::Index, flip in 1_u8..) {
            let (key, _) = KioskKey::from_bytes([7; KEY_BYTES]).new_dossier_key(Uuid::from_u128(1)).unwrap();
            let mut sealed = key.seal("fields", &plain).unwrap();
            prop_assert!(key.open("fields", &sealed[..at.index(sealed.len())]).is_err());
            let at = at.index(sealed.len());
            sealed[at] ^= flip;
            prop_assert!(key.open("fields", &sealed).is_err());
        }
    }
}
