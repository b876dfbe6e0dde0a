//! The receipt and appointment (giấy tiếp nhận hồ sơ và hẹn trả kết quả, form 01 of TT 03/2025/TT-VPCP): what an
//! official says on accepting a dossier. All of it comes from the province; the kiosk only puts it on paper, for the
//! person whose it is. Personal.

use std::fmt;

use jiff::Timestamp;

use crate::procedure::PaperForm;

#[derive(Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Mã hồ sơ.
    pub code: String,
    /// Which office received it.
    pub office: String,
    pub person: String,
    pub id_number: String,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub procedure: String,
    pub parts: Vec<PartReceived>,
    /// Số lượng hồ sơ, in sets (bộ).
    pub sets: u16,
    pub working_days: Option<u16>,
    pub received_at: Timestamp,
    pub due_at: Option<Timestamp>,
    /// Where the result is to be had.
    pub result_at: Option<String>,
    /// Who received it.
    pub official: Option<String>,
    /// Where a phone finds how it stands.
    pub look_up: Option<String>,
}

impl fmt::Debug for Appointment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Appointment({}, hidden)", self.code)
    }
}

/// A paper that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReceived {
    pub name: String,
    pub form: PaperForm,
    /// How many of it.
    pub copies: u16,
}
