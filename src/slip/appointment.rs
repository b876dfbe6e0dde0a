//! Form 01 (giấy tiếp nhận hồ sơ và hẹn trả kết quả, TT 03/2025/TT-VPCP), on the roll or on A4: the same lines.

use hardware::page_printer::Document;
use hardware::printer::{Line, Slip, TextSize, Weight};
use jiff::Timestamp;

use super::{centered, copy_of, head, moment, note, pair};
use crate::appointment::Appointment;
use crate::procedure::PaperForm;

/// What stands on it beside what the province says.
#[derive(Clone, Debug, PartialEq)]
pub struct AppointmentSlip {
    pub center: String,
    pub appointment: Appointment,
    pub printed_at: Timestamp,
    pub copies: u32,
}

impl AppointmentSlip {
    pub fn layout(&self) -> Slip {
        let told = &self.appointment;
        let mut lines = head(&told.office, copy_of(self.copies));
        lines.push(Line::Gap { mm: 2 });
        lines.push(centered(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            TextSize::Small,
            Weight::Bold,
        ));
        lines.push(centered("Độc lập - Tự do - Hạnh phúc", TextSize::Small, Weight::Bold));
        lines.push(Line::Gap { mm: 2 });
        lines.push(centered(
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
            TextSize::Large,
            Weight::Bold,
        ));
        lines.push(centered("Mã hồ sơ", TextSize::Small, Weight::Regular));
        lines.push(Line::Barcode {
            data: told.code.clone(),
        });
        lines.push(Line::Rule);
        self.person(&mut lines);
        lines.push(Line::Rule);
        self.parts(&mut lines);
        lines.push(Line::Rule);
        self.times(&mut lines);
        lines.push(Line::Gap { mm: 2 });
        self.signatures(&mut lines);
        Slip { lines }
    }

    /// For the page printer; its title names nobody.
    pub fn document(&self) -> Document {
        Document {
            title: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả".into(),
            slip: self.layout(),
            made_at_unix: self.printed_at.as_second(),
        }
    }

    fn person(&self, lines: &mut Vec<Line>) {
        let told = &self.appointment;
        lines.push(pair("Tiếp nhận hồ sơ của", &told.person));
        lines.push(pair("Số định danh", &told.id_number));
        if let Some(address) = &told.address {
            lines.push(pair("Địa chỉ", address));
        }
        if let Some(phone) = &told.phone {
            lines.push(pair("Điện thoại", phone));
        }
        lines.push(pair("Nội dung", &told.procedure));
    }

    fn parts(&self, lines: &mut Vec<Line>) {
        lines.push(note("Thành phần hồ sơ nộp gồm:"));
        for (part, number) in self.appointment.parts.iter().zip(1..) {
            let form = match part.form {
                PaperForm::Original => "bản chính",
                PaperForm::Certified => "bản sao có chứng thực",
                PaperForm::Copy => "bản sao",
                PaperForm::Shown => "đã xuất trình",
                PaperForm::Photo => "ảnh",
            };
            lines.push(note(&format!("{number}. {} ({form}, {})", part.name, part.copies)));
        }
        lines.push(pair("Số lượng hồ sơ", &format!("{} (bộ)", self.appointment.sets)));
    }

    fn times(&self, lines: &mut Vec<Line>) {
        let told = &self.appointment;
        if let Some(days) = told.working_days {
            lines.push(pair("Thời gian giải quyết", &format!("{days} ngày làm việc")));
        }
        lines.push(pair("Nhận hồ sơ lúc", &moment(told.received_at)));
        match told.due_at {
            Some(due) => lines.push(pair("Trả kết quả lúc", &moment(due))),
            None => lines.push(note("Ngày trả kết quả: cán bộ sẽ báo cho ông/bà.")),
        }
        if let Some(place) = &told.result_at {
            lines.push(pair("Nhận kết quả tại", place));
        }
    }

    fn signatures(&self, lines: &mut Vec<Line>) {
        let official = self.appointment.official.as_deref().unwrap_or_default();
        lines.push(pair("NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN"));
        lines.push(Line::Gap { mm: 16 });
        lines.push(pair(&self.appointment.person, official));
        if let Some(address) = &self.appointment.look_up {
            lines.push(Line::Qr { data: address.clone() });
            lines.push(centered("Quét mã để tra cứu hồ sơ.", TextSize::Small, Weight::Regular));
        }
        lines.push(centered(
            &format!("In tại {}, {}", self.center, moment(self.printed_at)),
            TextSize::Small,
            Weight::Regular,
        ));
    }
}
