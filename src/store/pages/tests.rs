use super::*;
use crate::store::secrets::KioskKey;
use proptest::prelude::*;

fn key() -> DossierKey {
    KioskKey::from_bytes([7; 32])
        .new_dossier_key(Uuid::from_u128(1))
        .unwrap()
        .0
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

const FILE: Uuid = Uuid::from_u128(9);

#[test]
fn files_of_every_length_around_a_chunk_come_back() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    for length in [
        0,
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        3 * CHUNK_BYTES,
        200_001,
    ] {
        write(folder.path(), &key, FILE, &bytes(length)).unwrap();
        let mut file = SealedFile::open(folder.path(), &key, FILE).unwrap();
        assert_eq!(file.len(), length as u64);
        assert_eq!(file.read_whole().unwrap().as_slice(), bytes(length), "{length}");
    }
}

#[test]
fn the_file_holds_nothing_of_its_plain_text() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    write(folder.path(), &key, FILE, &b"NGUYEN VAN MAU ".repeat(9000)).unwrap();
    let raw = fs::read(folder_of(folder.path(), key.owner()).join(FILE.to_string())).unwrap();
    assert!(!raw.windows(6).any(|window| window == b"NGUYEN"));
}

#[test]
fn chunks_swapped_repeated_or_left_out_do_not_open() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    write(folder.path(), &key, FILE, &bytes(4 * CHUNK_BYTES)).unwrap();
    let path = folder_of(folder.path(), key.owner()).join(FILE.to_string());
    let raw = fs::read(&path).unwrap();
    let chunk = |index: usize| {
        let start = HEAD_BYTES + index * SEALED_CHUNK_BYTES as usize;
        &raw[start..start + SEALED_CHUNK_BYTES as usize]
    };
    let orders: [&[usize]; 5] = [
        &[1, 0, 2, 3],
        &[0, 1, 3, 2],
        &[0, 1, 1, 3],
        &[0, 1, 2],
        &[0, 1, 2, 3, 3],
    ];
    for order in orders {
        let changed: Vec<u8> = raw[..HEAD_BYTES]
            .iter()
            .chain(order.iter().flat_map(|index| chunk(*index)))
            .copied()
            .collect();
        fs::write(&path, changed).unwrap();
        let read = SealedFile::open(folder.path(), &key, FILE).map(|mut file| file.read_whole());
        assert!(!matches!(read, Ok(Ok(_))), "{order:?}");
    }
}

#[test]
fn a_file_put_in_anothers_place_does_not_open() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    write(folder.path(), &key, FILE, b"one").unwrap();
    let own = folder_of(folder.path(), key.owner());
    let other = Uuid::from_u128(10);
    fs::copy(own.join(FILE.to_string()), own.join(other.to_string())).unwrap();
    assert!(matches!(
        SealedFile::open(folder.path(), &key, other),
        Err(StoreError::Tampered)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn reading_at_any_offset_equals_the_plain_text(length in 0..200_000_usize, offset in 0..210_000_usize, count in 0..150_000_usize) {
        let (folder, key) = (tempfile::tempdir().unwrap(), key());
        let plain = bytes(length);
        write(folder.path(), &key, FILE, &plain).unwrap();
        let mut file = SealedFile::open(folder.path(), &key, FILE).unwrap();
        let mut into = vec![0; count];
        let read = file.read_at(offset as u64, &mut into).unwrap();
        let wanted = plain.get(offset..(offset + count).min(length)).unwrap_or_default();
        prop_assert_eq!(&into[..read], wanted);
    }

    #[test]
    fn any_changed_byte_or_cut_is_noticed_and_no_wrong_byte_is_read(
        length in 0..140_000_usize, at: prop::sample::Index, flip in 1_u8..,
    ) {
        let (folder, key) = (tempfile::tempdir().unwrap(), key());
        let plain = bytes(length);
        write(folder.path(), &key, FILE, &plain).unwrap();
        let path = folder_of(folder.path(), key.owner()).join(FILE.to_string());
        let raw = fs::read(&path).unwrap();
        fs::write(&path, &raw[..at.index(raw.len())]).unwrap();
        prop_assert!(SealedFile::open(folder.path(), &key, FILE).is_err());
        let mut changed = raw;
        let at = at.index(changed.len());
        changed[at] ^= flip;
        fs::write(&path, changed).unwrap();
        if let Ok(mut file) = SealedFile::open(folder.path(), &key, FILE) {
            prop_assert!(file.read_whole().is_err());
            let mut chunk = vec![0; CHUNK_BYTES];
            for start in (0..length).step_by(CHUNK_BYTES) {
                if let Ok(count) = file.read_at(start as u64, &mut chunk) {
                    prop_assert_eq!(&chunk[..count], &plain[start..start + count]);
                }
            }
        }
    }
}
