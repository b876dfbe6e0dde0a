use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn cell(figure: Figure, numerator: u64, denominator: u64) -> Cell {
    Cell {
        day: day("2026-11-22"),
        unit: "UBND xã Mẫu".to_owned(),
        field: "HT".to_owned(),
        figure,
        ratio: Ratio::new(numerator, denominator),
    }
}

fn given(on: &str, field: &str, face: u8, count: u64) -> Given {
    Given {
        day: day(on),
        about: About {
            unit: "UBND xã Mẫu".to_owned(),
            field: field.to_owned(),
        },
        face: face.try_into().unwrap(),
        reason: None,
        count,
    }
}

#[test]
fn periods_begin_on_monday_and_on_the_first() {
    // 22 November 2026 is a Sunday.
    let sunday = day("2026-11-22");
    assert_eq!(Period::Day.around(sunday), (sunday, sunday));
    assert_eq!(Period::Week.around(sunday), (day("2026-11-16"), sunday));
    assert_eq!(Period::Month.around(sunday), (day("2026-11-01"), day("2026-11-30")));
    assert_eq!(Period::Month.turned(day("2026-03-31"), -1), day("2026-02-01"));
    assert_eq!(Period::Week.turned(sunday, 1), day("2026-11-29"));
}

#[test]
fn a_share_is_made_of_sums_and_of_nothing_there_is_none() {
    let cells = [
        cell(Figure::Online, 1, 3),
        cell(Figure::Online, 1, 1),
        cell(Figure::OnTime, 0, 2),
    ];
    let sums = sums(&cells);
    assert_eq!(sums[Figure::Online as usize].percent(), Some(50));
    assert_eq!(sums[Figure::OnTime as usize].percent(), Some(0));
    assert_eq!(sums[Figure::Satisfied as usize].percent(), None);
    for (at, figure) in Figure::ALL.into_iter().enumerate() {
        assert_eq!((figure as usize, Figure::of_word(figure.word())), (at, Some(figure)));
    }
}

#[test]
fn a_csv_opens_with_its_letters_and_without_a_formula() {
    let mut odd = cell(Figure::Pages, 7, 2);
    odd.unit = "=HYPERLINK(\"http://x\"),\"Sở\"".to_owned();
    let text = csv(&[cell(Figure::Online, 1, 2), odd]);
    assert_eq!(
        text,
        "\u{feff}ngay,don_vi,linh_vuc,chi_so,tu_so,mau_so\r\n2026-11-22,UBND xã Mẫu,HT,online,1,2\r\n\
         2026-11-22,\"'=HYPERLINK(\"\"http://x\"\"),\"\"Sở\"\"\",HT,pages,7,2\r\n"
    );
}

#[test]
fn few_faces_are_told_in_no_export() {
    let cells = [cell(Figure::Satisfied, 1, 4), cell(Figure::Satisfied, 2, 5)];
    let text = csv(&cells);
    assert!(
        text.contains("satisfied,,\r\n") && text.contains("satisfied,2,5\r\n"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&json(&cells).unwrap()).unwrap();
    assert_eq!(json[0].get("numerator"), None);
    assert_eq!(json[1]["denominator"], 5);
}

#[test]
fn a_group_waits_until_it_is_large_enough_and_is_told_over_its_days() {
    let today = day("2026-11-22");
    let few = [given("2026-11-20", "HT", 1, 4)];
    assert_eq!(batches(&few, today).0, Vec::<usize>::new());
    let enough = [
        given("2026-11-20", "HT", 1, 4),
        given("2026-11-21", "HT", 5, 1),
        given("2026-11-21", "DD", 5, 3),
        // The day is not over.
        given("2026-11-22", "DD", 5, 9),
    ];
    let (told, batch) = batches(&enough, today);
    assert_eq!(told, [0, 1]);
    assert_eq!(batch.rows.len(), 2);
    assert!(
        batch
            .rows
            .iter()
            .all(|row| (row.from, row.until) == (day("2026-11-20"), day("2026-11-21")))
    );
}

#[test]
fn groups_that_stay_small_are_told_together_without_their_fields() {
    let old = [given("2026-10-01", "HT", 1, 3), given("2026-10-02", "DD", 2, 2)];
    let (told, batch) = batches(&old, day("2026-11-22"));
    assert_eq!(told, [0, 1]);
    assert!(batch.rows.iter().all(|row| row.about == About::default()));
    assert_eq!(batches(&old[..1], day("2026-11-22")).0, Vec::<usize>::new());
}

proptest! {
    #[test]
    fn no_group_that_is_told_is_small_and_nothing_is_told_twice(
        given in prop::collection::vec((0..60_i64, 0..3_usize, 1..=5_u8, 1..4_u64), 0..40)
    ) {
        let today = day("2026-11-22");
        let given: Vec<Given> = given.into_iter().map(|(ago, field, face, count)| Given {
            day: today.date().saturating_sub(ago.days()).into(),
            ..self::given("2026-11-22", ["HT", "DD", ""][field], face, count)
        }).collect();
        let (told, batch) = batches(&given, today);
        let sum: u64 = told.iter().map(|at| given[*at].count).sum();
        prop_assert_eq!(batch.rows.iter().map(|row| row.count).sum::<u64>(), sum);
        let mut groups: std::collections::BTreeMap<_, u64> = std::collections::BTreeMap::new();
        for row in &batch.rows {
            *groups.entry((row.about.clone(), row.from, row.until)).or_default() += row.count;
        }
        prop_assert!(groups.values().all(|count| *count >= FACES_TOLD_MIN));
        prop_assert!(told.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(told.iter().all(|at| given[*at].day < today));
    }

    #[test]
    fn every_csv_row_has_six_fields_and_none_begins_a_formula(unit in "\\PC{0,20}", field in "[=+@,;\"a-z-]{0,9}") {
        let mut odd = cell(Figure::Online, 1, 2);
        (odd.unit, odd.field) = (unit, field);
        let text = csv(&[odd]);
        let row = text.split_once("\r\n").unwrap().1;
        let fields = read_row(row.strip_suffix("\r\n").unwrap());
        prop_assert_eq!(fields.len(), 6, "{}", row);
        prop_assert!(fields.iter().all(|field| !field.starts_with(['=', '+', '-', '@'])), "{}", row);
    }
}

/// One row as RFC 4180 reads it.
fn read_row(row: &str) -> Vec<String> {
    let (mut fields, mut quoted, mut letters) = (vec![String::new()], false, row.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                fields.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            letter => fields.last_mut().unwrap().push(letter),
        }
    }
    fields
}
