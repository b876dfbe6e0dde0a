//! The light on the paper: how bright bare paper is at each place, and what makes it even.
//!
//! Brightness is the strongest of the three colours, so that a red cover is no shadow. All colours are
//! multiplied by the same number, which keeps their hue: ink stays blue and a stamp stays red.

use super::outline::Sheet;
use super::reduced::{Reduced, fraction, whole};

/// Side of a cell in which bare paper is looked for: wider than any letter, narrower than a shadow.
const CELL_MM: f32 = 5.0;
/// Photographs and stamps up to 2 × 3 + 1 cells (35 mm) wide do not count as shadow.
const CLOSING_CELLS: usize = 3;
/// Bare paper is this part of the pixels of a cell, the brightest ones not counted: they are noise.
const PAPER_PART: f32 = 0.85;
/// Cells of this level tell nothing of the light on a page that is darker.
const SATURATED_LEVEL: f32 = 253.5;
/// This part of the cells is darker than paper in the light.
const BRIGHT_PART: f32 = 0.93;
/// Paper in the light is made at least so bright, as scanners show it.
const LEVEL_MIN: f32 = 228.0;
/// No place is made more than so many times brighter: noise grows with it.
pub(super) const GAIN_MAX: f32 = 2.2;
/// Light that differs by less than this is even enough to be left alone.
const EVEN_WITHIN: f32 = 0.04;

pub(super) struct Light {
    cell: f32,
    columns: usize,
    rows: usize,
    /// The level of bare paper in each cell.
    levels: Vec<f32>,
    /// Colour of the paper, its strongest part 1.
    pub tint: [f32; 3],
    /// The level in the light, and in the middle.
    pub bright: f32,
    pub median: f32,
}

impl Light {
    pub fn on(page: &Reduced, sheet: &Sheet) -> Self {
        let cell = (CELL_MM * page.px_per_mm).max(4.0);
        let columns = whole(page.wide() / cell) + 1;
        let rows = whole(page.high() / cell) + 1;
        let inset = 1.5 * page.px_per_mm;

        let mut levels = vec![None; columns * rows];
        let mut colours = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let corner = [fraction(column) * cell, fraction(row) * cell];
                if let Some((level, colour)) = bare(page, sheet, corner, cell, inset) {
                    levels[row * columns + column] = Some(level);
                    colours.push(colour);
                }
            }
        }

        let mut known: Vec<f32> = levels.iter().copied().flatten().collect();
        known.sort_by(f32::total_cmp);
        let part = |known: &[f32], part: f32| known.get(whole(fraction(known.len()) * part)).copied();
        let median = part(&known, 0.5).unwrap_or(255.0);
        // Glare is no light to measure the rest by.
        if median < SATURATED_LEVEL {
            known.retain(|level| *level < SATURATED_LEVEL);
        }
        let bright = part(&known, BRIGHT_PART).unwrap_or(255.0);
        let mut light = Self {
            cell,
            columns,
            rows,
            levels: vec![],
            tint: middle(&mut colours),
            bright,
            median,
        };
        light.levels = light.smooth(light.close(light.spread(levels)));
        light
    }

    /// The level of bare paper at a place of the reduced page.
    pub fn level(&self, [x, y]: [f32; 2]) -> f32 {
        let at = |value: f32, count: usize| {
            let value = (value / self.cell - 0.5).clamp(0.0, fraction(count - 1));
            let low = whole(value).min(count.saturating_sub(2));
            (low, (low + 1).min(count - 1), value - fraction(low))
        };
        let (left, right, fx) = at(x, self.columns);
        let (top, low, fy) = at(y, self.rows);
        let level = |column: usize, row: usize| self.levels[row * self.columns + column];
        let above = level(left, top) + (level(right, top) - level(left, top)) * fx;
        let below = level(left, low) + (level(right, low) - level(left, low)) * fx;
        above + (below - above) * fy
    }

    /// What a pixel at the place is multiplied by.
    pub fn gain(&self, place: [f32; 2]) -> f32 {
        (self.bright.max(LEVEL_MIN) / self.level(place).max(1.0)).clamp(1.0, GAIN_MAX)
    }

    /// Whether nothing needs to be multiplied.
    pub fn is_even(&self) -> bool {
        let darkest = self.levels.iter().copied().fold(f32::INFINITY, f32::min);
        self.bright.max(LEVEL_MIN) < darkest * (1.0 + EVEN_WITHIN)
    }

    /// Colour of bare paper once the light is even.
    pub fn paper(&self) -> [u8; 3] {
        let level = self.bright.max(LEVEL_MIN).min(self.bright * GAIN_MAX);
        self.tint
            .map(|part| u8::try_from(whole(level * part + 0.5)).unwrap_or(u8::MAX))
    }

    /// Cells off the sheet have the level of the nearest one on it.
    fn spread(&self, mut levels: Vec<Option<f32>>) -> Vec<f32> {
        for _ in 0..self.columns + self.rows {
            if levels.iter().all(Option::is_some) {
                break;
            }
            let before = levels.clone();
            for (at, level) in levels.iter_mut().enumerate().filter(|(_, level)| level.is_none()) {
                let near: Vec<f32> = self.around(at, 1).filter_map(|near| before[near]).collect();
                if !near.is_empty() {
                    *level = Some(near.iter().sum::<f32>() / fraction(near.len()));
                }
            }
        }
        levels.into_iter().map(|level| level.unwrap_or(self.bright)).collect()
    }

    /// Fills dark patches that are narrower than a photograph; a shadow that comes slowly stays.
    fn close(&self, levels: Vec<f32>) -> Vec<f32> {
        let pass = |levels: &[f32], best: fn(f32, f32) -> f32| -> Vec<f32> {
            (0..levels.len())
                .map(|at| {
                    self.around(at, CLOSING_CELLS)
                        .map(|near| levels[near])
                        .fold(levels[at], best)
                })
                .collect()
        };
        pass(&pass(&levels, f32::max), f32::min)
    }

    fn smooth(&self, mut levels: Vec<f32>) -> Vec<f32> {
        for _ in 0..2 {
            levels = (0..levels.len())
                .map(|at| {
                    let (sum, count) = self
                        .around(at, 1)
                        .fold((0.0, 0), |(sum, count), near| (sum + levels[near], count + 1));
                    sum / fraction(count)
                })
                .collect();
        }
        levels
    }

    fn around(&self, at: usize, reach: usize) -> impl Iterator<Item = usize> {
        let (row, column) = (at / self.columns, at % self.columns);
        let columns = self.columns;
        let across = column.saturating_sub(reach)..(column + reach + 1).min(columns);
        (row.saturating_sub(reach)..(row + reach + 1).min(self.rows))
            .flat_map(move |row| across.clone().map(move |column| row * columns + column))
    }
}

/// Level and colour of bare paper in a cell, if enough of the cell lies on the sheet.
fn bare(page: &Reduced, sheet: &Sheet, [left, top]: [f32; 2], cell: f32, inset: f32) -> Option<(f32, [f32; 3])> {
    let (mut counts, mut seen) = ([0_u32; 256], 0_u32);
    let columns = whole(left)..whole(left + cell).min(page.width);
    let rows = whole(top)..whole(top + cell).min(page.height);
    // Every other row is enough to know the paper.
    for y in rows.clone().step_by(2) {
        for x in columns.clone() {
            if sheet.holds([fraction(x) + 0.5, fraction(y) + 0.5], inset) {
                let pixel = page.pixel(x, y);
                counts[usize::from(pixel[0].max(pixel[1]).max(pixel[2]))] += 1;
                seen += 1;
            }
        }
    }
    if fraction(seen as usize) < cell * cell * 0.1 {
        return None;
    }

    let mut left = whole(fraction(seen as usize) * PAPER_PART);
    let level = counts
        .iter()
        .position(|count| match left.checked_sub(*count as usize) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        })?;

    let mut sums = [0.0; 4];
    for y in rows.step_by(4) {
        for x in columns.clone().step_by(2) {
            let pixel = page.pixel(x, y);
            if usize::from(pixel[0].max(pixel[1]).max(pixel[2])).abs_diff(level) <= 12 {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += f32::from(value);
                }
                sums[3] += 1.0;
            }
        }
    }
    let strongest = sums[0].max(sums[1]).max(sums[2]).max(1.0);
    Some((
        fraction(level).max(1.0),
        [sums[0], sums[1], sums[2]].map(|sum| sum / strongest),
    ))
}

fn middle(colours: &mut [[f32; 3]]) -> [f32; 3] {
    std::array::from_fn(|n| {
        colours.sort_by(|a, b| a[n].total_cmp(&b[n]));
        colours
            .get(colours.len() / 2)
            .map_or(1.0, |colour| colour[n].clamp(0.2, 1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::raw;
    use super::*;

    fn light(pixel: impl Fn(u32, u32) -> [u8; 3]) -> (Reduced, Light) {
        let page = Reduced::read(&raw(600, 800, pixel), 75).unwrap();
        let sheet = Sheet::around(&page, 0.0);
        let light = Light::on(&page, &sheet);
        (page, light)
    }

    #[test]
    fn a_shadow_that_comes_slowly_is_lifted_to_the_level_of_the_rest() {
        let shaded = |x: u32| 240.0 - 100.0 * f32::from(u16::try_from(x).unwrap()) / 600.0;
        let (_, light) = light(|x, _| [u8::try_from(whole(shaded(x))).unwrap(); 3]);
        assert!(!light.is_even());
        for x in [40, 300, 560] {
            let lit = shaded(x) * light.gain([fraction(x as usize), 400.0]);
            assert!((lit - light.bright.max(LEVEL_MIN)).abs() < 9.0, "{lit} at {x}");
        }
    }

    #[test]
    fn a_photograph_on_the_page_is_no_shadow() {
        // 30 × 40 mm at 75 dpi are 88 × 118 pixels.
        let photo = |x: u32, y: u32| (200..288).contains(&x) && (300..418).contains(&y);
        let (_, light) = light(|x, y| if photo(x, y) { [70, 60, 50] } else { [244, 243, 238] });
        assert!(light.is_even(), "gain {} on the photograph", light.gain([244.0, 360.0]));
        assert_eq!(light.paper(), [244, 243, 238]);
    }

    #[test]
    fn no_place_is_lifted_without_limit() {
        let (_, light) = light(|x, _| [if x < 300 { 240 } else { 20 }; 3]);
        assert!((light.gain([500.0, 400.0]) - GAIN_MAX).abs() < 1e-3);
    }
}
