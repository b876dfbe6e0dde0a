//! The samples themselves.

use std::time::Duration;

use super::super::apdu::Status;
use super::super::authority::Scheme;
use super::super::chip::{KeyForm, Offer, Settings};
use super::super::cipher::Suite;
use super::super::curve::Curve;
use super::super::personal::files::DG13;
use super::{Birth, Date, Face, OldNumberAt, Person, Proof, Sex, SignedBy};

/// The usual card of Vietnam: BAC, PACE refused, short answers.
const USUAL: Settings = Settings {
    bac: Offer::Open,
    pace: Offer::Refused,
    pace_suite: Suite::Aes128,
    pace_curve: Curve::P256,
    chip_suite: Suite::Aes128,
    key_form: KeyForm::Named,
    answer_bytes_max: 0xDF,
    wrong_key: Status::WRONG_KEY,
    wrong_keys_at_once: 5,
    retry_delay: Duration::from_millis(1500),
};

/// Somebody of whom only what differs is said below.
const SOMEBODY: Person = Person {
    sample: "nguyen-van-am",
    number: "025048000191",
    old_number: "",
    old_number_at: OldNumberAt::Field15,
    name: "Nguyễn Văn Ẩm",
    birth: Birth::Day(Date::new(7, 3, 1948)),
    sex: Sex::Man,
    ethnicity: "Kinh",
    religion: "Không",
    home: "Xã Mẫu Sơn, Tỉnh Phú Thọ",
    residence: "Khu 4, Xã Mẫu Sơn, Tỉnh Phú Thọ",
    marks: "Nốt ruồi vẽ bằng bút ở má trái",
    issued: Date::new(10, 5, 2021),
    father: "Nguyễn Văn Mẫu",
    mother: "Trần Thị Ví Dụ",
    spouse: "",
    can: "000191",
    face: Face::Jpeg,
    settings: USUAL,
    proof: Proof::EcdsaP256,
    signed_by: SignedBy::Sample,
    scheme: Scheme::EcdsaP256,
    altered: None,
};

/// All samples, in the order of the dock.
pub const PEOPLE: &[Person] = &[
    Person {
        old_number: "131313131",
        spouse: "Phạm Thị Thử",
        ..SOMEBODY
    },
    Person {
        sample: "bui-thi-thuong",
        number: "025194000272",
        name: "Bùi Thị Thương",
        birth: Birth::Day(Date::new(21, 11, 1994)),
        sex: Sex::Woman,
        ethnicity: "Mường",
        home: "Xã Ví Dụ, Tỉnh Phú Thọ",
        residence: "Xóm Thử, Xã Ví Dụ, Tỉnh Phú Thọ",
        issued: Date::new(2, 12, 2022),
        father: "Bùi Văn Thử",
        mother: "Đinh Thị Mẫu",
        can: "000272",
        settings: Settings {
            chip_suite: Suite::Tdes,
            key_form: KeyForm::Explicit,
            ..USUAL
        },
        ..SOMEBODY
    },
    Person {
        sample: "one-word-name",
        number: "011085000353",
        name: "Sùng",
        birth: Birth::Day(Date::new(1, 1, 1985)),
        ethnicity: "Mông",
        home: "Xã Mẫu, Tỉnh Điện Biên",
        residence: "Bản Giả Định, Xã Mẫu, Tỉnh Điện Biên",
        issued: Date::new(15, 6, 2023),
        father: "Sùng",
        mother: "",
        can: "000353",
        settings: Settings {
            wrong_key: Status::OBJECT_WRONG,
            ..USUAL
        },
        ..SOMEBODY
    },
    Person {
        sample: "long-name",
        number: "001199000434",
        old_number: "012345670",
        old_number_at: OldNumberAt::Field16,
        name: "Công Tằng Tôn Nữ Huyền Diệu Phương Khánh Nguyệt Ánh",
        birth: Birth::Day(Date::new(29, 2, 2004)),
        sex: Sex::Woman,
        home: "Phường Ví Dụ Rất Dài, Thành phố Hà Nội",
        residence: "Số 128, ngõ 45/12/7 đường Không Có Thật, Tổ dân phố số 19, Phường Ví Dụ Rất Dài, Thành phố Hà Nội",
        issued: Date::new(29, 2, 2024),
        father: "Công Tằng Tôn Thất Mẫu",
        mother: "Hoàng Thị Rất Dài Cũng Là Ví Dụ",
        can: "000434",
        settings: Settings {
            answer_bytes_max: 0x7FFF,
            ..USUAL
        },
        ..SOMEBODY
    },
    Person {
        sample: "every-mark",
        number: "040060000515",
        name: "Đặng Hữu Ắc Ằm Ẳn Ẵng Ặt Ệch Ỗng Ợt Ữu Ỹ",
        birth: Birth::Day(Date::new(30, 4, 1960)),
        home: "Xã Mẫu, Tỉnh Nghệ An",
        residence: "Thôn Dấu Thanh, Xã Mẫu, Tỉnh Nghệ An",
        issued: Date::new(3, 3, 2021),
        can: "000515",
        ..SOMEBODY
    },
    Person {
        sample: "year-of-birth-only",
        number: "038150000606",
        old_number: "170000606",
        name: "Lê Thị Không Nhớ Ngày",
        birth: Birth::Year(1950),
        sex: Sex::Woman,
        residence: "Thôn Năm Sinh, Xã Mẫu, Tỉnh Thanh Hoá",
        home: "Xã Mẫu, Tỉnh Thanh Hoá",
        can: "000606",
        ..SOMEBODY
    },
    Person {
        sample: "minority-name",
        number: "066090000717",
        name: "H'Ví Niê Kdăm Dụ",
        birth: Birth::Day(Date::new(12, 8, 1990)),
        sex: Sex::Woman,
        ethnicity: "Ê Đê",
        religion: "Tin Lành",
        home: "Xã Ea Mẫu, Tỉnh Đắk Lắk",
        residence: "Buôn Thử, Xã Ea Mẫu, Tỉnh Đắk Lắk",
        issued: Date::new(20, 7, 2022),
        father: "Y Mẫu Kdăm",
        mother: "H'Thử Niê",
        spouse: "Y Dụ Êban",
        can: "000717",
        ..SOMEBODY
    },
    Person {
        sample: "pace-only",
        number: "079201000828",
        name: "Trần Chỉ Có Mới",
        birth: Birth::Day(Date::new(9, 9, 2001)),
        residence: "Số 0 đường Thử Nghiệm, Phường Ví Dụ, Thành phố Hồ Chí Minh",
        issued: Date::new(1, 8, 2024),
        can: "000828",
        settings: Settings {
            bac: Offer::Refused,
            pace: Offer::Open,
            pace_suite: Suite::Aes256,
            pace_curve: Curve::BrainpoolP256r1,
            chip_suite: Suite::Aes256,
            key_form: KeyForm::Explicit,
            answer_bytes_max: 0x7FFF,
            ..USUAL
        },
        ..SOMEBODY
    },
    Person {
        sample: "bac-and-pace",
        number: "048195000939",
        name: "Phan Thị Hai Đường",
        birth: Birth::Day(Date::new(17, 10, 1995)),
        sex: Sex::Woman,
        residence: "Tổ 9, Phường Mẫu, Thành phố Đà Nẵng",
        issued: Date::new(5, 5, 2023),
        can: "000939",
        settings: Settings {
            pace: Offer::Open,
            ..USUAL
        },
        ..SOMEBODY
    },
    Person {
        sample: "jpeg2000-face",
        number: "092188001040",
        name: "Võ Thị Ảnh Khác",
        birth: Birth::Day(Date::new(3, 2, 1988)),
        sex: Sex::Woman,
        residence: "Ấp Thử, Xã Mẫu, Thành phố Cần Thơ",
        issued: Date::new(4, 1, 2022),
        can: "001040",
        face: Face::Jpeg2000,
        ..SOMEBODY
    },
    Person {
        sample: "signed-with-p384",
        number: "046079001484",
        name: "Tôn Văn Đường Cong",
        birth: Birth::Day(Date::new(19, 5, 1979)),
        sex: Sex::Man,
        residence: "Số 2 ngõ Chữ Ký, Phường Mẫu, Thành phố Huế",
        issued: Date::new(7, 7, 2023),
        can: "001484",
        scheme: Scheme::EcdsaP384,
        ..SOMEBODY
    },
    Person {
        sample: "signed-with-brainpool",
        number: "046181001595",
        name: "Hồ Thị Đường Khác",
        birth: Birth::Day(Date::new(2, 9, 1981)),
        sex: Sex::Woman,
        residence: "Số 2 ngõ Chữ Ký, Phường Mẫu, Thành phố Huế",
        issued: Date::new(7, 7, 2023),
        can: "001595",
        scheme: Scheme::EcdsaBrainpoolP256r1,
        ..SOMEBODY
    },
    Person {
        sample: "signed-with-rsa",
        number: "046086001606",
        name: "Mai Văn Số Lớn",
        birth: Birth::Day(Date::new(14, 3, 1986)),
        sex: Sex::Man,
        residence: "Số 2 ngõ Chữ Ký, Phường Mẫu, Thành phố Huế",
        issued: Date::new(7, 7, 2023),
        can: "001606",
        settings: Settings {
            answer_bytes_max: 0x7FFF,
            ..USUAL
        },
        proof: Proof::Rsa2048,
        scheme: Scheme::RsaPkcs1,
        ..SOMEBODY
    },
    Person {
        sample: "signed-with-rsa-pss",
        number: "046187001717",
        name: "Lý Thị Thêm Muối",
        birth: Birth::Day(Date::new(25, 6, 1987)),
        sex: Sex::Woman,
        residence: "Số 2 ngõ Chữ Ký, Phường Mẫu, Thành phố Huế",
        issued: Date::new(7, 7, 2023),
        can: "001717",
        scheme: Scheme::RsaPss,
        ..SOMEBODY
    },
    Person {
        sample: "unknown-signer",
        number: "031077001151",
        name: "Đỗ Văn Lạ Chữ Ký",
        birth: Birth::Day(Date::new(23, 12, 1977)),
        residence: "Số 1 phố Lạ, Phường Mẫu, Thành phố Hải Phòng",
        issued: Date::new(23, 3, 2022),
        can: "001151",
        signed_by: SignedBy::Stranger,
        ..SOMEBODY
    },
    Person {
        sample: "expired-signer",
        number: "034166001262",
        name: "Ngô Thị Hết Hạn Ký",
        birth: Birth::Day(Date::new(15, 1, 1966)),
        sex: Sex::Woman,
        residence: "Thôn Cũ, Xã Mẫu, Tỉnh Hưng Yên",
        issued: Date::new(11, 11, 2021),
        can: "001262",
        signed_by: SignedBy::Expired,
        ..SOMEBODY
    },
    Person {
        sample: "altered-dg13",
        number: "052083001373",
        name: "Huỳnh Văn Bị Sửa",
        birth: Birth::Day(Date::new(8, 7, 1983)),
        residence: "Thôn Sai, Xã Mẫu, Tỉnh Gia Lai",
        issued: Date::new(9, 9, 2022),
        can: "001373",
        altered: Some(DG13),
        ..SOMEBODY
    },
];
