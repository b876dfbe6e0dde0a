//! Paper, cards, pages, codes and lamps: the devices of a kiosk, and their virtual twins.
//!
//! Each device has a small blocking trait that speaks of paper, cards and pages, a driver behind it that
//! speaks bytes, and (feature `virtual`) a twin that stands at the wire, so that the real driver
//! runs in every test. A fault is an enum that a screen can show.
//!
//! This crate knows no citizen, no dossier, no queue, and no async runtime. It never logs what is
//! printed, scanned or read.

pub mod card;
pub mod code;
pub mod page_printer;
pub mod panel;
pub mod printer;
pub mod scanner;
#[cfg(feature = "virtual")]
pub mod twin;
