//! A fee: how it is paid, the code on the screen, and what became of the money.

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};
use ui::{FeeRow, Flow, Frame, Kiosk, Language, Moment, PageName, PaperState, PayPage, PayState};

use super::{NOW, Sample, at, model, sample};

/// Modules across with their margin: a code of some 110 bytes.
const MODULES: u32 = 49;

/// Looks like a code from afar, and is none.
fn code() -> Image {
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(MODULES, MODULES);
    let last = MODULES - 5;
    let corner = |x: u32, y: u32| {
        let ring = x.max(y);
        ring < 7 && (matches!(x, 0 | 6) || matches!(y, 0 | 6) || ((2..5).contains(&x) && (2..5).contains(&y)))
    };
    for (place, pixel) in buffer.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (place as u32 % MODULES, place as u32 / MODULES);
        let inside = (4..=last).contains(&x) && (4..=last).contains(&y);
        let (x, y) = (x.saturating_sub(4), y.saturating_sub(4));
        let end = last - 4;
        let near = (y < 8 && (x < 8 || x > end - 8)) || (x < 8 && y > end - 8);
        let dark = if near {
            corner(x, y) || (x <= end && corner(end - x.min(end), y)) || (y <= end && corner(x, end - y.min(end)))
        } else {
            (x * 7 + y * 13 + x * y) % 5 < 2
        };
        let dark = inside && dark;
        *pixel = if dark {
            Rgb8Pixel::new(0, 0, 0)
        } else {
            Rgb8Pixel::new(255, 255, 255)
        };
    }
    Image::from_rgb8(buffer)
}

fn fee(name: &str, dong: i32) -> FeeRow {
    FeeRow {
        name: name.into(),
        dong,
    }
}

/// The amount as it is read aloud in the language of the page.
fn aloud(kiosk: &Kiosk, vietnamese: &str, english: &str) {
    let words = match kiosk.global::<Frame>().get_language() {
        Language::Vi => vietnamese,
        Language::En => english,
    };
    kiosk.global::<PayPage>().set_dong_words(words.into());
}

pub fn paying() -> Vec<Sample> {
    let pay = |name: &str, page, state: PayState, change: fn(&Kiosk, &PayPage)| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, page, Flow::HandIn, 0, 0);
            let pay = kiosk.global::<PayPage>();
            pay.set_state(state);
            pay.set_dong(115_000);
            aloud(
                kiosk,
                "một trăm mười lăm nghìn đồng",
                "one hundred and fifteen thousand dong",
            );
            pay.set_code(code());
            pay.set_modules(MODULES as i32);
            pay.set_seconds_left(872);
            pay.set_reference("TT004213370815".into());
            pay.set_account("1234567890123".into());
            pay.set_account_name("SO GIAO THONG TINH MAU".into());
            pay.set_transfer_note("K01 261123 0042".into());
            pay.set_transaction("GD004213370815".into());
            pay.set_paid_at(Moment { minute: 51, ..NOW });
            pay.set_paper(PaperState::Coming);
            pay.set_prints(true);
            change(kiosk, &pay);
        })
    };
    vec![
        pay("fee", PageName::Fee, PayState::Choosing, |_, _| {}),
        pay("fee-lines", PageName::Fee, PayState::Choosing, |kiosk, pay| {
            pay.set_fees(model(vec![
                fee("Lệ phí cấp đổi giấy phép lái xe", 115_000),
                fee("Phí thẩm định hồ sơ", 60_000),
            ]));
            pay.set_dong(175_000);
            aloud(
                kiosk,
                "một trăm bảy mươi lăm nghìn đồng",
                "one hundred and seventy five thousand dong",
            );
        }),
        pay("pay-starting", PageName::Pay, PayState::Starting, |_, _| {}),
        pay("pay-code", PageName::Pay, PayState::Code, |_, _| {}),
        pay("pay-code-silent", PageName::Pay, PayState::Code, |_, pay| {
            pay.set_silent(true);
            pay.set_listed_dong(100_000);
        }),
        pay("pay-ending", PageName::Pay, PayState::Ending, |_, _| {}),
        pay("pay-paid", PageName::Pay, PayState::Paid, |_, _| {}),
        pay("pay-failed", PageName::Pay, PayState::Failed, |_, _| {}),
        pay("pay-unclear", PageName::Pay, PayState::Unclear, |_, _| {}),
        pay("fee-transfer", PageName::Fee, PayState::TransferChoosing, |_, _| {}),
        pay(
            "pay-transfer-keeping",
            PageName::Pay,
            PayState::TransferKeeping,
            |_, _| {},
        ),
        pay("pay-transfer", PageName::Pay, PayState::Transfer, |_, pay| {
            // Who transfers may take as long as it takes.
            pay.set_seconds_left(0);
        }),
        pay(
            "pay-transfer-before",
            PageName::Pay,
            PayState::TransferBefore,
            |_, _| {},
        ),
        pay(
            "pay-transfer-not-now",
            PageName::Pay,
            PayState::TransferNotNow,
            |_, _| {},
        ),
        pay("pay-not-now", PageName::Pay, PayState::NotNow, |_, _| {}),
    ]
}
