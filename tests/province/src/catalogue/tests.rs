use std::collections::{HashMap, HashSet};

use super::*;

/// Search words are typed by people and never shown; ids and codes are no words.
const SHOWN: [&str; 13] = [
    "TenTTHC",
    "TenThuongGoi",
    "TenLinhVuc",
    "TenSuKien",
    "KetQua",
    "CoQuanTiepNhan",
    "CoQuanQuyetDinh",
    "TenPhiLePhi",
    "TenThanhPhanHoSo",
    "GhiChu",
    "Neu",
    "CauHoi",
    "Ten",
];
const EVERYDAY_LETTERS_MAX: usize = 40;
const SEARCH_WORDS_MAX: usize = 12;
const WORDS_CHARS_MAX: usize = 400;

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("no {name}"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn procedures() -> Vec<Value> {
    list(&sample_catalogue().unwrap(), "DanhSachTTHC").clone()
}

fn is_unique<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = HashSet::new();
    names.into_iter().all(|name| seen.insert(name.to_lowercase()))
}

#[test]
fn the_samples_are_many_and_each_has_a_code_and_an_everyday_name_of_its_own() {
    let all = procedures();
    assert!(all.len() >= 44, "{}", all.len());
    let first: Vec<_> = all.iter().take(6).map(|procedure| text(procedure, "MaTTHC")).collect();
    assert_eq!(first, FIRST);

    for name in ["MaTTHC", "TenTTHC", "TenThuongGoi", "TenThuongGoi_en"] {
        assert!(is_unique(all.iter().map(|procedure| text(procedure, name))), "{name}");
    }
    for procedure in &all {
        let everyday = text(procedure, "TenThuongGoi");
        let letters = everyday.chars().filter(|c| c.is_alphabetic()).count();
        assert!((1..=EVERYDAY_LETTERS_MAX).contains(&letters), "{everyday}");
    }
}

#[test]
fn every_sample_belongs_to_an_event_of_life_and_every_event_leads_somewhere() {
    let catalogue = sample_catalogue().unwrap();
    let events: HashSet<_> = list(&catalogue, "DanhSachSuKien")
        .iter()
        .map(|event| text(event, "MaSuKien"))
        .collect();
    assert!((8..=12).contains(&events.len()));

    let mut led_to = HashSet::new();
    for procedure in list(&catalogue, "DanhSachTTHC") {
        let named = list(procedure, "SuKien");
        assert!(!named.is_empty(), "{}", text(procedure, "MaTTHC"));
        led_to.extend(named.iter().map(|event| event.as_str().unwrap()));
    }
    assert_eq!(led_to, events);
}

#[test]
fn all_that_is_shown_has_its_english() {
    fn check(value: &Value, place: &str) {
        if let Value::Object(members) = value {
            for name in SHOWN {
                let Some(shown) = members.get(name).filter(|shown| !shown.is_null()) else {
                    continue;
                };
                let english = members.get(&format!("{name}_en")).and_then(Value::as_str).unwrap_or("");
                let shown = shown.as_str().unwrap();
                for words in [shown, english] {
                    let chars = words.trim().chars().count();
                    assert!((1..=WORDS_CHARS_MAX).contains(&chars), "{place}: {name} of {shown}");
                }
            }
            // These name a question by its code.
            let shown = members
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "DieuKien" | "DienSan"));
            shown.for_each(|(_, member)| check(member, place));
        } else if let Value::Array(items) = value {
            items.iter().for_each(|item| check(item, place));
        }
    }
    let catalogue = sample_catalogue().unwrap();
    check(&catalogue["DanhSachSuKien"], "events");
    for procedure in list(&catalogue, "DanhSachTTHC") {
        check(procedure, text(procedure, "MaTTHC"));
    }
}

#[test]
fn papers_that_stand_for_one_another_are_two_or_more_and_what_is_not_asked_for_is_not_required() {
    for procedure in &procedures() {
        let code = text(procedure, "MaTTHC");
        let papers = list(procedure, "DanhSachThanhPhanHoSo");
        assert!(!papers.is_empty(), "{code}");
        assert!(
            is_unique(papers.iter().map(|paper| text(paper, "MaThanhPhanHoSo"))),
            "{code}"
        );

        let mut groups: HashMap<_, Vec<_>> = HashMap::new();
        for paper in papers {
            let required = paper["BatBuoc"].as_bool().unwrap();
            let gone = paper["KhongCanNop"].as_bool().unwrap();
            assert!(!required || !gone && paper["Neu"].is_null(), "{code} {paper}");
            if let Some(group) = paper["ThayChoNhau"].as_str() {
                groups.entry(group).or_default().push(required);
            }
        }
        for (group, required) in groups {
            assert!(required.len() >= 2, "{code} {group}");
            assert!(required.windows(2).all(|pair| pair[0] == pair[1]), "{code} {group}");
        }
    }
}

#[test]
fn a_sample_that_is_elsewhere_names_its_series_and_is_only_at_a_counter() {
    let all = procedures();
    let elsewhere: Vec<_> = all.iter().filter(|procedure| !procedure["NoiKhac"].is_null()).collect();
    assert!((5..=7).contains(&elsewhere.len()), "{}", elsewhere.len());
    for procedure in elsewhere {
        assert_eq!(procedure["MucDo"], "tai-quay");
        assert!(["C", "F"].contains(&text(&procedure["NoiKhac"], "DaySo")));
        assert!(!text(&procedure["NoiKhac"], "Quay").is_empty());
    }
}

#[test]
fn the_samples_keep_to_the_limits_of_the_contract() {
    for procedure in &procedures() {
        let code = text(procedure, "MaTTHC");
        let questions = list(procedure, "DanhSachCauHoi");
        assert!((1..=40).contains(&questions.len()), "{code}");
        assert!(
            is_unique(questions.iter().map(|question| text(question, "MaCauHoi"))),
            "{code}"
        );
        for question in questions {
            assert!(!text(question, "MaCauHoi").starts_with('_'), "{code}");
            if let Some(choices) = question["LuaChon"].as_array() {
                assert!((2..=6).contains(&choices.len()), "{code}");
            }
        }
        // Whoever knows JSON Schema finds it well made, and no question of an unknown kind in it.
        let schema = crate::form_schema(procedure, "20261122");
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{code}");
        assert!(
            schema["properties"]
                .as_object()
                .unwrap()
                .values()
                .all(|answer| *answer != json!(false)),
            "{code}"
        );

        assert!(list(procedure, "TuKhoa").len() <= SEARCH_WORDS_MAX, "{code}");
        assert!(
            procedure["SoLuotHoi"].is_u64() && procedure["PhienBan"].as_u64() >= Some(1),
            "{code}"
        );
        assert!(
            crate::clock::parse_stamp(text(procedure, "HieuLucTu")).is_some(),
            "{code}"
        );
        if let Some(until) = procedure["HieuLucDen"].as_str() {
            assert!(crate::clock::parse_stamp(until).is_some(), "{code}");
            assert!(text(procedure, "HieuLucTu") < until, "{code}");
        }
        let online = procedure["SoNgayGiaiQuyetTrucTuyen"].as_u64();
        assert!(
            online.is_none_or(|days| Some(days) < procedure["SoNgayGiaiQuyet"].as_u64()),
            "{code}"
        );
        let ways = list(procedure, "TraKetQua");
        assert!(!ways.is_empty() && ways.iter().all(|way| *way == "tai-quay" || *way == "buu-chinh"));
    }
}

/// The queries are a measure for whoever ranks; here only that each can be met.
#[test]
fn the_sixty_queries_ask_for_procedures_that_are_there() {
    let queries: Vec<Value> = serde_json::from_str(include_str!("../../../bench/queries.json")).unwrap();
    assert_eq!(queries.len(), 60);
    assert!(is_unique(queries.iter().map(|query| text(query, "query"))));

    let all = procedures();
    for query in &queries {
        let codes = list(query, "codes");
        assert!((1..=3).contains(&codes.len()), "{query}");
        let known = |code: &Value| all.iter().any(|procedure| procedure["MaTTHC"] == *code);
        assert!(codes.iter().all(known), "{query}");
    }
}

#[test]
fn an_account_stands_only_where_a_fee_may_be_paid_by_phone() {
    let all = procedures();
    let named: Vec<&Value> = all
        .iter()
        .filter(|procedure| procedure["ChuyenKhoan"].is_object())
        .collect();
    assert!(!named.is_empty());
    for procedure in named {
        assert_eq!(procedure["DuocThanhToanTrucTuyen"], true, "{}", procedure["MaTTHC"]);
        assert!(!list(procedure, "DanhSachLePhi").is_empty(), "{}", procedure["MaTTHC"]);
    }
    let without =
        |procedure: &&Value| procedure["DuocThanhToanTrucTuyen"] == true && procedure["ChuyenKhoan"].is_null();
    assert!(all.iter().any(|procedure| without(&procedure)), "some name none");
}
