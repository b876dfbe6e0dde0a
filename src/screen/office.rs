//! The office's numbers on their page.

use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::frame::{moment, shared, small};
use super::lists::Lists;
use crate::figures::{Figure, Period, Ratio};
use crate::session::staff::office::{FigureView, OfficeView, Span};
use crate::ticket::Day;

/// The small chart's box, as wide and high.
const BOX: f64 = 100.0;

pub fn fill(kiosk: &Kiosk, lists: &Lists, span: Span, office: Option<&OfficeView>) {
    let page = kiosk.global::<ui::StaffOfficePage>();
    page.set_period(match span.period {
        Period::Day => ui::Period::Day,
        Period::Week => ui::Period::Week,
        Period::Month => ui::Period::Month,
    });
    let (first, last) = span.days();
    page.set_first(day(first));
    page.set_last(day(last));
    page.set_there(office.is_some());
    let Some(office) = office else { return };
    page.set_forgotten_count(small(office.forgotten_count));
    lists.figures.set(office.figures.iter().map(figure).collect());
    let forgotten = office.forgotten.iter().map(|forgotten| ui::ForgottenRow {
        number: small(forgotten.number),
        slip: shared(forgotten.slip_number.clone()),
        pages: small(forgotten.pages),
        files: small(forgotten.files),
        at: moment(forgotten.at),
    });
    lists.forgotten.set(forgotten.collect());
}

fn day(day: Day) -> ui::Moment {
    let date = day.date();
    ui::Moment {
        year: i32::from(date.year()),
        month: i32::from(date.month()),
        day: i32::from(date.day()),
        weekday: i32::from(date.weekday().to_monday_zero_offset()),
        hour: 0,
        minute: 0,
    }
}

fn figure(view: &FigureView) -> ui::FigureRow {
    let ratio = view.ratio.unwrap_or_default();
    let whole = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
    ui::FigureRow {
        figure: name(view.figure),
        numerator: whole(ratio.numerator),
        denominator: whole(ratio.denominator),
        percent: ratio.percent().map_or(-1, whole),
        tenths: ratio
            .numerator
            .saturating_mul(10)
            .checked_div(ratio.denominator)
            .map_or(0, whole),
        few: view.ratio.is_none(),
        trend: shared(trend(&view.days)),
    }
}

/// A line upwards for each day, as high as its share of the highest; nothing where nothing was counted.
fn trend(days: &[Option<Ratio>]) -> String {
    let height = |ratio: &Ratio| (ratio.denominator > 0).then(|| ratio.numerator as f64 / ratio.denominator as f64);
    let heights: Vec<Option<f64>> = days.iter().map(|day| day.as_ref().and_then(height)).collect();
    let highest = heights
        .iter()
        .flatten()
        .fold(0.0, |highest: f64, height| highest.max(*height));
    // The frame of the box, so that a chart of few days is as wide as one of many.
    let mut path = format!("M 0 {BOX} H {BOX}");
    if highest <= 0.0 {
        return path;
    }
    let step = BOX / heights.len().max(1) as f64;
    for (at, height) in heights.iter().enumerate() {
        if let Some(height) = height {
            let x = (at as f64 + 0.5) * step;
            path += &format!(" M {x:.2} {BOX} V {:.2}", BOX - height / highest * BOX);
        }
    }
    path
}

fn name(figure: Figure) -> ui::FigureName {
    match figure {
        Figure::Online => ui::FigureName::Online,
        Figure::Assisted => ui::FigureName::Assisted,
        Figure::Digitised => ui::FigureName::Digitised,
        Figure::Pages => ui::FigureName::Pages,
        Figure::DataFields => ui::FigureName::DataFields,
        Figure::PapersAvoided => ui::FigureName::PapersAvoided,
        Figure::OnlinePayment => ui::FigureName::OnlinePayment,
        Figure::OnTime => ui::FigureName::OnTime,
        Figure::Satisfied => ui::FigureName::Satisfied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_line_for_each_day_that_counted_and_the_highest_fills_it() {
        let days = [
            Some(Ratio::new(1, 4)),
            None,
            Some(Ratio::new(2, 4)),
            Some(Ratio::default()),
        ];
        assert_eq!(trend(&days), "M 0 100 H 100 M 12.50 100 V 50.00 M 62.50 100 V 0.00");
        assert_eq!(trend(&[Some(Ratio::new(0, 3))]), "M 0 100 H 100");
    }
}
