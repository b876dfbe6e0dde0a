//! Pages that become files before the first attempt.

use image::codecs::jpeg::JpegEncoder;
use serde_json::json;

use super::*;
use crate::dossier::{Judged, PageMeta, Scans};
use crate::province::ScannedPaper;

fn jpeg(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let page = image::RgbImage::from_pixel(60, 90, image::Rgb([shade, 90, 90]));
    JpegEncoder::new(&mut bytes).encode_image(&page).unwrap();
    bytes
}

/// A dossier of one paper that was told to have `told` pictures, and has `pages`.
fn keep_pages(store: &mut Store, told: u32, pages: &[Vec<u8>]) -> Uuid {
    let (id, now) = (Uuid::now_v7(), Timestamp::now());
    let draft = DraftRow {
        id,
        procedure: "1.001776".to_owned(),
        answers: Plain::new(b"{}".to_vec()),
    };
    store.save_draft(&draft, now).unwrap();
    let meta = PageMeta {
        width_px: 60,
        height_px: 90,
        dpi: 300,
    };
    for page in pages {
        let meta = serde_json::to_vec(&meta).unwrap();
        store.add_page(id, "TC-TOKHAI", page, &meta).unwrap();
    }
    let mut scans = Scans::default();
    (0..told).for_each(|_| scans.add(Judged::Fine, [7; 32]));
    let mut package = package("1.001776");
    package.papers = vec![ScannedPaper {
        part: "TC-TOKHAI".parse().unwrap(),
        title: "Tờ khai".to_owned(),
        scans,
    }];
    let dossier = SealedDossier {
        key: Uuid::now_v7(),
        fields: fields_of(&package).unwrap(),
        file_count: 1,
        act: Act::HandIn,
        facts: Facts::default(),
    };
    store.seal(id, &dossier, now).unwrap();
    id
}

#[tokio::test]
async fn pages_are_bound_once_and_every_try_sends_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let later = Answer::Later {
        wait: None,
        why: Later::Broken,
    };
    let province = Arc::new(Scripted::answering([later]));
    let id = store
        .call(|store| keep_pages(store, 2, &[jpeg(9), jpeg(200)]))
        .await
        .unwrap();
    let mut running = start(&store, &province, up(), QUICK);
    assert!(matches!(running.next().await, News::Received { dossier, .. } if dossier == id));
    running.end().await;

    let handed = province.handed();
    assert_eq!(handed.len(), 2);
    assert!(handed[0].2 > 1000 && handed[0] == handed[1], "{handed:?}");
    let (files, pages) = store
        .call(move |store| (store.dossier_files(id).unwrap(), store.pages(id).unwrap()))
        .await
        .unwrap();
    assert_eq!((files.len(), pages.len()), (1, 0));
    let about: serde_json::Value = serde_json::from_str(&files[0].about).unwrap();
    assert_eq!(about["scans"]["images"], json!(2));
}

#[tokio::test]
async fn a_dossier_that_lost_a_page_or_whose_page_is_no_picture_goes_to_staff_and_is_not_sent() {
    for (told, pages) in [(3, vec![jpeg(9), jpeg(200)]), (1, vec![b"no picture".to_vec()])] {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(folder.path());
        let province = Arc::new(Scripted::default());
        let id = store.call(move |store| keep_pages(store, told, &pages)).await.unwrap();
        let mut running = start(&store, &province, up(), QUICK);
        assert!(matches!(running.next().await, News::Refused { dossier, .. } if dossier == id));
        running.end().await;

        assert_eq!(province.handed().len(), 0);
        let owed = store.call(Store::owed).await.unwrap().unwrap();
        assert!(owed[0].words.as_deref().unwrap().contains("kỹ thuật viên"));
        let left = store.call(move |store| store.pages(id).unwrap().len()).await.unwrap();
        assert!(left > 0, "the pages are still there for whoever can mend it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_all_who_wait_are_made_ready_and_one_that_cannot_be_goes_to_staff() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let unreachable = || later(Later::Unreachable);
    let province = Arc::new(Scripted::answering([unreachable(), unreachable()]));
    for _ in 0..2 {
        store.call(|store| keep(store, "1.001776", &[])).await.unwrap();
    }
    let link = Arc::new(AtomicBool::new(false));
    let mut running = start(&store, &province, Switch(Arc::clone(&link)), QUICK);
    assert_eq!(running.next().await, News::Link(Link::Down));

    let torn = store
        .call(|store| keep_pages(store, 1, &[b"no picture".to_vec()]))
        .await
        .unwrap();
    for _ in 0..3 {
        store.call(|store| keep_pages(store, 1, &[jpeg(9)])).await.unwrap();
    }
    assert!(matches!(running.next_answer().await, News::Refused { dossier, .. } if dossier == torn));
    let began = Instant::now();
    while !store
        .call(|store| store.due_with_pages(Timestamp::now()).unwrap().is_empty())
        .await
        .unwrap()
    {
        assert!(began.elapsed() < Duration::from_secs(20), "not bound");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(province.handed().len() <= 2, "nobody was asked");

    link.store(true, Ordering::Relaxed);
    for _ in 0..5 {
        assert!(matches!(running.next_answer().await, News::Received { .. }));
    }
    running.end().await;
}
