//! The curves of key agreement: standardized domain parameters of ICAO Doc 9303-11 table 15.
//!
//! Points are uncompressed octet strings (04 X Y), scalars big-endian and as long as a coordinate.

use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use elliptic_curve::ff::PrimeField;
use elliptic_curve::group::{Curve as _, Group};
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, ProjectivePoint, Scalar};
use p256::NistP256;
use p384::NistP384;

/// How often a random scalar is drawn until it is below the order of the group. Of the curves here
/// the worst misses one time in three.
const DRAWS_MAX: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    P256,
    BrainpoolP256r1,
    P384,
    BrainpoolP384r1,
}

impl Curve {
    /// The number of the standardized domain parameters.
    pub fn domain(self) -> u8 {
        match self {
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
        }
    }

    /// Bytes of a coordinate.
    pub fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => 32,
            Self::P384 | Self::BrainpoolP384r1 => 48,
        }
    }

    pub fn generator(self) -> Vec<u8> {
        match self {
            Self::P256 => generator::<NistP256>(),
            Self::BrainpoolP256r1 => generator::<BrainpoolP256r1>(),
            Self::P384 => generator::<NistP384>(),
            Self::BrainpoolP384r1 => generator::<BrainpoolP384r1>(),
        }
    }

    /// Multiplies a point; `None` when it is not on the curve, the scalar is too large, or nothing is left.
    pub fn multiply(self, point: &[u8], scalar: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::P256 => multiply::<NistP256>(point, scalar),
            Self::BrainpoolP256r1 => multiply::<BrainpoolP256r1>(point, scalar),
            Self::P384 => multiply::<NistP384>(point, scalar),
            Self::BrainpoolP384r1 => multiply::<BrainpoolP384r1>(point, scalar),
        }
    }

    /// Adds two points; `None` when one is not on the curve or nothing is left.
    pub fn add(self, left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::P256 => add::<NistP256>(left, right),
            Self::BrainpoolP256r1 => add::<BrainpoolP256r1>(left, right),
            Self::P384 => add::<NistP384>(left, right),
            Self::BrainpoolP384r1 => add::<BrainpoolP384r1>(left, right),
        }
    }

    /// The X coordinate of a point that this type returned.
    pub fn x(self, point: &[u8]) -> &[u8] {
        &point[1..=self.coordinate_bytes()]
    }

    /// Draws a secret scalar and its public point over `base`. `None` when chance gave no scalar.
    pub fn draw(self, base: &[u8], random: &mut dyn FnMut(&mut [u8])) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut secret = vec![0; self.coordinate_bytes()];
        (0..DRAWS_MAX).find_map(|_| {
            random(&mut secret);
            self.multiply(base, &secret).map(|public| (secret.clone(), public))
        })
    }
}

fn generator<C>() -> Vec<u8>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: ToSec1Point<C>,
{
    written::<C>(ProjectivePoint::<C>::generator()).expect("the generator is not the neutral point")
}

fn multiply<C>(point: &[u8], scalar: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    let repr = FieldBytes::<C>::try_from(scalar).ok()?;
    let scalar: Scalar<C> = Option::from(Scalar::<C>::from_repr(repr))?;
    written::<C>(read::<C>(point)? * scalar)
}

fn add<C>(left: &[u8], right: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    written::<C>(read::<C>(left)? + read::<C>(right)?)
}

fn read<C>(point: &[u8]) -> Option<ProjectivePoint<C>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C>,
{
    // Compressed points are not used by ICAO Doc 9303.
    if point.first() != Some(&4) {
        return None;
    }
    let point = Sec1Point::<C>::from_bytes(point).ok()?;
    let affine: AffinePoint<C> = Option::from(AffinePoint::<C>::from_sec1_point(&point))?;
    Some(affine.into())
}

fn written<C>(point: ProjectivePoint<C>) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: ToSec1Point<C>,
{
    let bytes = point.to_affine().to_sec1_point(false).as_bytes().to_vec();
    // The neutral point is written as one zero byte.
    (bytes.len() > 1).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURVES: [Curve; 4] = [Curve::P256, Curve::BrainpoolP256r1, Curve::P384, Curve::BrainpoolP384r1];

    #[test]
    fn two_sides_agree_on_every_curve() {
        let mut seed = 1_u8;
        let mut random = |bytes: &mut [u8]| {
            for byte in bytes {
                seed = seed.wrapping_mul(141).wrapping_add(3);
                *byte = seed;
            }
        };
        for curve in CURVES {
            let base = curve.generator();
            let (mine, my_point) = curve.draw(&base, &mut random).unwrap();
            let (yours, your_point) = curve.draw(&base, &mut random).unwrap();
            assert_eq!(curve.multiply(&your_point, &mine), curve.multiply(&my_point, &yours));
            assert_eq!(my_point.len(), 1 + 2 * curve.coordinate_bytes());
        }
    }

    #[test]
    fn a_point_off_the_curve_a_zero_and_a_scalar_too_large_are_refused() {
        for curve in CURVES {
            let mut off = curve.generator();
            *off.last_mut().unwrap() ^= 1;
            let one = [vec![0; curve.coordinate_bytes() - 1], vec![1]].concat();
            assert_eq!(curve.multiply(&off, &one), None);
            assert_eq!(curve.multiply(&curve.generator(), &one), Some(curve.generator()));
            assert_eq!(curve.multiply(&curve.generator(), &vec![0; one.len()]), None);
            assert_eq!(curve.multiply(&curve.generator(), &vec![0xFF; one.len()]), None);
            assert_eq!(curve.multiply(&[0], &one), None);
        }
    }
}
