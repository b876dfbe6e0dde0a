//! What is on the screen, as a test or a person far away sees it; and touches from there, which go
//! through the window like a finger's. Only with virtual devices.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use serde::Serialize;
use ui::Kiosk;
use ui::slint::platform::{Key, PointerEventButton, WindowEvent};
use ui::slint::{ComponentHandle, LogicalPosition, SharedString};

/// What stands on the page now. Positions and sizes in pixels.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
    pub page: String,
    pub language: &'static str,
    pub spoken: String,
    pub texts: Vec<String>,
    pub buttons: Vec<Button>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Button {
    pub label: String,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub enabled: bool,
}

/// What a finger does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finger {
    /// Down and up.
    Tap,
    Down,
    /// Along the screen, staying down.
    Move,
    Up,
}

/// Why there was nothing to touch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTouch {
    #[error("no button is called {0:?}")]
    NoButton(String),
    #[error("button {0:?} is disabled")]
    Disabled(String),
    #[error("button {0:?} is outside the screen: scroll first")]
    OutOfSight(String),
    #[error("the window takes no events")]
    Window,
}

pub fn look(kiosk: &Kiosk) -> Look {
    let frame = kiosk.global::<ui::Frame>();
    let scale = kiosk.window().scale_factor();
    let texts = elements(kiosk, AccessibleRole::Text);
    Look {
        page: page_name(frame.get_page(), frame.get_overlay()),
        language: match frame.get_language() {
            ui::Language::Vi => "vi",
            ui::Language::En => "en",
        },
        spoken: kiosk.global::<ui::Spoken>().get_line().into(),
        texts: texts
            .iter()
            .filter_map(|text| text.accessible_label())
            .filter(|label| !label.is_empty())
            .map(String::from)
            .collect(),
        buttons: elements(kiosk, AccessibleRole::Button)
            .iter()
            .map(|button| {
                let (at, size) = (button.absolute_position(), button.size());
                Button {
                    label: button.accessible_label().unwrap_or_default().into(),
                    x: at.x * scale,
                    y: at.y * scale,
                    width: size.width * scale,
                    height: size.height * scale,
                    enabled: button.accessible_enabled().unwrap_or(true),
                }
            })
            .collect(),
    }
}

/// "number", or "number+idle" when something lies over it.
fn page_name(page: ui::PageName, overlay: ui::Overlay) -> String {
    let page = kebab(&format!("{page:?}"));
    match overlay {
        ui::Overlay::None => page,
        ui::Overlay::Settings | ui::Overlay::Idle | ui::Overlay::StaffCalled => {
            format!("{page}+{}", kebab(&format!("{overlay:?}")))
        }
    }
}

fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn elements(kiosk: &Kiosk, role: AccessibleRole) -> Vec<ElementHandle> {
    let found = ElementQuery::from_root(kiosk)
        .match_descendants()
        .match_accessible_role(role)
        .find_all();
    // An element is found once for each component that it is the root of.
    let mut seen = std::collections::HashSet::new();
    let mut elements = vec![];
    for element in found {
        let (at, size) = (element.absolute_position(), element.size());
        let place = [at.x, at.y, size.width, size.height].map(f32::to_bits);
        if seen.insert((place, element.accessible_label())) {
            elements.push(element);
        }
    }
    elements
}

/// Touches the middle of the button with this label.
pub fn touch_label(kiosk: &Kiosk, label: &str, finger: Finger) -> Result<(), NoTouch> {
    let labelled = |button: &ElementHandle| button.accessible_label().is_some_and(|found| found == label);
    let mut buttons = elements(kiosk, AccessibleRole::Button);
    buttons.retain(labelled);
    // An overlay's button lies over one of the page with the same name.
    let Some(button) = buttons
        .iter()
        .rev()
        .find(|button| button.accessible_enabled().unwrap_or(true))
    else {
        return Err(match buttons.first() {
            Some(_) => NoTouch::Disabled(label.to_owned()),
            None => NoTouch::NoButton(label.to_owned()),
        });
    };
    let (at, size) = (button.absolute_position(), button.size());
    let middle = LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0);
    let window = kiosk.window().size().to_logical(kiosk.window().scale_factor());
    let inside = (0.0..window.width).contains(&middle.x) && (0.0..window.height).contains(&middle.y);
    if !inside {
        return Err(NoTouch::OutOfSight(label.to_owned()));
    }
    touch(kiosk, middle, finger)
}

/// Touches a place, in pixels of the picture.
pub fn touch_place(kiosk: &Kiosk, x: f32, y: f32, finger: Finger) -> Result<(), NoTouch> {
    let scale = kiosk.window().scale_factor();
    touch(kiosk, LogicalPosition::new(x / scale, y / scale), finger)
}

fn touch(kiosk: &Kiosk, position: LogicalPosition, finger: Finger) -> Result<(), NoTouch> {
    let button = PointerEventButton::Left;
    let mut events = vec![];
    if matches!(finger, Finger::Tap | Finger::Down | Finger::Move) {
        events.push(WindowEvent::PointerMoved { position });
    }
    if matches!(finger, Finger::Tap | Finger::Down) {
        events.push(WindowEvent::PointerPressed { position, button });
    }
    if matches!(finger, Finger::Tap | Finger::Up) {
        events.push(WindowEvent::PointerReleased { position, button });
        // A finger that is lifted hovers over nothing.
        events.push(WindowEvent::PointerExited);
    }
    dispatch(kiosk, events)
}

/// Types into the focused field. A newline is Return, a backspace erases.
pub fn type_text(kiosk: &Kiosk, text: &str) -> Result<(), NoTouch> {
    let mut events = vec![];
    for letter in text.chars() {
        let text: SharedString = match letter {
            '\n' => Key::Return.into(),
            '\u{8}' => Key::Backspace.into(),
            letter => SharedString::from(String::from(letter)),
        };
        events.push(WindowEvent::KeyPressed { text: text.clone() });
        events.push(WindowEvent::KeyReleased { text });
    }
    dispatch(kiosk, events)
}

fn dispatch(kiosk: &Kiosk, events: Vec<WindowEvent>) -> Result<(), NoTouch> {
    for event in events {
        kiosk
            .window()
            .dispatch_event_with_result(event)
            .map_err(|_| NoTouch::Window)?;
    }
    Ok(())
}

/// The screen now as a PNG.
///
/// # Errors
/// The window has not been drawn.
pub fn png(kiosk: &Kiosk) -> anyhow::Result<Vec<u8>> {
    let picture = ui::snapshot(kiosk)?;
    let mut bytes = std::io::Cursor::new(vec![]);
    let rgba: Vec<u8> = picture
        .as_slice()
        .iter()
        .flat_map(|pixel| [pixel.r, pixel.g, pixel.b])
        .collect();
    let image = image::RgbImage::from_raw(picture.width(), picture.height(), rgba);
    image
        .ok_or_else(|| anyhow::anyhow!("The picture has another size"))?
        .write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
