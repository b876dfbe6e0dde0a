//! Effects: each is done here, and what is promised is committed first.

use std::collections::VecDeque;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Kiosk, LoopError};
use crate::devices;
use crate::devices::card::{CardOrder, Wanted};
use crate::devices::scanner::{PagesOrder, ScanOrder};
use crate::dossier::{Draft, DraftId};
use crate::session::handing::card_back::BackFault;
use crate::session::staff::face::NoFace;
use crate::session::{CardNews, Effect, Event, News, ScanNews, StaffNews};
use crate::store::StoreError;
use crate::store::drafts::DraftRow;
use hardware::card::CardFault;
use hardware::card::mrz::MrzKey;
use hardware::scanner::ScannerFault;

impl Kiosk {
    pub(super) async fn perform(&mut self, effect: Effect, events: &mut VecDeque<Event>) -> Result<(), LoopError> {
        match effect {
            Effect::Draw {
                series,
                priority,
                errand,
            } => self.draw(series, priority, errand, events).await?,
            Effect::KeepDraft(draft) => self.keep_draft(*draft).await?,
            Effect::Scan {
                draft,
                paper,
                pages_max,
            } => self.scan(draft, paper, pages_max, events),
            Effect::ScanBack => self.scan_back(events),
            Effect::ReadCard { keys } => self.read_card(keys, events),
            Effect::DropPages { draft, paper } => {
                self.log_failure("Pages could not be dropped", move |store| {
                    store.drop_pages(draft.0, &paper)
                })
                .await?;
            }
            Effect::DropDraft(draft) => {
                self.log_failure("Draft could not be forgotten", move |store| {
                    store.discard_draft(draft.0)
                })
                .await?;
            }
            Effect::Keep(dossier) => self.seal(*dossier),
            Effect::PrintHandIn { slip_number } => self.print_hand_in(&slip_number, events).await?,
            Effect::PrintCheckList(list) => self.print_check_list(*list, None, events).await?,
            Effect::PutAside(draft) => self.put_aside(*draft),
            Effect::PrintAside(list) => self.print_aside(*list, events).await?,
            Effect::DropAside => self.drop_put().await?,
            Effect::OpenAside { asked, code } => self.open_aside(asked, &code),
            Effect::CloseAside => self.close_aside(),
            Effect::RestoreAside(draft) => self.restore_aside(*draft, events),
            Effect::LookUp { asked, query } => self.look_up(asked, query),
            Effect::StartSigning { key, by, content } => self.start_signing(key, by, &content),
            Effect::DropSigning(key) => self.drop_signing(key),
            Effect::StartPayment { dossier_code } => self.start_payment(dossier_code, events).await?,
            Effect::ShowTransfer { slip_number } => self.show_transfer(slip_number, events).await?,
            Effect::AskPerson { asked, id, shown, code } => self.ask_person(asked, id, shown, code),
            Effect::AskReceipt { asked, id, shown, code } => self.ask_receipt(asked, id, shown, code),
            Effect::PrintReceipt(told) => self.print_receipt(*told, events).await?,
            Effect::Reopen {
                asked,
                dossier,
                id,
                draft,
            } => self.reopen(asked, dossier, id, draft),
            Effect::Rate(rated) => {
                let now = Timestamp::now();
                self.log_failure("Rating could not be kept", move |store| store.rate(&rated, now))
                    .await?;
            }
            Effect::CallStaff => self.audit("staff called".into()).await?,
            Effect::AnswerCall => self.audit("call answered".into()).await?,
            Effect::CheckPin(pin) => self.check_pin(pin, events),
            Effect::ShowPicture { draft, paper, image } => self.show_picture(draft, paper, image),
            Effect::ShowFace { keys } => self.show_face(keys, events),
            Effect::StaffLook => self.staff_look(events).await?,
            Effect::OfficeLook(span) => self.office_look(span, events).await?,
            Effect::Staff(act) => self.staff_acts(act, events).await?,
            Effect::SayAgain => self.say_again(),
            Effect::ReadBack(typed) => self.voice.say(crate::procedure::Language::Vietnamese, &typed.0),
            Effect::Hush => self.voice.hush(),
            Effect::Forget => self.forget().await?,
        }
        Ok(())
    }

    /// A draft that cannot be kept now is kept with the next answer; sealing commits everything anyway.
    async fn keep_draft(&mut self, draft: Draft) -> Result<(), LoopError> {
        let now = Timestamp::now();
        let answers = match serde_json::to_vec(&draft) {
            Ok(answers) => answers.into(),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Draft cannot be written down");
                return Ok(());
            }
        };
        let row = DraftRow {
            id: draft.id.0,
            procedure: draft.procedure.code.to_string(),
            answers,
        };
        self.log_failure("Draft could not be kept", move |store| store.save_draft(&row, now))
            .await
    }

    fn scan(&mut self, draft: DraftId, paper: String, pages_max: u32, events: &mut VecDeque<Event>) {
        let id = Uuid::now_v7();
        let order = ScanOrder::Pages(PagesOrder {
            id,
            draft,
            paper,
            pages_max,
        });
        let ordered = if self.health.store.room_for_scans {
            self.order_scan(id, order)
        } else {
            Err(ScannerFault::NoRoom)
        };
        if let Err(fault) = ordered {
            events.push_back(Event::News(News::Scan(ScanNews::Ended(Err(fault)))));
        }
    }

    fn scan_back(&mut self, events: &mut VecDeque<Event>) {
        let id = Uuid::now_v7();
        if let Err(fault) = self.order_scan(id, ScanOrder::Back { id }) {
            let fault = BackFault::Scanner(fault);
            events.push_back(Event::News(News::Scan(ScanNews::Back(Err(fault)))));
        }
    }

    fn order_scan(&mut self, id: Uuid, order: ScanOrder) -> Result<(), ScannerFault> {
        let scanner = self.orders.scanner.as_ref().ok_or(ScannerFault::Unplugged)?;
        devices::order(scanner, order).map_err(|_| ScannerFault::Hung)?;
        self.scan_under_way = Some(id);
        Ok(())
    }

    fn read_card(&mut self, keys: Vec<MrzKey>, events: &mut VecDeque<Event>) {
        let id = Uuid::now_v7();
        let wanted = Wanted::Holder;
        let sent = match &self.orders.card_reader {
            None => Err(CardFault::ReaderGone),
            Some(reader) => devices::order(reader, CardOrder { id, keys, wanted }).map_err(|_| CardFault::Silent),
        };
        match sent {
            Ok(()) => self.card_under_way = Some(id),
            Err(fault) => events.push_back(Event::News(News::Card(CardNews::Read(Err(fault))))),
        }
    }

    fn show_face(&mut self, keys: Vec<MrzKey>, events: &mut VecDeque<Event>) {
        let id = Uuid::now_v7();
        let wanted = Wanted::Face;
        let reader = self.orders.card_reader.as_ref();
        if reader.is_some_and(|reader| devices::order(reader, CardOrder { id, keys, wanted }).is_ok()) {
            self.face_under_way = Some(id);
        } else {
            events.push_back(Event::News(News::Staff(StaffNews::Face(Err(NoFace::Unread)))));
        }
    }

    /// The visit is over: nothing of it stays in this loop, and slips held for it are given up.
    async fn forget(&mut self) -> Result<(), LoopError> {
        let acts = self.desk.visit_ends();
        self.sealed = None;
        self.visit_slips.clear();
        self.pages = None;
        self.watched_payment.send_replace(None);
        self.signing = None;
        self.forget_asides();
        self.shown_ticket = None;
        self.scan_under_way = None;
        self.card_under_way = None;
        self.face_under_way = None;
        self.line = None;
        self.do_acts(acts).await
    }

    /// Does what can fail without anything being lost; a failure stands in the log.
    pub(super) async fn log_failure<F>(&self, what: &'static str, act: F) -> Result<(), LoopError>
    where
        F: FnOnce(&mut crate::store::Store) -> Result<(), StoreError> + Send + 'static,
    {
        if let Err(error) = self.store.call(act).await? {
            tracing::error!(error = format!("{error:#}"), what);
        }
        Ok(())
    }
}
