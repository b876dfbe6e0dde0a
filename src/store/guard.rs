//! The guard of numbers: a second, tiny file that knows how far today's numbers may have gone.
//!
//! If the database is lost, the next number must not be one that somebody already holds. So before a number is
//! given, a block that covers it is on the disk here, a line of plain text, appended and flushed. One flush covers
//! [`NUMBERS_AHEAD`] numbers, and a kiosk at rest writes the next block before it is needed. After a loss all
//! numbers up to the end of the last block count as given: at most [`NUMBERS_AHEAD`] + [`NUMBERS_EARLY`] too many a
//! series, none too few.
//!
//! ```text
//! 2026-11-22 A 1 8 2026-11-22T09:41:07+07:00 .
//! 2026-11-22 * 1 8 2026-11-22T09:44:51+07:00 .        (slip numbers)
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::store::StoreError;
use crate::ticket::{Day, SeriesLetter, vietnam_time};

/// How many numbers one line covers.
pub const NUMBERS_AHEAD: u32 = 8;
/// A kiosk at rest writes the next line when so few numbers are left.
pub const NUMBERS_EARLY: u32 = 3;
/// What is read of the file. A full day of 26 series is under 2 MB.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    Slips,
    Tickets(SeriesLetter),
}

/// Numbers that may be out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub counted: Counted,
    pub first: u32,
    pub last: u32,
    /// When the block was begun.
    pub at: Timestamp,
}

pub struct Guard {
    path: PathBuf,
    file: File,
    day: Option<Day>,
    blocks: Vec<Block>,
    /// The last covered number, and the last one used since the start.
    reach: BTreeMap<Counted, (u32, u32)>,
    /// The file does not end in a whole line.
    torn: bool,
}

impl Guard {
    /// Opens the file. Also says whether it knows of any number.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("numbers.log");
        let failed = || StoreError::file("Cannot read numbers.log");
        let file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(failed())?;
        sync_folder(&path).map_err(failed())?;
        let mut text = String::new();
        // Bytes that are no text are damage like any other: what is whole is kept.
        let mut bytes = Vec::new();
        (&file).take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(failed())?;
        text.push_str(&String::from_utf8_lossy(&bytes));
        let mut guard = Self {
            path,
            file,
            day: None,
            blocks: Vec::new(),
            reach: BTreeMap::new(),
            torn: !text.is_empty() && !text.ends_with('\n'),
        };
        for (day, block) in text.lines().filter_map(parse) {
            if guard.day.is_none_or(|known| known < day) {
                guard.day = Some(day);
                guard.blocks.clear();
                guard.reach.clear();
            }
            if guard.day == Some(day) {
                guard.know(block);
            }
        }
        Ok(guard)
    }

    /// The latest day that any number was given on.
    pub const fn day(&self) -> Option<Day> {
        self.day
    }

    /// All blocks of [`Self::day`].
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// On return it is on the disk that `number` may be out. Cheap when a block covers it already.
    pub fn cover(&mut self, day: Day, counted: Counted, number: u32, at: Timestamp) -> Result<(), StoreError> {
        self.turn_to(day)?;
        if let Some((last, used)) = self.reach.get_mut(&counted).filter(|(last, _)| number <= *last) {
            *used = (*used).max(number);
            debug_assert!(*used <= *last);
            return Ok(());
        }
        self.add(Block {
            counted,
            first: number,
            last: number.saturating_add(NUMBERS_AHEAD - 1),
            at,
        })?;
        if let Some((_, used)) = self.reach.get_mut(&counted) {
            *used = number;
        }
        Ok(())
    }

    /// Writes the next blocks before they are needed. Called when nobody waits.
    pub fn look_ahead(&mut self, at: Timestamp) -> Result<(), StoreError> {
        let short =
            |(_, (last, used)): &(&Counted, &(u32, u32))| *used > 0 && last.saturating_sub(*used) < NUMBERS_EARLY;
        let ends: Vec<(Counted, u32)> = self
            .reach
            .iter()
            .filter(short)
            .map(|(counted, (last, _))| (*counted, *last))
            .collect();
        for (counted, end) in ends {
            self.add(Block {
                counted,
                first: end.saturating_add(1),
                last: end.saturating_add(NUMBERS_AHEAD),
                at,
            })?;
        }
        Ok(())
    }

    fn know(&mut self, block: Block) {
        self.blocks.push(block);
        let (last, _) = self.reach.entry(block.counted).or_default();
        *last = (*last).max(block.last);
    }

    fn add(&mut self, block: Block) -> Result<(), StoreError> {
        let Some(day) = self.day else { return Ok(()) };
        let start = if self.torn { "\n" } else { "" };
        let counted = match block.counted {
            Counted::Slips => '*',
            Counted::Tickets(letter) => letter.as_char(),
        };
        let line = format!(
            "{start}{day} {counted} {} {} {} .\n",
            block.first,
            block.last,
            vietnam_time(block.at)
        );
        // A line cut short by a full disk is left behind and read as nothing.
        self.torn = true;
        let written = (&self.file)
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data());
        written.map_err(StoreError::file("Cannot write numbers.log"))?;
        self.torn = false;
        self.know(block);
        Ok(())
    }

    /// A new day begins with an empty file; the old one is there until the new one is.
    fn turn_to(&mut self, day: Day) -> Result<(), StoreError> {
        if self.day.is_some_and(|known| known >= day) {
            return Ok(());
        }
        let failed = || StoreError::file("Cannot begin numbers.log anew");
        let temporary = self.path.with_extension("new");
        let file = File::create(&temporary).map_err(failed())?;
        file.sync_all().map_err(failed())?;
        drop(file);
        let file = File::options().append(true).open(&temporary).map_err(failed())?;
        fs::rename(&temporary, &self.path).map_err(failed())?;
        sync_folder(&self.path).map_err(failed())?;
        self.file = file;
        self.torn = false;
        self.day = Some(day);
        self.blocks.clear();
        self.reach.clear();
        Ok(())
    }
}

fn parse(line: &str) -> Option<(Day, Block)> {
    let mut words = line.split(' ');
    let day = words.next()?.parse().ok()?;
    let counted = match words.next()? {
        "*" => Counted::Slips,
        letter => Counted::Tickets(letter.parse().ok()?),
    };
    let first = words.next()?.parse().ok()?;
    let last = words.next()?.parse().ok()?;
    let at = words.next()?.parse().ok()?;
    let whole = words.next()? == "." && words.next().is_none() && first <= last && last - first < NUMBERS_AHEAD;
    whole.then_some((
        day,
        Block {
            counted,
            first,
            last,
            at,
        },
    ))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "2026-11-22T02:41:07Z";

    fn tickets() -> Counted {
        Counted::Tickets("A".parse().unwrap())
    }

    #[test]
    fn every_number_is_covered_on_the_disk_before_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let (day, at) = ("2026-11-22".parse().unwrap(), A.parse().unwrap());
        let mut guard = Guard::open(folder.path()).unwrap();
        for number in 1..=30 {
            guard.cover(day, tickets(), number, at).unwrap();
            if number % 5 == 0 {
                guard.look_ahead(at).unwrap();
            }
            let seen = Guard::open(folder.path()).unwrap();
            let last = seen.blocks().iter().map(|block| block.last).max().unwrap();
            assert!(
                last >= number && last <= number + NUMBERS_AHEAD + NUMBERS_EARLY,
                "{number} {last}"
            );
        }
    }

    #[test]
    fn a_line_cut_short_anywhere_is_nothing_and_the_next_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (day, at) = ("2026-11-22".parse().unwrap(), A.parse().unwrap());
        Guard::open(folder.path())
            .unwrap()
            .cover(day, tickets(), 1, at)
            .unwrap();
        let path = folder.path().join("numbers.log");
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() - 1 {
            fs::write(&path, &whole[..cut]).unwrap();
            let mut guard = Guard::open(folder.path()).unwrap();
            assert!(guard.blocks().is_empty(), "{cut}");
            guard.cover(day, Counted::Slips, 5, at).unwrap();
            let again = Guard::open(folder.path()).unwrap();
            assert_eq!(again.blocks().len(), 1, "{cut}");
            assert_eq!((again.blocks()[0].first, again.blocks()[0].last), (5, 12));
        }
    }

    #[test]
    fn a_new_day_forgets_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let at = A.parse().unwrap();
        let mut guard = Guard::open(folder.path()).unwrap();
        guard.cover("2026-11-22".parse().unwrap(), tickets(), 1, at).unwrap();
        guard.cover("2026-11-23".parse().unwrap(), tickets(), 1, at).unwrap();
        let guard = Guard::open(folder.path()).unwrap();
        assert_eq!(guard.day().unwrap().to_string(), "2026-11-23");
        assert_eq!(guard.blocks().len(), 1);
    }
}
