//! The page printer's thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use hardware::page_printer::{Document, NotPrinted, PagePrinter, PagePrinterFault};
use uuid::Uuid;

use super::{DeviceNews, LoopGone, ORDERS_MAX, Teller};
use crate::tasks::Pulse;

/// How often a printer that nobody uses is asked how it is.
const CHECK_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct PagesOrder {
    pub id: Uuid,
    pub document: Document,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagePrinterNews {
    State(Result<(), PagePrinterFault>),
    Ended { id: Uuid, result: Result<(), NotPrinted> },
}

pub fn start(
    mut printer: Box<dyn PagePrinter>,
    teller: Teller,
    pulse: Pulse,
) -> std::io::Result<SyncSender<PagesOrder>> {
    let (orders, inbox) = sync_channel(ORDERS_MAX);
    std::thread::Builder::new().name("page-printer".into()).spawn(move || {
        // The loop is gone: there is nobody left to tell.
        let _: Result<(), LoopGone> = serve(printer.as_mut(), &inbox, &teller, &pulse);
    })?;
    Ok(orders)
}

fn serve(
    printer: &mut dyn PagePrinter,
    inbox: &Receiver<PagesOrder>,
    teller: &Teller,
    pulse: &Pulse,
) -> Result<(), LoopGone> {
    let mut last = None;
    loop {
        pulse.beat();
        let state = printer.check();
        if last != Some(state) {
            teller.tell(DeviceNews::PagePrinter(PagePrinterNews::State(state)))?;
            last = Some(state);
        }
        match inbox.recv_timeout(CHECK_EVERY) {
            Ok(PagesOrder { id, document }) => {
                let result = printer.print(&document, &mut || pulse.beat());
                teller.tell(DeviceNews::PagePrinter(PagePrinterNews::Ended { id, result }))?;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
