//! After forgetting: what a citizen showed is nowhere on the raw disk, and what is left of it encrypted has no key.
//!
//! The data folder of a running kiosk lies on an ext4 in a file, so the file is the disk as a thief reads it: freed
//! blocks, journal, logs that were cut. The thief also has the kiosk's own key, and tries every place as a dossier's.

use std::collections::HashSet;
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use aho_corasick::AhoCorasick;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use tempfile::TempDir;

use crate::harness::{Kiosk, LOOK_EVERY, Province, WAIT_MAX, set, test_config};
use crate::secrecy;

/// Enough for the room that a scan wants; most of it is never written.
const DISK_BYTES: u64 = 768 << 20;
const BLOCK_BYTES: usize = 4096;
/// Of a wrapped key: its shape, a nonce, the key and its tag.
const NONCE_AT: usize = 1;
const SEALED_AT: usize = 25;
const WRAPPED_BYTES: usize = 73;

/// An ext4 in a file, mounted where a kiosk will have its data.
struct Disk {
    file: PathBuf,
    mounted: PathBuf,
    _folder: TempDir,
}

impl Disk {
    fn mount(at: PathBuf) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("disk");
        std::fs::File::create(&file).unwrap().set_len(DISK_BYTES).unwrap();
        std::fs::create_dir_all(&at).unwrap();
        let ran = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        let made = ran(Command::new("mke2fs").args(["-q", "-F", "-t", "ext4"]).arg(&file));
        let mounted = made && ran(Command::new("mount").args(["-o", "loop"]).arg(&file).arg(&at));
        mounted.then_some(Self {
            file,
            mounted: at,
            _folder: folder,
        })
    }

    /// Every block that is not all zeros, in order.
    fn blocks(&self) -> Vec<u8> {
        let synced = Command::new("sync").arg("-f").arg(&self.mounted).status().unwrap();
        assert!(synced.success());
        let mut disk = std::fs::File::open(&self.file).unwrap();
        let (mut blocks, mut block) = (vec![], [0; BLOCK_BYTES]);
        while disk.read_exact(&mut block).is_ok() {
            if block != [0; BLOCK_BYTES] {
                blocks.extend_from_slice(&block);
            }
        }
        blocks
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Also while something in it is open still: it goes when that does.
        drop(Command::new("umount").arg("-l").arg(&self.mounted).output());
    }
}

/// Places that open as the key of this dossier under the kiosk's.
fn keys(blocks: &[u8], kiosk_key: &[u8; 32], owner: &[u8]) -> usize {
    let cipher = XChaCha20Poly1305::new(kiosk_key.into());
    let bound = [b"dossier key\0", owner].concat();
    let opens = |place: &&[u8]| {
        let nonce = XNonce::try_from(&place[NONCE_AT..SEALED_AT]).unwrap();
        let sealed = Payload {
            msg: &place[SEALED_AT..],
            aad: &bound,
        };
        cipher.decrypt(&nonce, sealed).is_ok()
    };
    // A nonce of zeros and the like was never drawn.
    let drawn = |place: &&[u8]| place[0] == 1 && place[NONCE_AT..SEALED_AT].iter().collect::<HashSet<_>>().len() > 12;
    blocks.windows(WRAPPED_BYTES).filter(drawn).filter(opens).count()
}

fn found(blocks: &[u8], needles: &[&str]) -> Vec<String> {
    let search = AhoCorasick::new(needles).unwrap();
    let hits = search.find_iter(blocks);
    hits.map(|hit| needles[hit.pattern().as_usize()].to_owned()).collect()
}

/// The dossier's id, as its key's row has it.
fn owner(kiosk: &Kiosk) -> Vec<u8> {
    let db = rusqlite::Connection::open(kiosk.data().join("kiosk.db")).unwrap();
    db.query_row(
        "SELECT dossiers.id FROM dossiers JOIN keys ON keys.owner = dossiers.id",
        [],
        |row| row.get(0),
    )
    .unwrap()
}

/// `kiosk forgotten`, as staff run it.
fn proofs(kiosk: &Kiosk) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kiosk"))
        .args(["forgotten", "--data"])
        .arg(kiosk.data())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn what_is_forgotten_is_nowhere_on_the_raw_disk_and_its_ciphertext_has_no_key() {
    let mut province = Province::start().await;
    let mut config = test_config();
    set(&mut config, "store", "forget-after-hours", 0);
    let mut kiosk = Kiosk::prepare(config, &province.url());
    let Some(disk) = Disk::mount(kiosk.data()) else {
        println!("not allowed to mount an ext4 image: skipped, the store's own tests on files remain");
        return;
    };
    kiosk.run().await;
    kiosk.knows_procedures().await;
    secrecy::to_review(&kiosk).await;
    // What is owed is not forgotten.
    province.stop().await;
    kiosk.touch("Đúng rồi, tiếp tục").await;
    kiosk.touch(crate::visit::CONSENT).await;
    kiosk.touch("Gửi hồ sơ").await;
    kiosk.done().await;
    let owner = owner(&kiosk);
    let kiosk_key: [u8; 32] = std::fs::read(kiosk.data().join("kiosk.key"))
        .unwrap()
        .try_into()
        .unwrap();
    let before = disk.blocks();
    assert!(
        keys(&before, &kiosk_key, &owner) > 0,
        "the search finds a key while there is one"
    );
    assert_eq!(found(&before, secrecy::SECRETS), Vec::<String>::new());
    assert_eq!(proofs(&kiosk), "0 proofs, none missing\n");

    province.on().await;
    province.received(1).await;
    let began = Instant::now();
    while !proofs(&kiosk).contains("proof: 1\n") {
        assert!(began.elapsed() < 3 * WAIT_MAX, "Not forgotten:\n{}", kiosk.log_text());
        tokio::time::sleep(LOOK_EVERY).await;
    }
    for when in ["while it runs", "after the plug was pulled", "after a restart"] {
        match when {
            "after the plug was pulled" => kiosk.kill(),
            "after a restart" => kiosk.run().await,
            _ => {}
        }
        let after = disk.blocks();
        assert_eq!(found(&after, secrecy::SECRETS), Vec::<String>::new(), "{when}");
        assert!(
            !found(&after, &["MCKPAGE1"]).is_empty(),
            "ext4 keeps the blocks of removed files"
        );
        assert_eq!(keys(&after, &kiosk_key, &owner), 0, "{when}");
    }
    let text = proofs(&kiosk);
    assert!(
        text.contains("rule: received") && text.contains("pages: 1\n") && text.contains("file: "),
        "{text}"
    );
    assert!(text.ends_with("1 proofs, none missing\n"), "{text}");
    kiosk.kill();
}
