//! Drafts put aside at the province: sealed parcels under random numbers, kept until a day the province names.
//!
//! A parcel is created by a `PUT` with its length and hash, brought by the requests of tus at that same address, opened
//! by one kiosk at a time, fetched in pieces, and dropped when it is handed in. Every request may be repeated.

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::RANGE;
use uuid::Uuid;

use super::client::json;
use super::exchange::{ANSWER_BYTES_MAX, Reply};
use super::tus::{Place, Sent, Transfer};
use super::wire::asides as wire;
use super::{Answer, FileSource, HttpProvince, Later, No};
use crate::aside::parcel::{PARCEL_BYTES_MAX, Sealed};

/// What is fetched of a parcel in one request, in bytes.
pub const FETCH_BYTES_MAX: u64 = 1 << 20;

/// Where a parcel is, for a kiosk that wants to open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsideAt {
    /// It is there, and this kiosk has it now.
    Here {
        sealed: Sealed,
    },
    /// Another kiosk has it open.
    Elsewhere,
    Expired,
    HandedIn,
    /// Never heard of, not whole yet, or forgotten long ago.
    Unknown,
}

impl HttpProvince {
    /// Brings a parcel, from wherever it was left. Answers until when it is kept.
    pub async fn keep_aside(&self, parcel: Uuid, sealed: &Sealed, source: &dyn FileSource) -> Answer<Timestamp> {
        self.bring_aside(parcel, sealed, source).await.into()
    }

    async fn bring_aside(&self, parcel: Uuid, sealed: &Sealed, source: &dyn FileSource) -> Result<Timestamp, No> {
        let url = self.http.url(&["v1", "drafts", &parcel.to_string()]);
        let request = self.http.client.put(url.clone());
        let reply = self
            .http
            .ask(json(request, &wire::parcel(sealed)), ANSWER_BYTES_MAX)
            .await?;
        let until = match reply.status.as_u16() {
            200 | 201 => reply.json().and_then(|answer| wire::until(&answer)),
            _ => return Err(reply.no()),
        };
        let until = until.ok_or_else(|| reply.unclear())?;

        let transfer = Transfer {
            http: &self.http,
            pace: &self.pace,
            of: parcel,
            size_bytes: sealed.bytes,
            file: 0,
            files: source,
        };
        let offset = match transfer.head(&url).await? {
            Place::At(offset) => offset,
            Place::Gone(no) => return Err(no),
        };
        match transfer.send(&url, offset).await? {
            Sent::Whole => Ok(until),
            // The next try creates it anew.
            Sent::Gone(_) | Sent::WrongHash(_) => Err(Later::Stuck.into()),
        }
    }

    /// Opens a parcel for this kiosk: for a while no other can.
    pub async fn open_aside(&self, parcel: Uuid, kiosk: &str) -> Answer<AsideAt> {
        self.opened(parcel, kiosk).await.into()
    }

    async fn opened(&self, parcel: Uuid, kiosk: &str) -> Result<AsideAt, No> {
        let reply = self.ask_open(Method::POST, parcel, kiosk).await?;
        let kind = reply.json();
        let kind = kind.as_ref().and_then(wire::kind);
        match (reply.status.as_u16(), kind) {
            (200, _) => {
                let sealed = reply.json().and_then(|answer| wire::sealed(&answer));
                let fits = sealed.filter(|sealed| sealed.bytes <= PARCEL_BYTES_MAX);
                fits.map(|sealed| AsideAt::Here { sealed })
                    .ok_or_else(|| reply.unclear())
            }
            (409, Some("opened-elsewhere")) => Ok(AsideAt::Elsewhere),
            (410, Some("handed-in")) => Ok(AsideAt::HandedIn),
            (410, Some(_)) => Ok(AsideAt::Expired),
            // Only the province's own words say that it does not know it.
            (404, Some(_)) => Ok(AsideAt::Unknown),
            (404 | 410, None) => Err(reply.unclear()),
            _ => Err(reply.no()),
        }
    }

    /// Lets other kiosks open it again.
    pub async fn release_aside(&self, parcel: Uuid, kiosk: &str) -> Answer<()> {
        let released = async {
            let reply = self.ask_open(Method::DELETE, parcel, kiosk).await?;
            match reply.status.as_u16() {
                204 => Ok(()),
                404 | 410 if reply.json().is_some() => Ok(()),
                _ => Err(reply.no()),
            }
        };
        released.await.into()
    }

    async fn ask_open(&self, method: Method, parcel: Uuid, kiosk: &str) -> Result<Reply, No> {
        let url = self.http.url(&["v1", "drafts", &parcel.to_string(), "open"]);
        let request = self.http.client.request(method, url);
        let request = json(request, &wire::opens(kiosk));
        self.http.ask(request, ANSWER_BYTES_MAX).await
    }

    /// Bytes of a parcel from an offset on, at most [`FETCH_BYTES_MAX`].
    pub async fn fetch_aside(&self, parcel: Uuid, offset: u64, length: u64) -> Answer<Vec<u8>> {
        let fetched = async {
            let length = length.min(FETCH_BYTES_MAX);
            let last = (offset + length).saturating_sub(1);
            let url = self.http.url(&["v1", "drafts", &parcel.to_string()]);
            let request = self
                .http
                .client
                .get(url)
                .header(RANGE, format!("bytes={offset}-{last}"));
            let reply = self.http.ask(request, FETCH_BYTES_MAX as usize).await?;
            match reply.status.as_u16() {
                206 if reply.body().len() as u64 == length => Ok(reply.body().to_vec()),
                200 | 206 => Err(reply.unclear()),
                _ => Err(reply.no()),
            }
        };
        fetched.await.into()
    }

    /// The parcel is wanted no more; after a hand-in whoever asks for it is told so.
    pub async fn drop_aside(&self, parcel: Uuid, why: WhyDropped) -> Answer<()> {
        let dropped = async {
            let mut url = self.http.url(&["v1", "drafts", &parcel.to_string()]);
            if why == WhyDropped::HandedIn {
                url.set_query(Some("DaNop=1"));
            }
            let reply = self.http.ask(self.http.client.delete(url), ANSWER_BYTES_MAX).await?;
            match reply.status.as_u16() {
                204 => Ok(()),
                404 | 410 if reply.json().is_some() => Ok(()),
                _ => Err(reply.no()),
            }
        };
        dropped.await.into()
    }
}

/// Why a parcel is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyDropped {
    HandedIn,
    /// It was put aside again, or its slip never came out.
    Unwanted,
}
