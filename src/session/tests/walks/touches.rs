//! Where a finger may land: on what a page has, and on what it has not.

use proptest::prelude::*;

use crate::dossier::WithdrawReason;
use crate::figures::{Period, Reason};
use crate::keyboard::{Key, Layer};
use crate::session::handing::for_whom::Who;
use crate::session::staff::office::Wanted;
use crate::session::tests::*;

/// Of the pages of one question.
fn answering() -> Vec<Touch> {
    vec![
        Touch::Layer(Layer::Figures),
        Touch::Layer(Layer::Letters),
        Touch::Shift,
        Touch::Completion(0),
        Touch::Completion(9),
        Touch::ReadBack,
        Touch::Place("25".into()),
        Touch::Place("00004".into()),
        Touch::Place("no-such".into()),
        Touch::Change,
        Touch::None,
        Touch::AddPerson,
        Touch::EditPerson(0),
        Touch::RemovePerson(0),
        Touch::RemovePerson(9),
        Touch::YearOnly(YearOnly::No),
        Touch::Edit("nothing".into()),
        Touch::Edit("home".into()),
        Touch::Edit("house".into()),
        Touch::Edit("together".into()),
        Touch::Choose("no".into()),
        Touch::Key(Key::Erase),
    ]
}

/// What is done to a dossier that was handed in.
fn following() -> Vec<Touch> {
    vec![
        Touch::Mine,
        Touch::Pay(PayTouch::ByPhone),
        Touch::Supplement,
        Touch::Withdraw,
        Touch::PrintReceipt,
        Touch::Reason(WithdrawReason::Other),
        Touch::Digit('-'),
        Touch::Staff(StaffTouch::Act(StaffAct::Mend(Uuid::from_u128(5)))),
    ]
}

/// What staff do.
fn staffed() -> Vec<Touch> {
    vec![
        Touch::Staff(StaffTouch::Done),
        Touch::Staff(StaffTouch::Office),
        Touch::Staff(StaffTouch::Period(Period::Month)),
        Touch::Staff(StaffTouch::Print(Wanted::Figures)),
        Touch::Staff(StaffTouch::Act(StaffAct::AnswerCall)),
        Touch::Staff(StaffTouch::Act(StaffAct::CloseFee(Uuid::from_u128(9)))),
    ]
}

pub fn any() -> impl Strategy<Value = Touch> {
    let letter: SeriesLetter = 'A'.try_into().unwrap();
    let fixed = vec![
        Touch::Start,
        Touch::Door(Door::Number),
        Touch::Door(Door::HandIn),
        Touch::Door(Door::HandIn),
        Touch::Door(Door::Follow),
        Touch::Door(Door::Rate),
        Touch::Series(letter),
        Touch::Priority(Priority::Priority),
        Touch::Done,
        Touch::Procedure("1.001193".into()),
        Touch::Procedure("no.such".into()),
        Touch::Event("sinh-con".into()),
        Touch::Event("no-such".into()),
        Touch::Type,
        Touch::StopTyping,
        Touch::Key(Key::Letter('k')),
        Touch::NextWay,
        Touch::Turn(1),
        Touch::Turn(-1),
        Touch::Begin,
        Touch::TakeNumber,
        Touch::PrintList,
        Touch::Lack,
        Touch::PutAside,
        Touch::Hold(Held::Whole),
        Touch::Hold(Held::Masked),
        Touch::Yes,
        Touch::No,
        Touch::Choose("yes".into()),
        Touch::Erase,
        Touch::DatePart(DatePart::Year),
        Touch::YearOnly(YearOnly::Yes),
        Touch::Next,
        Touch::Next,
        Touch::Scan,
        Touch::ScanWithoutNote,
        Touch::TypeIn,
        Touch::Again,
        Touch::Skip,
        Touch::Edit("q2".into()),
        Touch::Edit("P1".into()),
        filing::consent_to_all(),
        Touch::ForWhom(Who::Myself),
        Touch::ForWhom(Who::MyChild),
        Touch::ForWhom(Who::Somebody),
        Touch::Stroke(filing::stroke()),
        Touch::Stroke(vec![]),
        Touch::CannotSign,
        Touch::Send,
        Touch::Search,
        Touch::Rate(5),
        Touch::Rate(9),
        Touch::Because(Reason::Trips),
        Touch::Acknowledge,
    ];
    prop_oneof![
        6 => prop::sample::select(fixed),
        1 => prop::sample::select(staffed()),
        1 => prop::sample::select(following()),
        2 => prop::sample::select(remote::touches()),
        3 => prop::sample::select(answering()),
        2 => prop::char::range('0', '9').prop_map(Touch::Digit),
        1 => paying::touches(),
    ]
}
