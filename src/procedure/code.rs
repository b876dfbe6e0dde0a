//! Codes of the province: plain text that can stand in a file name, a slip and a log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const CODE_CHARS_MAX: usize = 64;

/// Text that is not a code: empty, longer than 64 characters, or with anything but ASCII letters,
/// digits, `.`, `-` and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Not a code of the province")]
pub struct NotACode;

fn code(text: &str) -> Result<String, NotACode> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');

    if text.is_empty() || text.len() > CODE_CHARS_MAX || !text.chars().all(plain) {
        return Err(NotACode);
    }
    Ok(text.to_owned())
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotACode;

            fn from_str(text: &str) -> Result<Self, NotACode> {
                code(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotACode;

            fn try_from(text: String) -> Result<Self, NotACode> {
                code(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// The code of a procedure (mã TTHC), such as `1.001193` or `3.000181.000.00.00.H22`.
    ProcedureCode
}

code! {
    /// The code of a part of a dossier (mã thành phần hồ sơ): which paper a file stands for.
    PartCode
}

code! {
    /// The code of a field (mã lĩnh vực), which groups procedures and series of tickets.
    FieldCode
}

code! {
    /// The code of a life event (sự kiện), under which people look for procedures.
    EventCode
}

impl PartCode {
    /// Of the paper of authorisation, which the contract names for every procedure.
    pub fn authorisation() -> Self {
        Self("GIAY-UY-QUYEN".to_owned())
    }
}
