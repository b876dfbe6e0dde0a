//! What devices say, and where in the kiosk it goes.

use hardware::card::{CardFault, Slot};
use hardware::code::Reading;
use hardware::panel::{PanelEvent, Power, Presence};
use hardware::printer::Ready;

use super::{Kiosk, LoopError, status};
use crate::devices::DeviceNews;
use crate::devices::card::CardNews;
use crate::devices::code::CodeReaderNews;
use crate::devices::page_printer::PagePrinterNews;
use crate::devices::panel::PanelNews;
use crate::devices::printer::PrinterNews;
use crate::devices::scanner::ScannerNews;
use crate::health::Roll;
use crate::session::{self, CardPlace, CodeNews, Event, News, ScanNews, Secret, StaffNews, Step};

impl Kiosk {
    pub(super) async fn on_device(&mut self, news: DeviceNews) -> Result<(), LoopError> {
        match news {
            DeviceNews::Printer(news) => self.on_printer(news).await,
            DeviceNews::PagePrinter(PagePrinterNews::State(state)) => {
                self.health.page_printer = status(state);
                self.show()
            }
            DeviceNews::PagePrinter(PagePrinterNews::Ended { id, result }) => self.on_pages(id, result).await,
            DeviceNews::Code(CodeReaderNews::State(state)) => {
                self.health.code_scanner = status(state);
                self.show()
            }
            DeviceNews::Code(CodeReaderNews::Reading(Reading::Code(code))) => {
                self.news(News::Code(CodeNews::Code(Secret(code.0)))).await
            }
            DeviceNews::Code(CodeReaderNews::Reading(Reading::Noise)) => self.news(News::Code(CodeNews::Noise)).await,
            DeviceNews::Card(news) => self.on_card(news).await,
            DeviceNews::Scanner(ScannerNews::State(state)) => {
                self.health.scanner = status(state);
                self.show()
            }
            DeviceNews::Scanner(ScannerNews::Page { order, page, preview }) => self.on_page(order, page, preview).await,
            DeviceNews::Scanner(ScannerNews::Ended { order, result }) => {
                if self.scan_under_way != Some(order.id) {
                    return Ok(());
                }
                self.scan_under_way = None;
                self.news(News::Scan(ScanNews::Ended(result))).await
            }
            DeviceNews::Scanner(ScannerNews::Back { order, result }) => {
                if self.scan_under_way != Some(order) {
                    return Ok(());
                }
                self.scan_under_way = None;
                self.news(News::Scan(ScanNews::Back(result))).await
            }
            DeviceNews::Panel(PanelNews::State(state)) => {
                self.health.panel = status(state);
                self.show()
            }
            DeviceNews::Panel(PanelNews::Event(event)) => self.on_panel(event).await,
        }
    }

    async fn on_card(&mut self, news: CardNews) -> Result<(), LoopError> {
        match news {
            CardNews::State(state) => {
                self.health.card_reader = status(state.map(drop));
                let lying = match state {
                    Ok(Slot::Card) | Err(CardFault::TwoCards | CardFault::Held) => CardPlace::Lying,
                    Ok(Slot::Empty) | Err(_) => CardPlace::Empty,
                };
                self.card_place = lying;
                self.news(News::Card(session::CardNews::Place(state))).await
            }
            CardNews::Progress { order, percent } if self.card_under_way == Some(order) => {
                self.news(News::Card(session::CardNews::Progress { percent })).await
            }
            CardNews::Read { order, result } if self.card_under_way == Some(order) => {
                self.card_under_way = None;
                self.news(News::Card(session::CardNews::Read(result))).await
            }
            CardNews::Face { order, face } if self.face_under_way == Some(order) => {
                self.face_under_way = None;
                self.news(News::Staff(StaffNews::Face(face))).await
            }
            // Of a visit that is over: it goes with the news.
            CardNews::Progress { .. } | CardNews::Read { .. } | CardNews::Face { .. } => Ok(()),
        }
    }

    async fn on_printer(&mut self, news: PrinterNews) -> Result<(), LoopError> {
        if let PrinterNews::State(state) = news {
            self.health.printer = status(state.map(drop));
            self.health.roll = match state {
                Ok(Ready { near_end: true, .. }) => Roll::NearEnd,
                Ok(Ready { near_end: false, .. }) | Err(_) => Roll::Enough,
            };
            if state.is_ok() {
                self.ask_about_unsettled();
            }
        }
        let acts = self.desk.on(news);
        self.do_acts(acts).await?;
        self.show()
    }

    async fn on_panel(&mut self, event: PanelEvent) -> Result<(), LoopError> {
        match event {
            PanelEvent::CallStaff => self.happen(Event::CallButton).await,
            PanelEvent::Presence(presence) => {
                if presence == Presence::Near && self.session.step == Step::Rest {
                    self.say_again();
                }
                self.happen(Event::Presence(presence)).await
            }
            PanelEvent::Door(door) => self.audit(format!("door {door:?}").to_lowercase()).await,
            // Everything that was promised is on the disk already: there is nothing to save in a hurry.
            PanelEvent::Power(Power::Failing) => self.audit("power failing".into()).await,
            PanelEvent::Power(Power::Good) => self.audit("power good".into()).await,
        }
    }
}
