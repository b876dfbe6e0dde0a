//! As much of HTTP/1.1 (RFC 9112) as a scanner or a printer speaks: one request a connection, and answers that can break
//! in the middle, which no server's library would send.

pub(in crate::twin) mod server;

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longer heads of requests are refused.
const HEAD_BYTES_MAX: usize = 16 << 10;
const HEADERS_MAX: usize = 64;
/// A client that sends or takes nothing for so long is let go.
const STALL_MAX: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(in crate::twin) struct Request {
    pub method: String,
    pub path: String,
    /// What the client calls us: the base of the addresses that it is told.
    pub host: String,
    pub body: Vec<u8>,
}

impl Request {
    /// Reads one request whose body has so many bytes at most.
    ///
    /// # Errors
    /// It is too long, no HTTP/1, ends too early, or stalls.
    pub fn read(stream: &mut TcpStream, body_bytes_max: usize) -> io::Result<Self> {
        stream.set_read_timeout(Some(STALL_MAX))?;
        stream.set_write_timeout(Some(STALL_MAX))?;

        let mut bytes = Vec::new();
        loop {
            if let Some((mut request, head, body)) = Self::parse_head(&bytes, body_bytes_max)? {
                take_until(stream, &mut bytes, head + body)?;
                request.body = bytes[head..head + body].to_vec();
                return Ok(request);
            }
            let want = bytes.len() + 1;
            if want > HEAD_BYTES_MAX {
                return Err(io::Error::new(
                    ErrorKind::InvalidData,
                    "Head of the request is too long",
                ));
            }
            take_until(stream, &mut bytes, want)?;
        }
    }

    /// The request without its body, the length of its head, and that of its body.
    fn parse_head(bytes: &[u8], body_bytes_max: usize) -> io::Result<Option<(Self, usize, usize)>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut parsed = httparse::Request::new(&mut headers);
        let invalid = |reason| io::Error::new(ErrorKind::InvalidData, reason);

        let httparse::Status::Complete(head_bytes) = parsed
            .parse(bytes)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?
        else {
            return Ok(None);
        };
        let header = |name: &str| {
            let header = parsed
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(header.value).ok()
        };
        if header("Transfer-Encoding").is_some() {
            return Err(invalid("Chunked requests are not read"));
        }
        let body_bytes = header("Content-Length").map_or(Ok(0), str::parse);
        let body_bytes: usize = body_bytes.map_err(|_| invalid("Content-Length is no number"))?;
        if body_bytes > body_bytes_max {
            return Err(invalid("Body of the request is too long"));
        }

        let request = Self {
            method: parsed.method.unwrap_or_default().to_owned(),
            path: parsed.path.unwrap_or_default().to_owned(),
            host: header("Host").unwrap_or_default().to_owned(),
            body: vec![],
        };
        Ok(Some((request, head_bytes, body_bytes)))
    }
}

fn take_until(stream: &mut TcpStream, bytes: &mut Vec<u8>, want: usize) -> io::Result<()> {
    let mut chunk = [0; 4096];
    while bytes.len() < want {
        match stream.read(&mut chunk)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
    Ok(())
}

/// What is done with a connection whose request was read.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::twin) enum Answer {
    Whole(Response),
    /// The whole length is announced, half of the body is sent.
    Cut(Response),
    /// Nothing is said until the client leaves.
    Silence,
    /// It is closed without a word.
    Closed,
}

#[derive(Debug, PartialEq, Eq)]
pub(in crate::twin) struct Response {
    pub status: Status,
    pub media_type: &'static str,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::twin) enum Status {
    Ok,
    Created,
    BadRequest,
    NotFound,
    MethodNotAllowed,
    Conflict,
    ServiceUnavailable,
}

impl Status {
    fn line(self) -> &'static str {
        match self {
            Self::Ok => "200 OK",
            Self::Created => "201 Created",
            Self::BadRequest => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed => "405 Method Not Allowed",
            Self::Conflict => "409 Conflict",
            Self::ServiceUnavailable => "503 Service Unavailable",
        }
    }
}

impl Response {
    pub fn empty(status: Status) -> Self {
        Self {
            status,
            media_type: "text/xml",
            location: None,
            body: vec![],
        }
    }

    pub fn xml(text: String) -> Self {
        Self {
            body: text.into_bytes(),
            ..Self::empty(Status::Ok)
        }
    }

    pub fn ipp(body: Vec<u8>) -> Self {
        Self {
            media_type: "application/ipp",
            body,
            ..Self::empty(Status::Ok)
        }
    }

    pub fn jpeg(body: Vec<u8>) -> Self {
        Self {
            media_type: "image/jpeg",
            body,
            ..Self::empty(Status::Ok)
        }
    }

    /// Sends the head, which announces the whole body, and so many bytes of the body.
    pub fn send(&self, stream: &mut TcpStream, body_bytes: usize) -> io::Result<()> {
        let mut head = format!(
            "HTTP/1.1 {}\r\nServer: virtual\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.status.line(),
            self.body.len()
        );
        if !self.body.is_empty() {
            head.push_str(&format!("Content-Type: {}\r\n", self.media_type));
        }
        if let Some(location) = &self.location {
            head.push_str(&format!("Location: {location}\r\n"));
        }
        head.push_str("\r\n");

        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body[..body_bytes])?;
        stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const BODY_BYTES_MAX: usize = 64 << 10;

    fn received(sent: &[u8]) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.write_all(sent).unwrap();
        drop(client);
        listener.accept().unwrap().0
    }

    #[test]
    fn a_request_is_read_with_its_body_and_what_lies_behind_is_not() {
        let request = Request::read(
            &mut received(b"POST /eSCL/ScanJobs HTTP/1.1\r\nhost: quet:80\r\nCONTENT-LENGTH: 3\r\n\r\nabcdef"),
            BODY_BYTES_MAX,
        )
        .unwrap();
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", "/eSCL/ScanJobs")
        );
        assert_eq!(
            (request.host.as_str(), request.body.as_slice()),
            ("quet:80", &b"abc"[..])
        );
        assert!(
            Request::read(&mut received(b"GET / HTTP/1.1\r\n\r\n"), BODY_BYTES_MAX)
                .unwrap()
                .body
                .is_empty()
        );
    }

    #[test]
    fn what_is_torn_too_long_or_no_http_is_refused() {
        let endless = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 2 * HEAD_BYTES_MAX]].concat();
        for sent in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
            b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"\x16\x03\x01\x02\x00",
            &endless,
        ] {
            assert!(
                Request::read(&mut received(sent), BODY_BYTES_MAX).is_err(),
                "{}",
                String::from_utf8_lossy(&sent[..sent.len().min(60)])
            );
        }
    }
}
