//! Numbers drawn before the kiosk opens, straight into its log: a morning of which only the rest is tried.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use jiff::Timestamp;
use kiosk::hall::local::LocalHall;
use kiosk::hall::{Class, Series, Wish};
use kiosk::store::room::Limits;
use kiosk::store::secrets::{KeySource, KioskKey};
use kiosk::store::{Settings, Store};

/// So many of each series and class, into a data folder that no kiosk has open.
pub fn drawn_before(data: &Path, numbers: &[(char, u32, Class)]) {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .unwrap();
    let mut store = open_store(data);
    let series = numbers.iter().map(|(letter, ..)| Series {
        letter: (*letter).try_into().unwrap(),
        name: letter.to_string(),
        counters: String::new(),
        first_number: 1,
        per_day_max: None,
    });
    let hall = LocalHall::open(&mut store, series.collect(), Timestamp::now()).unwrap();
    for (letter, count, class) in numbers {
        let (series, class) = ((*letter).try_into().unwrap(), *class);
        for _ in 0..*count {
            hall.draw(&mut store, Wish { series, class }, Timestamp::now()).unwrap();
        }
    }
}

/// A data folder that no kiosk has open.
pub fn open_store(data: &Path) -> Store {
    let key = KioskKey::load(&KeySource::FileOrCreate(data.join("kiosk.key"))).unwrap();
    let settings = Settings {
        name: "K01".parse().unwrap(),
        limits: Limits::KIOSK,
    };
    Store::open(data, key, settings, Timestamp::now()).unwrap().0
}
