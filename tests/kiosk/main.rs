//! The kiosk as its users and its enemies see it: the real program as a child process, driven
//! through the dock, with the provincial service beside it. One file for each kind of trouble.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod browser;
mod card;
mod centre;
mod centres;
mod consent;
mod contract;
mod dossier;
mod errands;
mod figures;
mod finding;
mod follow;
mod forget;
mod form;
mod hall;
mod hall_pages;
mod harness;
mod holder;
mod line;
mod national;
mod number;
mod owed;
mod pay;
mod pictures;
mod power;
mod printer;
mod program;
mod province;
mod reader;
mod reading;
mod receipt;
mod remote;
mod resume;
mod scanner;
mod secrecy;
mod spoken;
mod staff;
mod transfer;
mod unit;
mod visit;
mod voice;
mod window;
mod wire;
