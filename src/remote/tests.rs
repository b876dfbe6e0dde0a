use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn asking(statement: &str) -> Asking {
    Asking {
        key: Uuid::from_u128(7),
        by: By::Sim {
            phone: "0900000123".into(),
        },
        signer: "025048000191".parse().unwrap(),
        statement: Statement(statement.into()),
    }
}

fn told(transaction: &str, statement: &str, word: Word) -> Told {
    Told {
        request: Request {
            transaction: transaction.into(),
            compare: "4821".into(),
            expires_at: NOW,
        },
        statement_sha256: Statement(statement.into()).sha256(),
        word,
    }
}

fn waiting() -> Signing {
    Signing::asked(asking("one"))
        .heard(told("KS01", "one", Word::Waiting))
        .unwrap()
}

#[test]
fn what_was_signed_names_the_key_the_transaction_and_the_very_words() {
    let signed = waiting().heard(told("KS01", "one", Word::Signed { at: NOW })).unwrap();
    assert_eq!(
        signed.signature().unwrap(),
        RemoteSignature {
            key: Uuid::from_u128(7),
            transaction: "KS01".into(),
            statement: "one".into(),
            signed_at: NOW,
        }
    );
    assert!(waiting().signature().is_none());
}

#[test]
fn a_signature_of_other_words_or_of_another_transaction_signs_nothing() {
    let signed = Word::Signed { at: NOW };
    // Somebody went back and changed an answer: the statement is another.
    assert_eq!(waiting().heard(told("KS01", "two", signed)), Err(AnotherSigning));
    assert_eq!(waiting().heard(told("KS02", "one", signed)), Err(AnotherSigning));
    assert_eq!(
        Signing::asked(asking("two")).heard(told("KS01", "one", signed)),
        Err(AnotherSigning)
    );
}

#[test]
fn only_what_was_not_begun_can_be_declined() {
    let asked = Signing::asked(asking("one"));
    assert_eq!(
        asked.declined(WhyNot::NotOffered).state,
        State::NotNow(WhyNot::NotOffered)
    );
    assert_eq!(waiting().declined(WhyNot::NotTaken), waiting());
}

#[test]
fn nothing_personal_is_written_of_it() {
    let written = format!("{:?}", waiting());
    for secret in ["0900000123", "025048000191", "one"] {
        assert!(!written.contains(secret), "{written}");
    }
}

proptest! {
    #[test]
    fn what_has_ended_stays_as_it_ended(words in prop::collection::vec(0_u8..5, 0..12)) {
        let mut signing = Signing::asked(asking("one"));
        let mut end = None;
        for word in words {
            let word = match word {
                0 => Some(Word::Waiting),
                1 => Some(Word::Signed { at: NOW }),
                2 => Some(Word::Refused),
                3 => Some(Word::TooLate),
                _ => None,
            };
            signing = match word {
                Some(word) => signing.clone().heard(told("KS01", "one", word)).unwrap_or(signing),
                None => signing.declined(WhyNot::NotTaken),
            };
            if let Some(end) = &end {
                prop_assert_eq!(&signing.state, end);
            } else if !signing.is_pending() {
                end = Some(signing.state.clone());
            }
        }
    }
}
