//! The outline of the paper before the scanner's lid: its edges, their common turn, and what does not fit them.

use super::edge::{Edge, Side, find};
use super::reduced::{Reduced, fraction, whole};

/// Edges of one sheet agree within this; cheap paper is cut so far off the right angle.
const AGREE_DEGREES: f32 = 0.7;
/// A lid has one colour: its brightness beside the paper's differs so much from edge to edge, in the same light.
const LID_PART: f32 = 0.2;
/// So much of an edge is seen at least; a second sheet hides less.
const SEEN_PART_MIN: f32 = 0.5;
/// An edge of another direction is a second sheet's if it is at least so long.
const ODD_MM_MIN: f32 = 80.0;
/// Places so far off their edge belong to something else.
const OFF_MM: f32 = 2.0;
/// Near its corners an edge is worn, and cut by the next one.
const CORNER_MM: f32 = 4.0;
/// A stretch of an edge this long that is not on it belongs to a second sheet. A finger is 20 mm wide, a
/// dog-ear mostly less than 30.
const SECOND_SHEET_MM: f32 = 35.0;
/// Paper is cut to these sides, in millimetres: A5, A4, A3, Letter, Legal, F4.
const USUAL_MM: [f32; 8] = [148.0, 210.0, 297.0, 420.0, 215.9, 279.4, 355.6, 330.0];
/// A side that is as long as usual, within this, is whole though its edge is not seen.
const USUAL_WITHIN_MM: f32 = 2.5;
/// A corner may lie so far beyond the picture.
const CORNER_BEYOND_MM: f32 = 3.0;

/// A rectangle turned clockwise, in pixels of the picture: `u` along its upper edge, `v` down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sheet {
    pub turn_degrees: f32,
    /// Left and right, top and bottom, in turned coordinates.
    pub u: [f32; 2],
    pub v: [f32; 2],
}

impl Sheet {
    /// The picture itself, turned about its origin: as large as it must be to hold all of it.
    pub fn around(page: &Reduced, turn_degrees: f32) -> Self {
        let mut sheet = Self {
            turn_degrees,
            u: [f32::INFINITY, f32::NEG_INFINITY],
            v: [f32::INFINITY, f32::NEG_INFINITY],
        };
        for corner in [
            [0.0, 0.0],
            [page.wide(), 0.0],
            [0.0, page.high()],
            [page.wide(), page.high()],
        ] {
            let [u, v] = sheet.turned(corner);
            sheet.u = [sheet.u[0].min(u), sheet.u[1].max(u)];
            sheet.v = [sheet.v[0].min(v), sheet.v[1].max(v)];
        }
        sheet
    }

    /// Turned coordinates of a place in the picture.
    pub fn turned(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.turn_degrees.to_radians().sin_cos();
        [cos * x + sin * y, cos * y - sin * x]
    }

    /// The place in the picture of turned coordinates.
    pub fn place(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.turn_degrees.to_radians().sin_cos();
        [cos * u - sin * v, sin * u + cos * v]
    }

    pub fn holds(&self, place: [f32; 2], inset: f32) -> bool {
        let [u, v] = self.turned(place);
        self.u[0] + inset <= u && u <= self.u[1] - inset && self.v[0] + inset <= v && v <= self.v[1] - inset
    }

    pub fn width(&self) -> f32 {
        self.u[1] - self.u[0]
    }

    pub fn height(&self) -> f32 {
        self.v[1] - self.v[0]
    }
}

/// The paper, where two edges of it or more were seen.
pub(super) struct Outline {
    pub turn_degrees: f32,
    /// Left, top, right, bottom.
    pub edges: [Option<Edge>; 4],
    /// An edge lies in another direction, or a long part of one beside it.
    pub doubled: bool,
}

impl Outline {
    pub fn find(page: &Reduced) -> Option<Self> {
        let found: Vec<Edge> = Side::ALL.iter().filter_map(|side| find(page, *side)).collect();
        let turn_degrees = common_turn(&found)?;
        let (agree, odd): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|edge| (edge.turn - turn_degrees).abs() <= AGREE_DEGREES);
        let lid = agree.iter().max_by(|a, b| a.length.total_cmp(&b.length))?.lid;
        let agree: Vec<_> = agree
            .into_iter()
            .filter(|edge| (edge.lid - lid).abs() < LID_PART)
            .collect();
        let strong = agree.iter().any(Edge::is_strong);
        // Of a white lid two edges alone may be folds.
        if agree.len() < 2 || (!strong && agree.len() + odd.len() < 3) {
            return None;
        }

        let length: f32 = agree.iter().map(|edge| edge.length).sum();
        let turn_degrees = agree.iter().map(|edge| edge.turn * edge.length).sum::<f32>() / length;
        let mut edges = [const { None }; 4];
        for edge in agree {
            let side = edge.side as usize;
            edges[side] = Some(edge);
        }
        let mut outline = Self {
            turn_degrees,
            edges,
            doubled: odd.iter().any(|edge| edge.length > ODD_MM_MIN * page.px_per_mm),
        };
        outline.drop_short(page);
        if outline.edges.iter().flatten().count() < 2 {
            return None;
        }
        let sheet = outline.sheet(page, turn_degrees);
        outline.doubled |= outline.second_sheet(page, &sheet);
        Some(outline)
    }

    /// Edges that are seen along a part of the sheet only are the frames of what is printed on it.
    fn drop_short(&mut self, page: &Reduced) {
        let sheet = self.sheet(page, self.turn_degrees);
        for slot in &mut self.edges {
            let whole = |edge: &Edge| match edge.side {
                Side::Left | Side::Right => sheet.height(),
                Side::Top | Side::Bottom => sheet.width(),
            };
            if slot
                .as_ref()
                .is_some_and(|edge| edge.length < whole(edge) * SEEN_PART_MIN)
            {
                *slot = None;
            }
        }
    }

    /// The rectangle of the paper for a turn. Where an edge is not seen it ends with the picture.
    pub fn sheet(&self, page: &Reduced, turn_degrees: f32) -> Sheet {
        let mut sheet = Sheet::around(page, turn_degrees);
        for edge in self.edges.iter().flatten() {
            let along = (edge.span[0] + edge.span[1]) / 2.0;
            let [u, v] = sheet.turned(edge.side.place(page, along, edge.deep(along)));
            match edge.side {
                Side::Left => sheet.u[0] = u,
                Side::Right => sheet.u[1] = u,
                Side::Top => sheet.v[0] = v,
                Side::Bottom => sheet.v[1] = v,
            }
        }
        sheet
    }

    /// Whether a side of the paper lies beyond the picture.
    pub fn is_cut(&self, page: &Reduced, sheet: &Sheet) -> bool {
        let [left, top, right, bottom] = self.edges.each_ref().map(Option::is_some);
        let usual = |px: f32| {
            USUAL_MM
                .iter()
                .any(|usual| (px / page.px_per_mm - usual).abs() < USUAL_WITHIN_MM)
        };
        let inset = CORNER_MM * page.px_per_mm;

        // Along the edges that are seen; where none is, through the middle.
        let ends = |seen: [bool; 2], [low, high]: [f32; 2]| {
            let ends = [seen[0].then_some(low + inset), seen[1].then_some(high - inset)];
            if seen == [false; 2] {
                [Some(f32::midpoint(low, high)), None]
            } else {
                ends
            }
        };
        let across = ends([top, bottom], sheet.v).into_iter().flatten();
        let down = ends([left, right], sheet.u).into_iter().flatten();
        let wide = |v: f32| seen(page, sheet.u, |u| sheet.place([u, v]));
        let high = |u: f32| seen(page, sheet.v, |v| sheet.place([u, v]));
        let corner_lost = || {
            let beyond = -CORNER_BEYOND_MM * page.px_per_mm;
            let all = |u: f32| sheet.v.map(|v| sheet.place([u, v]));
            sheet
                .u
                .iter()
                .flat_map(|u| all(*u))
                .any(|[x, y]| x < beyond || y < beyond || page.wide() - x < beyond || page.high() - y < beyond)
        };

        (!(left && right) && across.map(wide).any(|px| !usual(px)))
            || (!(top && bottom) && down.map(high).any(|px| !usual(px)))
            || (left && right && top && bottom && corner_lost())
    }

    fn second_sheet(&self, page: &Reduced, sheet: &Sheet) -> bool {
        let mm = page.px_per_mm;
        self.edges.iter().flatten().any(|edge| {
            let (mut run_from, mut longest) = (None, 0.0_f32);
            for [along, deep] in &edge.places {
                let line = edge.deep(*along);
                let [u, v] = sheet.turned(edge.side.place(page, *along, line));
                let (at, ends) = match edge.side {
                    Side::Left | Side::Right => (v, sheet.v),
                    Side::Top | Side::Bottom => (u, sheet.u),
                };
                // Where the edge lies beyond the picture, print is seen instead of it.
                let inner =
                    line > CORNER_MM * mm / 2.0 && at > ends[0] + CORNER_MM * mm && at < ends[1] - CORNER_MM * mm;
                if inner && (deep - line).abs() > OFF_MM * mm {
                    longest = longest.max(along - *run_from.get_or_insert(*along));
                } else if inner {
                    run_from = None;
                }
            }
            longest > SECOND_SHEET_MM * mm
        })
    }
}

/// The turn that most of the edges have, by their length.
fn common_turn(edges: &[Edge]) -> Option<f32> {
    let near = |turn: f32| -> f32 {
        edges
            .iter()
            .filter(|edge| (edge.turn - turn).abs() <= AGREE_DEGREES)
            .map(|edge| edge.length)
            .sum()
    };
    edges
        .iter()
        .max_by(|a, b| near(a.turn).total_cmp(&near(b.turn)))
        .map(|edge| edge.turn)
}

/// How much of a line through the sheet lies in the picture, from its middle to both ends.
fn seen(page: &Reduced, [low, high]: [f32; 2], place: impl Fn(f32) -> [f32; 2]) -> f32 {
    let within = |at: &f32| {
        let [x, y] = place(*at);
        x >= 0.0 && y >= 0.0 && x <= page.wide() && y <= page.high()
    };
    let middle = f32::midpoint(low, high);
    let steps = whole(high - middle);
    let up = (0..steps).map(|n| middle + fraction(n)).take_while(within).count();
    let down = (0..steps).map(|n| middle - fraction(n)).take_while(within).count();
    fraction(up + down)
}
