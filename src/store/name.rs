//! The kiosk's name within its centre.

use std::fmt;
use std::str::FromStr;

/// The kiosk's short name, as it stands in slip numbers: 1 to 8 of `A–Z` and `0–9`, such as `K01`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KioskName(String);

/// The text is no short name such as `K01`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kiosk name: 1 to 8 of A-Z and 0-9")]
pub struct NotAName(String);

impl FromStr for KioskName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let fits = (1..=8).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAName(text.to_owned()))
        }
    }
}

impl fmt::Display for KioskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
