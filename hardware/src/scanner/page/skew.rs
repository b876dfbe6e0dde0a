//! The turn of the text: lines of letters stand on their base lines, so seen along them the lower edges of
//! all ink fall on few places.

use super::edge::peak_shift;
use super::ink::Ink;
use super::reduced::{fraction, whole};

/// Text is looked for up to this turn when the paper's edges tell nothing.
const TURN_DEGREES_MAX: f32 = 20.0;
/// And so far to both sides of what the edges tell.
const NEAR_DEGREES: f32 = 1.5;
/// More places than this tell no more.
const PLACES_MAX: usize = 40_000;
/// Fewer places than this are no text.
const PLACES_MIN: usize = 400;
/// How much sharper than at other turns the lines must be to be believed.
const SHARPER: f32 = 1.5;

/// How the lines of text lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Text {
    pub turn_degrees: f32,
    /// The lines run from top to bottom.
    pub upended: bool,
    /// How much sharper than at other turns the lines are, 1 is not at all.
    pub sharpness: f32,
}

/// The turn of the text on a page, near `edges_degrees` if that is known.
pub(super) fn of(ink: &Ink, edges_degrees: Option<f32>) -> Option<Text> {
    let (lying, standing) = (places(ink, false), places(ink, true));
    if lying.len().min(standing.len()) < PLACES_MIN {
        return None;
    }

    let (from, to) = match edges_degrees {
        Some(turn) => (turn - NEAR_DEGREES, turn + NEAR_DEGREES),
        None => (-TURN_DEGREES_MAX, TURN_DEGREES_MAX),
    };
    let lying = best(&lying, from, to, false);
    let standing = best(&standing, from, to, true);
    let text = if lying.sharpness >= standing.sharpness {
        lying
    } else {
        standing
    };
    (text.sharpness >= SHARPER).then_some(text)
}

/// Places where ink ends downwards, or to the right.
fn places(ink: &Ink, upended: bool) -> Vec<[f32; 2]> {
    let next = if upended { 1 } else { ink.width };
    let all = ink.mask.len().saturating_sub(next);
    let mut places: Vec<[f32; 2]> = Vec::new();
    for (at, (here, there)) in ink.mask[..all].iter().zip(&ink.mask[next..]).enumerate() {
        if here > there {
            places.push([fraction(at % ink.width) + 0.5, fraction(at / ink.width) + 0.5]);
        }
    }
    if places.len() > PLACES_MAX {
        let every = places.len().div_ceil(PLACES_MAX);
        // Not every n-th: that would beat with the screens of printed pictures.
        let mut throw = 0_u32;
        places.retain(|_| {
            throw = throw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((throw >> 16) as usize).is_multiple_of(every)
        });
    }
    places
}

fn best(places: &[[f32; 2]], from: f32, to: f32, upended: bool) -> Text {
    let mut histogram = Vec::new();
    let mut sharpest = |from: f32, to: f32, step: f32| {
        let turns = whole((to - from) / step) + 1;
        let scores: Vec<f32> = (0..turns)
            .map(|n| score(places, from + fraction(n) * step, upended, &mut histogram))
            .collect();
        let at = (0..turns).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let shift = if at > 0 && at + 1 < turns {
            peak_shift(scores[at - 1], scores[at], scores[at + 1])
        } else {
            0.0
        };
        (from + (fraction(at) + shift) * step, scores[at])
    };

    let (coarse, _) = sharpest(from, to, 0.25);
    let (fine, _) = sharpest(coarse - 0.3, coarse + 0.3, 0.05);
    let (turn_degrees, peak) = sharpest(fine - 0.06, fine + 0.06, 0.02);
    // Beside the peak the lines are smeared over each other, whatever the page.
    let beside = [-7.0_f32, -5.0, -3.5, 3.5, 5.0, 7.0].map(|by| score(places, fine + by, upended, &mut histogram));
    let ground = beside.iter().sum::<f32>() / 6.0;
    Text {
        turn_degrees,
        upended,
        sharpness: if ground > 0.0 { peak / ground } else { 0.0 },
    }
}

/// How unevenly the places fall on lines of this turn: the sum of squares.
fn score(places: &[[f32; 2]], turn_degrees: f32, upended: bool, histogram: &mut Vec<f32>) -> f32 {
    let (sin, cos) = turn_degrees.to_radians().sin_cos();
    let (a, b) = if upended { (cos, sin) } else { (-sin, cos) };
    let along = |place: &[f32; 2]| a * place[0] + b * place[1];
    let low = places.iter().map(along).fold(f32::INFINITY, f32::min);
    let high = places.iter().map(along).fold(f32::NEG_INFINITY, f32::max);

    histogram.clear();
    histogram.resize(whole(high - low) + 3, 0.0);
    for place in places {
        let at = along(place) - low;
        let (bin, part) = (whole(at), at - at.floor());
        histogram[bin] += 1.0 - part;
        histogram[bin + 1] += part;
    }
    histogram.iter().map(|count| count * count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of blocks like words, turned clockwise about the middle.
    fn text(turn_degrees: f32, upended: bool) -> Ink {
        let (width, height) = (800, 800);
        let (sin, cos) = turn_degrees.to_radians().sin_cos();
        let mut mask = vec![0; width * height];
        for (at, ink) in mask.iter_mut().enumerate() {
            let (x, y) = (fraction(at % width) - 399.5, fraction(at / width) - 399.5);
            let (u, v) = (cos * x + sin * y + 600.0, cos * y - sin * x + 600.0);
            let (along, across) = if upended { (v, u) } else { (u, v) };
            let (word, line) = (whole(along) % 37, whole(across) % 30);
            let inside = x.abs() < 330.0 && y.abs() < 330.0;
            *ink = u8::from(inside && word < 29 && word % 7 < 4 && line < 12);
        }
        Ink { width, height, mask }
    }

    #[test]
    fn the_turn_of_lines_is_found_to_a_tenth_of_a_degree_with_and_without_edges() {
        for turn in [-7.3_f32, -0.4, 0.0, 2.15, 8.0] {
            for edges in [None, Some(turn + 0.6)] {
                let found = of(&text(turn, false), edges).unwrap();
                assert!(
                    (found.turn_degrees - turn).abs() < 0.1 && !found.upended,
                    "{turn}°: {found:?}"
                );
            }
        }
    }

    #[test]
    fn lines_that_run_down_are_told_from_lines_that_run_across() {
        let found = of(&text(3.0, true), None).unwrap();
        assert!(found.upended && (found.turn_degrees - 3.0).abs() < 0.1, "{found:?}");
    }

    #[test]
    fn a_page_without_ink_has_no_lines() {
        let ink = Ink {
            width: 500,
            height: 500,
            mask: vec![0; 250_000],
        };
        assert_eq!(of(&ink, None), None);
    }
}
