//! What a hand-in slip says of what was handed in. Honest: what is kept is called kept, what is received is called
//! received.

use crate::dossier::ActKind;
use crate::session::handing::sent::Said;

pub fn title(act: ActKind) -> &'static str {
    match act {
        ActKind::Dossier => "PHIẾU GỬI HỒ SƠ",
        ActKind::Supplement => "PHIẾU NỘP BỔ SUNG",
        ActKind::Withdrawal => "PHIẾU RÚT HỒ SƠ",
    }
}

/// In Vietnamese and in English.
pub fn of(act: ActKind, said: &Said) -> (&'static str, &'static str) {
    match (act, said) {
        (ActKind::Withdrawal, Said::Received { .. }) => (
            "Cơ quan đã nhận yêu cầu rút. Hồ sơ này không được giải quyết nữa.",
            "The office has your request. This dossier is no longer dealt with.",
        ),
        (ActKind::Withdrawal, Said::Nothing) => (
            "Yêu cầu rút đã được giữ an toàn trong máy này. Máy đang gửi; mất mạng thì gửi khi có mạng lại. Hồ sơ chưa được rút cho tới lúc đó.",
            "Your request is safe in this kiosk. It is being sent; without a network it is sent when that is back. Until then nothing is withdrawn.",
        ),
        (ActKind::Withdrawal, Said::Refused) => (
            "Tỉnh chưa nhận yêu cầu rút. Cán bộ sẽ xem lại cùng bạn.",
            "The office did not take your request. Staff will look at it with you.",
        ),
        (ActKind::Supplement, Said::Received { .. }) => (
            "Cơ quan đã nhận giấy tờ bổ sung và giải quyết tiếp hồ sơ.",
            "The office has your papers and goes on with your dossier.",
        ),
        (ActKind::Supplement, Said::Nothing) => (
            "Giấy tờ bổ sung đã được giữ an toàn trong máy này. Máy đang gửi; mất mạng thì gửi khi có mạng lại.",
            "Your papers are safe in this kiosk. They are being sent; without a network they are sent when that is back.",
        ),
        (ActKind::Dossier, Said::Received { .. }) => (
            "Cơ quan đã nhận được hồ sơ. Giấy hẹn sẽ có khi cán bộ tiếp nhận.",
            "The office has received your dossier. An official will confirm it.",
        ),
        (ActKind::Dossier, Said::Nothing) => (
            "Hồ sơ đã được giữ an toàn trong máy này. Máy đang gửi; mất mạng thì gửi khi có mạng lại.",
            "Your dossier is safe in this kiosk. It is being sent; without a network it is sent when that is back.",
        ),
        (ActKind::Dossier | ActKind::Supplement, Said::Refused) => (
            "Hồ sơ đã được giữ an toàn trong máy này. Cán bộ cần xem lại cùng bạn trước khi gửi lại.",
            "Your dossier is safe in this kiosk. Staff need to look at it with you before it is sent again.",
        ),
    }
}
