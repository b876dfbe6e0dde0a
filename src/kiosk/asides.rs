//! Drafts put aside, and those that are gone on with: sealing and opening take a moment and stand beside the loop.
//!
//! The key of a parcel lives here as long as the visit: on its slip it goes on, nowhere else.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Done, Kiosk, LoopError};
use crate::aside::parcel::{self, Contents, PageInside};
use crate::aside::{AsideCode, AsideKey, CannotGoOn, ProvinceCode, TakenFrom};
use crate::checklist::CheckList;
use crate::dossier::{Draft, DraftId};
use crate::outbox::asides::Brought;
use crate::province::{Answer, WhyDropped};
use crate::session::handing::HandingIn;
use crate::session::handing::putting_aside::PuttingAside;
use crate::session::{AsideNews, Event, KeepNews, News, PaperNews, ProvinceNews, Secret, Step};
use crate::slip::{Aside, AsideAt};
use crate::store::drafts::DraftRow;
use crate::store::thread::{StoreGone, StoreHandle};
use crate::store::{Store, StoreError};
use crate::ticket::Day;

mod opening;

use opening::OpenedParcel;

/// The drafts put aside or opened by the visit of now.
#[derive(Default)]
pub struct Asides {
    /// The parcel made in this visit, until its slip is asked for.
    put: Option<Put>,
    /// The province may have a parcel before the loop hears that it is committed.
    brought: Option<Brought>,
    /// The parcel that this visit goes on with.
    opened: Option<OpenedParcel>,
    /// The question that somebody waits for.
    opening: Option<Uuid>,
}

/// What comes back of work done beside the loop.
#[derive(Debug)]
pub enum AsideDone {
    PutAside {
        draft: DraftId,
        put: Option<Put>,
    },
    Brought(Brought),
    Opened {
        asked: Uuid,
        result: Result<Box<OpenedParcel>, CannotGoOn>,
    },
    Restored {
        draft: DraftId,
        why: Option<CannotGoOn>,
    },
}

/// A parcel that is committed.
#[derive(Debug)]
pub struct Put {
    code: AsideCode,
    until: Option<Timestamp>,
}

/// Why a draft is not put aside.
#[derive(Debug, thiserror::Error)]
pub enum NotPut {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Gone(#[from] StoreGone),
    #[error("The parcel cannot be written")]
    File(#[from] io::Error),
    #[error("The province has not said which it is")]
    NoProvince,
}

impl Kiosk {
    pub(super) async fn on_aside(&mut self, done: AsideDone) -> Result<(), LoopError> {
        match done {
            AsideDone::PutAside { draft, put } => self.on_put_aside(draft, put).await,
            AsideDone::Brought(brought) => self.on_brought(brought).await,
            AsideDone::Opened { asked, result } => self.on_opened(asked, result).await,
            AsideDone::Restored { draft, why } => self.on_restored(draft, why).await,
        }
    }

    /// Takes a moment: beside the loop. The answer comes back as [`Done`].
    pub(super) fn put_aside(&self, draft: Draft) {
        let store = self.store.clone();
        let done = self.done.clone();
        let province = self.offer.all.province();
        tokio::task::spawn_blocking(move || {
            let id = draft.id;
            let put = seal(&store, province, draft);
            if let Err(error) = &put {
                tracing::error!(error = format!("{error:#}"), "Draft could not be put aside");
            }
            // The loop may be ending: then the parcel has no slip, and is given up in time.
            drop(done.blocking_send(Done::Aside(AsideDone::PutAside {
                draft: id,
                put: put.ok(),
            })));
        });
    }

    async fn on_put_aside(&mut self, draft: DraftId, put: Option<Put>) -> Result<(), LoopError> {
        let waited_for = matches!(self.session.step.visit(), Step::HandingIn(handing)
            if matches!(&**handing, HandingIn::PuttingAside(aside @ PuttingAside::Keeping { .. })
                if aside.draft().is_some_and(|own| own.id == draft)));
        match put {
            Some(put) if waited_for => {
                let early = self.asides.brought.take();
                let early = early.filter(|brought| brought.parcel == put.code.parcel);
                self.asides.put = Some(put);
                // Its pages are in the new parcel now.
                self.close_aside();
                self.news(News::Keep(KeepNews::PutAside { draft })).await?;
                match early {
                    Some(brought) => self.on_brought(brought).await,
                    None => Ok(()),
                }
            }
            // Whoever wanted it has gone without the slip.
            Some(put) => self.drop_parcel(put.code.parcel).await,
            None => self.news(News::Keep(KeepNews::NotPutAside { draft })).await,
        }
    }

    async fn on_brought(&mut self, brought: Brought) -> Result<(), LoopError> {
        let own = self.asides.put.as_mut().filter(|put| put.code.parcel == brought.parcel);
        let Some(put) = own else {
            self.asides.brought = Some(brought);
            return Ok(());
        };
        put.until = Some(brought.until);
        let until = brought.until;
        self.news(News::Keep(KeepNews::AsideBrought { until })).await
    }

    pub(super) async fn print_aside(&mut self, list: CheckList, events: &mut VecDeque<Event>) -> Result<(), LoopError> {
        let Some(put) = &self.asides.put else {
            events.push_back(Event::News(News::Paper(PaperNews::Unsure)));
            return Ok(());
        };
        let at = match put.until {
            Some(until) => AsideAt::Province {
                until: Day::in_vietnam(until).date(),
            },
            None => AsideAt::Kiosk,
        };
        let code = put.code.text();
        self.print_check_list(list, Some(Aside { code, at }), events).await
    }

    /// The slip did not come out: nobody can open the parcel.
    pub(super) async fn drop_put(&mut self) -> Result<(), LoopError> {
        match self.asides.put.take() {
            Some(put) => self.drop_parcel(put.code.parcel).await,
            None => Ok(()),
        }
    }

    async fn drop_parcel(&self, parcel: Uuid) -> Result<(), LoopError> {
        let now = Timestamp::now();
        self.log_failure("Parcel could not be dropped", move |store| {
            store.drop_aside(parcel, WhyDropped::Unwanted, now)
        })
        .await
    }

    /// The visit is over.
    pub(super) fn forget_asides(&mut self) {
        self.close_aside();
        self.asides = Asides::default();
    }

    /// Other kiosks may open the parcel again; what of it lies here goes.
    pub(super) fn close_aside(&mut self) {
        self.asides.opening = None;
        if let Some(opened) = self.asides.opened.take() {
            self.release(&opened);
        }
    }

    fn release(&self, opened: &OpenedParcel) {
        opened.remove();
        if opened.is_local() {
            return;
        }
        let (province, parcel) = (Arc::clone(&self.province), opened.parcel());
        let kiosk = self.config.kiosk.name.clone();
        tokio::spawn(async move {
            // If the province does not hear it, it lets others open the parcel after a while.
            if let Answer::Later { why, .. } = province.release_aside(parcel, &kiosk).await {
                tracing::info!(%why, "A draft put aside is released by time");
            }
        });
    }

    /// Finds and opens a parcel: beside the loop. The answer comes back as [`Done`].
    pub(super) fn open_aside(&mut self, asked: Uuid, code: &Secret) {
        self.close_aside();
        self.asides.opening = Some(asked);
        let here = self.offer.all.province();
        let work = opening::Opening {
            store: self.store.clone(),
            province: Arc::clone(&self.province),
            kiosk: self.config.kiosk.name.clone(),
            today: Arc::clone(&self.offer.today),
        };
        let code = code.0.parse::<AsideCode>();
        let done = self.done.clone();
        tokio::spawn(async move {
            let result = match code {
                Ok(code) if here.is_none_or(|here| here == code.province) => work.open(&code).await,
                Ok(_) => Err(CannotGoOn::OtherProvince),
                Err(_) => Err(CannotGoOn::Unreadable),
            };
            // The loop may be ending: then nobody waits for the answer.
            drop(done.send(Done::Aside(AsideDone::Opened { asked, result })).await);
        });
    }

    async fn on_opened(&mut self, asked: Uuid, result: Result<Box<OpenedParcel>, CannotGoOn>) -> Result<(), LoopError> {
        let waited_for = self.asides.opening.take_if(|opening| *opening == asked).is_some();
        let news = match result {
            Ok(opened) if !waited_for => {
                self.release(&opened);
                return Ok(());
            }
            Ok(opened) => {
                let draft = Box::new(opened.draft());
                self.asides.opened = Some(*opened);
                AsideNews::Opened(draft)
            }
            Err(why) => AsideNews::Cannot(why),
        };
        self.news(News::Province(ProvinceNews::Aside { asked, news })).await
    }

    /// The same person stands here: the draft becomes one of this kiosk, with its pages.
    pub(super) fn restore_aside(&self, draft: Draft, events: &mut VecDeque<Event>) {
        let (id, room) = (draft.id, self.health.store.room_for_scans);
        let parcel = self.asides.opened.as_ref().map(OpenedParcel::place);
        let Some((path, parcel, key)) = parcel.filter(|_| room) else {
            let why = CannotGoOn::NoRoom;
            events.push_back(Event::News(News::Keep(KeepNews::NotRestored { draft: id, why })));
            return;
        };
        let store = self.store.clone();
        let done = self.done.clone();
        tokio::task::spawn_blocking(move || {
            let restored = restore(&store, &draft, (path, parcel, &key));
            if let Err(error) = &restored {
                tracing::error!(
                    error = format!("{error:#}"),
                    "Draft could not be taken out of its parcel"
                );
            }
            let why = match &restored {
                Ok(()) => None,
                Err(NotPut::File(_)) => Some(CannotGoOn::Damaged),
                Err(NotPut::Store(_) | NotPut::Gone(_) | NotPut::NoProvince) => Some(CannotGoOn::NoRoom),
            };
            // The loop may be ending: then the draft is forgotten at the next start.
            drop(done.blocking_send(Done::Aside(AsideDone::Restored { draft: id, why })));
        });
    }

    async fn on_restored(&mut self, draft: DraftId, why: Option<CannotGoOn>) -> Result<(), LoopError> {
        let own = matches!(self.session.step.visit(), Step::HandingIn(handing)
            if handing.draft().is_some_and(|own| own.id == draft));
        if !own {
            // Whoever wanted it has gone.
            let id = draft.0;
            return self
                .log_failure("Draft could not be forgotten", move |store| store.discard_draft(id))
                .await;
        }
        let news = match why {
            None => KeepNews::Restored { draft },
            Some(why) => KeepNews::NotRestored { draft, why },
        };
        self.news(News::Keep(news)).await
    }
}

/// Seals a draft and its pages into a parcel, and commits it: from then on the draft is only there.
fn seal(store: &StoreHandle, province: Option<ProvinceCode>, draft: Draft) -> Result<Put, NotPut> {
    let province = province.ok_or(NotPut::NoProvince)?;
    let mut key = [0; crate::aside::KEY_BYTES];
    rand::fill(&mut key);
    let code = AsideCode {
        province,
        parcel: random_number(),
        key: AsideKey::new(key),
    };
    let (id, parcel) = (draft.id.0, code.parcel);
    let (pages, path) =
        store.call_blocking(move |store| Ok::<_, StoreError>((store.pages(id)?, store.aside_path(parcel)?)))??;
    let taken_from = draft.taken_from;
    let contents = Contents {
        request_key: taken_from.map_or_else(random_number, |from| from.request_key),
        pages: pages
            .iter()
            .map(|page| PageInside {
                part: page.part.clone(),
                bytes: page.bytes,
                meta: page.meta.to_vec(),
            })
            .collect(),
        draft,
    };
    let file = File::create(&path)?;
    let sealed = parcel::seal(io::BufWriter::new(file), (&code.key, parcel), &contents, |at| {
        let page = pages[at].id;
        let opened = store.call_blocking(move |store| store.open_file(page));
        opened.map_err(io::Error::other)?.map_err(io::Error::other)
    });
    let kept = sealed.map_err(NotPut::from).and_then(|sealed| {
        let before = taken_from.map(|from| from.parcel);
        let now = Timestamp::now();
        Ok(store.call_blocking(move |store| store.put_aside((parcel, sealed), id, before, now))??)
    });
    if kept.is_err() {
        // A store that has ended removes it at its next start.
        store.call_blocking(move |store| store.remove_aside(parcel)).ok();
    }
    kept.map(|()| Put { code, until: None })
}

fn restore(store: &StoreHandle, draft: &Draft, (path, number, key): (PathBuf, Uuid, &AsideKey)) -> Result<(), NotPut> {
    let row = DraftRow {
        id: draft.id.0,
        procedure: draft.procedure.code.to_string(),
        answers: serde_json::to_vec(draft).map_err(io::Error::from)?.into(),
    };
    let now = Timestamp::now();
    store.call_blocking(move |store| store.save_draft(&row, now))??;
    let mut opened = parcel::open(io::BufReader::new(File::open(path)?), key, number)?;
    let id = draft.id.0;
    while let Some((inside, bytes)) = opened.next_page()? {
        store.call_blocking(move |store: &mut Store| {
            let kept = store.add_page(id, &inside.part, &bytes, &inside.meta);
            kept.map(drop)
        })??;
    }
    Ok(())
}

/// A draft that is gone on with is handed in under the key of its parcel.
pub(super) fn taken_from(contents: &Contents, parcel: Uuid) -> TakenFrom {
    TakenFrom {
        parcel,
        request_key: contents.request_key,
    }
}

/// A UUID of version 4: nothing but chance.
fn random_number() -> Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}
