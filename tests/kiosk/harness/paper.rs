//! The paper strip beside the report.

use std::time::Instant;

use serde_json::{Value, json};

use super::{Kiosk, LOOK_EVERY, ReportRow, Slip, WAIT_MAX};

impl Kiosk {
    /// The fault strikes when so many more bytes have come in.
    pub async fn break_printer_after(&self, fault: &str, bytes: u64) {
        self.post("/dock/printer", json!({ "fault": fault, "after_bytes": bytes }))
            .await;
    }

    /// As [`Kiosk::report`]; nothing before the first start.
    pub fn report_if_any(&self) -> Vec<ReportRow> {
        if self.data().join("kiosk.db").exists() {
            self.report()
        } else {
            vec![]
        }
    }

    /// What the report says of a number.
    pub fn reported(&self, series: &str, number: u32) -> Option<ReportRow> {
        let rows = self.report();
        rows.into_iter()
            .find(|row| row.series == series && row.number == number)
    }

    /// Waits until the report says one of these states of a number.
    pub async fn reports(&self, series: &str, number: u32, states: &[&str]) -> ReportRow {
        let began = Instant::now();
        loop {
            let row = self.reported(series, number);
            if let Some(row) = row.clone().filter(|row| states.contains(&row.state.as_str())) {
                return row;
            }
            if began.elapsed() > WAIT_MAX {
                let (look, slips) = (self.look().await, self.slips_if_virtual().await);
                panic!(
                    "Waited for {states:?}: {row:?}; {look:#?} {slips:#?}\n{}",
                    self.log_text()
                );
            }
            tokio::time::sleep(LOOK_EVERY * 3).await;
        }
    }

    async fn slips_if_virtual(&self) -> Value {
        self.get_json("/dock/printer/slips").await.unwrap_or_default()
    }

    /// All slips of a number, as their codes name it; `A007`.
    pub async fn slips_of(&self, number: &str) -> Vec<Slip> {
        let named = |slip: &Slip| slip.number().is_some_and(|named| named == number);
        self.slips().await.into_iter().filter(named).collect()
    }
}

impl Slip {
    /// `A007` or `K01-261122-0007`, if its code was printed.
    pub fn number(&self) -> Option<&str> {
        self.codes.iter().find_map(|code| {
            // Behind a link stands what an old slip says.
            let code = code.split_once('#').map_or(&code[..], |(_, code)| code);
            let ticket = code.strip_prefix("MCK1;T;").and_then(|rest| rest.split(';').nth(2));
            ticket.or_else(|| code.strip_prefix("MCK1;H;")?.split(';').next())
        })
    }
}
