//! No EF.SOD makes good what nobody signed, and who is trusted changes nothing but the trust.
//!
//! The anchor is the virtual cards' own, so that the seeds are genuine and one bit away from every forgery.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hardware::card::sod::{Altered, Anchors, Authenticity, Doubt, judge};
use libfuzzer_sys::fuzz_target;

/// 2026, when the samples' signers are valid.
const NOW_UNIX: i64 = 1_780_000_000;
const NOBODY_SIGNED: &[u8] = b"what nobody signed";

static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
    Anchors::read(include_bytes!("../../hardware/src/twin/card/authority.pem")).expect("the samples' anchor is one")
});

fuzz_target!(|sod: &[u8]| {
    let alone = judge(sod, &BTreeMap::new(), &Anchors::default(), NOW_UNIX);
    match alone {
        Authenticity::SignerUnknown
        | Authenticity::Altered(Altered::Hashes | Altered::Signature)
        | Authenticity::CannotTell(Doubt::Unreadable | Doubt::NoSigner | Doubt::UnknownAlgorithm) => {}
        Authenticity::Genuine
        | Authenticity::SignerExpired
        | Authenticity::Altered(Altered::Group(_) | Altered::GroupNotSigned(_) | Altered::Chain | Altered::Person)
        | Authenticity::CannotTell(Doubt::NoSod) => panic!("nobody is trusted, no group was read: {alone:?}"),
    }

    let trusting = judge(sod, &BTreeMap::new(), &ANCHORS, NOW_UNIX);
    if alone != Authenticity::SignerUnknown {
        assert_eq!(trusting, alone);
        return;
    }
    assert!(
        !matches!(trusting, Authenticity::Altered(Altered::Hashes | Altered::Signature)),
        "{trusting:?}"
    );
    for number in [1, 2, 13, 14, 15] {
        let forged = judge(sod, &BTreeMap::from([(number, NOBODY_SIGNED)]), &ANCHORS, NOW_UNIX);
        assert!(
            matches!(
                forged,
                Authenticity::Altered(Altered::Group(_) | Altered::GroupNotSigned(_))
            ),
            "{forged:?}"
        );
    }
});
