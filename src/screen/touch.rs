//! Touches: each callback of the pages becomes one event.

mod office;
mod rate;

use std::str::FromStr;

use tokio::sync::mpsc;
use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

mod filing;

use super::{FromScreen, send};
use crate::dossier::WithdrawReason;
use crate::keyboard::Layer;
use crate::procedure::Language;
use crate::session::paying::PayTouch;
use crate::session::staff::{StaffAct, StaffTouch, Tab};
use crate::session::{Bar, Contrast, DatePart, Door, Event, Held, Movement, News, Priority, TextSize, Touch, YearOnly};

/// Where callbacks put what they mean.
#[derive(Clone)]
struct Out(mpsc::Sender<FromScreen>);

impl Out {
    fn bar(&self, bar: Bar) {
        send(&self.0, FromScreen::Event(Event::Bar(bar)));
    }

    fn touch(&self, touch: Touch) {
        send(&self.0, FromScreen::Event(Event::News(News::Touch(touch))));
    }

    fn act(&self, act: StaffAct) {
        self.touch(Touch::Staff(StaffTouch::Act(act)));
    }

    fn on_bar(&self, bar: Bar) -> impl Fn() + use<> {
        let out = self.clone();
        move || out.bar(bar.clone())
    }

    fn on_touch(&self, touch: Touch) -> impl Fn() + use<> {
        let out = self.clone();
        move || out.touch(touch.clone())
    }

    /// A callback with one argument, which may mean nothing.
    fn on<T, M>(&self, meaning: M) -> impl Fn(T) + use<T, M>
    where
        M: Fn(T) -> Option<Touch>,
    {
        let out = self.clone();
        move |argument| {
            if let Some(touch) = meaning(argument) {
                out.touch(touch);
            }
        }
    }
}

pub fn bind(kiosk: &Kiosk, out: &mpsc::Sender<FromScreen>) {
    let out = Out(out.clone());
    bind_frame(kiosk, &out);
    bind_numbers(kiosk, &out);
    bind_procedures(kiosk, &out);
    bind_questions(kiosk, &out);
    bind_papers(kiosk, &out);
    filing::bind(kiosk, &out);
    bind_paying(kiosk, &out);
    bind_following(kiosk, &out);
    bind_staff(kiosk, &out);
}

fn bind_frame(kiosk: &Kiosk, out: &Out) {
    let frame = kiosk.global::<ui::Frame>();
    frame.on_touched(out.on_bar(Bar::Pressed));
    frame.on_back(out.on_bar(Bar::Back));
    frame.on_say_again(out.on_bar(Bar::SayAgain));
    frame.on_call_staff(out.on_bar(Bar::CallStaff));
    frame.on_open_settings(out.on_bar(Bar::OpenSettings));
    frame.on_close_overlay(out.on_bar(Bar::CloseOverlay));
    frame.on_still_here(out.on_bar(Bar::StillHere));
    frame.on_leave(out.on_bar(Bar::Leave));
    frame.on_staff(out.on_bar(Bar::StaffDoor));

    let to = out.clone();
    frame.on_choose_language(move |language| {
        to.bar(Bar::Language(match language {
            ui::Language::Vi => Language::Vietnamese,
            ui::Language::En => Language::English,
        }));
    });
    let to = out.clone();
    frame.on_choose_text_size(move |size| {
        to.bar(Bar::TextSize(match size {
            ui::TextSize::Small => TextSize::Small,
            ui::TextSize::Start => TextSize::Start,
            ui::TextSize::Large => TextSize::Large,
            ui::TextSize::Largest => TextSize::Largest,
        }));
    });
    let to = out.clone();
    frame.on_choose_contrast(move |contrast| {
        to.bar(Bar::Contrast(match contrast {
            ui::Contrast::Start => Contrast::Start,
            ui::Contrast::BlackOnWhite => Contrast::BlackOnWhite,
            ui::Contrast::WhiteOnBlack => Contrast::WhiteOnBlack,
        }));
    });
    let to = out.clone();
    frame.on_choose_calm(move |calm| {
        to.bar(Bar::Movement(if calm { Movement::Calm } else { Movement::Explaining }));
    });
}

fn bind_numbers(kiosk: &Kiosk, out: &Out) {
    let rest = kiosk.global::<ui::RestPage>();
    rest.on_start(out.on_touch(Touch::Start));

    kiosk.global::<ui::HomePage>().on_choose(out.on(|door| {
        Some(Touch::Door(match door {
            ui::Door::Number => Door::Number,
            ui::Door::HandIn => Door::HandIn,
            ui::Door::Follow => Door::Follow,
            ui::Door::Rate => Door::Rate,
        }))
    }));

    let series = kiosk.global::<ui::SeriesPage>();
    series.on_choose(out.on(|letter: SharedString| letter.parse().ok().map(Touch::Series)));
    series.on_choose_priority(out.on(|priority| {
        let priority = if priority {
            Priority::Priority
        } else {
            Priority::Ordinary
        };
        Some(Touch::Priority(priority))
    }));
    kiosk.global::<ui::NumberPage>().on_done(out.on_touch(Touch::Done));
    kiosk
        .global::<ui::TroublePage>()
        .on_acknowledge(out.on_touch(Touch::Acknowledge));
    kiosk
        .global::<ui::RatePage>()
        .on_choose(out.on(|score| u8::try_from(score).ok().map(Touch::Rate)));
    rate::bind(kiosk, out);
}

fn bind_procedures(kiosk: &Kiosk, out: &Out) {
    let list = kiosk.global::<ui::ProceduresPage>();
    list.on_choose(out.on(|code: SharedString| Some(Touch::Procedure(code.into()))));
    list.on_turn(out.on(|by| Some(Touch::Turn(by))));

    let find = kiosk.global::<ui::FindPage>();
    find.on_event(out.on(|code: SharedString| Some(Touch::Event(code.into()))));
    find.on_choose(out.on(|code: SharedString| Some(Touch::Procedure(code.into()))));
    find.on_turn(out.on(|by| Some(Touch::Turn(by))));
    find.on_open_keyboard(out.on_touch(Touch::Type));
    find.on_close_keyboard(out.on_touch(Touch::StopTyping));
    find.on_key(out.on(key));

    let procedure = kiosk.global::<ui::ProcedurePage>();
    procedure.on_start(out.on_touch(Touch::Begin));
    procedure.on_take_number(out.on_touch(Touch::TakeNumber));
    procedure.on_print_list(out.on_touch(Touch::PrintList));

    let card = kiosk.global::<ui::CardPage>();
    card.on_again(out.on_touch(Touch::Again));
    card.on_type_in(out.on_touch(Touch::TypeIn));
    kiosk
        .global::<ui::IdentifyPage>()
        .on_type_in(out.on_touch(Touch::TypeIn));
    kiosk.global::<ui::IdentifyPage>().on_scan(out.on_touch(Touch::Scan));
    let back = kiosk.global::<ui::CardBackPage>();
    back.on_scan(out.on_touch(Touch::Scan));
    back.on_type_in(out.on_touch(Touch::TypeIn));
    card.on_skip(out.on_touch(Touch::Skip));
    card.on_acknowledge(out.on_touch(Touch::Acknowledge));

    let person = kiosk.global::<ui::PersonPage>();
    person.on_hold(out.on(hold));
    person.on_yes(out.on_touch(Touch::Yes));
    person.on_no(out.on_touch(Touch::No));
}

fn key(name: SharedString) -> Option<Touch> {
    match name.as_str() {
        "way" => Some(Touch::NextWay),
        "shift" => Some(Touch::Shift),
        "figures" => Some(Touch::Layer(Layer::Figures)),
        "letters" => Some(Touch::Layer(Layer::Letters)),
        name => name.parse().ok().map(Touch::Key),
    }
}

fn hold(held: bool) -> Option<Touch> {
    Some(Touch::Hold(if held { Held::Whole } else { Held::Masked }))
}

fn digit(text: SharedString) -> Option<Touch> {
    text.chars().next().map(Touch::Digit)
}

/// A place in a list, from 0.
fn place_of(at: i32) -> Option<usize> {
    usize::try_from(at).ok()
}

fn bind_questions(kiosk: &Kiosk, out: &Out) {
    let question = kiosk.global::<ui::QuestionPage>();
    question.on_choose(out.on(|id: SharedString| Some(Touch::Choose(id.into()))));
    question.on_digit(out.on(digit));
    question.on_erase(out.on_touch(Touch::Erase));
    question.on_choose_date_part(out.on(|part| {
        Some(Touch::DatePart(match part {
            ui::DatePart::Day => DatePart::Day,
            ui::DatePart::Month => DatePart::Month,
            ui::DatePart::Year => DatePart::Year,
        }))
    }));
    question.on_choose_year_only(out.on(|only| {
        let only = if only { YearOnly::Yes } else { YearOnly::No };
        Some(Touch::YearOnly(only))
    }));
    question.on_next(out.on_touch(Touch::Next));
    question.on_none(out.on_touch(Touch::None));
    question.on_key(out.on(key));
    question.on_suggestion(out.on(|at| place_of(at).map(Touch::Completion)));
    question.on_read_back(out.on_touch(Touch::ReadBack));
    question.on_place(out.on(|code: SharedString| Some(Touch::Place(code.into()))));
    question.on_hold(out.on(hold));
    question.on_yes(out.on_touch(Touch::Yes));
    question.on_change(out.on_touch(Touch::Change));
    question.on_add_person(out.on_touch(Touch::AddPerson));
    question.on_edit_person(out.on(|at| place_of(at).map(Touch::EditPerson)));
    question.on_remove_person(out.on(|at| place_of(at).map(Touch::RemovePerson)));
}

fn bind_papers(kiosk: &Kiosk, out: &Out) {
    let scan = kiosk.global::<ui::ScanPage>();
    scan.on_scan(out.on_touch(Touch::Scan));
    scan.on_scan_without_note(out.on_touch(Touch::ScanWithoutNote));
    scan.on_again(out.on_touch(Touch::Again));
    scan.on_next(out.on_touch(Touch::Next));
    scan.on_skip(out.on_touch(Touch::Skip));

    let review = kiosk.global::<ui::ReviewPage>();
    review.on_hold(out.on(hold));
    review.on_edit(out.on(|id: SharedString| Some(Touch::Edit(id.into()))));
    review.on_send(out.on_touch(Touch::Send));
    scan.on_lack(out.on_touch(Touch::Lack));
    review.on_lack(out.on_touch(Touch::Lack));
    let aside = kiosk.global::<ui::AsidePage>();
    aside.on_put_aside(out.on_touch(Touch::PutAside));
    aside.on_done(out.on_touch(Touch::Done));
    kiosk.global::<ui::ResumePage>().on_done(out.on_touch(Touch::Done));
    kiosk.global::<ui::SentPage>().on_done(out.on_touch(Touch::Done));
}

fn bind_paying(kiosk: &Kiosk, out: &Out) {
    let pay = kiosk.global::<ui::PayPage>();
    pay.on_by_phone(out.on_touch(Touch::Pay(PayTouch::ByPhone)));
    pay.on_at_counter(out.on_touch(Touch::Pay(PayTouch::AtCounter)));
    pay.on_again(out.on_touch(Touch::Pay(PayTouch::Again)));
    pay.on_onward(out.on_touch(Touch::Pay(PayTouch::Onward)));
}

fn bind_following(kiosk: &Kiosk, out: &Out) {
    let follow = kiosk.global::<ui::FollowPage>();
    follow.on_digit(out.on(digit));
    follow.on_erase(out.on_touch(Touch::Erase));
    follow.on_search(out.on_touch(Touch::Search));
    follow.on_turn_keys(out.on_touch(Touch::NextWay));
    follow.on_by_card(out.on_touch(Touch::Mine));
    let way = kiosk.global::<ui::WayPage>();
    way.on_done(out.on_touch(Touch::Done));
    way.on_bring_papers(out.on_touch(Touch::Supplement));
    way.on_withdraw(out.on_touch(Touch::Withdraw));
    way.on_pay(out.on_touch(Touch::Pay(PayTouch::ByPhone)));
    way.on_print_receipt(out.on_touch(Touch::PrintReceipt));
    let receipt = kiosk.global::<ui::ReceiptPage>();
    receipt.on_done(out.on_touch(Touch::Done));
    receipt.on_acknowledge(out.on_touch(Touch::Acknowledge));
    let mine = kiosk.global::<ui::MinePage>();
    mine.on_choose(out.on(|code: SharedString| Some(Touch::Choose(code.into()))));
    mine.on_turn(out.on(|by| Some(Touch::Turn(by))));
    mine.on_done(out.on_touch(Touch::Done));
    let errand = kiosk.global::<ui::ErrandPage>();
    errand.on_yes(out.on_touch(Touch::Yes));
    errand.on_no(out.on_touch(Touch::No));
    errand.on_choose(out.on(|reason| reason_of(reason).map(Touch::Reason)));
    errand.on_send(out.on_touch(Touch::Send));
    errand.on_acknowledge(out.on_touch(Touch::Acknowledge));
}

fn reason_of(reason: ui::WithdrawReason) -> Option<WithdrawReason> {
    match reason {
        ui::WithdrawReason::None => None,
        ui::WithdrawReason::ChangedMind => Some(WithdrawReason::ChangedMind),
        ui::WithdrawReason::ByMistake => Some(WithdrawReason::ByMistake),
        ui::WithdrawReason::PapersLacking => Some(WithdrawReason::PapersLacking),
        ui::WithdrawReason::DoneElsewhere => Some(WithdrawReason::DoneElsewhere),
        ui::WithdrawReason::Other => Some(WithdrawReason::Other),
    }
}

/// What staff do with the slip or dossier of a row.
fn of<I: FromStr + 'static>(out: &Out, act: fn(I) -> StaffAct) -> impl Fn(SharedString) + use<I> {
    out.on(move |id: SharedString| {
        let id = id.parse().ok()?;
        Some(Touch::Staff(StaffTouch::Act(act(id))))
    })
}

fn bind_staff(kiosk: &Kiosk, out: &Out) {
    let pin = kiosk.global::<ui::StaffPinPage>();
    pin.on_digit(out.on(digit));
    pin.on_erase(out.on_touch(Touch::Erase));

    let staff = kiosk.global::<ui::StaffPage>();
    staff.on_choose_tab(out.on(|tab| {
        Some(Touch::Staff(StaffTouch::Tab(match tab {
            ui::StaffTab::Papers => Tab::Papers,
            ui::StaffTab::Tickets => Tab::Tickets,
            ui::StaffTab::Dossiers => Tab::Dossiers,
            ui::StaffTab::Series => Tab::Series,
            ui::StaffTab::Devices => Tab::Devices,
        })))
    }));
    staff.on_came_out(of(out, StaffAct::CameOut));
    staff.on_did_not_come_out(of(out, StaffAct::DidNotComeOut));
    staff.on_reprint(of(out, StaffAct::Reprint));
    staff.on_send_again(of(out, StaffAct::SendAgain));
    staff.on_close(of(out, StaffAct::Close));
    staff.on_mend(of(out, StaffAct::Mend));
    staff.on_close_fee(of(out, StaffAct::CloseFee));
    let to = out.clone();
    staff.on_open_series(move |letter, open| {
        if let Ok(letter) = letter.parse() {
            to.act(if open {
                StaffAct::OpenSeries(letter)
            } else {
                StaffAct::CloseSeries(letter)
            });
        }
    });
    let to = out.clone();
    staff.on_answer_call(move || to.act(StaffAct::AnswerCall));
    staff.on_pair(out.on_touch(Touch::Staff(StaffTouch::Act(StaffAct::Pair))));
    staff.on_face(out.on_touch(Touch::Staff(StaffTouch::Face)));
    staff.on_look(out.on(|code: SharedString| Some(Touch::Staff(StaffTouch::Look(code.parse().ok()?)))));
    staff.on_done(out.on_touch(Touch::Staff(StaffTouch::Done)));
    office::bind(kiosk, out);

    let look = kiosk.global::<ui::StaffLookPage>();
    look.on_turn(out.on(|by| Some(Touch::Turn(by))));
    look.on_again(out.on_touch(Touch::Again));
    look.on_compared(out.on_touch(Touch::Staff(StaffTouch::Compared)));
    look.on_back(out.on_bar(Bar::Back));
}
