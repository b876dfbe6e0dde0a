use std::{fmt::Write as _, sync::LazyLock};

use proptest::prelude::*;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::{folding, *};

/// What the stand-in of the province offers, as the wire reader cleans it for [`Entry`].
struct Samples(Vec<Sample>);

struct Sample {
    code: String,
    name: String,
    official_name: String,
    field: String,
    keywords: Vec<String>,
}

impl Samples {
    fn read() -> Self {
        let text = |tree: &Value, name: &str| tree[name].as_str().unwrap_or_default().to_owned();
        let sample = |tree: &Value| Sample {
            code: text(tree, "MaTTHC"),
            name: text(tree, "TenThuongGoi"),
            official_name: text(tree, "TenTTHC"),
            field: text(tree, "TenLinhVuc"),
            keywords: tree["TuKhoa"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|keyword| Some(keyword.as_str()?.to_owned()))
                .collect(),
        };
        let catalogue = ::province::sample_catalogue().unwrap();
        Self(
            catalogue["DanhSachTTHC"]
                .as_array()
                .unwrap()
                .iter()
                .map(sample)
                .collect(),
        )
    }

    fn finder(&self) -> Finder {
        Finder::new(self.0.iter().map(|sample| Entry {
            code: &sample.code,
            name: &sample.name,
            official_name: &sample.official_name,
            field: &sample.field,
            keywords: &sample.keywords,
        }))
    }
}

/// Read once: property tests ask often.
static FINDER: LazyLock<Finder> = LazyLock::new(|| Samples::read().finder());

fn named(name: &str) -> Entry<'_> {
    Entry {
        code: "1.000000",
        name,
        official_name: "",
        field: "",
        keywords: &[],
    }
}

fn plain(text: &str) -> String {
    let words = folding::words(text, usize::MAX).into_iter();
    words.map(|word| word.plain).collect::<Vec<_>>().join(" ")
}

#[test]
fn marks_case_and_the_two_ways_to_write_i_are_folded() {
    assert_eq!(plain("Đăng KÝ lại, đăng kí LẠI"), "dang ki lai dang ki lai");
    assert_eq!(plain("Mỹ, Mĩ; quý, quí; Lý, Lí"), "mi mi qui qui li li");
    assert_eq!(plain("hay hai, cây, thuý thúi, Huy"), "hay hai cay thuy thui huy");
    assert_eq!(plain("H'Mông · H’Mông · Ð ư ơ"), "hmong hmong d u o");
    assert_eq!(plain("Số 12/2025"), "so 12 2025");
    assert_eq!(plain("😀 中文 \u{0}\u{7f}"), "");
}

#[test]
fn keys_that_were_left_in_a_word_are_taken_out() {
    for (typed, meant) in [
        ("ddaats", "dat"),
        ("giaays", "giay"),
        ("dat61", "dat"),
        ("d9a61t", "dat"),
        ("xuwr", "xu"),
        ("sinh", "sinh"),
        ("trees", "tre"),
    ] {
        assert_eq!(folding::without_keys(typed), meant, "{typed}");
    }
}

#[test]
fn what_is_spoken_alike_sounds_alike() {
    for (one, other) in [
        ("sinh", "xinh"),
        ("trung", "chung"),
        ("giay", "day"),
        ("ra", "da"),
        ("luc", "nuc"),
        ("nghi", "ngi"),
        ("hay", "hai"),
        ("ki", "ci"),
    ] {
        assert_eq!(folding::sound(one), folding::sound(other), "{one} {other}");
    }
    for (one, other) in [("nhan", "ngan"), ("than", "tan"), ("phan", "pan"), ("khai", "cai")] {
        assert_ne!(folding::sound(one), folding::sound(other), "{one} {other}");
    }
}

#[test]
fn blanks_and_what_has_nothing_to_do_with_it_find_nothing() {
    let finder = Finder::new([named("Đăng ký khai sinh"), named("Cấp hộ chiếu")]);
    for query in ["", " ", "\t\n", "!?…", "😀😀", "qwrtzp", "\u{301}\u{301}"] {
        assert_eq!(finder.find(query, 9), [0; 0], "{query:?}");
    }
    assert_eq!(finder.find("khai sinh", 0), [0; 0]);
    assert_eq!(Finder::new([]).find("khai sinh", 9), [0; 0]);
}

#[test]
fn a_word_is_found_in_every_way_of_typing_it() {
    let finder = Finder::new([
        named("Cấp hộ chiếu"),
        named("Đăng ký khai sinh"),
        named("Trích lục hộ tịch"),
        named("Đổi giấy phép lái xe"),
    ]);
    for (query, wanted) in [
        ("khai sinh", 1),
        ("KHAI SINH", 1),
        ("sinh khai", 1),
        ("kha", 1),
        ("khai sihn", 1),
        ("kai sinh", 1),
        ("khai xinh", 1),
        ("khaisinh", 1),
        ("kh ai sinh", 1),
        ("đăng kí", 1),
        ("ddawng kys", 1),
        ("trích nục", 2),
        ("chích lục", 2),
        ("dấy phép", 3),
        ("tôi muốn đổi giấy phép", 3),
    ] {
        assert_eq!(finder.find(query, 1), [wanted], "{query}");
    }
}

#[test]
fn marks_that_were_typed_are_preferred_and_never_exclude() {
    let finder = Finder::new([
        named("Cấp thẻ căn cước"),
        named("Xác nhận thể thao cân"),
        named("Tạm cắn"),
    ]);
    assert_eq!(finder.find("căn", 3)[0], 0);
    assert_eq!(finder.find("cân", 3)[0], 1);
    assert_eq!(finder.find("cắn", 3)[0], 2);
    for query in ["căn", "cân", "cắn", "can", "cằn"] {
        assert_eq!(finder.find(query, 3).len(), 3, "{query}");
    }
}

#[test]
fn a_small_word_of_asking_does_not_decide() {
    let finder = Finder::new([
        named("Cấp phép làm thêm giờ cho tôi"),
        named("Đăng ký khai sinh"),
        named("Cấp bằng"),
    ]);
    assert_eq!(finder.find("tôi muốn làm cho khai sinh", 3)[0], 1);
}

#[test]
fn a_code_is_found_by_its_beginning_with_or_without_dots() {
    let entry = |code| Entry { code, ..named("Cấp") };
    let finder = Finder::new([entry("1.001193"), entry("2.000635"), entry("3.000181.000.00.00.H22")]);
    for (query, wanted) in [
        ("1.001193", vec![0]),
        ("1001193", vec![0]),
        ("1 0011", vec![0]),
        ("001193", vec![0]),
        ("2.0006", vec![1]),
        ("3.000181.000.00.00.h22", vec![2]),
        ("000", vec![1, 2]),
        ("00", vec![]),
        ("9.9", vec![]),
    ] {
        assert_eq!(finder.find(query, 9), wanted, "{query}");
    }
}

#[test]
fn of_equals_the_one_that_the_province_names_first_comes_first() {
    let finder = Finder::new([named("Cấp thẻ"), named("Cấp thẻ"), named("Cấp thẻ")]);
    assert_eq!(finder.find("thẻ", 9), [0, 1, 2]);
}

#[test]
fn everyday_words_find_what_is_officially_called_otherwise() {
    let keywords = ["sổ đỏ".to_owned(), "bìa đỏ".to_owned()];
    let land = Entry {
        keywords: &keywords,
        ..named("Cấp giấy chứng nhận quyền sử dụng đất")
    };
    let finder = Finder::new([named("Cấp giấy chứng nhận kết hôn"), land, named("Đỗ xe")]);
    for query in ["sổ đỏ", "so do", "làm sổ đỏ", "sodo", "bìa đ"] {
        assert_eq!(finder.find(query, 1), [1], "{query}");
    }
}

#[test]
fn every_sample_is_first_for_its_own_name_and_code() {
    let samples = Samples::read();
    let finder = samples.finder();
    for (at, sample) in samples.0.iter().enumerate() {
        assert_eq!(finder.find(&sample.name, 1), [at], "{}", sample.name);
        let apart: String = sample.name.nfd().collect();
        assert_eq!(finder.find(&apart, 1), [at], "{}", sample.name);
        assert_eq!(finder.find(&sample.code, 1), [at], "{}", sample.code);
    }
}

/// One error in a word of five letters or more, at every place of it and of every kind.
#[test]
fn every_sample_is_among_the_first_three_with_one_error_in_its_name() {
    let samples = Samples::read();
    let finder = samples.finder();
    let (mut asked, mut lost) = (0, String::new());
    for (at, sample) in samples.0.iter().enumerate() {
        let words: Vec<String> = plain(&sample.name).split(' ').map(str::to_owned).collect();
        for (place, word) in words.iter().enumerate().filter(|(_, word)| word.len() >= 5) {
            for wrong in misspelled(word) {
                let mut typed = words.clone();
                typed[place] = wrong;
                let typed = typed.join(" ");
                asked += 1;
                if !finder.find(&typed, 3).contains(&at) {
                    writeln!(lost, "{typed}").unwrap();
                }
            }
        }
    }
    assert!(asked > 500, "Only {asked} errors were tried");
    assert!(lost.is_empty(), "Not among the first three:\n{lost}");
}

fn misspelled(word: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for at in 0..word.len() {
        let (before, behind) = word.split_at(at);
        wrong.push(format!("{before}{}", &behind[1..]));
        wrong.push(format!("{before}q{behind}"));
        wrong.push(format!("{before}q{}", &behind[1..]));
        if behind.len() > 1 {
            wrong.push(format!("{before}{}{}{}", &behind[1..2], &behind[..1], &behind[2..]));
        }
    }
    wrong
}

proptest! {
    #[test]
    fn any_text_is_searched_and_any_text_can_be_searched_for(
        names in prop::collection::vec("\\PC{0,80}|.{0,80}", 0..8),
        query in "\\PC{0,300}|.{0,40}",
        most in 0_usize..10,
    ) {
        let finder = Finder::new(names.iter().map(|name| named(name)));
        let found = finder.find(&query, most);
        prop_assert!(found.len() <= most);
        prop_assert!(found.iter().all(|at| *at < names.len()));
        prop_assert_eq!(&found, &finder.find(&query, most));
    }

    #[test]
    fn composed_and_decomposed_text_are_the_same(query in "[a-zăâđêôơưáàảãạắằấầéèếềíìóòốồớờúùứừýỳ ]{0,40}") {
        let finder = &*FINDER;
        let (composed, decomposed): (String, String) = (query.nfc().collect(), query.nfd().collect());
        prop_assert_eq!(folding::words(&composed, 99), folding::words(&decomposed, 99));
        prop_assert_eq!(finder.find(&composed, 5), finder.find(&decomposed, 5));
    }
}

#[test]
fn a_hostile_query_is_cut_off() {
    let samples = Samples::read();
    let finder = samples.finder();
    for hostile in [
        "a".repeat(10_000),
        "ab ".repeat(10_000),
        "\u{301}".repeat(10_000),
        format!("a{}", "\u{302}\u{301}".repeat(5_000)),
        "\u{fdfa}".repeat(10_000),
        "1".repeat(10_000),
        "\u{0}\u{202e}😀".repeat(5_000),
    ] {
        let cut: String = hostile.chars().take(QUERY_CHARS_MAX).collect();
        assert_eq!(finder.find(&hostile, 9), finder.find(&cut, 9));
        assert!(folding::words(&cut, QUERY_WORDS_MAX).len() <= QUERY_WORDS_MAX);
    }
}
