//! The code of a bank transfer (VietQR), made here and without a network: EMV QR in the shape of the domestic banks,
//! a text of fields, each of two digits of name, two of length and its value.
//!
//! It is an order to a bank, not a payment: whoever scans it sends money, and nobody tells this kiosk. So it is made
//! only of what the province's own data name, and every field is checked before it gets here.

use std::fmt;
use std::str::FromStr;

use crc::{CRC_16_IBM_3740, Crc};
use serde::{Deserialize, Serialize};

use super::AMOUNT_DONG_MAX;

/// CRC-16/CCITT-FALSE by its catalogue name.
const SUM: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);
/// The domestic banks' scheme, and its service "to an account".
const SCHEME: &str = "A000000727";
const TO_ACCOUNT: &str = "QRIBFTTA";
/// ISO 4217: đồng.
const CURRENCY: &str = "704";
const ACCOUNT_CHARS_MAX: usize = 19;
const NAME_CHARS_MAX: usize = 70;
const NOTE_CHARS_MAX: usize = 25;

/// An account that the province's data name for a fee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub bank: BankBin,
    pub number: AccountNumber,
    /// Whose it is, as the bank shows it to whoever transfers.
    pub name: AccountName,
}

/// The bank's number among the banks: six digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BankBin(String);

/// Digits, and at some banks letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountNumber(String);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName(String);

/// What is written with the money: capitals, digits and spaces, which every bank hands on as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(String);

/// Why something is no part of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotATransfer {
    #[error("a bank has six digits")]
    Bank,
    #[error("an account number has up to {ACCOUNT_CHARS_MAX} digits or letters")]
    Number,
    #[error("the name of an account has up to {NAME_CHARS_MAX} letters, and is not empty")]
    Name,
    #[error("a note has up to {NOTE_CHARS_MAX} capitals, digits and spaces, and is not empty")]
    Note,
    #[error("no fee is free, or higher than {AMOUNT_DONG_MAX} đồng")]
    Amount,
}

macro_rules! text {
    ($name:ident, $fault:expr, $fits:expr) => {
        impl FromStr for $name {
            type Err = NotATransfer;

            fn from_str(text: &str) -> Result<Self, NotATransfer> {
                let fits: fn(&str) -> bool = $fits;
                fits(text).then(|| Self(text.to_owned())).ok_or($fault)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotATransfer;

            fn try_from(text: String) -> Result<Self, NotATransfer> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text!(BankBin, NotATransfer::Bank, |text| {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
});
text!(AccountNumber, NotATransfer::Number, |text| {
    (1..=ACCOUNT_CHARS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
});
text!(AccountName, NotATransfer::Name, |text| {
    let letters = text.chars().count();
    (1..=NAME_CHARS_MAX).contains(&letters) && !text.trim().is_empty() && !text.chars().any(char::is_control)
});
text!(Note, NotATransfer::Note, |text| {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    (1..=NOTE_CHARS_MAX).contains(&text.len()) && text.trim() == text && text.bytes().all(plain)
});

impl Note {
    /// A slip number, with a space for whatever a bank may drop or change: `K01-261122-0007` is `K01 261122 0007`.
    ///
    /// # Errors
    /// Nothing of it is left, or too much.
    pub fn of_slip(slip_number: &str) -> Result<Self, NotATransfer> {
        let mut words = String::with_capacity(slip_number.len());
        for letter in slip_number.chars() {
            words.push(if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                ' '
            });
        }
        words.trim().parse()
    }
}

/// A transfer of a fee: to whom, how much, and with which note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    account: Account,
    dong: u64,
    note: Note,
}

impl Transfer {
    /// # Errors
    /// The amount is no fee.
    pub fn new(account: Account, dong: u64, note: Note) -> Result<Self, NotATransfer> {
        if (1..=AMOUNT_DONG_MAX).contains(&dong) {
            Ok(Self { account, dong, note })
        } else {
            Err(NotATransfer::Amount)
        }
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    pub fn dong(&self) -> u64 {
        self.dong
    }

    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// What a phone reads.
impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = [
            field("00", self.account.bank.as_str()),
            field("01", self.account.number.as_str()),
        ]
        .concat();
        let to = [field("00", SCHEME), field("01", &whose), field("02", TO_ACCOUNT)].concat();
        let text = [
            field("00", "01"),
            // It holds an amount: for this once.
            field("01", "12"),
            field("38", &to),
            field("53", CURRENCY),
            field("54", &self.dong.to_string()),
            field("58", "VN"),
            field("62", &field("08", self.note.as_str())),
        ]
        .concat();
        f.write_str(&summed(&text))
    }
}

/// With its sum at the end, which covers its own name and length.
fn summed(text: &str) -> String {
    let text = format!("{text}6304");
    format!("{text}{:04X}", SUM.checksum(text.as_bytes()))
}

/// All values are ASCII and shorter than a hundred: their types see to that.
fn field(name: &str, value: &str) -> String {
    format!("{name}{:02}{value}", value.len())
}

#[cfg(test)]
pub mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Reads a code as a bank's app does: fields by their names, after the sum was checked.
    ///
    /// # Panics
    /// It is none.
    pub fn read(text: &str) -> BTreeMap<String, String> {
        let (covered, sum) = text.split_at(text.len() - 4);
        assert_eq!(format!("{:04X}", SUM.checksum(covered.as_bytes())), sum);
        let mut all = fields(text);
        for template in ["38", "62"] {
            for (name, value) in fields(&all[template]) {
                all.insert(format!("{template}.{name}"), value);
            }
        }
        for (name, value) in fields(&all["38.01"]) {
            all.insert(format!("38.01.{name}"), value);
        }
        all
    }

    fn fields(mut text: &str) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        while !text.is_empty() {
            let (name, rest) = text.split_at(2);
            let (length, rest) = rest.split_at(2);
            let (value, rest) = rest.split_at(length.parse().unwrap());
            assert!(
                fields.insert(name.to_owned(), value.to_owned()).is_none(),
                "{name} twice"
            );
            text = rest;
        }
        fields
    }

    fn account(bank: &str, number: &str) -> Account {
        Account {
            bank: bank.parse().unwrap(),
            number: number.parse().unwrap(),
            name: "SO GIAO THONG MAU".parse().unwrap(),
        }
    }

    #[test]
    fn the_sum_is_that_of_the_known_vectors() {
        assert_eq!(SUM.checksum(b"123456789"), 0x29B1);
        let known = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN";
        assert_eq!(summed(known), format!("{known}6304F4E5"));
    }

    #[test]
    fn a_transfer_is_the_known_code_with_an_amount_and_a_note() {
        let note = Note::of_slip("K01-261122-0007").unwrap();
        let transfer = Transfer::new(account("970403", "0011012345678"), 115_000, note).unwrap();
        let code = transfer.to_string();
        let (text, sum) = code.split_at(code.len() - 4);
        let wanted = [
            "000201",
            "010212",
            "3857",
            "0010A000000727",
            "0127",
            "0006970403",
            "01130011012345678",
            "0208QRIBFTTA",
            "5303704",
            "5406115000",
            "5802VN",
            "6219",
            "0815K01 261122 0007",
            "6304",
        ];
        assert_eq!(text, wanted.concat());
        assert_eq!(sum, format!("{:04X}", SUM.checksum(text.as_bytes())));
    }

    #[test]
    fn what_no_bank_takes_is_refused() {
        for bank in ["", "97040", "9704033", "97040a", "９７０４０３"] {
            assert_eq!(bank.parse::<BankBin>(), Err(NotATransfer::Bank), "{bank}");
        }
        for number in ["", "0011 2345", "00112345678901234567", "0011-1"] {
            assert_eq!(number.parse::<AccountNumber>(), Err(NotATransfer::Number), "{number}");
        }
        for name in ["", "  ", "A\nB"] {
            assert_eq!(name.parse::<AccountName>(), Err(NotATransfer::Name), "{name:?}");
        }
        for note in ["", "a", " A", "K01-1", "Lệ phí", &"A".repeat(26)] {
            assert_eq!(note.parse::<Note>(), Err(NotATransfer::Note), "{note}");
        }
        for slip in ["", "---", &"A".repeat(26)] {
            assert_eq!(Note::of_slip(slip), Err(NotATransfer::Note), "{slip}");
        }
        let note = || Note::of_slip("K01-1").unwrap();
        for dong in [0, AMOUNT_DONG_MAX + 1] {
            let transfer = Transfer::new(account("970403", "1"), dong, note());
            assert_eq!(transfer, Err(NotATransfer::Amount));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(
            bank in "[0-9]{6}", number in "[0-9A-Za-z]{1,19}", dong in 1..=AMOUNT_DONG_MAX, slip in "[A-Z][A-Z0-9]{0,5}-[0-9]{6}-[0-9]{4}",
        ) {
            let note = Note::of_slip(&slip).unwrap();
            let transfer = Transfer::new(account(&bank, &number), dong, note).unwrap();
            let read = read(&transfer.to_string());
            prop_assert_eq!(&read["38.00"], SCHEME);
            prop_assert_eq!(&read["38.01.00"], &bank);
            prop_assert_eq!(&read["38.01.01"], &number);
            prop_assert_eq!(&read["54"], &dong.to_string());
            prop_assert_eq!(read["62.08"].replace(' ', "-"), slip);
            prop_assert_eq!([&read["00"], &read["01"], &read["53"], &read["58"]], ["01", "12", "704", "VN"]);
        }
    }
}
