//! Work done beside the loop, and where in the kiosk its answers go.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Kiosk, LoopError, Offer, asides, dossiers, status};
use crate::cashier;
use crate::dossier::Draft;
use crate::hall::Errand;
use crate::hall::log::DrawError;
use crate::health::Link;
use crate::node::Given;
use crate::outbox;
use crate::procedure::Catalogue;
use crate::reading::NotRead;
use crate::session::following::errand::{NotReopened, PersonNews};
use crate::session::following::receipt::ReceiptNews;
use crate::session::staff::StaffName;
use crate::session::staff::looking::PictureNews;
use crate::session::{LookUpNews, News, ProvinceNews, SigningNews, StaffNews};
use crate::ticket::SeriesLetter;

/// What comes back from work done beside the loop.
#[derive(Debug)]
pub enum Done {
    Sealed(Box<dossiers::Sealed>),
    NotSealed(Box<Draft>),
    LookedUp {
        asked: Uuid,
        news: LookUpNews,
    },
    Person {
        asked: Uuid,
        news: PersonNews,
    },
    Receipt {
        asked: Uuid,
        news: ReceiptNews,
    },
    Reopened {
        asked: Uuid,
        draft: Result<Box<Draft>, NotReopened>,
    },
    Payment(cashier::News),
    Signing {
        key: Uuid,
        news: SigningNews,
    },
    PinChecked {
        who: Option<StaffName>,
    },
    Catalogue(Arc<Catalogue>),
    Link(Link),
    /// A number of a log that several kiosks share, or why there is none.
    Given {
        series: SeriesLetter,
        errand: Option<Errand>,
        given: Box<Result<Given, DrawError>>,
    },
    PageReading(Result<(), NotRead>),
    Outbox(outbox::News),
    Picture(PictureNews),
    Aside(asides::AsideDone),
}

impl Kiosk {
    pub(super) async fn on_done(&mut self, done: Done) -> Result<(), LoopError> {
        match done {
            Done::Sealed(sealed) => self.on_sealed(*sealed).await,
            Done::NotSealed(draft) => self.on_not_sealed(draft).await,
            Done::LookedUp { asked, news } => self.news(News::Province(ProvinceNews::LookUp { asked, news })).await,
            Done::Payment(news) => self.on_payment(news).await,
            Done::Signing { key, news } => self.news(News::Province(ProvinceNews::Signing { key, news })).await,
            Done::Person { asked, news } => self.news(News::Province(ProvinceNews::Person { asked, news })).await,
            Done::Receipt { asked, news } => self.news(News::Province(ProvinceNews::Receipt { asked, news })).await,
            Done::Reopened { asked, draft } => self.on_reopened(asked, draft).await,
            Done::PinChecked { who } => self.on_pin(who).await,
            Done::Catalogue(catalogue) => {
                self.offer = Offer::of(catalogue, Timestamp::now());
                self.show()
            }
            Done::Link(link) => {
                self.health.province = link;
                self.show()
            }
            Done::Given { series, errand, given } => self.on_given(series, errand, *given).await,
            Done::PageReading(state) => {
                self.health.page_reading = status(state);
                self.show()
            }
            Done::Outbox(news) => self.on_outbox(news).await,
            Done::Aside(done) => self.on_aside(done).await,
            Done::Picture(news) => self.news(News::Staff(StaffNews::Picture(news))).await,
        }
    }
}
