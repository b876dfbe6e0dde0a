//! Whose turn it is, in the running outbox.

use super::*;
use crate::outbox::pace::TROUBLE_FAILURES_MIN;

#[tokio::test(flavor = "multi_thread")]
async fn two_big_dossiers_are_sent_in_turns() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let province = Arc::new(Scripted::default());
    let big = 2 * TURN_BYTES_MAX as usize + 1;
    for _ in 0..2 {
        store.call(move |store| keep(store, "1.001776", &[big])).await.unwrap();
    }
    let mut running = start(&store, &province, up(), QUICK);
    for _ in 0..2 {
        assert!(matches!(running.next().await, News::Received { .. }));
    }
    let begun: Vec<_> = province
        .begun
        .lock()
        .unwrap()
        .iter()
        .map(|(slip, _)| slip.clone())
        .collect();
    let (first, second) = (begun[0].clone(), begun[1].clone());
    assert_ne!(first, second);
    assert_eq!(
        begun,
        [&first, &second, &first, &second, &first, &second].map(String::clone)
    );
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nothing_gets_through_for_anybody_one_at_a_time_goes_to_see() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    const FAILURES: usize = 14;
    let busy = || later(Later::Busy { status: 503 });
    let province = Arc::new(Scripted {
        slow: Duration::from_millis(100),
        ..Scripted::answering((0..FAILURES).map(|_| busy()))
    });
    for _ in 0..6 {
        store
            .call(move |store| keep(store, "1.001776", &[1_000]))
            .await
            .unwrap();
    }
    let mut running = start(&store, &province, up(), QUICK);
    for _ in 0..6 {
        assert!(matches!(running.next_answer().await, News::Received { .. }));
    }
    let begun = province.begun.lock().unwrap().clone();
    // One may have been under way beside the last of those that made it a trouble.
    let alone = &begun[TROUBLE_FAILURES_MIN as usize + 1..FAILURES];
    assert!(alone.iter().all(|(_, under_way)| *under_way == 1), "{begun:?}");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_big_dossier_on_a_slow_line_holds_no_small_one_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let province = Arc::new(Scripted {
        slow_big: Some(Duration::from_secs(3)),
        ..Scripted::default()
    });
    let big = SMALL_BYTES_MAX as usize + 1;
    for lengths in [vec![big], vec![big], vec![10], vec![20]] {
        store
            .call(move |store| keep(store, "1.001776", &lengths))
            .await
            .unwrap();
    }
    let mut running = start(&store, &province, up(), QUICK);
    for small in [10, 20] {
        assert!(matches!(running.next().await, News::Received { .. }));
        assert_eq!(province.handed().last().unwrap().2, small);
    }
    for _ in 0..2 {
        assert!(matches!(running.next().await, News::Received { .. }));
    }
    running.end().await;
}
