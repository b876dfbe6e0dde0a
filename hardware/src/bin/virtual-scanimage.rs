//! The virtual `scanimage` on its own, for the tests of this crate; the kiosk has it as a hidden command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(hardware::twin::scanner::scanimage_main(std::env::args().skip(1)))
}
