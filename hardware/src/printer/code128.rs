//! Code 128 as bars (ISO/IEC 15417), for data as `GS k` takes it.

const START_B: usize = 104;
const STOP: &str = "2331112";

/// Widths of bars and spaces of the symbol characters 0 to 105.
const WIDTHS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
];

#[cfg_attr(
    not(feature = "virtual"),
    expect(dead_code, reason = "only the virtual printer reads commands")
)]
/// The text of `{B…` data; other code sets are not understood.
pub fn text(data: &[u8]) -> Option<String> {
    let body = data.strip_prefix(b"{B")?;
    let text = String::from_utf8(body.to_vec()).ok()?.replace("{{", "{");
    text.bytes().all(|byte| (0x20..0x7F).contains(&byte)).then_some(text)
}

/// Modules from left to right, true for black.
pub fn modules(text: &str) -> Vec<bool> {
    let values: Vec<usize> = text.bytes().map(|byte| usize::from(byte) - 32).collect();
    let sum: usize = values.iter().zip(1..).map(|(value, place)| value * place).sum();
    let mut modules = Vec::new();
    for value in [START_B].into_iter().chain(values).chain([(START_B + sum) % 103]) {
        push(&mut modules, WIDTHS[value]);
    }
    push(&mut modules, STOP);
    modules
}

fn push(modules: &mut Vec<bool>, widths: &str) {
    for (at, width) in widths.bytes().enumerate() {
        modules.extend(std::iter::repeat_n(at % 2 == 0, usize::from(width - b'0')));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_character_is_eleven_modules_with_an_even_number_of_black_ones_and_different_from_all_others() {
        let mut seen = HashSet::new();
        for widths in WIDTHS {
            let widths: Vec<u32> = widths.bytes().map(|width| u32::from(width - b'0')).collect();
            assert_eq!(widths.iter().sum::<u32>(), 11);
            assert_eq!(widths.iter().step_by(2).sum::<u32>() % 2, 0, "{widths:?}");
            assert!(seen.insert(widths));
        }
    }

    #[test]
    fn a_symbol_is_as_wide_as_the_encoder_thinks() {
        assert_eq!(modules("A-12").len(), 11 * (4 + 2) + 13);
        assert_eq!(text(b"{BA{{1").as_deref(), Some("A{1"));
        assert_eq!(text(b"{C\x01"), None);
    }
}
