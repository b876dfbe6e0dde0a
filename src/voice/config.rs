//! `[voice]` of the configuration, with its limits.

use serde::{Deserialize, Serialize};

/// `[voice]` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "driver",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum VoiceConfig {
    EspeakNg {
        /// The ALSA device, as `aplay -D` takes it: `default`, `plughw:1,0`, …
        device: String,
        words_per_minute: WordsPerMinute,
        volume_percent: VolumePercent,
    },
    /// No voice: the pages do not offer one.
    None {},
}

/// Speed as espeak-ng counts it, 80 to 300. Vietnamese at 110 is calm and clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct WordsPerMinute(pub(super) u16);

/// Loudness of the synthesiser against its own normal, 0 to 200; the card's mixer stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct VolumePercent(pub(super) u16);

/// A number in the configuration that no voice can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value} is not between {min} and {max}")]
pub struct OutOfRange {
    value: u16,
    min: u16,
    max: u16,
}

impl From<WordsPerMinute> for u16 {
    fn from(speed: WordsPerMinute) -> Self {
        speed.0
    }
}

impl From<VolumePercent> for u16 {
    fn from(volume: VolumePercent) -> Self {
        volume.0
    }
}

impl TryFrom<u16> for WordsPerMinute {
    type Error = OutOfRange;

    fn try_from(value: u16) -> Result<Self, OutOfRange> {
        within(value, 80, 300).map(Self)
    }
}

impl TryFrom<u16> for VolumePercent {
    type Error = OutOfRange;

    fn try_from(value: u16) -> Result<Self, OutOfRange> {
        within(value, 0, 200).map(Self)
    }
}

fn within(value: u16, min: u16, max: u16) -> Result<u16, OutOfRange> {
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(OutOfRange { value, min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_read_and_strange_keys_are_refused() {
        let good: VoiceConfig = toml::from_str(
            "driver = \"espeak-ng\"\ndevice = \"default\"\nwords-per-minute = 110\nvolume-percent = 100",
        )
        .unwrap();
        assert_eq!(
            good,
            VoiceConfig::EspeakNg {
                device: "default".to_owned(),
                words_per_minute: WordsPerMinute(110),
                volume_percent: VolumePercent(100)
            }
        );
        assert_eq!(
            toml::from_str::<VoiceConfig>("driver = \"none\"").unwrap(),
            VoiceConfig::None {}
        );

        for bad in [
            "driver = \"none\"\ndevice = \"default\"",
            "driver = \"espeak-ng\"\ndevice = \"default\"\nwords-per-minute = 110\nvolume-percent = 100\npitch = 5",
            "driver = \"espeak-ng\"\ndevice = \"default\"\nwords-per-minute = 20\nvolume-percent = 100",
            "driver = \"espeak-ng\"\ndevice = \"default\"\nwords-per-minute = 110\nvolume-percent = 201",
            "driver = \"festival\"",
        ] {
            assert!(toml::from_str::<VoiceConfig>(bad).is_err(), "{bad}");
        }
    }
}
