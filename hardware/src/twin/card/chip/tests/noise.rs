//! Whatever comes: no panic, and nothing of a person without a key.

use proptest::prelude::*;

use super::terminal::Terminal;
use super::*;

/// Commands that the chip knows, with parameters and data that are often right.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let class = prop_oneof![6 => Just(0x00_u8), 2 => Just(0x0C), 1 => Just(0x10), 1 => any::<u8>()];
    let instruction = prop::sample::select(vec![0xA4_u8, 0xB0, 0xB1, 0x84, 0x82, 0x22, 0x86, 0x88, 0xC0, 0xCA]);
    let parameters = prop_oneof![
        prop::sample::select(vec![
            [0_u8, 0],
            [2, 0x0C],
            [4, 0x0C],
            [4, 0],
            [0xC1, 0xA4],
            [0x41, 0xA4],
            [0x41, 0xA6],
            [1, 13]
        ]),
        any::<[u8; 2]>(),
    ];
    let data = prop_oneof![
        prop::sample::select(vec![
            "",
            "011E",
            "0101",
            "010D",
            "011C",
            "A0000002471001",
            "540100",
            "7C00",
            "7C028000",
            "800A04007F00070202040202830102",
            "9701048E080000000000000000",
        ])
        .prop_map(hex),
        prop::collection::vec(any::<u8>(), 0..80),
    ];
    let end = prop_oneof![
        Just(vec![]),
        Just(vec![0]),
        Just(vec![8]),
        any::<u8>().prop_map(|le| vec![le])
    ];
    (class, instruction, parameters, data, end).prop_map(|(class, instruction, [p1, p2], data, end)| {
        let mut command = vec![class, instruction, p1, p2];
        if !data.is_empty() {
            command.push(data.len() as u8);
            command.extend(data);
        }
        command.extend(end);
        command
    })
}

fn holds(answer: &[u8], secret: &[u8]) -> bool {
    answer.windows(secret.len()).any(|bytes| bytes == secret)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn without_a_key_no_row_of_commands_gets_anything_of_a_person(
        commands in prop::collection::vec(prop_oneof![9 => command(), 1 => prop::collection::vec(any::<u8>(), 0..20)], 1..40),
        sample in prop::sample::select(vec!["nguyen-van-am", "pace-only", "bac-and-pace"]),
    ) {
        let mut chip = chip(sample);
        let person = find(sample).unwrap();
        for command in commands {
            let answer = tell(&mut chip, &command);
            prop_assert!(answer.len() >= 2);
            for secret in [person.number, person.name, person.can] {
                prop_assert!(!holds(&answer, secret.as_bytes()), "{command:02X?}");
            }
            // A key share of PACE is the longest that a stranger gets.
            prop_assert!(answer.len() <= 2 + 2 + 2 + 65, "{command:02X?}: {answer:02X?}");
        }
    }

    #[test]
    fn in_a_session_any_bytes_under_a_right_mac_are_answered_and_the_session_goes_on(
        instruction in prop::sample::select(vec![0xA4_u8, 0xB0, 0xB1, 0x22, 0x86, 0x88, 0x84]),
        parameters in any::<[u8; 2]>(),
        data in prop::collection::vec(any::<u8>(), 0..60),
        le in prop::option::of(any::<u8>()),
    ) {
        let mut terminal = Terminal::opened("nguyen-van-am");
        let header = [0x0C, instruction, parameters[0], parameters[1]];
        let le = le.map(|le| [le]);
        let answered = terminal.send(&header, &data, le.as_ref().map(|le| le.as_slice()));
        prop_assert!(answered.is_ok(), "{answered:?}");
        prop_assert_eq!(terminal.select(0x0101), Ok(0x9000));
    }

    #[test]
    fn any_trouble_at_any_command_leaves_a_chip_that_still_takes_commands(
        trouble in prop::sample::select(CardTrouble::ALL.to_vec()),
        after in 0_u32..6,
        commands in prop::collection::vec(command(), 1..12),
    ) {
        let mut chip = broken("bac-and-pace", trouble, after);
        for command in commands {
            match chip.command(&command) {
                Reaction::Answer { bytes, .. } => prop_assert!(!bytes.is_empty()),
                Reaction::Silence => prop_assert_eq!(trouble, CardTrouble::Silent),
                Reaction::Gone => prop_assert_eq!(trouble, CardTrouble::Pulled),
            }
        }
    }
}
