//! Chance that can be repeated: the same seed throws the same numbers, on every machine.

/// A stream of numbers from a seed (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E6C_63D0_876A_9A35)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Evenly between `from` and `to`.
    pub fn between(&mut self, from: f32, to: f32) -> f32 {
        let high = u16::try_from(self.next() >> 48).unwrap_or(u16::MAX);
        from + (to - from) * f32::from(high) / 65_536.0
    }

    /// Between `from` and `to`, with either sign.
    pub fn either_side(&mut self, from: f32, to: f32) -> f32 {
        let size = self.between(from, to);
        if self.chance(0.5) { size } else { -size }
    }

    pub fn chance(&mut self, part: f32) -> bool {
        self.between(0.0, 1.0) < part
    }

    /// One of `things`, which are not none.
    pub fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        let at = self.next() % things.len() as u64;
        things[usize::try_from(at).unwrap_or(0)]
    }
}

/// A square of smooth chance that repeats at its borders: values −1 to 1, with features of about `cell` pixels.
#[derive(Clone, Debug)]
pub(super) struct Clouds {
    side: usize,
    values: Vec<f32>,
}

impl Clouds {
    /// `side` is a power of two and a multiple of `cell`.
    pub fn new(dice: &mut Dice, side: usize, cell: usize) -> Self {
        let knots = (side / cell).max(1);
        let grid: Vec<f32> = (0..knots * knots).map(|_| dice.between(-1.0, 1.0)).collect();
        let at = |x: usize, y: usize| grid[y % knots * knots + x % knots];
        #[expect(clippy::cast_precision_loss, reason = "cells are a few hundred pixels")]
        let ease = |rest: usize| {
            let t = rest as f32 / cell as f32;
            t * t * (3.0 - 2.0 * t)
        };

        let mut values = Vec::with_capacity(side * side);
        for y in 0..side {
            let (row, down) = (y / cell, ease(y % cell));
            for x in 0..side {
                let (col, right) = (x / cell, ease(x % cell));
                let top = at(col, row) + (at(col + 1, row) - at(col, row)) * right;
                let bottom = at(col, row + 1) + (at(col + 1, row + 1) - at(col, row + 1)) * right;
                values.push(top + (bottom - top) * down);
            }
        }
        Self { side, values }
    }

    pub fn at(&self, x: usize, y: usize) -> f32 {
        let within = self.side - 1;
        self.values[(y & within) * self.side + (x & within)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_and_another_does_not() {
        let throws = |seed| {
            (0..20).map({
                let mut dice = Dice::new(seed);
                move |_| dice.next()
            })
        };
        assert!(throws(7).eq(throws(7)));
        assert!(throws(7).ne(throws(8)));
    }

    #[test]
    fn numbers_stay_between_their_ends_and_use_the_whole_of_it() {
        let mut dice = Dice::new(1);
        let throws: Vec<_> = (0..4000).map(|_| dice.between(-2.0, 6.0)).collect();
        assert!(throws.iter().all(|value| (-2.0..6.0).contains(value)));
        let mean = throws.iter().sum::<f32>() / 4000.0;
        assert!((mean - 2.0).abs() < 0.15, "{mean}");
    }

    #[test]
    fn clouds_are_smooth_and_repeat() {
        let clouds = Clouds::new(&mut Dice::new(3), 64, 16);
        for at in 0..64 {
            assert!((clouds.at(at, 5) - clouds.at(at + 1, 5)).abs() < 0.25);
            assert_eq!(clouds.at(at, 5).to_bits(), clouds.at(at + 64, 69).to_bits());
        }
    }
}
