//! A parcel: a draft and its pages as one sealed stream, written and read piece by piece.
//!
//! ```text
//! "MCKASDE1" | random 16 | plain length 8, little endian | chunk 0 + tag 16 | chunk 1 + tag 16 | …
//! nonce of a chunk = random 16 ‖ its index 8        bound to: the 32 bytes of the head, the parcel's number
//! plain: length of the list 8 | the list as JSON | the bytes of each page, in the list's order
//! ```
//! The key is used for this one stream. A chunk that was changed, swapped, repeated or left out does not open, nor one
//! of another parcel; what was cut off or added is noticed by the length, which is part of what each chunk is bound to.

use std::io::{self, Read, Write};

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::AsideKey;
use crate::dossier::Draft;

/// The plain length of a chunk, in bytes.
const CHUNK_BYTES: usize = 64 << 10;
/// The longest parcel, in bytes: some hundred pages.
pub const PARCEL_BYTES_MAX: u64 = 96 << 20;
/// The list of a parcel, in bytes.
const LIST_BYTES_MAX: u64 = 4 << 20;
const HEAD_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
const MAGIC: &[u8; 8] = b"MCKASDE1";

/// What lies in a parcel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contents {
    /// Under this key it is handed in, wherever that is.
    pub request_key: Uuid,
    pub draft: Draft,
    pub pages: Vec<PageInside>,
}

/// A page of a parcel.
#[derive(Clone, Serialize, Deserialize)]
pub struct PageInside {
    pub part: String,
    pub bytes: u64,
    /// What the scanner said of it, as it was kept with the page.
    pub meta: Vec<u8>,
}

impl std::fmt::Debug for PageInside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PageInside({}, {} bytes)", self.part, self.bytes)
    }
}

/// A parcel as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub bytes: u64,
    pub sha256: [u8; 32],
}

/// Seals a draft; `page` gives the bytes of each page, in order.
///
/// # Errors
/// `FileTooLarge` beyond [`PARCEL_BYTES_MAX`]; else what reading or writing said.
pub fn seal<W: Write, R: Read>(
    out: W,
    (key, parcel): (&AsideKey, Uuid),
    contents: &Contents,
    mut page: impl FnMut(usize) -> io::Result<R>,
) -> io::Result<Sealed> {
    let list = Zeroizing::new(serde_json::to_vec(contents)?);
    let pages: u64 = contents.pages.iter().map(|page| page.bytes).sum();
    let length = 8 + list.len() as u64 + pages;
    if sealed_length(length) > PARCEL_BYTES_MAX || list.len() as u64 > LIST_BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut sealer = Sealer::new(out, key, parcel, length)?;
    sealer.write_all(&(list.len() as u64).to_le_bytes())?;
    sealer.write_all(&list)?;
    for (at, inside) in contents.pages.iter().enumerate() {
        let copied = io::copy(&mut page(at)?.take(inside.bytes), &mut sealer)?;
        if copied != inside.bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    sealer.finish()
}

/// A parcel that was opened, at the first of its pages.
pub struct Opened<R> {
    pub contents: Contents,
    pages: Opener<R>,
    next: usize,
}

/// Opens a parcel and reads its list.
///
/// # Errors
/// `InvalidData` if it was changed, cut short, is another's, or is no parcel of ours.
pub fn open<R: Read>(sealed: R, key: &AsideKey, parcel: Uuid) -> io::Result<Opened<R>> {
    let mut pages = Opener::new(sealed, key, parcel)?;
    let mut length = [0; 8];
    pages.read_exact(&mut length).map_err(changed)?;
    let length = u64::from_le_bytes(length);
    if length > LIST_BYTES_MAX {
        return Err(changed("the list is too long"));
    }
    // At most LIST_BYTES_MAX, which a usize holds.
    let mut list = Zeroizing::new(vec![0; length as usize]);
    pages.read_exact(&mut list).map_err(changed)?;
    let contents: Contents = serde_json::from_slice(&list).map_err(changed)?;
    Ok(Opened {
        contents,
        pages,
        next: 0,
    })
}

impl<R: Read> Opened<R> {
    /// The next page; `None` after the last, when nothing is left over.
    ///
    /// # Errors
    /// As [`open`].
    pub fn next_page(&mut self) -> io::Result<Option<(PageInside, Zeroizing<Vec<u8>>)>> {
        let Some(inside) = self.contents.pages.get(self.next).cloned() else {
            let mut over = [0; 1];
            return match self.pages.read(&mut over)? {
                0 => Ok(None),
                _ => Err(changed("more than its list says")),
            };
        };
        if inside.bytes > PARCEL_BYTES_MAX {
            return Err(changed("a page is too long"));
        }
        let mut bytes = Zeroizing::new(vec![0; inside.bytes as usize]);
        self.pages.read_exact(&mut bytes).map_err(changed)?;
        self.next += 1;
        Ok(Some((inside, bytes)))
    }
}

struct Sealer<W> {
    out: W,
    cipher: XChaCha20Poly1305,
    head: [u8; HEAD_BYTES],
    bound: Vec<u8>,
    left: u64,
    chunk: Zeroizing<Vec<u8>>,
    index: u64,
    hash: Sha256,
    written: u64,
}

impl<W: Write> Sealer<W> {
    fn new(mut out: W, key: &AsideKey, parcel: Uuid, length: u64) -> io::Result<Self> {
        let mut head = [0; HEAD_BYTES];
        head[..8].copy_from_slice(MAGIC);
        rand::fill(&mut head[8..24]);
        head[24..].copy_from_slice(&length.to_le_bytes());
        out.write_all(&head)?;
        let mut hash = Sha256::new();
        hash.update(head);
        Ok(Self {
            out,
            cipher: XChaCha20Poly1305::new(&(*key.bytes()).into()),
            head,
            bound: bound_to(&head, parcel),
            left: length,
            chunk: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + TAG_BYTES)),
            index: 0,
            hash,
            written: HEAD_BYTES as u64,
        })
    }

    fn seal_chunk(&mut self) -> io::Result<()> {
        self.cipher
            .encrypt_in_place(&nonce(&self.head, self.index), &self.bound, &mut *self.chunk)
            .map_err(|_| io::Error::other("cannot seal"))?;
        self.hash.update(self.chunk.as_slice());
        self.out.write_all(&self.chunk)?;
        self.written += self.chunk.len() as u64;
        self.chunk.clear();
        self.index += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<Sealed> {
        if self.left > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !self.chunk.is_empty() {
            self.seal_chunk()?;
        }
        self.out.flush()?;
        Ok(Sealed {
            bytes: self.written,
            sha256: self.hash.finalize().into(),
        })
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(CHUNK_BYTES - self.chunk.len());
        self.left = self.left.checked_sub(count as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        self.chunk.extend_from_slice(&bytes[..count]);
        if self.chunk.len() == CHUNK_BYTES {
            self.seal_chunk()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

struct Opener<R> {
    sealed: R,
    cipher: XChaCha20Poly1305,
    head: [u8; HEAD_BYTES],
    bound: Vec<u8>,
    /// Plain bytes that are not read from the stream yet.
    left: u64,
    index: u64,
    chunk: Zeroizing<Vec<u8>>,
    /// Of `chunk`, given out already.
    given: usize,
}

impl<R: Read> Opener<R> {
    fn new(mut sealed: R, key: &AsideKey, parcel: Uuid) -> io::Result<Self> {
        let mut head = [0; HEAD_BYTES];
        sealed.read_exact(&mut head).map_err(changed)?;
        let (magic, length) = (&head[..8], &head[24..]);
        let length = u64::from_le_bytes(length.try_into().map_err(changed)?);
        if magic != MAGIC || length > PARCEL_BYTES_MAX {
            return Err(changed("no parcel"));
        }
        Ok(Self {
            sealed,
            cipher: XChaCha20Poly1305::new(&(*key.bytes()).into()),
            head,
            bound: bound_to(&head, parcel),
            left: length,
            index: 0,
            chunk: Zeroizing::new(Vec::new()),
            given: 0,
        })
    }

    fn open_chunk(&mut self) -> io::Result<()> {
        let plain = self.left.min(CHUNK_BYTES as u64);
        self.given = 0;
        self.chunk.resize(plain as usize + TAG_BYTES, 0);
        self.sealed.read_exact(&mut self.chunk).map_err(changed)?;
        let opened = self
            .cipher
            .decrypt_in_place(&nonce(&self.head, self.index), &self.bound, &mut *self.chunk);
        if opened.is_err() {
            self.chunk.clear();
            return Err(changed("a chunk does not open"));
        }
        self.left -= plain;
        self.index += 1;
        if self.left == 0 && self.sealed.read(&mut [0])? > 0 {
            return Err(changed("more than its head says"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.chunk.len() {
            if self.left == 0 || into.is_empty() {
                return Ok(0);
            }
            self.open_chunk()?;
        }
        let rest = &self.chunk[self.given..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

fn changed(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn sealed_length(plain: u64) -> u64 {
    HEAD_BYTES as u64 + plain + plain.div_ceil(CHUNK_BYTES as u64) * TAG_BYTES as u64
}

fn nonce(head: &[u8; HEAD_BYTES], index: u64) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..16].copy_from_slice(&head[8..24]);
    nonce[16..].copy_from_slice(&index.to_le_bytes());
    nonce.into()
}

/// The head holds the version in its magic, and the length.
fn bound_to(head: &[u8; HEAD_BYTES], parcel: Uuid) -> Vec<u8> {
    [head.as_slice(), parcel.as_bytes()].concat()
}

#[cfg(test)]
mod tests;
