//! The four suites of a chip: encryption, authentication and keys.
//!
//! 3DES with the retail MAC (ISO 9797-1 algorithm 3), AES in CBC with CMAC of 8 bytes; keys derived
//! as in ICAO Doc 9303-11 clause 9.7.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
};
use cmac::{Cmac, Mac};
use des::{Des, TdesEde2};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// Bytes of a MAC on the wire.
pub const MAC_BYTES: usize = 8;

/// What a key is for: the counter of ICAO Doc 9303-11 clause 9.7.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    Encryption = 1,
    Authentication = 2,
    /// Encrypts the nonce of PACE.
    Password = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    Tdes,
    Aes128,
    Aes192,
    Aes256,
}

impl Suite {
    pub fn block_bytes(self) -> usize {
        match self {
            Self::Tdes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    /// Derives a key from a shared secret.
    pub fn derive(self, secret: &[u8], key_use: KeyUse) -> Vec<u8> {
        let input = [secret, &(key_use as u32).to_be_bytes()].concat();
        match self {
            Self::Tdes => odd_parity(&Sha1::digest(input)[..16]),
            Self::Aes128 => Sha1::digest(input)[..16].to_vec(),
            Self::Aes192 => Sha256::digest(input)[..24].to_vec(),
            Self::Aes256 => Sha256::digest(input).to_vec(),
        }
    }

    /// Encrypts whole blocks in CBC.
    pub fn encrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8> {
        let mut data = data.to_vec();
        match self {
            Self::Tdes => cbc_encrypt::<cbc::Encryptor<TdesEde2>>(key, iv, &mut data),
            Self::Aes128 => cbc_encrypt::<cbc::Encryptor<Aes128>>(key, iv, &mut data),
            Self::Aes192 => cbc_encrypt::<cbc::Encryptor<Aes192>>(key, iv, &mut data),
            Self::Aes256 => cbc_encrypt::<cbc::Encryptor<Aes256>>(key, iv, &mut data),
        }
        data
    }

    /// Decrypts whole blocks in CBC; `None` when there are none or half ones.
    pub fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        if data.is_empty() || !data.len().is_multiple_of(self.block_bytes()) {
            return None;
        }
        let mut data = data.to_vec();
        match self {
            Self::Tdes => cbc_decrypt::<cbc::Decryptor<TdesEde2>>(key, iv, &mut data),
            Self::Aes128 => cbc_decrypt::<cbc::Decryptor<Aes128>>(key, iv, &mut data),
            Self::Aes192 => cbc_decrypt::<cbc::Decryptor<Aes192>>(key, iv, &mut data),
            Self::Aes256 => cbc_decrypt::<cbc::Decryptor<Aes256>>(key, iv, &mut data),
        }
        Some(data)
    }

    /// The MAC over `data`. 3DES pads it (ISO 9797-1 method 2); CMAC needs no padding of ours.
    pub fn mac(self, key: &[u8], data: &[u8]) -> [u8; MAC_BYTES] {
        match self {
            Self::Tdes => retail_mac(key, &pad(data, 8)),
            Self::Aes128 => cmac::<Cmac<Aes128>>(key, data),
            Self::Aes192 => cmac::<Cmac<Aes192>>(key, data),
            Self::Aes256 => cmac::<Cmac<Aes256>>(key, data),
        }
    }
}

/// ISO 9797-1 method 2: a byte 80, then zeros to a whole block.
pub fn pad(data: &[u8], block_bytes: usize) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(block_bytes), 0);
    padded
}

/// Takes the padding off; `None` when there is none.
pub fn unpad(data: &[u8]) -> Option<&[u8]> {
    let end = data.iter().rposition(|byte| *byte != 0)?;
    (data[end] == 0x80).then_some(&data[..end])
}

fn cbc_encrypt<C: KeyIvInit + BlockModeEncrypt>(key: &[u8], iv: &[u8], data: &mut [u8]) {
    let mut cipher = C::new_from_slices(key, iv).expect("keys and vectors are made as long as the suite wants");
    let (blocks, _) = Block::<C>::slice_as_chunks_mut(data);
    cipher.encrypt_blocks(blocks);
}

fn cbc_decrypt<C: KeyIvInit + BlockModeDecrypt>(key: &[u8], iv: &[u8], data: &mut [u8]) {
    let mut cipher = C::new_from_slices(key, iv).expect("keys and vectors are made as long as the suite wants");
    let (blocks, _) = Block::<C>::slice_as_chunks_mut(data);
    cipher.decrypt_blocks(blocks);
}

fn cmac<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> [u8; MAC_BYTES] {
    let mut mac = M::new_from_slice(key).expect("keys are made as long as the suite wants");
    mac.update(data);
    let whole = mac.finalize().into_bytes();
    std::array::from_fn(|at| whole[at])
}

fn retail_mac(key: &[u8], padded: &[u8]) -> [u8; MAC_BYTES] {
    let des = |key: &[u8]| Des::new_from_slice(key).expect("half a key of 3DES is a key of DES");
    let (first, second) = (des(&key[..8]), des(&key[8..16]));
    let mut state = [0_u8; 8];
    for chunk in padded.chunks_exact(8) {
        for (state, byte) in state.iter_mut().zip(chunk) {
            *state ^= byte;
        }
        let mut block = Block::<Des>::from(state);
        first.encrypt_block(&mut block);
        state = block.into();
    }
    let mut block = Block::<Des>::from(state);
    second.decrypt_block(&mut block);
    first.encrypt_block(&mut block);
    block.into()
}

fn odd_parity(key: &[u8]) -> Vec<u8> {
    key.iter()
        .map(|byte| {
            let upper = byte & 0xFE;
            upper | u8::from(upper.count_ones().is_multiple_of(2))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::card::hex;

    // ICAO Doc 9303-11 appendix D.2.
    #[test]
    fn the_keys_of_the_worked_example_come_out() {
        let seed = &Sha1::digest(b"L898902C<369080619406236")[..16];
        assert_eq!(seed, hex("239AB9CB282DAF66231DC5A4DF6BFBAE"));
        assert_eq!(
            Suite::Tdes.derive(seed, KeyUse::Encryption),
            hex("AB94FDECF2674FDFB9B391F85D7F76F2")
        );
        assert_eq!(
            Suite::Tdes.derive(seed, KeyUse::Authentication),
            hex("7962D9ECE03D1ACD4C76089DCE131543")
        );
    }

    // ICAO Doc 9303-11 appendix D.3.
    #[test]
    fn the_retail_mac_of_the_worked_example_comes_out() {
        let encrypted = hex("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2");
        assert_eq!(
            Suite::Tdes
                .mac(&hex("7962D9ECE03D1ACD4C76089DCE131543"), &encrypted)
                .to_vec(),
            hex("5F1448EEA8AD90A7")
        );
    }

    // RFC 4493 example 2, cut to 8 bytes; NIST SP 800-38B for the longer keys.
    #[test]
    fn cmac_of_the_published_examples_comes_out() {
        let message = hex("6BC1BEE22E409F96E93D7E117393172A");
        for (suite, key, mac) in [
            (Suite::Aes128, "2B7E151628AED2A6ABF7158809CF4F3C", "070A16B46B4D4144"),
            (
                Suite::Aes192,
                "8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B",
                "9E99A7BF31E71090",
            ),
            (
                Suite::Aes256,
                "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4",
                "28A7023F452E8F82",
            ),
        ] {
            assert_eq!(suite.mac(&hex(key), &message).to_vec(), hex(mac), "{suite:?}");
        }
    }

    #[test]
    fn what_was_encrypted_comes_back_and_half_a_block_does_not() {
        for suite in [Suite::Tdes, Suite::Aes128, Suite::Aes192, Suite::Aes256] {
            let key = suite.derive(b"secret", KeyUse::Encryption);
            let iv = vec![7; suite.block_bytes()];
            let padded = pad(b"twenty-three bytes here", suite.block_bytes());
            let sealed = suite.encrypt(&key, &iv, &padded);
            assert_ne!(sealed, padded);
            let opened = suite.decrypt(&key, &iv, &sealed).unwrap();
            assert_eq!(unpad(&opened).unwrap(), b"twenty-three bytes here");
            assert_eq!(suite.decrypt(&key, &iv, &sealed[1..]), None);
        }
        assert_eq!(unpad(&[0; 8]), None);
    }
}
