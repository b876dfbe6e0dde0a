//! Putting aside what is lacking a paper, and going on with it.

use slint::ComponentHandle;
use ui::{
    AsidePage, AsideState, Flow, Frame, Kiosk, PageName, PaperForm, PaperNeed, PaperState, ResumePage, ResumeState,
};

use super::hand_in::{day, paper};
use super::{Sample, at, model, sample};

pub fn asides() -> Vec<Sample> {
    let aside = |name: &str, state, paper_state, until: bool| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Aside, Flow::HandIn, 4, 5);
            let page = kiosk.global::<AsidePage>();
            page.set_state(state);
            page.set_paper(paper_state);
            if until {
                page.set_until(day(22, 12, 1));
            }
            page.set_papers(model(vec![
                paper(
                    "Giấy chứng nhận quyền sử dụng đất (sổ đỏ)",
                    PaperForm::Original,
                    PaperNeed::Required,
                    0,
                ),
                paper("Mảnh trích đo bản đồ thửa đất", PaperForm::Copy, PaperNeed::Optional, 0),
            ]));
        })
    };
    let resume = |name: &str, state| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Resume, Flow::HandIn, 2, 5);
            kiosk.global::<Frame>().set_can_go_back(true);
            kiosk.global::<ResumePage>().set_state(state);
        })
    };
    vec![
        aside("aside-asking", AsideState::Asking, PaperState::Coming, false),
        aside("aside-no-printer", AsideState::NoPrinter, PaperState::Coming, false),
        aside("aside-kept", AsideState::Kept, PaperState::Out, true),
        aside("aside-kept-offline", AsideState::Kept, PaperState::Waiting, false),
        resume("resume-opening", ResumeState::Opening),
        resume("resume-other-person", ResumeState::OtherPerson),
        resume("resume-expired", ResumeState::Expired),
        resume("resume-handed-in", ResumeState::HandedIn),
        resume("resume-open-elsewhere", ResumeState::OpenElsewhere),
    ]
}
