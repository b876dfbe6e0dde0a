//! Tesseract itself on the sample papers, through the driver as the kiosk uses it: what is read, what
//! is found in it, and how a reading ends that is not wanted any more.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use hardware::scanner::ocr::{Cancel, Language, OcrConfig, OcrError, PageText, check, found, read};
use hardware::scanner::pdf::{Sheet, searchable};
use hardware::scanner::{PageImage, codes};
use hardware::twin::scanner::draw_sample;
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

const DPI: u32 = 300;
/// Tells a process of its own kind where to work.
const KILLED_FOLDER: &str = "OCR_TEST_KILLED_FOLDER";

fn tesseract() -> OcrConfig {
    let config = OcrConfig {
        program: PathBuf::from("tesseract"),
        language: Language::Vietnamese,
    };
    check(&config).expect("these tests need the packages tesseract-ocr and tesseract-ocr-vie");
    config
}

/// A program of a few lines of shell in place of tesseract, which writes its own number into `folder`.
/// Another shell writes it: a file that we had open for writing cannot be executed while another test,
/// which starts a process of its own, still holds it.
fn script(folder: &Path, lines: &str) -> OcrConfig {
    let path = folder.join("program.sh");
    let text = format!("#!/bin/sh\necho $$ > {}/pid\n{lines}\n", folder.display());
    let written = Command::new("/bin/sh")
        .args(["-c", "printf %s \"$1\" > \"$2\" && chmod 755 \"$2\"", "write", &text])
        .arg(&path)
        .status()
        .unwrap();
    assert!(written.success());
    OcrConfig {
        program: path,
        language: Language::Vietnamese,
    }
}

fn page(image: &RgbImage) -> PageImage {
    let mut jpeg = Vec::new();
    let size = |px: u32| u16::try_from(px).unwrap();
    Encoder::new(&mut jpeg, 85)
        .encode(image, size(image.width()), size(image.height()), ColorType::Rgb)
        .unwrap();
    PageImage {
        jpeg,
        width_px: image.width(),
        height_px: image.height(),
        dpi: DPI,
    }
}

fn sample(name: &str) -> PageImage {
    page(&draw_sample(name, DPI).unwrap())
}

fn read_sample(name: &str) -> (PageImage, PageText) {
    let page = sample(name);
    let text = read(&tesseract(), &page, &Cancel::default()).unwrap();
    (page, text)
}

fn text_of(found: Option<found::Found>) -> String {
    found.map_or_else(String::new, |found| {
        assert!(
            (25..=99).contains(&found.certainty_percent),
            "{} %",
            found.certainty_percent
        );
        found.text
    })
}

#[test]
fn a_birth_paper_is_read_and_tells_its_number_date_and_issuer() {
    let (page, text) = read_sample("giay-chung-sinh-1");
    let plain = text.plain();

    for words in [
        "GIẤY CHỨNG SINH",
        "Phố Không Có Thật",
        "Thủ trưởng cơ sở y tế",
        "Lê Thị Tưởng Tượng",
    ] {
        assert!(
            plain.to_lowercase().contains(&words.to_lowercase()),
            "{words} was not read: {plain}"
        );
    }
    for word in &text.words {
        assert!(word.left_px + word.width_px <= page.width_px && word.top_px + word.height_px <= page.height_px);
    }
    let facts = found::find(&text);
    assert_eq!(text_of(facts.number), "00/2026");
    assert_eq!(text_of(facts.date), "20/11/2026");
    assert_eq!(text_of(facts.issuer), "Bệnh viện Mẫu");
}

#[test]
fn a_paper_without_number_tells_only_who_and_when() {
    let (_, text) = read_sample("giay-xac-nhan-cu-tru-1");
    let facts = found::find(&text);
    assert_eq!(facts.number, None);
    assert_eq!(text_of(facts.date), "20/11/2026");
    assert_eq!(text_of(facts.issuer), "Công an Phường Mẫu");
}

#[test]
fn what_a_citizen_wrote_has_a_date_and_no_issuer() {
    let (_, text) = read_sample("don-de-nghi-1");
    let facts = found::find(&text);
    assert_eq!((facts.number, facts.issuer), (None, None));
    assert_eq!(text_of(facts.date), "20/11/2026", "not that of the birth");
}

#[test]
fn what_was_read_is_found_in_the_pdf() {
    let (page, text) = read_sample("to-khai-1");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.pdf");
    let sheet = Sheet {
        page,
        text: Some(text.clone()),
    };
    fs::write(&path, searchable("Tờ khai", vec![sheet], 1_795_305_600).unwrap()).unwrap();

    let said = |program: &str, package: &str, arguments: &[&str]| {
        let output = Command::new(program)
            .args(arguments)
            .output()
            .unwrap_or_else(|_| panic!("{program} is needed by this test: install the package {package}"));
        assert!(
            output.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let path = path.to_str().unwrap();
    said("qpdf", "qpdf", &["--check", path]);
    let plain = said("pdftotext", "poppler-utils", &["-raw", path, "-"]);
    // A signature is read as signs that lie upon each other; what is a word stands there in its order.
    let is_word = |text: &str| text.chars().all(char::is_alphanumeric);
    let certain = text
        .words
        .iter()
        .filter(|word| word.certainty_percent >= 80 && is_word(&word.text));
    let mut left = plain.split_whitespace();
    let mut count = 0;
    for word in certain {
        assert!(
            left.any(|have| have == word.text),
            "{} is not in its place: {plain}",
            word.text
        );
        count += 1;
    }
    assert!(count > 100, "{count} words");
    // 210 × 297 mm within 1 mm.
    let info = said("pdfinfo", "poppler-utils", &[path]);
    let size = info.lines().find(|line| line.starts_with("Page size")).unwrap();
    let points: Vec<f64> = size.split(' ').filter_map(|word| word.parse().ok()).collect();
    for (points, mm) in points.iter().zip([210.0, 297.0]) {
        assert!((points * 25.4 / 72.0 - mm).abs() < 1.0, "{size}");
    }
}

#[test]
fn sample_papers_have_no_codes() {
    for name in ["to-khai-1", "cccd-photo"] {
        assert_eq!(codes::reader::read(&sample(name)).unwrap(), [], "{name}");
    }
}

#[test]
fn a_page_of_noise_and_a_blank_one_tell_nothing() {
    let mut state = 7_u32;
    let noise = RgbImage::from_fn(1240, 1754, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([state.to_be_bytes()[0]; 3])
    });
    let noise = PageImage {
        dpi: 150,
        ..page(&noise)
    };
    let text = read(&tesseract(), &noise, &Cancel::default()).unwrap();
    assert_eq!(found::find(&text), found::Facts::default());

    let (_, blank) = read_sample("trang-trang");
    assert_eq!(blank.plain(), "");
}

#[test]
fn a_reading_that_is_cancelled_ends_within_a_second_and_leaves_no_process() {
    // It reads the page first, as tesseract does, and then would take long.
    let folder = tempfile::tempdir().unwrap();
    let config = script(folder.path(), "cat > /dev/null; sleep 1000 & wait");
    let (page, cancel) = (sample("to-khai-1"), Cancel::default());
    let reading = std::thread::spawn({
        let cancel = cancel.clone();
        move || read(&config, &page, &cancel)
    });

    let pid = wait_for(|| {
        fs::read_to_string(folder.path().join("pid"))
            .ok()
            .filter(|pid| pid.ends_with('\n'))
    });
    let group: i32 = pid.trim().parse().unwrap();
    wait_for(|| (members(group).len() == 2).then_some(()));
    let asked = Instant::now();
    cancel.cancel();
    assert!(matches!(reading.join().unwrap(), Err(OcrError::Cancelled)));
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert_eq!(wait_for(|| members(group).is_empty().then_some(0)), 0);
}

/// Not a test by itself: the process that the next one kills.
#[test]
fn a_process_that_reads_until_it_is_killed() {
    if let Ok(folder) = std::env::var(KILLED_FOLDER) {
        let config = script(Path::new(&folder), "exec sleep 1000");
        let answer = read(&config, &sample("trang-trang"), &Cancel::default());
        panic!("it was not killed: {answer:?}");
    }
}

#[test]
fn the_program_ends_with_a_kiosk_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut kiosk = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_process_that_reads_until_it_is_killed"])
        .env(KILLED_FOLDER, folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();

    let pid = wait_for(|| {
        fs::read_to_string(folder.path().join("pid"))
            .ok()
            .filter(|pid| pid.ends_with('\n'))
    });
    let group: i32 = pid.trim().parse().unwrap();
    assert_eq!(members(group).len(), 1);
    kiosk.kill().unwrap();
    kiosk.wait().unwrap();
    wait_for(|| members(group).is_empty().then_some(()));
}

#[test]
fn tesseract_itself_ends_in_mid_page_when_it_is_cancelled() {
    let (config, page, cancel) = (tesseract(), sample("don-de-nghi-1"), Cancel::default());
    let reading = std::thread::spawn({
        let cancel = cancel.clone();
        move || read(&config, &page, &cancel)
    });
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    cancel.cancel();
    assert!(matches!(reading.join().unwrap(), Err(OcrError::Cancelled)));
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[test]
fn it_runs_behind_everything_else() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("how");
    let look = "cut -d' ' -f19,41 /proc/$$/stat; ionice -p $$; cat /proc/$$/oom_score_adj; \
        prlimit --pid $$ --as -o SOFT --noheadings; echo $OMP_THREAD_LIMIT";
    let config = script(folder.path(), &format!("{{ {look}; }} > {}", note.display()));
    let answer = read(&config, &sample("trang-trang"), &Cancel::default());
    assert!(matches!(answer, Err(OcrError::Unreadable(_))), "{answer:?}");
    // Nice 19, SCHED_IDLE (5 in sched(7)), the idle class of I/O, first to go, 1 GiB, one thread.
    assert_eq!(fs::read_to_string(note).unwrap(), "19 5\nidle\n1000\n1073741824\n1\n");
}

#[test]
fn what_is_missing_or_wrong_is_told() {
    let page = sample("trang-trang");
    let missing = OcrConfig {
        program: PathBuf::from("tesseract-that-is-not-there"),
        language: Language::Vietnamese,
    };
    assert!(matches!(check(&missing), Err(OcrError::NotInstalled)));
    assert!(matches!(
        read(&missing, &page, &Cancel::default()),
        Err(OcrError::NotInstalled)
    ));

    let folder = tempfile::tempdir().unwrap();
    let no_language = script(
        folder.path(),
        "[ \"$1\" = --list-langs ] && printf 'List of languages:\\neng\\n' || exit 1",
    );
    assert!(matches!(check(&no_language), Err(OcrError::LanguageMissing("vie"))));
    assert!(matches!(
        read(&no_language, &page, &Cancel::default()),
        Err(OcrError::LanguageMissing("vie"))
    ));

    let torn = PageImage {
        jpeg: page.jpeg[..page.jpeg.len() / 2].to_vec(),
        ..page.clone()
    };
    let answer = read(&tesseract(), &torn, &Cancel::default());
    assert!(matches!(answer, Err(OcrError::Crashed(_))), "{answer:?}");
    let rubbish = PageImage {
        jpeg: [&[0xFF, 0xD8, 0xFF], &[7; 5000][..]].concat(),
        ..page.clone()
    };
    assert!(matches!(
        read(&tesseract(), &rubbish, &Cancel::default()),
        Err(OcrError::Crashed(_))
    ));
    let list = PageImage {
        jpeg: b"/etc/hostname\n".to_vec(),
        ..page
    };
    assert!(matches!(
        read(&tesseract(), &list, &Cancel::default()),
        Err(OcrError::Page)
    ));
}

/// The living processes of a group.
fn members(group: i32) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap();
    entries
        .filter_map(|entry| fs::read_to_string(entry.unwrap().path().join("stat")).ok())
        .filter(|stat| {
            let (_, behind) = stat.rsplit_once(") ").unwrap();
            let fields: Vec<_> = behind.split(' ').collect();
            fields[0] != "Z" && fields[2] == group.to_string()
        })
        .collect()
}

fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "waited in vain");
        std::thread::sleep(Duration::from_millis(10));
    }
}
