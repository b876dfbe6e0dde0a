//! The scanner driver against SANE's own test device, against the virtual feeder, and against
//! programs that misbehave. All go through the driver as the kiosk uses it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "scanner/fakes.rs"]
mod fakes;
#[path = "scanner/feeder.rs"]
mod feeder;
#[path = "scanner/harness.rs"]
mod harness;
#[path = "scanner/sane_test.rs"]
mod sane_test;
