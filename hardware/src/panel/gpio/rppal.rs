//! GPIO through the crate rppal, which knows the boards up to the Pi 5.

use std::time::Duration;

use rppal::gpio::{Error, Gpio, InputPin, Level, OutputPin, Trigger};
use tracing::{error, info};

use super::{Active, GpioConfig, Line};
use crate::panel::lines::{Input, LinePanel, Lines};
use crate::panel::{Buzzer, Light, Panel, PanelFault};

/// Takes the lines of the configuration. Lamp and buzzer are off from here on.
pub fn open(config: &GpioConfig) -> Result<Box<dyn Panel>, PanelFault> {
    let lines = Header::open(config).map_err(|error| {
        error!(%error, "GPIO cannot be used");
        PanelFault::Gone
    })?;
    info!("GPIO opened");
    Ok(Box::new(LinePanel::new(lines, config.settle())))
}

struct Header {
    gpio: Gpio,
    /// In the order of [`Input::ALL`].
    inputs: [Option<(InputPin, Active)>; 4],
    light: Option<(OutputPin, Active)>,
    buzzer: Option<(OutputPin, Active)>,
}

impl Header {
    fn open(config: &GpioConfig) -> Result<Self, Error> {
        let gpio = Gpio::new()?;
        let input = |line: Option<Line>| line.map(|line| input(&gpio, line)).transpose();
        let output = |line: Option<Line>| line.map(|line| output(&gpio, line)).transpose();

        Ok(Self {
            inputs: [
                input(config.call_staff)?,
                input(config.presence)?,
                input(config.door)?,
                input(config.power_failing)?,
            ],
            light: output(config.light)?,
            buzzer: output(config.buzzer)?,
            gpio,
        })
    }
}

impl Lines for Header {
    fn read(&mut self, input: Input) -> Result<Option<bool>, PanelFault> {
        let line = &self.inputs[input as usize];
        Ok(line.as_ref().map(|(pin, active)| pin.read() == level(*active, true)))
    }

    fn lamp(&mut self, _: Light, lit: bool) -> Result<(), PanelFault> {
        write(&mut self.light, lit);
        Ok(())
    }

    fn buzzer(&mut self, buzzer: Buzzer) -> Result<(), PanelFault> {
        write(&mut self.buzzer, buzzer == Buzzer::Sounding);
        Ok(())
    }

    fn wait_for_edge(&mut self, wait: Duration) -> Result<Option<Input>, PanelFault> {
        let pins: Vec<_> = self.inputs.iter().flatten().map(|(pin, _)| pin).collect();
        if pins.is_empty() {
            std::thread::sleep(wait);
            return Ok(None);
        }

        let moved = self.gpio.poll_interrupts(&pins, false, Some(wait)).map_err(|error| {
            error!(%error, "GPIO cannot be waited for");
            PanelFault::Gone
        })?;
        let number = moved.map(|(pin, _)| pin.pin());
        let of = |line: &Option<(InputPin, Active)>| line.as_ref().map(|(pin, _)| pin.pin());
        Ok(Input::ALL
            .into_iter()
            .find(|input| number.is_some() && of(&self.inputs[*input as usize]) == number))
    }
}

fn input(gpio: &Gpio, line: Line) -> Result<(InputPin, Active), Error> {
    let pin = gpio.get(line.pin)?;
    let mut pin = match line.active {
        Active::High => pin.into_input_pulldown(),
        Active::Low => pin.into_input_pullup(),
    };
    // Bouncing is settled by the driver above.
    pin.set_interrupt(Trigger::Both, None)?;
    Ok((pin, line.active))
}

fn output(gpio: &Gpio, line: Line) -> Result<(OutputPin, Active), Error> {
    let pin = gpio.get(line.pin)?;
    let pin = match line.active {
        Active::High => pin.into_output_low(),
        Active::Low => pin.into_output_high(),
    };
    Ok((pin, line.active))
}

fn write(line: &mut Option<(OutputPin, Active)>, on: bool) {
    if let Some((pin, active)) = line {
        pin.write(level(*active, on));
    }
}

fn level(active: Active, on: bool) -> Level {
    if (active == Active::High) == on {
        Level::High
    } else {
        Level::Low
    }
}
