//! What a citizen showed us does not outlive the visit: not in the data folder, not in the log at
//! its loudest, not in the memory of the process that goes on.
//!
//! Planted are a name, two identity numbers, a birthday and an address that stand nowhere else. Each
//! is looked for as UTF-8, UTF-16 and UTF-32, composed and decomposed, whole and in parts. While the
//! page is open they are found in memory, so the search is known to see; at rest they must be gone.
//!
//! Nothing remains that this search sees, the virtual devices' own memory included. What it cannot see:
//! shapes of single letters in the glyph cache, what the kernel keeps of a pty or a socket, pixels of a
//! scanned page. The line to the province may hold its buffers until it is closed, ten seconds later.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use serde_json::json;

use crate::harness::{Kiosk, Province, set, test_config};
use crate::visit::CONSENT;

const CARD: &str =
    "049163007419|171236985|Đoàn Thị Kiềm Vọng|21071963|Nữ|Thôn Kẽm Trắng, Xã Lặng Ngân, Tỉnh Thử Nghiệm|30092022";

/// What must be nowhere. What the masked page shows (family name, province, year) is no secret of the visit.
pub const SECRETS: &[&str] = &[
    "Thị Kiềm Vọng",
    "Kiềm Vọng",
    "KIỀM VỌNG",
    // Decomposed.
    "Kie\u{302}\u{300}m Vo\u{323}ng",
    "049163007419",
    // Without what the masked number shows, and as a part of it.
    "16300741",
    "171236985",
    "21071963",
    "21/07/1963",
    "1963-07-21",
    "Thôn Kẽm Trắng",
    "Kẽm Trắng",
    "Lặng Ngân",
    "Ke\u{303}m Tra\u{306}\u{301}ng",
    "La\u{323}\u{306}ng Nga\u{302}n",
];

/// How long the last buffers of a visit may take to be given back once the screen is at rest: the line to the
/// province is held open for ten seconds.
const SETTLE_MAX: Duration = Duration::from_secs(30);

/// Bytes of memory looked at in one go.
const CHUNK_BYTES: usize = 4 << 20;

/// All secrets as bytes, each with how it is written.
struct Search {
    automaton: AhoCorasick,
    what: Vec<String>,
    longest_bytes: usize,
}

impl Search {
    fn new() -> Self {
        let (mut what, mut patterns) = (vec![], vec![]);
        for secret in SECRETS {
            let utf16 = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let utf32 = secret
                .chars()
                .flat_map(|letter| u32::from(letter).to_le_bytes())
                .collect();
            for (form, bytes) in [
                ("UTF-8", secret.as_bytes().to_vec()),
                ("UTF-16", utf16),
                ("UTF-32", utf32),
            ] {
                what.push(format!("{secret:?} as {form}"));
                patterns.push(bytes);
            }
        }
        Self {
            automaton: AhoCorasick::new(&patterns).unwrap(),
            what,
            longest_bytes: patterns.iter().map(Vec::len).max().unwrap(),
        }
    }

    fn look(&self, hay: &[u8], place: &str, found: &mut Vec<String>) {
        for hit in self.automaton.find_overlapping_iter(hay) {
            let around = &hay[hit.start().saturating_sub(64)..(hit.end() + 64).min(hay.len())];
            found.push(format!(
                "{} in {place} at {:#x}: {:?}",
                self.what[hit.pattern()],
                hit.start(),
                String::from_utf8_lossy(around)
            ));
        }
    }
}

fn found_in_folder(search: &Search, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found_in_folder(search, &path, found);
        } else if path.is_file() {
            search.look(&std::fs::read(&path).unwrap(), &path.display().to_string(), found);
        }
    }
}

/// Everything that is mapped into a process and may hold what it was not built with: heaps, stacks, the
/// statics of C libraries, shared memory. Program and fonts, mapped from files and never written, may not.
fn found_in_memory(pid: u32) -> Vec<String> {
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let search = Search::new();
    let mut found = vec![];
    let mut read_bytes = 0;
    for line in maps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let name = words.get(5).copied().unwrap_or("anonymous");
        let built_in = name.starts_with('/') && !words[1].contains('w');
        // The kernel's own pages cannot be read through mem.
        if !words[1].starts_with('r') || built_in || name.starts_with("[vvar") || name == "[vsyscall]" {
            continue;
        }
        let (start, end) = words[0].split_once('-').unwrap();
        let [start, end] = [start, end].map(|hex| u64::from_str_radix(hex, 16).unwrap());
        let mut at = start;
        while at < end {
            let mut chunk = vec![0; CHUNK_BYTES.min((end - at) as usize)];
            // A mapping may have gone since the list was made.
            let Ok(count) = memory.read_at(&mut chunk, at) else {
                break;
            };
            if count == 0 {
                break;
            }
            read_bytes += count;
            search.look(&chunk[..count], &format!("{name} {}, {at:#x}", words[1]), &mut found);
            if at + count as u64 >= end {
                break;
            }
            at += (count - search.longest_bytes.min(count - 1)) as u64;
        }
    }
    assert!(read_bytes > 1 << 20, "Only {read_bytes} bytes of memory could be read");
    found.sort();
    found.dedup();
    found
}

/// Off the test's own thread, which has a finger to hold.
async fn searched(kiosk: &Kiosk) -> Vec<String> {
    let pid = kiosk.pid();
    tokio::task::spawn_blocking(move || found_in_memory(pid)).await.unwrap()
}

/// Nothing in memory, as soon as the last buffers are given back.
async fn memory_is_clean(kiosk: &Kiosk) {
    let began = Instant::now();
    loop {
        let found = searched(kiosk).await;
        if found.is_empty() {
            return;
        }
        assert!(began.elapsed() < SETTLE_MAX, "In memory at rest:\n{}", found.join("\n"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Other words than [`SECRETS`], as they stand, in no file of the kiosk but what the test itself has put there.
pub fn names_nobody(kiosk: &Kiosk, words: &[&str]) {
    let search = Search {
        automaton: AhoCorasick::new(words).unwrap(),
        what: words.iter().map(|word| (*word).to_owned()).collect(),
        longest_bytes: words.iter().map(|word| word.len()).max().unwrap(),
    };
    let mut found = vec![];
    found_in_folder(&search, kiosk.folder.path(), &mut found);
    assert!(found.is_empty(), "On the disk:\n{}", found.join("\n"));
}

fn folder_is_clean(kiosk: &Kiosk) {
    let mut found = vec![];
    found_in_folder(&Search::new(), kiosk.folder.path(), &mut found);
    assert!(found.is_empty(), "On the disk:\n{}", found.join("\n"));
}

/// A kiosk that logs all it can and keeps its scratch files where they can be looked at.
async fn loud_kiosk(province: &Province, idle_entry_secs: i64) -> Kiosk {
    let mut config = test_config();
    set(&mut config, "times", "idle-entry-secs", idle_entry_secs);
    set(&mut config, "times", "warning-secs", 2);
    let mut kiosk = Kiosk::prepare(config, &province.url());
    let run = kiosk.folder.path().join("run");
    std::fs::create_dir(&run).unwrap();
    kiosk.environment("RUNTIME_DIRECTORY", run.to_str().unwrap());
    kiosk.environment("KIOSK_LOG", "trace");
    kiosk.run().await;
    kiosk
}

/// To the review of a dossier of the planted person, who looks at all that is masked on the way.
pub async fn to_review(kiosk: &Kiosk) {
    kiosk.to_home().await;
    kiosk.touch("Nộp hồ sơ").await;
    kiosk.touch("Giấy tờ hộ tịch").await;
    kiosk.touch("Cấp bản sao trích lục hộ tịch").await;
    kiosk.touch("Có đủ, bắt đầu").await;
    kiosk.at("identify").await;
    kiosk.post("/dock/code", json!({ "text": CARD })).await;
    kiosk.at("person").await;
    hold_to_see(kiosk).await;
    kiosk.touch("Đúng, là tôi").await;

    kiosk.at("question").await;
    kiosk.touch("Khai sinh").await;
    kiosk.touch("Tiếp tục").await;
    kiosk
        .until("the date", |look| look.buttons.iter().any(|button| button.label == "7"))
        .await;
    for digit in ["2", "1", "0", "7", "1", "9", "6", "3"] {
        kiosk.touch(digit).await;
    }
    kiosk.touch("Tiếp tục").await;

    kiosk.at("scan").await;
    kiosk.post("/dock/scanner", json!({ "load": ["to-khai-1"] })).await;
    kiosk.touch("Quét").await;
    kiosk.touch("Tiếp tục").await;
    kiosk.at("review").await;
    hold_to_see(kiosk).await;
}

/// Whole while held, and then the search sees it, too; masked again after.
async fn hold_to_see(kiosk: &Kiosk) {
    let held = kiosk.post("/dock/touch", json!({ "label": "Giữ để xem", "hold_ms": 1500 }));
    let seen = async {
        kiosk.sees("Kiềm Vọng").await;
        searched(kiosk).await
    };
    let ((), found) = tokio::join!(held, seen);
    for secret in ["\"Kiềm Vọng\" as UTF-8", "\"049163007419\" as UTF-8"] {
        assert!(
            found.iter().any(|line| line.starts_with(secret)),
            "{secret} is not seen while it is shown: {found:#?}"
        );
    }
    kiosk
        .until("masked again", |look| {
            !look.shows("Kiềm Vọng") && look.shows("Đoàn T**")
        })
        .await;
}

#[tokio::test]
async fn a_visit_abandoned_at_the_review_leaves_nothing_of_the_person() {
    let province = Province::start().await;
    let kiosk = loud_kiosk(&province, 20).await;
    to_review(&kiosk).await;
    // The person walks away.
    kiosk.at("rest").await;
    memory_is_clean(&kiosk).await;
    folder_is_clean(&kiosk);
}

#[tokio::test]
async fn a_dossier_sent_and_received_leaves_nothing_of_the_person_at_the_kiosk() {
    let province = Province::start().await;
    let kiosk = loud_kiosk(&province, 60).await;
    to_review(&kiosk).await;
    kiosk.touch("Đúng rồi, tiếp tục").await;
    kiosk.touch(CONSENT).await;
    kiosk.touch("Gửi hồ sơ").await;
    let received = province.received(1).await;
    assert!(
        received[0].to_string().contains("Kiềm Vọng"),
        "The province has the person: {received:#?}"
    );
    kiosk.sees("Trung tâm đã nhận hồ sơ").await;
    kiosk.touch("Xong").await;
    kiosk.at("rest").await;
    memory_is_clean(&kiosk).await;
    folder_is_clean(&kiosk);
}
