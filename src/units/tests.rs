use std::collections::HashMap;

use super::*;

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

fn found(province: &str, typed: &str) -> Vec<String> {
    let found = find(&code(province), typed, 6);
    found
        .iter()
        .map(|found| match found.formerly {
            Some(former) => format!("{} < {}, {}", found.commune.name, former.name, former.district),
            None => found.commune.name.to_owned(),
        })
        .collect()
}

fn read(text: &str) -> Vec<String> {
    candidates(text)
        .iter()
        .map(|found| {
            format!(
                "{} | {}, {}",
                found.detail, found.commune.name, found.commune.province.1
            )
        })
        .collect()
}

#[test]
fn every_unit_is_there_with_a_code_of_its_own_and_can_stand_in_an_answer() {
    assert_eq!(provinces().len(), 34);
    let communes: Vec<_> = provinces().iter().flat_map(Province::communes).collect();
    assert_eq!(communes.len(), 3_321);
    let codes: std::collections::HashSet<_> = communes.iter().map(|commune| commune.code).collect();
    assert_eq!(codes.len(), communes.len());
    assert!(
        provinces()
            .iter()
            .all(|province| province.unit().is_some_and(|unit| unit.code.is_province()))
    );
    for commune in communes {
        let unit = commune.unit().unwrap();
        assert_eq!(crate::form::tidy(&unit.name), unit.name);
        assert_eq!(super::commune(&code(commune.province.0), &unit.code), Some(commune));
        assert!(commune.formers().count() > 0, "{}", commune.name);
        assert!(
            commune.formers().all(|former| !former.district.is_empty()),
            "{}",
            commune.name
        );
    }
    assert_eq!(super::commune(&code("01"), &code("08566")), None, "of another province");
}

#[test]
fn each_commune_is_found_by_its_name_with_and_without_marks() {
    for province in provinces() {
        let communes: Vec<_> = province.communes().collect();
        for commune in communes.iter().step_by(7) {
            let unmarked = plain(commune.name).join(" ");
            for typed in [commune.name.to_lowercase(), unmarked] {
                let found = find(&code(province.code), &typed, 6);
                assert!(
                    found.iter().take(6).any(|found| found.commune == *commune),
                    "{typed} in {}: {:?}",
                    province.name,
                    found.iter().map(|found| found.commune.name).collect::<Vec<_>>()
                );
            }
        }
    }
}

#[test]
fn a_name_of_before_leads_to_the_commune_of_today_and_is_shown_beside() {
    assert_eq!(
        found("25", "thạch kiệt")[0],
        "Xã Tân Sơn < Xã Thạch Kiệt, Huyện Tân Sơn"
    );
    assert_eq!(found("25", "thach kie")[0], "Xã Tân Sơn < Xã Thạch Kiệt, Huyện Tân Sơn");
    assert_eq!(found("25", "tân sơn")[0], "Xã Tân Sơn");
    assert!(found("25", "  ").is_empty());
    assert!(find(&code("99"), "tân sơn", 6).is_empty());
}

#[test]
fn communes_that_differ_only_by_marks_are_always_shown_together() {
    let mut pairs = 0;
    for province in provinces() {
        let mut alike: HashMap<Vec<String>, Vec<Commune>> = HashMap::new();
        for commune in province.communes() {
            alike.entry(plain(commune.name)).or_default().push(commune);
        }
        for twins in alike.into_values().filter(|twins| twins.len() > 1) {
            pairs += 1;
            for typed in twins.iter().map(|twin| twin.name) {
                // Even where there is room for one.
                let found = find(&code(province.code), typed, 1);
                for twin in &twins {
                    let shown = found.iter().find(|found| found.commune == *twin);
                    assert!(
                        shown.is_some_and(|shown| shown.has_look_alike),
                        "{typed}: {}",
                        twin.name
                    );
                }
            }
        }
    }
    assert!(pairs >= 8, "{pairs}");
}

#[test]
fn all_parts_of_a_divided_commune_are_shown_together() {
    // Kim Mã went into three.
    let found = find(&code("01"), "phường kim mã", 1);
    assert!(
        found.len() >= 3 && found.iter().all(|found| found.has_look_alike),
        "{found:?}"
    );
}

#[test]
fn a_province_is_found_by_its_name_of_before() {
    let names = |typed| -> Vec<_> {
        find_province(typed, 6)
            .into_iter()
            .map(|(province, former)| (province.name, former))
            .collect()
    };
    assert_eq!(names("phu tho"), [("Tỉnh Phú Thọ", None)]);
    assert_eq!(names("Hà Gi"), [("Tỉnh Tuyên Quang", Some("Tỉnh Hà Giang"))]);
    assert!(names("").is_empty());
}

#[test]
fn an_address_of_before_is_read_into_the_commune_of_today() {
    assert_eq!(
        read("Khu 4, Thạch Kiệt, Tân Sơn, Phú Thọ"),
        ["Khu 4 | Xã Tân Sơn, Tỉnh Phú Thọ"]
    );
    assert_eq!(
        read("Xóm 1, Xã Cao Kỳ, Huyện Chợ Mới, Tỉnh Bắc Kạn"),
        ["Xóm 1 | Xã Tân Kỳ, Tỉnh Thái Nguyên"]
    );
    assert_eq!(
        read("KHU 4, THACH KIET, TAN SON, PHU THO"),
        ["KHU 4 | Xã Tân Sơn, Tỉnh Phú Thọ"]
    );
}

#[test]
fn an_address_of_today_is_read() {
    assert_eq!(
        read("Khu 4, Xã Thu Cúc, Tỉnh Phú Thọ"),
        ["Khu 4 | Xã Thu Cúc, Tỉnh Phú Thọ"]
    );
    assert!(
        only_candidate("Khu 4, Xã Thu Cúc, Tỉnh Phú Thọ").is_some_and(|address| address.commune.code == code("08545"))
    );
}

#[test]
fn what_may_be_several_is_never_chosen() {
    // Without its province it is in Phú Thọ, in Bắc Ninh, or in Hồ Chí Minh City.
    let places = read("Xã Tân Sơn");
    for province in ["Tỉnh Phú Thọ", "Tỉnh Bắc Ninh"] {
        assert!(places.contains(&format!(" | Xã Tân Sơn, {province}")), "{places:?}");
    }
    assert_eq!(only_candidate("Xã Tân Sơn"), None);
    // It was divided.
    assert!(candidates("Kim Mã, Ba Đình, Hà Nội").len() >= 3);
    assert_eq!(only_candidate("Kim Mã, Ba Đình, Hà Nội"), None);
}

#[test]
fn what_names_no_place_is_read_into_none() {
    for text in ["", ",,", "Phú Thọ", "Khu 4, Xã Mẫu, Tỉnh Phú Thọ", "Nowhere, At All"] {
        assert_eq!(read(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_rank_is_left_out_unless_nothing_is_left() {
    for (name, wanted) in [
        ("Xã Tân Sơn", "Tân Sơn"),
        ("TP Hồ Chí Minh", "Hồ Chí Minh"),
        ("tỉnh Phú Thọ", "Phú Thọ"),
        ("Phường 4", "Phường 4"),
        ("Xãm", "Xãm"),
    ] {
        assert_eq!(short(name), wanted);
    }
}

proptest::proptest! {
    // Each goes through the whole dictionary.
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(16))]
    #[test]
    fn nothing_that_is_typed_or_read_breaks_it(text in ".{0,60}") {
        drop((find(&code("25"), &text, 6), find_province(&text, 6), candidates(&text), short(&text).len()));
    }
}
