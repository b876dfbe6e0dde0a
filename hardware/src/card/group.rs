//! The groups that PACE and chip authentication agree on keys in (ICAO Doc 9303-11 §9.5.1): elliptic curves, and
//! residues modulo a prime.

use std::marker::PhantomData;

use elliptic_curve::group::Group as _;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{CurveArithmetic, FieldBytes, FieldBytesSize, PrimeField};
use zeroize::Zeroizing;

pub(crate) use self::residues::Residues;

mod residues;

/// A random scalar is out of range at most every second time; after so many draws the dice are broken.
const DRAWS_MAX: usize = 128;

/// What the other side sent is no element that a key may be agreed on with, or our own dice are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an element of the group")]
pub(crate) struct NotInGroup;

pub(crate) type Secret = Zeroizing<Vec<u8>>;
/// Fills a slice with random bytes.
pub(crate) type Dice<'a> = dyn FnMut(&mut [u8]) + 'a;

/// A group of prime order, its elements as bytes. Every element that comes in is checked: on the curve or in the
/// subgroup, and not the neutral one.
pub(crate) trait Group {
    /// A secret, not zero and below the order.
    fn secret(&self, dice: &mut Dice) -> Result<Secret, NotInGroup>;
    fn generator(&self) -> Vec<u8>;
    /// `element` times (or to the power of) `secret`.
    fn power(&self, element: &[u8], secret: &[u8]) -> Result<Vec<u8>, NotInGroup>;
    fn join(&self, one: &[u8], other: &[u8]) -> Result<Vec<u8>, NotInGroup>;
    /// What keys are derived from: the x coordinate, or the residue itself.
    fn shared(&self, element: &[u8]) -> Result<Secret, NotInGroup>;
    /// The tag of an element in a public key object (BSI TR-03110-3 §D.3).
    fn tag(&self) -> u32;
}

/// An elliptic curve; its elements are uncompressed points.
pub(crate) struct Curve<C>(PhantomData<C>);

impl<C> Curve<C> {
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C> Curve<C>
where
    C: CurveArithmetic,
    C::AffinePoint: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    fn scalar(bytes: &[u8]) -> Result<C::Scalar, NotInGroup> {
        let mut repr = FieldBytes::<C>::default();
        let at = repr.len().checked_sub(bytes.len()).ok_or(NotInGroup)?;
        repr[at..].copy_from_slice(bytes);
        let scalar = C::Scalar::from_repr(repr).into_option().ok_or(NotInGroup)?;
        if bool::from(elliptic_curve::ff::Field::is_zero(&scalar)) {
            return Err(NotInGroup);
        }
        Ok(scalar)
    }

    fn point(bytes: &[u8]) -> Result<C::ProjectivePoint, NotInGroup> {
        // Uncompressed points only (Doc 9303-11 §9.5.1).
        if bytes.first() != Some(&4) {
            return Err(NotInGroup);
        }
        let point = C::AffinePoint::from_sec1_bytes(bytes).map_err(|_| NotInGroup)?;
        let point = C::ProjectivePoint::from(point);
        if bool::from(point.is_identity()) {
            return Err(NotInGroup);
        }
        Ok(point)
    }

    fn bytes(point: C::ProjectivePoint) -> Result<Vec<u8>, NotInGroup> {
        if bool::from(point.is_identity()) {
            return Err(NotInGroup);
        }
        let affine: C::AffinePoint = point.into();
        Ok(affine.to_sec1_point(false).as_bytes().to_vec())
    }
}

impl<C> Group for Curve<C>
where
    C: CurveArithmetic,
    C::AffinePoint: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    fn secret(&self, dice: &mut Dice) -> Result<Secret, NotInGroup> {
        let mut secret = Zeroizing::new(FieldBytes::<C>::default().to_vec());
        for _ in 0..DRAWS_MAX {
            dice(&mut secret);
            if Self::scalar(&secret).is_ok() {
                return Ok(secret);
            }
        }
        Err(NotInGroup)
    }

    fn generator(&self) -> Vec<u8> {
        let generator: C::AffinePoint = C::ProjectivePoint::generator().into();
        generator.to_sec1_point(false).as_bytes().to_vec()
    }

    fn power(&self, element: &[u8], secret: &[u8]) -> Result<Vec<u8>, NotInGroup> {
        Self::bytes(Self::point(element)? * Self::scalar(secret)?)
    }

    fn join(&self, one: &[u8], other: &[u8]) -> Result<Vec<u8>, NotInGroup> {
        Self::bytes(Self::point(one)? + Self::point(other)?)
    }

    fn shared(&self, element: &[u8]) -> Result<Secret, NotInGroup> {
        Self::point(element)?;
        let coordinate_bytes = FieldBytes::<C>::default().len();
        Ok(Zeroizing::new(element[1..=coordinate_bytes].to_vec()))
    }

    fn tag(&self) -> u32 {
        0x86
    }
}

/// The standardised domain parameters of Doc 9303-11 table 6 that are known here; nothing for the others.
pub(crate) fn standardised(id: u8) -> Option<Box<dyn Group>> {
    match id {
        0 => Some(Box::new(Residues::modp_1024_160()?)),
        1 => Some(Box::new(Residues::modp_2048_224()?)),
        2 => Some(Box::new(Residues::modp_2048_256()?)),
        12 => Some(Box::new(Curve::<p256::NistP256>::new())),
        13 => Some(Box::new(Curve::<bp256::BrainpoolP256r1>::new())),
        15 => Some(Box::new(Curve::<p384::NistP384>::new())),
        16 => Some(Box::new(Curve::<bp384::BrainpoolP384r1>::new())),
        18 => Some(Box::new(Curve::<p521::NistP521>::new())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sides_agree_in_every_group_and_odd_elements_are_refused() {
        for id in [0, 1, 2, 12, 13, 15, 16, 18] {
            let group = standardised(id).unwrap();
            let mut seed = id;
            let mut dice = |bytes: &mut [u8]| {
                for byte in bytes.iter_mut() {
                    seed = seed.wrapping_mul(141).wrapping_add(3);
                    *byte = seed;
                }
                // Below the order of the curve whose field is not of whole bytes.
                bytes[0] &= 1;
            };
            let (one, other) = (group.secret(&mut dice).unwrap(), group.secret(&mut dice).unwrap());
            let generator = group.generator();
            let (ours, theirs) = (
                group.power(&generator, &one).unwrap(),
                group.power(&generator, &other).unwrap(),
            );
            let shared = group.power(&theirs, &one).unwrap();
            assert_eq!(shared, group.power(&ours, &other).unwrap(), "group {id}");
            assert_ne!(group.join(&ours, &theirs).unwrap(), ours);
            assert!(!group.shared(&shared).unwrap().is_empty());

            let mut bent = theirs.clone();
            if let Some(last) = bent.last_mut() {
                *last ^= 1;
            }
            for odd in [&bent[..], &[], &[0], &[4], &vec![0; theirs.len()], &theirs[1..]] {
                assert_eq!(group.power(odd, &one), Err(NotInGroup), "group {id}");
            }
            assert_eq!(group.power(&theirs, &[0]), Err(NotInGroup));
        }
        assert!(standardised(3).is_none());
    }
}
