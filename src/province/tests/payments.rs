//! Payments between the client and the stand-in, and answers that are none.

use super::{
    odd::{Odd, say},
    *,
};
use crate::payment::{Told, Word};

/// A dossier that was handed over; a fault-free stand-in takes it at once.
async fn handed_over(client: &HttpProvince) -> String {
    let pages = Pages(vec![bytes(100, 3)]);
    let package = package(&pages);
    until_received(client, &package, &pages, &mut Notes::default())
        .await
        .code
}

fn received(answer: Answer<Told>) -> Told {
    match answer {
        Answer::Received(told) => told,
        Answer::Later { why, .. } => panic!("later: {why}"),
        Answer::Refused { words } => panic!("refused: {words}"),
    }
}

#[tokio::test]
async fn a_payment_is_begun_once_whatever_answers_are_lost_and_another_key_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let standin = StandIn::start(folder.path());
    let client = client(&standin.base());
    let code = handed_over(&client).await;
    standin.post("payments", json!({ "amount": 115_000 })).await;
    let (key, other) = (Uuid::now_v7(), Uuid::now_v7());

    standin.fault(json!({ "mode": "lose-answer", "count": 1 })).await;
    let lost = client.begin_payment(&code, key).await;
    assert!(matches!(lost, Answer::Later { .. }), "{lost:?}");
    let told = received(client.begin_payment(&code, key).await);
    assert_eq!((told.word, told.bill.amount_dong), (Word::Open, 115_000));
    let page = format!("{}/pay/{}", standin.base(), told.bill.reference);
    assert_eq!(
        told.bill.address.as_ref().map(|address| address.as_str()),
        Some(page.as_str())
    );
    assert_eq!(received(client.begin_payment(&code, other).await), told);

    let reference = told.bill.reference.clone();
    let settle = format!("payments/{reference}");
    standin
        .post(&settle, json!({ "state": "khong-ro", "taken": true }))
        .await;
    assert_eq!(received(client.payment(&reference).await).word, Word::Unclear);
    standin.post(&settle, json!({ "state": "thanh-cong" })).await;
    let paid = received(client.payment(&reference).await);
    assert!(paid.proof.transaction.is_some() && paid.proof.at.is_some());
    let all = standin.admin("payments").await;
    assert_eq!((all.as_array().unwrap().len(), &all[0]["taken"]), (1, &json!(1)));
}

#[tokio::test]
async fn what_cannot_be_paid_by_phone_is_refused_in_the_provinces_words() {
    let folder = tempfile::tempdir().unwrap();
    let standin = StandIn::start(folder.path());
    let client = client(&standin.base());
    let code = handed_over(&client).await;
    let refused = client.begin_payment(&code, Uuid::now_v7()).await;
    assert!(
        matches!(&refused, Answer::Refused { words } if words.contains("Xin hỏi tại quầy")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_answer_of_another_payment_or_of_nobody_is_no_answer() {
    let paid = r#"{"MaThanhToan":"TT99","SoTien":1,"DuongDanThanhToan":"","TrangThai":"thanh-cong","HetHan":""}"#;
    for (status, body) in [
        ("200 OK", paid),
        ("200 OK", "{}"),
        ("200 OK", "<html>Đăng nhập Wi-Fi</html>"),
        ("404 Not Found", r#"{"title":"Không tìm thấy"}"#),
        ("302 Found", ""),
    ] {
        let answer = say(status, &[], body);
        let odd = Odd::start(move |_, _| Some(answer.clone()));
        let heard = client(&odd.base).payment("TT01").await;
        assert!(matches!(heard, Answer::Later { .. }), "{status} {body}: {heard:?}");
    }
    // "Another one counts", and does not say which.
    let answer = say("409 Conflict", &[], r#"{"title":"Đang trả"}"#);
    let odd = Odd::start(move |_, _| Some(answer.clone()));
    let heard = client(&odd.base).begin_payment("X-1", Uuid::now_v7()).await;
    assert!(matches!(heard, Answer::Later { .. }), "{heard:?}");
}
