//! The screen: what the session is becomes Slint's globals, touches become events. The only user
//! of `ui`.
//!
//! The pages live on the main thread, which runs Slint's event loop; the loop's thread sends whole
//! pictures of the session and gets touches back through a bounded channel. Words that a citizen
//! reads stand in the pages; from here come data, numbers and states.

mod answers;
mod asides;
mod dossier;
mod filing;
mod finding;
mod following;
mod frame;
mod identifying;
mod lists;
#[cfg(feature = "virtual")]
pub mod mirror;
mod office;
mod papers;
mod paying;
mod questions;
mod signing;
mod staff;
mod touch;
mod transferring;

use std::cell::RefCell;

use tokio::sync::mpsc;
use ui::Kiosk;
use ui::slint::{ComponentHandle, Weak};

use crate::config::PanelSize;
use crate::session::{Around, Event, Session};
use lists::Lists;

/// Touches that may wait for the loop. A finger makes a handful a second.
pub const TOUCHES_MAX: usize = 256;

/// What comes from the screen.
#[derive(Debug)]
pub enum FromScreen {
    Event(Event),
    /// The line that a page just opened says aloud; personal data is masked in it.
    Spoken {
        language: crate::procedure::Language,
        line: String,
    },
    /// The screen has turned once: a sign of life.
    Alive,
}

/// All that the screen needs to know to show a session.
#[derive(Clone, Debug)]
pub struct Shown {
    pub session: Session,
    pub around: Around,
    pub voice: Speaking,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaking {
    Can,
    Cannot,
}

/// The way to the screen from other threads.
#[derive(Clone)]
pub struct ScreenHandle {
    kiosk: Weak<Kiosk>,
}

/// The event loop of the screen has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the screen has ended")]
pub struct ScreenGone;

thread_local! {
    /// What the pages show now; lives on the screen's thread.
    static PAGES: RefCell<Option<Pages>> = const { RefCell::new(None) };
}

/// The pages and what was last put on them.
struct Pages {
    lists: Lists,
    spoken: String,
    out: mpsc::Sender<FromScreen>,
}

/// The window of the kiosk, on the thread that runs Slint's event loop.
pub struct Screen {
    kiosk: Kiosk,
}

impl Screen {
    /// Makes the window and binds every callback. `out` gets the touches.
    ///
    /// # Errors
    /// The window system is not there.
    pub fn open(
        panel: &PanelSize,
        center: &str,
        out: &mpsc::Sender<FromScreen>,
    ) -> Result<Self, ui::slint::PlatformError> {
        let kiosk = Kiosk::new()?;
        kiosk
            .window()
            .set_size(ui::slint::PhysicalSize::new(panel.width_px, panel.height_px));
        kiosk.global::<ui::Theme>().set_mm(panel.px_per_mm());
        kiosk.global::<ui::Frame>().set_center(center.into());
        if let Err(error) = ui::choose_language(&kiosk, ui::Language::Vi) {
            tracing::warn!(%error, "Language could not be chosen");
        }
        let lists = Lists::bind(&kiosk);
        touch::bind(&kiosk, out);
        signing::bind(&kiosk, &lists.pen, out);
        PAGES.with_borrow_mut(|pages| {
            *pages = Some(Pages {
                lists,
                spoken: String::new(),
                out: out.clone(),
            });
        });
        Ok(Self { kiosk })
    }

    pub fn handle(&self) -> ScreenHandle {
        ScreenHandle {
            kiosk: self.kiosk.as_weak(),
        }
    }

    /// Shows the window and runs until [`ScreenHandle::close`].
    ///
    /// # Errors
    /// The window system failed.
    pub fn run(&self) -> Result<(), ui::slint::PlatformError> {
        self.kiosk.show()?;
        ui::slint::run_event_loop_until_quit()
    }
}

impl ScreenHandle {
    /// Puts a session on the pages.
    ///
    /// # Errors
    /// The screen has ended.
    pub fn show(&self, shown: Shown) -> Result<(), ScreenGone> {
        self.with(move |kiosk| {
            PAGES.with_borrow_mut(|pages| {
                if let Some(pages) = pages {
                    pages.show(kiosk, &shown);
                }
            });
        })
    }

    /// Runs `act` on the screen's thread.
    ///
    /// # Errors
    /// The screen has ended.
    pub fn with(&self, act: impl FnOnce(&Kiosk) + Send + 'static) -> Result<(), ScreenGone> {
        self.kiosk
            .upgrade_in_event_loop(move |kiosk| act(&kiosk))
            .map_err(|_| ScreenGone)
    }

    /// Ends the event loop.
    pub fn close(&self) {
        // It may have ended already: then there is nothing to close.
        drop(ui::slint::quit_event_loop());
    }
}

impl Pages {
    fn show(&mut self, kiosk: &Kiosk, shown: &Shown) {
        frame::show(kiosk, &self.lists, shown);
        let line = kiosk.global::<ui::Spoken>().get_line();
        if line.as_str() != self.spoken {
            self.spoken = line.to_string();
            let language = shown.session.settings.language;
            let line = self.spoken.clone();
            send(&self.out, FromScreen::Spoken { language, line });
        }
        send(&self.out, FromScreen::Alive);
    }
}

/// A full queue means that the loop hangs: the watchdog sees to that, and the finger is free to try again.
fn send(out: &mpsc::Sender<FromScreen>, what: FromScreen) {
    if out.try_send(what).is_err() {
        tracing::warn!("The loop does not take touches");
    }
}
