//! The ways of answering beside choices, digits and dates: words, places, people, what is known.

use slint::{ComponentHandle, SharedString};
use ui::{
    AnswerError, CardField, ChoiceView, Flow, Frame, KeyLayer, Kiosk, KnownFrom, KnownRow, Language, PageName,
    PersonRow, PlaceView, QuestionKind, QuestionPage, QuestionPart, Said, TypingWay,
};

use super::{Sample, at, model, sample};

fn ask<'a>(kiosk: &'a Kiosk, kind: QuestionKind, words: &str, hint: &str) -> QuestionPage<'a> {
    at(kiosk, PageName::Question, Flow::HandIn, 3, 5);
    let page = kiosk.global::<QuestionPage>();
    page.set_card_field(CardField::None);
    page.set_kind(kind);
    page.set_ask(words.into());
    page.set_hint(hint.into());
    page.set_number(4);
    page.set_count(12);
    page
}

fn pick(kiosk: &Kiosk, kind: QuestionKind, words: &str, labels: &[&str], chosen: &[usize]) {
    let choice = |(index, label): (usize, &&str)| ChoiceView {
        id: index.to_string().into(),
        label: (*label).into(),
        chosen: chosen.contains(&index),
        said: match (kind, index) {
            (QuestionKind::YesNo, 0) => Said::Yes,
            (QuestionKind::YesNo, _) => Said::No,
            (_, _) => Said::Nothing,
        },
    };
    ask(kiosk, kind, words, "").set_choices(model(labels.iter().enumerate().map(choice).collect()));
}

fn digits(kiosk: &Kiosk, kind: QuestionKind, words: &str, typed: &str) {
    ask(kiosk, kind, words, "").set_digits(typed.into());
}

fn typing<'a>(kiosk: &'a Kiosk, part: QuestionPart, words: &str, text: &str) -> QuestionPage<'a> {
    let page = ask(kiosk, QuestionKind::Text, words, "Viết như trong giấy tờ.");
    page.set_part(part);
    page.set_text(text.into());
    page
}

fn suggestions(page: &QuestionPage, words: &[&str]) {
    page.set_suggestions(model(words.iter().map(|word| SharedString::from(*word)).collect()));
}

fn place(kiosk: &Kiosk, part: QuestionPart, text: &str, places: &[(&str, &str)]) {
    let page = ask(kiosk, QuestionKind::Place, "Gia đình bạn đang ở đâu?", "");
    page.set_part(part);
    page.set_within("Phú Thọ".into());
    page.set_text(text.into());
    let row = |(name, was): &(&str, &str)| PlaceView {
        id: (*name).into(),
        name: (*name).into(),
        was: (*was).into(),
    };
    page.set_places(model(places.iter().map(row).collect()));
}

fn known(kiosk: &Kiosk, words: &str, from: KnownFrom, rows: &[(QuestionPart, &str)], held: bool) {
    let page = ask(kiosk, QuestionKind::Known, words, "");
    page.set_known_from(from);
    page.set_held(held);
    let row = |(part, value): &(QuestionPart, &str)| KnownRow {
        part: *part,
        value: (*value).into(),
        said: Said::Nothing,
    };
    page.set_known(model(rows.iter().map(row).collect()));
}

fn people(kiosk: &Kiosk, names: &[(&str, &str)], least: i32) {
    let page = ask(kiosk, QuestionKind::People, "Những ai ở cùng bạn?", "Kể cả trẻ em.");
    page.set_people_least(least);
    page.set_can_add(names.len() < 5);
    let row = |(index, (name, more)): (usize, &(&str, &str))| PersonRow {
        id: index as i32,
        name: (*name).into(),
        more: (*more).into(),
    };
    page.set_people(model(names.iter().enumerate().map(row).collect()));
}

fn picked() -> Vec<Sample> {
    vec![
        sample("question-yes-no", |kiosk| {
            pick(
                kiosk,
                QuestionKind::YesNo,
                "Cha mẹ của bé đã đăng ký kết hôn chưa?",
                &["Có", "Không"],
                &[],
            );
        }),
        sample("question-many", |kiosk| {
            let labels = ["Cha", "Mẹ", "Ông hoặc bà", "Người thân khác", "Người giám hộ"];
            pick(kiosk, QuestionKind::Many, "Bạn là gì của bé?", &labels, &[0, 2]);
        }),
        sample("question-phone", |kiosk| {
            digits(
                kiosk,
                QuestionKind::Phone,
                "Số điện thoại để gọi cho bạn?",
                "0912 345 67",
            );
            kiosk.global::<QuestionPage>().set_error(AnswerError::NotAPhone);
        }),
        sample("question-money", |kiosk| {
            let (sum, words) = match kiosk.global::<Frame>().get_language() {
                Language::Vi => ("125.500.000", "một trăm hai mươi lăm triệu năm trăm nghìn đồng"),
                Language::En => (
                    "125,500,000",
                    "one hundred and twenty five million five hundred thousand dong",
                ),
            };
            digits(kiosk, QuestionKind::Money, "Vốn của hộ là bao nhiêu?", sum);
            kiosk.global::<QuestionPage>().set_words(words.into());
        }),
        sample("question-person-number", |kiosk| {
            digits(kiosk, QuestionKind::Number, "Mẹ của bé là ai?", "079 061 00");
            let page = kiosk.global::<QuestionPage>();
            page.set_part(QuestionPart::IdNumber);
            page.set_can_be_none(true);
        }),
    ]
}

fn typed() -> Vec<Sample> {
    vec![
        sample("question-type-name", |kiosk| {
            let page = typing(kiosk, QuestionPart::Name, "Mẹ của bé là ai?", "Nguyễn Thị Ng");
            page.set_large(true);
            suggestions(&page, &["Ngọc", "Ngân", "Nguyệt"]);
        }),
        sample("question-type-telex", |kiosk| {
            let page = typing(kiosk, QuestionPart::None, "Bé tên là gì?", "");
            page.set_way(TypingWay::Telex);
            page.set_error(AnswerError::Empty);
        }),
        sample("question-type-vni", |kiosk| {
            let page = typing(kiosk, QuestionPart::None, "Bé tên là gì?", "Sùng A Páo");
            page.set_way(TypingWay::Vni);
        }),
        sample("question-type-figures", |kiosk| {
            let page = typing(
                kiosk,
                QuestionPart::Detail,
                "Gia đình bạn đang ở đâu?",
                "Số 12/3, tổ 5, khu phố Bình Minh ",
            );
            page.set_layer(KeyLayer::Figures);
        }),
        sample("question-type-province", |kiosk| {
            place(
                kiosk,
                QuestionPart::Province,
                "",
                &[
                    ("Tỉnh Phú Thọ", ""),
                    ("Tỉnh Bắc Ninh", ""),
                    ("Thành phố Hồ Chí Minh", ""),
                ],
            );
        }),
        sample("question-type-commune", |kiosk| {
            place(
                kiosk,
                QuestionPart::Commune,
                "tan son",
                &[
                    ("Xã Tân Sơn", "Xã Đồng Sơn"),
                    ("Xã Tản Sơn", ""),
                    ("Phường Tân Sơn Nhì", "Phường Sơn Kỳ"),
                    ("Xã Tam Sơn", ""),
                    ("Xã Tân Sơn Đông", ""),
                ],
            );
        }),
        sample("question-type-no-place", |kiosk| {
            place(kiosk, QuestionPart::Commune, "qqq", &[]);
        }),
    ]
}

pub fn asking() -> Vec<Sample> {
    let whole = [
        (QuestionPart::Name, "Nguyễn Văn Ảnh Mẫu"),
        (QuestionPart::IdNumber, "079061000023"),
        (QuestionPart::Birth, "02/09/1961"),
    ];
    let masked = [
        (QuestionPart::Name, "Nguyễn V** Ả** M**"),
        (QuestionPart::IdNumber, "0790••••0023"),
        (QuestionPart::Birth, "••/••/1961"),
    ];
    let mut samples = picked();
    samples.extend(typed());
    samples.extend([
        sample("question-known", move |kiosk| {
            known(kiosk, "Mẹ của bé là ai?", KnownFrom::Card, &masked, false);
        }),
        sample("question-known-held", move |kiosk| {
            known(kiosk, "Mẹ của bé là ai?", KnownFrom::Card, &whole, true);
        }),
        sample("question-known-one", |kiosk| {
            let rows = [(QuestionPart::None, "•••••678")];
            known(kiosk, "Số điện thoại để gọi cho bạn?", KnownFrom::Answer, &rows, false);
        }),
        sample("question-people", |kiosk| {
            let rows = [
                ("Nguyễn V** Ả** M**", "••/••/1961"),
                ("Hà T** M**", "••/••/1963"),
                ("Nguyễn B** M**", "2019"),
            ];
            people(kiosk, &rows, 1);
        }),
        sample("question-people-none", |kiosk| {
            people(kiosk, &[], 1);
            kiosk.global::<QuestionPage>().set_error(AnswerError::TooFew);
        }),
    ]);
    samples
}
