//! The card reader's thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::Duration;

use hardware::card::mrz::MrzKey;
use hardware::card::sod::{Anchors, Authenticity};
use hardware::card::{CardFault, CardReader, Holder, Request, Slot};
use jiff::Timestamp;
use uuid::Uuid;

use super::{DeviceNews, LoopGone, ORDERS_MAX, Teller};
use crate::dossier::{Judged, Preview};
use crate::session::staff::face::NoFace;
use crate::tasks::Pulse;

/// How long the reader is watched before orders are looked for.
const WATCH: Duration = Duration::from_millis(250);
/// A reader that is gone is asked for again so often.
const PAUSE: Duration = Duration::from_millis(500);

/// A reader, and the authorities whose signatures count.
pub struct CardDesk {
    pub reader: Box<dyn CardReader>,
    pub anchors: Arc<Anchors>,
}

/// Read the card that lies there.
#[derive(Clone, Debug, PartialEq)]
pub struct CardOrder {
    pub id: Uuid,
    pub keys: Vec<MrzKey>,
    pub wanted: Wanted,
}

/// What is read of a card: no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Who holds it, and whether it is what was issued.
    Holder,
    /// The photograph, for staff beside the person.
    Face,
}

#[derive(Debug)]
pub enum CardNews {
    State(Result<Slot, CardFault>),
    /// Per cent of what is expected.
    Progress {
        order: Uuid,
        percent: u8,
    },
    Read {
        order: Uuid,
        result: Result<Box<Holder>, CardFault>,
    },
    /// Personal.
    Face {
        order: Uuid,
        face: Result<Preview, NoFace>,
    },
}

pub fn start(mut desk: CardDesk, teller: Teller, pulse: Pulse) -> std::io::Result<SyncSender<CardOrder>> {
    let (orders, inbox) = sync_channel(ORDERS_MAX);
    std::thread::Builder::new().name("card".into()).spawn(move || {
        // The loop is gone: there is nobody left to tell.
        let _: Result<(), LoopGone> = serve(&mut desk, &inbox, &teller, &pulse);
    })?;
    Ok(orders)
}

fn serve(desk: &mut CardDesk, inbox: &Receiver<CardOrder>, teller: &Teller, pulse: &Pulse) -> Result<(), LoopGone> {
    let mut last = None;
    loop {
        pulse.beat();
        let state = desk.reader.watch(WATCH);
        if last != Some(state) {
            teller.tell(DeviceNews::Card(CardNews::State(state)))?;
            last = Some(state);
        }
        let order = match state {
            Ok(_) => inbox.try_recv(),
            Err(_) => inbox.recv_timeout(PAUSE).map_err(|error| match error {
                RecvTimeoutError::Timeout => TryRecvError::Empty,
                RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
            }),
        };
        match order {
            Ok(order) => {
                let fault = read(desk, &order, teller, pulse)?;
                // Who holds the card may let go of it before the reader is watched again: then that is news.
                if let Some(held @ CardFault::Held) = fault {
                    teller.tell(DeviceNews::Card(CardNews::State(Err(held))))?;
                    last = Some(Err(held));
                }
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Err(LoopGone),
        }
    }
}

/// Reads, tells what came of it, and returns why nothing did.
fn read(desk: &mut CardDesk, order: &CardOrder, teller: &Teller, pulse: &Pulse) -> Result<Option<CardFault>, LoopGone> {
    let request = Request {
        keys: order.keys.clone(),
        can: None,
        details: order.wanted == Wanted::Holder,
        face: order.wanted == Wanted::Face,
        prove_chip: order.wanted == Wanted::Holder,
        anchors: Arc::clone(&desk.anchors),
        now_unix: Timestamp::now().as_second(),
    };
    let (mut told, mut gone) = (0, Ok(()));
    let result = desk.reader.read(&request, &mut |progress| {
        pulse.beat();
        let percent = progress.read_bytes * 100 / progress.expected_bytes.max(1);
        let percent = u8::try_from(percent.min(100)).unwrap_or(100);
        if percent != told && gone.is_ok() {
            told = percent;
            let news = CardNews::Progress {
                order: order.id,
                percent,
            };
            gone = teller.tell(DeviceNews::Card(news));
        }
    });
    gone?;
    let fault = result.as_ref().err().copied();
    let order_id = order.id;
    let news = match order.wanted {
        Wanted::Holder => CardNews::Read {
            order: order_id,
            result: result.map(Box::new),
        },
        Wanted::Face => CardNews::Face {
            order: order_id,
            face: result.map_err(|_| NoFace::Unread).and_then(|holder| picture(&holder)),
        },
    };
    teller.tell(DeviceNews::Card(news))?;
    Ok(fault)
}

/// The photograph, unless it is not what was signed.
fn picture(holder: &Holder) -> Result<Preview, NoFace> {
    if let Authenticity::Altered(_) = holder.authenticity {
        tracing::warn!("The photograph of a card is not what was signed");
        return Err(NoFace::Altered);
    }
    match holder.face.as_ref().ok_or(NoFace::Unread)?.decode() {
        Ok(picture) => Ok(Preview {
            width_px: picture.width(),
            height_px: picture.height(),
            rgb: Arc::new(picture.into_raw()),
            judged: Judged::Fine,
        }),
        Err(error) => {
            tracing::warn!(%error, "The photograph of a card cannot be shown");
            Err(NoFace::Unread)
        }
    }
}
