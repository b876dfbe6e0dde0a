//! Everything that can follow from an event.

use hardware::card::mrz::MrzKey;
use uuid::Uuid;

use super::{Priority, Secret};
use crate::appointment::Appointment;
use crate::checklist::CheckList;
use crate::citizen::CitizenId;
use crate::dossier::{Content, Dossier, Draft, DraftId, ShownCard};
use crate::figures::Rated;
use crate::hall::Errand;
use crate::procedure::PartCode;
use crate::remote::By;
use crate::session::following::Query;
use crate::session::staff::StaffAct;
use crate::session::staff::office::Span;
use crate::ticket::SeriesLetter;

/// What is to be done. The loop does it, commits before it acts, and answers with events.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Draw {
        series: SeriesLetter,
        priority: Priority,
        /// What for, where the person found it here.
        errand: Option<Errand>,
    },
    /// Committed at every answer.
    KeepDraft(Box<Draft>),
    /// Feed pages for one paper of a draft.
    Scan {
        draft: DraftId,
        paper: String,
        pages_max: u32,
    },
    /// Scan the back of a card, and keep nothing but what it says.
    ScanBack,
    /// Read the card that lies there with one of these keys.
    ReadCard {
        keys: Vec<MrzKey>,
    },
    DropPages {
        draft: DraftId,
        paper: String,
    },
    DropDraft(DraftId),
    /// Commit the dossier and owe it to the province.
    Keep(Box<Dossier>),
    /// Print the hand-in slip of a kept dossier, as things stand now.
    PrintHandIn {
        slip_number: String,
    },
    /// Print what has to be brought.
    PrintCheckList(Box<CheckList>),
    /// Commit the payment of this dossier's fee, and have the province asked. One that counts already goes on.
    StartPayment {
        dossier_code: String,
    },
    /// Commit that the code of a transfer of this kept dossier's fee is shown: only then it is.
    ShowTransfer {
        slip_number: String,
    },
    /// Have the province ask a telephone to sign this content. Under this key its news come.
    StartSigning {
        key: Uuid,
        by: By,
        content: Box<Content>,
    },
    /// Nobody waits for that signing any more: no telephone is to ask for it.
    DropSigning(Uuid),
    /// Seal and commit a draft for another day; it is gone from here then.
    PutAside(Box<Draft>),
    /// Print what is still lacking, with the code of the draft that was put aside.
    PrintAside(Box<CheckList>),
    /// The slip of the draft that was put aside did not come out.
    DropAside,
    /// The answer carries `asked`.
    OpenAside {
        asked: Uuid,
        code: Secret,
    },
    /// Nobody goes on with the draft that was opened.
    CloseAside,
    /// Keep an opened draft and its pages here.
    RestoreAside(Box<Draft>),
    /// The answer carries `asked`: one that comes late belongs to nobody any more.
    LookUp {
        asked: Uuid,
        query: Query,
    },
    /// Whether this person has such dossiers; the answer carries `asked`.
    AskPerson {
        asked: Uuid,
        id: CitizenId,
        shown: ShownCard,
        code: Option<String>,
    },
    /// Form 01 of this dossier, for whoever has shown the chip; the answer carries `asked`.
    AskReceipt {
        asked: Uuid,
        id: CitizenId,
        shown: ShownCard,
        code: String,
    },
    /// Print form 01.
    PrintReceipt(Box<Appointment>),
    /// Open a refused dossier with the person it is of, as this draft; the answer carries `asked`.
    Reopen {
        asked: Uuid,
        dossier: Uuid,
        id: CitizenId,
        draft: DraftId,
    },
    Rate(Rated),
    CallStaff,
    AnswerCall,
    CheckPin(Secret),
    StaffLook,
    /// Read the office's numbers of these days.
    OfficeLook(Span),
    /// A picture of a scanned page, for staff.
    ShowPicture {
        draft: DraftId,
        paper: PartCode,
        image: u32,
    },
    /// The photograph of the card that lies there, for staff.
    ShowFace {
        keys: Vec<MrzKey>,
    },
    Staff(StaffAct),
    SayAgain,
    /// Says once what a person has typed, in Vietnamese: they asked for it. It is no line of the page, and is not kept.
    ReadBack(Secret),
    Hush,
    /// The visit is over: whatever it showed us is wiped, and slips still held are not printed later.
    Forget,
}
