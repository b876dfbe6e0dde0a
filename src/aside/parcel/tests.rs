use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::aside::KEY_BYTES;
use crate::dossier::DraftId;
use crate::session::tests::{citizen, procedure};

const PARCEL: Uuid = Uuid::from_u128(5);

fn key() -> AsideKey {
    AsideKey::new([7; KEY_BYTES])
}

fn contents(pages: &[usize]) -> Contents {
    Contents {
        request_key: Uuid::from_u128(6),
        draft: Draft::new(
            DraftId(Uuid::from_u128(1)),
            Timestamp::UNIX_EPOCH,
            procedure(),
            citizen(),
        ),
        pages: pages
            .iter()
            .map(|bytes| PageInside {
                part: "P1".into(),
                bytes: *bytes as u64,
                meta: b"{}".to_vec(),
            })
            .collect(),
    }
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

fn sealed(pages: &[usize]) -> Vec<u8> {
    let mut out = Vec::new();
    let told = seal(&mut out, (&key(), PARCEL), &contents(pages), |at| {
        Ok(io::Cursor::new(bytes(pages[at])))
    })
    .unwrap();
    assert_eq!(told.bytes, out.len() as u64);
    assert_eq!(told.sha256.as_slice(), Sha256::digest(&out).as_slice());
    out
}

/// All of a parcel, or the first thing that is wrong with it.
fn read(sealed: &[u8], key: &AsideKey, parcel: Uuid) -> io::Result<Vec<Vec<u8>>> {
    let mut opened = open(sealed, key, parcel)?;
    let mut pages = Vec::new();
    while let Some((_, page)) = opened.next_page()? {
        pages.push(page.to_vec());
    }
    Ok(pages)
}

fn refused(result: &io::Result<Vec<Vec<u8>>>) -> bool {
    matches!(result, Err(error) if error.kind() == io::ErrorKind::InvalidData)
}

#[test]
fn pages_of_every_length_around_a_chunk_come_back() {
    for pages in [
        &[][..],
        &[0],
        &[1, 0, 3],
        &[CHUNK_BYTES - 1, 1],
        &[CHUNK_BYTES, CHUNK_BYTES + 1],
        &[3 * CHUNK_BYTES, 7],
    ] {
        let whole: Vec<_> = pages.iter().map(|length| bytes(*length)).collect();
        assert_eq!(read(&sealed(pages), &key(), PARCEL).unwrap(), whole, "{pages:?}");
    }
}

#[test]
fn the_draft_comes_back_as_it_was() {
    let sealed = sealed(&[9]);
    let opened = open(sealed.as_slice(), &key(), PARCEL).unwrap();
    assert_eq!(opened.contents.draft, contents(&[]).draft);
    assert_eq!(opened.contents.request_key, Uuid::from_u128(6));
}

#[test]
fn nothing_of_it_is_in_clear() {
    let sealed = sealed(&[100]);
    for secret in ["025048000191", "procedure", "Nguy"] {
        let bytes = secret.as_bytes();
        assert!(!sealed.windows(bytes.len()).any(|window| window == bytes), "{secret}");
    }
}

#[test]
fn another_key_and_another_number_do_not_open_it() {
    let sealed = sealed(&[100]);
    assert!(refused(&read(&sealed, &AsideKey::new([8; KEY_BYTES]), PARCEL)));
    assert!(refused(&read(&sealed, &key(), Uuid::from_u128(4))));
}

#[test]
fn a_longer_parcel_than_is_taken_is_refused_before_it_is_written() {
    let mut out = Vec::new();
    let mut contents = contents(&[1]);
    contents.pages[0].bytes = PARCEL_BYTES_MAX;
    let answer = seal(&mut out, (&key(), PARCEL), &contents, |_| Ok(io::empty()));
    assert_eq!(answer.unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    assert!(out.is_empty());
}

#[test]
fn chunks_swapped_repeated_or_left_out_do_not_open() {
    let whole = sealed(&[4 * CHUNK_BYTES]);
    let size = CHUNK_BYTES + TAG_BYTES;
    let chunk = |index: usize| &whole[HEAD_BYTES + index * size..(HEAD_BYTES + (index + 1) * size).min(whole.len())];
    for order in [
        &[1, 0, 2, 3, 4][..],
        &[0, 1, 1, 3, 4],
        &[0, 2, 3, 4],
        &[0, 1, 2, 3],
        &[0, 1, 2, 3, 4, 4],
    ] {
        let parts = order.iter().flat_map(|index| chunk(*index));
        let changed: Vec<u8> = whole[..HEAD_BYTES].iter().chain(parts).copied().collect();
        assert!(refused(&read(&changed, &key(), PARCEL)), "{order:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_changed_byte_any_cut_and_anything_added_is_noticed(
        length in 0..140_000_usize, at: prop::sample::Index, flip in 1_u8..,
    ) {
        let whole = sealed(&[length]);
        prop_assert!(refused(&read(&whole[..at.index(whole.len())], &key(), PARCEL)));
        let mut longer = whole.clone();
        longer.push(flip);
        prop_assert!(refused(&read(&longer, &key(), PARCEL)));
        let mut changed = whole;
        let at = at.index(changed.len());
        changed[at] ^= flip;
        prop_assert!(refused(&read(&changed, &key(), PARCEL)));
    }
}
