//! The virtual card behind a real pcscd, read by independent programs: the crate `emrtd`, PC/SC
//! itself, and OpenSSL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "card_twin/harness.rs"]
mod harness;
#[path = "card_twin/openssl.rs"]
mod openssl;
#[path = "card_twin/plug.rs"]
mod plug;
#[path = "card_twin/readers.rs"]
mod readers;
#[path = "card_twin/reading.rs"]
mod reading;
