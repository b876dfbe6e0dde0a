//! Dossiers that a kiosk owes, put into its data folder as if they had been handed in there: real sealed pages in a
//! real store, and how they arrived. Nothing reads words on them, as on a kiosk whose configuration names no reader.

use std::collections::HashMap;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use jiff::Timestamp;
use kiosk::dossier::{Act, Judged, PageMeta, Scans};
use kiosk::figures::Facts;
use kiosk::outbox::fields_of;
use kiosk::province::{Package, ScannedPaper};
use kiosk::store::dossiers::SealedDossier;
use kiosk::store::drafts::DraftRow;
use kiosk::store::room::Limits;
use kiosk::store::secrets::{KeySource, KioskKey, Plain};
use kiosk::store::{Settings, Store};
use serde_json::Value;
use uuid::Uuid;

const PART: &str = "TC-TOKHAI";
const WIDTH_PX: u32 = 620;
const HEIGHT_PX: u32 = 877;

/// What is owed, by slip number, in the order in which it was handed in.
pub struct Seeded {
    pub slips: Vec<String>,
    /// Bytes of all pages.
    pub bytes: u64,
}

/// How the dossiers arrived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrived {
    /// Slip numbers that came more than once, or that nobody handed in.
    pub odd: usize,
    /// Of those that were handed in.
    pub missing: usize,
    /// With a file too many or too few, or with another hash than the kiosk told.
    pub hurt: usize,
    /// The order of arrival of the small ones beside that of handing in: 1 is the same (Spearman's rho).
    pub rank_correlation: f64,
    /// By how many places one of them came later than it was handed in, at most.
    pub late_places_max: usize,
}

/// Puts dossiers of so many pages of `page_bytes` each into a data folder that no kiosk has open.
pub fn seed(data: &Path, pages: &[usize], page_bytes: usize) -> anyhow::Result<Seeded> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    let key = KioskKey::load(&KeySource::FileOrCreate(data.join("kiosk.key")))?;
    let settings = Settings {
        name: "K01".parse()?,
        limits: Limits::KIOSK,
    };
    let (mut store, _) = Store::open(data, key, settings, Timestamp::now())?;
    let sheet = sheet()?;
    let mut seeded = Seeded {
        slips: vec![],
        bytes: 0,
    };
    for (pages, dossier) in pages.iter().zip(0..) {
        let id = Uuid::now_v7();
        let draft = DraftRow {
            id,
            procedure: "1.001776".to_owned(),
            answers: Plain::new(b"{}".to_vec()),
        };
        store.save_draft(&draft, Timestamp::now())?;
        let mut scans = Scans::default();
        let meta = serde_json::to_vec(&PageMeta {
            width_px: WIDTH_PX,
            height_px: HEIGHT_PX,
            dpi: 75,
        })?;
        for page in 0..*pages {
            let picture = padded(&sheet, page_bytes, (dossier << 16) + page as u64);
            store.add_page(id, PART, &picture, &meta)?;
            scans.add(Judged::Fine, [7; 32]);
            seeded.bytes += picture.len() as u64;
        }
        let mut package: Package = serde_json::from_str(include_str!("../contract/sealed.json"))?;
        package.papers = vec![ScannedPaper {
            part: PART.parse()?,
            title: "Tờ khai".to_owned(),
            scans,
        }];
        let sealed = SealedDossier {
            key: Uuid::now_v7(),
            fields: fields_of(&package)?,
            file_count: 1,
            act: Act::default(),
            facts: Facts::default(),
        };
        seeded
            .slips
            .push(store.seal(id, &sealed, Timestamp::now())?.slip_number);
    }
    Ok(seeded)
}

fn sheet() -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![];
    let page = image::RgbImage::from_fn(WIDTH_PX, HEIGHT_PX, |x, y| {
        image::Rgb([(x / 3) as u8, (y / 4) as u8, 200])
    });
    JpegEncoder::new(&mut bytes).encode_image(&page)?;
    Ok(bytes)
}

/// The same picture with comments in it up to this length, different for each `mark`: no two pages are one.
fn padded(sheet: &[u8], bytes: usize, mark: u64) -> Vec<u8> {
    /// What one comment of a JPEG holds at most, in bytes, without its own length.
    const COMMENT_BYTES_MAX: usize = 0xffff - 2;
    let (start, rest) = sheet.split_at(2);
    let mut picture = start.to_vec();
    let mut left = bytes.saturating_sub(sheet.len()).max(16);
    while left > 4 {
        let length = (left - 4).clamp(8, COMMENT_BYTES_MAX);
        picture.extend([0xff, 0xfe]);
        picture.extend((length as u16 + 2).to_be_bytes());
        picture.extend(mark.to_be_bytes());
        picture.resize(picture.len() + length - 8, mark as u8);
        left = left.saturating_sub(length + 4);
    }
    picture.extend(rest);
    picture
}

/// Compares what the province has with what was handed in; `small` says whose order is looked at.
pub fn judge(seeded: &Seeded, province: &[Value], small: impl Fn(usize) -> bool) -> Arrived {
    let wanted: HashMap<&str, usize> = seeded.slips.iter().map(String::as_str).zip(0..).collect();
    let mut arrived = Arrived {
        odd: 0,
        missing: 0,
        hurt: 0,
        rank_correlation: 0.0,
        late_places_max: 0,
    };
    let mut by_code: Vec<(&str, usize)> = vec![];
    let mut seen = vec![false; seeded.slips.len()];
    for dossier in province {
        let slip = dossier["fields"]["SoPhieuGui"].as_str().unwrap_or_default();
        match wanted.get(slip) {
            Some(&at) if !seen[at] => {
                seen[at] = true;
                by_code.extend(dossier["code"].as_str().map(|code| (code, at)));
            }
            Some(_) | None => arrived.odd += 1,
        }
        let told = dossier["fields"]["TaiLieuNop"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let have = dossier["files"].as_array().map_or(&[][..], Vec::as_slice);
        let equal = |told: &Value| {
            let same = |have: &&Value| have["sha256"] == told["Sha256"] && have["size"] == told["KichThuoc"];
            have.iter().filter(same).count() == 1
        };
        arrived.hurt += usize::from(told.len() != 1 || have.len() != 1 || !told.iter().all(equal));
    }
    arrived.missing = seeded.slips.len() - by_code.len();
    // Codes of one day end in a number that counts up. Big ones may come late; small ones are in order among them.
    by_code.sort_unstable();
    let handed_in: Vec<usize> = (0..seeded.slips.len()).filter(|at| small(*at)).collect();
    by_code.retain(|(_, at)| small(*at));
    let mut squares = 0.0;
    for (rank, (_, at)) in by_code.iter().enumerate() {
        let before = handed_in.partition_point(|other| other < at);
        squares += (rank as f64 - before as f64).powi(2);
        arrived.late_places_max = arrived.late_places_max.max(rank.saturating_sub(before));
    }
    let count = by_code.len() as f64;
    arrived.rank_correlation = 1.0 - 6.0 * squares / (count * (count * count - 1.0)).max(1.0);
    arrived
}
