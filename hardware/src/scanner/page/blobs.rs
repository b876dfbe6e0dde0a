//! Connected patches of a mask: letters, marks, dots, lines, stamps.

/// Ink without a gap in one row: columns `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scanner) struct Run {
    pub y: usize,
    pub from: usize,
    pub to: usize,
    /// Which blob it belongs to.
    pub blob: usize,
}

/// The box around a patch, its right and lower ends not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scanner) struct Blob {
    pub left: usize,
    pub right: usize,
    pub top: usize,
    pub bottom: usize,
    pub area: usize,
}

impl Blob {
    pub fn width(&self) -> usize {
        self.right - self.left
    }

    pub fn height(&self) -> usize {
        self.bottom - self.top
    }
}

pub(in crate::scanner) struct Blobs {
    pub runs: Vec<Run>,
    pub blobs: Vec<Blob>,
}

/// Pages of noise have more patches than this; the rest of them is not looked at.
const RUNS_MAX: usize = 400_000;

/// Patches of a mask that is given row by row; corners touch.
pub(in crate::scanner) fn find(width: usize, height: usize, mut fill: impl FnMut(usize, &mut [u8])) -> Blobs {
    let mut row = vec![0; width];
    let mut runs: Vec<Run> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut above = 0..0;

    for y in 0..height {
        if runs.len() > RUNS_MAX {
            break;
        }
        fill(y, &mut row);
        let begin = runs.len();
        let mut before = above.start;
        let mut x = 0;
        while let Some(from) = row[x..].iter().position(|ink| *ink != 0).map(|skip| x + skip) {
            let to = row[from..]
                .iter()
                .position(|ink| *ink == 0)
                .map_or(width, |count| from + count);
            let blob = parents.len();
            parents.push(blob);
            runs.push(Run { y, from, to, blob });
            while before < above.end && runs[before].to < from {
                before += 1;
            }
            let mut touching = before;
            while touching < above.end && runs[touching].from <= to {
                join(&mut parents, runs[touching].blob, blob);
                touching += 1;
            }
            x = to;
        }
        above = begin..runs.len();
    }
    number(runs, parents)
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}

fn number(mut runs: Vec<Run>, mut parents: Vec<usize>) -> Blobs {
    let mut numbers = vec![usize::MAX; parents.len()];
    let mut blobs: Vec<Blob> = Vec::new();
    for run in &mut runs {
        let root = root(&mut parents, run.blob);
        if numbers[root] == usize::MAX {
            numbers[root] = blobs.len();
            blobs.push(Blob {
                left: run.from,
                right: run.to,
                top: run.y,
                bottom: run.y + 1,
                area: 0,
            });
        }
        run.blob = numbers[root];
        let blob = &mut blobs[run.blob];
        blob.left = blob.left.min(run.from);
        blob.right = blob.right.max(run.to);
        blob.bottom = run.y + 1;
        blob.area += run.to - run.from;
    }
    Blobs { runs, blobs }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(lines: &[&str]) -> Blobs {
        find(lines[0].len(), lines.len(), |y, row| {
            for (ink, sign) in row.iter_mut().zip(lines[y].bytes()) {
                *ink = u8::from(sign == b'#');
            }
        })
    }

    #[test]
    fn a_letter_with_two_legs_and_one_that_touches_by_a_corner_are_one_each() {
        let found = drawn(&["#.#...#", "###..#.", ".......", "#......"]);
        let boxes: Vec<_> = found
            .blobs
            .iter()
            .map(|blob| (blob.left, blob.top, blob.right, blob.bottom, blob.area))
            .collect();
        assert_eq!(boxes, [(0, 0, 3, 2, 5), (5, 0, 7, 2, 2), (0, 3, 1, 4, 1)]);
        assert_eq!(
            found.runs.iter().map(|run| run.blob).collect::<Vec<_>>(),
            [0, 0, 1, 0, 1, 2]
        );
    }

    #[test]
    fn nothing_has_no_patches() {
        assert!(drawn(&["..", ".."]).blobs.is_empty());
    }
}
