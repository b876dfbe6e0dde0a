//! The code scanner's thread.

use std::time::Duration;

use hardware::code::{CodeFault, CodeReader, Reading};

use super::{DeviceNews, LoopGone, Teller};
use crate::tasks::Pulse;

const WAIT: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub enum CodeReaderNews {
    State(Result<(), CodeFault>),
    Reading(Reading),
}

pub fn start(mut reader: Box<dyn CodeReader>, teller: Teller, pulse: Pulse) -> std::io::Result<()> {
    std::thread::Builder::new().name("code".into()).spawn(move || {
        // The loop is gone: there is nobody left to tell.
        let _: Result<(), LoopGone> = serve(reader.as_mut(), &teller, &pulse);
    })?;
    Ok(())
}

fn serve(reader: &mut dyn CodeReader, teller: &Teller, pulse: &Pulse) -> Result<(), LoopGone> {
    let mut last = None;
    loop {
        pulse.beat();
        let reading = reader.read(WAIT);
        let state = reading.as_ref().map(|_| ()).map_err(|fault| *fault);
        if last != Some(state) {
            teller.tell(DeviceNews::Code(CodeReaderNews::State(state)))?;
            last = Some(state);
        }
        match reading {
            Ok(Some(reading)) => teller.tell(DeviceNews::Code(CodeReaderNews::Reading(reading)))?,
            Ok(None) => {}
            // Nothing waits in a reader that is gone: look again a little later.
            Err(_) => std::thread::sleep(WAIT),
        }
        if teller.0.is_closed() {
            return Err(LoopGone);
        }
    }
}
