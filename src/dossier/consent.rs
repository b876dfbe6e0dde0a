//! What a person agreed to (đồng ý).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::procedure::Purposes;

/// Agreement to one purpose. What was refused is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentGiven {
    /// The id of the [`Purpose`].
    pub purpose: String,
    /// Of the words that were shown.
    pub version: String,
    pub at: Timestamp,
}

/// Whether everything necessary was agreed to, in the words that were shown.
pub fn agreed(purposes: &Purposes, given: &[ConsentGiven]) -> bool {
    purposes.necessary().all(|purpose| {
        let to_it = |given: &ConsentGiven| given.purpose == purpose.id && given.version == purpose.version;
        given.iter().any(to_it)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedure::{Need, Purpose, Words};

    #[test]
    fn consent_to_other_words_is_no_consent() {
        let purpose = |id: &str, need| Purpose {
            id: id.to_owned(),
            version: "1".to_owned(),
            words: Words::vietnamese("Tôi đồng ý"),
            need,
        };
        let purposes = Purposes::new(vec![purpose("a", Need::Necessary), purpose("b", Need::Optional)]).unwrap();
        let given = |purpose: &str, version: &str| ConsentGiven {
            purpose: purpose.to_owned(),
            version: version.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        assert!(agreed(&purposes, &[given("a", "1")]));
        assert!(!agreed(&purposes, &[given("a", "0"), given("b", "1")]));
        assert!(!agreed(&purposes, &[]));
    }
}
