//! EF.DG2: the photograph of the holder (ICAO Doc 9303-10 §4.7.2, ISO/IEC 19794-5:2005).
//!
//! Shown to staff beside the person, and kept only where a procedure asks for it.

use std::fmt;

use super::tlv::{self, Tlv};

const DG2: u32 = 0x75;
const GROUP_TEMPLATE: u32 = 0x7f61;
const TEMPLATE: u32 = 0x7f60;
/// The data block, plain or constructed.
const BLOCKS: [u32; 2] = [0x5f2e, 0x7f2e];
/// Facial record header: "FAC", version, length, number of faces (§5.4).
const RECORD_HEADER_BYTES: usize = 14;
/// Facial information (§5.5), of which the first six bytes are its length and the number of feature points.
const INFORMATION_BYTES: usize = 20;
const FEATURE_BYTES: usize = 8;
/// Image information (§5.7); its second byte is the kind of the image.
const IMAGE_INFORMATION_BYTES: usize = 12;
/// A photograph of a card has some 20 KB; nothing that is larger is decoded.
pub const FACE_BYTES_MAX: usize = 256 << 10;
/// And some 400 × 500 dots.
const SIDE_PX_MAX: u32 = 2048;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAFace {
    #[error("not the photograph of an identity card")]
    Form,
    #[error("photograph is larger than any card's")]
    TooLarge,
    #[error("picture cannot be decoded")]
    Picture,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Jpeg2000,
}

/// A photograph as it is on the card. Personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Face {
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Face(hidden)")
    }
}

impl Face {
    /// The first face of EF.DG2.
    pub fn read(file: &[u8]) -> Result<Self, NotAFace> {
        let image = record(file).and_then(image).ok_or(NotAFace::Form)?;
        if image.len() > FACE_BYTES_MAX {
            return Err(NotAFace::TooLarge);
        }
        let kind = match image {
            [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
            // A file (box "jP  ") or the bare codestream.
            [0, 0, 0, 0x0c, b'j', b'P', b' ', b' ', ..] | [0xff, 0x4f, 0xff, 0x51, ..] => Kind::Jpeg2000,
            [..] => return Err(NotAFace::Form),
        };
        Ok(Self {
            kind,
            bytes: image.to_vec(),
        })
    }

    /// The picture in dots.
    pub fn decode(&self) -> Result<image::RgbImage, NotAFace> {
        match self.kind {
            Kind::Jpeg => {
                let mut reader =
                    image::ImageReader::with_format(std::io::Cursor::new(&self.bytes), image::ImageFormat::Jpeg);
                let mut limits = image::Limits::default();
                limits.max_image_width = Some(SIDE_PX_MAX);
                limits.max_image_height = Some(SIDE_PX_MAX);
                reader.limits(limits);
                Ok(reader.decode().map_err(|_| NotAFace::Picture)?.to_rgb8())
            }
            Kind::Jpeg2000 => jpeg_2000(&self.bytes),
        }
    }
}

fn jpeg_2000(bytes: &[u8]) -> Result<image::RgbImage, NotAFace> {
    use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

    let picture = Image::new(bytes, &DecodeSettings::default()).map_err(|_| NotAFace::Picture)?;
    let (width, height) = (picture.width(), picture.height());
    if width == 0 || height == 0 || width > SIDE_PX_MAX || height > SIDE_PX_MAX {
        return Err(NotAFace::TooLarge);
    }
    let mut context = DecoderContext::default();
    let decoded = picture.decode(&mut context).map_err(|_| NotAFace::Picture)?;
    let channels = decoded.components().len();
    let colours = match (picture.color_space(), channels) {
        (ColorSpace::Gray, 1 | 2) => 1,
        (ColorSpace::RGB | ColorSpace::Icc { .. } | ColorSpace::Unknown { .. }, 3 | 4) => 3,
        (_, _) => return Err(NotAFace::Picture),
    };
    let rgb: Vec<u8> = decoded
        .data_u8()
        .chunks_exact(channels)
        .flat_map(|dot| {
            if colours == 1 {
                [dot[0]; 3]
            } else {
                [dot[0], dot[1], dot[2]]
            }
        })
        .collect();
    image::RgbImage::from_raw(width, height, rgb).ok_or(NotAFace::Picture)
}

/// The facial record in the nested templates.
fn record(file: &[u8]) -> Option<&[u8]> {
    let groups = tlv::only(file, DG2).and_then(tlv::all).ok()?;
    let group = tlv::all(find(&groups, &[GROUP_TEMPLATE])?).ok()?;
    let template = tlv::all(find(&group, &[TEMPLATE])?).ok()?;
    find(&template, &BLOCKS)
}

fn find<'a>(objects: &[Tlv<'a>], tags: &[u32]) -> Option<&'a [u8]> {
    objects
        .iter()
        .find(|object| tags.contains(&object.tag))
        .map(|object| object.value)
}

/// The picture of the first face of a record.
fn image(record: &[u8]) -> Option<&[u8]> {
    let rest = record.strip_prefix(b"FAC\0")?.get(RECORD_HEADER_BYTES - 4..)?;
    let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
    let face = rest.get(..length)?;
    let points = usize::from(u16::from_be_bytes(*face.get(4..)?.first_chunk()?));
    let skipped = INFORMATION_BYTES + points.checked_mul(FEATURE_BYTES)? + IMAGE_INFORMATION_BYTES;
    face.get(skipped..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dg2(image: &[u8], points: u16) -> Vec<u8> {
        let length = INFORMATION_BYTES + usize::from(points) * FEATURE_BYTES + IMAGE_INFORMATION_BYTES + image.len();
        let mut record = b"FAC\x00010\x00".to_vec();
        record.extend(((length + RECORD_HEADER_BYTES) as u32).to_be_bytes());
        record.extend([0, 1]);
        record.extend((length as u32).to_be_bytes());
        record.extend(points.to_be_bytes());
        record.resize(record.len() + length - 6 - image.len(), 0);
        record.extend_from_slice(image);
        let template = tlv::object(
            TEMPLATE,
            &[tlv::object(0xa1, &[]), tlv::object(0x5f2e, &record)].concat(),
        );
        let group = [tlv::object(2, &[1]), template].concat();
        tlv::object(DG2, &tlv::object(GROUP_TEMPLATE, &group))
    }

    fn jpeg() -> Vec<u8> {
        let mut bytes = Vec::new();
        jpeg_encoder::Encoder::new(&mut bytes, 80)
            .encode(&[200; 8 * 8 * 3], 8, 8, jpeg_encoder::ColorType::Rgb)
            .unwrap();
        bytes
    }

    #[test]
    fn a_jpeg_is_found_behind_its_feature_points_and_decoded() {
        for points in [0, 3] {
            let face = Face::read(&dg2(&jpeg(), points)).unwrap();
            assert_eq!(face.kind, Kind::Jpeg);
            assert_eq!(face.decode().unwrap().dimensions(), (8, 8));
            assert_eq!(format!("{face:?}"), "Face(hidden)");
        }
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        assert_eq!(Face::read(&dg2(b"GIF89a", 0)), Err(NotAFace::Form));
        assert_eq!(Face::read(&dg2(&jpeg(), 0)[1..]), Err(NotAFace::Form));
        let mut large = jpeg();
        large.resize(FACE_BYTES_MAX + 1, 0);
        assert_eq!(Face::read(&dg2(&large, 0)), Err(NotAFace::TooLarge));
        let broken = Face {
            kind: Kind::Jpeg2000,
            bytes: vec![0xff, 0x4f, 0xff, 0x51, 0, 1],
        };
        assert_eq!(broken.decode(), Err(NotAFace::Picture));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            drop(Face::read(&bytes));
            drop(Face { kind: Kind::Jpeg2000, bytes: [&[0xff, 0x4f, 0xff, 0x51], &bytes[..]].concat() }.decode());
        }
    }
}
