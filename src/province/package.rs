//! What is handed in: one sealed dossier, ready to send. Plain values.
//!
//! A package is a pure function of its dossier: sent again after a restart it must say the same,
//! because the province refuses another body under a used key.

use std::fmt;

use hardware::scanner::codes::PageCode;
use hardware::scanner::ocr::Facts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    dossier::{Act, ConsentGiven, Right, Scans, Signature},
    form::{Answer, PartialDate},
    procedure::{Field, PartCode, ProcedureCode},
};

/// A sealed dossier as it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Made when the draft was sealed; a revision of the dossier gets a new one.
    pub key: Uuid,
    /// The kiosk's own number (số phiếu gửi).
    pub slip: String,
    pub procedure: ProcedureCode,
    /// In Vietnamese, as in the catalogue when the dossier was sealed.
    pub procedure_name: String,
    /// Under which the dossier was begun; 0 if it was sealed before there were versions.
    #[serde(default)]
    pub procedure_version: u32,
    pub field: Field,
    pub channel: Channel,
    /// Staff helped with it at the kiosk.
    #[serde(default)]
    pub assisted: bool,
    /// Where it was handed in: the name of the centre.
    pub site: String,
    pub applicant: Applicant,
    /// Question id and answer, as asked.
    pub answers: Vec<(String, Answer)>,
    pub consent: Consent,
    /// Who stood at the kiosk, if not the applicant.
    #[serde(default)]
    pub submitter: Option<Submitter>,
    #[serde(default)]
    pub signature: Option<Signature>,
    /// The papers whose pages become the files, one each, in order.
    #[serde(default)]
    pub papers: Vec<ScannedPaper>,
    /// What it is to the province.
    #[serde(default)]
    pub act: Act,
    /// Names are unique within a package.
    pub files: Vec<FileToSend>,
    pub sealed_at: Timestamp,
}

/// Logs may hold this type; they never hold whose it is.
impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package")
            .field("key", &self.key)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// Kênh thực hiện.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    InPerson,
    Online,
    Post,
}

/// Chủ hồ sơ: the person or body whose dossier it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    pub kind: ApplicantKind,
    pub name: String,
    /// Twelve digits of the CCCD, or nine of the old CMND.
    pub id_number: String,
    /// The number of the earlier card, if the present one tells it.
    pub old_id_number: Option<String>,
    pub born: Option<PartialDate>,
    /// As on the card: "Nam", "Nữ".
    pub sex: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
}

/// Logs may hold this type; they never hold the person.
impl fmt::Debug for Applicant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Applicant(hidden)")
    }
}

/// Loại đối tượng.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicantKind {
    Citizen,
    Business,
    Agency,
}

/// What the citizen agreed to, by which text, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Of the text that was shown.
    pub version: String,
    pub given_at: Timestamp,
    /// One by one, none ticked beforehand.
    pub purposes: Vec<String>,
    /// Each with the version of its own words and its own time; none of a dossier sealed before that was kept.
    #[serde(default)]
    pub each: Vec<ConsentGiven>,
}

/// Người nộp: who hands in for the applicant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitter {
    pub name: String,
    pub id_number: String,
    pub right: Right,
    /// The paper that allows it, among the files.
    pub paper: Option<PartCode>,
}

/// Logs may hold this type; they never hold the person.
impl fmt::Debug for Submitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Submitter({:?}, hidden)", self.right)
    }
}

/// A paper that was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScannedPaper {
    pub part: PartCode,
    /// In Vietnamese, as in the catalogue. Names no person.
    pub title: String,
    pub scans: Scans,
}

/// One file of a package, without its bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileToSend {
    pub part: PartCode,
    pub name: String,
    pub size_bytes: u64,
    pub sha256: [u8; 32],
    /// Of a file that was bound here.
    #[serde(default)]
    pub digitised: Option<Digitised>,
}

/// What is known of a scanned paper beside its pictures. What a machine read is a guess with its certainty; it is
/// never more than that.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digitised {
    pub scans: Scans,
    /// Number, date and issuer, from the words of the first page.
    pub facts: Facts,
    pub codes: Vec<CodeOnPage>,
}

/// Logs may hold this type; they never hold what stands on the paper.
impl fmt::Debug for Digitised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digitised({:?}, {} codes, hidden)", self.scans, self.codes.len())
    }
}

/// A QR code or bars on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOnPage {
    /// Which picture, from 1.
    pub image: u32,
    pub code: PageCode,
}

/// A file's name may hold a person's.
impl fmt::Debug for FileToSend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileToSend")
            .field("part", &self.part)
            .field("size_bytes", &self.size_bytes)
            .finish_non_exhaustive()
    }
}
