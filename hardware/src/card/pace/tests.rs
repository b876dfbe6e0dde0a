//! The worked examples of ICAO Doc 9303-11 appendix G, command by command.

use std::convert::Infallible;

use super::*;
use crate::card::hex::hex;

const CURVE_ACCESS: &str = "31143012060A04007F0007020204020202010202010D";
const RESIDUES_ACCESS: &str = "31143012060A04007F00070202040102020102020100";

fn mrz() -> MrzKey {
    MrzKey::new("T22000129", "640812", "101031").unwrap()
}

/// What the reader must say, and what the chip answers.
struct Script(Vec<(Vec<u8>, Vec<u8>)>);

impl Script {
    fn new(choice: &str, objects: [(u32, &str, u32, &str); 4]) -> Self {
        let mut steps = vec![(hex(choice), hex("9000"))];
        for (at, (sent_tag, sent, tag, answer)) in objects.into_iter().enumerate() {
            let sent = if sent_tag == 0 {
                vec![]
            } else {
                tlv::object(sent_tag, &hex(sent))
            };
            let mut command = Command::new(0x86, 0, 0).with(tlv::object(DYNAMIC, &sent)).wanting(256);
            command.cla = if at < 3 { 0x10 } else { 0 };
            let answer = tlv::object(DYNAMIC, &tlv::object(tag, &hex(answer)));
            steps.push((command.bytes(), [answer, hex("9000")].concat()));
        }
        steps.reverse();
        Self(steps)
    }

    fn answer(&mut self, command: &Command) -> Result<Answer, Infallible> {
        let (wanted, answer) = self.0.pop().expect("no more commands");
        assert_eq!(command.bytes(), wanted, "{} steps before the end", self.0.len());
        Ok(Answer::read(&answer).unwrap())
    }
}

fn run_script(access: &str, mut script: Script, secrets: [&str; 2]) -> Result<Session, PaceError<Infallible>> {
    let mut secrets = secrets.map(hex).into_iter();
    let mut dice = |bytes: &mut [u8]| bytes.copy_from_slice(&secrets.next().expect("two secrets"));
    let offer = offered(&hex(access)).unwrap();
    run(&offer, Password::Mrz(&mrz()), &mut dice, &mut |command| {
        script.answer(command)
    })
}

fn curve_script() -> Script {
    Script::new(
        "0022C1A40F800A04007F00070202040202830101",
        [
            (0, "", 0x80, "95A3A016522EE98D01E76CB6B98B42C3"),
            (
                0x81,
                "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D",
                0x82,
                "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54",
            ),
            (
                0x83,
                "042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462",
                0x84,
                "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094",
            ),
            (0x85, "C2B0BD78D94BA866", 0x86, "3ABB9674BCE93C08"),
        ],
    )
}

const CURVE_SECRETS: [&str; 2] = [
    "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
    "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
];

#[test]
fn the_curve_example_g1_is_gone_through_byte_for_byte() {
    let mut session = run_script(CURVE_ACCESS, curve_script(), CURVE_SECRETS).unwrap();
    // The keys of the example: what a session with them says first.
    let shared = hex("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925");
    assert_eq!(
        Suite::Aes128.derive(&shared, Purpose::Encryption).to_vec(),
        hex("F5F0E35C0D7161EE6724EE513A0D9A7F")
    );
    assert_eq!(
        Suite::Aes128.derive(&shared, Purpose::Mac).to_vec(),
        hex("FE251C7858B356B24514B3BD5F4297D1")
    );
    let select = Command::new(0xa4, 4, 0x0c).with(hex("A0000002471001"));
    let wanted = Session::from_zero(Suite::Aes128, &shared)
        .close(&select)
        .unwrap()
        .bytes();
    assert_eq!(session.close(&select).unwrap().bytes(), wanted);
}

#[test]
fn the_residue_example_g2_is_gone_through_byte_for_byte() {
    let script = Script::new(
        "0022C1A40F800A04007F00070202040102830101",
        [
            (0, "", 0x80, "854D8DF5827FA6852D1A4FA701CDDDCA"),
            (
                0x81,
                "23FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB13D1DEBCE9A3666DBCFC920B49174A602CB47965CAA73DC702489A4\
                 4D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022DCB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C",
                0x82,
                "78879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19E004706FACE7B235C2DBF2F38748312F3C98C2DD4882\
                 A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F2449400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE6",
            ),
            (
                0x83,
                "907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D04369F29A02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08F\
                 A8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D4",
                0x84,
                "075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC\
                 71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA1",
            ),
            (0x85, "B46DD9BD4D98381F", 0x86, "917F37B5C0E6D8D1"),
        ],
    );
    let secrets = [
        "5265030F751F4AD18B08AC565FC7AC952E41618D",
        "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA",
    ];
    assert!(run_script(RESIDUES_ACCESS, script, secrets).is_ok());
}

#[test]
fn a_card_that_does_not_know_the_number_and_one_that_breaks_the_protocol_are_told_apart() {
    let mut script = curve_script();
    script.0[0].1 = hex("6300");
    assert_eq!(
        run_script(CURVE_ACCESS, script, CURVE_SECRETS).err(),
        Some(PaceError::WrongKey)
    );

    let mut script = curve_script();
    script.0[0].1 = [tlv::object(DYNAMIC, &tlv::object(0x86, &[0; 8])), hex("9000")].concat();
    assert_eq!(
        run_script(CURVE_ACCESS, script, CURVE_SECRETS).err(),
        Some(PaceError::WrongKey)
    );

    let mut script = curve_script();
    script.0[4].1 = hex("6982");
    assert_eq!(
        run_script(CURVE_ACCESS, script, CURVE_SECRETS).err(),
        Some(PaceError::Refused(0x6982))
    );

    for broken in ["9000", "7C009000", "7C0382010490 00", "3000 9000"] {
        let mut script = curve_script();
        script.0[2].1 = hex(broken);
        assert_eq!(
            run_script(CURVE_ACCESS, script, CURVE_SECRETS).err(),
            Some(PaceError::Broken)
        );
    }
}

#[test]
fn the_strongest_offer_that_is_known_is_taken() {
    // Integrated mapping, AES-128 on P-256, AES-256 on brainpoolP256r1, AES-256 on residues, a curve nobody has.
    let infos = [
        "3012060A04007F0007020204040402010202010D",
        "3012060A04007F0007020204020202010202010C",
        "3012060A04007F0007020204020402010202010D",
        "3012060A04007F00070202040104020102020102",
        "3012060A04007F0007020204020402010202010B",
    ];
    let card_access = tlv::object(0x31, &hex(&infos.concat()));
    let offer = offered(&card_access).unwrap();
    assert_eq!(
        (offer.suite, offer.parameters, offer.ambiguous),
        (Suite::Aes256, 13, false)
    );
    let twice = [infos[2], "3012060A04007F0007020204020402010202010C"].concat();
    let offer = offered(&tlv::object(0x31, &hex(&twice))).unwrap();
    assert!(offer.ambiguous && offer.parameters == 13);
    assert!(offered(&hex("3100")).is_none());
    assert!(offered(&hex("31")).is_none());
}

#[test]
fn a_can_is_six_digits_and_is_not_printed() {
    assert!(Can::new("12345").is_none() && Can::new("12345a").is_none());
    assert_eq!(format!("{:?}", Can::new("123456").unwrap()), "Can(hidden)");
}
