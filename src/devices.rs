//! One thread a device: the only user of hardware drivers.
//!
//! Each thread owns its driver, takes orders from a bounded queue, and tells the loop what
//! happened. A device that goes away is looked for again for ever; nothing here gives up.

pub mod card;
pub mod code;
pub mod open;
pub mod page_printer;
pub mod panel;
pub mod printer;
pub mod scanner;

use std::sync::mpsc::{SyncSender, TrySendError};

use tokio::sync::mpsc;

/// Orders that may wait for one device. The loop gives a device one order at a time, so a full
/// queue means a device that hangs beyond its own deadlines.
pub const ORDERS_MAX: usize = 8;

/// What devices have to say, in the order it happened.
#[derive(Debug)]
pub enum DeviceNews {
    Printer(printer::PrinterNews),
    PagePrinter(page_printer::PagePrinterNews),
    Code(code::CodeReaderNews),
    Card(card::CardNews),
    Scanner(scanner::ScannerNews),
    Panel(panel::PanelNews),
}

/// Where news go: the loop. Bounded; a device waits while the loop is behind.
#[derive(Clone)]
pub struct Teller(pub mpsc::Sender<DeviceNews>);

/// The loop has ended: so does the device's thread.
pub struct LoopGone;

impl Teller {
    pub fn tell(&self, news: DeviceNews) -> Result<(), LoopGone> {
        self.0.blocking_send(news).map_err(|_| LoopGone)
    }
}

/// Gives an order to a device's thread.
///
/// # Errors
/// The order again, if the device hangs or its thread is gone.
pub fn order<T>(to: &SyncSender<T>, order: T) -> Result<(), T> {
    to.try_send(order).map_err(|error| match error {
        TrySendError::Full(order) | TrySendError::Disconnected(order) => order,
    })
}
