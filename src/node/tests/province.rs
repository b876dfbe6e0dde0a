//! A province that sees its centres' halls, also after a day without a line.

use super::leaves::{leaf, province};
use super::proxy::{Line, Proxy};
use super::*;
use crate::hall::centres::{Centre, CentreDay, Centres};
use crate::hall::day::{DayBook, DayView, export};
use crate::hall::jetstream::Away;
use crate::hall::log::Message;

/// A mirror that has lost its line looks for it again within a minute.
const AGAIN: Duration = Duration::from_secs(120);

fn centre(id: &str) -> Centre {
    Centre {
        id: id.into(),
        name: format!("Trung tâm {id}"),
        domain: id.into(),
        series: series(),
    }
}

/// A centre's log of today, as these servers have it.
async fn told(nats: &Nats, id: &str) -> Result<Vec<Message>, Away> {
    let log = JetStream::connect(&servers(id, nats.urls(), 1), "reader").await?;
    log.since(Day::in_vietnam(Timestamp::now()), Sequence(0)).await
}

/// The centre's own figures, up to its last event.
async fn own_figures(nats: &Nats, id: &str) -> DayView {
    let mut book = DayBook::new(Day::in_vietnam(Timestamp::now()));
    let messages = told(nats, id).await.unwrap();
    messages
        .iter()
        .filter_map(Message::logged)
        .for_each(|logged| book.apply(&logged));
    book.view(&series(), Timestamp::MIN)
}

/// A day of a kiosk and a counter: so many people, every fifth does not come.
async fn works(kiosk: &AtWork, people: u32) {
    for person in 0..people {
        kiosk.draws().await;
        kiosk.acts("1", Act::Next).await.unwrap();
        if person % 5 == 4 {
            kiosk.acts("1", Act::Absent).await.unwrap();
        } else {
            kiosk.acts("1", Act::Start).await.unwrap();
            kiosk.acts("1", Act::Done).await.unwrap();
        }
    }
}

/// Without what goes on by itself, for the two look at different moments.
fn still(mut view: DayView) -> DayView {
    view.until = 0;
    for counter in &mut view.counters {
        (counter.open_secs, counter.busy_secs) = (0, 0);
    }
    view
}

async fn current(centres: &Centres, wanted: usize, when: &str) -> Vec<CentreDay> {
    let began = Instant::now();
    loop {
        let now = Timestamp::now();
        let days = centres.day(Day::in_vietnam(now), now).await;
        match days {
            Ok(days) if days.iter().filter(|day| day.current).count() == wanted => return days,
            other => assert!(
                began.elapsed() < AGAIN,
                "not {wanted} of the centres are heard {when}: {other:?}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provinces_figures_are_the_centres_also_after_a_day_without_a_line() {
    let (mut hub, leaves) = province();
    let line = Proxy::to(&format!("nats://{leaves}")).await;
    let near = leaf("binh-minh", leaves);
    let far = leaf("hoa-son", line.address);
    let one = begun("K01", &servers("binh-minh", near.urls(), 1)).await;
    let two = begun("K01", &servers("hoa-son", far.urls(), 1)).await;
    for kiosk in [&one, &two] {
        kiosk.ready().await;
        kiosk.acts("1", open("A")).await.unwrap();
    }
    let log = JetStream::connect(&servers("province", hub.urls(), 1), "province")
        .await
        .unwrap();
    let centres = Centres::new(log, vec![centre("binh-minh"), centre("hoa-son")]);
    centres.begin().await.unwrap();
    works(&one, 3).await;
    works(&two, 2).await;
    let days = current(&centres, 2, "at first").await;
    assert_eq!(days.iter().map(|day| day.view.total.drawn).collect::<Vec<_>>(), [3, 2]);

    // One goes on for a day without a line: it is told as it was, and since when.
    line.set(Line::Silent);
    works(&two, 60).await;
    works(&one, 5).await;
    let days = current(&centres, 1, "while the line is cut").await;
    assert!(days[0].current && days[0].silent_since.is_none());
    assert!(!days[1].current && days[1].silent_since.is_some());
    assert_eq!(days.iter().map(|day| day.view.total.drawn).collect::<Vec<_>>(), [8, 2]);

    // The line is back, and the province's own server dies while it catches up.
    line.set(Line::Holds);
    tokio::time::sleep(Duration::from_secs(1)).await;
    hub.kill(0);
    works(&one, 5).await;
    hub.restart(0);
    let days = current(&centres, 2, "after it").await;
    for (day, nats) in days.iter().zip([&near, &far]) {
        let own = own_figures(nats, &day.id).await;
        assert_eq!(still(day.view.clone()), still(own.clone()), "{}", day.id);
        assert_eq!(export::hours(&day.view), export::hours(&own));
        // Each event where and when the centre has it.
        assert_eq!(told(&hub, &day.id).await.unwrap(), told(nats, &day.id).await.unwrap());
    }
    assert_eq!(
        days.iter().map(|day| day.view.total.drawn).collect::<Vec<_>>(),
        [13, 62]
    );

    // A centre loses its log, and its kiosk writes it again: another log, which the province reads anew.
    let whole = told(&far, "hoa-son").await.unwrap().len();
    let client = async_nats::connect(&far.urls()[0]).await.unwrap();
    async_nats::jetstream::new(client)
        .delete_stream("HALL-hoa-son")
        .await
        .unwrap();
    let began = Instant::now();
    while told(&far, "hoa-son").await.map_or(0, |events| events.len()) < whole {
        assert!(began.elapsed() < AGAIN, "not written again");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    centres.begin().await.unwrap();
    let days = current(&centres, 2, "after a log was lost").await;
    assert_eq!(days[1].view.total.drawn, 62);
    assert_eq!(still(days[1].view.clone()), still(own_figures(&far, "hoa-son").await));
}
