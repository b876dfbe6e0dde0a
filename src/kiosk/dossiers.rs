//! From the review to the store: the dossier is sealed and owed in one step. Its pages become files beside the loop.

use hardware::scanner::PageImage;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Done, Kiosk, LoopError, package, signing};
use crate::calendar::Due;
use crate::devices::scanner::PagesOrder;
use crate::dossier::{ActKind, Dossier, Draft, DraftId, PageMeta, Preview};
use crate::figures::Facts;
use crate::health::Link;
use crate::outbox;
use crate::payment::FeeDue;
use crate::procedure::Words;
use crate::province::{Channel, Package, ScannedPaper, WhyDropped};
use crate::session::handing::HandingIn;
use crate::session::handing::sent::{Said, Sent};
use crate::session::{KeepNews, News, ScanNews, Step};
use crate::store::StoreError;
use crate::store::dossiers::SealedDossier;
use crate::store::thread::{StoreGone, StoreHandle};
use hardware::scanner::ScannerFault;

/// A dossier of this visit that is committed. Nothing personal.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub id: Uuid,
    /// What it was made from: its own id, but of a withdrawal that was said before.
    pub draft: DraftId,
    pub slip_number: String,
    pub act: ActKind,
    pub procedure: Words,
    /// Papers and their pages.
    pub parts: Vec<(String, u32)>,
    pub sealed_at: Timestamp,
    pub fees: FeeDue,
    /// What the province has said by now.
    pub province: Said,
    /// When the result is to be had, as far as that can be told.
    pub due: Option<Due>,
}

/// Why a complete dossier could not be committed.
#[derive(Debug, thiserror::Error)]
enum NotSealed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Gone(#[from] StoreGone),
    #[error("not written down")]
    Json(#[from] serde_json::Error),
    /// It was changed since.
    #[error("what was signed from afar is another dossier")]
    SignedAnother,
}

impl Kiosk {
    /// The draft that is being sealed for the visit of now, also while staff look.
    fn sealing(&self) -> Option<DraftId> {
        match self.session.step.visit() {
            Step::HandingIn(handing) => match &**handing {
                HandingIn::Sent(Sent::Keeping { draft, .. }) => Some(*draft),
                HandingIn::Finding(_)
                | HandingIn::Reading { .. }
                | HandingIn::Identifying(_)
                | HandingIn::ForWhom(_)
                | HandingIn::Asking(_)
                | HandingIn::Scanning(_)
                | HandingIn::Reviewing(_)
                | HandingIn::Agreeing(_)
                | HandingIn::Signing(_)
                | HandingIn::NotKept(_)
                | HandingIn::PuttingAside(_)
                | HandingIn::Resuming(_)
                | HandingIn::Sent(Sent::Kept(_) | Sent::Paying { .. } | Sent::Transferring { .. }) => None,
            },
            Step::Rest
            | Step::Home
            | Step::Taking(_)
            | Step::Following(_)
            | Step::Rating(_)
            | Step::Staff(_)
            | Step::CardLeft { .. } => None,
        }
    }

    /// Back to the person whose dossier it is. Who has gone leaves nothing behind.
    pub(super) async fn on_not_sealed(&mut self, draft: Box<Draft>) -> Result<(), LoopError> {
        if self.sealing() == Some(draft.id) {
            return self.news(News::Keep(KeepNews::NotKept(draft))).await;
        }
        let id = draft.id.0;
        self.log_failure("Draft could not be forgotten", move |store| store.discard_draft(id))
            .await
    }

    /// A page is kept before anybody is told of it. One that nobody waits for any more is wiped.
    pub(super) async fn on_page(
        &mut self,
        order: PagesOrder,
        page: PageImage,
        preview: Preview,
    ) -> Result<(), LoopError> {
        if self.scan_under_way != Some(order.id) {
            return Ok(());
        }
        let meta = PageMeta::of(&page);
        let hash = Sha256::digest(&page.jpeg).into();
        let paper = order.paper.clone();
        let kept = self
            .store
            .call(move |store| {
                let meta = serde_json::to_vec(&meta).map_err(|_| StoreError::Unknown("page"))?;
                store.add_page(order.draft.0, &paper, &page.jpeg, &meta)
            })
            .await?;
        let news = match kept {
            Ok(kept) => {
                // One that finds no place is read when its dossier is bound.
                if let Some(Err(error)) = self.reading.as_ref().map(|reading| reading.try_send(kept.id)) {
                    tracing::debug!(%error, "Page is read later");
                }
                ScanNews::Page { preview, hash }
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Page could not be kept");
                // What follows a lost page would close the gap that the person must hear of.
                self.scan_under_way = None;
                ScanNews::Ended(Err(ScannerFault::NoRoom))
            }
        };
        self.news(News::Scan(news)).await
    }

    /// Waits for the store: beside the loop. The answer comes back as [`Done`].
    pub(super) fn seal(&self, dossier: Dossier) {
        let store = self.store.clone();
        let site = self.config.kiosk.center.clone();
        let done = self.done.clone();
        // Papers and a withdrawal have no day on which a result is to be had.
        let is_dossier = dossier.act().kind() == ActKind::Dossier;
        let due = self
            .expected(dossier.procedure(), Timestamp::now())
            .filter(|_| is_dossier);
        tokio::spawn(async move {
            let answer = match seal(&store, &site, &dossier).await {
                Ok(sealed) => Done::Sealed(Box::new(Sealed { due, ..sealed })),
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "Dossier could not be kept");
                    Done::NotSealed(Box::new(dossier.into_draft()))
                }
            };
            // The loop may be ending: then the draft is still in the store.
            drop(done.send(answer).await);
        });
    }

    pub(super) async fn on_sealed(&mut self, sealed: Sealed) -> Result<(), LoopError> {
        tracing::info!(dossier = %sealed.id, slip = sealed.slip_number, "Dossier kept");
        let (slip_number, due) = (sealed.slip_number.clone(), sealed.due);
        if self.sealing() != Some(sealed.draft) {
            // Sent, and gone away before it was kept: there is nobody to give a slip to.
            return Ok(());
        }
        self.sealed = Some(sealed);
        self.news(News::Keep(KeepNews::Kept { slip_number, due })).await
    }

    pub(super) async fn on_outbox(&mut self, news: outbox::News) -> Result<(), LoopError> {
        let news = match news {
            outbox::News::Received {
                slip_number,
                code,
                due_at,
                ..
            } => {
                self.health.province = Link::Up;
                let mut due = due_at.map(Due::Promised);
                if let Some(sealed) = self.sealed.as_mut().filter(|sealed| sealed.slip_number == slip_number) {
                    sealed.province = Said::Received { code: code.clone() };
                    due = due.or(sealed.due);
                    sealed.due = due;
                }
                KeepNews::Received { slip_number, code, due }
            }
            // Also without a word of the province: where pages cannot be read any more.
            outbox::News::Refused { slip_number, .. } => {
                if let Some(sealed) = self.sealed.as_mut().filter(|sealed| sealed.slip_number == slip_number) {
                    sealed.province = Said::Refused;
                }
                KeepNews::Refused { slip_number }
            }
            outbox::News::Link(link) => {
                self.health.province = match link {
                    outbox::Link::Up => Link::Up,
                    outbox::Link::Down => Link::Down,
                };
                return self.show();
            }
        };
        self.news(News::Keep(news)).await
    }
}

async fn seal(store: &StoreHandle, site: &str, dossier: &Dossier) -> Result<Sealed, NotSealed> {
    if !signing::holds(dossier, site) {
        return Err(NotSealed::SignedAnother);
    }
    let sealed_at = Timestamp::now();
    let draft = dossier.id().0;
    // Whichever kiosk hands in what was put aside once: the province takes it once.
    let taken_from = dossier.taken_from();
    let key = taken_from.map_or_else(Uuid::now_v7, |from| from.request_key);
    let package = package(dossier, key, site, sealed_at);
    let row = SealedDossier {
        key,
        fields: outbox::fields_of(&package)?,
        file_count: package.papers.len(),
        act: dossier.act().clone(),
        facts: Facts::of(&package, dossier.procedure()),
    };
    let kept = store.call(move |store| store.seal(draft, &row, sealed_at)).await??;
    if let Some(from) = taken_from {
        let dropped = store
            .call(move |store| store.drop_aside(from.parcel, WhyDropped::HandedIn, sealed_at))
            .await?;
        if let Err(error) = dropped {
            // It runs out by itself; the key keeps it from becoming a second dossier.
            tracing::error!(error = format!("{error:#}"), "Parcel of a dossier could not be dropped");
        }
    }
    let parts = package
        .papers
        .into_iter()
        .map(|paper| (paper.title, paper.scans.pages()));
    Ok(Sealed {
        id: kept.id,
        draft: dossier.id(),
        slip_number: kept.slip_number,
        act: dossier.act().kind(),
        procedure: dossier.procedure().name.clone(),
        parts: parts.collect(),
        sealed_at,
        fees: FeeDue::of(dossier.procedure()),
        province: Said::Nothing,
        due: None,
    })
}

/// What the province gets. Slip number and files are filled in by the outbox, from the store's rows.
fn package(dossier: &Dossier, key: Uuid, site: &str, sealed_at: Timestamp) -> Package {
    let procedure = dossier.procedure();
    Package {
        key,
        slip: String::new(),
        procedure: procedure.code.clone(),
        procedure_name: procedure.official().to_owned(),
        procedure_version: procedure.version,
        field: procedure.field.clone(),
        channel: Channel::InPerson,
        assisted: dossier.assisted(),
        site: site.to_owned(),
        applicant: package::applicant(dossier),
        submitter: package::submitter(dossier),
        signature: dossier.signature().cloned(),
        answers: dossier
            .answers()
            .iter()
            .map(|(id, answer)| (id.clone(), answer.clone()))
            .collect(),
        consent: package::consent(dossier, sealed_at),
        papers: dossier
            .parts()
            .map(|paper| ScannedPaper {
                part: paper.code.clone(),
                title: paper.name.vi.clone(),
                scans: dossier.scans(&paper.code),
            })
            .collect(),
        act: dossier.act().clone(),
        files: vec![],
        sealed_at,
    }
}
