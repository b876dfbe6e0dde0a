//! Finding a procedure while it is typed: 2,000 procedures, 60 queries as people type them, each letter a search.
//! Beside it what one would do without an engine of one's own: the full-text search of SQLite, by words and by
//! trigrams, over the same texts without their marks.
//!
//! `queries.json` was written before the ranking was tuned, by somebody who did not know it. Many a made procedure
//! is about the same as a sample, as in a real list; only the sample counts as found.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use anyhow::Context;
use kiosk::procedure::finding::{Entry, Finder};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::process;

const PROCEDURES: usize = 2_000;
/// What stands around the samples is made anew for each: a place among the first three must not be luck.
const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
/// As many as a page shows.
const SHOWN: usize = 6;
/// Finders that are built to see what one takes.
const BUILT: u32 = 50;

#[derive(Deserialize)]
struct Asked {
    query: String,
    /// The codes of the procedures that may be meant.
    codes: Vec<String>,
    /// What is wrong with it, or not.
    how: String,
}

/// What of a procedure is searched.
struct Texts {
    code: String,
    name: String,
    official_name: String,
    field: String,
    keywords: Vec<String>,
}

impl Texts {
    fn of(procedure: &Value) -> Self {
        let text = |name: &str| procedure[name].as_str().unwrap_or_default().to_owned();
        let keywords = procedure["TuKhoa"].as_array().into_iter().flatten();
        Self {
            code: text("MaTTHC"),
            name: Some(text("TenThuongGoi"))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| text("TenTTHC")),
            official_name: text("TenTTHC"),
            field: text("TenLinhVuc"),
            keywords: keywords
                .filter_map(|keyword| Some(keyword.as_str()?.to_owned()))
                .collect(),
        }
    }

    fn entry(&self) -> Entry<'_> {
        Entry {
            code: &self.code,
            name: &self.name,
            official_name: &self.official_name,
            field: &self.field,
            keywords: &self.keywords,
        }
    }
}

pub fn measure() -> anyhow::Result<()> {
    let samples = province::sample_catalogue()?;
    let samples = samples["DanhSachTTHC"].as_array().context("The samples are no list")?;
    let catalogue = |seed| -> anyhow::Result<Vec<Texts>> {
        let procedures = province::many::many(samples, PROCEDURES, seed)?;
        Ok(procedures.iter().map(Texts::of).collect())
    };
    let catalogues = SEEDS.into_iter().map(catalogue).collect::<anyhow::Result<Vec<_>>>()?;
    let asked: Vec<Asked> = serde_json::from_str(include_str!("queries.json")).context("The queries are no JSON")?;

    println!(
        "\nfinding: {} queries, a search a letter, in {} lists of {PROCEDURES} procedures",
        asked.len(),
        SEEDS.len()
    );
    size(&catalogues[0])?;
    report("the kiosk", &catalogues, &asked, |texts| {
        let finder = Finder::new(texts.iter().map(Texts::entry));
        Ok(move |query: &str| Ok(finder.find(query, SHOWN)))
    })?;
    report("SQLite FTS5 unicode61", &catalogues, &asked, |texts| {
        let words = FullText::new(texts, "unicode61", Terms::Words)?;
        Ok(move |query: &str| words.find(query))
    })?;
    report("SQLite FTS5 trigram", &catalogues, &asked, |texts| {
        let trigrams = FullText::new(texts, "trigram", Terms::Trigrams)?;
        Ok(move |query: &str| trigrams.find(query))
    })
}

/// What building one takes, in time and memory.
fn size(texts: &[Texts]) -> anyhow::Result<()> {
    let before = process::pss_anon_kib(std::process::id())?;
    let began = Instant::now();
    let built: Vec<Finder> = (0..BUILT)
        .map(|_| Finder::new(texts.iter().map(Texts::entry)))
        .collect();
    let took = began.elapsed() / BUILT;
    let after = process::pss_anon_kib(std::process::id())?;
    println!(
        "  built in {:.1} ms, {} KiB (the mean of {BUILT})",
        took.as_secs_f64() * 1000.0,
        after.saturating_sub(before) / u64::from(BUILT)
    );
    drop(built);
    Ok(())
}

fn report<Find>(
    who: &str,
    catalogues: &[Vec<Texts>],
    asked: &[Asked],
    build: impl Fn(&[Texts]) -> anyhow::Result<Find>,
) -> anyhow::Result<()>
where
    Find: Fn(&str) -> anyhow::Result<Vec<usize>>,
{
    let mut micros = vec![];
    let mut recalls: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for texts in catalogues {
        let find = build(texts)?;
        for query in asked.iter().flat_map(|asked| keystrokes(&asked.query)) {
            let began = Instant::now();
            black_box(find(query)?);
            micros.push(began.elapsed().as_secs_f64() * 1e6);
        }
        for asked in asked {
            let found = find(&asked.query)?;
            let place = found.iter().position(|at| asked.codes.contains(&texts[*at].code));
            for how in ["all", &asked.how] {
                let [first, three, of] = recalls.entry(how).or_default();
                *first += usize::from(place == Some(0));
                *three += usize::from(place.is_some_and(|place| place < 3));
                *of += 1;
            }
        }
    }

    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros.get((micros.len() as f64 * share) as usize).or(micros.last());
    let [half, most, nearly_all, last] = [0.5, 0.95, 0.99, 1.0].map(|share| at(share).copied().unwrap_or(f64::NAN));
    println!(
        "  {who}: a letter, µs: p50 {half:.0}, p95 {most:.0}, p99 {nearly_all:.0}, max {last:.0} (n = {}; wanted: p99 2000)",
        micros.len()
    );
    for (how, [first, three, of]) in recalls {
        let percent = |found: usize| 100.0 * found as f64 / of as f64;
        println!(
            "    {how:<13} first {:>3.0} %, among three {:>3.0} % (n = {of})",
            percent(first),
            percent(three)
        );
    }
    Ok(())
}

/// A query as it grows: every beginning of it, as a keyboard that composes its letters gives it.
fn keystrokes(query: &str) -> impl Iterator<Item = &str> {
    let ends = query.char_indices().map(|(at, letter)| at + letter.len_utf8());
    ends.map(|end| &query[..end])
}

/// What a full-text search is asked for: any of these, the more and the rarer the better (bm25).
enum Terms {
    /// Words, the last of them unfinished.
    Words,
    /// All that stand within the words.
    Trigrams,
}

struct FullText {
    store: Connection,
    terms: Terms,
}

impl FullText {
    fn new(texts: &[Texts], tokenizer: &str, terms: Terms) -> anyhow::Result<Self> {
        let mut store = Connection::open_in_memory()?;
        store.execute_batch(&format!(
            "CREATE VIRTUAL TABLE procedures USING fts5 (code, name, official, field, keywords, tokenize = '{tokenizer}')"
        ))?;
        let step = store.transaction()?;
        for (at, texts) in texts.iter().enumerate() {
            step.execute(
                "INSERT INTO procedures (rowid, code, name, official, field, keywords) VALUES (?, ?, ?, ?, ?, ?)",
                rusqlite::params![
                    i64::try_from(at)?,
                    texts.code,
                    folded(&texts.name),
                    folded(&texts.official_name),
                    folded(&texts.field),
                    folded(&texts.keywords.join(" · ")),
                ],
            )?;
        }
        step.commit()?;
        Ok(Self { store, terms })
    }

    fn find(&self, query: &str) -> anyhow::Result<Vec<usize>> {
        let folded = folded(query);
        let terms: Vec<String> = match self.terms {
            Terms::Words => folded.split_whitespace().map(|word| format!("\"{word}\"")).collect(),
            Terms::Trigrams => {
                let letters: Vec<char> = folded.chars().collect();
                let three = letters.windows(3).map(|three| three.iter().collect::<String>());
                three.map(|three| format!("\"{three}\"")).collect()
            }
        };
        if terms.is_empty() {
            return Ok(vec![]);
        }
        let unfinished = match self.terms {
            Terms::Words => "*",
            Terms::Trigrams => "",
        };
        let mut search = self.store.prepare_cached(
            "SELECT rowid FROM procedures WHERE procedures MATCH ? ORDER BY bm25(procedures, 1, 2, 1, 0.5, 2), rowid LIMIT ?",
        )?;
        let asked = format!("{}{unfinished}", terms.join(" OR "));
        let rows = search.query_map(rusqlite::params![asked, i64::try_from(SHOWN)?], |row| {
            row.get::<_, i64>(0)
        })?;
        rows.map(|row| Ok(usize::try_from(row?)?)).collect()
    }
}

/// Without marks, as everybody does it: letters alone, small, đ as d.
fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'đ' => 'd',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect()
}
