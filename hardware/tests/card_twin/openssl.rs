//! OpenSSL judges our EF.SOD and its chain.

use std::fs;
use std::path::Path;
use std::process::Command;

use hardware::twin::card::{SignedBy, VirtualCard, find};

/// EF.SOD without its tag 77, as a file, and the anchor beside it.
fn write(folder: &Path, sample: &str) {
    let sod = find(sample).unwrap().chip_file(0x011D).unwrap();
    // 77 82 and two bytes of length.
    assert_eq!(&sod[..2], b"\x77\x82");
    fs::write(folder.join("sod.der"), &sod[4..]).unwrap();
    fs::write(folder.join("anchor.pem"), VirtualCard::anchor()).unwrap();
}

fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("the Debian package openssl is needed: {error}"));
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn verify(folder: &Path) -> (bool, String) {
    openssl(
        folder,
        &[
            "cms",
            "-verify",
            "-inform",
            "DER",
            "-in",
            "sod.der",
            "-CAfile",
            "anchor.pem",
            "-purpose",
            "any",
            "-binary",
            "-certsout",
            "signer.pem",
            "-out",
            "content",
        ],
    )
}

#[test]
fn openssl_accepts_the_sod_of_a_genuine_card_and_finds_the_hashes_in_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "nguyen-van-am");
    let (accepted, words) = verify(folder.path());
    assert!(accepted, "{words}");

    let content = fs::read(folder.path().join("content")).unwrap();
    for file in ["0101", "0102", "010D", "010E", "010F"] {
        let id = u16::from_str_radix(file, 16).unwrap();
        fs::write(
            folder.path().join(file),
            find("nguyen-van-am").unwrap().chip_file(id).unwrap(),
        )
        .unwrap();
        let arguments = ["dgst", "-sha256", "-binary", "-out", "hash", file];
        assert!(openssl(folder.path(), &arguments).0);
        let hash = fs::read(folder.path().join("hash")).unwrap();
        assert!(
            content.windows(32).any(|bytes| bytes == hash),
            "the hash of {file} is not in the SOD"
        );
    }
}

#[test]
fn openssl_accepts_the_sod_of_every_genuine_card_whatever_it_is_signed_with() {
    for person in VirtualCard::samples()
        .iter()
        .filter(|person| person.signed_by == SignedBy::Sample)
    {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), person.sample);
        let (accepted, words) = verify(folder.path());
        assert!(accepted, "{}: {words}", person.sample);
    }
}

#[test]
fn openssl_reads_the_key_of_active_authentication_in_both_its_forms() {
    for sample in ["nguyen-van-am", "bui-thi-thuong"] {
        let folder = tempfile::tempdir().unwrap();
        let group = find(sample).unwrap().chip_file(0x010F).unwrap();
        let head = group.windows(2).position(|bytes| bytes[0] == 0x30).unwrap();
        fs::write(folder.path().join("key.der"), &group[head..]).unwrap();
        let arguments = [
            "pkey",
            "-pubin",
            "-pubcheck",
            "-inform",
            "DER",
            "-in",
            "key.der",
            "-noout",
        ];
        let (sound, words) = openssl(folder.path(), &arguments);
        assert!(sound, "{sample}: {words}");
    }
}

#[test]
fn openssl_accepts_the_chain_of_the_document_signer_in_its_strict_mode() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "nguyen-van-am");
    assert!(verify(folder.path()).0);
    let arguments = ["verify", "-x509_strict", "-CAfile", "anchor.pem", "signer.pem"];
    let (accepted, words) = openssl(folder.path(), &arguments);
    assert!(accepted, "{words}");
}

#[test]
fn openssl_refuses_an_unknown_and_an_expired_signer_each_for_its_reason() {
    for (sample, reason) in [
        ("unknown-signer", "unable to get local issuer certificate"),
        ("expired-signer", "certificate has expired"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), sample);
        let (accepted, words) = verify(folder.path());
        assert!(!accepted && words.contains(reason), "{sample}: {words}");
    }
}
