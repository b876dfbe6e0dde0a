//! The office's numbers: which days.

use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::Out;
use crate::figures::Period;
use crate::session::staff::StaffTouch;
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
    page.on_back(out.on_bar(Bar::Back));
}
