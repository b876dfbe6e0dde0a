//! Lays every page out on the headless screen and writes down what stands where.

#[path = "../../examples/screens/samples.rs"]
mod samples;

use std::fmt;
use std::rc::Rc;
use std::sync::OnceLock;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
pub use samples::Panel;
use samples::{PANELS, Sample};
use slint::ComponentHandle;
use slint::platform::update_timers_and_animations;
use ui::headless::HeadlessWindow;
use ui::{Contrast, Frame, Kiosk, Language, Overlay, TextSize, Theme};

use crate::pixels::{Pixels, standing_out};

/// Where something stands, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    pub fn contains(&self, other: &Rect) -> bool {
        other.x >= self.x - 1.5
            && other.y >= self.y - 1.5
            && other.right() <= self.right() + 1.5
            && other.bottom() <= self.bottom() + 1.5
    }

    /// What both cover; `None` where they do not meet.
    pub fn common(&self, other: &Rect) -> Option<Rect> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (width, height) = (
            self.right().min(other.right()) - x,
            self.bottom().min(other.bottom()) - y,
        );
        (width > 0.0 && height > 0.0).then_some(Rect { x, y, width, height })
    }

    /// How deep one lies in the other, in pixels.
    pub fn overlap(&self, other: &Rect) -> f32 {
        self.common(other).map_or(0.0, |both| both.width.min(both.height))
    }

    /// The way between the two, in pixels; below zero where they overlap.
    pub fn gap(&self, other: &Rect) -> f32 {
        let aside = (other.x - self.right()).max(self.x - other.right());
        let above = (other.y - self.bottom()).max(self.y - other.bottom());
        aside.max(above)
    }
}

/// A button or a text.
#[derive(Clone, Debug)]
pub struct Found {
    pub label: String,
    pub rect: Rect,
    /// The part of the panel it can be seen through, where it is scrolled.
    pub window: Option<Rect>,
    pub enabled: bool,
    pub cut: bool,
    /// How well words stand out from their ground, as WCAG 2 counts; `None`: not wholly seen.
    pub contrast: Option<f32>,
    /// A button's own words.
    pub words: Vec<Found>,
}

impl Found {
    /// The part that is seen.
    pub fn seen(&self) -> Option<Rect> {
        match &self.window {
            Some(window) => window.common(&self.rect),
            None => Some(self.rect),
        }
    }

    pub fn wholly_seen(&self) -> bool {
        self.seen().is_some_and(|seen| seen.contains(&self.rect))
    }
}

/// One page as it was shown.
pub struct Shown {
    pub name: String,
    pub panel: Panel,
    pub size: TextSize,
    pub english: bool,
    pub contrast: Contrast,
    pub spoken: String,
    /// What is laid over the page.
    pub sheet: Option<Rect>,
    pub buttons: Vec<Found>,
    pub texts: Vec<Found>,
}

impl Shown {
    pub fn panel_rect(&self) -> Rect {
        Rect {
            x: 0.0,
            y: 0.0,
            width: self.panel.width_px as f32,
            height: self.panel.height_px as f32,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let language = if self.english { "en" } else { "vi" };
        let Self {
            name,
            panel,
            size,
            contrast,
            ..
        } = self;
        write!(f, "{name} {} {size:?} {language} {contrast:?}", panel.name)
    }
}

/// Every page on every panel in both languages and all sizes, and in each contrast on the small panel; laid out
/// once for all tests.
pub fn pages() -> &'static [Shown] {
    static PAGES: OnceLock<Vec<Shown>> = OnceLock::new();
    PAGES.get_or_init(|| crate::pixels::on_screen(lay_out_all))
}

/// In English the two sizes between lie between.
const SEEN: [(Language, TextSize); 6] = [
    (Language::Vi, TextSize::Small),
    (Language::Vi, TextSize::Start),
    (Language::Vi, TextSize::Large),
    (Language::Vi, TextSize::Largest),
    (Language::En, TextSize::Start),
    (Language::En, TextSize::Largest),
];

fn lay_out_all(window: &Rc<HeadlessWindow>) -> Vec<Shown> {
    let mut shown = Vec::new();
    for panel in PANELS {
        window.set_size(panel.width_px, panel.height_px);
        for (language, size) in SEEN {
            let way = Way {
                panel,
                language,
                size,
                contrast: Contrast::Start,
            };
            shown.extend(samples::all().iter().map(|sample| way.lay_out(window, sample)));
        }
        // Two colours are two colours on any panel.
        let contrasts = [Contrast::BlackOnWhite, Contrast::WhiteOnBlack];
        for contrast in contrasts.into_iter().filter(|_| panel.name == "small") {
            let way = Way {
                panel,
                language: Language::Vi,
                size: TextSize::Start,
                contrast,
            };
            shown.extend(samples::all().iter().map(|sample| way.lay_out(window, sample)));
        }
    }
    shown
}

/// How a page is shown.
#[derive(Clone, Copy)]
struct Way {
    panel: Panel,
    language: Language,
    size: TextSize,
    contrast: Contrast,
}

impl Way {
    fn lay_out(self, window: &Rc<HeadlessWindow>, sample: &Sample) -> Shown {
        let kiosk = self.show(window, sample);
        let shown = write_down(&kiosk, &window.snapshot(), self, &sample.0);
        kiosk.hide().expect("A headless window hides");
        shown
    }

    /// Puts one page on the screen.
    fn show(self, window: &Rc<HeadlessWindow>, sample: &Sample) -> Kiosk {
        let kiosk = Kiosk::new().expect("The headless platform makes windows");
        kiosk.show().expect("A headless window shows");
        kiosk.global::<Theme>().set_mm(self.panel.mm());
        ui::choose_language(&kiosk, self.language).expect("Both languages are built in");
        kiosk.global::<Frame>().set_text_size(self.size);
        kiosk.global::<Frame>().set_contrast(self.contrast);
        samples::begin(&kiosk);
        (sample.1)(&kiosk);
        // What is measured after the first drawing (what must scroll) settles in the second.
        for _ in 0..2 {
            update_timers_and_animations();
            window.draw_if_dirty();
        }
        kiosk
    }
}

fn write_down(kiosk: &Kiosk, pixels: &Pixels, way: Way, name: &str) -> Shown {
    // Under a sheet that is laid over it, a page cannot be touched and need not be read.
    let covered = kiosk.global::<Frame>().get_overlay() != Overlay::None;
    let cover = || {
        ElementQuery::from_root(kiosk)
            .match_inherits("Cover")
            .find_first()
            .filter(|_| covered)
    };
    let all = || match cover() {
        Some(cover) => cover.query_descendants(),
        None => ElementQuery::from_root(kiosk),
    };
    let windows = scrolled(all());
    let buttons = all().match_accessible_role(AccessibleRole::Button).find_all();
    let mut texts = texts_in(all(), &windows);
    for text in texts.iter_mut().filter(|text| text.wholly_seen()) {
        text.contrast = standing_out(pixels, &text.rect);
    }
    let sheet = cover().and_then(|cover| cover.query_descendants().match_id("Cover::sheet").find_first());
    assert_eq!(
        sheet.is_some(),
        covered,
        "{name}: a sheet that lies over a page is called so"
    );

    Shown {
        name: name.to_owned(),
        panel: way.panel,
        size: way.size,
        english: way.language == Language::En,
        contrast: way.contrast,
        sheet: sheet.as_ref().map(rect),
        spoken: kiosk.global::<Frame>().get_spoken().to_string(),
        buttons: buttons
            .iter()
            .map(|button| {
                let mut found = found(button, &windows);
                found.words = texts_in(button.query_descendants(), &windows);
                found
            })
            .collect(),
        texts,
    }
}

fn texts_in(all: ElementQuery, windows: &[(Rect, Vec<Rect>)]) -> Vec<Found> {
    all.match_inherits("Text")
        .find_all()
        .iter()
        .map(|text| found(text, windows))
        .filter(|text| !text.label.is_empty())
        .collect()
}

/// Each scrolled part: where it can be seen, and all that lies in it.
fn scrolled(all: ElementQuery) -> Vec<(Rect, Vec<Rect>)> {
    all.match_inherits("Flickable")
        .find_all()
        .iter()
        .map(|flick| {
            (
                rect(flick),
                flick.query_descendants().find_all().iter().map(rect).collect(),
            )
        })
        .collect()
}

fn rect(element: &ElementHandle) -> Rect {
    let (position, size) = (element.absolute_position(), element.size());
    Rect {
        x: position.x,
        y: position.y,
        width: size.width,
        height: size.height,
    }
}

fn found(element: &ElementHandle, windows: &[(Rect, Vec<Rect>)]) -> Found {
    let rect = rect(element);
    Found {
        label: element.accessible_label().unwrap_or_default().to_string(),
        rect,
        window: windows
            .iter()
            .find(|(_, inside)| inside.contains(&rect))
            .map(|(window, _)| *window),
        enabled: element.accessible_enabled().unwrap_or(true),
        contrast: None,
        cut: element.accessible_id().is_some_and(|id| id == "cut"),
        words: Vec::new(),
    }
}

/// What is left of words when the centre's own data is taken out.
pub fn without_data(words: &str) -> String {
    const DATA: [&str; 127] = [
        "Ảnh chân dung 3×4 cm",
        "Dán lên một tờ giấy trắng để quét",
        "Giấy chứng nhận quyền sử dụng đất (sổ đỏ)",
        "Mảnh trích đo bản đồ thửa đất",
        "Số 12/3, tổ 5, khu phố Bình Minh",
        "Mẹ của bé là ai?",
        "Bé tên là gì?",
        "Gia đình bạn đang ở đâu?",
        "Vốn của hộ là bao nhiêu?",
        "Số điện thoại để gọi cho bạn?",
        "Những ai ở cùng bạn?",
        "Kể cả trẻ em.",
        "Viết như trong giấy tờ.",
        "Nguyễn Thị Ng|",
        "Nguyễn Thị Ng",
        "Nguyệt",
        "Ngọc",
        "Ngân",
        "Sùng A Páo",
        "Bình Minh |",
        "Tỉnh Phú Thọ",
        "Tỉnh Bắc Ninh",
        "Thành phố Hồ Chí Minh",
        "Xã Tân Sơn Đông",
        "Xã Tân Sơn",
        "Xã Đồng Sơn",
        "Xã Tản Sơn",
        "Phường Tân Sơn Nhì",
        "Phường Sơn Kỳ",
        "Xã Tam Sơn",
        "Phú Thọ",
        "Nguyễn V** Ả** M**",
        "Hà T** M**",
        "Nguyễn B** M**",
        "Nguyễn Thị Mẫu",
        "Trung tâm Phục vụ hành chính công phường Bình Minh",
        "Tiếng Việt",
        "bản in lại",
        "Hộ tịch, tư pháp",
        "Đất đai, xây dựng",
        "Bảo hiểm, trợ cấp",
        "Kinh doanh",
        "Nhận kết quả",
        "Lao động, thương binh và xã hội",
        "Đổi giấy phép lái xe",
        "Giấy phép lái xe",
        "Công an tỉnh",
        "Hai ảnh 3 × 4",
        "Lệ phí cấp đổi giấy phép lái xe",
        "Phí thẩm định hồ sơ",
        "Hồ sơ này không có lệ phí trả trực tuyến.",
        "Tôi đồng ý gửi các thông tin này",
        "Giữ bản quét để lần sau tôi không phải nộp lại",
        "Gọi hoặc nhắn tin cho tôi về hồ sơ này",
        "Hỏi tôi có hài lòng không, sau khi xong việc",
        "Cán bộ Mẫu",
        "Lò T** T**",
        "Lò Thị Th",
        "Tỉnh Sơn La",
        "mẫu 01",
        "Đăng ký khai sinh",
        "Đăng ký kết hôn",
        "Cấp bản sao trích lục hộ tịch",
        "Cấp giấy xác nhận tình trạng hôn nhân",
        "Đăng ký khai tử",
        "Chứng thực bản sao từ bản chính giấy tờ, văn bản",
        "Chứng thực",
        "Hộ tịch",
        "Giấy khai sinh",
        "Ủy ban nhân dân phường Bình Minh",
        "Giấy chứng sinh của bé",
        "Giấy chứng nhận kết hôn của cha mẹ",
        "Tờ khai đăng ký khai sinh",
        "Văn bản của người làm chứng việc sinh",
        "nếu cha mẹ đã kết hôn",
        "Nếu là cán bộ, công chức, viên chức, bộ đội, công an",
        "Giấy tờ về nơi cư trú",
        "Cấp lại, đổi thẻ bảo hiểm y tế",
        "Thẻ bảo hiểm y tế",
        "Bảo hiểm xã hội tỉnh",
        "Bảo hiểm xã hội nhận tại quầy 5.",
        "Tờ khai thẻ bảo hiểm y tế",
        "Nguyễn Văn Ảnh Mẫu",
        "*** Đường **, phường Bình Minh",
        "Số 12 đường Hoa Sứ, tổ 5, khu phố 3, phường Bình Minh, tỉnh Mẫu Sơn",
        "Cha mẹ của bé đã đăng ký kết hôn chưa?",
        "Đăng ký ở nước ngoài cũng được.",
        "Rồi",
        "Chưa",
        "Bạn là gì của bé?",
        "Ông hoặc bà",
        "Người thân khác",
        "Người giám hộ",
        "Người được ủy quyền",
        "Mẹ",
        "Cha của bạn sinh ngày nào?",
        "Giấy tờ cũ có khi chỉ ghi năm.",
        "Bạn cần mấy bản sao?",
        "Từ 1 đến 20 bản.",
        "Bé sinh ngày nào?",
        "21 tháng 11, 2026",
        "Thiếu giấy chứng sinh bản chính",
        "Cha",
        "Thủ tục đăng ký khai sinh",
        "Dữ liệu bị hỏng, đã chuyển vào thư mục damaged-20261123T0312. Hãy gọi kỹ thuật viên.",
        "Sinh con",
        "Kết hôn",
        "Nhà đất",
        "Xe cộ, bằng lái",
        "Người cao tuổi",
        "Đi học",
        "Việc làm",
        "Bảo hiểm y tế",
        "Người thân mất",
        "Xây, sửa nhà",
        "Giấy tờ tùy thân",
        "giấy khai sinh",
        "đổi bằng lái",
        "sổ đỏ",
        "bánh mì",
        "xin cấp lại giấy chứng nhận quyền sử dụng đất bị mất vì lũ năm ngoái ở quê mẹ tôi",
        "Ủy ban nhân dân xã Mẫu Sơn",
        "Bộ phận Một cửa xã Mẫu Sơn",
        "Trợ cấp xã hội hằng tháng cho người cao tuổi",
        "Giấy chứng sinh",
        "Bản trước bị mờ, không đọc được số",
        "Xin nộp lại hai giấy này, bản rõ",
    ];
    DATA.iter().fold(words.to_owned(), |left, data| left.replace(data, ""))
}
