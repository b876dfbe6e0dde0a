//! The ciphers, MACs and key derivation of ICAO Doc 9303-11 §9.7 and §9.8.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use cmac::{Cmac, Mac};
use des::{Des, TdesEde2};
use retail_mac::RetailMac;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::Zeroizing;

pub(crate) const MAC_BYTES: usize = 8;

/// What a session is protected with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    TripleDes,
    Aes128,
    Aes192,
    Aes256,
}

/// What a derived key is for: the counter of the key derivation function (§9.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Encryption = 1,
    Mac = 2,
    Password = 3,
}

pub(crate) type Key = Zeroizing<Vec<u8>>;

/// Data is not a whole number of blocks, or a key is not of its suite's length: a broken answer, never our own data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("data is not a whole number of blocks")]
pub(crate) struct NotBlocks;

impl Suite {
    pub fn block_bytes(self) -> usize {
        match self {
            Self::TripleDes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    /// The key that follows from a shared secret (§9.7.1). DES keys get no parity: nothing looks at it.
    pub fn derive(self, secret: &[u8], purpose: Purpose) -> Key {
        let counter = [0, 0, 0, purpose as u8];
        let (long, bytes): (Vec<u8>, usize) = match self {
            Self::TripleDes | Self::Aes128 => (
                Sha1::new()
                    .chain_update(secret)
                    .chain_update(counter)
                    .finalize()
                    .to_vec(),
                16,
            ),
            Self::Aes192 => (sha256(secret, counter), 24),
            Self::Aes256 => (sha256(secret, counter), 32),
        };
        let long = Zeroizing::new(long);
        Zeroizing::new(long[..bytes].to_vec())
    }

    /// CBC without padding. `iv` is one block.
    pub fn encrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, NotBlocks> {
        let mut data = data.to_vec();
        let length = data.len();
        match self {
            Self::TripleDes => cbc::Encryptor::<TdesEde2>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .encrypt_padded::<NoPadding>(&mut data, length)
                .map(drop),
            Self::Aes128 => cbc::Encryptor::<Aes128>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .encrypt_padded::<NoPadding>(&mut data, length)
                .map(drop),
            Self::Aes192 => cbc::Encryptor::<Aes192>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .encrypt_padded::<NoPadding>(&mut data, length)
                .map(drop),
            Self::Aes256 => cbc::Encryptor::<Aes256>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .encrypt_padded::<NoPadding>(&mut data, length)
                .map(drop),
        }
        .map_err(|_| NotBlocks)?;
        Ok(data)
    }

    /// CBC without padding. `iv` is one block.
    pub fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, NotBlocks> {
        let mut data = data.to_vec();
        match self {
            Self::TripleDes => cbc::Decryptor::<TdesEde2>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .decrypt_padded::<NoPadding>(&mut data)
                .map(drop),
            Self::Aes128 => cbc::Decryptor::<Aes128>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .decrypt_padded::<NoPadding>(&mut data)
                .map(drop),
            Self::Aes192 => cbc::Decryptor::<Aes192>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .decrypt_padded::<NoPadding>(&mut data)
                .map(drop),
            Self::Aes256 => cbc::Decryptor::<Aes256>::new_from_slices(key, iv)
                .map_err(|_| NotBlocks)?
                .decrypt_padded::<NoPadding>(&mut data)
                .map(drop),
        }
        .map_err(|_| NotBlocks)?;
        Ok(data)
    }

    /// The IV of secure messaging: zero for 3DES, the encrypted counter for AES (§9.8.6.1, §9.8.7.1).
    pub fn message_iv(self, key: &[u8], counter: &[u8]) -> Result<Vec<u8>, NotBlocks> {
        match self {
            Self::TripleDes => Ok(vec![0; 8]),
            Self::Aes128 => one_block::<Aes128>(key, counter),
            Self::Aes192 => one_block::<Aes192>(key, counter),
            Self::Aes256 => one_block::<Aes256>(key, counter),
        }
    }

    /// Eight bytes of MAC: the retail MAC (ISO/IEC 9797-1 algorithm 3) for 3DES over whole blocks, CMAC for AES.
    pub fn mac(self, key: &[u8], data: &[u8]) -> Result<[u8; MAC_BYTES], NotBlocks> {
        match self {
            Self::TripleDes if data.len().is_multiple_of(8) => code::<RetailMac<Des>>(key, data),
            Self::TripleDes => Err(NotBlocks),
            Self::Aes128 => code::<Cmac<Aes128>>(key, data),
            Self::Aes192 => code::<Cmac<Aes192>>(key, data),
            Self::Aes256 => code::<Cmac<Aes256>>(key, data),
        }
    }
}

fn sha256(secret: &[u8], counter: [u8; 4]) -> Vec<u8> {
    Sha256::new()
        .chain_update(secret)
        .chain_update(counter)
        .finalize()
        .to_vec()
}

fn one_block<C: BlockCipherEncrypt + KeyInit>(key: &[u8], block: &[u8]) -> Result<Vec<u8>, NotBlocks> {
    let cipher = C::new_from_slice(key).map_err(|_| NotBlocks)?;
    let mut block = block.try_into().map_err(|_| NotBlocks)?;
    cipher.encrypt_block(&mut block);
    Ok(block.to_vec())
}

fn code<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Result<[u8; MAC_BYTES], NotBlocks> {
    let mac = <M as KeyInit>::new_from_slice(key).map_err(|_| NotBlocks)?;
    let code = mac.chain_update(data).finalize().into_bytes();
    code.get(..MAC_BYTES)
        .and_then(|code| code.try_into().ok())
        .ok_or(NotBlocks)
}

/// Padding method 2 (ISO/IEC 9797-1): a one and zeros up to a whole block, at least the one.
pub(crate) fn padded(data: &[u8], block_bytes: usize) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(block_bytes), 0);
    padded
}

/// What was padded; nothing if it is not padded so.
pub(crate) fn unpadded(data: &[u8]) -> Option<&[u8]> {
    let end = data.iter().rposition(|byte| *byte != 0)?;
    (data[end] == 0x80).then_some(&data[..end])
}

/// Compares without telling by time where the two differ.
pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |sum, (one, other)| sum | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::hex::hex;

    /// ICAO Doc 9303-11 appendix D.1; there the keys have their parity set.
    #[test]
    fn keys_of_the_worked_example_are_derived() {
        let seed = hex("239AB9CB282DAF66231DC5A4DF6BFBAE");
        let parity = |key: &[u8]| -> Vec<u8> {
            key.iter()
                .map(|byte| (byte & 0xfe) | u8::from((byte & 0xfe).count_ones() % 2 == 0))
                .collect()
        };
        assert_eq!(
            parity(&Suite::TripleDes.derive(&seed, Purpose::Encryption)),
            hex("AB94FDECF2674FDFB9B391F85D7F76F2")
        );
        assert_eq!(
            parity(&Suite::TripleDes.derive(&seed, Purpose::Mac)),
            hex("7962D9ECE03D1ACD4C76089DCE131543")
        );
    }

    /// NIST SP 800-38B, example of AES-192 without a message; AES-256 with 16 bytes.
    #[test]
    fn the_longer_aes_keys_make_the_codes_of_the_standard() {
        let key = hex("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b");
        assert_eq!(Suite::Aes192.mac(&key, &[]).unwrap().to_vec(), hex("d17ddf46adaacde5"));
        let key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let message = hex("6bc1bee22e409f96e93d7e117393172a");
        assert_eq!(
            Suite::Aes256.mac(&key, &message).unwrap().to_vec(),
            hex("28a7023f452e8f82")
        );
    }

    #[test]
    fn every_suite_opens_what_it_closed_and_refuses_half_a_block() {
        for (suite, key_bytes) in [
            (Suite::TripleDes, 16),
            (Suite::Aes128, 16),
            (Suite::Aes192, 24),
            (Suite::Aes256, 32),
        ] {
            let key = suite.derive(b"secret", Purpose::Encryption);
            assert_eq!(key.len(), key_bytes);
            let iv = vec![3; suite.block_bytes()];
            let plain = padded(b"twenty-one bytes long", suite.block_bytes());
            let closed = suite.encrypt(&key, &iv, &plain).unwrap();
            assert_ne!(closed, plain);
            assert_eq!(suite.decrypt(&key, &iv, &closed).unwrap(), plain);
            assert_eq!(suite.decrypt(&key, &iv, &closed[1..]), Err(NotBlocks));
        }
    }

    #[test]
    fn padding_comes_off_only_where_it_is() {
        assert_eq!(padded(&[1; 8], 8).len(), 16);
        assert_eq!(unpadded(&padded(&[1, 0], 8)), Some(&[1, 0][..]));
        assert_eq!(unpadded(&[1, 2, 3]), None);
        assert_eq!(unpadded(&[0, 0]), None);
        assert!(equal(&[1, 2], &[1, 2]) && !equal(&[1, 2], &[1, 3]) && !equal(&[1], &[1, 2]));
    }
}
