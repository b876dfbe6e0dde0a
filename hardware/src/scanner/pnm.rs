//! Raw pages as `scanimage` writes them: the header of a PNM file, and its rows.
//!
//! The header comes from another program, so nothing in it is believed before it is bounded, and
//! a file is a page only when it has every byte that its header promises.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// `scanimage` writes about 35 bytes; comments may make it longer.
pub const HEADER_BYTES_MAX: usize = 1024;
/// A JPEG cannot be larger on a side.
pub const SIDE_PX_MAX: u32 = 65_535;
/// What libjpeg puts in the place of rows that never came.
const NOTHING: u8 = 128;
/// It puts it there by blocks of so many rows at least.
const BLOCK_ROWS: u32 = 8;
/// A3 at 600 dpi in colour is 208 MB.
pub const RASTER_BYTES_MAX: u64 = 256 << 20;

/// What a header promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub width_px: u32,
    pub height_px: u32,
    /// 3 in colour, 1 in grey.
    pub channels: u32,
    /// Where the raster begins in the file.
    pub raster_at: usize,
}

impl Header {
    /// All pixels.
    pub fn raster_bytes(&self) -> u64 {
        u64::from(self.width_px) * u64::from(self.height_px) * u64::from(self.channels)
    }

    /// Pixels of one row.
    pub fn row_bytes(&self) -> usize {
        self.width_px as usize * self.channels as usize
    }
}

/// Why a file is no page.
#[derive(Debug, thiserror::Error)]
pub enum PnmError {
    #[error("header is no PNM header")]
    Header,
    #[error("only 8-bit grey and colour are understood")]
    Kind,
    #[error("page of {width_px}×{height_px} is empty or larger than any paper")]
    Size { width_px: u32, height_px: u32 },
    #[error("file has {have} bytes where its header promises {want}")]
    Bytes { have: u64, want: u64 },
    #[error("could not read the page")]
    Read(#[from] std::io::Error),
}

/// Reads the header at the beginning of `bytes`.
///
/// # Errors
/// Anything but 8-bit grey or colour of a bounded size. The raster need not be there.
pub fn header(bytes: &[u8]) -> Result<Header, PnmError> {
    let bytes = &bytes[..bytes.len().min(HEADER_BYTES_MAX)];
    let channels = match bytes.get(..2) {
        Some(b"P6") => 3,
        Some(b"P5") => 1,
        Some([b'P', b'1'..=b'7']) => return Err(PnmError::Kind),
        Some(_) | None => return Err(PnmError::Header),
    };

    let (width_px, at) = number(bytes, 2)?;
    let (height_px, at) = number(bytes, at)?;
    let (brightest, at) = number(bytes, at)?;

    if brightest != 255 {
        return Err(PnmError::Kind);
    }
    if !bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        return Err(PnmError::Header);
    }

    let header = Header {
        width_px,
        height_px,
        channels,
        raster_at: at + 1,
    };
    let sides = 1..=SIDE_PX_MAX;

    if !sides.contains(&width_px) || !sides.contains(&height_px) || header.raster_bytes() > RASTER_BYTES_MAX {
        return Err(PnmError::Size { width_px, height_px });
    }

    Ok(header)
}

/// The number after the blanks and comments at `at`, and where it ends.
fn number(bytes: &[u8], mut at: usize) -> Result<(u32, usize), PnmError> {
    let blanks_at = at;

    loop {
        match bytes.get(at) {
            Some(b'#') => {
                // Netpbm ends a line with either.
                let line = bytes[at..]
                    .iter()
                    .position(|byte| matches!(byte, b'\n' | b'\r'))
                    .ok_or(PnmError::Header)?;
                at += line;
            }
            Some(byte) if byte.is_ascii_whitespace() => at += 1,
            Some(_) | None => break,
        }
    }
    if at == blanks_at {
        return Err(PnmError::Header);
    }

    let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = std::str::from_utf8(&bytes[at..at + digits])
        .ok()
        .and_then(|text| text.parse().ok());

    Ok((value.ok_or(PnmError::Header)?, at + digits))
}

/// A page that is whole: as many bytes as its header promises, neither fewer nor more.
pub struct RawPage {
    file: File,
    pub(crate) header: Header,
}

impl RawPage {
    /// Takes a file as `scanimage` writes it: PNM, 8-bit colour or grey.
    pub fn new(file: File) -> Result<Self, PnmError> {
        let have = file.metadata()?.len();
        let mut start = vec![0; HEADER_BYTES_MAX.min(usize::try_from(have).unwrap_or(HEADER_BYTES_MAX))];
        file.read_exact_at(&mut start, 0)?;

        let header = header(&start)?;
        let want = header.raster_at as u64 + header.raster_bytes();

        if have != want {
            return Err(PnmError::Bytes { have, want });
        }

        Ok(Self { file, header })
    }

    /// Reads the pixels of row `y` from column `x` on that fill `part`.
    pub(crate) fn part(&self, y: u32, x: u32, part: &mut [u8]) -> std::io::Result<()> {
        let start = self.header.raster_at as u64 + u64::from(y) * self.header.row_bytes() as u64;
        self.file
            .read_exact_at(part, start + u64::from(x) * u64::from(self.header.channels))
    }

    /// Reads row `y` into `row`, which has [`Header::row_bytes`].
    pub(crate) fn row(&self, y: u32, row: &mut [u8]) -> std::io::Result<()> {
        let at = self.header.raster_at as u64 + u64::from(y) * self.header.row_bytes() as u64;
        self.file.read_exact_at(row, at)
    }

    /// Whether it was unpacked from a JPEG that ended early: libjpeg fills such a page with an even grey, as no sensor
    /// sees one, and backends do not tell. White rows below are passed over; they are put there for short paper.
    /// A JPEG that ends within its last blocks is not found out.
    pub(crate) fn ends_in_nothing(&self) -> std::io::Result<bool> {
        let mut row = vec![0; self.header.row_bytes()];
        let mut nothing_rows = 0;

        for y in (0..self.header.height_px).rev() {
            self.row(y, &mut row)?;
            if row.iter().all(|level| *level == NOTHING) {
                nothing_rows += 1;
            } else if nothing_rows > 0 || row.iter().any(|level| *level != u8::MAX) {
                break;
            }
            if nothing_rows == BLOCK_ROWS {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn the_header_of_scanimage_is_understood() {
        let header = header(b"P6\n# SANE data follows\n2480 3508\n255\n\0\0").unwrap();
        assert_eq!(
            header,
            Header {
                width_px: 2480,
                height_px: 3508,
                channels: 3,
                raster_at: 37
            }
        );
        assert_eq!(header.raster_bytes(), 26_099_520);
    }

    #[test]
    fn a_page_that_was_filled_up_is_told_from_a_grey_and_from_a_white_one() {
        let page = |rows: &[u8]| {
            let mut bytes = format!("P6 3 {} 255\n", rows.len()).into_bytes();
            rows.iter().for_each(|level| bytes.extend([*level; 9]));
            RawPage::new(file(&bytes)).unwrap().ends_in_nothing().unwrap()
        };

        assert!(page(&[[250; 8], [128; 8]].concat()));
        assert!(page(&[[250; 8], [128; 8], [255; 8]].concat()), "short paper");
        assert!(page(&[128; 8]), "a header only");
        for whole in [
            &[[128; 8], [250; 8]].concat()[..],
            &[[250; 9].as_slice(), &[128; 7]].concat(),
            &[[250; 9].as_slice(), &[127; 9]].concat(),
            &[[128; 7].as_slice(), &[129], &[128; 7]].concat(),
            &[255; 30],
        ] {
            assert!(!page(whole), "{whole:?}");
        }
    }

    #[test]
    fn a_comment_ends_with_its_line_however_lines_end() {
        for line_end in ["\n", "\r", "\r\n"] {
            let header = header(format!("P5 # 9 9{line_end}4 3\n255\n").as_bytes()).unwrap();
            assert_eq!((header.width_px, header.height_px), (4, 3), "{line_end:?}");
        }
    }

    #[test]
    fn a_page_with_a_header_only_is_no_page() {
        let error = RawPage::new(file(b"P6\n# SANE data follows\n98 157\n255\n"))
            .err()
            .unwrap();
        assert!(matches!(error, PnmError::Bytes { have: 34, want: 46_192 }), "{error:?}");
    }

    #[test]
    fn a_page_with_a_byte_too_few_or_too_many_is_no_page() {
        assert!(RawPage::new(file(b"P5 2 2 255\n1234")).is_ok());
        assert!(matches!(
            RawPage::new(file(b"P5 2 2 255\n123")),
            Err(PnmError::Bytes { .. })
        ));
        assert!(matches!(
            RawPage::new(file(b"P5 2 2 255\n12345")),
            Err(PnmError::Bytes { .. })
        ));
    }

    #[test]
    fn line_art_deep_colour_and_impossible_sizes_are_refused() {
        assert!(matches!(header(b"P4 8 8\n"), Err(PnmError::Kind)));
        assert!(matches!(header(b"P6 8 8 65535\n"), Err(PnmError::Kind)));
        for size in ["0 8", "8 0", "65536 1", "65535 65535"] {
            assert!(
                matches!(
                    header(format!("P6 {size} 255\n").as_bytes()),
                    Err(PnmError::Size { .. })
                ),
                "{size}"
            );
        }
        for broken in [
            "",
            "P",
            "P6",
            "P6 ",
            "P68 8 255\n",
            "P6 8",
            "P6 8 -8 255\n",
            "P6 8 99999999999 255\n",
            "P6 # no end",
        ] {
            assert!(matches!(header(broken.as_bytes()), Err(PnmError::Header)), "{broken:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_bounded_page_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(header) = header(&bytes) {
                prop_assert!(header.raster_at <= bytes.len());
                prop_assert!(header.raster_bytes() <= RASTER_BYTES_MAX);
            }
        }

        #[test]
        fn headers_with_hostile_numbers_are_a_bounded_page_or_an_error(
            kind in "P[0-9]", gaps in "[ \n\r\t#a]{0,12}", w in any::<u64>(), h in any::<u64>(), top in "[0-9]{0,24}"
        ) {
            if let Ok(header) = header(format!("{kind}{gaps}{w}{gaps}{h} {top}\n").as_bytes()) {
                prop_assert!(header.raster_bytes() <= RASTER_BYTES_MAX);
            }
        }

        #[test]
        fn a_written_header_is_read_as_it_was_meant(w in 1_u32..9000, h in 1_u32..9000, colour in any::<bool>()) {
            let (kind, channels) = if colour { ("P6", 3) } else { ("P5", 1) };
            let text = format!("{kind}\n# SANE data follows\n{w} {h}\n255\n");
            let header = header(text.as_bytes()).unwrap();
            prop_assert_eq!(header, Header { width_px: w, height_px: h, channels, raster_at: text.len() });
        }
    }
}
