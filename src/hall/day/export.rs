//! The figures of a day as CSV (RFC 4180) that a spreadsheet opens: a row for each hour and letter, or for each counter.
//!
//! Times are whole seconds; where there was none, the field is empty. A row of a letter without events in an hour is
//! not there.

use crate::hall::day::{DayView, Figures, HourDay, Spread};
use crate::ticket::SeriesLetter;

const BYTE_ORDER_MARK: char = '\u{feff}';
const HOURS: &str = "ngay,gio,linh_vuc";
const FIGURES: &str = "phat_so,luot_goi,goi_lan_dau,vang,xong,chuyen,cho_bo_sung,\
cho_so_nguoi,cho_trung_vi_giay,cho_90_giay,cho_lau_nhat_giay,\
phuc_vu_so_luot,phuc_vu_trung_vi_giay,phuc_vu_90_giay,phuc_vu_lau_nhat_giay";

/// By hour and letter.
pub fn hours(view: &DayView) -> String {
    let mut text = format!("{BYTE_ORDER_MARK}{HOURS},{FIGURES}\r\n");
    hour_rows(view).for_each(|row| text += &format!("{row}\r\n"));
    text
}

/// By centre, hour and letter. A centre is named by a word without commas or quotes.
pub fn hours_of_centres<'a>(centres: impl IntoIterator<Item = (&'a str, &'a DayView)>) -> String {
    let mut text = format!("{BYTE_ORDER_MARK}trung_tam,{HOURS},{FIGURES}\r\n");
    for (centre, view) in centres {
        hour_rows(view).for_each(|row| text += &format!("{centre},{row}\r\n"));
    }
    text
}

fn hour_rows(view: &DayView) -> impl Iterator<Item = String> {
    let rows = |hour: &HourDay| {
        let row = |(letter, of): &(SeriesLetter, Figures)| format!("{},{},{letter},{}", view.day, hour.hour, row(of));
        hour.series.iter().map(row).collect::<Vec<_>>()
    };
    view.hours.iter().flat_map(rows)
}

/// By counter, with how long it was open, busy and paused.
pub fn counters(view: &DayView) -> String {
    let more = "mo_giay,co_khach_giay,nghi_giay,hop_giay,may_hong_giay,viec_khac_giay";
    let mut text = format!("{BYTE_ORDER_MARK}ngay,quay,{FIGURES},{more}\r\n");
    for of in &view.counters {
        let [rest, meeting, fault, other] = of.paused_secs;
        text += &format!(
            "{},{},{},{},{},{rest},{meeting},{fault},{other}\r\n",
            view.day,
            of.counter,
            row(&of.figures),
            of.open_secs,
            of.busy_secs,
        );
    }
    text
}

fn row(of: &Figures) -> String {
    format!(
        "{},{},{},{},{},{},{},{},{}",
        of.drawn,
        of.calls,
        of.first_calls,
        of.absent,
        of.done,
        of.sent_on,
        of.parked,
        spread(&of.wait),
        spread(&of.serve)
    )
}

fn spread(of: &Spread) -> String {
    let told = |secs: Option<u32>| secs.map(|secs| secs.to_string()).unwrap_or_default();
    let (median, p90, longest) = (told(of.median_secs), told(of.p90_secs), told(of.longest_secs));
    format!("{},{median},{p90},{longest}", of.count)
}
