//! The link on a number's slip: the page of that number, for its holder's phone.
//!
//! `https://…/p/A012-<token>#MCK1;T;K01;2026-11-22;A012;0`. The token is an HMAC over day and number under a key of this
//! kiosk, or of all kiosks of its centre (`hall.phone-key`), so nothing is kept for it, nobody can guess it, and tomorrow it opens nothing. After the `#`, which no browser
//! sends, stands the code that the slip had without a link: whatever reads slips reads it as before.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::slip::SlipCode;
use crate::ticket::{Day, Label};

/// What is kept of the HMAC: 128 bits.
const TOKEN_BYTES: usize = 16;
/// As it is written, in characters.
const TOKEN_CHARS: usize = 22;
/// The longest address before the number, so that a phone reads the code on 80 mm paper, in characters.
pub const URL_CHARS_MAX: usize = 60;

/// Makes links, and knows its own again.
#[derive(Clone, PartialEq, Eq)]
pub struct Links {
    /// Without a slash at its end.
    url: String,
    key: Zeroizing<[u8; 32]>,
}

impl Links {
    /// `url` as the configuration has it; `key` of this kiosk, for nothing else.
    pub fn new(url: &str, key: Zeroizing<[u8; 32]>) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        Self { url, key }
    }

    /// What stands in the slip's QR code.
    pub fn code(&self, day: Day, label: Label, code: &SlipCode) -> String {
        let (url, number, token) = (&self.url, label.compact(), self.token(day, label));
        format!("{url}/p/{number}-{token}#{code}")
    }

    /// The number that a link's last part names, if it is one of ours for that day. Takes as long for a wrong token as
    /// for a right one.
    pub fn open(&self, day: Day, slip: &str) -> Option<Label> {
        let (number, token) = slip.split_once('-')?;
        let label: Label = number.parse().ok().filter(|label: &Label| label.compact() == number)?;
        if token.len() != TOKEN_CHARS {
            return None;
        }
        let token = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let mac = self.mac(day, label)?;
        mac.verify_truncated_left(&token).is_ok().then_some(label)
    }

    fn token(&self, day: Day, label: Label) -> String {
        let mac = self.mac(day, label).map(|mac| mac.finalize().into_bytes());
        let bytes = mac.as_deref().and_then(|bytes| bytes.get(..TOKEN_BYTES));
        bytes.map(|bytes| BASE64URL_NOPAD.encode(bytes)).unwrap_or_default()
    }

    /// HMAC takes a key of any length, so there is always one.
    fn mac(&self, day: Day, label: Label) -> Option<Hmac<Sha256>> {
        let mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice()).ok()?;
        Some(mac.chain_update(format!("{day} {label}")))
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Links(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(key: u8) -> Links {
        Links::new("https://so.example.vn/", Zeroizing::new([key; 32]))
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn label(text: &str) -> Label {
        text.parse().unwrap()
    }

    /// As a phone sends it.
    fn last_part(code: &str) -> String {
        let (sent, _) = code.split_once('#').unwrap();
        sent.strip_prefix("https://so.example.vn/p/").unwrap().to_owned()
    }

    fn code(copies: u32) -> SlipCode {
        SlipCode::Ticket {
            kiosk: "K01".into(),
            day: "2026-11-22".into(),
            number: "A012".into(),
            copies,
        }
    }

    #[test]
    fn a_link_opens_its_number_on_its_day_and_nowhere_else() {
        let today = day("2026-11-22");
        let text = links(7).code(today, label("A012"), &code(0));
        let slip = last_part(&text);
        assert_eq!(slip.len(), "A012-".len() + TOKEN_CHARS);
        assert_eq!(links(7).open(today, &slip), Some(label("A012")));
        assert_eq!(links(7).open(day("2026-11-23"), &slip), None, "the day after");
        assert_eq!(links(8).open(today, &slip), None, "another kiosk");
        assert_eq!(links(7).open(today, &slip.replace("A012", "A013")), None);
        assert_eq!(links(7).open(today, &slip.replace("A012", "A12")), None);
        for wrong in [
            "",
            "-",
            "A012",
            "A012-",
            "A012-AAAA",
            &slip[..slip.len() - 1],
            &format!("{slip}A"),
        ] {
            assert_eq!(links(7).open(today, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn whoever_reads_slips_reads_the_code_behind_the_link_and_the_old_one() {
        let text = links(7).code(day("2026-11-22"), label("A012"), &code(2));
        assert_eq!(text.parse(), Ok(code(2)));
        assert_eq!("MCK1;T;K01;2026-11-22;A012;2".parse(), Ok(code(2)));
        assert!("https://so.example.vn/p/A012-x".parse::<SlipCode>().is_err());
        assert!("https://so.example.vn/p/A012-x#MCK1;T".parse::<SlipCode>().is_err());
    }

    proptest! {
        #[test]
        fn no_other_token_opens(at in 0..TOKEN_CHARS, letter in "[A-Za-z0-9_-]") {
            let today = day("2026-11-22");
            let slip = last_part(&links(7).code(today, label("A012"), &code(0)));
            let mut other = slip.clone();
            let at = "A012-".len() + at;
            other.replace_range(at..=at, &letter);
            prop_assert_eq!(links(7).open(today, &other).is_some(), other == slip);
        }
    }
}
