//! What a person is asked to agree to (mục đích xử lý), one purpose at a time.
//!
//! The law wants consent for each purpose by itself, never ticked beforehand, with the version of the words and the time
//! (Law 91/2025/QH15 on personal data). Purposes are the province's data; a kiosk whose province names none has a pack
//! of its own. Refusing what is not necessary changes nothing for the person.
//!
//! Invariant: [`Purposes`] always hold one that is necessary, so nothing is handed in without consent.

use serde::{Deserialize, Serialize};

use super::Words;

/// As many as can be read before one is tired: more are a fault of the pack.
pub const PURPOSES_MAX: usize = 6;
const ID_CHARS_MAX: usize = 64;

/// What the data are used for (mục đích xử lý).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// As the province hears it: `giai-quyet-thu-tuc-hanh-chinh`.
    pub id: String,
    /// Of the words. A new wording gets a new version.
    pub version: String,
    /// What the person says by ticking it, in the first person.
    pub words: Words,
    pub need: Need,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Without it nothing can be handed in.
    Necessary,
    Optional,
}

/// Why a list of purposes cannot be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurposesFault {
    #[error("More than {PURPOSES_MAX} purposes")]
    TooMany,
    #[error("No purpose is necessary: nobody would agree to hand anything in")]
    NoneNecessary,
    #[error("Two purposes have one id")]
    Twice,
    #[error("A purpose has an odd id or version")]
    Odd,
}

/// The purposes of a dossier, in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Purpose>", into = "Vec<Purpose>")]
pub struct Purposes(Vec<Purpose>);

impl Purposes {
    /// # Errors
    /// If they cannot be asked on one page, or none of them is necessary.
    pub fn new(purposes: Vec<Purpose>) -> Result<Self, PurposesFault> {
        if purposes.len() > PURPOSES_MAX {
            return Err(PurposesFault::TooMany);
        }
        let odd = |text: &str| {
            text.is_empty() || text.len() > ID_CHARS_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if purposes.iter().any(|purpose| odd(&purpose.id) || odd(&purpose.version)) {
            return Err(PurposesFault::Odd);
        }
        let twin = |at: &usize| purposes[..*at].iter().any(|other| other.id == purposes[*at].id);
        if (1..purposes.len()).any(|at| twin(&at)) {
            return Err(PurposesFault::Twice);
        }
        if !purposes.iter().any(|purpose| purpose.need == Need::Necessary) {
            return Err(PurposesFault::NoneNecessary);
        }
        Ok(Self(purposes))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Purpose> {
        self.0.iter()
    }

    pub fn find(&self, id: &str) -> Option<&Purpose> {
        self.0.iter().find(|purpose| purpose.id == id)
    }

    pub fn necessary(&self) -> impl Iterator<Item = &Purpose> {
        self.iter().filter(|purpose| purpose.need == Need::Necessary)
    }
}

/// The kiosk's own pack.
impl Default for Purposes {
    fn default() -> Self {
        let purpose = |id: &str, need, words| Purpose {
            id: id.to_owned(),
            version: "2026-11-2".to_owned(),
            words,
            need,
        };
        Self(vec![
            purpose(
                "giai-quyet-thu-tuc-hanh-chinh",
                Need::Necessary,
                Words::new("Tôi đồng ý gửi các thông tin này", "I agree to send this information"),
            ),
            purpose(
                "dung-lai-giay-to-so-hoa",
                Need::Optional,
                Words::new(
                    "Giữ bản quét để lần sau tôi không phải nộp lại",
                    "Keep the scans, so that I need not hand them in again",
                ),
            ),
            purpose(
                "lien-he-ve-ho-so",
                Need::Optional,
                Words::new(
                    "Gọi hoặc nhắn tin cho tôi về hồ sơ này",
                    "Call or text me about this dossier",
                ),
            ),
        ])
    }
}

impl TryFrom<Vec<Purpose>> for Purposes {
    type Error = PurposesFault;

    fn try_from(purposes: Vec<Purpose>) -> Result<Self, PurposesFault> {
        Self::new(purposes)
    }
}

impl From<Purposes> for Vec<Purpose> {
    fn from(purposes: Purposes) -> Self {
        purposes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(id: &str, need: Need) -> Purpose {
        Purpose {
            id: id.to_owned(),
            version: "1".to_owned(),
            words: Words::vietnamese("Tôi đồng ý"),
            need,
        }
    }

    #[test]
    fn a_pack_that_asks_for_nothing_necessary_or_one_thing_twice_is_refused() {
        let fault = |purposes| Purposes::new(purposes).unwrap_err();
        assert_eq!(fault(vec![]), PurposesFault::NoneNecessary);
        assert_eq!(fault(vec![purpose("a", Need::Optional)]), PurposesFault::NoneNecessary);
        assert_eq!(
            fault(vec![purpose("a", Need::Necessary), purpose("a", Need::Optional)]),
            PurposesFault::Twice
        );
        assert_eq!(fault(vec![purpose("a b", Need::Necessary)]), PurposesFault::Odd);
        let many = (0..7).map(|n| purpose(&format!("p{n}"), Need::Necessary)).collect();
        assert_eq!(fault(many), PurposesFault::TooMany);
    }

    #[test]
    fn the_own_pack_could_have_come_from_a_province() {
        assert_eq!(Purposes::new(Purposes::default().0).as_ref(), Ok(&Purposes::default()));
    }
}
