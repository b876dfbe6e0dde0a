//! Three hundred names: invented, of usual parts.

const FAMILY: &str = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đoàn Lương Mã \
    Quách Giàng Vừ Lò";
const MIDDLE: &str =
    "Văn Thị Hữu Đức Công Quang Thanh Minh Ngọc Thùy Xuân Quốc Gia Bảo Mỹ Kiều Phương Trường Diệu Thúy";
const GIVEN: &str = "An Bình Châu Dũng Đạt Giang Hà Hải Hằng Hạnh Hiếu Hiền Hòa Hoài Hoàn Huệ Hưng Hương Huy Huyền Khánh \
    Khoa Khuê Kiên Lan Liễu Linh Loan Lợi Luyến Mạnh Mẫn Nga Nghĩa Nguyệt Nhàn Nhung Oanh Phúc Phước Quân Quý Quyên \
    Quỳnh Sơn Tâm Thảo Thắng Thơm Thủy Thuận Tiến Toàn Trí Trưởng Tuấn Tuyết Uyên Vượng Yến";

pub fn names() -> Vec<String> {
    let part = |parts: &'static str, at: usize| {
        let parts: Vec<&str> = parts.split_whitespace().collect();
        parts[at % parts.len()]
    };
    (0..300)
        .map(|n| {
            format!(
                "{} {} {}",
                part(FAMILY, n),
                part(MIDDLE, n * 7),
                part(GIVEN, n * 11 + n / 60)
            )
        })
        .collect()
}
