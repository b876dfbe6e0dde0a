//! Sample cards. Every person here is invented; the numbers belong to nobody.

pub struct Card {
    pub sample: &'static str,
    /// What the QR code on the front says.
    pub qr: &'static str,
}

pub const CARDS: &[Card] = &[
    Card {
        sample: "nguyen-van-am",
        qr: "025048000191|131313131|Nguyễn Văn Ẩm|07031948|Nam|Khu 4, Xã Mẫu Sơn, Tỉnh Phú Thọ|10052021",
    },
    Card {
        sample: "bui-thi-thuong",
        qr: "025194000272||Bùi Thị Thương|21111994|Nữ|Xóm Thử, Xã Ví Dụ, Tỉnh Phú Thọ|02122022",
    },
    Card {
        sample: "one-word-name",
        qr: "011085000353||Sùng|01011985|Nam|Bản Giả Định, Xã Mẫu, Tỉnh Điện Biên|15062023",
    },
    Card {
        sample: "long-name",
        qr: "001199000434|012345670|Công Tằng Tôn Nữ Huyền Diệu Phương Khánh Nguyệt Ánh|29022004|Nữ|Số 128, ngõ 45/12/7 đường Không Có Thật, Tổ dân phố số 19, Phường Ví Dụ Rất Dài, Thành phố Hà Nội|29022024",
    },
    Card {
        sample: "every-mark",
        qr: "040060000515||Đặng Hữu Ắc Ằm Ẳn Ẵng Ặt Ệch Ỗng Ợt Ữu Ỹ|30041960|Nam|Thôn Dấu Thanh, Xã Mẫu, Tỉnh Nghệ An|03032021",
    },
];
