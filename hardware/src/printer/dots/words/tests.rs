//! What must hold for every word on paper.

use super::*;

fn black(dots: &Dots) -> u32 {
    dots.bytes().iter().map(|byte| byte.count_ones()).sum()
}

#[test]
fn no_mark_of_any_vietnamese_letter_is_cut_at_any_size() {
    let mut pen = Pen::cold();
    for em in [28, 34, 51, 120, 200, 280] {
        for weight in [Weight::Regular, Weight::Bold] {
            for letter in ALPHABET.chars().filter(|letter| !letter.is_whitespace()) {
                let mut alone = Dots::new(576);
                pen.text(&mut alone, &letter.to_string(), em, weight, Align::Left);
                // The same letter with plenty of white around it has exactly as much ink.
                let laid = pen.lay(&letter.to_string(), em, weight, Some(576), Side::Left);
                let mut roomy = Dots::new(800);
                roomy.feed(800);
                for placed in &laid.glyphs {
                    let placed = Placed {
                        key: placed.key,
                        x: placed.x + 200,
                        y: placed.y,
                    };
                    assert_eq!(pen.blit(&mut roomy, &placed, 200), 0);
                }
                assert_eq!(black(&alone), black(&roomy), "{letter} at {em} dots");
                assert!(black(&alone) > 0, "{letter} is missing in the font");
            }
        }
    }
}

#[test]
fn letters_with_stacked_marks_differ_from_those_without() {
    let mut pen = Pen::cold();
    for (plain, marked) in [
        ("Â", "Ẫ"),
        ("ă", "ẵ"),
        ("ư", "ữ"),
        ("ơ", "ợ"),
        ("y", "ỹ"),
        ("A", "Ắ"),
        ("O", "Ố"),
    ] {
        for size in [TextSize::Small, TextSize::Normal, TextSize::Large] {
            let [plain, marked] = [plain, marked].map(|word| {
                let mut dots = Dots::new(384);
                pen.text(&mut dots, word, height_dots(size), Weight::Regular, Align::Left);
                black(&dots)
            });
            assert!(marked > plain + 3);
        }
    }
}

#[test]
fn composed_and_decomposed_letters_are_drawn_alike() {
    let mut pen = Pen::cold();
    let [composed, decomposed] = [
        "ẵẶậữợỹ",
        "a\u{306}\u{303}A\u{323}\u{306}a\u{323}\u{302}u\u{31b}\u{303}o\u{31b}\u{323}y\u{303}",
    ]
    .map(|text| {
        let mut dots = Dots::new(576);
        pen.text(&mut dots, text, 34, Weight::Regular, Align::Left);
        dots
    });
    assert!(composed == decomposed);
}

#[test]
fn a_queue_number_fills_the_width_but_is_never_higher_than_25_mm() {
    let mut pen = Pen::cold();
    for width in [384, 576] {
        for text in ["A001", "1", "Ẫ7", "AW-1234567890", "B12", ""] {
            let mut dots = Dots::new(width);
            pen.huge(&mut dots, text, Weight::Bold, Align::Center);
            let inked: Vec<u32> = (0..dots.rows())
                .filter(|y| (0..width).any(|x| dots.is_black(x, *y)))
                .collect();
            if let (Some(first), Some(last)) = (inked.first(), inked.last()) {
                assert!(last - first < HUGE_DOTS_MAX, "{text} is {} dots high", last - first);
            }
            if text == "A001" {
                let wide = (0..width).filter(|x| (0..dots.rows()).any(|y| dots.is_black(*x, y)));
                assert!(wide.count() as u32 > width * 3 / 5);
            }
        }
    }
}

#[test]
fn text_that_wraps_keeps_every_word_on_the_paper() {
    let mut pen = Pen::cold();
    let text = "Trung tâm Phục vụ hành chính công xã Đồng Nghĩa, huyện Nguyễn Ẩn — Nghiêngnghiêngnghiêngnghiêngnghiêng";
    for width in [384, 576] {
        let mut dots = Dots::new(width);
        pen.text(&mut dots, text, 51, Weight::Bold, Align::Center);
        assert!(dots.rows() > 51 * 3);
    }
}
