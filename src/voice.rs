//! The kiosk's voice: the spoken line of a page, in Vietnamese or English, through ALSA.
//!
//! One thread owns the synthesiser and its player, both child processes. The newest line wins: it
//! cuts off the one that is being spoken, and so does [`Voice::hush`], which any touch calls.
//! A voice that does not work is no fault of the visit: it is told to the page as
//! [`Voice::can_speak`], so that the button is not there, and it is tried again from time to time.
//!
//! Calls of numbers ([`Announcer`]) go through the same loudspeaker, one after the other, each to its end: a call waits for
//! the line that is being spoken, a line for the call, and a touch cuts off lines only.
//!
//! Invariants: what is said is never logged, never stands on a command line and never in a file;
//! personal data comes in masked. No child outlives its line, and none outlives the kiosk.

mod call;
mod clips;
mod config;
mod espeak;
mod normalise;

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tracing::{debug, info, warn};

pub use clips::{Clips, NoSound, Sound, wav};
pub use config::{OutOfRange, VoiceConfig, VolumePercent, WordsPerMinute};
use espeak::{Espeak, SOUND_HZ, Speech, VoiceFault};
pub use normalise::spoken;

use crate::procedure::Language;

/// How long after a failure the voice is tried again.
const LOOK_AGAIN_MUTE: Duration = Duration::from_secs(20);
/// How often a voice that works is looked at; its lines tell sooner when it fails.
const LOOK_AGAIN_SPEAKING: Duration = Duration::from_secs(600);
/// How often a line that is being spoken is looked at for its end. Touches do not wait for it.
const LISTEN_EVERY: Duration = Duration::from_millis(40);
/// Calls that wait for the loudspeaker. The next ones push out the oldest: the board shows them all.
const CALLS_WAITING_MAX: usize = 8;
/// A call that has waited so long is spoken no more: its person has looked at the board.
const CALL_FRESH: Duration = Duration::from_secs(60);
/// A line is cut here: some four minutes of speech.
const LINE_CHARS_MAX: usize = 2_000;
/// What a line may take beyond its words: two processes to start, a device to open.
const LINE_START_SECS_MAX: u64 = 10;
/// The slowest speech that can be configured needs about half of this a sign.
const LINE_MILLIS_A_CHAR_MAX: u64 = 400;

/// A handle on the voice. Dropping it ends the thread and what it is saying.
pub struct Voice {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Voice {
    /// Starts the voice's own thread. Whether it can speak is known a moment later.
    ///
    /// # Errors
    /// The system has no room for another thread.
    pub fn start(config: &VoiceConfig) -> io::Result<Self> {
        match Espeak::of(config) {
            None => Ok(Self {
                shared: Arc::default(),
                thread: None,
            }),
            Some(espeak) => Self::start_with(espeak, LOOK_AGAIN_MUTE),
        }
    }

    fn start_with(espeak: Espeak, look_again_mute: Duration) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let speaker = Speaker {
            espeak,
            shared: Arc::clone(&shared),
            look_again_mute,
        };
        let thread = std::thread::Builder::new()
            .name("voice".to_owned())
            .spawn(move || speaker.run())?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Says `text` now, as it stands on the page; what is being said is cut off. Does not wait.
    pub fn say(&self, language: Language, text: &str) {
        if self.thread.is_none() {
            return;
        }
        let text: String = text.chars().take(LINE_CHARS_MAX).collect();
        let mut wish = self.shared.wish();
        // A queue of one: a page that has gone has nothing to say any more.
        wish.cut = true;
        wish.next = Some((language, text));
        self.shared.changed.notify_all();
    }

    /// Silence at once: what is being said and what is about to be. Does not wait.
    pub fn hush(&self) {
        let mut wish = self.shared.wish();
        wish.cut = true;
        wish.next = None;
        self.shared.changed.notify_all();
    }

    /// For whoever calls numbers.
    pub fn announcer(&self) -> Announcer {
        Announcer(Arc::clone(&self.shared))
    }

    /// Whether a line in this language would be heard, as far as the last line or look could tell.
    pub fn can_speak(&self, language: Language) -> bool {
        self.shared.speaks.load(Ordering::Relaxed) & bit(language) != 0
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        {
            let mut wish = self.shared.wish();
            wish.close = true;
            wish.cut = true;
            self.shared.changed.notify_all();
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            warn!("Voice had ended by a panic");
        }
    }
}

/// Calls through the kiosk's loudspeaker. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Announcer(Arc<Shared>);

impl Announcer {
    /// Plays a call when those before it have ended. Does not wait.
    pub fn announce(&self, call: Sound) {
        let mut wish = self.0.wish();
        if wish.calls.len() == CALLS_WAITING_MAX {
            wish.calls.pop_front();
        }
        wish.calls.push_back((Instant::now(), call));
        self.0.changed.notify_all();
    }
}

#[derive(Default)]
struct Shared {
    wish: Mutex<Wish>,
    changed: Condvar,
    /// One bit a language.
    speaks: AtomicU8,
}

/// What the kiosk wants of the voice.
#[derive(Default)]
struct Wish {
    next: Option<(Language, String)>,
    /// Since when they wait.
    calls: VecDeque<(Instant, Sound)>,
    /// End what is being said.
    cut: bool,
    close: bool,
}

impl Shared {
    /// A wish is whole after every statement, so a panic elsewhere does not spoil it.
    fn wish(&self) -> MutexGuard<'_, Wish> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bit(language: Language) -> u8 {
    match language {
        Language::Vietnamese => 1,
        Language::English => 2,
    }
}

/// The thread's own.
struct Speaker {
    espeak: Espeak,
    shared: Arc<Shared>,
    look_again_mute: Duration,
}

/// What the thread does next.
enum Next {
    Line(Language, String),
    Call(Sound),
    /// For voices.
    Look,
}

/// How a line ended.
enum Ended {
    Spoken,
    CutOff,
    Failed(VoiceFault),
}

impl Speaker {
    fn run(self) {
        let _mute_at_the_end = MuteAtEnd(Arc::clone(&self.shared));
        self.look();
        let mut looked = Instant::now();

        while let Some(next) = self.next_wish(looked + self.look_again()) {
            let ended = match next {
                Next::Line(language, text) => self.speak(language, &text),
                Next::Call(call) => self.play(&call),
                Next::Look => {
                    self.look();
                    looked = Instant::now();
                    continue;
                }
            };
            if let Ended::Failed(fault) = ended {
                warn!(fault = %fault, "Voice failed");
                self.shared.speaks.store(0, Ordering::Relaxed);
                looked = Instant::now();
            }
        }
    }

    fn look_again(&self) -> Duration {
        match self.shared.speaks.load(Ordering::Relaxed) {
            0 => self.look_again_mute,
            _ => LOOK_AGAIN_SPEAKING,
        }
    }

    /// What is next; nothing when the kiosk closes.
    fn next_wish(&self, look_at: Instant) -> Option<Next> {
        let mut wish = self.shared.wish();
        loop {
            wish.cut = false;
            if wish.close {
                return None;
            }
            while let Some((since, call)) = wish.calls.pop_front() {
                if since.elapsed() < CALL_FRESH {
                    return Some(Next::Call(call));
                }
                debug!("A call waited too long for the loudspeaker");
            }
            if let Some((language, text)) = wish.next.take() {
                return Some(Next::Line(language, text));
            }
            let left = look_at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Some(Next::Look);
            }
            wish = self
                .shared
                .changed
                .wait_timeout(wish, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn speak(&self, language: Language, text: &str) -> Ended {
        let line = spoken(text, language);
        if line.is_empty() {
            return Ended::Spoken;
        }
        let millis_max = LINE_START_SECS_MAX * 1_000 + LINE_MILLIS_A_CHAR_MAX * line.chars().count() as u64;
        let deadline = Instant::now() + Duration::from_millis(millis_max);

        match self.espeak.say(language, &line) {
            Ok(speech) => self.listen(speech, deadline),
            Err(fault) => Ended::Failed(fault),
        }
    }

    /// A call to its end, whatever is touched meanwhile.
    fn play(&self, call: &Sound) -> Ended {
        let length = Duration::from_secs(call.len() as u64 / u64::from(SOUND_HZ) + LINE_START_SECS_MAX);
        let deadline = Instant::now() + length;
        let mut playing = match self.espeak.play(call) {
            Ok(playing) => playing,
            Err(fault) => return Ended::Failed(fault),
        };
        loop {
            match playing.poll() {
                Ok(true) => return Ended::Spoken,
                Ok(false) if Instant::now() >= deadline => return Ended::Failed(VoiceFault::Hung),
                Ok(false) => {}
                Err(fault) => return Ended::Failed(fault),
            }
            let wish = self.shared.wish();
            let (wish, _) = self
                .shared
                .changed
                .wait_timeout(wish, LISTEN_EVERY)
                .unwrap_or_else(PoisonError::into_inner);
            if wish.close {
                return Ended::CutOff;
            }
        }
    }

    /// Stays with a line until it is spoken or cut off. Leaving drops the speech, which ends its children.
    fn listen(&self, mut speech: Speech, deadline: Instant) -> Ended {
        loop {
            match speech.poll() {
                Ok(true) => return Ended::Spoken,
                Ok(false) if Instant::now() >= deadline => return Ended::Failed(VoiceFault::Hung),
                Ok(false) => {}
                Err(fault) => return Ended::Failed(fault),
            }
            let wish = self.shared.wish();
            if wish.cut {
                return Ended::CutOff;
            }
            let (wish, _) = self
                .shared
                .changed
                .wait_timeout(wish, LISTEN_EVERY)
                .unwrap_or_else(PoisonError::into_inner);
            if wish.cut {
                return Ended::CutOff;
            }
        }
    }

    /// Finds out which languages would be heard. The sound device is only opened while no voice is
    /// known to work: afterwards each line is its own proof, and the device stays free.
    fn look(&self) {
        let before = self.shared.speaks.load(Ordering::Relaxed);
        let sound = if before == 0 { self.espeak.sound() } else { Ok(()) };

        let mut after = 0;
        for language in [Language::Vietnamese, Language::English] {
            if sound.is_ok() && self.espeak.has_voice(language).is_ok() {
                after |= bit(language);
            }
        }
        self.shared.speaks.store(after, Ordering::Relaxed);

        if before != after {
            let (vietnamese, english) = (
                after & bit(Language::Vietnamese) != 0,
                after & bit(Language::English) != 0,
            );
            info!(vietnamese, english, "Voice looked for");
        }
    }
}

/// A thread that is gone speaks nothing, however it ended.
struct MuteAtEnd(Arc<Shared>);

impl Drop for MuteAtEnd {
    fn drop(&mut self) {
        self.0.speaks.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
