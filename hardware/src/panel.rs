//! The kiosk's front panel: call-staff button, presence, door and power-fail lines in; status
//! light and buzzer out.

use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelEvent {
    CallStaff,
    Presence(Presence),
    Door(Door),
    Power(Power),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Near,
    Away,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Open,
    Closed,
}

/// The supply's early warning: a second or two are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    Failing,
    Good,
}

/// The light on top of the kiosk, seen from across the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    #[default]
    Off,
    /// Ready or in use.
    Steady,
    /// Somebody asks for staff.
    Calling,
    /// A device needs a hand.
    Trouble,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Buzzer {
    #[default]
    Quiet,
    Sounding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanelFault {
    #[error("front panel does not answer")]
    Gone,
}

/// A front panel. One thread owns it.
pub trait Panel: Send {
    /// Waits at most `wait` for something to happen.
    fn wait(&mut self, wait: Duration) -> Result<Option<PanelEvent>, PanelFault>;
    fn light(&mut self, light: Light) -> Result<(), PanelFault>;
    fn buzz(&mut self, buzzer: Buzzer) -> Result<(), PanelFault>;
}
