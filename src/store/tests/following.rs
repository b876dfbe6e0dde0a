//! What comes after handing in: news that are kept, requests that are owed, a refused dossier that is mended.

use super::*;
use crate::dossier::{ActKind, ShownCard, ShownHow};
use crate::store::follow::{NewsToKeep, Receipt, Stage};

const CODE: &str = "000.00.06.H56-261122-0361";

fn receipt(state: &str) -> Receipt {
    Receipt {
        code: CODE.to_owned(),
        state: state.to_owned(),
        received_on: None,
        due_on: None,
    }
}

fn shown() -> ShownCard {
    ShownCard {
        how: ShownHow::Chip,
        at: morning(),
    }
}

fn withdrawal() -> Act {
    Act::Withdrawal {
        code: CODE.to_owned(),
        shown: shown(),
        reason: None,
    }
}

/// Seals a request without papers to the dossier with [`CODE`].
fn request(store: &mut Store, number: u128, act: Act) -> Kept {
    let id = draft(store, number, "{}");
    let row = SealedDossier {
        file_count: 0,
        act,
        ..sealed_dossier(number)
    };
    store.seal(id, &row, minutes_later(5)).unwrap()
}

#[test]
fn a_withdrawal_said_twice_is_one_and_its_slip_leads_to_the_dossier() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let dossier = kept(&mut store, 1, morning());
    store.received(dossier.id, &receipt("1"), minutes_later(1)).unwrap();

    let first = request(&mut store, 2, withdrawal());
    let second = request(&mut store, 3, withdrawal());
    assert_eq!(first, second);
    assert_eq!(store.owed().unwrap().len(), 1);
    assert!(
        store.load_draft(Uuid::from_u128(3)).is_err(),
        "the second draft is forgotten"
    );
    assert_eq!(store.owed_about(CODE).unwrap(), Some(ActKind::Withdrawal));
    let known = store.follow(&first.slip_number).unwrap().unwrap();
    assert_eq!((known.id, known.kind), (dossier.id, ActKind::Dossier));

    // The province's answer to it is news of the dossier.
    store.received(first.id, &receipt("7"), minutes_later(6)).unwrap();
    assert_eq!(store.owed_about(CODE).unwrap(), None);
    let known = store.follow(CODE).unwrap().unwrap();
    assert_eq!((known.id, known.as_of), (dossier.id, Some(minutes_later(6))));
    assert_eq!(known.receipt.unwrap().state, "7");
    let third = request(&mut store, 4, withdrawal());
    assert_eq!(third, first, "withdrawn is withdrawn");
}

#[test]
fn the_slip_of_a_request_to_a_dossier_of_another_kiosk_tells_its_code() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let request = request(&mut store, 2, withdrawal());
    let known = store.follow(&request.slip_number).unwrap().unwrap();
    assert_eq!((known.kind, known.about.as_deref()), (ActKind::Withdrawal, Some(CODE)));
}

#[test]
fn a_refused_dossier_is_mended_under_a_new_key_and_closed_in_the_same_moment() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let old = kept(&mut store, 1, morning());
    store.refused(old.id, "Thiếu chữ ký").unwrap();
    let refused = store.refused_dossier(old.id).unwrap();
    assert_eq!(refused.answers.as_slice(), b"answers");
    assert_eq!((refused.revision, refused.bound.len()), (1, 2));

    let new = DraftRow {
        id: Uuid::from_u128(9),
        procedure: refused.procedure,
        answers: plain("mended"),
    };
    store.reopen(old.id, &new, minutes_later(3)).unwrap();
    // One file is scanned anew, the other comes along.
    store.drop_pages(new.id, "TP02").unwrap();
    assert_eq!(store.bound_parts(new.id).unwrap(), ["TP01"]);
    assert_eq!(
        store.bound_parts(old.id).unwrap(),
        ["TP01", "TP02"],
        "the old one is whole"
    );

    let row = SealedDossier {
        act: Act::Revision {
            number: 2,
            dossier: old.id,
            replaces: refused.request_key,
        },
        ..sealed_dossier(9)
    };
    let mended = store.seal(new.id, &row, minutes_later(4)).unwrap();
    bind(&mut store, new.id, &files()[1..]);
    let names: Vec<_> = store
        .dossier_files(new.id)
        .unwrap()
        .into_iter()
        .map(|file| file.name)
        .collect();
    assert_eq!(names, ["don.pdf", "giay.pdf"]);
    let whole = |store: &mut Store, id| {
        let file = store.dossier_files(id).unwrap().remove(0);
        store.open_file(file.id).unwrap().read_whole().unwrap()
    };
    assert_eq!(
        whole(&mut store, new.id).as_slice(),
        whole(&mut store, old.id).as_slice()
    );

    let waiting: Vec<_> = store
        .due(minutes_later(5))
        .unwrap()
        .into_iter()
        .map(|owed| owed.dossier)
        .collect();
    assert_eq!(waiting, [new.id], "never two of them");
    assert_eq!(store.known(old.id).unwrap().stage, Stage::Closed);
    assert!(store.send_again(old.id, minutes_later(6)).is_err());
    let known = store.follow(&old.slip_number).unwrap().unwrap();
    assert_eq!((known.slip_number, known.revision), (mended.slip_number, 2));
}

#[test]
fn a_dossier_that_was_sent_again_meanwhile_takes_no_revision() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let old = kept(&mut store, 1, morning());
    store.refused(old.id, "Thiếu chữ ký").unwrap();
    let refused = store.refused_dossier(old.id).unwrap();
    let new = DraftRow {
        id: Uuid::from_u128(9),
        procedure: refused.procedure,
        answers: plain("mended"),
    };
    store.reopen(old.id, &new, minutes_later(3)).unwrap();
    store.send_again(old.id, minutes_later(4)).unwrap();
    let row = SealedDossier {
        act: Act::Revision {
            number: 2,
            dossier: old.id,
            replaces: refused.request_key,
        },
        ..sealed_dossier(9)
    };
    assert!(store.seal(new.id, &row, minutes_later(5)).is_err());
    // Whoever walks away now has lost nothing of the first.
    store.discard_draft(new.id).unwrap();
    assert_eq!(store.dossier_files(old.id).unwrap().len(), 2);
    assert!(store.refused_dossier(old.id).is_err(), "it is not with staff");
}

#[test]
fn news_are_kept_until_newer_ones_and_asked_for_at_a_gentle_pace() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let [one, two] = [1, 2].map(|number| kept(&mut store, number, morning()));
    for (kept, code) in [(&one, "A-1"), (&two, "A-2")] {
        let receipt = Receipt {
            code: code.to_owned(),
            ..receipt("1")
        };
        store.received(kept.id, &receipt, minutes_later(1)).unwrap();
    }
    let age = SignedDuration::from_mins(60);
    assert!(store.to_ask_about(age, 5, minutes_later(30)).unwrap().is_empty());
    assert_eq!(
        store.to_ask_about(age, 1, minutes_later(70)).unwrap(),
        [(one.id, "A-1".to_owned())]
    );
    assert_eq!(
        store.to_ask_about(age, 5, minutes_later(70)).unwrap(),
        [(two.id, "A-2".to_owned())]
    );
    assert!(
        store.to_ask_about(age, 5, minutes_later(80)).unwrap().is_empty(),
        "asked is asked"
    );

    let news = |over| NewsToKeep {
        news: "{\"state\":\"done\"}".to_owned(),
        over,
        finished: None,
    };
    store.remember_news(one.id, &news(false), minutes_later(71)).unwrap();
    store.remember_news(two.id, &news(true), minutes_later(72)).unwrap();
    let known = store.known(one.id).unwrap();
    assert_eq!(
        (known.news, known.as_of),
        (Some(news(false).news), Some(minutes_later(71)))
    );
    let later = store.to_ask_about(age, 5, minutes_later(300)).unwrap();
    assert_eq!(later, [(one.id, "A-1".to_owned())], "what is over is not asked for");
}
