//! A slip as one buffer of ESC/POS: words as raster bands, codes by the printer's own commands, the
//! cut, and behind it the requests that the printer answers when it has got there.
//!
//! The crate `escpos` encodes; its queue ends in our own `Vec` and never in a device, since it knows
//! neither how many bytes went out nor when to stop.

use std::cell::RefCell;

use ::escpos::driver::Driver;
use ::escpos::printer::Printer as Encoder;
use ::escpos::utils::{JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};
use qrcode::{EcLevel, bits};

use super::dots::{DOTS_PER_MM, Dots, Pen, SLIP_MM_MAX, height_dots};
use super::{Align, JobId, Line, Slip, TextSize, Weight};

/// Rows in one raster command: small printers hold no larger image.
const BAND_ROWS_MAX: u32 = 256;
/// Bytes of the largest raster command; so many zeros bring a printer that waits for the rest of one back into step.
pub const BAND_BYTES_MAX: usize = BAND_ROWS_MAX as usize * 72 + 8;
/// A QR code is at least this wide, so that a phone reads it at arm's length.
const QR_DOTS_MIN: u32 = 25 * DOTS_PER_MM;
/// The largest module that `GS ( k` takes through the encoder.
const QR_MODULE_DOTS_MAX: u32 = 15;
/// White around a QR code, in modules (ISO/IEC 18004).
const QR_QUIET_MODULES: u32 = 4;
const BARCODE_HIGH_DOTS: u8 = 80;
/// Narrower bars (0.25 mm) are not read by cheap scanners.
const BARCODE_MODULE_DOTS_MIN: u32 = 2;
const BARCODE_MODULE_DOTS_MAX: u32 = 3;
/// `GS k` counts its data in one byte, two of which choose the code set.
const BARCODE_CHARS_MAX: usize = 253;
/// White below the last line, beside what the cutter's own feed adds.
const FOOT_DOTS: u32 = 2 * DOTS_PER_MM;

pub const INIT: &[u8] = b"\x1b@";
/// Feed to the cutter and cut, leaving a bridge so that the slip does not fall to the floor.
pub const CUT: &[u8] = b"\x1dV\x41\x01";
/// Push a status packet on each change of line, error and paper.
const PUSH_CHANGES: &[u8] = b"\x1da\x0e";
/// Answered in order when all before it is done.
pub const FENCE: &[u8] = b"\x1dr\x01";
/// Resume after an error that a person has mended.
pub const RESUME: &[u8] = b"\x10\x05\x01";
/// Recover from an error and forget what is buffered.
pub const RECOVER: &[u8] = b"\x10\x05\x02";
/// Forget all that is buffered, at once.
pub const CLEAR: &[u8] = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08";

/// Why a slip cannot be put on paper at all. Always a mistake of the program, never of the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlipError {
    #[error("slip is longer than {SLIP_MM_MAX} mm")]
    TooLong,
    #[error("data do not fit a QR code on this paper")]
    Qr,
    #[error("a barcode holds 1 to {BARCODE_CHARS_MAX} printable ASCII characters")]
    Barcode,
}

/// A slip ready to be sent.
pub struct Encoded {
    pub bytes: Vec<u8>,
    /// How much paper it takes, for judging how long it may print.
    pub paper_mm: u32,
}

/// Whether the printer is asked to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    WithProof(JobId),
    /// For printers that print what they do not know.
    Bare,
}

/// The request behind which `mark` comes back: `37 22 mark 00`.
pub fn proof_request(mark: [u8; 4]) -> Vec<u8> {
    let mut bytes = b"\x1d(H\x06\x00\x30\x30".to_vec();
    bytes.extend(mark);
    bytes
}

/// Turns a slip into bytes for paper of `width` dots.
///
/// # Errors
/// [`SlipError`] when the slip asks for what no paper of this width can hold. A barcode that is
/// merely too wide is left out: the text beneath it is still printed and can be typed.
pub fn encode(pen: &mut Pen, slip: &Slip, width: u32, ending: Ending) -> Result<Encoded, SlipError> {
    let mut sheet = Sheet {
        out: Out::new(),
        dots: Dots::new(width),
        printed_rows: 0,
    };
    sheet.out.raw(INIT);
    if let Ending::WithProof(_) = ending {
        sheet.out.raw(PUSH_CHANGES);
    }
    for line in &slip.lines {
        match line {
            Line::Qr { data } => sheet.qr(data)?,
            Line::Barcode { data } => sheet.barcode(pen, data)?,
            Line::Text { .. } | Line::Pair { .. } | Line::Drawn { .. } | Line::Rule | Line::Gap { .. } => {
                sheet.dots.draw(pen, line);
            }
        }
        if sheet.printed_rows + sheet.dots.rows() > SLIP_MM_MAX * DOTS_PER_MM {
            return Err(SlipError::TooLong);
        }
    }
    sheet.dots.feed(FOOT_DOTS);
    sheet.flush();
    sheet.out.raw(CUT);
    if let Ending::WithProof(job) = ending {
        sheet.out.raw(&proof_request(job.mark()));
        sheet.out.raw(FENCE);
    }
    Ok(Encoded {
        bytes: sheet.out.finish(),
        paper_mm: sheet.printed_rows.div_ceil(DOTS_PER_MM),
    })
}

struct Sheet {
    out: Out,
    /// Drawn and not yet in `out`.
    dots: Dots,
    printed_rows: u32,
}

impl Sheet {
    /// Sends the drawn dots as bands.
    fn flush(&mut self) {
        let row_bytes = self.dots.row_bytes();
        for band in self.dots.bytes().chunks(BAND_ROWS_MAX as usize * row_bytes) {
            let rows = band.len() / row_bytes;
            let mut command = b"\x1dv0\x00".to_vec();
            command.extend((row_bytes as u16).to_le_bytes());
            command.extend((rows as u16).to_le_bytes());
            command.extend(band);
            disarm(&mut command[8..]);
            self.out.raw(&command);
        }
        self.printed_rows += self.dots.rows();
        self.dots.clear();
    }

    fn qr(&mut self, data: &str) -> Result<(), SlipError> {
        if data.is_empty() || data.contains('\u{10}') {
            return Err(SlipError::Qr);
        }
        let version = bits::encode_auto(data.as_bytes(), EcLevel::M)
            .map_err(|_too_long| SlipError::Qr)?
            .version();
        let modules = u32::try_from(version.width()).map_err(|_negative| SlipError::Qr)?;
        let module = QR_DOTS_MIN
            .div_ceil(modules)
            .min(self.dots.width() / (modules + 2 * QR_QUIET_MODULES))
            .min(QR_MODULE_DOTS_MAX);
        if module < 2 {
            return Err(SlipError::Qr);
        }
        self.dots.feed(QR_QUIET_MODULES * module);
        self.flush();
        let option = QRCodeOption::new(QRCodeModel::Model2, module as u8, QRCodeCorrectionLevel::M);
        self.out
            .centered(|encoder| encoder.qrcode_option(data, option).map(|_| ()))
            .map_err(|_| SlipError::Qr)?;
        self.printed_rows += modules * module;
        self.dots.feed(QR_QUIET_MODULES * module);
        Ok(())
    }

    fn barcode(&mut self, pen: &mut Pen, data: &str) -> Result<(), SlipError> {
        let printable = data.bytes().all(|byte| (0x20..0x7F).contains(&byte));
        if data.is_empty() || data.len() > BARCODE_CHARS_MAX / 2 || !printable {
            return Err(SlipError::Barcode);
        }
        // Start, data, check and stop; the paper's own edges are the quiet zone.
        let modules = 11 * (data.len() as u32 + 2) + 13;
        let module = (self.dots.width() / modules).min(BARCODE_MODULE_DOTS_MAX);
        if module >= BARCODE_MODULE_DOTS_MIN {
            self.dots.feed(2 * DOTS_PER_MM);
            self.flush();
            // In code set B a brace is written twice.
            let text = format!("{{B{}", data.replace('{', "{{"));
            let mut command = vec![0x1D, b'h', BARCODE_HIGH_DOTS, 0x1D, b'w', module as u8, 0x1D, b'H', 0];
            command.extend([0x1D, b'k', 73, text.len() as u8]);
            command.extend(text.as_bytes());
            self.out
                .centered(|encoder| encoder.custom(&command).map(|_| ()))
                .map_err(|_| SlipError::Barcode)?;
            self.printed_rows += u32::from(BARCODE_HIGH_DOTS);
        } else {
            tracing::warn!(
                chars = data.len(),
                "Barcode is too wide for the paper, only its text is printed"
            );
        }
        pen.text(
            &mut self.dots,
            data,
            height_dots(TextSize::Normal),
            Weight::Regular,
            Align::Center,
        );
        Ok(())
    }
}

/// Printers look for real-time commands in images too. Where dots would read as one, a dot is added.
fn disarm(image: &mut [u8]) {
    for at in 1..image.len() {
        if image[at - 1] == 0x10 && matches!(image[at], 0x04 | 0x05 | 0x14) {
            image[at - 1] = 0x18;
        }
    }
}

/// The crate's encoder over a buffer of ours.
struct Out {
    encoder: Encoder<Collected>,
}

#[derive(Default)]
struct Collected(RefCell<Vec<u8>>);

impl Driver for Collected {
    fn name(&self) -> String {
        "buffer".to_owned()
    }

    fn write(&self, data: &[u8]) -> ::escpos::errors::Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buf: &mut [u8]) -> ::escpos::errors::Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> ::escpos::errors::Result<()> {
        Ok(())
    }
}

impl Out {
    fn new() -> Self {
        Self {
            encoder: Encoder::new(Collected::default(), Protocol::default(), None),
        }
    }

    fn raw(&mut self, bytes: &[u8]) {
        let done = self.encoder.custom(bytes).map(|_| ());
        debug_assert!(done.is_ok(), "queueing bytes cannot fail");
    }

    fn centered(
        &mut self,
        act: impl FnOnce(&mut Encoder<Collected>) -> ::escpos::errors::Result<()>,
    ) -> ::escpos::errors::Result<()> {
        self.encoder.justify(JustifyMode::CENTER)?;
        act(&mut self.encoder)?;
        self.encoder.justify(JustifyMode::LEFT)?;
        Ok(())
    }

    fn finish(mut self) -> Vec<u8> {
        let done = self.encoder.print().map(|_| ());
        debug_assert!(done.is_ok(), "writing into a buffer cannot fail");
        self.encoder.driver().0.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(data: &str) -> Slip {
        Slip {
            lines: vec![Line::Qr { data: data.to_owned() }],
        }
    }

    #[test]
    fn a_slip_begins_clean_and_ends_in_cut_proof_and_fence() {
        let mut pen = Pen::cold();
        let slip = Slip {
            lines: vec![Line::Rule],
        };
        let encoded = encode(&mut pen, &slip, 576, Ending::WithProof(JobId(7))).unwrap();
        assert!(encoded.bytes.starts_with(INIT));
        let mut end = CUT.to_vec();
        end.extend(b"\x1d(H\x06\x00\x30\x30");
        end.extend(JobId(7).mark());
        end.extend(FENCE);
        assert!(encoded.bytes.ends_with(&end));

        let bare = encode(&mut pen, &slip, 576, Ending::Bare).unwrap();
        assert!(bare.bytes.ends_with(CUT));
    }

    #[test]
    fn a_qr_code_is_25_mm_wide_and_fits_the_paper() {
        let mut pen = Pen::cold();
        for width in [384, 576] {
            for length in [1, 20, 60, 120, 300] {
                let data = "x".repeat(length);
                let encoded = encode(&mut pen, &code(&data), width, Ending::Bare).unwrap();
                let at = encoded
                    .bytes
                    .windows(7)
                    .position(|w| w == b"\x1d(k\x03\x00\x31\x43")
                    .unwrap();
                let module = u32::from(encoded.bytes[at + 7]);
                let modules = bits::encode_auto(data.as_bytes(), EcLevel::M)
                    .unwrap()
                    .version()
                    .width() as u32;
                assert!(
                    modules * module >= QR_DOTS_MIN,
                    "{length} characters are {} dots",
                    modules * module
                );
                assert!((modules + 8) * module <= width);
            }
        }
    }

    #[test]
    fn what_no_paper_can_hold_is_refused() {
        let mut pen = Pen::cold();
        let mut refused = |line: Line| encode(&mut pen, &Slip { lines: vec![line] }, 384, Ending::Bare).err();
        assert_eq!(
            refused(Line::Qr {
                data: "x".repeat(3_000)
            }),
            Some(SlipError::Qr)
        );
        assert_eq!(refused(Line::Qr { data: String::new() }), Some(SlipError::Qr));
        assert_eq!(
            refused(Line::Barcode {
                data: "số".to_owned()
            }),
            Some(SlipError::Barcode)
        );
        let long = Slip {
            lines: vec![Line::Gap { mm: 250 }; 7],
        };
        assert_eq!(
            encode(&mut pen, &long, 384, Ending::Bare).err(),
            Some(SlipError::TooLong)
        );
    }

    #[test]
    fn a_barcode_too_wide_for_the_paper_leaves_its_text() {
        let mut pen = Pen::cold();
        let line = Line::Barcode {
            data: "H1234567890123456789012345".to_owned(),
        };
        let encoded = encode(&mut pen, &Slip { lines: vec![line] }, 384, Ending::Bare).unwrap();
        assert!(!encoded.bytes.windows(3).any(|w| w == [0x1D, b'k', 73]));
        assert!(encoded.paper_mm > 4);
    }

    proptest! {
        #[test]
        fn an_image_never_holds_a_real_time_command(mut image in prop::collection::vec(
            prop::sample::select(vec![0x10_u8, 0x04, 0x05, 0x14, 0x00, 0xFF]), 0..400)) {
            let before = image.clone();
            disarm(&mut image);
            prop_assert!(!image.windows(2).any(|w| w[0] == 0x10 && matches!(w[1], 4 | 5 | 0x14)));
            // Dots are only ever added.
            prop_assert!(before.iter().zip(&image).all(|(old, new)| old & new == *old));
        }
    }
}
