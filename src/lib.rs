//! **Một Cửa Kiosk**: the program that *is* a self-service terminal in a Vietnamese public
//! administration centre. It gives out queue numbers, reads the national ID card's code
//! and chip, scans papers, and hands dossiers in to the provincial service.
//!
//! # The map
//! ```text
//! finger → ui/pages → screen (Event) → kiosk → session.on(event) → Effects
//!   Draw(series)  → hall: append to the log → store ── committed ──▶ Drawn(ticket)
//!   slip          → desk → devices → hardware: dots, bytes, proof ─▶ Paper(news)
//!   Keep(dossier) → store: dossier, pages, outbox row in one step ─▶ Kept
//!   Show          → screen → ui            spoken line → voice
//! outbox (commit, due time, network back) → pages bound as PDF/A, once → province → store ─▶ Received
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`kiosk`] | the one loop: events in, effects out |
//! | [`session`] | the visit as a pure state machine; one file a flow |
//! | [`screen`] | session and health become Slint globals; touches become events |
//! | [`devices`], [`desk`] | one thread a device; which slip is at the printer and what becomes of it |
//! | [`ticket`] [`dossier`] [`procedure`] [`form`] [`citizen`] [`calendar`] [`checklist`] [`slip`] | values of the domain; no I/O |
//! | [`units`] | provinces and communes, of today and of before |
//! | [`appointment`] | form 01: what an official says on accepting a dossier; printed for the chip of its person alone |
//! | [`aside`] | drafts put aside: sealed under a key that only their slip has |
//! | [`hall`], [`node`] | the queue as a fold over a log of events, and the same events as figures of the day; this kiosk in its hall: alone, or one of several on one log; all centres' halls at the province |
//! | [`store`] | SQLite, keys, pages: what must survive a pulled plug |
//! | [`proof`], [`figures`] | that a dossier was forgotten, chained; what the office counts, and of whom it says nothing |
//! | [`outbox`], [`province`] | what is owed to the province, and how it is sent |
//! | [`payment`], [`cashier`] | fees paid by phone: what a payment is, who asks the province how it stands, and the code of a bank transfer without it |
//! | [`remote`] | signing on one's own telephone: what such a signature is, and what the province's word makes of it |
//! | [`reading`] | words and codes on scanned pages, by programs beside the kiosk |
//! | [`keyboard`] | Telex, VNI and keys for marks: what touches make of Vietnamese; words it completes |
//! | [`voice`] | what is said, in which language |
//! | [`web`] | health; counters, boards and managers in browsers, a number on its holder's phone; the province's page of its centres; with `virtual`, the dock |
//! | [`health`], [`tasks`] | what works, so what may be offered; watched tasks and systemd |
//! | [`config`], [`memory`] | the configuration file; how much memory is kept that nobody uses |
//!
//! # What never happens
//! - The session does no I/O. Hardware knows no citizens. Only [`screen`] knows Slint's types. Only
//!   `province/wire.rs` knows the province's JSON. Only `store/` writes SQL.
//! - Nothing is printed, said to be done, or sent before it is committed.
//! - A number is never given twice; a dossier that was confirmed is never lost, never sent as two.
//! - What a citizen showed us does not outlive the visit, except sealed in a dossier that is owed.
//!   No personal data in a log, ever.
//! - No call to any service but the province, the hall and the clock.

pub mod appointment;
pub mod aside;
pub mod calendar;
pub mod cashier;
pub mod checklist;
pub mod citizen;
pub mod config;
pub mod desk;
pub mod devices;
pub mod dossier;
pub mod figures;
pub mod form;
pub mod hall;
pub mod health;
pub mod keyboard;
pub mod kiosk;
pub mod memory;
pub mod node;
pub mod outbox;
pub mod payment;
pub mod procedure;
pub mod proof;
pub mod province;
pub mod reading;
pub mod remote;
pub mod screen;
pub mod session;
pub mod slip;
pub mod store;
pub mod tasks;
pub mod ticket;
pub mod units;
pub mod voice;
pub mod web;
