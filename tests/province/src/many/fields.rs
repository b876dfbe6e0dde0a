//! Fields and things that the samples leave out.

/// What procedures are about besides the samples: the code and name of a field, and its things.
pub(super) const FIELDS: [(&str, &str, &[&str]); 16] = [
    (
        "G01-NN01",
        "Trồng trọt và bảo vệ thực vật",
        &[
            "giấy chứng nhận đủ điều kiện buôn bán phân bón",
            "giấy phép nhập khẩu giống cây trồng",
            "mã số vùng trồng",
            "chuyển đổi cơ cấu cây trồng trên đất lúa",
            "giấy chứng nhận kiểm dịch thực vật",
        ],
    ),
    (
        "G01-NN02",
        "Chăn nuôi và thú y",
        &[
            "giấy chứng nhận đủ điều kiện chăn nuôi trang trại quy mô lớn",
            "chứng chỉ hành nghề thú y",
            "cơ sở an toàn dịch bệnh động vật",
            "thiệt hại do dịch tả lợn châu Phi",
            "giấy chứng nhận kiểm dịch động vật",
        ],
    ),
    (
        "G01-NN03",
        "Thuỷ sản",
        &[
            "giấy phép khai thác thuỷ sản",
            "tàu cá",
            "giấy xác nhận nuôi trồng thuỷ sản lồng bè",
            "nguồn gốc thuỷ sản khai thác",
        ],
    ),
    (
        "G01-NN04",
        "Lâm nghiệp",
        &[
            "phương án khai thác gỗ rừng trồng",
            "mã số cơ sở nuôi động vật rừng",
            "chuyển mục đích sử dụng rừng sang mục đích khác",
            "bảng kê lâm sản",
            "giao rừng cho hộ gia đình",
        ],
    ),
    (
        "G02-TN01",
        "Môi trường",
        &[
            "giấy phép môi trường",
            "báo cáo đánh giá tác động môi trường",
            "kế hoạch ứng phó sự cố chất thải",
            "phương án cải tạo, phục hồi môi trường",
        ],
    ),
    (
        "G02-TN02",
        "Tài nguyên nước và khoáng sản",
        &[
            "giấy phép khai thác nước dưới đất",
            "giấy phép xả nước thải vào nguồn nước",
            "giấy phép thăm dò khoáng sản",
            "khai thác cát, sỏi lòng sông",
            "giấy phép hành nghề khoan giếng",
        ],
    ),
    (
        "G03-YT01",
        "Khám bệnh, chữa bệnh",
        &[
            "giấy phép hành nghề của bác sĩ",
            "giấy phép hoạt động phòng khám đa khoa",
            "nội dung quảng cáo dịch vụ khám bệnh",
            "giấy khám sức khoẻ cho thuyền viên",
            "giám định thương tật",
        ],
    ),
    (
        "G03-YT02",
        "Dược và an toàn thực phẩm",
        &[
            "chứng chỉ hành nghề dược",
            "giấy chứng nhận đủ điều kiện kinh doanh thuốc",
            "giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm",
            "bản tự công bố sản phẩm",
            "phiếu công bố mỹ phẩm",
        ],
    ),
    (
        "G04-VH01",
        "Văn hoá và du lịch",
        &[
            "giấy phép biểu diễn nghệ thuật",
            "thẻ hướng dẫn viên du lịch",
            "di tích lịch sử, danh lam thắng cảnh",
            "giấy phép kinh doanh karaoke",
            "tổ chức lễ hội truyền thống",
            "bảo vật quốc gia",
        ],
    ),
    (
        "G04-TT01",
        "Thông tin và truyền thông",
        &[
            "giấy phép hoạt động in",
            "giấy phép xuất bản bản tin",
            "trang thông tin điện tử tổng hợp",
            "điểm cung cấp dịch vụ trò chơi điện tử công cộng",
        ],
    ),
    (
        "G06-CT01",
        "Công thương",
        &[
            "giấy phép bán lẻ rượu",
            "giấy phép bán lẻ thuốc lá",
            "cửa hàng xăng dầu",
            "giấy chứng nhận đủ điều kiện nạp khí dầu mỏ hoá lỏng",
            "giấy phép sử dụng vật liệu nổ công nghiệp",
            "hoạt động khuyến mại",
            "cụm công nghiệp",
        ],
    ),
    (
        "G06-KH01",
        "Khoa học và công nghệ",
        &[
            "giấy phép sử dụng thiết bị bức xạ",
            "nhiệm vụ khoa học và công nghệ",
            "hợp đồng chuyển giao công nghệ",
            "phương tiện đo lường",
        ],
    ),
    (
        "G07-NV01",
        "Nội vụ và tôn giáo",
        &[
            "điều lệ hội",
            "bằng khen của chủ tịch uỷ ban nhân dân tỉnh",
            "sinh hoạt tôn giáo tập trung",
            "người được phong phẩm chức sắc",
            "quỹ từ thiện",
            "tài liệu lưu trữ",
        ],
    ),
    (
        "G08-TC01",
        "Tài chính và thuế",
        &[
            "mã số đơn vị có quan hệ với ngân sách",
            "giá hàng hoá, dịch vụ",
            "miễn, giảm thuế sử dụng đất phi nông nghiệp",
            "quyết toán vốn đầu tư",
            "bán đấu giá tài sản công",
        ],
    ),
    (
        "G10-TP03",
        "Bổ trợ tư pháp",
        &[
            "thẻ tư vấn viên pháp luật",
            "văn phòng công chứng",
            "chứng chỉ hành nghề luật sư",
            "văn phòng thừa phát lại",
            "trợ giúp pháp lý",
            "hoà giải viên ở cơ sở",
        ],
    ),
    (
        "G11-QP01",
        "Quốc phòng và người có công",
        &[
            "nghĩa vụ quân sự",
            "trợ cấp một lần đối với dân công hoả tuyến",
            "bằng Tổ quốc ghi công",
            "thăm viếng mộ liệt sĩ",
            "di chuyển hài cốt",
            "thương binh",
        ],
    ),
];
