//! What stands on the sample papers.

use cosmic_text::{Align, Weight};

use crate::twin::scanner::paper::{BLACK, BLUE, GREY, HEIGHT_MM, Hand, PALE_RED, PLAIN, Paper, RED, TITLE, WIDTH_MM};

const LEFT: f32 = 30.0;
const COLUMN: f32 = WIDTH_MM - LEFT - 15.0;
const SMALL: Hand = Hand { size_pt: 10.0, ..PLAIN };
const ITALIC_LIKE: Hand = Hand {
    size_pt: 11.0,
    align: Align::Center,
    ink: GREY,
    ..PLAIN
};
const HANDWRITTEN: Hand = Hand {
    size_pt: 12.0,
    weight: Weight::NORMAL,
    align: Align::Left,
    ink: BLUE,
};

/// The pale words under everything and the plain ones at both ends.
fn worthless(sheet: &mut Paper) {
    let pale = Hand {
        size_pt: 34.0,
        ink: PALE_RED,
        ..TITLE
    };
    for y in [75.0, 150.0, 225.0] {
        sheet.text([0.0, y], WIDTH_MM, pale, "MẪU · KHÔNG CÓ GIÁ TRỊ");
    }
    let plain = Hand {
        size_pt: 9.0,
        ink: RED,
        ..TITLE
    };
    for y in [6.0, HEIGHT_MM - 12.0] {
        sheet.text(
            [0.0, y],
            WIDTH_MM,
            plain,
            "MẪU THỬ MÁY QUÉT · NGƯỜI VÀ SỐ LIỆU BỊA RA · KHÔNG CÓ GIÁ TRỊ",
        );
    }
}

/// The heading every Vietnamese office paper begins with.
fn heading(sheet: &mut Paper) -> f32 {
    worthless(sheet);
    let y = sheet.text([0.0, 20.0], WIDTH_MM, TITLE, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    let y = sheet.text(
        [0.0, y],
        WIDTH_MM,
        Hand { size_pt: 13.0, ..TITLE },
        "Độc lập – Tự do – Hạnh phúc",
    );
    sheet.block([WIDTH_MM / 2.0 - 34.0, y + 1.0], [68.0, 0.35], BLACK);
    y + 10.0
}

/// Label and handwritten answer on dots; returns where the next one goes.
fn field(sheet: &mut Paper, y: f32, label: &str, answer: &str) -> f32 {
    const ANSWER_AT: f32 = 72.0;
    sheet.text([LEFT, y], ANSWER_AT, PLAIN, label);
    sheet.dots([LEFT + ANSWER_AT, y + 6.0], COLUMN - ANSWER_AT);
    sheet.text(
        [LEFT + ANSWER_AT + 2.0, y - 0.8],
        COLUMN - ANSWER_AT,
        HANDWRITTEN,
        answer,
    );
    y + 9.5
}

fn signed(sheet: &mut Paper, y: f32, role: &str, name: &str) {
    let half = [WIDTH_MM / 2.0, y];
    let y = sheet.text(
        half,
        WIDTH_MM / 2.0 - 15.0,
        ITALIC_LIKE,
        "Phường Mẫu, ngày 20 tháng 11 năm 2026",
    );
    let y = sheet.text(
        [half[0], y],
        WIDTH_MM / 2.0 - 15.0,
        Hand { size_pt: 12.0, ..TITLE },
        role,
    );
    sheet.signature([half[0] + 25.0, y + 14.0], 36.0);
    sheet.text(
        [half[0], y + 24.0],
        WIDTH_MM / 2.0 - 15.0,
        Hand {
            align: Align::Center,
            ..PLAIN
        },
        name,
    );
}

pub(in crate::twin::scanner) fn declaration(sheet: &mut Paper) {
    let y = heading(sheet);
    let y = sheet.text(
        [0.0, y],
        WIDTH_MM,
        Hand { size_pt: 16.0, ..TITLE },
        "TỜ KHAI ĐĂNG KÝ KHAI SINH",
    );
    let y = sheet.text(
        [0.0, y + 2.0],
        WIDTH_MM,
        PLAIN_CENTERED,
        "Kính gửi: Ủy ban nhân dân Phường Mẫu, Tỉnh Thử Nghiệm",
    );

    let fields = [
        ("Họ, chữ đệm, tên người yêu cầu:", "NGUYỄN THỊ VÍ DỤ"),
        ("Ngày, tháng, năm sinh:", "01/02/1990"),
        ("Số định danh cá nhân:", "000 000 000 001"),
        ("Nơi cư trú:", "Số 0, phố Không Có Thật, Phường Mẫu"),
        ("Quan hệ với người được khai sinh:", "Mẹ"),
        ("Họ, chữ đệm, tên người được khai:", "TRẦN VĂN THÍ DỤ"),
        ("Ngày, tháng, năm sinh:", "18/11/2026"),
        ("Ghi bằng chữ:", "Mười tám, tháng mười một, hai nghìn …"),
        ("Giới tính:", "Nam"),
        ("Dân tộc:", "Kinh"),
        ("Quốc tịch:", "Việt Nam"),
        ("Nơi sinh:", "Bệnh viện Mẫu, Tỉnh Thử Nghiệm"),
        ("Quê quán:", "Xã Ví Dụ, Tỉnh Thử Nghiệm"),
    ];
    let y = fields
        .iter()
        .fold(y + 8.0, |y, (label, answer)| field(sheet, y, label, answer));
    sheet.text([LEFT, y + 2.0], COLUMN, SMALL, OATH);
    signed(sheet, y + 20.0, "Người yêu cầu", "Nguyễn Thị Ví Dụ");
}

const PLAIN_CENTERED: Hand = Hand {
    align: Align::Center,
    ..PLAIN
};
const OATH: &str = "Tôi cam đoan nội dung khai trên đây là đúng sự thật, được sự thỏa thuận nhất trí của các bên \
    liên quan theo quy định pháp luật. Tôi chịu hoàn toàn trách nhiệm về nội dung cam đoan của mình.";

pub(in crate::twin::scanner) fn declaration_overleaf(sheet: &mut Paper) {
    worthless(sheet);
    let fields = [
        ("Họ, chữ đệm, tên người mẹ:", "NGUYỄN THỊ VÍ DỤ"),
        ("Năm sinh:", "1990"),
        ("Dân tộc, quốc tịch:", "Kinh, Việt Nam"),
        ("Nơi cư trú:", "Số 0, phố Không Có Thật, Phường Mẫu"),
        ("Họ, chữ đệm, tên người cha:", "TRẦN VĂN GIẢ ĐỊNH"),
        ("Năm sinh:", "1988"),
        ("Dân tộc, quốc tịch:", "Kinh, Việt Nam"),
        ("Nơi cư trú:", "Số 0, phố Không Có Thật, Phường Mẫu"),
    ];
    let y = fields
        .iter()
        .fold(24.0, |y, (label, answer)| field(sheet, y, label, answer));
    let y = sheet.text(
        [LEFT, y + 4.0],
        COLUMN,
        Hand {
            weight: Weight::BOLD,
            ..PLAIN
        },
        "Đề nghị cấp bản sao:",
    );
    for (row, words) in ["Có, số lượng: 2 bản", "Không"]
        .iter()
        .zip([0.0, 8.0])
        .map(|(words, down)| (y + down, words))
    {
        sheet.frame([LEFT, row + 1.5], [4.0, 4.0], BLACK);
        sheet.text([LEFT + 7.0, row], COLUMN, PLAIN, words);
    }
    sheet.text([LEFT + 0.6, y + 0.6], 6.0, HANDWRITTEN, "x");
    signed(sheet, y + 30.0, "Người yêu cầu", "Nguyễn Thị Ví Dụ");
}

pub(in crate::twin::scanner) fn birth_paper(sheet: &mut Paper) {
    let y = heading(sheet);
    let y = sheet.text([0.0, y], WIDTH_MM, Hand { size_pt: 18.0, ..TITLE }, "GIẤY CHỨNG SINH");
    let y = sheet.text(
        [0.0, y],
        WIDTH_MM,
        PLAIN_CENTERED,
        "Số: 00/2026 · Quyển số: 00 · Bệnh viện Mẫu",
    );

    let fields = [
        ("Họ và tên mẹ:", "NGUYỄN THỊ VÍ DỤ"),
        ("Năm sinh:", "1990"),
        ("Số định danh cá nhân:", "000 000 000 001"),
        ("Nơi cư trú:", "Số 0, phố Không Có Thật, Phường Mẫu"),
        ("Đã sinh con vào lúc:", "06 giờ 30 phút, ngày 18/11/2026"),
        ("Tại:", "Bệnh viện Mẫu, Tỉnh Thử Nghiệm"),
        ("Số con trong lần sinh này:", "01"),
        ("Giới tính, cân nặng:", "Nam, 3.200 g"),
        ("Dự định đặt tên con là:", "TRẦN VĂN THÍ DỤ"),
        ("Người đỡ đẻ:", "Lê Thị Tưởng Tượng"),
    ];
    let y = fields
        .iter()
        .fold(y + 8.0, |y, (label, answer)| field(sheet, y, label, answer));
    signed(sheet, y + 14.0, "Thủ trưởng cơ sở y tế", "Phạm Văn Không Có");
    sheet.stamp([WIDTH_MM / 2.0 + 22.0, y + 42.0], 17.0, "MẪU");
}

pub(in crate::twin::scanner) fn residence_paper(sheet: &mut Paper) {
    let y = heading(sheet);
    let y = sheet.text(
        [0.0, y],
        WIDTH_MM,
        Hand { size_pt: 16.0, ..TITLE },
        "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ",
    );
    let y = sheet.text(
        [LEFT, y + 6.0],
        COLUMN,
        PLAIN,
        "Công an Phường Mẫu xác nhận thông tin của công dân như sau:",
    );

    let fields = [
        ("1. Họ, chữ đệm và tên:", "TRẦN VĂN GIẢ ĐỊNH"),
        ("2. Ngày, tháng, năm sinh:", "03/04/1988"),
        ("3. Giới tính:", "Nam"),
        ("4. Số định danh cá nhân:", "000 000 000 002"),
        ("5. Nơi thường trú:", "Số 0, phố Không Có Thật, Phường Mẫu"),
        ("6. Chủ hộ:", "TRẦN VĂN GIẢ ĐỊNH"),
    ];
    let y = fields
        .iter()
        .fold(y + 4.0, |y, (label, answer)| field(sheet, y, label, answer));
    let rows = ["Họ và tên", "TRẦN VĂN GIẢ ĐỊNH", "NGUYỄN THỊ VÍ DỤ", "TRẦN VĂN THÍ DỤ"];
    let relations = ["Quan hệ với chủ hộ", "Chủ hộ", "Vợ", "Con"];
    let mut at = y + 4.0;
    for (name, relation) in rows.iter().zip(relations) {
        sheet.frame([LEFT, at], [95.0, 9.0], BLACK);
        sheet.frame([LEFT + 95.0, at], [COLUMN - 95.0, 9.0], BLACK);
        sheet.text([LEFT + 3.0, at + 1.6], 90.0, SMALL, name);
        sheet.text([LEFT + 98.0, at + 1.6], 60.0, SMALL, relation);
        at += 9.0;
    }
    signed(sheet, at + 14.0, "Trưởng Công an phường", "Hoàng Văn Hư Cấu");
    sheet.stamp([WIDTH_MM / 2.0 + 22.0, at + 42.0], 17.0, "MẪU");
}

pub(in crate::twin::scanner) fn request(sheet: &mut Paper) {
    const BODY: [&str; 4] = [
        "Tôi tên là Nguyễn Thị Ví Dụ, cư trú tại số 0, phố Không Có Thật, Phường Mẫu, Tỉnh Thử Nghiệm.",
        "Ngày 18 tháng 11 năm 2026 tôi sinh con trai tại Bệnh viện Mẫu. Do giấy chứng sinh ghi thiếu chữ đệm của \
         cháu, tôi làm đơn này kính đề nghị Ủy ban nhân dân phường xem xét, ghi đúng họ, chữ đệm và tên của cháu \
         theo tờ khai mà tôi đã nộp.",
        "Tôi gửi kèm theo đơn này bản sao giấy chứng sinh, bản sao căn cước công dân và giấy xác nhận thông tin \
         về cư trú. Các giấy tờ trên đều là mẫu dùng để thử máy quét, không có giá trị pháp lý.",
        "Tôi xin cam đoan những điều trình bày trên là đúng và xin chân thành cảm ơn.",
    ];
    let y = heading(sheet);
    let y = sheet.text([0.0, y], WIDTH_MM, Hand { size_pt: 16.0, ..TITLE }, "ĐƠN ĐỀ NGHỊ");
    let y = sheet.text(
        [0.0, y + 1.0],
        WIDTH_MM,
        PLAIN_CENTERED,
        "Kính gửi: Ủy ban nhân dân Phường Mẫu",
    );
    let hand = Hand {
        size_pt: 13.0,
        ink: BLUE,
        ..PLAIN
    };
    let y = BODY
        .iter()
        .fold(y + 8.0, |y, words| sheet.text([LEFT, y], COLUMN, hand, words) + 3.0);
    signed(sheet, y + 12.0, "Người làm đơn", "Nguyễn Thị Ví Dụ");
}

/// Both sides of an ID card copied onto one sheet, at the size of a card (85.6 × 54 mm).
pub(in crate::twin::scanner) fn card_copy(sheet: &mut Paper) {
    const CARD: [f32; 2] = [85.6, 54.0];
    const X: f32 = (WIDTH_MM - CARD[0]) / 2.0;
    const TINY: Hand = Hand { size_pt: 6.5, ..PLAIN };

    worthless(sheet);
    for (y, tint) in [(45.0, [222, 238, 226]), (120.0, [226, 232, 242])] {
        sheet.block([X, y], CARD, tint);
        sheet.frame([X, y], CARD, GREY);
    }
    let front = 45.0;
    sheet.text(
        [X, front + 3.0],
        CARD[0],
        Hand { size_pt: 7.0, ..TITLE },
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    );
    sheet.text(
        [X, front + 8.0],
        CARD[0],
        Hand {
            size_pt: 9.0,
            ink: RED,
            ..TITLE
        },
        "CĂN CƯỚC – MẪU",
    );
    sheet.block([X + 5.0, front + 17.0], [20.0, 27.0], [176, 190, 204]);
    sheet.text(
        [X + 5.0, front + 27.0],
        20.0,
        Hand {
            align: Align::Center,
            ..TINY
        },
        "ẢNH",
    );
    let lines = [
        "Số: 000 000 000 001",
        "Họ, chữ đệm và tên khai sinh:",
        "NGUYỄN THỊ VÍ DỤ",
        "Ngày, tháng, năm sinh: 01/02/1990",
        "Giới tính: Nữ · Quốc tịch: Việt Nam",
    ];
    for (line, down) in lines.iter().zip([0.0, 5.0, 9.5, 14.0, 18.5]) {
        sheet.text([X + 29.0, front + 17.0 + down], 55.0, TINY, line);
    }

    let back = 120.0;
    sheet.text(
        [X + 5.0, back + 4.0],
        75.0,
        TINY,
        "Nơi cư trú: Số 0, phố Không Có Thật, Phường Mẫu",
    );
    sheet.block([X + 8.0, back + 13.0], [13.0, 11.0], [206, 172, 84]);
    for (line, down) in [
        "IDVNM0000000010000000000001<<0",
        "9002010F3002015VNM<<<<<<<<<<<0",
        "NGUYEN<<THI<VI<DU<<<<<<<<<<<<<",
    ]
    .iter()
    .zip([0.0, 6.0, 12.0])
    {
        sheet.text(
            [X + 4.0, back + 33.0 + down],
            80.0,
            Hand { size_pt: 9.0, ..PLAIN },
            line,
        );
    }
}
