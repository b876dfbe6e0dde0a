use image::imageops::{GaussianBlurParameters, blur_advanced, rotate90, rotate180};
use image::{GrayImage, Luma as Pixel};
use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;
use qrcode::{EcLevel, QrCode};

use super::*;

const DPI: u32 = 300;
const WIDTH: u32 = 2480;
const HEIGHT: u32 = 3508;
const PAPER: Pixel<u8> = Pixel([247]);
const INK: Pixel<u8> = Pixel([30]);
/// Invented, in the form of the QR code on an ID card.
const CARD: &str = "000000000001|000000002|Nguyễn Thị Ví Dụ|01021990|Nữ|Số 0, phố Không Có Thật|20112026";

fn sheet() -> GrayImage {
    GrayImage::from_pixel(WIDTH, HEIGHT, PAPER)
}

fn page(image: &GrayImage) -> PageImage {
    let mut jpeg = Vec::new();
    let size = |px: u32| u16::try_from(px).unwrap();
    Encoder::new(&mut jpeg, 85)
        .encode(image, size(image.width()), size(image.height()), ColorType::Luma)
        .unwrap();
    PageImage {
        jpeg,
        width_px: image.width(),
        height_px: image.height(),
        dpi: DPI,
    }
}

fn block(image: &mut GrayImage, [x, y]: [u32; 2], [width, height]: [u32; 2]) {
    for (x, y) in (y..y + height).flat_map(|y| (x..x + width).map(move |x| (x, y))) {
        image.put_pixel(x, y, INK);
    }
}

fn draw_qr(image: &mut GrayImage, [x, y]: [u32; 2], module: u32, text: &str) {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    for (at, colour) in (0..).zip(code.to_colors()) {
        if colour == qrcode::Color::Dark {
            let (column, row) = (at % code.width(), at / code.width());
            let place = |cell: usize| u32::try_from(cell).unwrap() * module;
            block(image, [x + place(column), y + place(row)], [module, module]);
        }
    }
}

/// Bars from an encoder of its own (zint), so that the reader is not asked about itself.
fn draw_bars(image: &mut GrayImage, [x, y]: [u32; 2], module: u32, format: BarcodeFormat, text: &str) {
    let code = zxingcpp::create(format).from_str(text).unwrap();
    let bars = code
        .to_image_with(&zxingcpp::write().scale(1).add_hrt(false).add_quiet_zones(false))
        .unwrap();
    let row = &bars.data()[..usize::try_from(bars.width()).unwrap()];
    for (at, _) in (0..).zip(row).filter(|(_, value)| **value < 128) {
        block(image, [x + at * module, y], [module, 120]);
    }
}

fn said(image: &GrayImage) -> Vec<(CodeKind, String)> {
    read(&page(image))
        .unwrap()
        .into_iter()
        .map(|code| (code.kind, code.text))
        .collect()
}

/// Ink and paper vary by up to `strength`, the same each time.
fn noisy(mut image: GrayImage, strength: u8) -> GrayImage {
    let mut state = 1_u32;
    for pixel in image.pixels_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let vary = i32::from(state.to_be_bytes()[0]) * i32::from(strength) / 128 - i32::from(strength);
        pixel.0[0] = u8::try_from((i32::from(pixel.0[0]) + vary).clamp(0, 255)).unwrap();
    }
    image
}

fn blurred(image: &GrayImage, sigma: f32) -> GrayImage {
    blur_advanced(image, GaussianBlurParameters::new_from_sigma(sigma))
}

/// Turns the page about its middle by some degrees.
fn skewed(image: &GrayImage, degrees: f32) -> GrayImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = [WIDTH as f32 / 2.0, HEIGHT as f32 / 2.0];
    GrayImage::from_fn(image.width(), image.height(), |x, y| {
        let (dx, dy) = (x as f32 - middle[0], y as f32 - middle[1]);
        let (from_x, from_y) = (middle[0] + dx * cos + dy * sin, middle[1] - dx * sin + dy * cos);
        if from_x < 0.0 || from_y < 0.0 {
            return PAPER;
        }
        image
            .get_pixel_checked(from_x as u32, from_y as u32)
            .copied()
            .unwrap_or(PAPER)
    })
}

/// All three kinds, as they stand on papers: a QR code of 30 mm, bars of 0.34 mm.
fn three() -> (GrayImage, Vec<(CodeKind, String)>) {
    let mut image = sheet();
    draw_qr(&mut image, [1900, 200], 6, CARD);
    draw_bars(
        &mut image,
        [300, 1500],
        4,
        BarcodeFormat::Code128,
        "000.00.06.H56-261120-0361",
    );
    draw_bars(&mut image, [300, 2900], 4, BarcodeFormat::Code39, "MAU-2026-0007");
    let all = [
        (CodeKind::Qr, CARD),
        (CodeKind::Code128, "000.00.06.H56-261120-0361"),
        (CodeKind::Code39, "MAU-2026-0007"),
    ];
    (image, all.map(|(kind, text)| (kind, text.to_owned())).to_vec())
}

#[test]
fn qr_and_both_kinds_of_bars_are_read_with_their_places() {
    let (image, all) = three();
    let codes = read(&page(&image)).unwrap();
    let have: Vec<_> = codes.iter().map(|code| (code.kind, code.text.clone())).collect();
    assert_eq!(have, all);

    let qr = &codes[0];
    assert!(
        qr.left_px.abs_diff(1900) < 12 && qr.top_px.abs_diff(200) < 12,
        "{} {}",
        qr.left_px,
        qr.top_px
    );
    assert!((150..400).contains(&qr.width_px) && qr.width_px.abs_diff(qr.height_px) < 12);
    let bars = &codes[1];
    assert!(
        bars.left_px.abs_diff(300) < 20 && (1490..1620).contains(&bars.top_px),
        "{} {}",
        bars.left_px,
        bars.top_px
    );
}

#[test]
fn a_page_may_lie_on_its_head_or_its_side_or_askew() {
    let (image, mut all) = three();
    all.sort_by_key(|(kind, _)| *kind as u8);
    for (turned, how) in [
        (rotate180(&image), "on its head"),
        (rotate90(&image), "on its side"),
        (skewed(&image, 4.0), "askew by 4°"),
        (skewed(&image, -3.0), "askew by −3°"),
    ] {
        let mut have = said(&turned);
        have.sort_by_key(|(kind, _)| *kind as u8);
        assert_eq!(have, all, "{how}");
    }
}

#[test]
fn what_is_blurred_or_noisy_is_read_by_the_second_reader_and_never_wrong() {
    let (image, all) = three();
    let (mut read_codes, mut seen) = (0, 0);
    for worse in [
        blurred(&image, 1.5),
        blurred(&image, 2.5),
        noisy(image.clone(), 60),
        noisy(blurred(&image, 1.5), 60),
        noisy(skewed(&image, 3.0), 50),
    ] {
        let codes = said(&worse);
        for code in &codes {
            assert!(all.contains(code), "wrong: {code:?}");
        }
        read_codes += codes.len();
        seen += all.len();
    }
    assert!(read_codes >= 13, "{read_codes} of {seen} codes were read");
}

#[test]
fn the_second_reader_reads_a_qr_code_that_the_first_cannot() {
    let mut image = sheet();
    draw_qr(&mut image, [400, 400], 5, CARD);
    let worse = noisy(blurred(&image, 1.5), 50);
    assert!(
        !quick(&Luma::of(&page(&worse)).unwrap()).all_read,
        "too easy for this test"
    );
    assert_eq!(said(&worse), [(CodeKind::Qr, CARD.to_owned())]);
}

#[test]
fn code_39_is_told_as_it_is_printed_and_not_as_it_might_be_meant() {
    // The library alone says "A012345676", "125BND" and "PZN…" for such.
    for text in ["12/UBND", "A+B/C 7", "-12345678", "HS$A%B"] {
        let mut image = sheet();
        draw_bars(&mut image, [300, 700], 4, BarcodeFormat::Code39, text);
        assert_eq!(said(&image), [(CodeKind::Code39, text.to_owned())]);
    }
    let six_characters = (0..400).map(|number| format!("{:06}", number * 2_477));
    let pharmacy: Vec<_> = six_characters.filter(|text| is_code_32(text)).take(4).collect();
    assert_eq!(pharmacy.len(), 4);
    for text in pharmacy {
        let mut image = sheet();
        draw_bars(&mut image, [300, 700], 4, BarcodeFormat::Code39, &text);
        assert_eq!(said(&image), [(CodeKind::Code39, text)]);
    }
}

/// Whether six characters happen to be an Italian pharmacy number: base 32 with a check digit.
fn is_code_32(text: &str) -> bool {
    const DIGITS: &str = "0123456789BCDFGHJKLMNPQRSTUVWXYZ";
    let value = text.chars().fold(0_u32, |value, digit| {
        value * 32 + u32::try_from(DIGITS.find(digit).unwrap()).unwrap()
    });
    let digits: Vec<u32> = format!("{value:09}")
        .bytes()
        .map(|byte| u32::from(byte - b'0'))
        .collect();
    let sum: u32 = (0..8)
        .map(|at| {
            if at % 2 == 0 {
                digits[at]
            } else {
                digits[at] * 2 % 10 + digits[at] / 5
            }
        })
        .sum();
    digits.len() == 9 && sum % 10 == digits[8]
}

#[test]
fn two_codes_of_one_text_are_two_and_one_code_is_one() {
    let mut image = sheet();
    draw_qr(&mut image, [200, 200], 6, "MAU-1");
    draw_qr(&mut image, [1200, 2200], 6, "MAU-1");
    assert_eq!(said(&image).len(), 2);
}

#[test]
fn a_page_without_codes_has_none() {
    assert_eq!(said(&sheet()), []);
    assert_eq!(said(&noisy(sheet(), 120)), []);
    let mut lines = sheet();
    for y in (300..3000).step_by(90) {
        for x in (200..2200).step_by(23) {
            block(&mut lines, [x, y], [x % 9 + 2, 50]);
        }
    }
    assert_eq!(said(&lines), []);
}

#[test]
fn a_page_full_of_finder_patterns_does_not_hold_the_reader() {
    for module in [3, 10] {
        let mut image = sheet();
        let step = module * 16;
        for (x, y) in
            (1..HEIGHT / step - 1).flat_map(|row| (1..WIDTH / step - 1).map(move |column| (column * step, row * step)))
        {
            block(&mut image, [x, y], [7 * module, 7 * module]);
            for (x, y) in (module..6 * module).flat_map(|dy| (module..6 * module).map(move |dx| (x + dx, y + dy))) {
                image.put_pixel(x, y, PAPER);
            }
            block(&mut image, [x + 2 * module, y + 2 * module], [3 * module, 3 * module]);
        }
        let began = std::time::Instant::now();
        assert_eq!(said(&image), []);
        // The first reader alone takes 10 s for the larger ones.
        assert!(
            began.elapsed().as_secs() < 5,
            "took {:?} with modules of {module} pixels",
            began.elapsed()
        );
    }
}

#[test]
fn debug_of_a_code_hides_what_it_says() {
    let mut image = sheet();
    draw_qr(&mut image, [200, 200], 6, CARD);
    let shown = format!("{:?}", read(&page(&image)).unwrap());
    assert_eq!(shown, "[PageCode(Qr, hidden)]");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_picture_is_survived(
        width in 1_u32..120, height in 1_u32..120, dpi in 0_u32..2400, pixels in proptest::collection::vec(any::<u8>(), 1..600),
    ) {
        let image = GrayImage::from_fn(width, height, |x, y| {
            Pixel([pixels[(x as usize * 7 + y as usize * 131) % pixels.len()]])
        });
        let page = PageImage { dpi, ..page(&image) };
        prop_assert!(read(&page).unwrap().len() <= CODES_MAX);
    }

    #[test]
    fn any_bytes_in_place_of_a_jpeg_are_survived(
        at in 0_usize..3000, bytes in proptest::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut torn = page(&GrayImage::from_fn(64, 64, |x, y| Pixel([u8::try_from(x * y % 256).unwrap()])));
        let at = at % torn.jpeg.len();
        let end = (at + bytes.len()).min(torn.jpeg.len());
        torn.jpeg[at..end].copy_from_slice(&bytes[..end - at]);
        let _is_read_or_refused = read(&torn).is_ok();
    }
}
