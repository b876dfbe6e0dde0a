//! A payment as the province writes it. What decides something must be right: a word that is not in the contract, or
//! an amount that cannot be one, is no answer.

use serde_json::Value;

use super::{text, time};
use crate::payment::address::{OddAddress, Pages, PayAddress};
use crate::payment::{AMOUNT_DONG_MAX, Bill, Proof, REFERENCE_CHARS_MAX, Told, Word};

/// The payment, or `None` if this is none. An address that must not be shown is left out, and why.
pub(in crate::province) fn payment(answer: &Value, pages: Pages) -> Option<(Told, Option<OddAddress>)> {
    let word = match text(answer, "TrangThai")? {
        "khoi-tao" => Word::Open,
        "thanh-cong" => Word::Paid,
        "that-bai" => Word::Failed,
        "khong-ro" => Word::Unclear,
        _ => return None,
    };
    let amount_dong = match &answer["SoTien"] {
        Value::Number(number) => number.as_u64()?,
        Value::String(digits) => digits.parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    if !(1..=AMOUNT_DONG_MAX).contains(&amount_dong) {
        return None;
    }
    let address = PayAddress::check(text(answer, "DuongDanThanhToan").unwrap_or_default(), pages);
    let (address, odd) = match address {
        Ok(address) => (Some(address), None),
        // Only what is to be paid needs one.
        Err(why) => (None, (word == Word::Open).then_some(why)),
    };
    let bill = Bill {
        reference: code(answer, "MaThanhToan")?,
        amount_dong,
        address,
        expires_at: time(answer, "HetHan"),
    };
    let proof = Proof {
        transaction: code(answer, "MaGiaoDich"),
        at: time(answer, "ThoiDiem"),
    };
    Some((Told { bill, word, proof }, odd))
}

/// The payment that goes on instead of the one that was asked for, from the province's problem.
pub(in crate::province) fn payment_there(problem: &Value) -> Option<String> {
    code(problem, "MaThanhToan")
}

fn code(value: &Value, name: &str) -> Option<String> {
    let code = text(value, name)?;
    let fits = (1..=REFERENCE_CHARS_MAX).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Value {
        json!({
            "MaThanhToan": "TT01", "SoTien": 115_000, "DuongDanThanhToan": "https://tra.tinh.example/TT01",
            "TrangThai": "khoi-tao", "HetHan": "20261122091500",
        })
    }

    fn bent(name: &str, value: Value) -> Option<(Told, Option<OddAddress>)> {
        let mut answer = answer();
        answer[name] = value;
        payment(&answer, Pages::Secure)
    }

    #[test]
    fn an_answer_that_is_none_decides_nothing() {
        assert!(payment(&answer(), Pages::Secure).is_some());
        for (name, value) in [
            ("TrangThai", json!("THANH-CONG")),
            ("TrangThai", json!("paid")),
            ("TrangThai", json!(null)),
            ("SoTien", json!(0)),
            ("SoTien", json!(-115_000)),
            ("SoTien", json!(115_000.5)),
            ("SoTien", json!(2_000_000_001_u64)),
            ("SoTien", json!("115.000")),
            ("MaThanhToan", json!("")),
            ("MaThanhToan", json!("TT 01")),
            ("MaThanhToan", json!("T".repeat(65))),
        ] {
            assert_eq!(bent(name, value.clone()), None, "{name} {value}");
        }
        let (told, _) = bent("SoTien", json!("115000")).unwrap();
        assert_eq!(told.bill.amount_dong, 115_000, "some servers send all as text");
    }

    #[test]
    fn an_odd_address_is_left_out_and_named_and_the_payment_stands() {
        for odd in [
            json!("javascript:alert(1)"),
            json!("http://tra.tinh.example/"),
            json!(null),
        ] {
            let (told, why) = bent("DuongDanThanhToan", odd).unwrap();
            assert!(told.bill.address.is_none() && why.is_some());
        }
        let mut paid = answer();
        paid["TrangThai"] = json!("thanh-cong");
        paid["DuongDanThanhToan"] = json!("");
        let (told, why) = payment(&paid, Pages::Secure).unwrap();
        assert_eq!((told.word, why), (Word::Paid, None), "what is paid needs no address");
    }
}
