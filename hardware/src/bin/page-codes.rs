//! Reads the codes of one page: a JPEG on standard input, its width, height and dots per inch as arguments, the codes
//! as JSON on standard output. The kiosk starts it for each page and hears nothing else of it.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use hardware::scanner::PageImage;
use hardware::scanner::codes::reader;
use hardware::scanner::ocr::JPEG_BYTES_MAX;

fn main() -> ExitCode {
    match read() {
        Ok(answer) if io::stdout().write_all(&answer).is_ok() => ExitCode::SUCCESS,
        // Who started it hears the exit code; what is wrong with the page concerns nobody.
        Ok(_) | Err(_) => ExitCode::FAILURE,
    }
}

fn read() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u32>());
    let mut number = || numbers.next().unwrap_or(Ok(0));
    let (width_px, height_px, dpi) = (number()?, number()?, number()?);
    let mut jpeg = Vec::new();
    io::stdin().take(JPEG_BYTES_MAX as u64).read_to_end(&mut jpeg)?;
    let page = PageImage {
        jpeg,
        width_px,
        height_px,
        dpi,
    };
    Ok(serde_json::to_vec(&reader::read(&page)?)?)
}
