//! Handing papers in, from the list of procedures to the last question.

use slint::{ComponentHandle, ModelRc};
use ui::{
    AnswerError, BackState, CardBackPage, CardField, CardPage, CardState, ChoiceView, CodeState, DatePart, Flow, Frame,
    IdentifyPage, Kiosk, PageName, PaperForm, PaperNeed, PaperRow, PaperState, PersonPage, ProcedurePage, ProcedureRow,
    ProcedureView, ProceduresPage, Proof, QuestionKind, QuestionPage, Said,
};

use super::{MASKED, Sample, at, model, sample};

pub fn procedure(code: &str, name: &str, field: &str, days: i32, fee_vnd: i32) -> ProcedureRow {
    ProcedureRow {
        code: code.into(),
        name: name.into(),
        field: field.into(),
        days,
        fee_vnd,
    }
}

pub fn paper(name: &str, form: PaperForm, need: PaperNeed, pages: i32) -> PaperRow {
    PaperRow {
        name: name.into(),
        form,
        need,
        condition: if need == PaperNeed::IfTrue {
            "nếu cha mẹ đã kết hôn"
        } else {
            ""
        }
        .into(),
        pages,
    }
}

pub fn procedures() -> Vec<Sample> {
    let list = |page| {
        move |kiosk: &Kiosk| {
            at(kiosk, PageName::Procedures, Flow::HandIn, 1, 5);
            let procedures = kiosk.global::<ProceduresPage>();
            procedures.set_rows(model(vec![
                procedure("1", "Đăng ký khai sinh", "Hộ tịch", 1, 8_000),
                procedure("2", "Đăng ký kết hôn", "Hộ tịch", 3, 0),
                procedure("3", "Cấp bản sao trích lục hộ tịch", "Hộ tịch", 1, 8_000),
                procedure("4", "Cấp giấy xác nhận tình trạng hôn nhân", "Hộ tịch", 3, 10_000),
                procedure("5", "Đăng ký khai tử", "Hộ tịch", 0, 0),
                procedure(
                    "6",
                    "Chứng thực bản sao từ bản chính giấy tờ, văn bản",
                    "Chứng thực",
                    1,
                    2_000,
                ),
            ]));
            procedures.set_page(page);
            procedures.set_pages(3);
        }
    };
    vec![
        sample("procedures", list(1)),
        sample("procedures-middle", list(2)),
        sample("procedure", |kiosk| {
            at(kiosk, PageName::Procedure, Flow::HandIn, 1, 5);
            let page = kiosk.global::<ProcedurePage>();
            page.set_procedure(ProcedureView {
                code: "1".into(),
                name: "Đăng ký khai sinh".into(),
                official_name: "Thủ tục đăng ký khai sinh".into(),
                result: "Giấy khai sinh".into(),
                agency: "Ủy ban nhân dân phường Bình Minh".into(),
                fee_vnd: 8_000,
                days: 3,
                days_online: 1,
                expected: day(25, 11, 2),
                ..Default::default()
            });
            page.set_papers(model(vec![
                paper("Giấy chứng sinh của bé", PaperForm::Original, PaperNeed::OneOf, 1),
                paper(
                    "Văn bản của người làm chứng việc sinh",
                    PaperForm::Original,
                    PaperNeed::OneOf,
                    0,
                ),
                paper(
                    "Giấy chứng nhận kết hôn của cha mẹ",
                    PaperForm::Copy,
                    PaperNeed::IfTrue,
                    2,
                ),
                paper("Giấy tờ về nơi cư trú", PaperForm::Copy, PaperNeed::InData, 0),
                paper("Tờ khai đăng ký khai sinh", PaperForm::Original, PaperNeed::Required, 0),
            ]));
            page.set_can_start(true);
            page.set_can_take_number(true);
            page.set_can_print(true);
        }),
        sample("procedure-list", |kiosk| {
            at(kiosk, PageName::Procedure, Flow::HandIn, 1, 5);
            let page = kiosk.global::<ProcedurePage>();
            page.set_procedure(ProcedureView {
                name: "Đổi giấy phép lái xe".into(),
                result: "Giấy phép lái xe".into(),
                agency: "Công an tỉnh".into(),
                fee_vnd: 115_000,
                days: 5,
                expected: day(30, 11, 0),
                ..Default::default()
            });
            page.set_papers(model(vec![paper(
                "Hai ảnh 3 × 4",
                PaperForm::Photo,
                PaperNeed::Required,
                0,
            )]));
            page.set_can_start(true);
            page.set_can_print(true);
            page.set_list_asked(true);
            page.set_list(PaperState::Out);
        }),
        sample("procedure-elsewhere", |kiosk| {
            at(kiosk, PageName::Procedure, Flow::HandIn, 1, 5);
            let page = kiosk.global::<ProcedurePage>();
            page.set_procedure(ProcedureView {
                code: "2".into(),
                name: "Cấp lại, đổi thẻ bảo hiểm y tế".into(),
                result: "Thẻ bảo hiểm y tế".into(),
                agency: "Bảo hiểm xã hội tỉnh".into(),
                days: 2,
                counter: "5".into(),
                elsewhere: "Bảo hiểm xã hội nhận tại quầy 5.".into(),
                ..Default::default()
            });
            page.set_papers(model(vec![paper(
                "Tờ khai thẻ bảo hiểm y tế",
                PaperForm::Original,
                PaperNeed::Required,
                0,
            )]));
            page.set_can_start(false);
            page.set_can_take_number(true);
        }),
    ]
}

/// A day of this November or December.
pub fn day(day: i32, month: i32, weekday: i32) -> ui::Moment {
    ui::Moment {
        year: 2026,
        month,
        day,
        weekday,
        ..Default::default()
    }
}

pub fn person() -> Vec<Sample> {
    let identify = |name: &str, state| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Identify, Flow::HandIn, 2, 5);
            kiosk.global::<IdentifyPage>().set_state(state);
            kiosk
                .global::<IdentifyPage>()
                .set_can_type(state != CodeState::WrongKind);
            kiosk.global::<IdentifyPage>().set_can_scan(state == CodeState::Waiting);
        })
    };
    let person = |name: &str, rows: [&'static str; 4], held| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Person, Flow::HandIn, 2, 5);
            let page = kiosk.global::<PersonPage>();
            page.set_proof(Proof::Front);
            page.set_name(rows[0].into());
            page.set_number(rows[1].into());
            page.set_birth(rows[2].into());
            page.set_address(rows[3].into());
            page.set_held(held);
        })
    };
    let card = |name: &str, state, can_again| {
        sample(name, move |kiosk: &Kiosk| {
            match state {
                CardState::Left => at(kiosk, PageName::Card, Flow::None, 0, 0),
                _ => at(kiosk, PageName::Card, Flow::HandIn, 2, 5),
            }
            let over = matches!(state, CardState::Left | CardState::Stopped);
            kiosk.global::<Frame>().set_can_go_back(!over);
            let page = kiosk.global::<CardPage>();
            page.set_state(state);
            page.set_percent(64);
            page.set_can_again(can_again);
            page.set_can_skip(true);
        })
    };
    let back = |name: &str, state| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::CardBack, Flow::HandIn, 2, 5);
            kiosk.global::<CardBackPage>().set_state(state);
        })
    };
    let typed = |name: &str, field| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Question, Flow::HandIn, 2, 5);
            let page = kiosk.global::<QuestionPage>();
            page.set_card_field(field);
            page.set_error(AnswerError::None);
            page.set_kind(match field {
                CardField::None | CardField::Number | CardField::OtherNumber => QuestionKind::Number,
                CardField::Birth | CardField::Expiry | CardField::OtherBirth => QuestionKind::Date,
                CardField::SignPhone => QuestionKind::Phone,
            });
            page.set_digits("07906100".into());
            page.set_day("02".into());
            page.set_month("09".into());
            page.set_year("".into());
            page.set_date_part(DatePart::Year);
            page.set_year_only_allowed(field == CardField::Birth);
        })
    };
    let whole = [
        "Nguyễn Văn Ảnh Mẫu",
        "079061000023",
        "02/09/1961",
        "Số 12 đường Hoa Sứ, tổ 5, khu phố 3, phường Bình Minh, tỉnh Mẫu Sơn",
    ];
    vec![
        identify("identify", CodeState::Waiting),
        identify("identify-unreadable", CodeState::Unreadable),
        identify("identify-wrong", CodeState::WrongKind),
        identify("identify-gone", CodeState::Gone),
        typed("question-card-number", CardField::Number),
        typed("question-card-birth", CardField::Birth),
        typed("question-card-expiry", CardField::Expiry),
        back("card-back", BackState::Lay),
        back("card-back-scanning", BackState::Scanning),
        back("card-back-unread", BackState::Unread),
        back("card-back-empty", BackState::Empty),
        back("card-back-gone", BackState::Gone),
        card("card-lay", CardState::Lay, false),
        card("card-reading", CardState::Reading, false),
        card("card-removed", CardState::Removed, false),
        card("card-other-person", CardState::OtherPerson, true),
        card("card-wrong-key", CardState::WrongKey, true),
        card("card-other-card", CardState::OtherCard, true),
        card("card-two-cards", CardState::TwoCards, false),
        card("card-held", CardState::Held, false),
        card("card-silent", CardState::Silent, true),
        card("card-gone", CardState::Gone, false),
        card("card-stopped", CardState::Stopped, false),
        card("card-left", CardState::Left, false),
        sample("person-chip", move |kiosk: &Kiosk| {
            at(kiosk, PageName::Person, Flow::HandIn, 2, 5);
            let page = kiosk.global::<PersonPage>();
            page.set_proof(Proof::Chip);
            page.set_name(MASKED[0].into());
            page.set_number(MASKED[1].into());
            page.set_birth(MASKED[2].into());
            page.set_address(MASKED[3].into());
            page.set_held(false);
        }),
        person("person", MASKED, false),
        person("person-held", whole, true),
    ]
}

fn choices(labels: &[&str]) -> ModelRc<ChoiceView> {
    let choice = |(index, label): (usize, &&str)| ChoiceView {
        id: index.to_string().into(),
        label: (*label).into(),
        chosen: index == 1,
        said: Said::Nothing,
    };
    model(labels.iter().enumerate().map(choice).collect())
}

pub fn questions() -> Vec<Sample> {
    let ask = |kiosk: &Kiosk, kind, ask: &str, hint: &str| {
        at(kiosk, PageName::Question, Flow::HandIn, 3, 5);
        let page = kiosk.global::<QuestionPage>();
        page.set_card_field(CardField::None);
        page.set_kind(kind);
        page.set_ask(ask.into());
        page.set_hint(hint.into());
    };
    let date = move |kiosk: &Kiosk, day: &str, month: &str, year: &str, part| {
        ask(
            kiosk,
            QuestionKind::Date,
            "Cha của bạn sinh ngày nào?",
            "Giấy tờ cũ có khi chỉ ghi năm.",
        );
        let page = kiosk.global::<QuestionPage>();
        page.set_day(day.into());
        page.set_month(month.into());
        page.set_year(year.into());
        page.set_date_part(part);
    };
    vec![
        sample("question-two", move |kiosk| {
            ask(
                kiosk,
                QuestionKind::Choice,
                "Cha mẹ của bé đã đăng ký kết hôn chưa?",
                "Đăng ký ở nước ngoài cũng được.",
            );
            kiosk.global::<QuestionPage>().set_choices(choices(&["Rồi", "Chưa"]));
        }),
        sample("question-six", move |kiosk| {
            ask(kiosk, QuestionKind::Choice, "Bạn là gì của bé?", "");
            let page = kiosk.global::<QuestionPage>();
            page.set_choices(choices(&[
                "Cha",
                "Mẹ",
                "Ông hoặc bà",
                "Người thân khác",
                "Người giám hộ",
                "Người được ủy quyền",
            ]));
            page.set_error(AnswerError::Empty);
        }),
        sample("question-number", move |kiosk| {
            ask(kiosk, QuestionKind::Number, "Bạn cần mấy bản sao?", "Từ 1 đến 20 bản.");
            kiosk.global::<QuestionPage>().set_digits("12".into());
        }),
        sample("question-date", move |kiosk| {
            date(kiosk, "21", "1", "", DatePart::Month)
        }),
        sample("question-no-such-date", move |kiosk| {
            date(kiosk, "31", "2", "1940", DatePart::Year);
            kiosk.global::<QuestionPage>().set_error(AnswerError::NoSuchDate);
            kiosk.global::<QuestionPage>().set_year_only_allowed(true);
        }),
        sample("question-year-only", move |kiosk| {
            date(kiosk, "", "", "1940", DatePart::Year);
            kiosk.global::<QuestionPage>().set_year_only_allowed(true);
            kiosk.global::<QuestionPage>().set_year_only(true);
        }),
    ]
}
