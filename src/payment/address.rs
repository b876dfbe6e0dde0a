//! The address that a citizen's phone opens from a QR code. It comes from outside and is checked before it is shown:
//! one touch of a phone leads wherever it says.

use std::fmt;

use reqwest::Url;

/// The longest address that is shown, in bytes: its code still has modules of a millimetre on the smallest panel.
pub const ADDRESS_BYTES_MAX: usize = 600;

/// How the province is spoken to, and so what its payment pages must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// In production: https alone.
    Secure,
    /// A province in development has no TLS, and nor has its page.
    Development,
}

/// An address that may be shown as a QR code.
#[derive(Clone, PartialEq, Eq)]
pub struct PayAddress(String);

/// It opens a payment: it does not stand in a log.
impl fmt::Debug for PayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayAddress(hidden)")
    }
}

/// Why an address is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OddAddress {
    #[error("It is longer than {ADDRESS_BYTES_MAX} bytes, or empty")]
    Length,
    /// Spaces, control characters, letters beyond ASCII: what a person reads may not be what a phone opens.
    #[error("It has characters that no address has")]
    Characters,
    #[error("It is no web address")]
    NoAddress,
    #[error("Its scheme is not https")]
    Scheme,
    #[error("It carries a user or a password")]
    Login,
}

impl PayAddress {
    /// # Errors
    /// It must not be shown.
    pub fn check(text: &str, pages: Pages) -> Result<Self, OddAddress> {
        if text.is_empty() || text.len() > ADDRESS_BYTES_MAX {
            return Err(OddAddress::Length);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains('\\') {
            return Err(OddAddress::Characters);
        }
        let url = Url::parse(text).map_err(|_| OddAddress::NoAddress)?;
        match (url.scheme(), pages) {
            ("https", _) | ("http", Pages::Development) => {}
            (_, _) => return Err(OddAddress::Scheme),
        }
        // "https:host" is read as "https://host" by some and as a path by others.
        let after_scheme = text.get(url.scheme().len()..).unwrap_or_default();
        if !url.has_host() || !after_scheme.starts_with("://") {
            return Err(OddAddress::NoAddress);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OddAddress::Login);
        }
        Ok(Self(text.to_owned()))
    }

    /// An address that was checked when it was kept.
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_https_address_is_shown() {
        let shown = |text: &str| PayAddress::check(text, Pages::Secure).map(|address| address.as_str().to_owned());
        let good = "https://thanhtoan.tinh.example/tra?ma=TT01&ky=a%20b#x";
        assert_eq!(shown(good).as_deref(), Ok(good));
        for (odd, why) in [
            ("", OddAddress::Length),
            ("http://tinh.example/tra", OddAddress::Scheme),
            ("javascript:alert(1)", OddAddress::Scheme),
            ("tel:+84900000001", OddAddress::Scheme),
            ("momo://pay?x=1", OddAddress::Scheme),
            ("https:tinh.example/tra", OddAddress::NoAddress),
            ("https://", OddAddress::NoAddress),
            ("/pay/1", OddAddress::NoAddress),
            ("https://tinh.example/tra 1", OddAddress::Characters),
            ("https://tinh.example/tra\n", OddAddress::Characters),
            ("https://tinh.example\\@evil.example/", OddAddress::Characters),
            ("https://tỉnh.example/", OddAddress::Characters),
            ("https://tinh.example/\u{202e}", OddAddress::Characters),
            ("https://tinh.example@evil.example/", OddAddress::Login),
            ("https://a:b@tinh.example/", OddAddress::Login),
        ] {
            assert_eq!(shown(odd), Err(why), "{odd:?}");
        }
        let long = format!("https://tinh.example/{}", "a".repeat(ADDRESS_BYTES_MAX));
        assert_eq!(shown(&long), Err(OddAddress::Length));
        assert!(PayAddress::check("http://127.0.0.1:8081/pay/TT1", Pages::Development).is_ok());
    }

    #[test]
    fn the_address_is_not_written_down() {
        let address = PayAddress::check("https://tinh.example/geheim", Pages::Secure).unwrap();
        assert!(!format!("{address:?}").contains("geheim"));
    }
}
