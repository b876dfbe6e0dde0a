//! Where a page printer is.

use std::fmt;
use std::net::IpAddr;

use ipp::prelude::Uri;
use serde::{Deserialize, Serialize};

/// The address of a queue of the print service of this machine: `ipp://localhost/printers/NAME` is one of CUPS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrinterUrl(Uri);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("not an address such as ipp://localhost/printers/NAME")]
    NotIpp,
    #[error("only an address on this machine: what is printed is personal and would cross the network in clear")]
    Elsewhere,
}

/// IPP's own (RFC 8010, 4.2).
const PORT: u16 = 631;

impl PrinterUrl {
    /// As IPP wants it in a request.
    pub(super) fn uri(&self) -> Uri {
        self.0.clone()
    }

    /// As HTTP wants it (RFC 8010, 5).
    pub(super) fn http(&self) -> String {
        let host = self.0.host().unwrap_or_default();
        let port = self.0.port_u16().unwrap_or(PORT);
        format!("http://{host}:{port}{}", self.0.path())
    }
}

impl TryFrom<String> for PrinterUrl {
    type Error = UrlError;

    fn try_from(text: String) -> Result<Self, UrlError> {
        let uri: Uri = text.parse().map_err(|_| UrlError::NotIpp)?;
        let host = uri.host().filter(|_| uri.scheme_str() == Some("ipp"));
        let host = host.filter(|_| uri.query().is_none()).ok_or(UrlError::NotIpp)?;
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        match address {
            _ if host == "localhost" => Ok(Self(uri)),
            Ok(address) if address.is_loopback() => Ok(Self(uri)),
            Ok(_) | Err(_) => Err(UrlError::Elsewhere),
        }
    }
}

impl From<PrinterUrl> for String {
    fn from(url: PrinterUrl) -> Self {
        url.0.to_string()
    }
}

impl fmt::Display for PrinterUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_of_this_machine_is_taken_and_none_elsewhere() {
        let read = |text: &str| PrinterUrl::try_from(text.to_owned());
        let http = |text: &str| read(text).unwrap().http();
        assert_eq!(http("ipp://localhost/printers/a4"), "http://localhost:631/printers/a4");
        assert_eq!(
            http("ipp://127.0.0.1:60000/ipp/print"),
            "http://127.0.0.1:60000/ipp/print"
        );
        assert_eq!(http("ipp://[::1]:631/ipp/print"), "http://[::1]:631/ipp/print");
        for elsewhere in [
            "ipp://192.168.1.9/ipp/print",
            "ipp://printer.lan/ipp/print",
            "ipp://localhost.evil.example/",
        ] {
            assert_eq!(read(elsewhere), Err(UrlError::Elsewhere), "{elsewhere}");
        }
        for wrong in [
            "http://localhost/printers/a4",
            "ipps://localhost/",
            "/dev/usb/lp1",
            "ipp://localhost/p?x=1",
            "",
        ] {
            assert_eq!(read(wrong), Err(UrlError::NotIpp), "{wrong}");
        }
    }
}
