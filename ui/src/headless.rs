//! The kiosk without a display: a window in memory, drawn by the software renderer.
//!
//! The event loop runs on the thread that calls [`run`] and sleeps until the next timer, the next
//! closure from another thread, or for ever. A frame is drawn only when something on the page
//! changed, and only the part that changed.
//!
//! How long its last frames took is kept for whoever measures: [`take_frames`].
//!
//! It owns the pixels and no touch: touches come in as `slint::platform::WindowEvent`s through
//! the component's window.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{
    EventLoopProxy, Platform, SetPlatformError, WindowAdapter, duration_until_next_timer_update,
    update_timers_and_animations,
};
use slint::{EventLoopError, PhysicalSize, PlatformError, Rgb8Pixel, SharedPixelBuffer};

/// How many closures from other threads may wait. A caller beyond it is refused, never forgotten.
const CLOSURES_MAX: usize = 16_384;

/// Frames whose times are kept until somebody takes them; the oldest go first.
const FRAMES_MAX: usize = 256;

/// Time between two frames while something moves: about 60 a second.
const FRAME_MS: u64 = 16;

/// How long a frame took: from the first change of the page in this turn of the loop to its last pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    pub took: Duration,
    pub drawn_at: SystemTime,
}

thread_local! {
    static FRAMES: RefCell<VecDeque<Frame>> = const { RefCell::new(VecDeque::new()) };
}

/// The frames drawn since the last call, oldest first. To be called on the event loop's thread.
pub fn take_frames() -> Vec<Frame> {
    FRAMES.take().into()
}

fn note_frame(began: Instant) {
    FRAMES.with_borrow_mut(|frames| {
        if frames.len() == FRAMES_MAX {
            frames.pop_front();
        }
        frames.push_back(Frame {
            took: began.elapsed(),
            drawn_at: SystemTime::now(),
        });
    });
}

/// A window whose pixels are in memory.
pub struct HeadlessWindow {
    window: Rc<MinimalSoftwareWindow>,
    pixels: RefCell<SharedPixelBuffer<Rgb8Pixel>>,
}

impl HeadlessWindow {
    /// Changes the size of the panel, in pixels.
    pub fn set_size(&self, width_px: u32, height_px: u32) {
        *self.pixels.borrow_mut() = SharedPixelBuffer::new(width_px, height_px);
        self.window.set_size(PhysicalSize::new(width_px, height_px));
        self.window.request_redraw();
    }

    /// Draws what changed since the last frame. Tells whether anything had.
    pub fn draw_if_dirty(&self) -> bool {
        self.window.draw_if_needed(|renderer| {
            let mut pixels = self.pixels.borrow_mut();
            let stride_px = pixels.width() as usize;
            renderer.render(pixels.make_mut_slice(), stride_px);
        })
    }

    /// The screen now. Copies nothing until the next frame is drawn.
    pub fn snapshot(&self) -> SharedPixelBuffer<Rgb8Pixel> {
        self.draw_if_dirty();
        self.pixels.borrow().clone()
    }
}

/// Makes a headless window of this size the platform of this process.
///
/// The next component that is created gets it.
///
/// # Errors
/// A platform was chosen before.
pub fn install(width_px: u32, height_px: u32) -> Result<Rc<HeadlessWindow>, SetPlatformError> {
    let window = Rc::new(HeadlessWindow {
        window: MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer),
        pixels: RefCell::new(SharedPixelBuffer::new(width_px, height_px)),
    });
    slint::platform::set_platform(Box::new(Headless {
        window: Rc::clone(&window),
        inbox: Arc::default(),
        started: Instant::now(),
    }))?;
    window.set_size(width_px, height_px);
    Ok(window)
}

/// Runs the event loop on this thread until `slint::quit_event_loop`.
///
/// # Errors
/// No platform was installed.
pub fn run() -> Result<(), PlatformError> {
    slint::run_event_loop_until_quit()
}

type Closure = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Letters {
    closures: VecDeque<Closure>,
    quit: bool,
}

/// What other threads leave for the event loop.
#[derive(Default)]
struct Inbox {
    letters: Mutex<Letters>,
    arrived: Condvar,
}

impl Inbox {
    /// A panic in another thread leaves the letters whole: they are pushed and taken in one step.
    fn open(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until something arrives, or for `at_most`; without it, for ever.
    fn wait(&self, at_most: Option<Duration>) {
        let letters = self.open();
        let nothing = |letters: &mut Letters| letters.closures.is_empty() && !letters.quit;
        match at_most {
            Some(at_most) => drop(self.arrived.wait_timeout_while(letters, at_most, nothing)),
            None => drop(self.arrived.wait_while(letters, nothing)),
        }
    }
}

struct Headless {
    window: Rc<HeadlessWindow>,
    inbox: Arc<Inbox>,
    started: Instant,
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(Rc::<MinimalSoftwareWindow>::clone(&self.window.window))
    }

    fn duration_since_start(&self) -> Duration {
        self.started.elapsed()
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        Some(Box::new(Proxy(Arc::clone(&self.inbox))))
    }

    fn run_event_loop(&self) -> Result<(), PlatformError> {
        loop {
            let (closures, quit) = {
                let mut letters = self.inbox.open();
                (std::mem::take(&mut letters.closures), std::mem::take(&mut letters.quit))
            };
            let began = Instant::now();
            for closure in closures {
                closure();
            }
            if quit {
                return Ok(());
            }
            update_timers_and_animations();
            if self.window.draw_if_dirty() {
                note_frame(began);
            }
            let next = if self.window.window.has_active_animations() {
                Some(Duration::from_millis(FRAME_MS))
            } else {
                duration_until_next_timer_update()
            };
            self.inbox.wait(next);
        }
    }
}

struct Proxy(Arc<Inbox>);

impl EventLoopProxy for Proxy {
    fn quit_event_loop(&self) -> Result<(), EventLoopError> {
        self.0.open().quit = true;
        self.0.arrived.notify_one();
        Ok(())
    }

    fn invoke_from_event_loop(&self, closure: Closure) -> Result<(), EventLoopError> {
        let mut letters = self.0.open();
        if letters.closures.len() >= CLOSURES_MAX {
            return Err(EventLoopError::EventLoopTerminated);
        }
        letters.closures.push_back(closure);
        drop(letters);
        self.0.arrived.notify_one();
        Ok(())
    }
}
