//! espeak-ng as a child process, piped into `aplay`.
//!
//! espeak-ng could play by itself, but its own output knows only the default device, brings a
//! PulseAudio client, and wrote nothing to an ALSA file device when measured. So it synthesises to
//! a pipe and ALSA's own player plays: `ALSA_CONFIG_PATH` and the configured device hold.
//!
//! Both children are started through `setpriv --pdeathsig KILL`: the kernel ends them with the
//! voice's thread, however the kiosk dies.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::{Language, VoiceConfig};

/// A look at a voice or at the device takes some 10 ms.
const LOOK_SECS_MAX: u64 = 2;
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// What espeak-ng makes: one channel, 16 bit.
pub(super) const SOUND_HZ: u32 = 22_050;
/// A piece of a call is some seconds at most, in bytes.
const MADE_BYTES_MAX: u64 = 1 << 20;
/// Silence to try a device with.
const SILENCE_MILLIS: u32 = 20;

/// Why nothing was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoiceFault {
    #[error("espeak-ng or the voice is missing")]
    NoVoice,
    #[error("sound device cannot be played on")]
    NoSound,
    #[error("speech did not end in time")]
    Hung,
    #[error("no process could be started")]
    NoProcess,
}

/// How to speak.
pub(super) struct Espeak {
    pub(super) synthesiser: PathBuf,
    pub(super) player: PathBuf,
    pub(super) device: String,
    pub(super) words_per_minute: u16,
    pub(super) volume_percent: u16,
}

impl Espeak {
    pub(super) fn new(device: &str, words_per_minute: u16, volume_percent: u16) -> Self {
        Self {
            synthesiser: PathBuf::from("espeak-ng"),
            player: PathBuf::from("aplay"),
            device: device.to_owned(),
            words_per_minute,
            volume_percent,
        }
    }

    /// As the configuration has it; nothing, where it has no voice.
    pub(super) fn of(config: &VoiceConfig) -> Option<Self> {
        match config {
            VoiceConfig::None {} => None,
            VoiceConfig::EspeakNg {
                device,
                words_per_minute,
                volume_percent,
            } => Some(Self::new(device, words_per_minute.0, volume_percent.0)),
        }
    }

    fn synthesis(&self, language: Language) -> Command {
        let mut command = child(&self.synthesiser);
        command
            .args(["-v", voice(language), "-b", "1"])
            .args([
                "-s",
                &self.words_per_minute.to_string(),
                "-a",
                &self.volume_percent.to_string(),
            ])
            .args(["--stdin", "--stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        command
    }

    /// Words as samples. Blocks for some 10 ms.
    pub(super) fn make(&self, language: Language, words: &str) -> Result<Vec<i16>, VoiceFault> {
        let mut synthesiser = Running::start(&mut self.synthesis(language))?;
        let sound = synthesiser.0.stdout.take().ok_or(VoiceFault::NoProcess)?;
        if let Some(mut pipe) = synthesiser.0.stdin.take() {
            pipe.write_all(words.as_bytes())
                .or_else(unless_gone)
                .map_err(|_| VoiceFault::NoVoice)?;
        }
        let mut bytes = vec![];
        sound
            .take(MADE_BYTES_MAX)
            .read_to_end(&mut bytes)
            .map_err(|_| VoiceFault::NoVoice)?;
        synthesiser.outcome(VoiceFault::NoVoice)?;
        // What streams does not know its length; the samples are all that follows the word.
        let data = bytes.windows(4).position(|word| word == b"data");
        let samples = data.and_then(|data| bytes.get(data + 8..)).ok_or(VoiceFault::NoVoice)?;
        Ok(samples
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect())
    }

    /// Starts to play samples.
    pub(super) fn play(&self, sound: &[i16]) -> Result<Playing, VoiceFault> {
        let mut player = Running::start(&mut self.raw_player())?;
        let mut pipe = player.0.stdin.take().ok_or(VoiceFault::NoProcess)?;
        let bytes: Vec<u8> = sound.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        // More than a pipe holds; a player that is gone ends it.
        let feeder = std::thread::Builder::new().name("voice-call".to_owned());
        feeder
            .spawn(move || drop(pipe.write_all(&bytes)))
            .map_err(|_| VoiceFault::NoProcess)?;
        Ok(Playing { player })
    }

    fn raw_player(&self) -> Command {
        let mut command = child(&self.player);
        command
            .args(["-q", "-D", &self.device, "-t", "raw", "-f", "S16_LE", "-c", "1"])
            .args(["-r", &SOUND_HZ.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        command
    }

    /// Starts to say a line. The words go through a pipe: a command line can be read by anyone.
    pub(super) fn say(&self, language: Language, line: &str) -> Result<Speech, VoiceFault> {
        let mut synthesiser = Running::start(&mut self.synthesis(language))?;
        let sound = synthesiser.0.stdout.take().ok_or(VoiceFault::NoProcess)?;
        let player = Running::start(
            child(&self.player)
                .args(["-q", "-D", &self.device])
                .stdin(Stdio::from(sound))
                .stdout(Stdio::null()),
        )?;

        // A line is far smaller than a pipe, so this never waits. A child that has gone already is told by `poll`.
        if let Some(mut words) = synthesiser.0.stdin.take() {
            words
                .write_all(line.as_bytes())
                .or_else(unless_gone)
                .map_err(|_| VoiceFault::NoVoice)?;
        }
        Ok(Speech { synthesiser, player })
    }

    /// Whether this language can be synthesised.
    pub(super) fn has_voice(&self, language: Language) -> Result<(), VoiceFault> {
        let look = Running::start(
            child(&self.synthesiser)
                .args(["-v", voice(language), "-q", "--stdin"])
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        )?;
        look.outcome(VoiceFault::NoVoice)
    }

    /// Whether the device takes sound: a moment of silence is played.
    pub(super) fn sound(&self) -> Result<(), VoiceFault> {
        let mut look = Running::start(&mut self.raw_player())?;
        let bytes = SOUND_HZ * SILENCE_MILLIS / 1_000 * 2;
        if let Some(mut silence) = look.0.stdin.take() {
            silence
                .write_all(&vec![0; bytes as usize])
                .or_else(unless_gone)
                .map_err(|_| VoiceFault::NoSound)?;
        }
        look.outcome(VoiceFault::NoSound)
    }
}

/// A call that is being played. Dropping it is silence.
pub(super) struct Playing {
    player: Running,
}

impl Playing {
    /// Whether it has been played to its end.
    pub(super) fn poll(&mut self) -> Result<bool, VoiceFault> {
        match self.player.0.try_wait().map_err(|_| VoiceFault::NoProcess)? {
            Some(status) if status.success() => Ok(true),
            Some(_) => Err(VoiceFault::NoSound),
            None => Ok(false),
        }
    }
}

/// A line that is being spoken. Dropping it is silence.
pub(super) struct Speech {
    // Fields are dropped in this order: the sound first.
    player: Running,
    synthesiser: Running,
}

impl Speech {
    /// Whether the line has been spoken to its end.
    pub(super) fn poll(&mut self) -> Result<bool, VoiceFault> {
        let player = self.player.0.try_wait().map_err(|_| VoiceFault::NoProcess)?;
        let synthesiser = self.synthesiser.0.try_wait().map_err(|_| VoiceFault::NoProcess)?;

        match (synthesiser, player) {
            // Without sound from the synthesiser the player fails too: the first cause counts.
            (Some(status), _) if ended_badly_by_itself(status) => Err(VoiceFault::NoVoice),
            (_, Some(status)) if !status.success() && synthesiser.is_some() => Err(VoiceFault::NoSound),
            (Some(status), Some(_)) => {
                if status.success() {
                    Ok(true)
                } else {
                    Err(VoiceFault::NoSound)
                }
            }
            (Some(_) | None, None) | (None, Some(_)) => Ok(false),
        }
    }
}

/// A signal (a broken pipe) is the player's fault, an exit code the synthesiser's own.
fn ended_badly_by_itself(status: ExitStatus) -> bool {
    status.code().is_some_and(|code| code != 0)
}

/// A child that is ended and collected when it is dropped.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self, VoiceFault> {
        command.spawn().map(Self).map_err(|_| VoiceFault::NoProcess)
    }

    fn outcome(mut self, fault: VoiceFault) -> Result<(), VoiceFault> {
        let deadline = Instant::now() + Duration::from_secs(LOOK_SECS_MAX);

        while Instant::now() < deadline {
            match self.0.try_wait() {
                Ok(Some(status)) => return if status.success() { Ok(()) } else { Err(fault) },
                Ok(None) => std::thread::sleep(LOOK_EVERY),
                Err(_) => return Err(VoiceFault::NoProcess),
            }
        }
        Err(VoiceFault::Hung)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only when the child has been collected already; waiting then answers at once.
        if self.0.kill().is_ok()
            && let Err(error) = self.0.wait()
        {
            tracing::warn!(%error, "Voice's child was not collected");
        }
    }
}

/// A program that the kernel kills when the thread that started it ends.
fn child(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--"])
        .arg(program)
        .stderr(Stdio::null());
    command
}

fn voice(language: Language) -> &'static str {
    match language {
        Language::Vietnamese => "vi",
        Language::English => "en",
    }
}

fn unless_gone(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Ok(())
    } else {
        Err(error)
    }
}
