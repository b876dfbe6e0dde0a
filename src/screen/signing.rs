//! The field in which one signs. While the finger moves, its line is drawn here, piece by piece, and nobody else hears of
//! it; when it leaves, the whole stroke goes to the session. So a hundred points a second cost the loop nothing.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Instant;

use tokio::sync::mpsc;
use ui::Kiosk;
use ui::slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

mod far;

use super::{FromScreen, Shown, send, staff};
use crate::dossier::{DrawingFault, POINTS_MAX, Point, Signature, Stroke};
use crate::session::handing::signing::{At, Signing};
use crate::session::{Event, News, Touch};

/// Points of one piece of a line: what is drawn anew while the finger moves.
const PIECE_POINTS_MAX: usize = 16;
/// A finger that trembles on its place draws nothing, in hundredths of a millimetre.
const STEP_MIN_MM100: u16 = 15;
/// Around the points of a piece, for the width of the line, in millimetres.
const MARGIN_MM: f32 = 0.6;

/// The lines on the page, and the one that is being drawn. Lives on the screen's thread.
#[derive(Default)]
pub struct Pen {
    pieces: Rc<VecModel<ui::LinePiece>>,
    state: RefCell<Lines>,
}

#[derive(Default)]
struct Lines {
    /// Whole strokes on the page.
    strokes: usize,
    /// Of the stroke under the finger.
    live: Option<Stroke>,
    /// When the first stroke began.
    began: Option<Instant>,
}

impl Pen {
    pub fn model(&self) -> ModelRc<ui::LinePiece> {
        ModelRc::from(Rc::clone(&self.pieces))
    }

    fn down(&self, x_mm: f32, y_mm: f32) {
        let mut lines = self.state.borrow_mut();
        let began = *lines.began.get_or_insert_with(Instant::now);
        let first = point(x_mm, y_mm, began);
        lines.live = Some(vec![first]);
        self.pieces.push(piece(&[first]));
    }

    fn moved(&self, x_mm: f32, y_mm: f32) {
        let mut lines = self.state.borrow_mut();
        let Some(began) = lines.began else { return };
        let Some(live) = &mut lines.live else { return };
        let next = point(x_mm, y_mm, began);
        let far = live.last().is_none_or(|last| {
            last.x_mm100
                .abs_diff(next.x_mm100)
                .max(last.y_mm100.abs_diff(next.y_mm100))
                >= STEP_MIN_MM100
        });
        if !far || live.len() >= POINTS_MAX {
            return;
        }
        live.push(next);
        // Pieces share a point, so that the line has no gaps.
        let at = (live.len() - 2) / (PIECE_POINTS_MAX - 1) * (PIECE_POINTS_MAX - 1);
        let drawn = piece(&live[at..]);
        if live.len() - at == 2 && at > 0 {
            self.pieces.push(drawn);
        } else {
            self.pieces.set_row_data(self.pieces.row_count() - 1, drawn);
        }
    }

    fn up(&self) -> Option<Stroke> {
        let mut lines = self.state.borrow_mut();
        let stroke = lines.live.take()?;
        lines.strokes += 1;
        Some(stroke)
    }

    /// What the session has is on the page; a line under the finger stays.
    fn show(&self, strokes: &[Stroke]) {
        let mut lines = self.state.borrow_mut();
        if lines.strokes == strokes.len() || lines.live.is_some() {
            return;
        }
        let drawn: Vec<_> = strokes.iter().flat_map(|stroke| pieces(stroke)).collect();
        self.pieces.set_vec(drawn);
        lines.strokes = strokes.len();
        if strokes.is_empty() {
            lines.began = None;
        }
    }

    /// Nothing of a signature stays on a page that is not shown.
    fn wipe(&self) {
        let mut lines = self.state.borrow_mut();
        if self.pieces.row_count() > 0 {
            self.pieces.set_vec(vec![]);
        }
        *lines = Lines::default();
    }
}

/// Pieces of at most [`PIECE_POINTS_MAX`] points, each beginning where the last one ended.
fn pieces(stroke: &[Point]) -> Vec<ui::LinePiece> {
    if stroke.len() < 2 {
        return stroke.chunks(1).map(piece).collect();
    }
    (0..stroke.len() - 1)
        .step_by(PIECE_POINTS_MAX - 1)
        .map(|at| piece(&stroke[at..stroke.len().min(at + PIECE_POINTS_MAX)]))
        .collect()
}

fn point(x_mm: f32, y_mm: f32, began: Instant) -> Point {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a panel is shorter than 655 mm, and what is not is cut"
    )]
    let mm100 = |mm: f32| (mm * 100.0).round() as u16;
    Point {
        x_mm100: mm100(x_mm),
        y_mm100: mm100(y_mm),
        t_ms: u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX),
    }
}

/// A line in a box of its own, in millimetres.
fn piece(points: &[Point]) -> ui::LinePiece {
    let mm = |mm100: u16| f32::from(mm100) / 100.0;
    let least = |of: fn(&Point) -> u16| mm(points.iter().map(of).min().unwrap_or_default()) - MARGIN_MM;
    let most = |of: fn(&Point) -> u16| mm(points.iter().map(of).max().unwrap_or_default()) + MARGIN_MM;
    let (left, top) = (least(|point| point.x_mm100), least(|point| point.y_mm100));
    let mut commands = String::new();
    for (at, point) in points.iter().enumerate() {
        let command = if at == 0 { 'M' } else { 'L' };
        // Writing into a text cannot fail.
        let _ = write!(
            commands,
            "{command}{:.2} {:.2} ",
            mm(point.x_mm100) - left,
            mm(point.y_mm100) - top
        );
    }
    if points.len() == 1 {
        // A line of no length is not drawn: a dot is a very short one.
        commands.push_str("l0.05 0");
    }
    ui::LinePiece {
        x: left,
        y: top,
        width: most(|point| point.x_mm100) - left,
        height: most(|point| point.y_mm100) - top,
        commands: commands.into(),
    }
}

pub fn bind(kiosk: &Kiosk, pen: &Rc<Pen>, out: &mpsc::Sender<FromScreen>) {
    let page = kiosk.global::<ui::SignPage>();
    page.set_pieces(pen.model());
    let to = Rc::clone(pen);
    page.on_down(move |x, y| to.down(x, y));
    let to = Rc::clone(pen);
    page.on_moved(move |x, y| to.moved(x, y));
    let (from, to) = (Rc::clone(pen), out.clone());
    page.on_up(move || {
        if let Some(stroke) = from.up() {
            send(&to, FromScreen::Event(Event::News(News::Touch(Touch::Stroke(stroke)))));
        }
    });
}

pub fn page(signing: &Signing) -> ui::PageName {
    match signing.at {
        At::Pin { .. } => ui::PageName::StaffPin,
        At::Phone { .. } => ui::PageName::Question,
        At::Choosing | At::Way | At::Far(_) => ui::PageName::SignFar,
        At::Signed if far::is_signed(signing) => ui::PageName::SignFar,
        At::Drawing { .. } | At::Signed | At::Unable | At::Witness { .. } => ui::PageName::Sign,
    }
}

pub fn fill(kiosk: &Kiosk, pen: &Pen, shown: &Shown, signing: Option<&Signing>) {
    let page = kiosk.global::<ui::SignPage>();
    let Some(signing) = signing else {
        pen.wipe();
        page.set_witness(SharedString::new());
        far::wipe(kiosk);
        return;
    };
    pen.show(signing.strokes());
    far::fill(kiosk, shown, signing);
    page.set_trouble(match signing.at {
        At::Drawing { fault, .. } => match fault {
            None => ui::SignTrouble::None,
            Some(DrawingFault::TooLittle) => ui::SignTrouble::Little,
            Some(DrawingFault::Full) => ui::SignTrouble::Full,
        },
        At::Choosing
        | At::Way
        | At::Phone { .. }
        | At::Far(_)
        | At::Signed
        | At::Unable
        | At::Pin { .. }
        | At::Witness { .. } => ui::SignTrouble::None,
    });
    match &signing.at {
        At::Drawing { .. } => page.set_state(ui::SignState::Drawing),
        At::Signed => page.set_state(match signing.draft.signature {
            Some(Signature::Witnessed { .. }) => ui::SignState::Vouched,
            Some(Signature::Drawn(_) | Signature::Remote(_)) | None => ui::SignState::Signed,
        }),
        At::Choosing | At::Way | At::Phone { .. } | At::Far(_) => {}
        At::Unable => page.set_state(ui::SignState::Unable),
        At::Pin { typed, refused } => staff::fill_pin(kiosk, shown, typed.0.len(), *refused),
        At::Witness { who } => {
            page.set_witness((&**who).into());
            page.set_state(ui::SignState::Witness);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_small_and_join_without_a_gap() {
        for points in 1..100_u16 {
            let stroke: Stroke = (0..points).map(|n| (n * 50, 100, u32::from(n)).into()).collect();
            let pieces = pieces(&stroke);
            assert!(!pieces.is_empty());
            for pair in pieces.windows(2) {
                // The end of one is the beginning of the next.
                let end = pair[0].x + pair[0].width - MARGIN_MM;
                let begin = pair[1].x + MARGIN_MM;
                assert!((end - begin).abs() < 0.01, "{points}: {end} {begin}");
            }
            let last = pieces.last().unwrap();
            let end = last.x + last.width - MARGIN_MM;
            assert!((end - f32::from((points - 1) * 50) / 100.0).abs() < 0.01, "{points}");
        }
    }

    #[test]
    fn a_line_drawn_point_by_point_is_the_line_that_is_shown_later() {
        let pen = Pen::default();
        pen.down(0.0, 1.0);
        for n in 1..70_u8 {
            pen.moved(f32::from(n), 1.0);
            // A trembling finger.
            pen.moved(f32::from(n) + 0.05, 1.0);
        }
        let stroke = pen.up().unwrap();
        assert_eq!(stroke.len(), 70);
        let drawn: Vec<_> = pen.pieces.iter().collect();
        assert_eq!(drawn, pieces(&stroke));
        assert!(stroke.windows(2).all(|pair| pair[0].t_ms <= pair[1].t_ms));
        // The session has it, too: nothing is drawn anew. It has none: all is wiped.
        pen.show(&[stroke]);
        assert_eq!(pen.pieces.iter().collect::<Vec<_>>(), drawn);
        pen.show(&[]);
        assert_eq!(pen.pieces.row_count(), 0);
    }
}
