//! The other side: a small terminal, written from the standard and not from the chip.

use p256::ecdsa::VerifyingKey;
use p256::pkcs8::DecodePublicKey;
use sha1::{Digest, Sha1};

use super::super::super::cipher::{KeyUse, Suite, pad, unpad};
use super::super::super::curve::Curve;
use super::super::super::people::find;
use super::super::super::tlv;
use super::*;

pub struct Terminal {
    pub chip: Chip,
    keys: Option<Keys>,
}

struct Keys {
    suite: Suite,
    encryption: Vec<u8>,
    authentication: Vec<u8>,
    counter: u128,
}

/// Why an answer cannot be believed.
#[derive(Debug, PartialEq, Eq)]
pub enum Distrust {
    /// An answer in plain, with this status.
    Plain(u16),
    NoStatus,
    WrongMac,
}

impl Keys {
    fn new(suite: Suite, secret: &[u8], counter: u128) -> Option<Self> {
        Some(Self {
            suite,
            encryption: suite.derive(secret, KeyUse::Encryption),
            authentication: suite.derive(secret, KeyUse::Authentication),
            counter,
        })
    }

    fn counted(&self) -> Vec<u8> {
        self.counter.to_be_bytes()[16 - self.suite.block_bytes()..].to_vec()
    }

    fn vector(&self) -> Vec<u8> {
        let zeros = vec![0; self.suite.block_bytes()];
        if self.suite == Suite::Tdes {
            return zeros;
        }
        self.suite.encrypt(&self.encryption, &zeros, &self.counted())
    }

    fn mac(&self, text: &[u8]) -> Vec<u8> {
        let input = [self.counted().as_slice(), text].concat();
        let input = if self.suite == Suite::Tdes {
            input
        } else {
            pad(&input, 16)
        };
        self.suite.mac(&self.authentication, &input).to_vec()
    }
}

impl Terminal {
    pub fn new(chip: Chip) -> Self {
        Self { chip, keys: None }
    }

    /// The sample's chip, its application chosen, opened with its own key.
    pub fn opened(sample: &str) -> Self {
        let mut terminal = Self::new(super::chip(sample));
        terminal.select_application();
        assert_eq!(terminal.bac(&find(sample).unwrap().mrz_information()), 0x9000);
        terminal
    }

    pub fn select_application(&mut self) {
        assert_eq!(exchange(&mut self.chip, SELECT_APPLICATION), "9000");
    }

    /// The status of EXTERNAL AUTHENTICATE with the key of this MRZ information.
    pub fn bac(&mut self, information: &str) -> u16 {
        let seed = &Sha1::digest(information)[..16];
        let encryption = Suite::Tdes.derive(seed, KeyUse::Encryption);
        let authentication = Suite::Tdes.derive(seed, KeyUse::Authentication);
        let challenge = tell(&mut self.chip, &hex("0084000008"));
        if challenge.len() != 10 {
            return status(&challenge);
        }
        let (random, key) = ([0xA5; 8], [0x3C; 16]);
        let sealed = Suite::Tdes.encrypt(&encryption, &[0; 8], &[&random, &challenge[..8], &key].concat());
        let mac = Suite::Tdes.mac(&authentication, &sealed);
        let answer = tell(
            &mut self.chip,
            &[&hex("0082000028"), &sealed, &mac[..], &[0x28]].concat(),
        );
        if answer.len() != 42 {
            return status(&answer);
        }
        assert_eq!(Suite::Tdes.mac(&authentication, &answer[..32])[..], answer[32..40]);
        let opened = Suite::Tdes.decrypt(&encryption, &[0; 8], &answer[..32]).unwrap();
        assert_eq!((&opened[..8], &opened[8..16]), (&challenge[..8], &random[..]));

        let secret: Vec<u8> = opened[16..]
            .iter()
            .zip(key)
            .map(|(theirs, ours)| theirs ^ ours)
            .collect();
        let counter = [&challenge[4..8], &random[4..]].concat();
        let counter = counter.iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte));
        self.keys = Keys::new(Suite::Tdes, &secret, counter);
        status(&answer)
    }

    /// The status of the first step of PACE that is not done, or of the last one.
    pub fn pace(&mut self, password: u8, secret: &[u8], suite: Suite, curve: Curve) -> u16 {
        let oid = [&hex("04007F0007020204 02")[..], &[suite as u8 + 1]].concat();
        let choose = [tlv::object(0x80, &oid), tlv::object(0x83, &[password])].concat();
        let answer = tell(
            &mut self.chip,
            &[&hex("0022C1A4"), &[choose.len() as u8][..], &choose].concat(),
        );
        if status(&answer) != 0x9000 {
            return status(&answer);
        }
        let zeros = vec![0; suite.block_bytes()];
        let sealed = self.step(0x10, &[], 0x80).unwrap();
        let nonce = suite
            .decrypt(&suite.derive(secret, KeyUse::Password), &zeros, &sealed)
            .unwrap();

        let width = curve.coordinate_bytes();
        let (mapping, ephemeral) = (vec![0x21; width], vec![0x43; width]);
        let ours = curve.multiply(&curve.generator(), &mapping).unwrap();
        let theirs = self.step(0x10, &tlv::object(0x81, &ours), 0x82).unwrap();
        let nonce = [vec![0; width - 16], nonce].concat();
        let mapped = curve.multiply(&curve.generator(), &nonce).unwrap();
        let base = curve.add(&mapped, &curve.multiply(&theirs, &mapping).unwrap()).unwrap();

        let ours = curve.multiply(&base, &ephemeral).unwrap();
        let theirs = self.step(0x10, &tlv::object(0x83, &ours), 0x84).unwrap();
        let shared = curve.multiply(&theirs, &ephemeral).unwrap();
        let agreed = Keys::new(suite, curve.x(&shared), 0).unwrap();
        let token = |point: &[u8]| {
            let parts = [tlv::object(0x06, &oid), tlv::object(0x86, point)];
            suite.mac(&agreed.authentication, &tlv::nested(0x7F49, &parts)).to_vec()
        };
        match self.step(0x00, &tlv::object(0x85, &token(&theirs)), 0x86) {
            Ok(answer) => assert_eq!(answer, token(&ours)),
            Err(status) => return status,
        }
        self.keys = Some(agreed);
        0x9000
    }

    fn step(&mut self, class: u8, object: &[u8], wanted: u16) -> Result<Vec<u8>, u16> {
        let data = tlv::object(0x7C, object);
        let command = [&[class, 0x86, 0, 0, data.len() as u8], data.as_slice(), &[0]].concat();
        let answer = tell(&mut self.chip, &command);
        if status(&answer) != 0x9000 {
            return Err(status(&answer));
        }
        let whole = tlv::first(&answer).unwrap();
        Ok(tlv::find(&tlv::all(whole.value).unwrap(), wanted).unwrap().to_vec())
    }

    /// Chip authentication over P-256 with what DG14 says; the new keys hold afterwards.
    pub fn authenticate_chip(&mut self, suite: Suite) -> u16 {
        let group = self.read(0x010E);
        let at = group
            .windows(4)
            .position(|bytes| bytes == [0x03, 0x42, 0x00, 0x04])
            .unwrap();
        let theirs = group[at + 3..at + 3 + 65].to_vec();
        let (curve, secret) = (Curve::P256, [0x35; 32]);
        let ours = curve.multiply(&curve.generator(), &secret).unwrap();
        let shared = curve.multiply(&theirs, &secret).unwrap();

        let done = if suite == Suite::Tdes {
            self.send(&hex("0C2241A6"), &tlv::object(0x91, &ours), None).unwrap().1
        } else {
            let oid = [&hex("04007F0007020203 02")[..], &[suite as u8 + 1]].concat();
            assert_eq!(
                self.send(&hex("0C2241A4"), &tlv::object(0x80, &oid), None).unwrap().1,
                0x9000
            );
            let data = tlv::object(0x7C, &tlv::object(0x80, &ours));
            let (answer, done) = self.send(&hex("0C860000"), &data, Some(&[0])).unwrap();
            assert_eq!(answer, hex("7C00"));
            done
        };
        self.keys = Keys::new(suite, curve.x(&shared), 0);
        done
    }

    /// The key of active authentication, from DG15.
    pub fn proof_key(&mut self) -> VerifyingKey {
        let group = self.read(0x010F);
        VerifyingKey::from_public_key_der(tlv::first(&group).unwrap().value).unwrap()
    }

    pub fn select(&mut self, id: u16) -> Result<u16, Distrust> {
        self.send(&hex("0CA4020C"), &id.to_be_bytes(), None)
            .map(|(_, status)| status)
    }

    /// A whole file, with even instructions and short lengths.
    pub fn read(&mut self, id: u16) -> Vec<u8> {
        assert_eq!(self.select(id), Ok(0x9000));
        let mut bytes = vec![];
        loop {
            let offset = (bytes.len() as u16).to_be_bytes();
            let (piece, status) = self.send(&[0x0C, 0xB0, offset[0], offset[1]], &[], Some(&[0])).unwrap();
            if status == 0x6B00 {
                return bytes;
            }
            assert_eq!(status, 0x9000);
            bytes.extend(piece);
        }
    }

    /// Sends under secure messaging; the class of the header says so already.
    pub fn send(&mut self, header: &[u8], data: &[u8], le: Option<&[u8]>) -> Result<(Vec<u8>, u16), Distrust> {
        let command = self.seal(header, data, le);
        let answer = tell(&mut self.chip, &command);
        self.open(&answer)
    }

    /// A protected command as it goes over the wire: short where it fits, extended when Le has two bytes.
    pub fn seal(&mut self, header: &[u8], data: &[u8], le: Option<&[u8]>) -> Vec<u8> {
        let keys = self.keys.as_mut().unwrap();
        keys.counter += 1;
        let mut objects = vec![];
        if !data.is_empty() {
            let sealed = keys
                .suite
                .encrypt(&keys.encryption, &keys.vector(), &pad(data, keys.suite.block_bytes()));
            objects.extend(if header[1] & 1 == 1 {
                tlv::object(0x85, &sealed)
            } else {
                tlv::object(0x87, &[vec![1], sealed].concat())
            });
        }
        if let Some(le) = le {
            objects.extend(tlv::object(0x97, le));
        }
        let mac = keys.mac(&[pad(header, keys.suite.block_bytes()), objects.clone()].concat());
        objects.extend(tlv::object(0x8E, &mac));
        let extended = le.is_some_and(|le| le.len() == 2);
        let (length, end) = if extended {
            ([&[0], &(objects.len() as u16).to_be_bytes()[..]].concat(), vec![0, 0])
        } else {
            (vec![u8::try_from(objects.len()).unwrap()], vec![0])
        };
        [header, &length, &objects, &end].concat()
    }

    pub fn open(&mut self, answer: &[u8]) -> Result<(Vec<u8>, u16), Distrust> {
        let keys = self.keys.as_mut().unwrap();
        keys.counter += 1;
        let (body, _) = answer.split_at(answer.len() - 2);
        let objects = tlv::all(body).unwrap();
        let mac = tlv::find(&objects, 0x8E).ok_or(Distrust::Plain(status(answer)))?;
        let covered: Vec<u8> = objects
            .iter()
            .filter(|object| object.tag != 0x8E)
            .flat_map(|object| object.whole.to_vec())
            .collect();
        if keys.mac(&covered) != mac {
            return Err(Distrust::WrongMac);
        }
        let said = tlv::find(&objects, 0x99).ok_or(Distrust::NoStatus)?;
        assert_eq!(status(said), status(answer), "protected and plain status");
        let sealed = tlv::find(&objects, 0x87)
            .map(|value| value.strip_prefix(&[1]).unwrap())
            .or(tlv::find(&objects, 0x85));
        let data = sealed.map_or(vec![], |sealed| {
            let opened = keys.suite.decrypt(&keys.encryption, &keys.vector(), sealed).unwrap();
            unpad(&opened).unwrap().to_vec()
        });
        Ok((data, status(said)))
    }
}

/// The last two bytes.
pub fn status(answer: &[u8]) -> u16 {
    u16::from_be_bytes(answer[answer.len() - 2..].try_into().unwrap())
}
