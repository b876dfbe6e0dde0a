//! Where the three lines lie: marks of the size of letters, in three rows at the distance that the standard gives.

use crate::card::mrz::{LINE_LETTERS, LINES};
use crate::scanner::luma::Luma;
use crate::scanner::page::blobs::{self, Blob};
use crate::scanner::page::reduced::{fraction, whole};

/// From letter to letter, and from line to line (ICAO Doc 9303-3 §4.2: ten to the inch; 9303-5 §4.1: six).
const PITCH_MM: f32 = 2.54;
const LINE_MM: [f32; 2] = [4.0, 4.5];
/// Scanners stretch: a pitch this far off is looked for as well.
const STRETCH: f32 = 0.04;
/// The longer side of a letter, worn, fat or turned as it may be; shorter marks are dirt.
const LETTER_MM: [f32; 2] = [1.1, 3.7];
/// And its shorter side.
const THIN_MM: f32 = 0.2;
/// A card lies so far out of the straight at most.
const TURN_DEGREES: f32 = 15.0;
/// Marks whose middle is this near to a line are on it: `<` stands lower than a capital.
const ON_LINE_MM: f32 = 0.8;
/// So many of the ninety are seen as marks of their own.
const MARKS_MIN: usize = 45;
/// Noise has more marks; the rest is not looked at.
const MARKS_MAX: usize = 20_000;
/// Ink is darker than this part of the bright around it.
const INK_PART: f32 = 0.72;
/// The bright is taken of squares of so many pixels.
const SQUARE: usize = 16;
/// Windows of thirty letters that are tried, the fullest first.
const WINDOWS: usize = 3;

/// Where the cells of three lines are, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// The middle of the first cell of each line.
    starts: [[f32; 2]; LINES],
    /// To the next cell.
    pub right: [f32; 2],
}

impl Grid {
    pub fn middle(&self, line: usize, column: usize) -> [f32; 2] {
        let (start, by) = (self.starts[line], fraction(column));
        [start[0] + by * self.right[0], start[1] + by * self.right[1]]
    }

    /// The same cells for who reads them from the other side.
    fn upside_down(&self) -> Self {
        let last = |line| self.middle(line, LINE_LETTERS - 1);
        Self {
            starts: [last(2), last(1), last(0)],
            right: self.right.map(|part| -part),
        }
    }
}

/// Every place where the three lines may be, the likeliest first.
pub(super) fn find(luma: &Luma, px_per_mm: f32) -> Vec<Grid> {
    let marks = marks(luma, px_per_mm);
    if marks.len() < MARKS_MIN {
        return Vec::new();
    }
    let mut rows: Vec<Rows> = [0.0, 90.0]
        .into_iter()
        .filter_map(|quarter| Rows::find(&marks, quarter, px_per_mm))
        .collect();
    rows.sort_by_key(|rows| std::cmp::Reverse(rows.marks()));
    let grids = rows.iter().flat_map(|rows| rows.grids(px_per_mm));
    grids.flat_map(|grid| [grid, grid.upside_down()]).collect()
}

/// The middles of marks of the size of letters.
fn marks(luma: &Luma, px_per_mm: f32) -> Vec<[f32; 2]> {
    let luma = &softened(luma);
    let bright = Bright::of(luma);
    let found = blobs::find(luma.width, luma.height, |y, row| {
        let levels = &luma.bytes[y * luma.width..(y + 1) * luma.width];
        for (x, (ink, level)) in row.iter_mut().zip(levels).enumerate() {
            *ink = u8::from(f32::from(*level) < INK_PART * bright.around(x, y));
        }
    });
    let of_letter = |blob: &&Blob| {
        let sides = [blob.width(), blob.height()].map(|px| fraction(px) / px_per_mm);
        let (thin, long) = (sides[0].min(sides[1]), sides[0].max(sides[1]));
        thin >= THIN_MM && (LETTER_MM[0]..=LETTER_MM[1]).contains(&long)
    };
    let middle = |blob: &Blob| {
        [
            fraction(blob.left + blob.right - 1) / 2.0,
            fraction(blob.top + blob.bottom - 1) / 2.0,
        ]
    };
    let marks = found.blobs.iter().filter(of_letter).map(middle);
    marks.take(MARKS_MAX).collect()
}

/// Each pixel with its eight neighbours: the noise of a dim scan would join letters.
fn softened(luma: &Luma) -> Luma {
    let (width, height) = (luma.width, luma.height);
    let mut bytes = Vec::with_capacity(luma.bytes.len());
    let mut columns = vec![0_u16; width];
    for y in 0..height {
        columns.fill(0);
        let rows = y.saturating_sub(1)..(y + 2).min(height);
        let count = rows.len();
        for row in rows {
            let row = &luma.bytes[row * width..(row + 1) * width];
            columns
                .iter_mut()
                .zip(row)
                .for_each(|(sum, level)| *sum += u16::from(*level));
        }
        bytes.extend((0..width).map(|x| {
            let near = &columns[x.saturating_sub(1)..(x + 2).min(width)];
            let sum: usize = near.iter().map(|sum| usize::from(*sum)).sum();
            u8::try_from(sum / (near.len() * count)).unwrap_or(u8::MAX)
        }));
    }
    Luma {
        width,
        height,
        bytes,
        shrunk: luma.shrunk,
    }
}

/// How bright the card is beside its print.
struct Bright {
    across: usize,
    squares: Vec<u8>,
}

impl Bright {
    fn of(luma: &Luma) -> Self {
        let (across, down) = (luma.width.div_ceil(SQUARE), luma.height.div_ceil(SQUARE));
        let mut own = Vec::with_capacity(across * down);
        let mut counts = [0_usize; 256];
        for at in 0..across * down {
            let (left, top) = (at % across * SQUARE, at / across * SQUARE);
            let right = (left + SQUARE).min(luma.width);
            counts.fill(0);
            for y in top..(top + SQUARE).min(luma.height) {
                let row = &luma.bytes[y * luma.width..(y + 1) * luma.width];
                row[left..right]
                    .iter()
                    .for_each(|level| counts[usize::from(*level)] += 1);
            }
            own.push(upper_fifth(&counts));
        }
        let squares = (0..across * down)
            .map(|at| {
                let (x, y) = (at % across, at / across);
                let near = |n: usize, end: usize| n.saturating_sub(1)..(n + 2).min(end);
                near(y, down)
                    .flat_map(|y| near(x, across).map(move |x| y * across + x))
                    .map(|near| own[near])
                    .max()
                    .unwrap_or(u8::MAX)
            })
            .collect();
        Self { across, squares }
    }

    fn around(&self, x: usize, y: usize) -> f32 {
        f32::from(self.squares[y / SQUARE * self.across + x / SQUARE])
    }
}

/// The level that a fifth of the pixels reach.
fn upper_fifth(counts: &[usize; 256]) -> u8 {
    let all: usize = counts.iter().sum();
    let mut above = 0;
    let at = counts.iter().rposition(|count| {
        above += count;
        above * 5 >= all
    });
    at.and_then(|level| u8::try_from(level).ok()).unwrap_or(u8::MAX)
}

/// Three lines of marks, seen along them.
struct Rows {
    /// Degrees, clockwise.
    turn: f32,
    lines: [Row; LINES],
}

struct Row {
    /// Across the lines.
    middle: f32,
    /// Of each mark: along the line, and across.
    places: Vec<[f32; 2]>,
}

impl Row {
    fn along(&self) -> impl Iterator<Item = f32> {
        self.places.iter().map(|place| place[0])
    }
}

fn turned(marks: &[[f32; 2]], degrees: f32) -> Vec<[f32; 2]> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let turn = |[x, y]: &[f32; 2]| [cos * x + sin * y, cos * y - sin * x];
    marks.iter().map(turn).collect()
}

impl Rows {
    fn find(marks: &[[f32; 2]], quarter: f32, px_per_mm: f32) -> Option<Self> {
        let sharpest = |from: f32, to: f32, step: f32| {
            let turns = (0..=whole((to - from) / step)).map(|n| from + fraction(n) * step);
            turns
                .map(|turn| (turn, sharpness(&turned(marks, turn), px_per_mm)))
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map_or(from, |best| best.0)
        };
        let coarse = sharpest(quarter - TURN_DEGREES, quarter + TURN_DEGREES, 0.5);
        let turn = sharpest(coarse - 0.5, coarse + 0.5, 0.1);
        let first = Self::at(marks, turn, px_per_mm)?;
        // What the lines themselves say is finer than a histogram.
        Self::at(marks, turn + first.slope_degrees(), px_per_mm)
    }

    fn at(marks: &[[f32; 2]], turn: f32, px_per_mm: f32) -> Option<Self> {
        let places = turned(marks, turn);
        let middles = three(&places, px_per_mm)?;
        let lines = middles.map(|middle| {
            let on = |place: &&[f32; 2]| (place[1] - middle).abs() <= ON_LINE_MM * px_per_mm;
            let places: Vec<_> = places.iter().filter(on).copied().collect();
            let mut across: Vec<f32> = places.iter().map(|place| place[1]).collect();
            across.sort_by(f32::total_cmp);
            let middle = across.get(across.len() / 2).copied().unwrap_or(middle);
            Row { middle, places }
        });
        let rows = Self { turn, lines };
        (rows.marks() >= MARKS_MIN).then_some(rows)
    }

    fn marks(&self) -> usize {
        self.lines.iter().map(|line| line.places.len()).sum()
    }

    /// How far the lines are still turned: the least squares over all three.
    fn slope_degrees(&self) -> f32 {
        let (mut both, mut square) = (0.0, 0.0);
        for line in &self.lines {
            let mean = line.places.iter().map(|place| place[0]).sum::<f32>() / fraction(line.places.len().max(1));
            for [along, across] in &line.places {
                both += (along - mean) * (across - line.middle);
                square += (along - mean) * (along - mean);
            }
        }
        if square > 0.0 {
            (both / square).atan().to_degrees()
        } else {
            0.0
        }
    }

    /// The windows of thirty cells that hold the most marks.
    fn grids(&self, px_per_mm: f32) -> Vec<Grid> {
        let along: Vec<f32> = self.lines.iter().flat_map(Row::along).collect();
        let (pitch, first) = comb(&along, PITCH_MM * px_per_mm);
        let lowest = along.iter().copied().fold(f32::INFINITY, f32::min);
        let highest = along.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        // The cell of the lowest place is number zero.
        let origin = first + ((lowest - first) / pitch).round() * pitch;
        let cells = whole((highest - origin) / pitch) + 2;
        let mut full = vec![0_usize; cells + LINE_LETTERS];
        for line in &self.lines {
            let mut seen = vec![false; full.len()];
            line.along()
                .for_each(|at| seen[whole((at - origin) / pitch + 0.5)] = true);
            full.iter_mut()
                .zip(seen)
                .for_each(|(full, seen)| *full += usize::from(seen));
        }
        let mut windows: Vec<(usize, usize)> = (0..cells)
            .map(|from| (full[from..from + LINE_LETTERS].iter().sum(), from))
            .collect();
        windows.sort_by_key(|(marks, from)| (std::cmp::Reverse(*marks), *from));

        let (sin, cos) = self.turn.to_radians().sin_cos();
        let back = |along: f32, across: f32| [cos * along - sin * across, sin * along + cos * across];
        windows
            .iter()
            .take(WINDOWS)
            .map(|(_, from)| Grid {
                starts: [0, 1, 2].map(|line| back(origin + fraction(*from) * pitch, self.lines[line].middle)),
                right: [cos * pitch, sin * pitch],
            })
            .collect()
    }
}

/// How much the marks gather on lines: the sum of squares.
fn sharpness(places: &[[f32; 2]], px_per_mm: f32) -> f32 {
    let bin = 0.5 * px_per_mm;
    let low = places.iter().map(|place| place[1]).fold(f32::INFINITY, f32::min);
    let high = places.iter().map(|place| place[1]).fold(f32::NEG_INFINITY, f32::max);
    let mut bins = vec![0.0_f32; whole((high - low) / bin) + 2];
    for place in places {
        let at = (place[1] - low) / bin;
        let part = at - at.floor();
        bins[whole(at)] += 1.0 - part;
        bins[whole(at) + 1] += part;
    }
    bins.iter().map(|count| count * count).sum()
}

/// Across: the three lines at the distance of an MRZ with the most marks on them.
fn three(places: &[[f32; 2]], px_per_mm: f32) -> Option<[f32; 3]> {
    let mut across: Vec<f32> = places.iter().map(|place| place[1]).collect();
    across.sort_by(f32::total_cmp);
    let reach = ON_LINE_MM * px_per_mm;
    let near = |middle: f32| {
        let from = across.partition_point(|at| *at < middle - reach);
        let to = across.partition_point(|at| *at <= middle + reach);
        // Three lines that are full are more than one that is fuller than any can be.
        (to - from).min(LINE_LETTERS + 4)
    };
    let step = 0.1 * px_per_mm;
    let distances = (0..=5_u8).map(|n| (LINE_MM[0] + (LINE_MM[1] - LINE_MM[0]) * f32::from(n) / 5.0) * px_per_mm);
    let (low, high) = (across.first()?, across.last()?);
    let firsts = (0..=whole((high - low) / step)).map(|n| low + fraction(n) * step);
    firsts
        .flat_map(|first| distances.clone().map(move |by| [first, first + by, first + 2.0 * by]))
        .map(|lines| (lines.map(near).iter().sum::<usize>(), lines))
        .max_by_key(|(marks, _)| *marks)
        .filter(|(marks, _)| *marks >= MARKS_MIN)
        .map(|(_, lines)| lines)
}

/// The pitch and one tooth of the comb that the places fall on best.
fn comb(along: &[f32], usual: f32) -> (f32, f32) {
    let waves = |pitch: f32| {
        let turn = std::f32::consts::TAU / pitch;
        along.iter().fold([0.0, 0.0], |[sin, cos], at| {
            let (more_sin, more_cos) = (at * turn).sin_cos();
            [sin + more_sin, cos + more_cos]
        })
    };
    let best = (-40_i8..=40)
        .map(|n| usual * (1.0 + STRETCH * f32::from(n) / 40.0))
        .max_by(|a, b| {
            let strength = |pitch: f32| waves(pitch).iter().map(|wave| wave * wave).sum::<f32>();
            strength(*a).total_cmp(&strength(*b))
        })
        .unwrap_or(usual);
    let [sin, cos] = waves(best);
    (best, sin.atan2(cos) / std::f32::consts::TAU * best)
}
