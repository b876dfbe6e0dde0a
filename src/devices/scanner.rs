//! The document scanner's thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use hardware::scanner::{Order, PageImage, Scanner, ScannerFault, Treatment};
use uuid::Uuid;

use super::{DeviceNews, LoopGone, ORDERS_MAX, Teller};
use crate::dossier::{DraftId, Judged, Preview};
use crate::tasks::Pulse;

const CHECK_EVERY: Duration = Duration::from_secs(2);

/// Width of the picture of a page on the screen: enough for the largest panel, little to keep.
const PREVIEW_WIDTH_PX: u32 = 640;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanOrder {
    pub id: Uuid,
    pub draft: DraftId,
    pub paper: String,
    pub pages_max: u32,
}

#[derive(Debug)]
pub enum ScannerNews {
    State(Result<(), ScannerFault>),
    Page {
        order: ScanOrder,
        page: PageImage,
        preview: Preview,
    },
    Ended {
        order: ScanOrder,
        result: Result<(), ScannerFault>,
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
                let ended = feed(scanner, dpi, order, teller, pulse)?;
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
    order: ScanOrder,
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
