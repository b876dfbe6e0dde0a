//! As many procedures as a province really has, for measuring: the samples first, then others made from them.
//!
//! A made procedure has the questions, papers, fee and days of a sample and a name of its own: something one
//! does, something it is done with, and often for whom or when. What is done and with what comes from the
//! samples' names and from [`FIELDS`], so that there are about as many different words as in a real list.
//! Nobody should hand anything in to them.

mod fields;

use std::collections::HashSet;

use anyhow::ensure;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::{Value, json};

use self::fields::FIELDS;

/// The most procedures that can be asked for: what the kiosk reads.
pub const PROCEDURES_MAX: usize = 8_000;

/// What fits on a button, by the contract.
const EVERYDAY_CHARS_MAX: usize = 40;
const KEYWORDS_MAX: usize = 12;

/// What is done with a paper: "giấy phép…", "thẻ…".
const WITH_PAPERS: [&str; 9] = [
    "Cấp",
    "Cấp lại",
    "Cấp đổi",
    "Cấp bản sao",
    "Gia hạn",
    "Thu hồi",
    "Điều chỉnh",
    "Sửa đổi, bổ sung",
    "Xác nhận",
];

/// What is done with other things.
const WITH_OTHERS: [&str; 12] = [
    "Đăng ký",
    "Đăng ký lại",
    "Đăng ký thay đổi",
    "Thông báo",
    "Xác nhận",
    "Thẩm định",
    "Phê duyệt",
    "Công nhận",
    "Đề nghị",
    "Chấm dứt",
    "Tạm ngừng",
    "Giải quyết",
];

/// How the name of a paper begins.
const PAPERS: [&str; 8] = ["giấy", "thẻ", "chứng chỉ", "bằng", "phiếu", "mã số", "bản", "sổ"];

/// For whom, when and why; nothing stands there for a third of the names.
const CASES: [&str; 30] = [
    "lần đầu",
    "do bị mất",
    "do hư hỏng",
    "do hết hạn",
    "do thay đổi thông tin",
    "theo uỷ quyền",
    "theo bản án của toà án",
    "có yếu tố nước ngoài",
    "cho người nước ngoài",
    "cho người Việt Nam định cư ở nước ngoài",
    "cho người dưới 14 tuổi",
    "cho người khuyết tật",
    "cho hộ nghèo, hộ cận nghèo",
    "cho đồng bào dân tộc thiểu số",
    "cho thân nhân liệt sĩ",
    "cho cựu chiến binh",
    "cho doanh nghiệp nhỏ và vừa",
    "cho hợp tác xã",
    "cho tổ chức kinh tế",
    "cho cơ quan nhà nước",
    "cho cộng đồng dân cư",
    "tại khu vực biên giới",
    "tại vùng đặc biệt khó khăn",
    "trong khu công nghiệp",
    "trong khu bảo tồn",
    "trên địa bàn một xã",
    "trên địa bàn nhiều xã",
    "thuộc thẩm quyền cấp tỉnh",
    "thuộc thẩm quyền cấp xã",
    "trong trường hợp khẩn cấp",
];

/// A field and one of its things.
struct Subject {
    field_code: String,
    field: String,
    /// As officials call it, and as people do.
    official: String,
    everyday: String,
    /// Two words each.
    keywords: Vec<String>,
}

impl Subject {
    fn verbs(&self) -> &'static [&'static str] {
        if PAPERS.iter().any(|paper| self.official.starts_with(paper)) {
            &WITH_PAPERS
        } else {
            &WITH_OTHERS
        }
    }
}

/// `count` procedures: the samples, and as many others as are wanting. The same seed makes the same.
///
/// # Errors
/// If there is no sample to make others from, or `count` is more than [`PROCEDURES_MAX`] or than there are names.
pub fn many(samples: &[Value], count: usize, seed: u64) -> anyhow::Result<Vec<Value>> {
    ensure!(!samples.is_empty(), "There are no samples to make procedures from");
    ensure!(count <= PROCEDURES_MAX, "More than {PROCEDURES_MAX} procedures");

    let mut rng = StdRng::seed_from_u64(seed);
    let subjects = subjects(samples);
    let mut codes: HashSet<String> = samples.iter().filter_map(|sample| text(sample, "MaTTHC")).collect();
    let named = |sample| [text(sample, "TenTTHC"), text(sample, "TenThuongGoi")];
    let mut names: HashSet<String> = samples.iter().flat_map(named).flatten().collect();
    ensure!(
        count <= samples.len() + subjects.len() * WITH_PAPERS.len() * CASES.len() / 2,
        "There are not so many different names"
    );

    let mut made: Vec<Value> = samples.iter().take(count).cloned().collect();
    while made.len() < count {
        let (Some(sample), Some(subject)) = (samples.choose(&mut rng), subjects.choose(&mut rng)) else {
            continue;
        };
        let Some(verb) = subject.verbs().choose(&mut rng) else {
            continue;
        };
        // What a sample is about needs a case: without one it would be the sample itself.
        let case = CASES
            .choose(&mut rng)
            .filter(|_| subject.keywords.is_empty() || rng.random_ratio(2, 3));
        let case = case.map(|case| format!(" {case}")).unwrap_or_default();
        let name = format!("{verb} {}{case}", subject.official);
        let code = format!("{}.{:06}", rng.random_range(1..=3), rng.random_range(0..1_000_000));
        if !names.contains(&name) && codes.insert(code.clone()) {
            let everyday = Some(format!("{verb} {}{case}", subject.everyday));
            let everyday = everyday.filter(|everyday| everyday.chars().count() <= EVERYDAY_CHARS_MAX);
            names.insert(name.clone());
            // Where there is none, or another has it already, the official name stands for it.
            let everyday = everyday.filter(|everyday| *everyday == name || names.insert(everyday.clone()));
            made.push(procedure(sample, &code, (&name, everyday.as_deref()), subject));
        }
    }
    Ok(made)
}

/// What the samples and [`FIELDS`] are about.
fn subjects(samples: &[Value]) -> Vec<Subject> {
    let of_samples = samples.iter().filter_map(|sample| {
        let name = text(sample, "TenTTHC")?;
        Some(Subject {
            field_code: text(sample, "MaLinhVuc")?,
            field: text(sample, "TenLinhVuc")?,
            everyday: thing(&text(sample, "TenThuongGoi").unwrap_or_else(|| name.clone())),
            official: thing(&name),
            // What the sample is called in daily life is its own.
            keywords: vec![],
        })
    });
    let others = FIELDS.iter().flat_map(|(code, field, things)| {
        things.iter().map(|thing| Subject {
            field_code: (*code).to_owned(),
            field: (*field).to_owned(),
            official: (*thing).to_owned(),
            everyday: (*thing).to_owned(),
            keywords: pairs(thing),
        })
    });
    of_samples.chain(others).collect()
}

/// A name without its verb, as it stands inside a sentence.
fn thing(name: &str) -> String {
    let verbs = WITH_PAPERS.iter().chain(&WITH_OTHERS);
    let rests = verbs.filter_map(|verb| name.strip_prefix(verb));
    let rest = rests.min_by_key(|rest| rest.len()).unwrap_or(name).trim();
    let mut letters = rest.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

/// Neighbours in a name: most Vietnamese words are two syllables.
fn pairs(name: &str) -> Vec<String> {
    let words: Vec<&str> = name.split(' ').map(|word| word.trim_matches(',')).collect();
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    pairs.take(KEYWORDS_MAX).collect()
}

/// The sample under other names. What it is called in English is its own, so this goes.
fn procedure(sample: &Value, code: &str, (name, everyday): (&str, Option<&str>), subject: &Subject) -> Value {
    let mut made = sample.clone();
    if let Some(fields) = made.as_object_mut() {
        for other in ["TenTTHC_en", "TenThuongGoi", "TenThuongGoi_en", "TenLinhVuc_en"] {
            fields.remove(other);
        }
    }
    made["MaTTHC"] = json!(code);
    made["TenTTHC"] = json!(name);
    if let Some(everyday) = everyday {
        made["TenThuongGoi"] = json!(everyday);
    }
    made["TuKhoa"] = json!(subject.keywords);
    made["MaLinhVuc"] = json!(subject.field_code);
    made["TenLinhVuc"] = json!(subject.field);
    made["SuKien"] = json!([]);
    made["SoLuotHoi"] = json!(0);
    made
}

fn text(tree: &Value, name: &str) -> Option<String> {
    tree[name].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
