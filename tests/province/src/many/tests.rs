use super::*;

fn samples() -> Vec<Value> {
    ["Đăng ký khai sinh", "Trợ cấp xã hội hằng tháng cho người cao tuổi"]
        .into_iter()
        .zip(1..)
        .map(|(name, number)| {
            json!({
                "MaTTHC": format!("1.00000{number}"),
                "TenTTHC": name,
                "TenTTHC_en": "A name",
                "MaLinhVuc": "G10-TP01",
                "TenLinhVuc": "Hộ tịch",
            })
        })
        .collect()
}

#[test]
fn the_samples_stand_first_and_codes_and_names_are_not_given_twice() {
    let samples = samples();
    let made = many(&samples, 2_000, 1).unwrap();
    assert_eq!(made[..2], samples);
    assert_eq!(made.len(), 2_000);
    for name in ["MaTTHC", "TenTTHC"] {
        let different: HashSet<_> = made.iter().map(|procedure| procedure[name].as_str().unwrap()).collect();
        assert_eq!(different.len(), 2_000, "{name}");
    }
}

#[test]
fn a_seed_makes_the_same_procedures_again_and_another_seed_makes_others() {
    let samples = samples();
    assert_eq!(many(&samples, 100, 7).unwrap(), many(&samples, 100, 7).unwrap());
    assert_ne!(many(&samples, 100, 7).unwrap(), many(&samples, 100, 8).unwrap());
}

#[test]
fn what_belongs_to_the_sample_alone_is_not_said_of_others() {
    let made = many(&samples(), 50, 3).unwrap();
    assert!(made[2..].iter().all(|procedure| procedure["TenTTHC_en"].is_null()));
}

#[test]
fn everyday_names_are_short_and_each_has_its_own() {
    let made = many(&samples(), 2_000, 5).unwrap();
    let names: Vec<&str> = made
        .iter()
        .filter_map(|procedure| procedure["TenThuongGoi"].as_str())
        .collect();
    assert!(names.len() > 200, "Only {} have one", names.len());
    assert!(names.iter().all(|name| name.chars().count() <= EVERYDAY_CHARS_MAX));
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
}

#[test]
fn too_many_and_nothing_to_make_them_from_are_refused() {
    assert!(many(&[], 10, 1).is_err());
    assert!(many(&samples(), PROCEDURES_MAX + 1, 1).is_err());
}
