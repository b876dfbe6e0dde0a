//! What goes on beside the loop for ever: sending what is owed, asking about payments, keeping the catalogue fresh.

use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::Done;
use super::asides::AsideDone;
use super::following::refresh;
use crate::cashier::{self, Cashier};
use crate::node::Node;
use crate::outbox::{self, Outbox, Pace, TcpProbe};
use crate::province::HttpProvince;
use crate::reading::PageReader;
use crate::store::thread::StoreHandle;

/// News of payments that may wait: the cashier then waits too.
const PAYMENTS_TOLD_MAX: usize = 8;

/// What goes on beside the loop: what is owed is sent, and the catalogue kept fresh.
pub(super) struct Background {
    pub node: Node,
    pub store: StoreHandle,
    pub province: Arc<HttpProvince>,
    pub reader: Arc<PageReader>,
    pub done: mpsc::Sender<Done>,
    pub stop: watch::Receiver<bool>,
    pub probe: TcpProbe,
    pub watched_payment: watch::Receiver<Option<Uuid>>,
}

impl Background {
    /// Runs until the kiosk stops.
    ///
    /// # Errors
    /// The store or the loop has ended.
    pub async fn run(self) -> anyhow::Result<()> {
        let to_loop = self.done.clone();
        let outbox = Outbox {
            store: self.store.clone(),
            province: Arc::clone(&self.province),
            reader: self.reader,
            probe: self.probe,
            pace: Pace::KIOSK,
            clock: Arc::new(Timestamp::now),
            // All of it is in the store: a loop that is behind misses a picture, not a dossier.
            tell: Arc::new(move |news| {
                if to_loop.try_send(Done::Outbox(news)).is_err() {
                    tracing::warn!("The loop does not take news of the outbox");
                }
            }),
        };
        let opinions = outbox::opinions::tell_for_ever(self.store.clone(), Arc::clone(&self.province));
        let (tell, told) = mpsc::channel(PAYMENTS_TOLD_MAX);
        let cashier = Cashier {
            store: self.store.clone(),
            province: Arc::clone(&self.province),
            pace: cashier::Pace::KIOSK,
            clock: Arc::new(Timestamp::now),
            watched: self.watched_payment,
            tell,
        };
        let to_loop = self.done.clone();
        let brought = move |brought| {
            // The slip says then that it is on its way: true as well.
            if to_loop.try_send(Done::Aside(AsideDone::Brought(brought))).is_err() {
                tracing::warn!("The loop does not take news of a draft put aside");
            }
        };
        let (store, province) = (self.store.clone(), Arc::clone(&self.province));
        tokio::select! {
            ended = opinions => ended.context("The teller of satisfaction ended"),
            ended = outbox::asides::bring(store, province, brought, self.stop.clone()) => {
                ended.context("The bringer of drafts put aside ended")
            }
            ended = outbox.run(self.stop) => ended.context("The outbox ended"),
            ended = cashier.run() => ended.context("The cashier ended"),
            () = self.node.run() => anyhow::bail!("The keeper of the hall's log ended"),
            () = pass_on(told, self.done.clone()) => anyhow::bail!("Nobody hears of payments"),
            ended = refresh::keep_news_fresh(self.store.clone(), Arc::clone(&self.province)) => {
                ended.context("The keeper of news ended")
            }
            () = outbox::catalogue::keep_fresh(self.store, self.province, self.done) => {
                anyhow::bail!("The catalogue's keeper ended")
            }
        }
    }
}

/// What the cashier tells comes to the loop like everything else.
async fn pass_on(mut told: mpsc::Receiver<cashier::News>, done: mpsc::Sender<Done>) {
    while let Some(news) = told.recv().await {
        if done.send(Done::Payment(news)).await.is_err() {
            return;
        }
    }
}
