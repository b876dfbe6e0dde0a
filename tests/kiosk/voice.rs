//! What the kiosk says, heard behind real ALSA: the sound goes into a pipe that plays as fast as it is read.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::stat::Mode;

use crate::harness::{Kiosk, LOOK_EVERY, WAIT_MAX, set, test_config};

/// Nothing heard for so long: it is silent.
const SILENCE: Duration = Duration::from_millis(1_500);
/// Little enough that a line which is cut off is not swallowed whole.
const PIPE_BYTES: i32 = 4_096;

struct Speaker(File);

impl Speaker {
    fn new(path: &Path) -> Self {
        nix::unistd::mkfifo(path, Mode::from_bits_truncate(0o600)).unwrap();
        let pipe = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlag::O_NONBLOCK.bits())
            .open(path)
            .unwrap();
        fcntl(&pipe, FcntlArg::F_SETPIPE_SZ(PIPE_BYTES)).unwrap();
        Self(pipe)
    }

    fn heard(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 4_096];
        let read = self.0.read(&mut bytes).unwrap_or(0);
        bytes.truncate(read);
        bytes
    }

    /// Waits for a sound and says how much of it was heard.
    async fn speaks(&mut self) -> usize {
        let began = Instant::now();
        let mut count = 0;
        loop {
            let bytes = self.heard();
            count += bytes.len();
            if loudness(&bytes) > 300.0 {
                return count;
            }
            assert!(began.elapsed() < WAIT_MAX, "nothing is said; {count} bytes heard");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Listens until it is silent; the bytes that were still played.
    async fn falls_silent(&mut self) -> usize {
        let (began, mut last, mut count) = (Instant::now(), Instant::now(), 0);
        while last.elapsed() < SILENCE {
            let bytes = self.heard();
            if bytes.is_empty() {
                tokio::time::sleep(LOOK_EVERY).await;
            } else {
                count += bytes.len();
                last = Instant::now();
            }
            assert!(began.elapsed() < 2 * WAIT_MAX, "it does not stop speaking");
        }
        count
    }
}

/// Root mean square of 16-bit samples; speech is in the thousands, silence 0.
fn loudness(bytes: &[u8]) -> f64 {
    let samples = bytes.as_chunks::<2>().0;
    let squares = samples.iter().map(|pair| f64::from(i16::from_le_bytes(*pair)).powi(2));
    (squares.sum::<f64>() / samples.len().max(1) as f64).sqrt()
}

#[tokio::test]
async fn a_page_is_spoken_when_it_opens_cut_off_by_a_touch_and_said_again_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    let mut speaker = Speaker::new(&path);
    let mut config = test_config();
    config.insert("voice".into(), toml::Value::Table(toml::Table::new()));
    set(&mut config, "voice", "driver", "espeak-ng");
    set(&mut config, "voice", "device", format!("file:'{}',raw", path.display()));
    set(&mut config, "voice", "words-per-minute", 110);
    set(&mut config, "voice", "volume-percent", 100);
    let kiosk = Kiosk::start_with(config, "http://127.0.0.1:9").await;
    let began = Instant::now();
    while kiosk.get_json("/health").await.unwrap()["voice"]["state"] != "works" {
        assert!(began.elapsed() < WAIT_MAX, "no voice: {}", kiosk.log_text());
        // The device is tried with silence.
        assert!(loudness(&speaker.heard()) < 1.0, "it speaks to nobody");
        tokio::time::sleep(LOOK_EVERY).await;
    }

    kiosk.to_home().await;
    let mut cut_off = speaker.speaks().await;
    kiosk.touch_at(540.0, 300.0).await;
    cut_off += speaker.falls_silent().await;

    kiosk.touch("Nghe lại").await;
    let whole = speaker.falls_silent().await;
    assert!(cut_off * 2 < whole, "a touch let {cut_off} of {whole} bytes be played");
    let spoken = kiosk.look().await.spoken;
    assert!(spoken.contains("Lấy số"), "{spoken}");
}
