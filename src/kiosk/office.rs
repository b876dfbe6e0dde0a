//! The office's numbers and proofs, read for the page where staff look at them.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Kiosk, LoopError};
use crate::desk::For;
use crate::figures::{Cell, FACES_TOLD_MIN, Figure, Ratio, sums};
use crate::proof::Proof;
use crate::session::staff::office::{FigureView, ForgottenView, OfficePaper, OfficeView, Span};
use crate::session::{Event, News, StaffNews};
use crate::slip::{OfficeSlip, OfficeWords, VisitSlip};
use crate::store::{Store, StoreError};
use crate::ticket::{Day, VIETNAM};

/// Proofs that one page or one list on paper shows.
pub(super) const PROOFS_SHOWN_MAX: u32 = 200;
/// A month.
const DAYS_MAX: usize = 31;

impl Kiosk {
    pub(super) async fn office_look(&mut self, span: Span, events: &mut VecDeque<Event>) -> Result<(), LoopError> {
        match self.store.call(move |store| view(store, span)).await? {
            Ok(view) => events.push_back(Event::News(News::Staff(StaffNews::Office(Arc::new(view))))),
            Err(error) => tracing::error!(error = format!("{error:#}"), "Figures cannot be read"),
        }
        Ok(())
    }

    pub(super) async fn print_office(
        &mut self,
        paper: OfficePaper,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let what = match self.store.call(move |store| words(store, paper)).await? {
            Ok(what) => what,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Figures or proofs cannot be read");
                return Ok(());
            }
        };
        let slip = OfficeSlip {
            center: self.config.kiosk.center.clone(),
            kiosk: self.config.kiosk.name.clone(),
            what,
            printed_at: Timestamp::now(),
        };
        self.print_visit_slip(VisitSlip::Office(Box::new(slip)), For::Staff, events)
            .await
    }
}

fn words(store: &mut Store, paper: OfficePaper) -> Result<OfficeWords, StoreError> {
    Ok(match paper {
        OfficePaper::Figures(span) => {
            let figures = view(store, span)?.figures.into_iter();
            OfficeWords::Figures {
                days: span.days(),
                figures: figures.map(|view| (view.figure, view.ratio)).collect(),
            }
        }
        OfficePaper::Proofs(span) => OfficeWords::Proofs {
            days: span.days(),
            proofs: proofs_of(store, span)?,
        },
        OfficePaper::Proof(number) => OfficeWords::Proof(store.proof(number)?),
        OfficePaper::ProofOf(slip_number) => match store.proof_of(&slip_number)? {
            Some(proof) => OfficeWords::Proof(proof),
            None => OfficeWords::NoProof { slip_number },
        },
    })
}

fn view(store: &mut Store, span: Span) -> Result<OfficeView, StoreError> {
    let (first, last) = span.days();
    let cells = store.figures(first, last)?;
    let proofs = proofs_of(store, span)?;
    let forgotten = proofs.iter().rev().map(|proof| ForgottenView {
        number: proof.number,
        slip_number: proof.slip_number.clone(),
        pages: proof.pages,
        files: u32::try_from(proof.files.len()).unwrap_or(u32::MAX),
        at: proof.destroyed_at,
    });
    Ok(OfficeView {
        span,
        figures: figures(&cells, first, last),
        forgotten: forgotten.collect(),
        forgotten_count: u32::try_from(proofs.len()).unwrap_or(u32::MAX),
    })
}

/// The proofs of what was destroyed in a span, oldest first.
pub(super) fn proofs_of(store: &mut Store, span: Span) -> Result<Vec<Proof>, StoreError> {
    let (first, last) = span.days();
    let until = midnight(last.date().saturating_add(1.days())) - jiff::SignedDuration::from_millis(1);
    store.proofs(midnight(first.date()), until, PROOFS_SHOWN_MAX)
}

fn midnight(date: Date) -> Timestamp {
    let at = date.to_zoned(TimeZone::fixed(VIETNAM));
    // A day that is out of the calendar's range is one of no proof.
    at.map_or(Timestamp::MAX, |at| at.timestamp())
}

/// Every figure over all days and day by day.
fn figures(cells: &[Cell], first: Day, last: Day) -> Vec<FigureView> {
    let days: Vec<Day> = first
        .date()
        .series(1.days())
        .take(DAYS_MAX)
        .map(Day::from)
        .take_while(|day| *day <= last)
        .collect();
    let whole = sums(cells);
    let by_day: Vec<_> = days
        .iter()
        .map(|day| sums(cells.iter().filter(|cell| cell.day == *day)))
        .collect();
    Figure::ALL
        .into_iter()
        .enumerate()
        .map(|(at, figure)| FigureView {
            figure,
            ratio: told(figure, whole[at]),
            days: by_day.iter().map(|day| told(figure, day[at])).collect(),
        })
        .collect()
}

/// What may be told: of too few faces nothing.
fn told(figure: Figure, ratio: Ratio) -> Option<Ratio> {
    let few = figure == Figure::Satisfied && (1..FACES_TOLD_MIN).contains(&ratio.denominator);
    (!few).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Period;

    fn cell(day: &str, figure: Figure, numerator: u64, denominator: u64) -> Cell {
        Cell {
            day: day.parse().unwrap(),
            unit: "UBND xã Mẫu".to_owned(),
            field: "HT".to_owned(),
            figure,
            ratio: Ratio::new(numerator, denominator),
        }
    }

    #[test]
    fn a_week_has_seven_days_and_few_faces_of_a_day_stand_only_in_the_sum() {
        let span = Span {
            period: Period::Week,
            day: "2026-11-22".parse().unwrap(),
        };
        let cells = [
            cell("2026-11-16", Figure::Satisfied, 3, 3),
            cell("2026-11-22", Figure::Satisfied, 1, 2),
            cell("2026-11-22", Figure::Online, 1, 4),
        ];
        let (first, last) = span.days();
        let figures = figures(&cells, first, last);
        assert_eq!(figures.len(), Figure::ALL.len());
        let online = &figures[Figure::Online as usize];
        assert_eq!(online.ratio, Some(Ratio::new(1, 4)));
        assert_eq!((online.days.len(), online.days[6]), (7, Some(Ratio::new(1, 4))));
        let satisfied = &figures[Figure::Satisfied as usize];
        assert_eq!((satisfied.ratio, satisfied.days[0]), (Some(Ratio::new(4, 5)), None));
    }
}
