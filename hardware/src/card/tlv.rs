//! BER-TLV as chips write it (ISO/IEC 7816-4 §6.3, X.690): tags of at most three bytes, definite lengths.
//!
//! Everything here comes from a card that may lie: no length is believed before the bytes are there.

/// Four bytes of length are more than any file of a card.
const LENGTH_BYTES_MAX: usize = 4;
/// A template with more objects is not one of ours.
pub const CHILDREN_MAX: usize = 256;

/// Why bytes are not objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlvError {
    #[error("data ends within an object")]
    Short,
    #[error("tag or length is not of a kind that is read")]
    Form,
    #[error("more objects than any template has")]
    TooMany,
}

/// One object of a template. Its value may be personal, so nothing prints it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Its bytes as one number, the first the highest.
    pub tag: u32,
    pub value: &'a [u8],
    /// The object with its tag and length.
    pub whole: &'a [u8],
}

/// What the first bytes of an object tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub tag: u32,
    pub head_bytes: usize,
    pub value_bytes: usize,
}

/// The head of the object that `bytes` begin with.
pub fn head(bytes: &[u8]) -> Result<Head, TlvError> {
    let (tag, tag_bytes) = tag(bytes)?;
    let (value_bytes, length_bytes) = length(&bytes[tag_bytes..])?;
    Ok(Head {
        tag,
        head_bytes: tag_bytes + length_bytes,
        value_bytes,
    })
}

fn tag(bytes: &[u8]) -> Result<(u32, usize), TlvError> {
    let first = *bytes.first().ok_or(TlvError::Short)?;
    if first & 0x1f != 0x1f {
        return Ok((first.into(), 1));
    }
    let second = *bytes.get(1).ok_or(TlvError::Short)?;
    if second & 0x80 == 0 {
        return Ok((u32::from_be_bytes([0, 0, first, second]), 2));
    }
    let third = *bytes.get(2).ok_or(TlvError::Short)?;
    if third & 0x80 == 0 {
        return Ok((u32::from_be_bytes([0, first, second, third]), 3));
    }
    Err(TlvError::Form)
}

fn length(bytes: &[u8]) -> Result<(usize, usize), TlvError> {
    let first = *bytes.first().ok_or(TlvError::Short)?;
    if first < 0x80 {
        return Ok((first.into(), 1));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > LENGTH_BYTES_MAX {
        return Err(TlvError::Form);
    }
    let digits = bytes.get(1..=count).ok_or(TlvError::Short)?;
    let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
    Ok((length, 1 + count))
}

/// The object that `bytes` begin with, and what follows it.
pub fn first(bytes: &[u8]) -> Result<(Tlv<'_>, &[u8]), TlvError> {
    let head = head(bytes)?;
    let end = head.head_bytes.checked_add(head.value_bytes).ok_or(TlvError::Form)?;
    let whole = bytes.get(..end).ok_or(TlvError::Short)?;
    let object = Tlv {
        tag: head.tag,
        value: &whole[head.head_bytes..],
        whole,
    };
    Ok((object, &bytes[end..]))
}

/// All objects of a template, one after the other.
pub fn all(mut bytes: &[u8]) -> Result<Vec<Tlv<'_>>, TlvError> {
    let mut objects = Vec::new();
    while !bytes.is_empty() {
        if objects.len() == CHILDREN_MAX {
            return Err(TlvError::TooMany);
        }
        let (object, rest) = first(bytes)?;
        objects.push(object);
        bytes = rest;
    }
    Ok(objects)
}

/// The value of the only object, which has this tag.
pub fn only(bytes: &[u8], tag: u32) -> Result<&[u8], TlvError> {
    let (object, rest) = first(bytes)?;
    if object.tag == tag && rest.is_empty() {
        Ok(object.value)
    } else {
        Err(TlvError::Form)
    }
}

/// An object with its length in the shortest form (X.690 §10.1).
pub fn object(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = shortest(tag).to_vec();
    match u8::try_from(value.len()) {
        Ok(length @ 0..0x80) => bytes.push(length),
        Ok(_) | Err(_) => {
            let length = value.len().to_be_bytes();
            let digits = &length[length.iter().take_while(|digit| **digit == 0).count()..];
            // At most eight digits.
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend_from_slice(digits);
        }
    }
    bytes.extend_from_slice(value);
    bytes
}

fn shortest(tag: u32) -> Vec<u8> {
    let bytes = tag.to_be_bytes();
    // A tag of zero has its byte as well.
    let zeros = bytes[..3].iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_of_one_two_and_three_bytes_and_long_lengths_are_read() {
        for tag in [0, 0x61, 0x5f1f, 0x7f61, 0x7f_81_01] {
            for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 70_000] {
                let value = vec![7; length];
                let bytes = object(tag, &value);
                assert_eq!(only(&bytes, tag).unwrap(), value);
            }
        }
    }

    #[test]
    fn what_is_cut_or_endless_is_refused() {
        assert_eq!(first(&[0x61, 0x05, 1]).err(), Some(TlvError::Short));
        assert_eq!(first(&[0x61, 0x80]).err(), Some(TlvError::Form), "indefinite length");
        assert_eq!(first(&[0x61, 0x85, 1, 1, 1, 1, 1]).err(), Some(TlvError::Form));
        assert_eq!(first(&[0x7f, 0x81, 0x81, 0x01]).err(), Some(TlvError::Form));
        assert_eq!(all(&[0; 2 * CHILDREN_MAX + 2]).err(), Some(TlvError::TooMany));
        assert_eq!(
            only(&[0x61, 0, 0], 0x61).err(),
            Some(TlvError::Form),
            "something follows"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(all(&bytes));
        }
    }
}
