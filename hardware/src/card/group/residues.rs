//! Residues modulo a prime, in the subgroup of a smaller prime order (RFC 5114 §2.1 to §2.3).

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use zeroize::Zeroizing;

use super::{DRAWS_MAX, Dice, Group, NotInGroup, Secret};

const PRIME_1024_160: &str = "\
     B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C0\
     13ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0\
     A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371";
const GENERATOR_1024_160: &str = "\
     A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213\
     160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28A\
     D662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5";
const ORDER_1024_160: &str = "F518AA8781A8DF278ABA4E7D64B7CB9D49462353";
const PRIME_2048_224: &str = "\
     AD107E1E9123A9D0D660FAA79559C51FA20D64E5683B9FD1B54B1597B61D0A75E6FA141DF95A56DBAF9A3C407BA1DF15\
     EB3D688A309C180E1DE6B85A1274A0A66D3F8152AD6AC2129037C9EDEFDA4DF8D91E8FEF55B7394B7AD5B7D0B6C12207\
     C9F98D11ED34DBF6C6BA0B2C8BBC27BE6A00E0A0B9C49708B3BF8A317091883681286130BC8985DB1602E714415D9330\
     278273C7DE31EFDC7310F7121FD5A07415987D9ADC0A486DCDF93ACC44328387315D75E198C641A480CD86A1B9E587E8\
     BE60E69CC928B2B9C52172E413042E9B23F10B0E16E79763C9B53DCF4BA80A29E3FB73C16B8E75B97EF363E2FFA31F71\
     CF9DE5384E71B81C0AC4DFFE0C10E64F";
const GENERATOR_2048_224: &str = "\
     AC4032EF4F2D9AE39DF30B5C8FFDAC506CDEBE7B89998CAF74866A08CFE4FFE3A6824A4E10B9A6F0DD921F01A70C4AFA\
     AB739D7700C29F52C57DB17C620A8652BE5E9001A8D66AD7C17669101999024AF4D027275AC1348BB8A762D0521BC98A\
     E247150422EA1ED409939D54DA7460CDB5F6C6B250717CBEF180EB34118E98D119529A45D6F834566E3025E316A330EF\
     BB77A86F0C1AB15B051AE3D428C8F8ACB70A8137150B8EEB10E183EDD19963DDD9E263E4770589EF6AA21E7F5F2FF381\
     B539CCE3409D13CD566AFBB48D6C019181E1BCFE94B30269EDFE72FE9B6AA4BD7B5A0F1C71CFFF4C19C418E1F6EC0179\
     81BC087F2A7065B384B890D3191F2BFA";
const ORDER_2048_224: &str = "801C0D34C58D93FE997177101F80535A4738CEBCBF389A99B36371EB";
const PRIME_2048_256: &str = "\
     87A8E61DB4B6663CFFBBD19C651959998CEEF608660DD0F25D2CEED4435E3B00E00DF8F1D61957D4FAF7DF4561B2AA30\
     16C3D91134096FAA3BF4296D830E9A7C209E0C6497517ABD5A8A9D306BCF67ED91F9E6725B4758C022E0B1EF4275BF7B\
     6C5BFC11D45F9088B941F54EB1E59BB8BC39A0BF12307F5C4FDB70C581B23F76B63ACAE1CAA6B7902D52526735488A0E\
     F13C6D9A51BFA4AB3AD8347796524D8EF6A167B5A41825D967E144E5140564251CCACB83E6B486F6B3CA3F7971506026\
     C0B857F689962856DED4010ABD0BE621C3A3960A54E710C375F26375D7014103A4B54330C198AF126116D2276E11715F\
     693877FAD7EF09CADB094AE91E1A1597";
const GENERATOR_2048_256: &str = "\
     3FB32C9B73134D0B2E77506660EDBD484CA7B18F21EF205407F4793A1A0BA12510DBC15077BE463FFF4FED4AAC0BB555\
     BE3A6C1B0C6B47B1BC3773BF7E8C6F62901228F8C28CBB18A55AE31341000A650196F931C77A57F2DDF463E5E9EC144B\
     777DE62AAAB8A8628AC376D282D6ED3864E67982428EBC831D14348F6F2F9193B5045AF2767164E1DFC967C1FB3F2E55\
     A4BD1BFFE83B9C80D052B985D182EA0ADB2A3B7313D3FE14C8484B1E052588B9B7D2BBD2DF016199ECD06E1557CD0915\
     B3353BBB64E0EC377FD028370DF92B52C7891428CDC67EB6184B523D1DB246C32F63078490F00EF8D647D148D4795451\
     5E2327CFEF98C582664B4C0F6CC41659";
const ORDER_2048_256: &str = "8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3";

pub(crate) struct Residues {
    prime: BoxedMontyParams,
    generator: Vec<u8>,
    order: BoxedUint,
}

impl Residues {
    pub fn modp_1024_160() -> Option<Self> {
        Self::new(PRIME_1024_160, GENERATOR_1024_160, ORDER_1024_160)
    }

    pub fn modp_2048_224() -> Option<Self> {
        Self::new(PRIME_2048_224, GENERATOR_2048_224, ORDER_2048_224)
    }

    pub fn modp_2048_256() -> Option<Self> {
        Self::new(PRIME_2048_256, GENERATOR_2048_256, ORDER_2048_256)
    }

    /// Nothing if the prime is even, which none of ours is.
    fn new(prime: &str, generator: &str, order: &str) -> Option<Self> {
        let number = |digits: &str| BoxedUint::from_be_slice_vartime(&bytes(digits));
        Some(Self {
            prime: BoxedMontyParams::new(Odd::new(number(prime)).into_option()?),
            generator: bytes(generator),
            order: number(order),
        })
    }

    fn element_bytes(&self) -> usize {
        self.generator.len()
    }

    /// An element of the subgroup, not the neutral one.
    fn element(&self, bytes: &[u8]) -> Result<BoxedMontyForm, NotInGroup> {
        if bytes.len() != self.element_bytes() {
            return Err(NotInGroup);
        }
        let number = BoxedUint::from_be_slice_vartime(bytes);
        let one = BoxedUint::one_with_precision(number.bits_precision());
        if number <= one || number >= *self.prime.modulus().as_ref() {
            return Err(NotInGroup);
        }
        let element = BoxedMontyForm::new(number, &self.prime);
        if element.pow(&self.order).retrieve() != one {
            return Err(NotInGroup);
        }
        Ok(element)
    }

    fn scalar(&self, bytes: &[u8]) -> Result<BoxedUint, NotInGroup> {
        let number = BoxedUint::from_be_slice_vartime(bytes);
        let zero = BoxedUint::zero_with_precision(number.bits_precision());
        if number == zero || number >= self.order {
            return Err(NotInGroup);
        }
        Ok(number)
    }

    fn bytes(&self, element: &BoxedMontyForm) -> Result<Vec<u8>, NotInGroup> {
        let bytes = element.retrieve().to_be_bytes();
        self.element(&bytes)?;
        Ok(bytes.to_vec())
    }
}

impl Group for Residues {
    fn secret(&self, dice: &mut Dice) -> Result<Secret, NotInGroup> {
        let mut secret = Zeroizing::new(vec![0; (self.order.bits_vartime() as usize).div_ceil(8)]);
        for _ in 0..DRAWS_MAX {
            dice(&mut secret);
            if self.scalar(&secret).is_ok() {
                return Ok(secret);
            }
        }
        Err(NotInGroup)
    }

    fn generator(&self) -> Vec<u8> {
        self.generator.clone()
    }

    fn power(&self, element: &[u8], secret: &[u8]) -> Result<Vec<u8>, NotInGroup> {
        self.bytes(&self.element(element)?.pow(&self.scalar(secret)?))
    }

    fn join(&self, one: &[u8], other: &[u8]) -> Result<Vec<u8>, NotInGroup> {
        self.bytes(&self.element(one)?.mul(&self.element(other)?))
    }

    fn shared(&self, element: &[u8]) -> Result<Secret, NotInGroup> {
        self.element(element)?;
        Ok(Zeroizing::new(element.to_vec()))
    }

    fn tag(&self) -> u32 {
        0x84
    }
}

/// The bytes of pairs of hexadecimal digits.
fn bytes(digits: &str) -> Vec<u8> {
    let digit = |letter: u8| match letter {
        b'0'..=b'9' => letter - b'0',
        _ => letter - b'A' + 10,
    };
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    pairs
        .iter()
        .map(|[high, low]| digit(*high) << 4 | digit(*low))
        .collect()
}
