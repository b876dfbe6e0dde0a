//! With a display the kiosk is a window on it. The display is one in memory.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Kiosk, WAIT_MAX, test_config};

struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        // The server itself picks a number that is free and tells it.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1080x1920x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is here: `make test` installs it");
        let mut line = String::new();
        let stdout = server.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        Self {
            server,
            name: format!(":{}", line.trim()),
        }
    }

    /// Names are compared here: xdotool's own search knows no UTF-8 in this locale.
    fn shows_window(&self, title: &str) -> bool {
        let found = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", ".", "getwindowname", "%@"])
            .env("DISPLAY", &self.name)
            .stderr(Stdio::null())
            .output()
            .expect("xdotool is here: `make test` installs it");
        String::from_utf8_lossy(&found.stdout).lines().any(|name| name == title)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

#[tokio::test]
async fn with_a_display_the_kiosk_opens_a_window_and_can_be_used() {
    let display = Display::start();
    let mut kiosk = Kiosk::prepare(test_config(), "http://127.0.0.1:9");
    kiosk.environment("DISPLAY", &display.name);
    kiosk.run().await;

    let began = Instant::now();
    while !display.shows_window("Một Cửa") {
        assert!(began.elapsed() < WAIT_MAX, "no window:\n{}", kiosk.log_text());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let look = kiosk.take_number("Kinh doanh").await;
    assert_eq!(look.page, "number");
    kiosk.whole_slips(1).await;
}
