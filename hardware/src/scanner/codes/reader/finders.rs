//! Whether a page has more finder patterns of QR codes than a paper can have.
//!
//! `rqrr` tries all threes of finder patterns and copies the page for each try: a page with some
//! hundred of them, drawn by a joker, would keep it busy for minutes or hours. So they are counted
//! before, in its manner: dark and light as 1 : 1 : 3 : 1 : 1 (ISO/IEC 18004), across and down.

use crate::scanner::luma::Luma;

/// A quiet look at every so manieth row: the middle of a pattern has three modules, each of at least a pixel.
const ROW_STEP: usize = 2;
/// Pixels whose mean tells dark from light at their end, as part of the width.
const MEAN_PART: usize = 8;
/// Darker than the mean by at least this part of it, in percent.
const DARKER_PERCENT: u32 = 5;

/// Whether there are more than `most` finder patterns.
pub(super) fn are_more_than(most: usize, luma: &Luma) -> bool {
    let mut found: Vec<Finder> = Vec::with_capacity(most + 1);

    for y in (0..luma.height).step_by(ROW_STEP) {
        for finder in across(luma, y) {
            if !found.iter().any(|known| known.is_near(&finder)) {
                found.push(finder);
            }
            if found.len() > most {
                return true;
            }
        }
    }
    false
}

struct Finder {
    x: usize,
    y: usize,
    width: usize,
}

impl Finder {
    fn is_near(&self, other: &Self) -> bool {
        self.x.abs_diff(other.x) < self.width && self.y.abs_diff(other.y) < self.width
    }
}

/// The finder patterns whose middle this row crosses.
fn across(luma: &Luma, y: usize) -> Vec<Finder> {
    let row = &luma.bytes[y * luma.width..][..luma.width];
    let dark = dark(row);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut begin = 0;
    for x in 1..=row.len() {
        if x == row.len() || dark[x] != dark[begin] {
            runs.push((begin, x - begin));
            begin = x;
        }
    }

    runs.windows(5)
        .filter(|runs| dark[runs[0].0] && are_a_finder(runs.iter().map(|run| run.1)))
        .map(|runs| Finder {
            x: runs[2].0 + runs[2].1 / 2,
            y,
            width: runs[4].0 + runs[4].1 - runs[0].0,
        })
        .filter(|finder| crosses_down(luma, finder))
        .collect()
}

/// Whether the column through the middle has dark and light in the same order.
fn crosses_down(luma: &Luma, finder: &Finder) -> bool {
    let top = finder.y.saturating_sub(finder.width);
    let bottom = (finder.y + finder.width).min(luma.height);
    let column: Vec<u8> = (top..bottom).map(|y| luma.bytes[y * luma.width + finder.x]).collect();
    let (least, most) = (column.iter().min(), column.iter().max());
    let (Some(least), Some(most)) = (least, most) else {
        return false;
    };
    let middle = least + (most - least) / 2;

    let at = finder.y - top;
    let up = lengths(column[..=at].iter().rev().copied(), middle);
    let down = lengths(column[at..].iter().copied(), middle);
    let core = (up[0] + down[0]).saturating_sub(1);
    are_a_finder([up[2], up[1], core, down[1], down[2]].into_iter())
}

/// How long it stays dark, then light, then dark.
fn lengths(values: impl Iterator<Item = u8>, middle: u8) -> [usize; 3] {
    let (mut lengths, mut at) = ([0; 3], 0);
    for value in values {
        if (value <= middle) != (at % 2 == 0) {
            at += 1;
        }
        match lengths.get_mut(at) {
            Some(length) => *length += 1,
            None => break,
        }
    }
    lengths
}

/// Whether five lengths are as 1 : 1 : 3 : 1 : 1, each within three quarters of a module.
fn are_a_finder(lengths: impl Iterator<Item = usize> + Clone) -> bool {
    let total: usize = lengths.clone().sum();
    lengths
        .zip([1, 1, 3, 1, 1])
        .all(|(length, modules)| length > 0 && (length * 28).abs_diff(total * modules * 4) <= total * 3)
}

/// Which pixels are darker than those before and behind them.
fn dark(row: &[u8]) -> Vec<bool> {
    let window = (row.len() / MEAN_PART).max(1);
    let sums: Vec<u32> = std::iter::once(0)
        .chain(row.iter().scan(0, |sum, value| {
            *sum += u32::from(*value);
            Some(*sum)
        }))
        .collect();
    row.iter()
        .enumerate()
        .map(|(x, value)| {
            let (from, to) = (x.saturating_sub(window), (x + window).min(row.len()));
            let mean = (sums[to] - sums[from]) / u32::try_from(to - from).unwrap_or(u32::MAX).max(1);
            u32::from(*value) * 100 < mean * (100 - DARKER_PERCENT)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(finders: usize, module: usize) -> Luma {
        let (width, height) = (1200, 1600);
        let mut luma = Luma {
            width,
            height,
            bytes: vec![240; width * height],
            shrunk: 1,
        };
        let step = module * 10;
        for finder in 0..finders {
            let (left, top) = (20 + finder % 20 * step, 20 + finder / 20 * step);
            for (x, y) in (0..7 * module).flat_map(|y| (0..7 * module).map(move |x| (x, y))) {
                let ring = |at: usize| (at / module).min(6 - at / module);
                if ring(x).min(ring(y)) != 1 {
                    luma.bytes[(top + y) * width + left + x] = 40;
                }
            }
        }
        luma
    }

    #[test]
    fn finder_patterns_are_counted_once_each() {
        for (count, module) in [(1, 1), (3, 2), (48, 5), (90, 3)] {
            let luma = sheet(count, module);
            assert!(are_more_than(count - 1, &luma), "{count} of {module} pixels: too few");
            assert!(!are_more_than(count, &luma), "{count} of {module} pixels: too many");
        }
    }

    #[test]
    fn an_empty_page_and_a_page_of_one_pixel_have_none() {
        assert!(!are_more_than(0, &sheet(0, 5)));
        let dot = Luma {
            width: 1,
            height: 1,
            bytes: vec![0],
            shrunk: 1,
        };
        assert!(!are_more_than(0, &dot));
    }
}
