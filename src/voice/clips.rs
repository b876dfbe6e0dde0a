//! Calls as sound: pieces that espeak-ng makes once, without the silence at their ends, joined sample by sample behind a chime.

use std::collections::BTreeMap;
use std::f32::consts::TAU;
use std::sync::{Arc, Mutex, PoisonError};

use super::config::VoiceConfig;
use super::espeak::{Espeak, SOUND_HZ, VoiceFault};
use super::{bit, call};
use crate::hall::Counter;
use crate::procedure::Language;
use crate::ticket::Label;

/// Samples, one channel, [`SOUND_HZ`] a second.
pub type Sound = Arc<[i16]>;

/// What is quieter at a piece's ends is taken for silence: 40 dB under full.
const SILENT: i16 = 327;
/// So much of it stays at each end, and there the piece swells and fades: nothing clicks.
const EDGE_MILLIS: u32 = 8;
/// Between the chime and the words, and between two languages.
const PAUSE_MILLIS: u32 = 250;
/// All pieces of both languages are some 3 MB.
const KEPT_BYTES_MAX: usize = 8 << 20;
/// Two tones, falling: hertz, and how long each.
const CHIME: [(f32, u32); 2] = [(880.0, 300), (660.0, 700)];
const CHIME_LOUDNESS: f32 = 9_000.0;

/// Makes calls. Cheap to clone; all clones share their pieces.
#[derive(Clone)]
pub struct Clips(Arc<Inner>);

struct Inner {
    espeak: Espeak,
    kept: Mutex<BTreeMap<(u8, call::Words), Sound>>,
}

/// A call could not be made into sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no voice for calls: {0}")]
pub struct NoSound(#[from] VoiceFault);

impl Clips {
    /// Nothing, where the configuration has no voice.
    pub fn new(config: &VoiceConfig) -> Option<Self> {
        Espeak::of(config).map(Self::with)
    }

    pub(super) fn with(espeak: Espeak) -> Self {
        let kept = Mutex::default();
        Self(Arc::new(Inner { espeak, kept }))
    }

    /// A call, with its chime. Blocks while pieces are made that were never said before: some 10 ms each.
    ///
    /// # Errors
    /// espeak-ng or a voice is missing.
    pub fn call(&self, languages: &[Language], label: Label, counter: &Counter) -> Result<Sound, NoSound> {
        let mut sound = chime();
        for language in languages {
            sound.resize(sound.len() + samples(PAUSE_MILLIS), 0);
            for words in call::words(*language, label, counter) {
                sound.extend_from_slice(&self.piece(*language, words)?);
            }
        }
        Ok(sound.into())
    }

    pub(super) fn piece(&self, language: Language, words: call::Words) -> Result<Sound, NoSound> {
        let key = (bit(language), words);
        if let Some(piece) = self.kept().get(&key) {
            return Ok(Arc::clone(piece));
        }
        let piece: Sound = trimmed(self.0.espeak.make(language, words)?).into();
        let mut kept = self.kept();
        let bytes: usize = kept.values().map(|piece| piece.len() * 2).sum();
        if bytes + piece.len() * 2 > KEPT_BYTES_MAX {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&piece));
        Ok(piece)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<(u8, call::Words), Sound>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As a file of sound, for a browser: RIFF WAVE, PCM of 16 bits.
pub fn wav(sound: &[i16]) -> Vec<u8> {
    const HEADER_BYTES: u32 = 36;
    let bytes = u32::try_from(sound.len() * 2).unwrap_or(u32::MAX - HEADER_BYTES);
    let mut file = Vec::with_capacity(sound.len() * 2 + 44);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(HEADER_BYTES + bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&SOUND_HZ.to_le_bytes());
    file.extend_from_slice(&(SOUND_HZ * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    file.extend(sound.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

const fn samples(millis: u32) -> usize {
    (SOUND_HZ as u64 * millis as u64 / 1_000) as usize
}

/// Without the silence at its ends, swelling and fading over [`EDGE_MILLIS`].
fn trimmed(sound: Vec<i16>) -> Vec<i16> {
    let loud = |sample: &i16| sample.unsigned_abs() > SILENT.unsigned_abs();
    let (Some(first), Some(last)) = (sound.iter().position(loud), sound.iter().rposition(loud)) else {
        return vec![];
    };
    let edge = samples(EDGE_MILLIS);
    let from = first.saturating_sub(edge);
    let to = (last + 1 + edge).min(sound.len());
    let mut piece = sound.get(from..to).unwrap_or_default().to_vec();
    // Only what was there before the first and after the last loud sample.
    let (swell, fade) = (first - from, to - last - 1);
    let step = |(at, sample): (usize, &mut i16)| *sample = (f32::from(*sample) * at as f32 / edge as f32) as i16;
    piece.iter_mut().take(swell).enumerate().for_each(step);
    piece.iter_mut().rev().take(fade).enumerate().for_each(step);
    piece
}

fn chime() -> Vec<i16> {
    let tone = |(hertz, millis): (f32, u32)| {
        let length = samples(millis);
        (0..length).map(move |at| {
            let time = at as f32 / SOUND_HZ as f32;
            let swell = (at as f32 / samples(EDGE_MILLIS) as f32).min(1.0);
            let fade = 1.0 - at as f32 / length as f32;
            ((TAU * hertz * time).sin() * CHIME_LOUDNESS * swell * fade * fade) as i16
        })
    };
    CHIME.into_iter().flat_map(tone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clips() -> Clips {
        Clips::with(Espeak::new("null", 110, 100))
    }

    #[test]
    fn a_call_is_its_pieces_joined_without_a_gap() {
        let clips = clips();
        let (label, counter) = ("A 012".parse().unwrap(), "3".parse().unwrap());
        let call = clips.call(&[Language::Vietnamese], label, &counter).unwrap();
        let mut joined = chime();
        joined.resize(joined.len() + samples(PAUSE_MILLIS), 0);
        for words in call::words(Language::Vietnamese, label, &counter) {
            let piece = clips.piece(Language::Vietnamese, words).unwrap();
            assert!(piece.len() > samples(60), "{words}");
            joined.extend_from_slice(&piece);
        }
        assert!(call[..] == joined[..]);
        let seconds = call.len() as f64 / f64::from(SOUND_HZ);
        assert!((2.5..6.0).contains(&seconds), "{seconds}");
    }

    #[test]
    fn nothing_loud_is_cut_off_and_nothing_clicks() {
        let mut sound = vec![0; 5_000];
        sound.extend([10_000; 700]);
        sound.extend([100; 5_000]);
        let piece = trimmed(sound);
        assert_eq!(piece.len(), 700 + 2 * samples(EDGE_MILLIS));
        assert_eq!(piece.iter().filter(|sample| **sample == 10_000).count(), 700);
        assert_eq!((piece[0], piece[piece.len() - 1]), (0, 0));
        assert!(trimmed(vec![3; 9_000]).is_empty());
    }

    #[test]
    fn a_browser_gets_a_whole_file() {
        let file = wav(&[1, -2, 3]);
        assert_eq!(file.len(), 44 + 6);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(
            u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize,
            file.len() - 8
        );
        assert_eq!(file[44..], [1, 0, 254, 255, 3, 0]);
    }

    #[test]
    fn a_missing_voice_is_told() {
        let espeak = Espeak {
            synthesiser: "/nonexistent/espeak-ng".into(),
            ..Espeak::new("null", 110, 100)
        };
        let made = Clips::with(espeak).call(&[Language::Vietnamese], "A 012".parse().unwrap(), &"3".parse().unwrap());
        assert_eq!(made, Err(NoSound(VoiceFault::NoVoice)));
    }
}
