//! How it was, and the office's numbers.

use slint::ComponentHandle;
use ui::{
    FigureName, FigureRow, Flow, ForgottenRow, Kiosk, Moment, PageName, PaperState, Period, RatePage, SentPage,
    SentState, StaffOfficePage,
};

use super::{NOW, Sample, at, model, sample};

pub fn rating() -> Vec<Sample> {
    let why = |name: &str, face| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Rate, Flow::Rate, 0, 0);
            kiosk.global::<RatePage>().set_face(face);
        })
    };
    vec![
        why("rate-why-good", 5),
        why("rate-why-bad", 2),
        sample("sent-rate", |kiosk| {
            at(kiosk, PageName::Sent, Flow::HandIn, 0, 0);
            let page = kiosk.global::<SentPage>();
            page.set_state(SentState::Received);
            page.set_slip_number("K01-261122-0042".into());
            page.set_code("000.00.99.H44-261122-0042".into());
            page.set_paper(PaperState::Out);
            page.set_can_rate(true);
        }),
    ]
}

fn row(figure: FigureName, numerator: i32, denominator: i32) -> FigureRow {
    FigureRow {
        figure,
        numerator,
        denominator,
        percent: (numerator * 100).checked_div(denominator).unwrap_or(-1),
        tenths: (numerator * 10).checked_div(denominator).unwrap_or(0),
        few: false,
        trend: "M 0 100 H 100 M 7 100 V 40 M 21 100 V 60 M 35 100 V 0 M 50 100 V 30 M 64 100 V 75 M 92 100 V 50".into(),
    }
}

fn show(kiosk: &Kiosk, period: Period, first: Moment, figures: Vec<FigureRow>, forgotten: Vec<ForgottenRow>) {
    at(kiosk, PageName::StaffOffice, Flow::Staff, 0, 0);
    let page = kiosk.global::<StaffOfficePage>();
    page.set_period(period);
    page.set_first(first);
    page.set_last(Moment { day: 30, ..NOW });
    page.set_there(!figures.is_empty());
    page.set_figures(model(figures));
    page.set_forgotten_count(forgotten.len() as i32);
    page.set_forgotten(model(forgotten));
}

pub fn figures() -> Vec<Sample> {
    let counted = || {
        vec![
            row(FigureName::Online, 18, 41),
            row(FigureName::Assisted, 12, 41),
            row(FigureName::Digitised, 40, 41),
            row(FigureName::Pages, 1272, 40),
            row(FigureName::DataFields, 164, 41),
            row(FigureName::PapersAvoided, 33, 120),
            row(FigureName::OnlinePayment, 0, 0),
            row(FigureName::OnTime, 41, 41),
            FigureRow {
                few: true,
                percent: -1,
                ..row(FigureName::Satisfied, 0, 0)
            },
        ]
    };
    let forgotten = |number: i32| ForgottenRow {
        number,
        slip: format!("K01-261119-00{number}").into(),
        pages: number % 7 + 1,
        files: 2,
        at: NOW,
    };
    vec![
        sample("office-day", move |kiosk| {
            show(kiosk, Period::Day, NOW, counted(), vec![forgotten(42), forgotten(41)]);
        }),
        sample("office-month", move |kiosk| {
            show(kiosk, Period::Month, Moment { day: 1, ..NOW }, counted(), vec![]);
        }),
        sample("office-coming", |kiosk| show(kiosk, Period::Week, NOW, vec![], vec![])),
    ]
}
