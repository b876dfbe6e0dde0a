//! The staff PIN: only its hash is kept (Argon2id, PHC string).

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use crate::session::staff::PIN_DIGITS_MAX;

/// Why a text is no PIN or no hash of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    #[error("a PIN has six digits")]
    NotSixDigits,
    #[error("not what `kiosk pin` prints")]
    NotAHash,
}

/// # Errors
/// It is no Argon2 hash.
pub fn check_hash(hash: &str) -> Result<(), PinError> {
    let hash = PasswordHash::new(hash).map_err(|_| PinError::NotAHash)?;
    hash.algorithm
        .as_str()
        .starts_with("argon2")
        .then_some(())
        .ok_or(PinError::NotAHash)
}

/// The hash to put into the configuration.
///
/// # Errors
/// The PIN has not six digits.
pub fn hash(pin: &str, salt: [u8; 16]) -> Result<String, PinError> {
    if pin.len() != PIN_DIGITS_MAX || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PinError::NotSixDigits);
    }
    let salt = SaltString::encode_b64(&salt).map_err(|_| PinError::NotAHash)?;
    let hash = Argon2::default().hash_password(pin.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| PinError::NotAHash)
}

/// Whether this is the PIN. Takes tens of milliseconds on purpose.
pub fn matches(pin: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_six_digits_match() {
        let hash = hash("240815", [7; 16]).unwrap();
        assert_eq!(check_hash(&hash), Ok(()));
        assert!(matches("240815", &hash));
        assert!(!matches("240816", &hash));
        assert!(!matches("", &hash));
    }

    #[test]
    fn what_is_no_pin_or_no_hash_is_refused() {
        assert_eq!(super::hash("1234", [7; 16]), Err(PinError::NotSixDigits));
        assert_eq!(super::hash("12345a", [7; 16]), Err(PinError::NotSixDigits));
        assert_eq!(check_hash("240815"), Err(PinError::NotAHash));
        assert!(!matches("240815", "240815"));
    }
}
