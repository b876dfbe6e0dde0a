//! The document scanner's thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use hardware::card::mrz::Mrz;
use hardware::scanner::{Order, PageImage, Scanner, ScannerFault, Treatment, mrz};
use uuid::Uuid;

use super::{DeviceNews, LoopGone, ORDERS_MAX, Teller};
use crate::dossier::{DraftId, Judged, Preview};
use crate::session::handing::card_back::BackFault;
use crate::tasks::Pulse;

const CHECK_EVERY: Duration = Duration::from_secs(2);

/// Width of the picture of a page on the screen: enough for the largest panel, little to keep.
const PREVIEW_WIDTH_PX: u32 = 640;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanOrder {
    Pages(PagesOrder),
    /// The back of a card: read, and kept nowhere.
    Back {
        id: Uuid,
    },
}

/// Pages of one paper of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagesOrder {
    pub id: Uuid,
    pub draft: DraftId,
    pub paper: String,
    pub pages_max: u32,
}

#[derive(Debug)]
pub enum ScannerNews {
    State(Result<(), ScannerFault>),
    Page {
        order: PagesOrder,
        page: PageImage,
        preview: Preview,
    },
    Ended {
        order: PagesOrder,
        result: Result<(), ScannerFault>,
    },
    Back {
        order: Uuid,
        result: Result<Box<Mrz>, BackFault>,
    },
}

pub fn start(
    mut scanner: Box<dyn Scanner>,
    dpi: u32,
    teller: Teller,
    pulse: Pulse,
) -> std::io::Result<SyncSender<ScanOrder>> {
    let (orders, inbox) = sync_channel(ORDERS_MAX);
    std::thread::Builder::new().name("scanner".into()).spawn(move || {
        // The loop is gone: there is nobody left to tell.
        let _: Result<(), LoopGone> = serve(scanner.as_mut(), dpi, &inbox, &teller, &pulse);
    })?;
    Ok(orders)
}

fn serve(
    scanner: &mut dyn Scanner,
    dpi: u32,
    inbox: &Receiver<ScanOrder>,
    teller: &Teller,
    pulse: &Pulse,
) -> Result<(), LoopGone> {
    let mut last = None;
    loop {
        pulse.beat();
        let state = scanner.check();
        if last != Some(state) {
            teller.tell(DeviceNews::Scanner(ScannerNews::State(state)))?;
            last = Some(state);
        }

        match inbox.recv_timeout(CHECK_EVERY) {
            Ok(order) => {
                let ended = match order {
                    ScanOrder::Pages(order) => feed(scanner, dpi, order, teller, pulse)?,
                    ScanOrder::Back { id } => ScannerNews::Back {
                        order: id,
                        result: read_back(scanner, dpi, pulse),
                    },
                };
                teller.tell(DeviceNews::Scanner(ended))?;
                last = None;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn feed(
    scanner: &mut dyn Scanner,
    dpi: u32,
    order: PagesOrder,
    teller: &Teller,
    pulse: &Pulse,
) -> Result<ScannerNews, LoopGone> {
    let mut gone = Ok(());
    let wish = Order {
        dpi,
        pages_max: order.pages_max,
        preview_width_px: PREVIEW_WIDTH_PX,
        treatment: Treatment::Archive,
    };
    let result = scanner.scan(&wish, &mut |scanned| {
        pulse.beat();
        let small = scanned.preview;
        let judged = Judged::of(scanned.judgement.as_ref());
        tracing::info!(?judged, "Page scanned");
        let news = ScannerNews::Page {
            order: order.clone(),
            page: scanned.page,
            preview: Preview {
                width_px: small.width,
                height_px: small.height,
                rgb: std::sync::Arc::new(small.rgb),
                judged,
            },
        };
        if gone.is_ok() {
            gone = teller.tell(DeviceNews::Scanner(news));
        }
    });
    gone?;

    Ok(ScannerNews::Ended {
        order,
        result: result.map(|_pages| ()),
    })
}

fn read_back(scanner: &mut dyn Scanner, dpi: u32, pulse: &Pulse) -> Result<Box<Mrz>, BackFault> {
    let wish = Order {
        dpi,
        pages_max: 1,
        preview_width_px: 1,
        // A card lies anyhow; its lines are found as they lie.
        treatment: Treatment::AsFed,
    };
    let mut scanned = None;
    let result = scanner.scan(&wish, &mut |page| {
        pulse.beat();
        scanned = Some(page.page);
    });
    result.map_err(BackFault::Scanner)?;
    let page = scanned.ok_or(BackFault::Scanner(ScannerFault::Empty))?;
    pulse.beat();
    mrz::read(&page).map(Box::new).map_err(|error| {
        tracing::info!(%error, "Back of a card not read");
        BackFault::Unread
    })
}
