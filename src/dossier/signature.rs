//! A signature (chữ ký): drawn with a finger, given from afar, or replaced by a member of staff who was there.
//!
//! A drawn one is kept as what the finger did, points with their time, not as a picture of it: how somebody writes tells
//! more than what is left on the paper. All of it is personal.

use std::fmt;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Strokes of one signature; a long name with all its marks has about thirty.
pub const STROKES_MAX: usize = 60;
/// Points of one signature: half a minute of a finger at a hundred points a second.
pub const POINTS_MAX: usize = 3_000;
/// A shorter line is no signature, in hundredths of a millimetre.
const LENGTH_MIN_MM100: f64 = 2_500.0;
/// Nor is what fits under a fingertip.
const SPAN_MIN_MM100: u16 = 800;

/// How a dossier was signed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// Vẽ tay.
    Drawn(Drawing),
    /// The person cannot write: a member of staff, by name, has read it to them and vouches for their will.
    Witnessed { by: String, at: Timestamp },
    /// With a key of their own, through the province.
    Remote(RemoteSignature),
}

/// Logs may hold this type; they never hold a signature.
impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(hidden)")
    }
}

/// A signature that was given on the person's own telephone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteSignature {
    /// The key under which the province was asked.
    pub key: Uuid,
    /// The province's number of it (mã giao dịch ký).
    pub transaction: String,
    /// What was signed, letter by letter.
    pub statement: String,
    pub signed_at: Timestamp,
}

/// Logs may hold this type; its statement names the person.
impl fmt::Debug for RemoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteSignature({}, hidden)", self.key)
    }
}

/// What a finger drew.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    pub strokes: Vec<Stroke>,
}

impl fmt::Debug for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drawing({} strokes, hidden)", self.strokes.len())
    }
}

/// From a finger's touch to its leaving.
pub type Stroke = Vec<Point>;

/// Where the finger was, from the upper left corner of the field, and when, from the first touch.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u16, u16, u32)", into = "(u16, u16, u32)")]
pub struct Point {
    pub x_mm100: u16,
    pub y_mm100: u16,
    pub t_ms: u32,
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Point(hidden)")
    }
}

impl From<(u16, u16, u32)> for Point {
    fn from((x_mm100, y_mm100, t_ms): (u16, u16, u32)) -> Self {
        Self { x_mm100, y_mm100, t_ms }
    }
}

impl From<Point> for (u16, u16, u32) {
    fn from(point: Point) -> Self {
        (point.x_mm100, point.y_mm100, point.t_ms)
    }
}

/// Why a drawing cannot be taken, or not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawingFault {
    /// A dot or a dash.
    TooLittle,
    /// More than [`STROKES_MAX`] or [`POINTS_MAX`]: what came after is not in it.
    Full,
}

impl Drawing {
    pub fn points(&self) -> usize {
        self.strokes.iter().map(Vec::len).sum()
    }

    /// # Errors
    /// If there is no room for all of it: then nothing of it is in.
    pub fn add(&mut self, stroke: Stroke) -> Result<(), DrawingFault> {
        if self.strokes.len() >= STROKES_MAX || self.points() + stroke.len() > POINTS_MAX {
            return Err(DrawingFault::Full);
        }
        if !stroke.is_empty() {
            self.strokes.push(stroke);
        }
        Ok(())
    }

    /// Whether somebody would call it a signature.
    ///
    /// # Errors
    /// If it is too short, or too small.
    pub fn check(&self) -> Result<(), DrawingFault> {
        let length: f64 = self
            .strokes
            .iter()
            .flat_map(|stroke| stroke.windows(2))
            .map(|pair| {
                let across = f64::from(pair[0].x_mm100) - f64::from(pair[1].x_mm100);
                let along = f64::from(pair[0].y_mm100) - f64::from(pair[1].y_mm100);
                across.hypot(along)
            })
            .sum();
        let span = |of: fn(&Point) -> u16| {
            let all = || self.strokes.iter().flatten().map(of);
            all().max().unwrap_or_default() - all().min().unwrap_or_default()
        };
        let large = span(|point| point.x_mm100).max(span(|point| point.y_mm100)) >= SPAN_MIN_MM100;
        if large && length >= LENGTH_MIN_MM100 {
            Ok(())
        } else {
            Err(DrawingFault::TooLittle)
        }
    }

    /// As the `d` of an SVG path, in millimetres.
    pub fn svg_path(&self) -> String {
        let mut path = String::new();
        for stroke in &self.strokes {
            for (at, point) in stroke.iter().enumerate() {
                let command = if at == 0 { 'M' } else { 'L' };
                let (x, y) = (f64::from(point.x_mm100) / 100.0, f64::from(point.y_mm100) / 100.0);
                // Writing into a text cannot fail.
                let _ = write!(path, "{command}{x:.2} {y:.2} ");
            }
        }
        path.truncate(path.trim_end().len());
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: (u16, u16), to: (u16, u16), points: u16) -> Stroke {
        let part = |a: u16, b: u16, n: u16| {
            u16::try_from(
                (u32::from(a) * u32::from(points - 1 - n) + u32::from(b) * u32::from(n)) / u32::from(points - 1),
            )
            .unwrap()
        };
        (0..points)
            .map(|n| (part(from.0, to.0, n), part(from.1, to.1, n), u32::from(n) * 10).into())
            .collect()
    }

    #[test]
    fn a_dot_and_a_dash_are_no_signature_and_a_cross_is() {
        let of = |strokes: Vec<Stroke>| Drawing { strokes }.check();
        assert_eq!(of(vec![]), Err(DrawingFault::TooLittle));
        assert_eq!(of(vec![vec![(500, 500, 0).into(); 50]]), Err(DrawingFault::TooLittle));
        assert_eq!(of(vec![line((0, 0), (1_000, 0), 20)]), Err(DrawingFault::TooLittle));
        // Who cannot write makes a cross.
        let cross = vec![line((0, 0), (1_500, 1_500), 20), line((0, 1_500), (1_500, 0), 20)];
        assert_eq!(of(cross), Ok(()));
    }

    #[test]
    fn a_drawing_never_grows_past_its_limits() {
        let mut drawing = Drawing::default();
        assert_eq!(drawing.add(line((0, 0), (9_000, 0), 3_000)), Ok(()));
        let before = drawing.clone();
        assert_eq!(drawing.add(line((0, 0), (9_000, 0), 2)), Err(DrawingFault::Full));
        assert_eq!(drawing, before);
        let mut drawing = Drawing::default();
        for _ in 0..STROKES_MAX {
            assert_eq!(drawing.add(line((0, 0), (10, 0), 2)), Ok(()));
        }
        assert_eq!(drawing.add(line((0, 0), (10, 0), 2)), Err(DrawingFault::Full));
    }

    #[test]
    fn it_is_kept_as_points_with_time_and_drawn_as_a_path() {
        let drawing = Drawing {
            strokes: vec![
                vec![(1_234, 50, 0).into(), (1_300, 75, 16).into()],
                vec![(0, 0, 90).into()],
            ],
        };
        let kept = serde_json::to_string(&drawing).unwrap();
        assert_eq!(kept, r#"{"strokes":[[[1234,50,0],[1300,75,16]],[[0,0,90]]]}"#);
        assert_eq!(serde_json::from_str::<Drawing>(&kept).unwrap(), drawing);
        assert_eq!(drawing.svg_path(), "M12.34 0.50 L13.00 0.75 M0.00 0.00");
        assert_eq!(
            format!("{drawing:?} {:?}", Signature::Drawn(drawing.clone())),
            "Drawing(2 strokes, hidden) Signature(hidden)"
        );
    }
}
