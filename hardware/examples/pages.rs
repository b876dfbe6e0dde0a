//! Generated pages through the whole work on a page, measured: errors in degrees, the confusion table of the
//! judge, CPU and memory a page, bytes and likeness for each JPEG quality, and, where the programs `unpaper`
//! and `img2pdf` are installed, their CPU for the same pages.
//!
//! `cargo run --release -p hardware --features virtual --example pages -- [PAGES] [DPI] [SEED] [FOLDER]`
//!
//! FOLDER gets each page before and after.

use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hardware::scanner::{Flaw, Judgement, Order, RawPage, Treatment, Turned, page, pdf};
use hardware::twin::scanner::{Kind, Press, Truth, set};
use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Pages on which qualities are compared, and on which the other programs run.
const COMPARED_PAGES: usize = 6;
/// Pages whose raw pictures are kept for what is measured afterwards.
const KEPT_PAGES: usize = 16;
/// The first argument of the process that measures memory.
const MEMORY: &str = "--memory";
const MADE_AT_UNIX: i64 = 1_795_305_600;

struct Done {
    kind: Kind,
    truth: Truth,
    judgement: Judgement,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, dpi, raws @ ..] = arguments.as_slice()
        && first == MEMORY
    {
        return tell_memory(dpi.parse()?, raws);
    }
    let number = |at: usize, usual: u64| arguments.get(at).map_or(Ok(usual), |text| text.parse());
    let (count, dpi, seed) = (
        usize::try_from(number(0, 24)?)?,
        u32::try_from(number(1, 300)?)?,
        number(2, 1)?,
    );
    let folder = arguments.get(3).map(PathBuf::from);
    println!("{count} pages at {dpi} dpi from seed {seed}");

    let raws = tempfile::tempdir()?;
    let done = work((seed, count), raws.path(), dpi, folder.as_deref())?;
    tell_angles(&done);
    tell_judgements(&done);
    let count = count.min(KEPT_PAGES);
    let paths: Vec<PathBuf> = (0..count).map(|n| raw_path(raws.path(), n)).collect();
    let program = std::env::current_exe()?;
    Command::new(program)
        .arg(MEMORY)
        .arg(dpi.to_string())
        .args(paths)
        .status()?;
    tell_qualities(raws.path(), count)?;
    tell_peers(raws.path(), count, dpi)
}

fn raw_path(folder: &Path, n: usize) -> PathBuf {
    folder.join(format!("{n:03}.ppm"))
}

fn write_raw(image: &RgbImage, path: &Path) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    writeln!(file, "P6\n{} {}\n255", image.width(), image.height())?;
    file.write_all(image.as_raw())
}

/// Draws each page and works on it. The raw pictures of the first are kept: 26 MB each at 300 dpi.
fn work(
    (seed, count): (u64, usize),
    raws: &Path,
    dpi: u32,
    folder: Option<&Path>,
) -> Result<Vec<Done>, Box<dyn Error>> {
    let mut press = Press::new(dpi);
    let mut cpu_ms = 0.0;
    let mut done = Vec::new();
    let mut bytes = 0;
    for (n, scene) in set(seed, count).into_iter().enumerate() {
        let kind = scene.kind;
        let (image, truth) = press.draw(scene);
        write_raw(&image, &raw_path(raws, n))?;
        drop(image);
        let begin = own_cpu_ms()?;
        let scanned = finish(&raw_path(raws, n), dpi)?;
        bytes += scanned.page.jpeg.len();
        pdf::part("Thành phần", std::slice::from_ref(&scanned.page), MADE_AT_UNIX)?;
        cpu_ms += own_cpu_ms()? - begin;
        if let Some(folder) = folder {
            image::open(raw_path(raws, n))?.save(folder.join(format!("{n:03}-{kind:?}-before.png")))?;
            fs::write(folder.join(format!("{n:03}-{kind:?}-after.jpg")), &scanned.page.jpeg)?;
        }
        if n >= KEPT_PAGES {
            fs::remove_file(raw_path(raws, n))?;
        }
        done.push(Done {
            kind,
            truth,
            judgement: scanned.judgement.ok_or("no judgement")?,
        });
    }
    let count = done.len() as f64;
    println!(
        "raw page to PDF/A: {:.0} ms of CPU, {:.0} kB a page",
        cpu_ms / count,
        bytes as f64 / count / 1e3
    );
    Ok(done)
}

fn finish(raw: &Path, dpi: u32) -> Result<hardware::scanner::Scanned, Box<dyn Error>> {
    let order = Order {
        dpi,
        pages_max: 1,
        preview_width_px: 640,
        treatment: Treatment::Archive,
    };
    Ok(page::finish(&RawPage::new(File::open(raw)?)?, dpi, &order)?)
}

/// In a process that has drawn no page.
fn tell_memory(dpi: u32, raws: &[String]) -> Result<(), Box<dyn Error>> {
    let before = status("VmHWM")?;
    let mut after_first = 0;
    for (n, raw) in raws.iter().enumerate() {
        finish(Path::new(raw), dpi)?;
        if n == 0 {
            after_first = status("VmHWM")?;
        }
    }
    println!(
        "memory at most: {before} kB before, {after_first} kB with one page, {} kB with {}",
        status("VmHWM")?,
        raws.len()
    );
    Ok(())
}

fn tell_angles(done: &[Done]) {
    // Two sheets at once have two angles.
    let single = done.iter().filter(|page| page.kind != Kind::Doubled);
    let mut errors: Vec<f32> = single
        .map(|page| (page.judgement.skew_degrees - page.truth.skew_degrees).abs())
        .collect();
    errors.sort_by(f32::total_cmp);
    let part = |percent: usize| errors.get((errors.len() * percent / 100).min(errors.len().saturating_sub(1)));
    println!(
        "skew, error in degrees: p50 {:?}, p95 {:?}, max {:?}",
        part(50),
        part(95),
        part(100)
    );

    let texts: Vec<_> = done
        .iter()
        .filter(|page| page.truth.text && page.truth.flaws.is_empty())
        .collect();
    let right = texts
        .iter()
        .filter(|page| page.judgement.turned == page.truth.turned)
        .count();
    let unsure = texts
        .iter()
        .filter(|page| page.judgement.turned == Turned::NotSure)
        .count();
    println!(
        "upright: {right} of {} good pages with text, {unsure} not sure, {} wrong",
        texts.len(),
        texts.len() - right - unsure
    );
}

fn tell_judgements(done: &[Done]) {
    println!(
        "{:<14}{:>6}{:>7}{:>7}  judged as: good, {:?}",
        "what is true",
        "pages",
        "blank",
        "good",
        Flaw::ALL
    );
    let rows = std::iter::once(None).chain(Flaw::ALL.into_iter().map(Some));
    for row in rows {
        let pages: Vec<_> = done
            .iter()
            .filter(|page| row.map_or(page.truth.flaws.is_empty(), |flaw| page.truth.flaws.contains(&flaw)))
            .collect();
        let count = |like: &dyn Fn(&Judgement) -> bool| pages.iter().filter(|page| like(&page.judgement)).count();
        print!(
            "{:<14}{:>6}",
            row.map_or("good".to_owned(), |flaw| format!("{flaw:?}")),
            pages.len()
        );
        print!(
            "{:>7}{:>7} ",
            count(&|judgement| judgement.blank),
            count(&|judgement| judgement.flaws.is_empty())
        );
        for flaw in Flaw::ALL {
            print!("{:>4}", count(&|judgement| judgement.flaws.contains(&flaw)));
        }
        println!();
    }
    let blank = done.iter().filter(|page| page.truth.blank).count();
    let right = done
        .iter()
        .filter(|page| page.truth.blank && page.judgement.blank)
        .count();
    let wrong = done
        .iter()
        .filter(|page| !page.truth.blank && page.judgement.blank)
        .count();
    println!("blank: {right} of {blank} found, {wrong} that are not blank dropped");
}

fn tell_qualities(raws: &Path, count: usize) -> Result<(), Box<dyn Error>> {
    println!("quality  colour   kB a page  likeness of brightness  of red");
    for quality in [75, 80, 85, 90] {
        for (name, sampling) in [("4:2:0", SamplingFactor::F_2_2), ("4:4:4", SamplingFactor::F_1_1)] {
            let (mut bytes, mut bright, mut red) = (0.0, 0.0, 0.0);
            let pages = count.min(COMPARED_PAGES);
            for n in 0..pages {
                let before = image::open(raw_path(raws, n))?.into_rgb8();
                let mut jpeg = Vec::new();
                let mut encoder = Encoder::new(&mut jpeg, quality);
                encoder.set_sampling_factor(sampling);
                let (width, height) = (u16::try_from(before.width())?, u16::try_from(before.height())?);
                encoder.encode(before.as_raw(), width, height, ColorType::Rgb)?;
                let after = image::load_from_memory(&jpeg)?.into_rgb8();
                bytes += jpeg.len() as f64;
                bright += likeness(&before, &after, |[r, g, b]| 0.299 * r + 0.587 * g + 0.114 * b);
                red += likeness(&before, &after, |[r, g, b]| 128.0 + 0.5 * r - 0.419 * g - 0.081 * b);
            }
            let pages = pages as f64;
            println!(
                "{quality:<9}{name:<9}{:>9.0}{:>24.4}{:>8.4}",
                bytes / pages / 1e3,
                bright / pages,
                red / pages
            );
        }
    }
    Ok(())
}

/// Mean structural similarity (Wang et al. 2004) over squares of 8 pixels, 1 is the same.
fn likeness(a: &RgbImage, b: &RgbImage, level: impl Fn([f64; 3]) -> f64) -> f64 {
    const SIDE: u32 = 8;
    const STABLE: [f64; 2] = [6.5025, 58.5225]; // (0.01 × 255)², (0.03 × 255)²
    let (mut sum, mut squares) = (0.0, 0.0);
    for top in (0..a.height() - SIDE).step_by(SIDE as usize) {
        for left in (0..a.width() - SIDE).step_by(SIDE as usize) {
            let [mut x, mut y, mut xx, mut yy, mut xy] = [0.0; 5];
            for (dx, dy) in (0..SIDE).flat_map(|dy| (0..SIDE).map(move |dx| (dx, dy))) {
                let [p, q] = [a, b].map(|image| level(image.get_pixel(left + dx, top + dy).0.map(f64::from)));
                (x, y, xx, yy, xy) = (x + p, y + q, xx + p * p, yy + q * q, xy + p * q);
            }
            let n = f64::from(SIDE * SIDE);
            let (mx, my) = (x / n, y / n);
            let (vx, vy, cov) = (xx / n - mx * mx, yy / n - my * my, xy / n - mx * my);
            sum += (2.0 * mx * my + STABLE[0]) * (2.0 * cov + STABLE[1])
                / ((mx * mx + my * my + STABLE[0]) * (vx + vy + STABLE[1]));
            squares += 1.0;
        }
    }
    sum / squares
}

fn tell_peers(raws: &Path, count: usize, dpi: u32) -> Result<(), Box<dyn Error>> {
    let pages = count.min(COMPARED_PAGES);
    let begin = own_cpu_ms()?;
    for n in 0..pages {
        let scanned = finish(&raw_path(raws, n), dpi)?;
        pdf::part("Thành phần", &[scanned.page], MADE_AT_UNIX)?;
    }
    let ours = (own_cpu_ms()? - begin) / pages as f64;

    let begin = children_cpu_ms()?;
    for n in 0..pages {
        let (clean, made) = (raws.join("clean.ppm"), raws.join("made.pdf"));
        let unpaper = Command::new("unpaper")
            .args(["-q", "--overwrite", "-t", "ppm"])
            .arg(raw_path(raws, n))
            .arg(&clean)
            .stderr(Stdio::null())
            .status();
        let img2pdf = Command::new("img2pdf").arg(&clean).arg("-o").arg(&made).status();
        let (Ok(unpaper), Ok(img2pdf)) = (unpaper, img2pdf) else {
            println!("unpaper and img2pdf are not both installed");
            return Ok(());
        };
        if !unpaper.success() || !img2pdf.success() {
            return Err("unpaper or img2pdf failed".into());
        }
    }
    let theirs = (children_cpu_ms()? - begin) / pages as f64;
    println!(
        "CPU a page on {pages} pages: ours {ours:.0} ms, unpaper + img2pdf {theirs:.0} ms, {:.1} times",
        theirs / ours
    );
    Ok(())
}

/// A line of /proc/self/status, in kB.
fn status(name: &str) -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|line| line.starts_with(name)).ok_or("no such line")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}

/// CPU of this thread so far.
fn own_cpu_ms() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split_whitespace().next().ok_or("no number")?.parse()?;
    Ok(nanoseconds / 1e6)
}

/// CPU of the children that have ended: the 16th and 17th number of `stat`, in hundredths of a second.
fn children_cpu_ms() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let (_, numbers) = text.rsplit_once(')').ok_or("no name")?;
    let ticks: Vec<f64> = numbers
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() * 10.0)
}
