mod names;
mod typist;

use names::names;
use proptest::prelude::*;
use typist::{WHENS, When, type_words};

use super::*;

const SYLLABLES: &str = include_str!("tests/syllables.txt");
const WAYS: [Way; 3] = [Way::Marks, Way::Telex, Way::Vni];

fn syllables() -> impl Iterator<Item = &'static str> {
    SYLLABLES.lines().filter(|line| !line.starts_with('#'))
}

fn typed(words: &str, way: Way, when: When) -> Typed {
    let mut typed = Typed::new();
    type_words(&mut typed, words, way, when);
    typed
}

/// Presses the keys of this line, one letter or digit each; `<` erases.
fn keys(line: &str, way: Way) -> String {
    let mut typed = Typed::new();
    for letter in line.chars() {
        let key = match letter {
            ' ' => Key::Space,
            '<' => Key::Erase,
            '\'' => Key::Apostrophe,
            '0'..='9' => Key::Digit(letter),
            _ => Key::Letter(letter),
        };
        typed.press(key, way);
    }
    typed.as_str().to_owned()
}

fn named(names: &[&str]) -> String {
    let mut typed = Typed::new();
    for name in names {
        typed.press(name.parse().unwrap(), Way::Marks);
    }
    typed.as_str().to_owned()
}

/// Names of the highlands that one order of typing cannot make: in Telex a second e takes the
/// first ê back, and a sign at the end goes to the last vowels only.
fn out_of_reach(word: &str, way: Way, when: When) -> bool {
    match word {
        "dêê" | "êê" => way == Way::Telex || when == When::AllAtEnd,
        "sơmei" => when == When::AllAtEnd,
        _ => false,
    }
}

#[test]
fn every_syllable_of_the_places_can_be_typed_in_each_way() {
    assert_eq!(syllables().count(), 1_182);
    let mut faults = Vec::new();
    for (way, when) in WAYS.into_iter().flat_map(|way| WHENS.map(|when| (way, when))) {
        for word in syllables() {
            let seen = typed(word, way, when);
            if (seen.as_str() == word) == out_of_reach(word, way, when) {
                faults.push(format!("{word} {way:?} {when:?}: {}", seen.as_str()));
            }
        }
    }
    assert_eq!(faults, [""; 0]);
}

#[test]
fn three_hundred_names_can_be_typed_in_each_way() {
    let names = names();
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 300);
    for (way, when) in WAYS.into_iter().flat_map(|way| WHENS.map(|when| (way, when))) {
        for name in &names {
            assert_eq!(typed(name, way, when).as_str(), name, "{way:?} {when:?}");
            let mut small = Typed::name();
            type_words(&mut small, &name.to_lowercase(), way, when);
            assert_eq!(small.as_str(), name, "{way:?} {when:?}, capitals by themselves");
        }
    }
}

#[test]
fn telex_is_typed_as_on_a_computer() {
    for (line, seen) in [
        ("dduwowngf", "đường"),
        ("dduongwf", "đường"),
        ("tieengs vieetj", "tiếng việt"),
        ("tiengse", "tiếng"),
        ("thuowr", "thuở"),
        ("quowr", "quở"),
        ("hoacwj", "hoặc"),
        ("hoaf binhf", "hòa bình"),
        ("hoafn", "hoàn"),
        ("thuyr", "thủy"),
        ("khuyur", "khuỷu"),
        ("giaf giuwx gif", "già giữ gì"),
        ("quys quaan", "quý quân"),
        ("nhw tw", "như tư"),
        ("ruouwj", "rượu"),
        ("ngoeof", "ngoèo"),
        ("muawj", "mựa"),
        ("hofas", "hóa"),
        ("casz", "ca"),
        ("khai sinh 2", "khai sinh 2"),
        ("ddawks", "đắk"),
        ("k'ddoong", "k'đông"),
    ] {
        assert_eq!(keys(line, Way::Telex), seen, "{line}");
    }
}

#[test]
fn vni_is_typed_as_on_a_computer() {
    for (line, seen) in [
        ("d9u7o7ng2", "đường"),
        ("d9uong72", "đường"),
        ("tie6ng1 vie6t5", "tiếng việt"),
        ("tieng61", "tiếng"),
        ("thuo73", "thuở"),
        ("hoac85", "hoặc"),
        ("hoa2 binh2", "hòa bình"),
        ("ca10", "ca"),
        ("phuong72 12", "phường 12"),
        ("to64 3", "tỗ 3"),
        ("10", "10"),
    ] {
        assert_eq!(keys(line, Way::Vni), seen, "{line}");
    }
}

#[test]
fn the_same_sign_again_takes_it_back() {
    for (line, seen) in [
        ("ass", "as"),
        ("aaa", "aa"),
        ("ddd", "dd"),
        ("aww", "aw"),
        ("uww", "uw"),
        ("ww", "w"),
        ("uwoww", "uow"),
        ("chasns", "chans"),
        ("looong", "loong"),
    ] {
        assert_eq!(keys(line, Way::Telex), seen, "{line}");
    }
    for (line, seen) in [("a11", "a1"), ("a66", "a6"), ("d99", "d9"), ("o77", "o7")] {
        assert_eq!(keys(line, Way::Vni), seen, "{line}");
    }
    assert_eq!(named(&["a", "â", "â", "sac", "sac"]), "a");
}

#[test]
fn foreign_words_can_be_typed() {
    for (line, seen) in [
        ("email", "email"),
        ("zalo", "zalo"),
        ("covid", "covid"),
        ("classs", "class"),
        ("process", "proces"),
        ("processs", "process"),
        ("gooogle", "google"),
        ("faceboook", "facebook"),
        ("exxpress", "express"),
        ("interrnet", "internet"),
        ("view", "view"),
    ] {
        assert_eq!(keys(line, Way::Telex), seen, "{line}");
    }
}

#[test]
fn who_knows_no_way_of_typing_touches_what_is_seen() {
    for (names, seen) in [
        (&["đ", "ư", "ơ", "huyen", "n", "g"][..], "đường"),
        (&["d", "u", "o", "n", "g", "đ", "ư", "huyen"], "đường"),
        (&["d", "u", "o", "n", "g", "đ", "ơ", "huyen"], "đường"),
        (&["t", "i", "ê", "n", "g", "sac"], "tiếng"),
        (&["t", "i", "e", "n", "g", "sac", "ê"], "tiếng"),
        (&["h", "u", "u", "ư"], "hưu"),
        (&["h", "u", "ê", "nang"], "huệ"),
        (&["s", "ô", "hoi", "space", "đ", "o", "hoi"], "sổ đỏ"),
        (&["a", "â", "ă"], "ă"),
        (&["sac", "b", "sac"], "b"),
        (&["k", "apostrophe", "b", "hyphen", "a", "1"], "k'b-a1"),
    ] {
        assert_eq!(named(names), seen, "{names:?}");
    }
}

#[test]
fn erasing_takes_a_whole_letter_and_the_tone_finds_its_place() {
    assert_eq!(keys("hoafn<", Way::Telex), "hòa");
    assert_eq!(keys("tieengs<<<", Way::Telex), "ti");
    assert_eq!(keys("bis<", Way::Telex), "b");
    assert_eq!(keys("ass<s", Way::Telex), "á", "what was taken back can be put again");
    assert_eq!(keys("ba <<<<", Way::Telex), "");
    assert_eq!(named(&["b", "a", "clear", "c"]), "c");
}

#[test]
fn spaces_do_not_pile_up() {
    assert_eq!(keys("  khai   sinh ", Way::Marks), "khai sinh ");
}

#[test]
fn a_name_that_no_key_has_is_refused() {
    for name in ["", "ab", "é", "way", "á", "!", "SPACE"] {
        assert_eq!(name.parse::<Key>(), Err(NotAKey), "{name}");
    }
    let mut typed = Typed::new();
    typed.press(Key::Letter('é'), Way::Telex);
    typed.press(Key::Digit('x'), Way::Vni);
    assert!(typed.is_empty());
}

#[test]
fn what_was_typed_is_not_printed() {
    assert_eq!(
        format!("{:?}", typed("nguyễn", Way::Telex, When::AtOnce)),
        "Typed(hidden)"
    );
}

const NAMES: [&str; 17] = [
    "ă",
    "â",
    "đ",
    "ê",
    "ô",
    "ơ",
    "ư",
    "sac",
    "huyen",
    "hoi",
    "nga",
    "nang",
    "space",
    "apostrophe",
    "hyphen",
    "erase",
    "clear",
];

fn any_key() -> impl Strategy<Value = Key> {
    let name = |at: usize| NAMES[at].parse::<Key>().unwrap();
    prop_oneof![
        20 => proptest::sample::select(b"aeiouydwsfrxjzqghntc".to_vec()).prop_map(|letter| Key::Letter(letter.into())),
        3 => proptest::char::range('A', 'Z').prop_map(Key::Letter),
        6 => proptest::char::range('0', '9').prop_map(Key::Digit),
        1 => any::<char>().prop_map(Key::Letter),
        10 => (0..NAMES.len()).prop_map(name),
    ]
}

fn any_way() -> impl Strategy<Value = Way> {
    proptest::sample::select(WAYS.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_leave_composed_letters_and_not_too_many(
        presses in proptest::collection::vec((any_key(), any_way()), 0..200),
        name in any::<bool>(),
    ) {
        let mut typed = if name { Typed::name() } else { Typed::new() };
        for (key, way) in presses {
            typed.press(key, way);
            let text = typed.as_str();
            prop_assert!(text.chars().count() <= TYPED_LETTERS_MAX);
            prop_assert!(!text.starts_with(' ') && !text.contains("  "));
            // Letters of Vietnamese in one piece each: that is NFC.
            let whole = |letter: char| letter.is_ascii_alphanumeric() || " '-".contains(letter)
                || letter::Letter::read(letter).0.base.is_ascii_lowercase();
            prop_assert!(text.chars().all(whole), "{text}");
        }
    }
}
