//! Signing from afar between the client and the stand-in, and answers that are none.

use super::{
    odd::{Odd, say},
    *,
};
use crate::dossier::{Content, RemoteSignature, Scans, Signature};
use crate::remote::{Asking, By, Told, WhyNot, Word};

const SITE: &str = "Trung tâm Phục vụ hành chính công xã Mẫu";
const HASH: [u8; 32] = [3; 32];

fn content() -> Content {
    Content {
        procedure: "1.013040".parse().unwrap(),
        version: 1,
        procedure_name: "Kê khai hoạt động chăn nuôi".to_owned(),
        signer: "001046000001".parse().unwrap(),
        applicant: "001046000001".parse().unwrap(),
        answers: vec![
            ("ConGi".to_owned(), FormAnswer::Choice("lon".to_owned())),
            ("SoCon".to_owned(), FormAnswer::Number("20".to_owned())),
            ("SoDienThoai".to_owned(), FormAnswer::Phone("0900000001".to_owned())),
        ],
        consents: vec![("giai-quyet-thu-tuc-hanh-chinh".to_owned(), "2026-11-2".to_owned())],
        papers: vec![("KK-TOKHAI".parse().unwrap(), vec![HASH])],
    }
}

fn asking(content: &Content) -> Asking {
    Asking {
        key: Uuid::now_v7(),
        by: By::Sim {
            phone: "0900000001".to_owned(),
        },
        signer: content.signer.clone(),
        statement: statement(content, SITE),
    }
}

fn begun(answer: Answer<Begun>) -> Told {
    match answer {
        Answer::Received(Begun::Told(told)) => told,
        other @ (Answer::Received(Begun::No(_)) | Answer::Later { .. } | Answer::Refused { .. }) => panic!("{other:?}"),
    }
}

fn received(answer: Answer<Told>) -> Told {
    match answer {
        Answer::Received(told) => told,
        other @ (Answer::Later { .. } | Answer::Refused { .. }) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_telephone_is_asked_once_whatever_answers_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    let standin = StandIn::start(folder.path());
    let client = client(&standin.base());
    let asking = asking(&content());
    standin.fault(json!({ "mode": "lose-answer", "count": 1 })).await;
    let lost = client.begin_signing(&asking).await;
    assert!(matches!(lost, Answer::Later { .. }), "{lost:?}");
    let told = begun(client.begin_signing(&asking).await);
    assert_eq!(
        (told.word, told.statement_sha256),
        (Word::Waiting, asking.statement.sha256())
    );
    assert_eq!(received(client.signing(&told.request.transaction).await), told);
    let all = standin.admin("signings").await;
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["asked"]["SoDienThoai"], json!("0900000001"));

    let answer = format!("signings/{}", told.request.transaction);
    standin.post(&answer, json!({ "state": "da-ky" })).await;
    let signed = received(client.signing(&told.request.transaction).await);
    assert!(matches!(signed.word, Word::Signed { .. }));
    assert_eq!(
        begun(client.begin_signing(&asking).await),
        signed,
        "the same key is the same signing"
    );
}

#[tokio::test]
async fn no_is_told_apart_and_what_nobody_waits_for_is_taken_back_by_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let standin = StandIn::start(folder.path());
    let client = client(&standin.base());
    let asking = asking(&content());
    let no = |why| Answer::Received(Begun::No(why));
    standin
        .post("signings", json!({ "without_key": ["001046000001"] }))
        .await;
    assert_eq!(client.begin_signing(&asking).await, no(WhyNot::NotOffered));
    standin.post("signings", json!({ "closed": true })).await;
    assert_eq!(client.begin_signing(&asking).await, no(WhyNot::NotTaken));
    standin.post("signings", json!({})).await;

    let told = begun(client.begin_signing(&asking).await);
    assert_eq!(client.take_signing_back(asking.key).await, Answer::Received(()));
    assert_eq!(
        client.take_signing_back(asking.key).await,
        Answer::Received(()),
        "and again"
    );
    let gone = client.signing(&told.request.transaction).await;
    assert!(matches!(gone, Answer::Later { .. }), "{gone:?}");
    // Left before the question came: what comes late under the key begins nothing.
    let late = Asking {
        key: Uuid::now_v7(),
        ..asking.clone()
    };
    assert_eq!(client.take_signing_back(late.key).await, Answer::Received(()));
    assert_eq!(client.begin_signing(&late).await, no(WhyNot::NotTaken));
    // It has ended by itself: there is nothing left to take.
    let ended = Asking {
        key: Uuid::now_v7(),
        ..asking
    };
    let told = begun(client.begin_signing(&ended).await);
    let answer = format!("signings/{}", told.request.transaction);
    standin.post(&answer, json!({ "state": "tu-choi" })).await;
    assert_eq!(
        received(client.signing(&told.request.transaction).await).word,
        Word::Refused
    );
    assert_eq!(client.take_signing_back(ended.key).await, Answer::Received(()));
}

/// A dossier of this content, with its one file, signed so.
fn signed_package(content: &Content, pages: &Pages, signature: RemoteSignature) -> Package {
    let mut package = package(pages);
    package.procedure = content.procedure.clone();
    package.procedure_version = content.version;
    package.procedure_name.clone_from(&content.procedure_name);
    package.applicant.id_number = content.applicant.as_str().to_owned();
    package.answers.clone_from(&content.answers);
    package.consent.each = content
        .consents
        .iter()
        .map(|(purpose, version)| crate::dossier::ConsentGiven {
            purpose: purpose.clone(),
            version: version.clone(),
            at: package.sealed_at,
        })
        .collect();
    package.consent.purposes = content.consents.iter().map(|(purpose, _)| purpose.clone()).collect();
    package.files[0].part = content.papers[0].0.clone();
    let mut scans = Scans::default();
    scans.add(crate::dossier::Judged::Fine, HASH);
    package.files[0].digitised = Some(Digitised {
        scans,
        facts: hardware::scanner::ocr::Facts::default(),
        codes: vec![],
    });
    package.signature = Some(Signature::Remote(signature));
    package
}

#[tokio::test]
async fn a_dossier_is_taken_with_just_what_was_signed_and_with_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let standin = StandIn::start(folder.path());
    let client = client(&standin.base());
    let content = content();
    let asking = asking(&content);
    let told = begun(client.begin_signing(&asking).await);
    let signature = RemoteSignature {
        key: asking.key,
        transaction: told.request.transaction.clone(),
        statement: asking.statement.0.clone(),
        signed_at: Timestamp::now(),
    };
    let pages = Pages(vec![bytes(100, 3)]);
    let hand_in = async |package: Package| client.hand_in(&package, &pages, &mut Notes::default()).await;
    let whole = || signed_package(&content, &pages, signature.clone());
    let refused = |answer: Answer<Receipt>, words: &str| match answer {
        Answer::Refused { words: said } => assert!(said.contains(words), "{said}"),
        other @ (Answer::Received(_) | Answer::Later { .. }) => panic!("{words}: {other:?}"),
    };
    // The telephone has not answered.
    refused(hand_in(whole()).await, "Không có chữ ký từ xa nào như vậy");
    let answer = format!("signings/{}", told.request.transaction);
    standin.post(&answer, json!({ "state": "da-ky" })).await;

    let mut changed = whole();
    changed.answers[1].1 = FormAnswer::Number("21".to_owned());
    refused(hand_in(changed).await, "Hồ sơ này không phải hồ sơ đã ký");
    let mut other_page = whole();
    other_page.files[0].digitised.as_mut().unwrap().scans.hashes = vec![[4; 32]];
    refused(hand_in(other_page).await, "Hồ sơ này không phải hồ sơ đã ký");
    let mut other_words = whole();
    other_words.signature = Some(Signature::Remote(RemoteSignature {
        statement: "Nộp hồ sơ khác".to_owned(),
        ..signature.clone()
    }));
    refused(hand_in(other_words).await, "Nội dung đã ký không phải như vậy");
    let mut other_person = whole();
    other_person.applicant.id_number = "001046000002".to_owned();
    refused(hand_in(other_person).await, "Chữ ký từ xa là của người khác");

    let package = whole();
    until_received(&client, &package, &pages, &mut Notes::default()).await;
    let dossiers = standin.admin("dossiers").await;
    assert_eq!(dossiers.as_array().unwrap().len(), 1);
    assert_eq!(dossiers[0]["fields"]["ChuKy"]["NoiDungKy"], json!(asking.statement.0));
}

#[tokio::test]
async fn an_answer_of_another_signing_or_of_nobody_is_no_answer() {
    let signed = format!(
        r#"{{"MaGiaoDichKy":"KS99","TrangThai":"da-ky","MaDoiChieu":"4821","HetHan":"20261122091500","NgayKy":"20261122091000","NoiDungKySha256":"{}"}}"#,
        "00".repeat(32)
    );
    for (status, body) in [
        ("200 OK", signed.as_str()),
        ("200 OK", "{}"),
        ("200 OK", "<html>Đăng nhập Wi-Fi</html>"),
        ("404 Not Found", r#"{"title":"Không tìm thấy"}"#),
        ("302 Found", ""),
    ] {
        let answer = say(status, &[], body);
        let odd = Odd::start(move |_, _| Some(answer.clone()));
        let heard = client(&odd.base).signing("KS01").await;
        assert!(matches!(heard, Answer::Later { .. }), "{status} {body}: {heard:?}");
        let asked = client(&odd.base).begin_signing(&asking(&content())).await;
        let is_signed = matches!(&asked, Answer::Received(Begun::Told(told)) if told.word != Word::Waiting);
        // By its own number it would be one; whether it is of these words is for whoever asked.
        assert_eq!(is_signed, body == signed, "{asked:?}");
    }
}
