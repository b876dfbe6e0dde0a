//! The people of the sample cards. All are invented; the numbers and papers belong to nobody.

use super::authority::Scheme;
use super::chip::Settings;

pub use self::date::{Birth, Date, Expiry};

mod date;
mod samples;

pub use self::samples::PEOPLE;

/// One invented person and the kind of card that they hold.
pub struct Person {
    /// The name of the sample; it never changes.
    pub sample: &'static str,
    /// Twelve digits (số định danh cá nhân).
    pub number: &'static str,
    /// Nine digits of the old card (CMND), or empty.
    pub old_number: &'static str,
    pub old_number_at: OldNumberAt,
    pub name: &'static str,
    pub birth: Birth,
    pub sex: Sex,
    pub ethnicity: &'static str,
    pub religion: &'static str,
    /// Quê quán.
    pub home: &'static str,
    /// Nơi thường trú; the address of the QR code.
    pub residence: &'static str,
    /// Đặc điểm nhận dạng.
    pub marks: &'static str,
    pub issued: Date,
    pub father: &'static str,
    pub mother: &'static str,
    pub spouse: &'static str,
    /// The card access number, six digits.
    pub can: &'static str,
    pub face: Face,
    pub settings: Settings,
    pub proof: Proof,
    pub signed_by: SignedBy,
    pub scheme: Scheme,
    /// The file of which a bit is not what was signed.
    pub altered: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Man,
    Woman,
}

/// In which field of DG13 the old number stands: cards of both kinds are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldNumberAt {
    Field15,
    Field16,
}

/// The format of the picture in DG2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Jpeg,
    Jpeg2000,
}

/// With what the chip proves that it is no copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    EcdsaP256,
    /// The signature has 256 bytes: it needs an answer of extended length.
    Rsa2048,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    Sample,
    /// By the sample authority, with a certificate that has ended.
    Expired,
    /// By an authority that is not the anchor.
    Stranger,
}

impl Sex {
    pub fn word(self) -> &'static str {
        match self {
            Self::Man => "Nam",
            Self::Woman => "Nữ",
        }
    }

    /// As in the MRZ.
    pub fn letter(self) -> char {
        match self {
            Self::Man => 'M',
            Self::Woman => 'F',
        }
    }
}

impl Person {
    /// What the QR code on the front says.
    pub fn qr(&self) -> String {
        [
            self.number,
            self.old_number,
            self.name,
            &self.birth.in_qr(),
            self.sex.word(),
            self.residence,
            &self.issued.in_qr(),
        ]
        .join("|")
    }

    /// When the card ends: on the birthday that makes the holder 25, 40 or 60; never after that.
    pub fn expiry(&self) -> Expiry {
        Expiry::of(self.birth, self.issued)
    }

    /// The card access number.
    pub fn can(&self) -> &'static str {
        self.can
    }

    /// The three lines of the MRZ on the back, 30 characters each.
    pub fn mrz(&self) -> [String; 3] {
        super::personal::mrz::lines(self)
    }

    /// The fields of the MRZ from which the keys of the chip are made, each with its check digit: the
    /// last nine digits of the number, the birth, the expiry.
    pub fn mrz_information(&self) -> String {
        super::personal::mrz::information(self)
    }

    /// A file as it is on the chip, by its identifier (011E is EF.COM, 011D EF.SOD, 010D DG13).
    pub fn chip_file(&self, id: u16) -> Option<Vec<u8>> {
        let personal = super::personal::Personal::write(self, None);
        personal.files.get(id).map(|file| file.read(0, file.len()))
    }

    /// Whether everything on the chip is what the sample authority signed, with a valid certificate.
    pub fn is_genuine(&self) -> bool {
        self.altered.is_none() && self.signed_by == SignedBy::Sample
    }
}

/// The person of a sample.
pub fn find(sample: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.sample == sample)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_qr_codes_that_the_dock_had_are_the_same() {
        for (sample, qr) in [
            (
                "nguyen-van-am",
                "025048000191|131313131|Nguyễn Văn Ẩm|07031948|Nam|Khu 4, Xã Mẫu Sơn, Tỉnh Phú Thọ|10052021",
            ),
            (
                "bui-thi-thuong",
                "025194000272||Bùi Thị Thương|21111994|Nữ|Xóm Thử, Xã Ví Dụ, Tỉnh Phú Thọ|02122022",
            ),
            (
                "one-word-name",
                "011085000353||Sùng|01011985|Nam|Bản Giả Định, Xã Mẫu, Tỉnh Điện Biên|15062023",
            ),
            (
                "long-name",
                "001199000434|012345670|Công Tằng Tôn Nữ Huyền Diệu Phương Khánh Nguyệt Ánh|29022004|Nữ|Số 128, ngõ 45/12/7 \
                 đường Không Có Thật, Tổ dân phố số 19, Phường Ví Dụ Rất Dài, Thành phố Hà Nội|29022024",
            ),
            (
                "every-mark",
                "040060000515||Đặng Hữu Ắc Ằm Ẳn Ẵng Ặt Ệch Ỗng Ợt Ữu Ỹ|30041960|Nam|Thôn Dấu Thanh, Xã Mẫu, Tỉnh Nghệ \
                 An|03032021",
            ),
        ] {
            assert_eq!(find(sample).unwrap().qr(), qr);
        }
    }

    #[test]
    fn every_sample_has_a_name_and_a_number_of_its_own() {
        let names: HashSet<_> = PEOPLE.iter().map(|person| person.sample).collect();
        let numbers: HashSet<_> = PEOPLE.iter().map(|person| person.number).collect();
        assert_eq!((names.len(), numbers.len()), (PEOPLE.len(), PEOPLE.len()));
        for person in PEOPLE {
            assert!(person.number.len() == 12 && person.can.len() == 6, "{}", person.sample);
        }
    }
}
