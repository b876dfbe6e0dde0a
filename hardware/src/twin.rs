//! The virtual devices: each stands at the wire, keeps what the real thing would keep when the
//! kiosk dies, and can be broken and mended by hand.

pub mod card;
pub mod code;
mod http;
pub mod page_printer;
pub mod panel;
pub mod printer;
pub mod scanner;
