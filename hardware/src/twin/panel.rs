//! The virtual panel: lines in memory, moved by hand. The real driver settles and blinks on them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::panel::lines::{Input, LinePanel, Lines};
use crate::panel::{Buzzer, Door, Light, Panel, PanelFault, Power, Presence};

/// Shorter than on a real panel: nothing bounces here.
const SETTLE: Duration = Duration::from_millis(5);

/// Presses that the driver has not noticed yet; further ones are lost.
const PRESSES_MAX: u8 = 10;

/// What the panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lamps {
    pub light: Light,
    /// Whether the light is lit just now; it blinks.
    pub lit: bool,
    pub buzzer: Buzzer,
}

/// The panel's outside. Clones are handles to the same panel.
#[derive(Clone)]
pub struct VirtualPanel(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    active: [bool; 4],
    /// The line that moved and was not waited for yet.
    edge: Option<Input>,
    /// A finger on the button.
    push: Option<Push>,
    presses_waiting: u8,
    lamps: Lamps,
    broken: bool,
}

/// The button going down or up. Each lasts until the driver must have noticed it, however busy
/// the machine is.
struct Push {
    down: bool,
    first_read_at: Option<Instant>,
    /// Reads at which the button had been so for the settling time.
    late_reads: u8,
}

impl Push {
    fn new(down: bool) -> Self {
        Self {
            down,
            first_read_at: None,
            late_reads: 0,
        }
    }
}

impl State {
    /// What the driver reads of the button now. At the second late read its clock was past the
    /// settling time before it read, so it has noticed, and the finger moves on.
    fn button(&mut self, now: Instant) -> bool {
        let Some(push) = &mut self.push else { return false };
        let down = push.down;

        let first = *push.first_read_at.get_or_insert(now);
        if now.duration_since(first) >= SETTLE {
            push.late_reads += 1;
        }
        if push.late_reads >= 2 {
            if down || self.presses_waiting > 0 {
                self.presses_waiting -= u8::from(!down);
                self.push = Some(Push::new(!down));
                self.edge = Some(Input::CallStaff);
            } else {
                self.push = None;
            }
        }
        down
    }

    /// Whether the driver has to read again for the finger to move on.
    fn is_read_awaited(&self) -> bool {
        self.push.as_ref().is_some_and(|push| push.late_reads > 0)
    }
}

impl VirtualPanel {
    /// A panel with nobody near, the door closed and the power good, and the driver for it.
    pub fn open() -> (Self, Box<dyn Panel>) {
        let lamps = Lamps {
            light: Light::Off,
            lit: false,
            buzzer: Buzzer::Quiet,
        };
        let state = State {
            active: [false; 4],
            edge: None,
            push: None,
            presses_waiting: 0,
            lamps,
            broken: false,
        };
        let panel = Self(Arc::new(Shared {
            state: Mutex::new(state),
            moved: Condvar::new(),
        }));
        (panel.clone(), Box::new(LinePanel::new(panel, SETTLE)))
    }

    /// Presses the call-staff button and lets it go once the driver has noticed. Does not wait.
    pub fn press_call_staff(&self) {
        let mut state = self.state();
        if state.push.is_some() {
            state.presses_waiting = (state.presses_waiting + 1).min(PRESSES_MAX);
        } else {
            state.push = Some(Push::new(true));
            state.edge = Some(Input::CallStaff);
        }
        self.0.moved.notify_all();
    }

    pub fn presence(&self, presence: Presence) {
        self.set(Input::Presence, presence == Presence::Near);
    }

    pub fn door(&self, door: Door) {
        self.set(Input::Door, door == Door::Open);
    }

    pub fn power(&self, power: Power) {
        self.set(Input::PowerFailing, power == Power::Failing);
    }

    pub fn lamps(&self) -> Lamps {
        self.state().lamps
    }

    /// Pulls the panel's cable: every call of the driver fails.
    pub fn unplug(&self) {
        self.state().broken = true;
        self.0.moved.notify_all();
    }

    pub fn replug(&self) {
        self.state().broken = false;
    }

    fn set(&self, input: Input, active: bool) {
        let mut state = self.state();
        if state.active[input as usize] != active {
            state.active[input as usize] = active;
            state.edge = Some(input);
            self.0.moved.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn whole(&self) -> Result<MutexGuard<'_, State>, PanelFault> {
        let state = self.state();
        if state.broken { Err(PanelFault::Gone) } else { Ok(state) }
    }
}

impl Lines for VirtualPanel {
    fn read(&mut self, input: Input) -> Result<Option<bool>, PanelFault> {
        let mut state = self.whole()?;
        Ok(Some(match input {
            Input::CallStaff => state.button(Instant::now()),
            Input::Presence | Input::Door | Input::PowerFailing => state.active[input as usize],
        }))
    }

    fn lamp(&mut self, light: Light, lit: bool) -> Result<(), PanelFault> {
        let mut state = self.whole()?;
        state.lamps.light = light;
        state.lamps.lit = lit;
        Ok(())
    }

    fn buzzer(&mut self, buzzer: Buzzer) -> Result<(), PanelFault> {
        self.whole()?.lamps.buzzer = buzzer;
        Ok(())
    }

    fn wait_for_edge(&mut self, wait: Duration) -> Result<Option<Input>, PanelFault> {
        let state = self.whole()?;
        let still = |state: &mut State| state.edge.is_none() && !state.is_read_awaited() && !state.broken;
        let waited = self.0.moved.wait_timeout_while(state, wait, still);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let edge = state.edge.take();
        if edge == Some(Input::CallStaff)
            && let Some(push) = &mut state.push
        {
            // The driver lets the settling time begin anew at an edge.
            *push = Push::new(push.down);
        }
        Ok(edge)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::panel::{NoPanel, PanelEvent};

    const AMPLE: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(100);

    /// A panel whose first states were told.
    fn panel() -> (VirtualPanel, Box<dyn Panel>) {
        let (hand, mut panel) = VirtualPanel::open();
        let first: Vec<_> = (0..4).filter_map(|_| panel.wait(Duration::ZERO).unwrap()).collect();
        assert_eq!(
            first,
            [
                PanelEvent::Presence(Presence::Away),
                PanelEvent::Door(Door::Closed),
                PanelEvent::Power(Power::Good)
            ]
        );
        (hand, panel)
    }

    #[test]
    fn each_line_tells_its_event_once() {
        let (hand, mut panel) = panel();

        hand.presence(Presence::Near);
        assert_eq!(panel.wait(AMPLE), Ok(Some(PanelEvent::Presence(Presence::Near))));
        hand.door(Door::Open);
        assert_eq!(panel.wait(AMPLE), Ok(Some(PanelEvent::Door(Door::Open))));
        hand.power(Power::Failing);
        assert_eq!(panel.wait(AMPLE), Ok(Some(PanelEvent::Power(Power::Failing))));
        hand.power(Power::Failing);
        assert_eq!(panel.wait(SHORT), Ok(None));
        hand.power(Power::Good);
        assert_eq!(panel.wait(AMPLE), Ok(Some(PanelEvent::Power(Power::Good))));
    }

    #[test]
    fn each_press_calls_staff_once_and_letting_go_does_nothing() {
        let (hand, mut panel) = panel();
        for press in 0..20 {
            hand.press_call_staff();
            assert_eq!(panel.wait(AMPLE), Ok(Some(PanelEvent::CallStaff)), "press {press}");
            assert_eq!(panel.wait(Duration::from_millis(20)), Ok(None), "after press {press}");
        }
    }

    #[test]
    fn three_presses_in_a_row_call_three_times() {
        let (hand, mut panel) = panel();
        (0..3).for_each(|_| hand.press_call_staff());
        for _ in 0..3 {
            assert_eq!(panel.wait(AMPLE), Ok(Some(PanelEvent::CallStaff)));
        }
        assert_eq!(panel.wait(SHORT), Ok(None));
    }

    #[test]
    fn a_press_is_noticed_while_the_driver_waits() {
        let (hand, mut panel) = panel();
        let waiting = std::thread::spawn(move || panel.wait(AMPLE));
        hand.press_call_staff();
        assert_eq!(waiting.join().unwrap(), Ok(Some(PanelEvent::CallStaff)));
    }

    #[test]
    fn lamps_show_what_they_were_told_and_blink_while_waiting() {
        let (hand, mut panel) = panel();
        panel.light(Light::Steady).unwrap();
        panel.buzz(Buzzer::Sounding).unwrap();
        assert_eq!(
            hand.lamps(),
            Lamps {
                light: Light::Steady,
                lit: true,
                buzzer: Buzzer::Sounding
            }
        );

        panel.light(Light::Trouble).unwrap();
        panel.buzz(Buzzer::Quiet).unwrap();
        let (begun, mut seen) = (Instant::now(), vec![]);
        while seen.len() < 5 && begun.elapsed() < AMPLE {
            assert_eq!(panel.wait(Duration::from_millis(20)), Ok(None));
            seen.push(hand.lamps().lit);
            seen.dedup();
        }
        assert_eq!(seen.len(), 5, "the light does not blink");
        assert_eq!(hand.lamps().light, Light::Trouble);

        panel.light(Light::Off).unwrap();
        assert_eq!(
            hand.lamps(),
            Lamps {
                light: Light::Off,
                lit: false,
                buzzer: Buzzer::Quiet
            }
        );
    }

    #[test]
    fn a_panel_that_is_gone_says_so_and_works_again_when_it_is_back() {
        let (hand, mut panel) = panel();
        hand.unplug();
        assert_eq!(panel.wait(AMPLE), Err(PanelFault::Gone));
        assert_eq!(panel.light(Light::Calling), Err(PanelFault::Gone));
        assert_eq!(panel.buzz(Buzzer::Sounding), Err(PanelFault::Gone));

        hand.replug();
        panel.light(Light::Calling).unwrap();
        assert_eq!(hand.lamps().light, Light::Calling);
        hand.door(Door::Open);
        assert_eq!(panel.wait(AMPLE), Ok(Some(PanelEvent::Door(Door::Open))));
    }

    #[test]
    fn a_kiosk_without_a_panel_waits_in_silence() {
        let begun = Instant::now();
        assert_eq!(NoPanel.wait(SHORT), Ok(None));
        assert!(begun.elapsed() >= SHORT);
        assert_eq!(
            (NoPanel.light(Light::Trouble), NoPanel.buzz(Buzzer::Sounding)),
            (Ok(()), Ok(()))
        );
    }
}
