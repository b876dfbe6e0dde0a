//! Leaving, and staff at the kiosk.

use std::time::Instant;

use serde_json::json;

use super::{Kiosk, LOOK_EVERY, Look, WAIT_MAX};

impl Kiosk {
    /// Ends the visit of somebody who took a number, whatever became of the paper.
    pub async fn leave(&self) {
        let began = Instant::now();
        while self.look().await.page != "rest" {
            for label in ["Xong", "Tôi đã nhớ số", "Rời đi"] {
                // Only one of them is there at a time.
                drop(self.try_post("/dock/touch", &json!({ "label": label })).await);
            }
            assert!(began.elapsed() < WAIT_MAX, "Cannot leave: {:#?}", self.look().await);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Touches a button that may be further down or up a list.
    pub async fn scroll_and_touch(&self, label: &str) {
        let began = Instant::now();
        let mut turn = "Xuống";
        while let Err(error) = self.try_post("/dock/touch", &json!({ "label": label })).await {
            assert!(
                began.elapsed() < WAIT_MAX,
                "Touch {label:?}: {error}\n{:#?}",
                self.look().await
            );
            if self.try_post("/dock/touch", &json!({ "label": turn })).await.is_err() {
                turn = if turn == "Xuống" { "Lên" } else { "Xuống" };
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// From rest through the staff door with this PIN; says what stands there then.
    pub async fn staff_pin(&self, pin: &str) -> Look {
        self.at("rest").await;
        self.post("/dock/touch", json!({ "x": 200.0, "y": 60.0, "hold_ms": 3_500 }))
            .await;
        self.at("staff-pin").await;
        self.type_pin(pin).await
    }

    /// On the page of the PIN, where an answer to an earlier one may still stand.
    pub async fn type_pin_quietly(&self, pin: &str) {
        for digit in pin.chars() {
            self.touch(&digit.to_string()).await;
        }
    }

    /// On the page of the PIN; waits for its answer.
    pub async fn type_pin(&self, pin: &str) -> Look {
        self.type_pin_quietly(pin).await;
        let answered = |look: &Look| look.page == "staff" || look.shows("Mã chưa đúng") || look.shows("Sai nhiều lần");
        self.until("an answer to the PIN", answered).await
    }

    /// From rest to the staff pages.
    pub async fn staff_in(&self) -> Look {
        let look = self.staff_pin("240815").await;
        assert_eq!(look.page, "staff", "{look:#?}");
        look
    }

    pub async fn staff_out(&self) {
        self.touch("Xong, đóng lại").await;
        self.at("rest").await;
    }
}
