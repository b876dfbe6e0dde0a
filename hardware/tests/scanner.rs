//! The scanner driver against SANE's own test device, against the virtual feeder, against a virtual network
//! scanner, and against programs that misbehave, all through the driver as the kiosk uses it; and the work on pages, against generated ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "scanner/escl.rs"]
mod escl;
#[path = "scanner/fakes.rs"]
mod fakes;
#[path = "scanner/feeder.rs"]
mod feeder;
#[path = "scanner/harness.rs"]
mod harness;
#[path = "scanner/pages.rs"]
mod pages;
#[path = "scanner/sane_test.rs"]
mod sane_test;
