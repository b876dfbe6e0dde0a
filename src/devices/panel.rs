//! The front panel's thread.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::Duration;

use hardware::panel::{Buzzer, Light, Panel, PanelEvent, PanelFault};

use super::{DeviceNews, LoopGone, ORDERS_MAX, Teller};
use crate::tasks::Pulse;

/// How soon a lamp follows its order.
const WAIT: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lamps {
    pub light: Light,
    pub buzzer: Buzzer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelNews {
    State(Result<(), PanelFault>),
    Event(PanelEvent),
}

pub fn start(mut panel: Box<dyn Panel>, teller: Teller, pulse: Pulse) -> std::io::Result<SyncSender<Lamps>> {
    let (orders, inbox) = sync_channel(ORDERS_MAX);
    std::thread::Builder::new().name("panel".into()).spawn(move || {
        // The loop is gone: there is nobody left to tell.
        let _: Result<(), LoopGone> = serve(panel.as_mut(), &inbox, &teller, &pulse);
    })?;
    Ok(orders)
}

fn serve(panel: &mut dyn Panel, inbox: &Receiver<Lamps>, teller: &Teller, pulse: &Pulse) -> Result<(), LoopGone> {
    let mut last = None;
    loop {
        pulse.beat();
        let lamps = match inbox.try_recv() {
            Ok(lamps) => panel.light(lamps.light).and_then(|()| panel.buzz(lamps.buzzer)),
            Err(TryRecvError::Empty) => Ok(()),
            Err(TryRecvError::Disconnected) => return Ok(()),
        };
        let event = lamps.and_then(|()| panel.wait(WAIT));
        let state = event.as_ref().map(|_| ()).map_err(|fault| *fault);
        if last != Some(state) {
            teller.tell(DeviceNews::Panel(PanelNews::State(state)))?;
            last = Some(state);
        }
        match event {
            Ok(Some(event)) => teller.tell(DeviceNews::Panel(PanelNews::Event(event)))?,
            Ok(None) => {}
            Err(_) => std::thread::sleep(WAIT),
        }
    }
}
