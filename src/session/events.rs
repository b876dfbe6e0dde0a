//! Everything that can happen to a session, and ([`Effect`]) everything that can follow from it.

mod choices;
mod devices;
mod effect;
mod paper;
mod province;

use std::sync::Arc;

use hardware::panel::Presence;
use jiff::Timestamp;
use uuid::Uuid;

pub use self::choices::{DatePart, Held, Priority, YearOnly};
pub use self::devices::{CardNews, CodeNews, ScanNews};
pub use self::effect::Effect;
pub use self::paper::{Copy, PagePlace, PaperNews};
pub use self::province::{AsideNews, LookUpNews, PaymentNews, ProvinceNews, SigningNews};
use super::following::errand::NotReopened;
use super::handing::for_whom::Who;
use super::handing::sent::transferring::TransferNews;
use super::handing::signing::far::SignTouch;
use super::paying::PayTouch;
use super::staff::face::NoFace;
use super::staff::looking::PictureNews;
use super::staff::office::OfficeView;
use super::staff::{StaffName, StaffTouch, StaffView};
use super::taking::{DrawnTicket, NotDrawn};
use super::{Contrast, Movement, TextSize};
use crate::aside::CannotGoOn;
use crate::calendar::Due;
use crate::dossier::{Draft, DraftId, Preview, Stroke, WithdrawReason};
use crate::figures::Reason;
use crate::keyboard::{Key, Layer};
use crate::procedure::Language;
use crate::ticket::SeriesLetter;

/// Everything that can happen to a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The bottom bar and what lies over a page: answered everywhere.
    Bar(Bar),
    /// The call-staff button of the front panel.
    CallButton,
    /// Somebody steps up or goes away.
    Presence(Presence),
    /// About once a second.
    Tick,
    /// What the flow of now may answer.
    News(News),
}

/// What a flow may answer. News that do not belong to the page of now are stale, and ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    Tick,
    Touch(Touch),
    Hall(HallNews),
    /// Of the slip of this visit.
    Paper(PaperNews),
    Code(CodeNews),
    Scan(ScanNews),
    Card(CardNews),
    Keep(KeepNews),
    /// What the province has answered to a question of this visit.
    Province(ProvinceNews),
    Staff(StaffNews),
}

#[derive(Clone, Debug, PartialEq)]
pub enum HallNews {
    Drawn(DrawnTicket),
    NotDrawn(NotDrawn),
}

#[derive(Clone, Debug, PartialEq)]
pub enum KeepNews {
    /// The dossier is committed under the kiosk's own number.
    Kept {
        slip_number: String,
        due: Option<Due>,
    },
    /// It could not be committed; the draft is as it was.
    NotKept(Box<Draft>),
    /// The province has answered for a dossier handed in here.
    Received {
        slip_number: String,
        code: String,
        due: Option<Due>,
    },
    Refused {
        slip_number: String,
    },
    /// The answer to the wish to show the code of a transfer.
    Transfer {
        slip_number: String,
        news: TransferNews,
    },
    /// The draft is put aside: it is not here any more.
    PutAside {
        draft: DraftId,
    },
    NotPutAside {
        draft: DraftId,
    },
    /// The province has the draft that this visit put aside.
    AsideBrought {
        until: Timestamp,
    },
    /// A draft that was put aside is one of this kiosk again, with its pages.
    Restored {
        draft: DraftId,
    },
    NotRestored {
        draft: DraftId,
        why: CannotGoOn,
    },
    /// The refused dossier that an effect with the same id opened, as a draft. Personal.
    Reopened {
        asked: Uuid,
        draft: Result<Box<Draft>, NotReopened>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum StaffNews {
    PinRight {
        who: StaffName,
    },
    PinWrong {
        locked_secs: u32,
    },
    View(Arc<StaffView>),
    Office(Arc<OfficeView>),
    Picture(PictureNews),
    /// The photograph of the chip. Personal.
    Face(Result<Preview, NoFace>),
}

/// A text that must not show in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Bar {
    /// Any press, before what it means is known.
    Pressed,
    Back,
    SayAgain,
    CallStaff,
    OpenSettings,
    CloseOverlay,
    Language(Language),
    TextSize(TextSize),
    Contrast(Contrast),
    Movement(Movement),
    StillHere,
    Leave,
    /// The way to the staff pages.
    StaffDoor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Number,
    HandIn,
    Follow,
    Rate,
}

/// What a page can be touched for. A touch that does not belong to the page of now is stale and ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Touch {
    Start,
    Door(Door),
    Series(SeriesLetter),
    Priority(Priority),
    Done,
    Procedure(String),
    /// A life event, by its code.
    Event(String),
    /// The field in which one types.
    Type,
    StopTyping,
    Key(Key),
    /// Another way of typing.
    NextWay,
    /// Letters or figures on the keys.
    Layer(Layer),
    /// The next letter large.
    Shift,
    /// One of the words above the keys, by its place from 0.
    Completion(usize),
    /// Says what is typed.
    ReadBack,
    /// A province or commune, by its code.
    Place(String),
    /// Pages of a list, forward and back.
    Turn(i32),
    Begin,
    TakeNumber,
    /// What has to be brought, on paper.
    PrintList,
    /// "Tôi thiếu giấy": the way to putting aside.
    Lack,
    PutAside,
    /// "Giữ để xem": personal data is whole only while it is held.
    Hold(Held),
    Yes,
    No,
    Choose(String),
    /// What is known is not right.
    Change,
    /// "Has none".
    None,
    AddPerson,
    /// By the place in the list, from 0.
    EditPerson(usize),
    RemovePerson(usize),
    Digit(char),
    Erase,
    DatePart(DatePart),
    YearOnly(YearOnly),
    Next,
    /// The card's code is not enough: what is printed on it is typed.
    TypeIn,
    /// Pages of a paper, or the back of a card.
    Scan,
    /// The page fed last had a note on it: it is fed once more, without.
    ScanWithoutNote,
    Again,
    Skip,
    Edit(String),
    /// To one purpose, by its id.
    Consent {
        purpose: String,
        consent: Consent,
    },
    ForWhom(Who),
    /// What a finger drew, from its touch to its leaving.
    Stroke(Stroke),
    CannotSign,
    Send,
    Search,
    /// The dossiers of whoever shows their card.
    Mine,
    /// Papers that are wanted are here.
    Supplement,
    Withdraw,
    /// Form 01, on paper.
    PrintReceipt,
    Reason(WithdrawReason),
    Rate(u8),
    /// Why this face.
    Because(Reason),
    Acknowledge,
    /// How a fee is paid, or what was read of it.
    Pay(PayTouch),
    /// How a dossier is signed.
    Sign(SignTouch),
    Staff(StaffTouch),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    No,
    Yes,
}
