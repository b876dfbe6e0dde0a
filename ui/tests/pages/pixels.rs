//! The one screen all tests share, and the colours on it.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock};

use slint::{Rgb8Pixel, SharedPixelBuffer};
use ui::headless::HeadlessWindow;

use crate::look::Rect;

pub type Pixels = SharedPixelBuffer<Rgb8Pixel>;
type Work = Box<dyn FnOnce(&Rc<HeadlessWindow>) + Send>;

/// How many tests may wait for the screen.
const WAITING_MAX: usize = 16;

/// Does something on the thread that owns the screen: a process has one.
pub fn on_screen<R: Send + 'static>(work: impl FnOnce(&Rc<HeadlessWindow>) -> R + Send + 'static) -> R {
    static SCREEN: OnceLock<Mutex<SyncSender<Work>>> = OnceLock::new();
    let screen = SCREEN.get_or_init(|| {
        let (sender, receiver) = sync_channel::<Work>(WAITING_MAX);
        std::thread::spawn(move || {
            let window = ui::headless::install(1080, 1920).expect("The only platform of this process");
            for work in receiver {
                work(&window);
            }
        });
        Mutex::new(sender)
    });
    let (answer, answered) = sync_channel(1);
    let work: Work = Box::new(move |window| answer.send(work(window)).expect("The test waits"));
    screen
        .lock()
        .expect("No test dies while it sends")
        .send(work)
        .expect("The screen lives");
    answered.recv().expect("The screen did not panic")
}

/// Luminance as WCAG 2 has it, 0 to 1.
fn luminance(pixel: Rgb8Pixel) -> f32 {
    let part = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(pixel.r) + 0.7152 * part(pixel.g) + 0.0722 * part(pixel.b)
}

fn contrast(one: Rgb8Pixel, other: Rgb8Pixel) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// How well the words in this box stand out: its commonest colour is the ground, and the colour
/// farthest from it that fills more than a few pixels is the ink.
pub fn standing_out(pixels: &Pixels, rect: &Rect) -> Option<f32> {
    const INK_PIXELS_LEAST: u32 = 4;
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    // Every other pixel each way shows the colours of a letter as well.
    let across = (rect.x.max(0.0) as usize)..(rect.right() as usize).min(width);
    let down = ((rect.y.max(0.0) as usize)..(rect.bottom() as usize).min(height)).step_by(2);
    let mut counts: HashMap<(u8, u8, u8), u32> = HashMap::new();
    for y in down {
        for pixel in pixels.as_slice()[y * width..][across.clone()].iter().step_by(2) {
            *counts.entry((pixel.r, pixel.g, pixel.b)).or_default() += 1;
        }
    }
    let colour = |&(r, g, b): &(u8, u8, u8)| Rgb8Pixel { r, g, b };
    let ground = colour(counts.iter().max_by_key(|(_, count)| **count)?.0);
    counts
        .iter()
        .filter(|(_, count)| **count >= INK_PIXELS_LEAST)
        .map(|(ink, _)| contrast(colour(ink), ground))
        .max_by(f32::total_cmp)
}

#[test]
fn faint_words_are_noticed() {
    let grey = Rgb8Pixel {
        r: 0x99,
        g: 0x99,
        b: 0x99,
    };
    let white = Rgb8Pixel { r: 255, g: 255, b: 255 };
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(20, 20);
    pixels.make_mut_slice().fill(white);
    pixels.make_mut_slice()[80..90].fill(grey);
    let rect = Rect {
        x: 0.0,
        y: 0.0,
        width: 20.0,
        height: 20.0,
    };
    assert!(standing_out(&pixels, &rect).is_some_and(|contrast| contrast < 3.0));
    assert!((contrast(Rgb8Pixel { r: 0, g: 0, b: 0 }, white) - 21.0).abs() < 0.01);
}
