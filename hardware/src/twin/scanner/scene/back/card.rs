//! The two sides of the virtual ID card (thẻ căn cước) as they were printed.
//!
//! Sizes are those of the standards; words, seal and pictures are invented and say that they are a
//! sample (MẪU).

use std::f32::consts::TAU;

use cosmic_text::{Align, Weight};
use image::RgbImage;
use qrcode::{Color, EcLevel, QrCode};

use super::super::sheet::{byte, fraction, whole};
use super::ground;
use super::letters::{Letters, Zone};
use super::wear::Wear;
use crate::twin::card::Person;
use crate::twin::scanner::paper::{BLACK, GREY, Hand, Ink, PALE_RED, PLAIN, Paper, RED, TITLE};

/// Width and height of ID-1 (ISO/IEC 7810; ICAO Doc 9303-5 clause 2.1).
pub(super) const CARD_MM: [f32; 2] = [85.60, 53.98];
/// The corners are round (ISO/IEC 7810; Doc 9303-5 figure 2).
pub(super) const CORNER_MM: f32 = 3.18;
/// Height of the machine readable zone, at the lower edge (Doc 9303-5 figure 6).
pub(super) const ZONE_MM: f32 = 23.3;
/// Contacts of a chip lie from 10.25 to 19.87 mm and from 19.23 to 28.55 mm (ISO/IEC 7816-2); the gold is a little more.
const GOLD_MM: ([f32; 2], [f32; 2]) = ([9.4, 18.3], [11.4, 11.2]);
/// Black burnt into plastic.
const BURNT: [f32; 3] = [38.0, 37.0, 40.0];

const TINY: Hand = Hand { size_pt: 4.6, ..PLAIN };
const SMALL: Hand = Hand { size_pt: 5.6, ..PLAIN };
const CENTRED: Hand = Hand {
    align: Align::Center,
    ..TINY
};
const BOLD: Hand = Hand {
    weight: Weight::BOLD,
    ..CENTRED
};

/// Draws the back: marks, chip, fingers, seal, and the machine readable zone.
pub(super) fn back(
    person: &Person,
    lines: &[String; 3],
    (zone, wear): (Zone, &Wear),
    shift_mm: f32,
    px_per_mm: f32,
) -> RgbImage {
    let mut card = Paper::on(ground::draw(shift_mm, px_per_mm), px_per_mm);
    worthless(&mut card, [21.5, 21.0]);
    gold(&mut card);

    let y = card.text([4.0, 3.0], 50.0, TINY, "Đặc điểm nhận dạng / Personal identification:");
    let y = card.text([4.0, y], 48.0, SMALL, person.marks);
    let issued = format!("Ngày, tháng, năm / Date, month, year: {}", person.issued.written());
    card.text([4.0, y + 0.4], 50.0, TINY, &issued);
    let y = card.text([22.0, 13.2], 34.0, BOLD, "CỤC TRƯỞNG CỤC THỬ NGHIỆM MẪU");
    card.text([22.0, y], 34.0, CENTRED, "DIRECTOR GENERAL (SPECIMEN)");
    card.text([22.0, 27.2], 34.0, CENTRED, "Phạm Văn Không Có");
    card.stamp([35.0, 21.6], 6.2, "MẪU");

    for (x, vietnamese, english) in [
        (65.0, "Ngón trỏ trái", "Left index finger"),
        (77.2, "Ngón trỏ phải", "Right index finger"),
    ] {
        card.text([x - 8.0, 22.6], 16.0, CENTRED, vietnamese);
        card.text(
            [x - 8.0, 24.8],
            16.0,
            Hand {
                size_pt: 3.6,
                ..CENTRED
            },
            english,
        );
    }

    let mut card = card.finish();
    for (x, shift) in [(65.0, shift_mm), (77.2, shift_mm + 2.4)] {
        fingerprint(&mut card, [x, 13.2], shift, px_per_mm);
    }
    burn(&mut card, lines, (zone, wear), px_per_mm);
    card
}

/// Draws the front, on which no machine readable zone stands.
pub(super) fn front(person: &Person, shift_mm: f32, px_per_mm: f32) -> RgbImage {
    let mut card = Paper::on(ground::draw(shift_mm, px_per_mm), px_per_mm);
    worthless(&mut card, [22.5, 45.0]);
    let heading = Hand { size_pt: 5.8, ..BOLD };
    let y = card.text([18.0, 3.0], 50.0, heading, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    let y = card.text([18.0, y], 50.0, CENTRED, "Độc lập – Tự do – Hạnh phúc");
    let title = Hand {
        size_pt: 9.0,
        ink: RED,
        ..BOLD
    };
    card.text([18.0, y], 50.0, title, "CĂN CƯỚC CÔNG DÂN · MẪU");

    card.block([4.0, 18.0], [20.0, 27.0], [176, 190, 204]);
    card.text([4.0, 29.0], 20.0, CENTRED, "ẢNH");
    let number = Hand {
        size_pt: 9.0,
        weight: Weight::BOLD,
        ..PLAIN
    };
    card.text([27.0, 19.0], 40.0, number, person.number);
    let birth = format!("Ngày sinh / Date of birth: {}", person.birth.written());
    let sex = format!(
        "Giới tính / Sex: {}   Quốc tịch / Nationality: Việt Nam",
        person.sex.word()
    );
    let rows = [
        "Họ và tên / Full name:",
        person.name,
        &birth,
        &sex,
        "Quê quán / Place of origin:",
        person.home,
        "Nơi thường trú / Place of residence:",
        person.residence,
    ];
    rows.iter()
        .fold(24.0, |y, words| card.text([27.0, y], 56.0, SMALL, words));
    qr(&mut card, &person.qr());
    card.finish()
}

/// Pale words that what comes later is printed over.
fn worthless(card: &mut Paper, at: [f32; 2]) {
    let pale = Hand {
        size_pt: 12.0,
        ink: PALE_RED,
        ..TITLE
    };
    card.text(at, CARD_MM[0] - at[0], pale, "MẪU · KHÔNG CÓ GIÁ TRỊ");
}

/// The contacts of a chip, parted by fine lines.
fn gold(card: &mut Paper) {
    const GOLD: Ink = [204, 170, 88];
    const GAP: Ink = [142, 112, 52];
    let ([x, y], [width, height]) = GOLD_MM;
    card.block([x, y], [width, height], GOLD);
    card.frame([x, y], [width, height], GAP);
    for part in [0.25, 0.5, 0.75] {
        card.block([x, y + height * part], [width * 0.36, 0.2], GAP);
        card.block([x + width * 0.64, y + height * part], [width * 0.36, 0.2], GAP);
    }
    card.frame([x + width * 0.36, y], [width * 0.28, height], GAP);
}

/// The print of a finger: grey ridges around a core, within an oval.
fn fingerprint(card: &mut RgbImage, [x, y]: [f32; 2], shift: f32, px_per_mm: f32) {
    const RADIUS_MM: [f32; 2] = [5.4, 8.0];
    const RIDGE_MM: f32 = 0.55;
    for (col, row, pixel) in card.enumerate_pixels_mut() {
        let [dx, dy] = [
            (fraction(col) + 0.5) / px_per_mm - x,
            (fraction(row) + 0.5) / px_per_mm - y,
        ];
        let out = (dx / RADIUS_MM[0]).hypot(dy / RADIUS_MM[1]);
        if out >= 1.0 {
            continue;
        }
        let bent = (dx + 0.5 * (dy * 0.8 + shift).sin()).hypot((dy + 1.0) * 0.72);
        let ridges = bent + 0.35 * (dx * 0.7 + shift).sin() + 0.3 * (dy * 0.9 + shift * 2.0).cos();
        let ridge = (0.5 + 0.5 * (ridges / RIDGE_MM * TAU).sin()).powi(2);
        let cover = ridge * (0.55 + 0.3 * (dx * 1.3 + dy * 0.6 + shift).sin()) * ((1.0 - out) * 9.0).min(1.0);
        for (level, ink) in pixel.0.iter_mut().zip(GREY) {
            let below = f32::from(*level);
            *level = byte(below + (f32::from(ink) - 30.0 - below) * cover.clamp(0.0, 1.0));
        }
    }
}

/// Burns the machine readable zone into the card, except where it is worn.
fn burn(card: &mut RgbImage, lines: &[String; 3], (zone, wear): (Zone, &Wear), px_per_mm: f32) {
    let letters = Letters::new(lines, zone);
    let first_row = whole((CARD_MM[1] - ZONE_MM) * px_per_mm);
    for row in first_row..card.height() {
        for col in 0..card.width() {
            let at = [col, row].map(|px| (fraction(px) + 0.5) / px_per_mm);
            let cover = letters.ink(at, px_per_mm);
            if cover > 0.0 {
                let cover = cover * wear.kept([col, row]);
                for (level, ink) in card.get_pixel_mut(col, row).0.iter_mut().zip(BURNT) {
                    let below = f32::from(*level);
                    *level = byte(below + (ink - below) * cover);
                }
            }
        }
    }
}

/// The code at the upper right, as large as it is on the card.
fn qr(card: &mut Paper, words: &str) {
    const SIDE_MM: f32 = 13.5;
    let Ok(code) = QrCode::with_error_correction_level(words, EcLevel::M) else {
        return;
    };
    let modules = u16::try_from(code.width()).unwrap_or(u16::MAX);
    let module = SIDE_MM / f32::from(modules);
    let colours = code.to_colors();
    let places = (0..modules).flat_map(|row| (0..modules).map(move |col| [f32::from(col), f32::from(row)]));
    for (place, _) in places.zip(colours).filter(|(_, colour)| *colour == Color::Dark) {
        let [x, y] = [69.0 + place[0] * module, 3.0 + place[1] * module];
        card.block([x, y], [module, module], BLACK);
    }
}
