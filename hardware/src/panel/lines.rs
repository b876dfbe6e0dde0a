//! The driver of a panel that is made of lines, each active or not.
//!
//! An input counts once it has kept its new level for the settling time; contacts bounce for a few
//! milliseconds. The light blinks in [`Panel::wait`], which its thread calls all the time: slowly when
//! somebody asks for staff, fast when a device needs a hand, so the two are told apart by anyone
//! across the hall, also by one who does not see colours.

use std::time::{Duration, Instant};

use super::{Buzzer, Door, Light, Panel, PanelEvent, PanelFault, Power, Presence};

/// Half a period of the light: how long it is lit, and then dark. 0.5 and 2.5 flashes a second;
/// above 3 could hurt people with photosensitive epilepsy (WCAG 2.3.1).
const CALLING_HALF: Duration = Duration::from_millis(1000);
const TROUBLE_HALF: Duration = Duration::from_millis(200);

/// The lines a panel may have in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    CallStaff,
    Presence,
    Door,
    /// Active while the supply fails.
    PowerFailing,
}

impl Input {
    pub const ALL: [Self; 4] = [Self::CallStaff, Self::Presence, Self::Door, Self::PowerFailing];

    /// What a new level means; letting go of the button means nothing.
    fn event(self, active: bool) -> Option<PanelEvent> {
        Some(match (self, active) {
            (Self::CallStaff, true) => PanelEvent::CallStaff,
            (Self::CallStaff, false) => return None,
            (Self::Presence, true) => PanelEvent::Presence(Presence::Near),
            (Self::Presence, false) => PanelEvent::Presence(Presence::Away),
            (Self::Door, true) => PanelEvent::Door(Door::Open),
            (Self::Door, false) => PanelEvent::Door(Door::Closed),
            (Self::PowerFailing, true) => PanelEvent::Power(Power::Failing),
            (Self::PowerFailing, false) => PanelEvent::Power(Power::Good),
        })
    }
}

/// Lines that can be read, written and waited for. Polarity is theirs: here a line is active or not.
pub trait Lines: Send {
    /// Whether `input` is active now; `None` when this panel has no such line.
    fn read(&mut self, input: Input) -> Result<Option<bool>, PanelFault>;
    /// Lights the lamp or not. `light` is why, for panels that can show more than on and off.
    fn lamp(&mut self, light: Light, lit: bool) -> Result<(), PanelFault>;
    fn buzzer(&mut self, buzzer: Buzzer) -> Result<(), PanelFault>;
    /// Waits at most `wait` for a line to move and returns the one that did.
    fn wait_for_edge(&mut self, wait: Duration) -> Result<Option<Input>, PanelFault>;
}

/// A panel of lines.
pub struct LinePanel<L> {
    lines: L,
    settle: Duration,
    contacts: [Contact; 4],
    light: Light,
    light_since: Instant,
    lit: Option<bool>,
}

/// An input on its way from one level to the next.
#[derive(Clone, Copy, Default)]
struct Contact {
    /// The level that was told; none before the first.
    settled: Option<bool>,
    /// A new level, and since when it has been kept.
    moving: Option<(bool, Instant)>,
}

impl<L: Lines> LinePanel<L> {
    /// `settle` is how long an input keeps its level before it counts.
    pub fn new(lines: L, settle: Duration) -> Self {
        Self {
            lines,
            settle,
            contacts: [Contact::default(); 4],
            light: Light::Off,
            light_since: Instant::now(),
            lit: None,
        }
    }

    /// Looks at every input; returns the first event that is due.
    fn look(&mut self, now: Instant) -> Result<Option<PanelEvent>, PanelFault> {
        for (input, contact) in Input::ALL.into_iter().zip(&mut self.contacts) {
            let Some(level) = self.lines.read(input)? else { continue };

            if let Some(settled) = contact.look(level, now, self.settle)
                && let Some(event) = input.event(settled)
            {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// Blinks; returns when it is time to do so again.
    fn blink(&mut self, now: Instant) -> Result<Option<Instant>, PanelFault> {
        let (lit, next) = lit(self.light, now.duration_since(self.light_since));

        if self.lit != Some(lit) {
            self.lines.lamp(self.light, lit)?;
            self.lit = Some(lit);
        }
        Ok(next.map(|next| now + next))
    }
}

impl<L: Lines> Panel for LinePanel<L> {
    fn wait(&mut self, wait: Duration) -> Result<Option<PanelEvent>, PanelFault> {
        let deadline = Instant::now() + wait;

        loop {
            let now = Instant::now();
            let blink_at = self.blink(now)?;
            if let Some(event) = self.look(now)? {
                return Ok(Some(event));
            }
            if now >= deadline {
                return Ok(None);
            }

            let settled_at = self
                .contacts
                .iter()
                .filter_map(|contact| contact.settles_at(self.settle))
                .min();
            let until = [blink_at, settled_at]
                .into_iter()
                .flatten()
                .fold(deadline, Instant::min);
            let moved = self.lines.wait_for_edge(until.saturating_duration_since(now))?;
            if let Some(input) = moved {
                self.contacts[input as usize].bounce(Instant::now());
            }
        }
    }

    fn light(&mut self, light: Light) -> Result<(), PanelFault> {
        if light != self.light || self.lit.is_none() {
            self.light = light;
            self.light_since = Instant::now();
            self.lit = None;
            self.blink(self.light_since)?;
        }
        Ok(())
    }

    fn buzz(&mut self, buzzer: Buzzer) -> Result<(), PanelFault> {
        self.lines.buzzer(buzzer)
    }
}

impl Contact {
    /// Takes in the level now; returns it when it is new and has settled. The first level of all
    /// counts at once: nothing bounced yet.
    fn look(&mut self, level: bool, now: Instant, settle: Duration) -> Option<bool> {
        if self.settled == Some(level) {
            self.moving = None;
            return None;
        }

        let since = match self.moving {
            Some((moving, since)) if moving == level => since,
            Some(_) | None => now,
        };
        self.moving = Some((level, since));
        if self.settled.is_some() && now.duration_since(since) < settle {
            return None;
        }

        *self = Self {
            settled: Some(level),
            moving: None,
        };
        Some(level)
    }

    /// The line moved: what it was on its way to begins anew.
    fn bounce(&mut self, now: Instant) {
        if let Some((_, since)) = &mut self.moving {
            *since = now;
        }
    }

    fn settles_at(&self, settle: Duration) -> Option<Instant> {
        self.moving.map(|(_, since)| since + settle)
    }
}

/// Whether the light is lit after `elapsed`, and how long it stays so.
fn lit(light: Light, elapsed: Duration) -> (bool, Option<Duration>) {
    let half = match light {
        Light::Off => return (false, None),
        Light::Steady => return (true, None),
        Light::Calling => CALLING_HALF,
        Light::Trouble => TROUBLE_HALF,
    };
    let halves = elapsed.as_millis() / half.as_millis();
    let into = elapsed.as_millis() % half.as_millis();
    let left = half.saturating_sub(Duration::from_millis(u64::try_from(into).unwrap_or(0)));

    (halves.is_multiple_of(2), Some(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_millis(30);

    #[test]
    fn the_light_shows_each_state_by_its_rhythm() {
        let at = |light, ms| lit(light, Duration::from_millis(ms)).0;

        for ms in [0, 999, 12_345] {
            assert!(!at(Light::Off, ms) && at(Light::Steady, ms));
        }
        assert!(
            at(Light::Calling, 0) && at(Light::Calling, 999) && !at(Light::Calling, 1000) && at(Light::Calling, 2000)
        );
        assert!(at(Light::Trouble, 199) && !at(Light::Trouble, 200) && at(Light::Trouble, 400));
        assert_eq!(
            lit(Light::Trouble, Duration::from_millis(250)).1,
            Some(Duration::from_millis(150))
        );
    }

    #[test]
    fn no_light_flashes_more_than_three_times_a_second() {
        for light in [Light::Calling, Light::Trouble] {
            let mut levels: Vec<_> = (0..1000).map(|ms| lit(light, Duration::from_millis(ms)).0).collect();
            levels.dedup();
            assert!(levels.iter().filter(|lit| **lit).count() <= 3, "{light:?}");
        }
    }

    #[test]
    fn a_contact_counts_once_it_has_kept_its_level() {
        let (mut contact, start) = (Contact::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);

        assert_eq!(
            contact.look(false, at(0), SETTLE),
            Some(false),
            "the first level counts at once"
        );
        assert_eq!(contact.look(true, at(10), SETTLE), None);
        assert_eq!(contact.look(false, at(15), SETTLE), None, "it bounced");
        assert_eq!(contact.look(true, at(20), SETTLE), None);
        contact.bounce(at(40));
        assert_eq!(contact.look(true, at(55), SETTLE), None, "it bounced between two looks");
        assert_eq!(contact.look(true, at(70), SETTLE), Some(true));
        assert_eq!(contact.look(true, at(200), SETTLE), None, "and counts once");
    }

    #[test]
    fn inputs_stand_where_their_contacts_are() {
        for (at, input) in Input::ALL.into_iter().enumerate() {
            assert_eq!(input as usize, at);
        }
    }
}
