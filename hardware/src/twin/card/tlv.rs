//! BER-TLV as the chip speaks it (ISO 7816-4 clause 5.2): tags of one or two bytes, definite lengths.

/// A data object: its tag and its value.
pub struct Object<'a> {
    pub tag: u16,
    pub value: &'a [u8],
    /// The object as it came, tag and length included.
    pub whole: &'a [u8],
}

/// Writes an object. Tags above FF have two bytes.
pub fn object(tag: u16, value: &[u8]) -> Vec<u8> {
    let [high, low] = tag.to_be_bytes();
    let mut bytes = if high == 0 { vec![low] } else { vec![high, low] };
    bytes.extend(length(value.len()));
    bytes.extend_from_slice(value);
    bytes
}

/// Writes an object whose value is other objects, one after another.
pub fn nested(tag: u16, parts: &[Vec<u8>]) -> Vec<u8> {
    object(tag, &parts.concat())
}

/// Writes a length in its shortest form.
pub fn length(length: usize) -> Vec<u8> {
    if length < 0x80 {
        return vec![length as u8];
    }
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut written = vec![0x80 | (bytes.len() - zeros) as u8];
    written.extend_from_slice(&bytes[zeros..]);
    written
}

/// Reads the object at the front; `None` when there is no whole one.
pub fn first(bytes: &[u8]) -> Option<Object<'_>> {
    let (tag, tag_bytes) = match *bytes {
        [high, low, ..] if high & 0x1F == 0x1F => (u16::from_be_bytes([high, low]), 2),
        [tag, ..] if tag & 0x1F != 0x1F => (u16::from(tag), 1),
        _ => return None,
    };
    let (length, length_bytes) = read_length(&bytes[tag_bytes..])?;
    let start = tag_bytes + length_bytes;
    let end = start.checked_add(length)?;
    Some(Object {
        tag,
        value: bytes.get(start..end)?,
        whole: &bytes[..end],
    })
}

/// Reads a row of objects; `None` when anything but whole objects is there.
pub fn all(mut bytes: &[u8]) -> Option<Vec<Object<'_>>> {
    let mut objects = vec![];
    while !bytes.is_empty() {
        let object = first(bytes)?;
        bytes = &bytes[object.whole.len()..];
        objects.push(object);
    }
    Some(objects)
}

/// The value of the first object with this tag.
pub fn find<'a>(objects: &[Object<'a>], tag: u16) -> Option<&'a [u8]> {
    objects
        .iter()
        .find(|object| object.tag == tag)
        .map(|object| object.value)
}

fn read_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.first()?);
    if first < 0x80 {
        return Some((first, 1));
    }
    let count = first & 0x7F;
    if !(1..=4).contains(&count) {
        return None;
    }
    let length = bytes
        .get(1..=count)?
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    Some((length, 1 + count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(length(0x7F), [0x7F]);
        assert_eq!(length(0x80), [0x81, 0x80]);
        assert_eq!(length(0x0100), [0x82, 0x01, 0x00]);
        assert_eq!(length(0x01_0000), [0x83, 0x01, 0x00, 0x00]);
    }

    #[test]
    fn what_is_cut_off_or_has_no_length_is_no_object() {
        for bytes in [
            &b""[..],
            b"\x5F",
            b"\x80",
            b"\x80\x02a",
            b"\x80\x80",
            b"\x80\x85\0\0\0\0\0",
        ] {
            assert!(first(bytes).is_none(), "{bytes:02X?}");
        }
        assert!(all(b"\x80\x01a\x81").is_none());
    }

    proptest! {
        #[test]
        fn an_object_is_read_as_it_was_written(
            tag in prop_oneof![Just(0x87_u16), Just(0x5F2E), Just(0x7F49)],
            value in prop::collection::vec(any::<u8>(), 0..70_000),
            rest in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let bytes = [object(tag, &value), rest.clone()].concat();
            let read = first(&bytes).unwrap();
            prop_assert_eq!((read.tag, read.value), (tag, value.as_slice()));
            prop_assert_eq!(&bytes[read.whole.len()..], rest.as_slice());
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(read) = first(&bytes) {
                prop_assert!(read.whole.len() <= bytes.len());
            }
        }
    }
}
