//! The lines of a panel on the GPIO header of a Raspberry Pi.

use std::time::Duration;

use serde::{Deserialize, Serialize};

#[cfg(feature = "gpio")]
pub use self::rppal::open;

#[cfg(feature = "gpio")]
mod rppal;

/// A panel on GPIO in the configuration. A line that is left out does not exist.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GpioConfig {
    pub call_staff: Option<Line>,
    pub presence: Option<Line>,
    /// Active while the door is open.
    pub door: Option<Line>,
    /// Active while the supply fails.
    pub power_failing: Option<Line>,
    pub light: Option<Line>,
    pub buzzer: Option<Line>,
    /// How long an input keeps its level before it counts, in milliseconds; 30 is usual.
    pub settle_ms: u16,
}

impl GpioConfig {
    pub fn settle(&self) -> Duration {
        Duration::from_millis(self.settle_ms.into())
    }
}

/// One line of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The number of the chip (BCM), not of the header.
    pub pin: u8,
    pub active: Active,
}

/// The level at which a line is active. An input is pulled to the other one, so that a cut wire
/// is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Active {
    High,
    Low,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_level_and_a_word_too_many_are_refused() {
        let read = |text: &str| serde_json::from_str::<GpioConfig>(text);

        let config = read(r#"{"call-staff":{"pin":17,"active":"low"},"settle-ms":30}"#).unwrap();
        assert_eq!(
            config.call_staff,
            Some(Line {
                pin: 17,
                active: Active::Low
            })
        );
        assert_eq!((config.light, config.settle()), (None, Duration::from_millis(30)));
        assert!(read(r#"{"call-staff":{"pin":17},"settle-ms":30}"#).is_err());
        assert!(read(r#"{"siren":{"pin":17,"active":"low"},"settle-ms":30}"#).is_err());
    }
}
