//! The lists on the pages. A list is changed only when its rows did, so that buttons under a finger
//! are not made anew every second.

use std::cell::RefCell;
use std::rc::Rc;

use super::signing::Pen;
use ui::Kiosk;
use ui::slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

/// One list.
pub struct List<T: 'static> {
    model: Rc<VecModel<T>>,
    last: RefCell<Vec<T>>,
}

impl<T: Clone + PartialEq + 'static> List<T> {
    fn new() -> Self {
        Self {
            model: Rc::new(VecModel::default()),
            last: RefCell::default(),
        }
    }

    fn model(&self) -> ModelRc<T> {
        ModelRc::from(Rc::clone(&self.model))
    }

    pub fn set(&self, rows: Vec<T>) {
        let mut last = self.last.borrow_mut();
        if *last == rows {
            return;
        }
        // Rows that stay in their places are changed in place: a page keeps its scroll and its press.
        if self.model.row_count() == rows.len() {
            for (index, row) in rows.iter().enumerate() {
                if last.get(index) != Some(row) {
                    self.model.set_row_data(index, row.clone());
                }
            }
        } else {
            self.model.set_vec(rows.clone());
        }
        *last = rows;
    }
}

/// All lists of all pages.
pub struct Lists {
    pub home_series: List<ui::SeriesView>,
    pub series: List<ui::SeriesView>,
    pub procedures: List<ui::ProcedureRow>,
    pub events: List<ui::EventView>,
    pub found: List<ui::ProcedureRow>,
    pub papers: List<ui::PaperRow>,
    pub lacking: List<ui::PaperRow>,
    pub choices: List<ui::ChoiceView>,
    pub completions: List<SharedString>,
    pub places: List<ui::PlaceView>,
    pub known: List<ui::KnownRow>,
    pub people: List<ui::PersonRow>,
    pub person: List<ui::ReviewRow>,
    pub answers: List<ui::ReviewRow>,
    pub parts: List<ui::ReviewRow>,
    pub purposes: List<ui::PurposeView>,
    pub pen: Rc<Pen>,
    pub fees: List<ui::FeeRow>,
    pub wanted: List<ui::WantedView>,
    pub stations: List<ui::StationView>,
    pub mine: List<ui::MineRow>,
    pub scanned: List<ui::StaffPaper>,
    pub tickets: List<ui::StaffTicket>,
    pub dossiers: List<ui::StaffDossier>,
    pub staff_fees: List<ui::StaffFee>,
    pub staff_series: List<ui::StaffSeries>,
    pub devices: List<ui::StaffDevice>,
    pub figures: List<ui::FigureRow>,
    pub forgotten: List<ui::ForgottenRow>,
}

impl Lists {
    pub fn bind(kiosk: &Kiosk) -> Self {
        let lists = Self {
            home_series: List::new(),
            series: List::new(),
            procedures: List::new(),
            events: List::new(),
            found: List::new(),
            papers: List::new(),
            lacking: List::new(),
            choices: List::new(),
            completions: List::new(),
            places: List::new(),
            known: List::new(),
            people: List::new(),
            person: List::new(),
            answers: List::new(),
            parts: List::new(),
            purposes: List::new(),
            pen: Rc::default(),
            fees: List::new(),
            wanted: List::new(),
            stations: List::new(),
            mine: List::new(),
            scanned: List::new(),
            tickets: List::new(),
            dossiers: List::new(),
            staff_fees: List::new(),
            staff_series: List::new(),
            devices: List::new(),
            figures: List::new(),
            forgotten: List::new(),
        };
        kiosk.global::<ui::HomePage>().set_series(lists.home_series.model());
        kiosk.global::<ui::SeriesPage>().set_series(lists.series.model());
        kiosk.global::<ui::ProceduresPage>().set_rows(lists.procedures.model());
        let find = kiosk.global::<ui::FindPage>();
        find.set_events(lists.events.model());
        find.set_rows(lists.found.model());
        kiosk.global::<ui::ProcedurePage>().set_papers(lists.papers.model());
        kiosk.global::<ui::AsidePage>().set_papers(lists.lacking.model());
        let question = kiosk.global::<ui::QuestionPage>();
        question.set_choices(lists.choices.model());
        question.set_suggestions(lists.completions.model());
        question.set_places(lists.places.model());
        question.set_known(lists.known.model());
        question.set_people(lists.people.model());
        let review = kiosk.global::<ui::ReviewPage>();
        review.set_person(lists.person.model());
        review.set_answers(lists.answers.model());
        review.set_papers(lists.parts.model());
        kiosk.global::<ui::AgreePage>().set_purposes(lists.purposes.model());
        kiosk.global::<ui::PayPage>().set_fees(lists.fees.model());
        let way = kiosk.global::<ui::WayPage>();
        way.set_wanted(lists.wanted.model());
        way.set_stations(lists.stations.model());
        kiosk.global::<ui::MinePage>().set_rows(lists.mine.model());
        let staff = kiosk.global::<ui::StaffPage>();
        staff.set_papers(lists.scanned.model());
        staff.set_tickets(lists.tickets.model());
        staff.set_dossiers(lists.dossiers.model());
        staff.set_fees(lists.staff_fees.model());
        staff.set_series(lists.staff_series.model());
        staff.set_devices(lists.devices.model());
        let office = kiosk.global::<ui::StaffOfficePage>();
        office.set_figures(lists.figures.model());
        office.set_forgotten(lists.forgotten.model());
        lists
    }

    /// Nothing of a visit stays on a page that is not shown.
    pub fn wipe(&self) {
        self.found.set(vec![]);
        self.lacking.set(vec![]);
        self.choices.set(vec![]);
        self.completions.set(vec![]);
        self.places.set(vec![]);
        self.known.set(vec![]);
        self.people.set(vec![]);
        self.person.set(vec![]);
        self.answers.set(vec![]);
        self.parts.set(vec![]);
        self.fees.set(vec![]);
        self.wanted.set(vec![]);
        self.stations.set(vec![]);
        self.mine.set(vec![]);
        self.tickets.set(vec![]);
        self.dossiers.set(vec![]);
        self.staff_fees.set(vec![]);
    }
}
