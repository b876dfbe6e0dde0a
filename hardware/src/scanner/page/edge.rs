//! One edge of the paper: where, on lines from a side of the picture inwards, the lid ends, and the
//! straight line through these places.

use super::reduced::{Reduced, fraction, whole};

/// Lines from the side inwards lie so far apart.
const STEP_MM: f32 = 0.6;
/// The lid is known by what lies this far before a place …
const LID_MM: [f32; 2] = [3.0, 0.6];
/// … of which so much is needed: a streak in the first column is no lid …
const LID_MM_MIN: f32 = 1.5;
/// … and another surface by what lies this far behind it.
const SURFACE_MM: [f32; 2] = [0.5, 2.5];
/// An edge is looked for so far into the picture: a card lies near one side or the other.
const DEPTH_PART: f32 = 0.6;
/// A surface differs by so many levels from a lid without noise. White lids are 10 levels off paper in blue.
const STEP_LEVELS: f32 = 5.0;
/// Places this far off are not on the line.
const ON_LINE_MM: f32 = 0.45;
/// Steeper lines are edges of another side, or of no sheet that a feeder took.
const SLOPE_MAX: f32 = 0.45;
/// An edge is at least so long: the short side of a card is 54 mm.
const LENGTH_MM_MIN: f32 = 40.0;
/// A lid of this brightness beside the paper's is grey or black; tinted boxes are brighter.
const DARK_PART: f32 = 0.75;
/// So many levels are no tint either.
const CONTRAST_LEVELS: f32 = 40.0;
/// A lid that is hardly told from paper is white, so it is not darker …
const WHITE_PART_MIN: f32 = 0.99;
/// … and its edge runs along this part of the picture: tinted boxes of a form do not.
const WHITE_LENGTH_PART: f32 = 0.45;
/// Pairs of places that are tried for a line.
const TRIES: usize = 240;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Top,
    Right,
    Bottom,
}

impl Side {
    pub const ALL: [Self; 4] = [Self::Left, Self::Top, Self::Right, Self::Bottom];

    /// How many lines there are along the side, and how deep each may be.
    fn extent(self, page: &Reduced) -> (usize, usize) {
        match self {
            Self::Left | Self::Right => (page.height, page.width),
            Self::Top | Self::Bottom => (page.width, page.height),
        }
    }

    /// The place in the picture of a place `along` the side and `deep` below it.
    pub fn place(self, page: &Reduced, along: f32, deep: f32) -> [f32; 2] {
        match self {
            Self::Left => [deep, along],
            Self::Right => [page.wide() - deep, along],
            Self::Top => [along, deep],
            Self::Bottom => [along, page.high() - deep],
        }
    }

    fn pixel(self, page: &Reduced, along: usize, deep: usize) -> [u8; 3] {
        match self {
            Self::Left => page.pixel(deep, along),
            Self::Right => page.pixel(page.width - 1 - deep, along),
            Self::Top => page.pixel(along, deep),
            Self::Bottom => page.pixel(along, page.height - 1 - deep),
        }
    }

    /// The clockwise turn of a sheet whose edge has this slope, in degrees.
    fn turn(self, slope: f32) -> f32 {
        let degrees = slope.atan().to_degrees();
        match self {
            Self::Left | Self::Bottom => -degrees,
            Self::Right | Self::Top => degrees,
        }
    }
}

/// An edge of the paper: `deep = at + slope × along`, in pixels from the side of the picture.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub side: Side,
    pub at: f32,
    pub slope: f32,
    /// First and last place along the side that is on the line.
    pub span: [f32; 2],
    /// How much of it was seen.
    pub length: f32,
    /// Clockwise turn of the sheet, in degrees.
    pub turn: f32,
    /// Brightness of what lies beyond it, as a part of that of the paper.
    pub lid: f32,
    /// Levels between both sides of it.
    pub contrast: f32,
    /// All places where the lid ends, on the line or not.
    pub places: Vec<[f32; 2]>,
}

impl Edge {
    /// Whether what lies beyond is clearly no paper.
    pub fn is_strong(&self) -> bool {
        self.lid < DARK_PART || self.contrast >= CONTRAST_LEVELS
    }

    pub fn deep(&self, along: f32) -> f32 {
        self.at + self.slope * along
    }
}

/// The edge of the paper that is seen from a side, if there is one.
pub(super) fn find(page: &Reduced, side: Side) -> Option<Edge> {
    let mm = page.px_per_mm;
    let (lines, depth) = side.extent(page);
    let depth = whole(fraction(depth) * DEPTH_PART);
    let step = whole(STEP_MM * mm).max(1);

    let mut profile = Profile {
        page,
        side,
        along: 0,
        depth,
        sums: Vec::with_capacity(depth + 1),
    };
    let mut places = Vec::with_capacity(lines / step);
    for along in (1..lines.saturating_sub(1)).step_by(step) {
        profile.begin(along);
        if let Some(deep) = profile.lid_end(mm) {
            places.push([fraction(along) + 0.5, deep]);
        }
    }

    let [at, slope] = line(&places, mm)?;
    let on: Vec<_> = places
        .iter()
        .filter(|[along, deep]| (at + slope * along - deep).abs() < ON_LINE_MM * mm)
        .collect();
    let (first, last) = (on.first()?[0], on.last()?[0]);
    let [at, slope] = refine(&on, [at, slope])?;
    let length = fraction(on.len() * step);
    if length < LENGTH_MM_MIN * mm || (last - first) * 0.5 > length {
        return None;
    }

    let mut edge = Edge {
        side,
        at,
        slope,
        span: [first, last],
        length,
        turn: side.turn(slope),
        lid: 0.0,
        contrast: 0.0,
        places,
    };
    (edge.lid, edge.contrast) = sides_of(page, &edge, step)?;
    let white = edge.lid >= WHITE_PART_MIN && length > fraction(lines) * WHITE_LENGTH_PART;
    (edge.is_strong() || (edge.contrast >= STEP_LEVELS * 0.8 && white)).then_some(edge)
}

/// Sums of colours along a line from the side inwards, of three lines side by side, as far as they were needed.
struct Profile<'a> {
    page: &'a Reduced,
    side: Side,
    along: usize,
    depth: usize,
    sums: Vec<[u32; 3]>,
}

impl Profile<'_> {
    fn begin(&mut self, along: usize) {
        self.along = along;
        self.sums.clear();
        self.sums.push([0; 3]);
    }

    fn reach(&mut self, deep: usize) {
        for deep in self.sums.len() - 1..deep.min(self.depth) {
            let mut sum = self.sums[deep];
            for along in self.along - 1..=self.along + 1 {
                for (sum, value) in sum.iter_mut().zip(self.side.pixel(self.page, along, deep)) {
                    *sum += u32::from(value);
                }
            }
            self.sums.push(sum);
        }
    }

    fn mean(&self, from: usize, to: usize) -> [f32; 3] {
        let (a, b) = (self.sums[from], self.sums[to]);
        let area = fraction(to - from) * 3.0;
        std::array::from_fn(|n| fraction((b[n] - a[n]) as usize) / area)
    }

    /// Where the first surface begins that is no lid, to parts of a pixel.
    fn lid_end(&mut self, mm: f32) -> Option<f32> {
        let px = |millimetres: f32| whole(millimetres * mm).max(1);
        let (far, near) = (px(LID_MM[0]), px(LID_MM[1]));
        let (begin, end) = (px(SURFACE_MM[0]), px(SURFACE_MM[1]));

        for deep in near + px(LID_MM_MIN)..self.depth.saturating_sub(end + 2) {
            self.reach(deep + end + 3);
            let lid = self.mean(deep.saturating_sub(far), deep - near);
            if differ(lid, self.mean(deep, deep + 2)) > STEP_LEVELS
                && differ(lid, self.mean(deep + begin, deep + end)) > STEP_LEVELS
            {
                return Some(self.steepest(deep.saturating_sub(1), deep + end));
            }
        }
        None
    }

    fn steepest(&self, from: usize, to: usize) -> f32 {
        let (from, to) = (from.max(2), to.min(self.sums.len() - 3));
        let slope = |deep: usize| differ(self.mean(deep - 2, deep), self.mean(deep, deep + 2));
        let best = (from..=to).fold((from, -1.0), |best, deep| {
            let slope = slope(deep);
            if slope > best.1 { (deep, slope) } else { best }
        });
        let (deep, peak) = best;
        if deep <= from || deep >= to {
            return fraction(deep);
        }
        fraction(deep) + peak_shift(slope(deep - 1), peak, slope(deep + 1))
    }
}

/// How far the top of a parabola through three neighbours lies from the middle one.
pub(super) fn peak_shift(before: f32, peak: f32, after: f32) -> f32 {
    let bend = before - 2.0 * peak + after;
    if bend.abs() < f32::EPSILON {
        0.0
    } else {
        (0.5 * (before - after) / bend).clamp(-0.5, 0.5)
    }
}

fn differ(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// The line with most places on it, of many through two of them.
fn line(places: &[[f32; 2]], mm: f32) -> Option<[f32; 2]> {
    let count = places.len();
    if count < 8 {
        return None;
    }

    let mut best = (0, [0.0; 2]);
    for n in 0..TRIES {
        // Pairs that lie a quarter to three quarters of all places apart.
        let first = n * 7919 % count;
        let second = (first + count / 4 + n * 104_729 % (count / 2).max(1)) % count;
        let ([ax, ay], [bx, by]) = (places[first], places[second]);
        let slope = (by - ay) / (bx - ax);
        if !slope.is_finite() || slope.abs() > SLOPE_MAX {
            continue;
        }
        let at = ay - slope * ax;
        let on = places
            .iter()
            .filter(|[x, y]| (at + slope * x - y).abs() < ON_LINE_MM * mm)
            .count();
        if on > best.0 {
            best = (on, [at, slope]);
        }
    }
    (best.0 >= 8).then_some(best.1)
}

/// Least squares over the places on the line, twice, the second time without the farther ones.
fn refine(places: &[&[f32; 2]], mut line: [f32; 2]) -> Option<[f32; 2]> {
    let mut reach = f32::INFINITY;
    for _ in 0..3 {
        let near: Vec<_> = places
            .iter()
            .filter(|[x, y]| (line[0] + line[1] * x - y).abs() <= reach)
            .collect();
        let count = fraction(near.len());
        let mean = |n: usize| near.iter().map(|place| place[n]).sum::<f32>() / count;
        let (mx, my) = (mean(0), mean(1));
        let (mut xy, mut xx, mut rest) = (0.0, 0.0, 0.0);
        for [x, y] in near.iter().copied().copied() {
            xy += (x - mx) * (y - my);
            xx += (x - mx) * (x - mx);
        }
        if xx <= 0.0 {
            return None;
        }
        line = [my - xy / xx * mx, xy / xx];
        for [x, y] in near.iter().copied().copied() {
            rest += (line[0] + line[1] * x - y).powi(2);
        }
        reach = 2.0 * (rest / count).sqrt() + 0.05;
    }
    Some(line)
}

/// How bright the lid is beside the paper, and the levels between them, where the paper is bare: print may
/// begin at the edge. A margin of text looks like an edge, with paper on both sides.
fn sides_of(page: &Reduced, edge: &Edge, step: usize) -> Option<(f32, f32)> {
    let mm = page.px_per_mm;
    let (_, depth) = edge.side.extent(page);
    let brightness = |colour: [f32; 3]| colour.iter().sum::<f32>().max(1.0);
    let mut pairs = Vec::new();
    for along in (whole(edge.span[0])..whole(edge.span[1])).step_by(step) {
        let deep = edge.deep(fraction(along));
        let strip = |from: f32, to: f32| -> Option<[f32; 3]> {
            let (from, to) = (whole(deep + from * mm), whole(deep + to * mm).min(depth));
            (from < to).then(|| {
                let mut sum = [0.0; 3];
                for deep in from..to {
                    for (sum, value) in sum.iter_mut().zip(edge.side.pixel(page, along, deep)) {
                        *sum += f32::from(value);
                    }
                }
                sum.map(|sum| sum / fraction(to - from))
            })
        };
        let lid = strip(-3.0, -1.4).or_else(|| strip(-3.0, -0.4));
        if let (Some(lid), Some(paper)) = (lid, strip(0.8, 2.4)) {
            pairs.push((brightness(lid) / brightness(paper), differ(lid, paper)));
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bare = &pairs[pairs.len() * 3 / 20..(pairs.len() * 7 / 20).max(1).min(pairs.len())];
    let mean = |part: fn(&(f32, f32)) -> f32| bare.iter().map(part).sum::<f32>() / fraction(bare.len());
    (!bare.is_empty()).then(|| (mean(|pair| pair.0), mean(|pair| pair.1)))
}
