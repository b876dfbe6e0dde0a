//! Ways in: BAC, PACE, and what is proven afterwards.

use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier;
use p256::pkcs8::DecodePublicKey;
use rsa::hazmat::rsa_encrypt;
use rsa::{BoxedUint, RsaPublicKey};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::super::super::cipher::Suite;
use super::super::super::curve::Curve;
use super::super::super::tlv;
use super::terminal::{Distrust, Terminal};
use super::*;

#[test]
fn before_a_key_every_file_is_refused_and_the_master_file_is_not_known() {
    let mut chip = chip("nguyen-van-am");
    for (command, answer) in [
        ("00A40000", "6D00"),
        ("00A4000C023F00", "6D00"),
        ("00A4020C02011E", "6A82"),
        ("00A4040C07A0000002471002", "6A82"),
        ("0084000008", "6985"),
        (SELECT_APPLICATION, "9000"),
        ("00A4020C02011E", "6982"),
        ("00A4020C020199", "6982"),
        ("00B09E0000", "6982"),
        ("00B0000000", "6982"),
        ("00B1000003540100", "6700"),
        ("00B101010354010000", "6982"),
        ("0088000008000000000000000000", "6982"),
        ("002241A60491020400", "6982"),
        ("00DA000000", "6D00"),
        ("80B0000000", "6E00"),
        ("00A4", "6700"),
        ("0084000010", "6700"),
        ("00840000", "6700"),
        ("0CB000000D9701048E08ED6705417E96BA5500", "6988"),
    ] {
        assert_eq!(exchange(&mut chip, command), answer, "{command}");
    }
}

#[test]
fn the_application_is_described_when_that_is_asked_for() {
    assert_eq!(
        exchange(&mut chip("nguyen-van-am"), "00A4040007A000000247100100"),
        "6F098407A00000024710019000"
    );
}

#[test]
fn every_card_with_bac_opens_with_its_own_key_and_the_wrong_one_is_refused_in_its_way() {
    for person in PEOPLE.iter().filter(|person| person.settings.bac == Offer::Open) {
        let mut terminal = Terminal::new(chip(person.sample));
        terminal.select_application();
        let wrong = terminal.bac("0000000000<<<<<<0<<<<<<0");
        assert_eq!(wrong, person.settings.wrong_key.0, "{}", person.sample);
        assert_eq!(terminal.bac(&person.mrz_information()), 0x9000, "{}", person.sample);
    }
}

#[test]
fn the_key_has_the_last_nine_digits_of_the_number_and_no_other() {
    let person = find("nguyen-van-am").unwrap();
    assert!(person.mrz_information().starts_with(&person.number[3..]));
    let mut terminal = Terminal::new(chip(person.sample));
    terminal.select_application();
    let first_nine = person
        .mrz_information()
        .replacen(&person.number[3..], &person.number[..9], 1);
    assert_eq!(terminal.bac(&first_nine), 0x6300);
}

#[test]
fn too_many_wrong_keys_make_the_chip_slow_until_the_right_one_and_power_does_not_help() {
    let mut chip = chip("nguyen-van-am");
    let wrong = hex(&format!("0082000028{}28", "55".repeat(40)));
    let mut slow = vec![];
    for _ in 0..7 {
        chip.reset();
        tell(&mut chip, &hex(SELECT_APPLICATION));
        tell(&mut chip, &hex("0084000008"));
        match chip.command(&wrong) {
            Reaction::Answer { bytes, delay } => slow.push((terminal::status(&bytes), delay.as_millis())),
            Reaction::Silence | Reaction::Gone => panic!("no answer"),
        }
    }
    assert_eq!(slow, [vec![(0x6300, 0); 5], vec![(0x6300, 1500); 2]].concat());
}

#[test]
fn a_challenge_is_good_for_one_try() {
    let mut chip = chip("nguyen-van-am");
    let wrong = format!("0082000028{}28", "55".repeat(40));
    assert_eq!(exchange(&mut chip, SELECT_APPLICATION), "9000");
    assert_eq!(exchange(&mut chip, &wrong), "6985");
    exchange(&mut chip, "0084000008");
    assert_eq!(exchange(&mut chip, &wrong), "6300");
    assert_eq!(exchange(&mut chip, &wrong), "6985");
}

#[test]
fn the_usual_card_shows_card_access_and_refuses_pace() {
    let mut chip = chip("nguyen-van-am");
    assert_eq!(exchange(&mut chip, "00A4020C02011C"), "9000");
    let access = exchange(&mut chip, "00B0000000");
    assert_eq!(access, "31143012060A04007F0007020204020202010202010C9000");
    assert_eq!(exchange(&mut chip, "00B09C0000"), access);
    assert_eq!(exchange(&mut chip, "0022C1A40F800A04007F00070202040202830101"), "6982");
}

#[test]
fn a_card_with_pace_only_opens_with_the_can_or_the_mrz_and_not_with_bac() {
    let person = find("pace-only").unwrap();
    let mrz = Sha1::digest(person.mrz_information());
    for (password, secret) in [(1, mrz.as_slice()), (2, person.can.as_bytes())] {
        let mut terminal = Terminal::new(chip("pace-only"));
        assert_eq!(
            terminal.pace(password, b"999999", Suite::Aes256, Curve::BrainpoolP256r1),
            0x6300
        );
        assert_eq!(
            terminal.pace(password, secret, Suite::Aes256, Curve::BrainpoolP256r1),
            0x9000
        );
        let (_, status) = terminal.send(&hex("0CA4040C"), &hex("A0000002471001"), None).unwrap();
        assert_eq!(status, 0x9000);
        assert_eq!(terminal.read(0x0101), person.chip_file(0x0101).unwrap());
    }
    let mut terminal = Terminal::new(chip("pace-only"));
    terminal.select_application();
    assert_eq!(terminal.bac(&person.mrz_information()), 0x6982);
}

#[test]
fn pace_goes_on_every_curve_and_with_every_suite() {
    let curves = [Curve::P256, Curve::BrainpoolP256r1, Curve::P384, Curve::BrainpoolP384r1];
    for (curve, suite) in curves
        .into_iter()
        .zip([Suite::Tdes, Suite::Aes128, Suite::Aes192, Suite::Aes256])
    {
        let mut personal = Personal::write(find("bac-and-pace").unwrap(), None);
        (personal.settings.pace_curve, personal.settings.pace_suite) = (curve, suite);
        let mut terminal = Terminal::new(chip_with(personal, ""));
        assert_eq!(terminal.pace(2, b"000939", suite, curve), 0x9000, "{curve:?} {suite:?}");
        assert_eq!(terminal.select(0x011C), Ok(0x9000));
    }
}

#[test]
fn steps_of_pace_out_of_turn_are_refused_and_end_it() {
    let mut chip = chip("bac-and-pace");
    let choose = "0022C1A40F800A04007F00070202040202830102";
    for (command, start) in [
        ("10860000027C0000", "6985"),
        ("0022C1A40F800A04007F00070202040201830102", "6A80"),
        ("0022C1A40F800A04007F00070202040202830103", "6A88"),
        ("0022C1A412800A04007F0007020204020283010284010D", "6A88"),
        (choose, "9000"),
        ("00860000027C0000", "6883"),
        (choose, "9000"),
        ("10860000027C0000", "7C128010"),
        ("10860000077C0581030401FF00", "6A80"),
        ("10860000027C0000", "6985"),
        (choose, "9000"),
        ("00A4020C02011C", "9000"),
        ("10860000027C0000", "6985"),
    ] {
        assert!(exchange(&mut chip, command).starts_with(start), "{command}");
    }
}

#[test]
fn active_authentication_signs_with_the_key_of_dg15() {
    let mut terminal = Terminal::opened("nguyen-van-am");
    let key = terminal.proof_key();
    let challenge = hex("F173589974BF40C6");
    let (answer, status) = terminal.send(&hex("0C880000"), &challenge, Some(&[0])).unwrap();
    assert_eq!((answer.len(), status), (64, 0x9000));
    let signature = Signature::from_slice(&answer).unwrap();
    assert!(key.verify(&challenge, &signature).is_ok());
    assert!(key.verify(&hex("F173589974BF40C7"), &signature).is_err());
}

#[test]
fn active_authentication_with_rsa_is_opened_with_the_key_of_dg15_and_needs_a_long_answer() {
    let mut terminal = Terminal::opened("signed-with-rsa");
    let group = terminal.read(0x010F);
    let key = RsaPublicKey::from_public_key_der(tlv::first(&group).unwrap().value).unwrap();
    let challenge = hex("F173589974BF40C6");
    let (_, status) = terminal.send(&hex("0C880000"), &challenge, Some(&[0])).unwrap();
    assert_eq!(status, 0x6700);
    let (answer, status) = terminal.send(&hex("0C880000"), &challenge, Some(&[0, 0])).unwrap();
    assert_eq!((answer.len(), status), (256, 0x9000));

    let number = BoxedUint::from_be_slice(&answer, 2048).unwrap();
    let opened = rsa_encrypt(&key, &number).unwrap().to_be_bytes();
    let [0x6A, body @ .., 0x34, 0xCC] = &opened[..] else {
        panic!("neither head nor trailer of ISO 9796-2: {opened:02X?}");
    };
    let (recovered, hash) = body.split_at(body.len() - 32);
    assert_eq!(Sha256::digest([recovered, &challenge].concat())[..], *hash);
}

#[test]
fn chip_authentication_changes_the_keys_of_the_session() {
    for (sample, suite) in [("nguyen-van-am", Suite::Aes128), ("bui-thi-thuong", Suite::Tdes)] {
        let mut terminal = Terminal::opened(sample);
        assert_eq!(terminal.authenticate_chip(suite), 0x9000);
        assert_eq!(terminal.read(0x0101), find(sample).unwrap().chip_file(0x0101).unwrap());
    }
}

#[test]
fn chip_authentication_in_the_way_of_the_other_suite_is_refused() {
    let mut terminal = Terminal::opened("nguyen-van-am");
    let point = Curve::P256.generator();
    let (_, status) = terminal
        .send(&hex("0C2241A6"), &tlv::object(0x91, &point), None)
        .unwrap();
    assert_eq!(status, 0x6A86);
    assert_eq!(terminal.select(0x0101), Ok(0x9000), "the session goes on");
}

#[test]
fn a_plain_command_ends_the_session() {
    let mut terminal = Terminal::opened("nguyen-van-am");
    assert_eq!(terminal.select(0x0101), Ok(0x9000));
    assert_eq!(exchange(&mut terminal.chip, "00B0000000"), "6982");
    assert_eq!(terminal.select(0x0101), Err(Distrust::Plain(0x6988)));
}

#[test]
fn a_command_with_a_wrong_bit_or_without_its_mac_ends_the_session() {
    let mut terminal = Terminal::opened("nguyen-van-am");
    let sound = terminal.seal(&hex("0CA4020C"), &hex("0101"), None);
    for at in 0..sound.len() {
        let mut terminal = Terminal::opened("nguyen-van-am");
        let mut command = terminal.seal(&hex("0CA4020C"), &hex("0101"), None);
        assert_eq!(command.len(), sound.len());
        command[at] ^= 1;
        // The last byte is the length of the answer, which nothing protects; the class has its own answer.
        let answer = tell(&mut terminal.chip, &command);
        let refused = [0x6987, 0x6988, 0x6700, 0x6E00].contains(&terminal::status(&answer)) && answer.len() == 2;
        assert_eq!(refused, at != sound.len() - 1, "byte {at}: {answer:02X?}");
        if refused {
            assert_eq!(terminal.select(0x0101), Err(Distrust::Plain(0x6988)), "byte {at}");
        }
    }
    let mut terminal = Terminal::opened("nguyen-van-am");
    assert_eq!(exchange(&mut terminal.chip, "0CB0000003970104 00"), "6987");
}
