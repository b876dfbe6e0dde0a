//! The office's numbers: which days, and what is wanted on paper.

use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::Out;
use crate::figures::Period;
use crate::session::staff::StaffTouch;
use crate::session::staff::office::Wanted;
use crate::session::{Bar, Touch};

pub(super) fn bind(kiosk: &Kiosk, out: &Out) {
    let staff = kiosk.global::<ui::StaffPage>();
    staff.on_office(out.on_touch(Touch::Staff(StaffTouch::Office)));
    let page = kiosk.global::<ui::StaffOfficePage>();
    page.on_choose_period(out.on(|period| {
        let period = match period {
            ui::Period::Day => Period::Day,
            ui::Period::Week => Period::Week,
            ui::Period::Month => Period::Month,
        };
        Some(Touch::Staff(StaffTouch::Period(period)))
    }));
    page.on_turn(out.on(|by| Some(Touch::Turn(by))));
    page.on_print_figures(out.on_touch(Touch::Staff(StaffTouch::Print(Wanted::Figures))));
    page.on_print_forgotten(out.on_touch(Touch::Staff(StaffTouch::Print(Wanted::Proofs))));
    page.on_print_proof(out.on(|number| {
        let number = u32::try_from(number).ok()?;
        Some(Touch::Staff(StaffTouch::Print(Wanted::Proof(number))))
    }));
    page.on_back(out.on_bar(Bar::Back));
}
