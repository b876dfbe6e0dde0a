//! A header is accepted only within the limits, says the same to another reader, and makes a page of exactly its bytes.

#![no_main]

use std::fs::File;
use std::io::{Cursor, Write};

use hardware::scanner::pnm::{HEADER_BYTES_MAX, Header, PnmError, RASTER_BYTES_MAX, RawPage, SIDE_PX_MAX, header};
use image::codecs::pnm::PnmDecoder;
use image::{ColorType, ImageDecoder};
use libfuzzer_sys::fuzz_target;

/// Of pages that are written out.
const SMALL_BYTES_MAX: u64 = 4096;

fuzz_target!(|bytes: &[u8]| {
    let Ok(promised) = header(bytes) else { return };
    let sides = 1..=SIDE_PX_MAX;
    assert!(sides.contains(&promised.width_px) && sides.contains(&promised.height_px));
    assert!(promised.raster_at <= bytes.len().min(HEADER_BYTES_MAX));
    assert!(promised.raster_bytes() <= RASTER_BYTES_MAX);
    assert_eq!(
        promised.row_bytes() as u64 * u64::from(promised.height_px),
        promised.raster_bytes()
    );

    // What stands behind the header says nothing.
    let head = &bytes[..promised.raster_at];
    assert_eq!(header(head).ok(), Some(promised));
    assert_eq!(header(&[head, b" 9 255\n"].concat()).ok(), Some(promised));

    as_another_reads_it(head, &promised);
    if promised.raster_bytes() <= SMALL_BYTES_MAX {
        page_of(head, &promised);
    }
});

/// The other may refuse what is accepted here, and not the other way round differ.
fn as_another_reads_it(head: &[u8], promised: &Header) {
    let Ok(other) = PnmDecoder::new(Cursor::new(head)) else {
        return;
    };
    assert_eq!(other.dimensions(), (promised.width_px, promised.height_px));
    let colour = if promised.channels == 3 {
        ColorType::Rgb8
    } else {
        ColorType::L8
    };
    assert_eq!(other.color_type(), colour);
}

fn page_of(head: &[u8], promised: &Header) {
    let raster = vec![0x7f; promised.raster_bytes() as usize];
    let whole = [head, &raster].concat();
    assert!(RawPage::new(file(&whole)).is_ok());
    let torn = RawPage::new(file(&whole[..whole.len() - 1]));
    assert!(matches!(torn.err(), Some(PnmError::Bytes { .. })));
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("the fuzzer may write files");
    file.write_all(bytes).expect("a few bytes fit");
    file
}
