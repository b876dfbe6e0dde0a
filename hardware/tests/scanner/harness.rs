//! A driver, its scratch folder, and what came out of a scan.

use std::fs;
use std::path::{Path, PathBuf};

use hardware::scanner::sane::{Feed, SaneConfig, Sides, Taken, open};
use hardware::scanner::{Judgement, Order, PageImage, Scanned, Scanner, ScannerFault, Scratch, Treatment};
use tempfile::TempDir;

pub struct Bench {
    pub scanner: Box<dyn Scanner>,
    pub folder: TempDir,
    pub treatment: Treatment,
}

impl Bench {
    pub fn new(config: SaneConfig) -> Self {
        Self::within(config, tempfile::tempdir().unwrap())
    }

    pub fn within(config: SaneConfig, folder: TempDir) -> Self {
        let scanner = open(config, Scratch(folder.path().join("scratch")));
        Self {
            scanner,
            folder,
            treatment: Treatment::Archive,
        }
    }

    /// Scans until the end and returns it with the pages that came.
    pub fn scan(&mut self, dpi: u32, pages_max: u32) -> (Result<u32, ScannerFault>, Vec<PageImage>) {
        let mut pages = Vec::new();
        let order = Order {
            dpi,
            pages_max,
            preview_width_px: 40,
            treatment: self.treatment,
        };
        let result = self.scanner.scan(&order, &mut |scanned| {
            assert!(scanned.preview.width <= 40);
            pages.push(scanned.page);
        });
        assert_eq!(
            self.left_behind(),
            Vec::<String>::new(),
            "pages were left in the scratch folder"
        );
        (result, pages)
    }

    /// Scans the one page in the feeder and returns what is said of it.
    pub fn judge(&mut self, dpi: u32) -> Judgement {
        let order = Order {
            dpi,
            pages_max: 1,
            preview_width_px: 40,
            treatment: Treatment::Archive,
        };
        let mut judgement = None;
        let keep = &mut |scanned: Scanned| judgement = scanned.judgement;
        self.scanner.scan(&order, keep).unwrap();
        judgement.unwrap()
    }

    pub fn left_behind(&self) -> Vec<String> {
        let pages = self.folder.path().join("scratch/pages");
        let Ok(entries) = fs::read_dir(pages) else {
            return vec![];
        };
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

/// A configuration for `device` behind `program`, with short waits.
pub fn config(program: PathBuf, device: &str) -> SaneConfig {
    SaneConfig {
        device: device.to_owned(),
        feed: Feed::Feeder,
        sides: Sides::Front,
        takes: Taken::Paper,
        source: None,
        mode: Some("Color".to_owned()),
        options: vec![],
        sane_config_dir: None,
        program,
        leading_arguments: vec![],
        page_secs_max: 30,
    }
}

/// A program of a few lines of shell. The shell reads it: a file that was just written cannot be executed
/// while another test, which starts a process of its own, still holds it open.
pub fn script(folder: &Path, lines: &str) -> SaneConfig {
    let path = folder.join("scanimage.sh");
    fs::write(&path, lines).unwrap();
    SaneConfig {
        leading_arguments: vec![path.display().to_string()],
        ..config("/bin/sh".into(), "fake:0")
    }
}

/// The colours of a page, decoded.
pub fn decode(page: &PageImage) -> image::RgbImage {
    let image = image::load_from_memory(&page.jpeg).unwrap().into_rgb8();
    assert_eq!((image.width(), image.height()), (page.width_px, page.height_px));
    image
}
