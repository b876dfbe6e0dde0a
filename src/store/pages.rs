//! Sealed files: pages and parts outside the database, under the key of their draft or dossier.
//!
//! A file is cut into chunks, each sealed by itself and bound to its place, the file's length and whose it is. So it
//! can be read from any offset, and a chunk that was changed, swapped, repeated or left out does not open. A file
//! appears whole or not at all.
//!
//! ```text
//! "MCKPAGE1" | random 16 | length 8, little endian | chunk 0 + tag 16 | chunk 1 + tag 16 | …
//! nonce of a chunk = random 16 ‖ its index 8        bound to: the 32 bytes of the head, owner, file
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::proof::DestroyedFile;
use crate::store::StoreError;
use crate::store::secrets::DossierKey;

/// The plain length of a chunk, in bytes.
pub const CHUNK_BYTES: usize = 64 << 10;
/// The longest file, in bytes.
pub const FILE_BYTES_MAX: u64 = 256 << 20;
const HEAD_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
const MAGIC: &[u8; 8] = b"MCKPAGE1";
const SEALED_CHUNK_BYTES: u64 = (CHUNK_BYTES + TAG_BYTES) as u64;

/// The folder of a draft's or dossier's files.
pub(super) fn folder_of(pages: &Path, owner: Uuid) -> PathBuf {
    pages.join(owner.to_string())
}

/// What lies on the disk for a draft or dossier, encrypted: the length and sum of each file, by its name. Nothing is
/// there of one without files.
pub(super) fn sums(pages: &Path, owner: Uuid) -> Result<Vec<DestroyedFile>, StoreError> {
    let failed = || StoreError::file("Cannot read what is to be forgotten");
    let entries = match fs::read_dir(folder_of(pages, owner)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed())?,
    };
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(failed())?;
    paths.sort();
    let mut sums = Vec::with_capacity(paths.len());
    for path in paths {
        let mut hasher = Sha256::new();
        let bytes = File::open(path)
            .and_then(|mut file| io::copy(&mut file, &mut HashWriter(&mut hasher)))
            .map_err(failed())?;
        let sha256 = hasher.finalize().into();
        sums.push(DestroyedFile { bytes, sha256 });
    }
    Ok(sums)
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seals `plain` into a new file. It is on the disk when this returns.
pub(super) fn write(pages: &Path, key: &DossierKey, file: Uuid, plain: &[u8]) -> Result<(), StoreError> {
    if plain.len() as u64 > FILE_BYTES_MAX {
        return Err(StoreError::TooLarge {
            what: "file",
            limit: FILE_BYTES_MAX,
        });
    }
    let failed = || StoreError::file("Cannot keep a page");
    let folder = folder_of(pages, key.owner());
    if !folder.try_exists().map_err(failed())? {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(failed())?;
        File::open(pages).and_then(|pages| pages.sync_all()).map_err(failed())?;
    }
    let path = folder.join(file.to_string());
    let temporary = path.with_extension("part");
    let written = write_sealed(&temporary, key, file, plain)
        .and_then(|()| fs::rename(&temporary, &path))
        .and_then(|()| File::open(&folder)?.sync_all());
    written.map_err(|error| {
        // A full disk is no place for half a page.
        if let Err(error) = fs::remove_file(&temporary) {
            tracing::debug!(%error, "No half-written page to remove");
        }
        failed()(error)
    })
}

fn write_sealed(path: &Path, key: &DossierKey, file: Uuid, plain: &[u8]) -> io::Result<()> {
    let out = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    let mut out = BufWriter::with_capacity(CHUNK_BYTES + TAG_BYTES, out);
    let mut head = [0; HEAD_BYTES];
    head[..8].copy_from_slice(MAGIC);
    rand::fill(&mut head[8..24]);
    head[24..].copy_from_slice(&(plain.len() as u64).to_le_bytes());
    out.write_all(&head)?;
    let cipher = key.cipher();
    let bound = bound_to(&head, key.owner(), file);
    // An empty file is one empty chunk: its head must be authentic too.
    let chunks = if plain.is_empty() {
        vec![plain]
    } else {
        plain.chunks(CHUNK_BYTES).collect()
    };
    let mut buffer = Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + TAG_BYTES));
    for (index, chunk) in chunks.into_iter().enumerate() {
        buffer.clear();
        buffer.extend_from_slice(chunk);
        cipher
            .encrypt_in_place(&nonce(&head, index as u64), &bound, &mut *buffer)
            .map_err(|_| io::Error::other("cannot seal"))?;
        out.write_all(&buffer)?;
    }
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.sync_all()
}

/// A sealed file, open for reading. Implements [`Read`] and [`Seek`] over its plain bytes.
pub struct SealedFile {
    file: File,
    cipher: XChaCha20Poly1305,
    head: [u8; HEAD_BYTES],
    bound: Vec<u8>,
    length: u64,
    position: u64,
    /// The chunk read last, open.
    chunk: Zeroizing<Vec<u8>>,
    chunk_index: Option<u64>,
}

impl std::fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedFile({} bytes)", self.length)
    }
}

impl SealedFile {
    pub(super) fn open(pages: &Path, key: &DossierKey, file: Uuid) -> Result<Self, StoreError> {
        let failed = || StoreError::file("Cannot open a page");
        let path = folder_of(pages, key.owner()).join(file.to_string());
        let sealed = File::open(path).map_err(failed())?;
        let mut head = [0; HEAD_BYTES];
        let on_disk = sealed.metadata().map_err(failed())?.len();
        sealed.read_exact_at(&mut head, 0).map_err(|_| StoreError::Tampered)?;
        let (words, length) = head.split_at(24);
        let length = u64::from_le_bytes(length.try_into().map_err(|_| StoreError::Tampered)?);
        if !words.starts_with(MAGIC) || length > FILE_BYTES_MAX || on_disk != sealed_length(length) {
            return Err(StoreError::Tampered);
        }
        let mut sealed = Self {
            file: sealed,
            cipher: key.cipher(),
            head,
            bound: bound_to(&head, key.owner(), file),
            length,
            position: 0,
            chunk: Zeroizing::new(Vec::new()),
            chunk_index: None,
        };
        // The head is proved with the first chunk, so that the length can be believed from here on.
        sealed.load(0).map_err(|_| StoreError::Tampered)?;
        Ok(sealed)
    }

    /// The plain length, in bytes.
    pub const fn len(&self) -> u64 {
        self.length
    }

    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Reads plain bytes from `offset`; fewer than asked for only at the end.
    ///
    /// # Errors
    /// `InvalidData` if the file was changed; no changed byte is ever returned.
    pub fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < into.len() {
            let at = offset.saturating_add(done as u64);
            if at >= self.length {
                break;
            }
            self.load(at / CHUNK_BYTES as u64)?;
            // Within one chunk, so it fits.
            let within = (at % CHUNK_BYTES as u64) as usize;
            let rest = self.chunk.get(within..).unwrap_or_default();
            let count = rest.len().min(into.len() - done);
            if count == 0 {
                return Err(changed());
            }
            into[done..done + count].copy_from_slice(&rest[..count]);
            done += count;
        }
        Ok(done)
    }

    /// All of it.
    pub(super) fn read_whole(&mut self) -> io::Result<Zeroizing<Vec<u8>>> {
        // At most FILE_BYTES_MAX, which a usize holds.
        let mut plain = Zeroizing::new(vec![0; self.length as usize]);
        let count = self.read_at(0, &mut plain)?;
        if count == plain.len() {
            Ok(plain)
        } else {
            Err(changed())
        }
    }

    fn load(&mut self, index: u64) -> io::Result<()> {
        if self.chunk_index == Some(index) {
            return Ok(());
        }
        self.chunk_index = None;
        let start = index * CHUNK_BYTES as u64;
        let plain = self.length.saturating_sub(start).min(CHUNK_BYTES as u64) as usize;
        self.chunk.resize(plain + TAG_BYTES, 0);
        self.file
            .read_exact_at(&mut self.chunk, HEAD_BYTES as u64 + index * SEALED_CHUNK_BYTES)?;
        let opened = self
            .cipher
            .decrypt_in_place(&nonce(&self.head, index), &self.bound, &mut *self.chunk);
        if opened.is_err() {
            self.chunk.clear();
            return Err(changed());
        }
        self.chunk_index = Some(index);
        Ok(())
    }
}

impl Read for SealedFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.read_at(self.position, into)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for SealedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "sealed file was changed")
}

fn sealed_length(plain: u64) -> u64 {
    let chunks = plain.div_ceil(CHUNK_BYTES as u64).max(1);
    HEAD_BYTES as u64 + plain + chunks * TAG_BYTES as u64
}

fn nonce(head: &[u8; HEAD_BYTES], index: u64) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..16].copy_from_slice(&head[8..24]);
    nonce[16..].copy_from_slice(&index.to_le_bytes());
    nonce.into()
}

fn bound_to(head: &[u8; HEAD_BYTES], owner: Uuid, file: Uuid) -> Vec<u8> {
    [head.as_slice(), owner.as_bytes(), file.as_bytes()].concat()
}

#[cfg(test)]
mod tests;
