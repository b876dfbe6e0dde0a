//! Real speech through real ALSA: into a file, or into a pipe that is read as slowly as a card plays.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::stat::Mode;
use tempfile::TempDir;

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);
const LONG: &str = "Mời bạn đưa căn cước công dân vào khe, mặt có ảnh hướng lên trên, rồi chờ đến khi có tiếng báo. \
    Mời bạn đưa căn cước công dân vào khe, mặt có ảnh hướng lên trên, rồi chờ đến khi có tiếng báo.";

fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A sound device of its own for each test, and the processes that play on it.
struct Device {
    folder: TempDir,
    pipe: Option<File>,
}

impl Device {
    /// Plays at once and keeps what was played.
    fn file() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            pipe: None,
        }
    }

    /// Plays only as fast as it is read.
    fn pipe() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sound");
        nix::unistd::mkfifo(&path, Mode::from_bits_truncate(0o600)).unwrap();
        let nonblocking = nix::fcntl::OFlag::O_NONBLOCK.bits();
        let pipe = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(nonblocking)
            .open(&path)
            .unwrap();
        Self {
            folder,
            pipe: Some(pipe),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("sound")
    }

    fn name(&self) -> String {
        let format = if self.pipe.is_some() { "raw" } else { "wav" };
        format!("file:'{}',{format}", self.path().display())
    }

    fn espeak(&self) -> Espeak {
        Espeak::new(&self.name(), 110, 100)
    }

    fn voice(&self) -> Voice {
        let voice = Voice::start_with(self.espeak(), Duration::from_millis(50)).unwrap();
        wait_for("a voice", || {
            voice.can_speak(Language::Vietnamese) && voice.can_speak(Language::English)
        });
        voice
    }

    /// Takes from the pipe what has been played since, as samples.
    fn heard(&mut self) -> Vec<i16> {
        let mut bytes = vec![0; 8_192];
        let read = self.pipe.as_mut().unwrap().read(&mut bytes).unwrap_or(0);
        samples(&bytes[..read])
    }

    /// The player of this device and the synthesiser that feeds it.
    fn children(&self) -> BTreeSet<u32> {
        let player = processes().find(|(_, words)| words.contains(&*self.path().to_string_lossy()));
        let Some((player, _)) = player else {
            return BTreeSet::new();
        };
        let input = fs::read_link(format!("/proc/{player}/fd/0"));
        let feeds = |pid: u32| {
            fs::read_link(format!("/proc/{pid}/fd/1")).is_ok_and(|output| Some(&output) == input.as_ref().ok())
        };
        processes()
            .map(|(pid, _)| pid)
            .filter(|pid| *pid == player || feeds(*pid))
            .collect()
    }

    fn wait_until_speaking(&mut self) -> BTreeSet<u32> {
        wait_for("sound", || loudness(&self.heard()) > 300.0);
        let mut children = BTreeSet::new();
        wait_for("two children", || {
            children = self.children();
            children.len() == 2
        });
        children
    }
}

fn processes() -> impl Iterator<Item = (u32, String)> {
    fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let words = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        Some((pid, String::from_utf8_lossy(&words).into_owned()))
    })
}

/// Neither running nor waiting to be collected.
fn are_gone(children: &BTreeSet<u32>) -> bool {
    children.iter().all(|pid| !Path::new(&format!("/proc/{pid}")).exists())
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect()
}

/// Root mean square; speech is in the thousands, silence 0.
fn loudness(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

fn played(path: &Path) -> Vec<i16> {
    const WAV_HEADER_BYTES: usize = 44;
    samples(
        fs::read(path)
            .unwrap_or_default()
            .get(WAV_HEADER_BYTES..)
            .unwrap_or_default(),
    )
}

fn say_to_the_end(device: &Device, language: Language, text: &str) -> Vec<i16> {
    let voice = device.voice();
    fs::remove_file(device.path()).unwrap();
    voice.say(language, text);
    wait_for("the line's end", || {
        loudness(&played(&device.path())) > 300.0 && device.children().is_empty()
    });
    played(&device.path())
}

#[test]
fn a_line_is_heard_in_both_languages() {
    for (language, text) in [
        (Language::Vietnamese, "Mời số A 012 đến quầy số 3"),
        (Language::English, "Ticket A 012, please go to counter 3"),
    ] {
        let device = Device::file();
        let sound = say_to_the_end(&device, language, text);
        let seconds = sound.len() as f64 / 22_050.0;
        assert!((1.5..8.0).contains(&seconds), "{language:?} took {seconds} s");
    }
}

#[test]
fn what_is_heard_is_the_line_in_words_and_not_as_written() {
    let (written, in_words) = (Device::file(), Device::file());
    let first = say_to_the_end(&written, Language::Vietnamese, "8.000 đồng");
    let second = say_to_the_end(&in_words, Language::Vietnamese, "tám nghìn đồng");
    assert!(first == second, "the same words sound the same");
}

#[test]
fn a_named_device_of_the_alsa_configuration_is_used() {
    let device = Device::file();
    let config = device.folder.path().join("asound.conf");
    let player = device.folder.path().join("aplay");
    let pcm = format!(
        "pcm.nul {{ type null }}\npcm.cap {{ type file slave.pcm \"nul\" file \"{}\" format \"wav\" }}\n\
         pcm.!default {{ type plug slave.pcm \"cap\" }}\n",
        device.path().display()
    );
    fs::write(&config, pcm).unwrap();
    fs::write(
        &player,
        format!("#!/bin/sh\nALSA_CONFIG_PATH={} exec aplay \"$@\"\n", config.display()),
    )
    .unwrap();
    fs::set_permissions(&player, fs::Permissions::from_mode(0o755)).unwrap();

    let espeak = Espeak {
        player,
        ..Espeak::new("default", 110, 100)
    };
    espeak.sound().unwrap();
    let mut speech = espeak.say(Language::Vietnamese, "xin chào").unwrap();
    wait_for("the line's end", || speech.poll().unwrap());
    assert!(loudness(&played(&device.path())) > 300.0);
}

#[test]
fn a_touch_silences_the_voice_and_leaves_no_process() {
    let mut device = Device::pipe();
    let voice = device.voice();
    voice.say(Language::Vietnamese, LONG);
    let children = device.wait_until_speaking();

    let touched = Instant::now();
    voice.hush();
    wait_for("silence", || are_gone(&children));
    assert!(
        touched.elapsed() < Duration::from_millis(500),
        "silence took {:?}",
        touched.elapsed()
    );

    while !device.heard().is_empty() {}
    assert!(device.children().is_empty());
    assert!(voice.can_speak(Language::Vietnamese), "being cut off is no failure");
}

#[test]
fn a_line_can_be_said_again_after_silence() {
    let mut device = Device::pipe();
    let voice = device.voice();
    for _ in 0..3 {
        voice.say(Language::Vietnamese, LONG);
        let children = device.wait_until_speaking();
        voice.hush();
        wait_for("silence", || are_gone(&children));
        while !device.heard().is_empty() {}
    }
}

#[test]
fn the_newest_line_cuts_off_the_one_before() {
    let mut device = Device::pipe();
    let voice = device.voice();
    voice.say(Language::Vietnamese, LONG);
    let first = device.wait_until_speaking();

    voice.say(Language::English, "one");
    voice.say(Language::English, "Please wait here until your number is called.");
    wait_for("the end of the first line", || are_gone(&first));
    let second = device.wait_until_speaking();
    assert!(first.is_disjoint(&second));
}

#[test]
fn closing_the_voice_ends_the_line() {
    let mut device = Device::pipe();
    let voice = device.voice();
    voice.say(Language::Vietnamese, LONG);
    let children = device.wait_until_speaking();
    drop(voice);
    assert!(are_gone(&children));
}

#[test]
fn children_die_with_the_thread_that_started_them() {
    let mut device = Device::pipe();
    let espeak = device.espeak();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let forgotten = std::thread::spawn(move || {
        std::mem::forget(espeak.say(Language::Vietnamese, LONG));
        ended.recv().unwrap_err();
    });
    device.wait_until_speaking();
    drop(end);
    forgotten.join().unwrap();

    while !device.heard().is_empty() {}
    // They are ended by the kernel; nobody collects what was forgotten, so they may stay as empty entries.
    wait_for("the children's end", || device.children().is_empty());
}

#[test]
fn no_word_stands_on_a_command_line() {
    let mut device = Device::pipe();
    let voice = device.voice();
    voice.say(Language::Vietnamese, &format!("Thidiep xin chào. {LONG}"));
    let children = device.wait_until_speaking();
    let told: Vec<String> = processes()
        .filter(|(pid, _)| children.contains(pid))
        .map(|(_, words)| words)
        .collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|words| !words.contains("Thidiep")), "{told:?}");
}

#[test]
fn a_device_that_hangs_is_a_fault_and_leaves_no_process() {
    let device = Device::pipe();
    let shared = Arc::<Shared>::default();
    let speaker = Speaker {
        espeak: device.espeak(),
        shared,
        look_again_mute: LOOK_AGAIN_MUTE,
    };
    let speech = speaker.espeak.say(Language::Vietnamese, LONG).unwrap();
    let mut children = BTreeSet::new();
    wait_for("two children", || {
        children = device.children();
        children.len() == 2
    });

    let ended = speaker.listen(speech, Instant::now() + Duration::from_millis(200));
    assert!(matches!(ended, Ended::Failed(VoiceFault::Hung)));
    assert!(are_gone(&children));
}

#[test]
fn without_a_synthesiser_or_a_device_there_is_no_voice() {
    let device = Device::file();
    let missing = Espeak {
        synthesiser: PathBuf::from("/nonexistent/espeak-ng"),
        ..device.espeak()
    };
    assert_eq!(missing.sound(), Ok(()));
    assert_eq!(missing.has_voice(Language::Vietnamese), Err(VoiceFault::NoVoice));

    let deaf = Espeak::new("no-such-device", 110, 100);
    assert_eq!(deaf.has_voice(Language::Vietnamese), Ok(()));
    assert_eq!(deaf.sound(), Err(VoiceFault::NoSound));

    for espeak in [missing, deaf] {
        let shared = Arc::<Shared>::default();
        let speaker = Speaker {
            espeak,
            shared: Arc::clone(&shared),
            look_again_mute: LOOK_AGAIN_MUTE,
        };
        speaker.look();
        assert_eq!(shared.speaks.load(Ordering::Relaxed), 0);
        assert!(matches!(speaker.speak(Language::English, "hello"), Ended::Failed(_)));
    }
}

#[test]
fn a_voice_that_breaks_is_withdrawn_and_comes_back_when_mended() {
    let device = Device::file();
    let player = device.folder.path().join("aplay");
    let mend = || std::os::unix::fs::symlink("/usr/bin/aplay", &player).unwrap();
    mend();
    let espeak = Espeak {
        player: player.clone(),
        ..device.espeak()
    };
    let voice = Voice::start_with(espeak, Duration::from_millis(50)).unwrap();
    wait_for("a voice", || voice.can_speak(Language::Vietnamese));

    fs::remove_file(&player).unwrap();
    voice.say(Language::Vietnamese, "xin chào");
    wait_for("the voice's end", || !voice.can_speak(Language::Vietnamese));

    mend();
    wait_for("the voice's return", || voice.can_speak(Language::Vietnamese));
}

#[test]
fn a_voice_that_is_switched_off_says_nothing() {
    let voice = Voice::start(&VoiceConfig::None {}).unwrap();
    voice.say(Language::Vietnamese, "xin chào");
    voice.hush();
    assert!(!voice.can_speak(Language::Vietnamese) && !voice.can_speak(Language::English));
}

#[test]
fn calls_of_one_moment_are_spoken_one_after_the_other_to_their_ends_and_sample_by_sample() {
    let device = Device::file();
    let clips = Clips::with(device.espeak());
    let call = |number: &str, counter: &str| {
        let (label, counter) = (number.parse().unwrap(), counter.parse().unwrap());
        clips.call(&[Language::Vietnamese], label, &counter).unwrap()
    };
    let (first, second) = (call("A 012", "3"), call("B 105", "12"));
    // A file device is begun anew by each player: what each played is read when it has ended.
    let voice = device.voice();
    let announcer = voice.announcer();
    for sound in [&first, &second] {
        fs::remove_file(device.path()).unwrap();
        announcer.announce(Arc::clone(sound));
        wait_for("the call's end", || {
            played(&device.path()).len() >= sound.len() && device.children().is_empty()
        });
        // The player fills up its last period with silence.
        let heard = played(&device.path());
        let (call, rest) = heard.split_at(sound.len());
        assert!(call == &sound[..], "sample by sample");
        assert!(rest.iter().all(|sample| *sample == 0), "and nothing after it");
    }
}

#[test]
fn a_second_call_waits_for_the_first_and_a_touch_cuts_off_neither() {
    let mut device = Device::pipe();
    let clips = Clips::with(device.espeak());
    let (label, counter) = ("A 012".parse().unwrap(), "3".parse().unwrap());
    let call = clips.call(&[Language::Vietnamese], label, &counter).unwrap();
    let voice = device.voice();
    while !device.heard().is_empty() {}
    let announcer = voice.announcer();
    announcer.announce(Arc::clone(&call));
    announcer.announce(Arc::clone(&call));
    let mut heard = vec![];
    wait_for("both calls", || {
        heard.extend(device.heard());
        voice.hush();
        heard.len() >= 2 * call.len()
    });
    wait_for("their end", || {
        heard.extend(device.heard());
        device.children().is_empty()
    });
    let silent = |part: &[i16]| part.iter().all(|sample| *sample == 0);
    let first = heard
        .windows(call.len())
        .position(|part| *part == call[..])
        .expect("the first, whole");
    let rest = &heard[first + call.len()..];
    let second = rest
        .windows(call.len())
        .position(|part| *part == call[..])
        .expect("the second, whole");
    assert!(silent(&heard[..first]) && silent(&rest[..second]) && silent(&rest[second + call.len()..]));
}
