//! The kiosk's front panel: call-staff button, presence, door and power-fail lines in; status
//! light and buzzer out.
//!
//! [`lines`] is the driver: it settles bouncing inputs and blinks the light, on any lines that can
//! be read and written. [`gpio`] has the lines of a Raspberry Pi (feature `gpio`); a kiosk without
//! a panel has [`NoPanel`].

use std::time::Duration;

pub mod gpio;
pub mod lines;

/// What happened. When a panel is opened, the state of each of its sensors is told first.
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

/// A kiosk without a front panel: nothing ever happens, and lamps may be told anything.
pub struct NoPanel;

impl Panel for NoPanel {
    fn wait(&mut self, wait: Duration) -> Result<Option<PanelEvent>, PanelFault> {
        std::thread::sleep(wait);
        Ok(None)
    }

    fn light(&mut self, _: Light) -> Result<(), PanelFault> {
        Ok(())
    }

    fn buzz(&mut self, _: Buzzer) -> Result<(), PanelFault> {
        Ok(())
    }
}
