//! Finding a procedure: in pictures, and by typing.

use slint::ComponentHandle;
use ui::{EventPicture, EventView, FindPage, FindState, Flow, KeyLayer, Kiosk, PageName, TypingWay};

use super::hand_in::procedure;
use super::{Sample, at, model, sample};

const EVENTS: [(&str, EventPicture); 12] = [
    ("Sinh con", EventPicture::Baby),
    ("Kết hôn", EventPicture::Rings),
    ("Nhà đất", EventPicture::Land),
    ("Kinh doanh", EventPicture::Shop),
    ("Xe cộ, bằng lái", EventPicture::Motorbike),
    ("Người cao tuổi", EventPicture::Elder),
    ("Đi học", EventPicture::School),
    ("Việc làm", EventPicture::Work),
    ("Bảo hiểm y tế", EventPicture::Health),
    ("Người thân mất", EventPicture::Candle),
    ("Xây, sửa nhà", EventPicture::Wall),
    ("Giấy tờ tùy thân", EventPicture::Papers),
];

const FOUND: [&str; 5] = [
    "Đăng ký khai sinh",
    "Cấp bản sao trích lục hộ tịch",
    "Chứng thực bản sao từ bản chính giấy tờ, văn bản",
    "Cấp giấy xác nhận tình trạng hôn nhân",
    "Đăng ký kết hôn",
];

fn at_find(kiosk: &Kiosk, state: FindState, rows: usize) -> FindPage<'_> {
    at(kiosk, PageName::Find, Flow::HandIn, 1, 5);
    let page = kiosk.global::<FindPage>();
    page.set_state(state);
    let row = |(index, name): (usize, &&str)| procedure(&(index + 1).to_string(), name, "Hộ tịch", 3, 8_000);
    page.set_rows(model(FOUND[..rows].iter().enumerate().map(row).collect()));
    page
}

pub fn finding() -> Vec<Sample> {
    let events = |name: &str, leaf: usize, pages| {
        sample(name, move |kiosk: &Kiosk| {
            let page = at_find(kiosk, FindState::Events, 3);
            let event = |(name, picture): &(&str, EventPicture)| EventView {
                code: (*name).into(),
                name: (*name).into(),
                picture: *picture,
            };
            page.set_events(model(EVENTS[leaf * 6..][..6].iter().map(event).collect()));
            page.set_page(leaf as i32 + 1);
            page.set_pages(pages);
        })
    };
    let typing = |name: &str, way, text: &'static str, rows| {
        sample(name, move |kiosk: &Kiosk| {
            let page = at_find(kiosk, FindState::Typing, rows);
            page.set_way(way);
            page.set_text(text.into());
        })
    };
    vec![
        events("find", 0, 2),
        events("find-last", 1, 2),
        events("find-one-leaf", 0, 1),
        typing("find-typing", TypingWay::Marks, "", 3),
        typing("find-typing-marks", TypingWay::Marks, "giấy khai sinh", 5),
        typing("find-typing-telex", TypingWay::Telex, "đổi bằng lái", 2),
        typing("find-typing-vni", TypingWay::Vni, "sổ đỏ ", 4),
        sample("find-typing-figures", |kiosk: &Kiosk| {
            let page = at_find(kiosk, FindState::Typing, 2);
            page.set_layer(KeyLayer::Figures);
            page.set_text("mẫu 01".into());
        }),
        typing("find-typing-nothing", TypingWay::Marks, "bánh mì", 0),
        typing(
            "find-typing-long",
            TypingWay::Vni,
            "xin cấp lại giấy chứng nhận quyền sử dụng đất bị mất vì lũ năm ngoái ở quê mẹ tôi",
            3,
        ),
    ]
}
