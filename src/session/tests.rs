//! A visit among things that all work, and the finger of somebody for whom all goes well.

mod asides;
mod asking;
mod cards;
mod filing;
mod finding;
mod following;
mod office;
mod papers;
mod paying;
mod receipts;
mod remote;
mod transferring;
mod walks;
mod ways;

use std::sync::Arc;

use hardware::card::Holder;
use hardware::card::mrz::Mrz;
use hardware::card::sod::Authenticity;
use hardware::printer::PrinterFault;
use hardware::scanner::{ScannerFault, Taken};

use super::handing::sent::Sent;
use super::paying::PayTouch;
use super::taking::DrawnTicket;
use super::*;
use crate::citizen::Citizen;
use crate::dossier::{Draft, DraftId, Freshness, Judged, KnownDossier, Preview, Told, WayState};
use crate::form::{Choice, DateBound, DatePrecision, Question, QuestionKind};
use crate::health::{HallLink, Health, Link, Roll, Status, StoreHealth};
use crate::payment::FeeStands;
use crate::procedure::{
    Catalogue, Condition, EventPicture, Fee, Field, Language, LifeEvent, PageCount, Paper, PaperForm, Procedure,
    ServiceLevel, Validity, Words,
};
use crate::ticket::{SeriesLetter, TicketId};
use uuid::Uuid;

const CARD: &str = "025048000191|131313131|Nguyễn Văn Ẩm|07031948|Nam|Khu 4, Xã Mẫu, Tỉnh Phú Thọ|10052021";

const TIMES: Times = Times {
    idle_secs: 60,
    idle_entry_secs: 120,
    warning_secs: 30,
    number_secs: 10,
    sent_secs: 30,
    code_wait_secs: 4,
};

fn question(id: &str, kind: QuestionKind) -> Question {
    Question::new(id, Words::new("Hỏi?", "Ask?"), kind)
}

fn paper(code: &str, pages: PageCount, required: bool) -> Paper {
    Paper {
        code: code.parse().unwrap(),
        name: Words::vietnamese("Giấy"),
        hint: None,
        form: PaperForm::Original,
        pages,
        required,
        condition: Condition::None,
    }
}

pub(crate) fn procedure() -> Procedure {
    let yes = Choice {
        id: "yes".into(),
        words: Words::vietnamese("Có"),
    };
    Procedure {
        code: "1.001193".parse().unwrap(),
        name: Words::new("Khai sinh", "Birth"),
        official_name: "Đăng ký khai sinh".into(),
        field: Field {
            code: "HT".parse().unwrap(),
            name: Words::vietnamese("Hộ tịch"),
        },
        result: Words::vietnamese("Giấy khai sinh"),
        papers: vec![
            paper("P1", PageCount::Any, true),
            paper("P2", PageCount::Exactly(2), false),
        ],
        questions: vec![
            question("q1", QuestionKind::Choice { choices: vec![yes] }),
            question(
                "q2",
                QuestionKind::Number {
                    digits_min: 2,
                    digits_max: 4,
                },
            ),
            question(
                "q3",
                QuestionKind::Date {
                    earliest: None,
                    latest: Some(DateBound::Today),
                    precision: DatePrecision::Year,
                },
            ),
        ]
        .into_iter()
        .chain(asking::of_every_kind())
        .collect(),
        fees: vec![Fee {
            name: Words::new("Lệ phí", "Fee"),
            dong: 8000,
        }],
        pays_online: true,
        transfer: None,
        working_days: 5,
        working_days_online: None,
        level: ServiceLevel::Whole,
        receiving_agency: Words::vietnamese("UBND"),
        deciding_agency: Words::vietnamese("UBND"),
        filing: crate::procedure::Filing::default(),
        version: 1,
        valid: Validity::default(),
        keywords: vec![],
        events: vec!["sinh-con".parse().unwrap()],
        asked: 40,
        elsewhere: None,
        by_post: false,
    }
}

pub(crate) fn citizen() -> Citizen {
    Citizen::from_card_code(CARD).unwrap()
}

/// What lies in a parcel: everything answered, no paper scanned.
fn kept_draft() -> Draft {
    Draft::new(DraftId(Uuid::from_u128(77)), start(), procedure(), citizen())
}

fn event() -> LifeEvent {
    LifeEvent {
        code: "sinh-con".parse().unwrap(),
        name: Words::vietnamese("Sinh con"),
        picture: EventPicture::Baby,
    }
}

fn around(now: Timestamp) -> Around {
    Around {
        now,
        fresh: Uuid::from_u128(7),
        times: TIMES,
        series: vec![SeriesAround {
            letter: 'A'.try_into().unwrap(),
            name: Words::vietnamese("Hộ tịch"),
            counters: "1".into(),
            waiting: 3,
            minutes: Some((15, 20)),
            open: true,
        }],
        catalogue: Arc::new(
            Catalogue::new(vec![procedure()], vec![event()])
                .unwrap()
                .of_province("25".parse().ok()),
        ),
        health: Health {
            printer: Status::Works,
            roll: Roll::Enough,
            page_printer: Status::Absent,
            code_scanner: Status::Works,
            card_reader: Status::Absent,
            scanner: Status::Works,
            panel: Status::Works,
            voice: Status::Works,
            page_reading: Status::Absent,
            store: StoreHealth {
                free_bytes: 1 << 40,
                room_for_numbers: true,
                room_for_scans: true,
                notice: None,
            },
            province: Link::Up,
            hall: HallLink::Alone,
        },
        card: CardPlace::Empty,
        scanner_takes: Taken::PaperAndCards,
        own_province: None,
    }
}

fn start() -> Timestamp {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

fn ticket() -> DrawnTicket {
    DrawnTicket {
        id: TicketId(1),
        series: 'A'.try_into().unwrap(),
        number: 12,
        series_name: Words::vietnamese("Hộ tịch"),
        counters: "1".into(),
        ahead: Some(3),
        minutes: Some((15, 20)),
    }
}

fn known() -> KnownDossier {
    KnownDossier {
        slip_number: "K01-261122-0007".into(),
        code: None,
        procedure: "Khai sinh".into(),
        procedure_code: None,
        state: WayState::Kept,
        as_of: start(),
        due: None,
        news: Freshness::Today,
        told: Told::default(),
        fee: FeeStands::Elsewhere,
        transfer_shown: None,
        owed: None,
    }
}

fn preview() -> Preview {
    Preview {
        width_px: 1,
        height_px: 1,
        rgb: Arc::new(vec![0; 3]),
        judged: Judged::Fine,
    }
}

fn page() -> ScanNews {
    ScanNews::Page {
        preview: preview(),
        hash: [9; 32],
    }
}

/// What the back of [`CARD`] tells.
fn mrz() -> Mrz {
    let lines = hardware::twin::card::find("nguyen-van-am").unwrap().mrz();
    Mrz::read(&lines.concat()).unwrap()
}

/// What the chip of [`CARD`] tells.
fn holder(authenticity: Authenticity) -> Holder {
    Holder {
        mrz: Some(mrz()),
        details: None,
        face: None,
        authenticity,
        copy: hardware::card::Copy::Original,
    }
}

fn touched(session: Session, touch: Touch, around: &Around) -> (Session, Vec<Effect>) {
    session.on(Event::News(News::Touch(touch)), around)
}

/// What a finger would touch next on a way that goes well.
fn happy(session: &Session) -> Event {
    use handing::{HandingIn, scanning::Feed};
    let touch = |touch| Event::News(News::Touch(touch));
    match &session.step {
        Step::Rest => touch(Touch::Start),
        Step::Home => touch(Touch::Door(Door::HandIn)),
        Step::HandingIn(handing) => match &**handing {
            HandingIn::Finding(_) => touch(Touch::Procedure("1.001193".into())),
            HandingIn::Reading { .. } => touch(Touch::Begin),
            HandingIn::Identifying(handing::identifying::Identifying::Waiting { .. }) => {
                Event::News(News::Code(CodeNews::Code(Secret(CARD.into()))))
            }
            HandingIn::Identifying(handing::identifying::Identifying::Confirming { .. }) => touch(Touch::Yes),
            HandingIn::Identifying(handing::identifying::Identifying::Chip { .. }) => touch(Touch::Skip),
            HandingIn::Identifying(
                handing::identifying::Identifying::Typing(_) | handing::identifying::Identifying::CardBack(_),
            ) => Event::Bar(Bar::Back),
            HandingIn::Identifying(handing::identifying::Identifying::Stopped { .. }) => touch(Touch::Acknowledge),
            HandingIn::Asking(asking) => touch(asking::answers(asking)),
            HandingIn::Scanning(scanning) => match (scanning.feed, scanning.pages()) {
                (Feed::Feeding, 0) => Event::News(News::Scan(page())),
                (Feed::Feeding, _) => Event::News(News::Scan(ScanNews::Ended(Ok(())))),
                (_, 0) if scanning.index == 1 => touch(Touch::Skip),
                (_, 0) => touch(Touch::Scan),
                _ => touch(Touch::Next),
            },
            HandingIn::ForWhom(for_whom) => filing::for_whom(for_whom),
            HandingIn::Reviewing(_) => touch(Touch::Send),
            HandingIn::Agreeing(agreeing) if agreeing.given.is_empty() => filing::agree(agreeing),
            HandingIn::Agreeing(_) => touch(Touch::Send),
            HandingIn::Signing(signing) => filing::sign(signing),
            HandingIn::Sent(Sent::Keeping { .. }) => Event::News(News::Keep(KeepNews::Kept {
                slip_number: "K01-261122-0007".into(),
                due: None,
            })),
            HandingIn::Sent(Sent::Paying { .. } | Sent::Transferring { .. }) => touch(Touch::Pay(PayTouch::AtCounter)),
            HandingIn::Sent(Sent::Kept(_))
            | HandingIn::NotKept(_)
            | HandingIn::PuttingAside(_)
            | HandingIn::Resuming(_) => touch(Touch::Done),
        },
        Step::Taking(_) | Step::Following(_) | Step::Rating(_) | Step::Staff(_) | Step::CardLeft { .. } => {
            Event::Bar(Bar::Leave)
        }
    }
}
