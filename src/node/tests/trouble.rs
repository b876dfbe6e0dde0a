//! Lines that break and servers that die: a citizen does not wait, no number is given twice, none is lost.

use super::proxy::{Line, Proxy};
use super::*;
use crate::hall::{Class, Stage};

/// What a draw may take with everything broken: the wait for the log and the commit, on a machine that builds beside it.
const DRAW_MAX: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kiosk_that_is_cut_off_gives_what_it_has_leased_and_tells_of_it_later() {
    let nats = Nats::start(1);
    let line = Proxy::to(&nats.urls()[0]).await;
    let far = at_work("K02", vec![line.url()], 1).await;
    far.ready().await;
    let near = AtWork::of("K01", &nats).await;
    near.acts("1", open("A")).await.unwrap();
    assert_eq!(near.draws().await, ("A 001".parse().unwrap(), false));

    line.set(Line::Silent);
    let mut apart = vec![];
    for _ in 0..3 {
        let began = Instant::now();
        let (label, is_apart) = far.draws().await;
        assert!(is_apart && label.number >= LEASED_FROM, "{label}");
        assert!(began.elapsed() < DRAW_MAX, "{:?}", began.elapsed());
        apart.push(label);
    }
    assert!(matches!(far.node.standing(), Standing::Apart { .. }));
    let acted = far.acts("2", open("A")).await;
    assert!(matches!(acted, Err(ActError::Apart)), "{acted:?}");
    // The others go on in their row. Whoever shows the paper of the lonely kiosk is served, too.
    assert_eq!(near.draws().await.0, "A 002".parse().unwrap());
    near.acts("1", Act::Call { number: apart[1] }).await.unwrap();
    near.acts("1", Act::Done).await.unwrap();
    let unknown = Act::Call {
        number: "A 650".parse().unwrap(),
    };
    assert!(near.acts("1", unknown).await.is_err());

    line.set(Line::Holds);
    until("told", || near.hall().waiting(letter('A')) == 4).await;
    let hall = agreed(&[&near, &far]).await;
    assert_eq!(hall.place(apart[1]).unwrap().stage, Stage::Done);
    // They have waited since they drew.
    let rules = Rules::default();
    let row = hall.line(letter('A'), &rules, Timestamp::now());
    let wanted = ["A 001".parse().unwrap(), apart[0], apart[2], "A 002".parse().unwrap()];
    assert_eq!(row, wanted);
    assert_eq!(near.draws().await, ("A 003".parse().unwrap(), false));
    assert_eq!(far.draws().await, ("A 004".parse().unwrap(), false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_whose_answer_was_lost_is_voided_and_given_to_nobody() {
    let nats = Nats::start(1);
    let line = Proxy::to(&nats.urls()[0]).await;
    let kiosk = at_work("K01", vec![line.url()], 1).await;
    kiosk.ready().await;
    let other = AtWork::of("K02", &nats).await;

    line.set(Line::LosesAnswers);
    let (label, apart) = kiosk.draws().await;
    assert!(apart && label.number >= LEASED_FROM, "{label}");
    until("in the log", || other.hall().waiting(letter('A')) == 1).await;
    line.set(Line::Holds);
    let ghost: Label = "A 001".parse().unwrap();
    until("voided", || {
        other
            .hall()
            .place(ghost)
            .is_some_and(|place| place.stage == Stage::Void)
    })
    .await;
    until("told", || other.hall().place(label).is_some()).await;
    let hall = agreed(&[&kiosk, &other]).await;
    assert_eq!(hall.waiting(letter('A')), 1, "the one who drew, once");
    assert_eq!(other.draws().await.0, "A 002".parse().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_lease_the_kiosk_says_so_and_gives_no_number() {
    let (hall, store, _folder) = stored("K01", false);
    let nowhere = servers("binh-minh", vec!["nats://127.0.0.1:9".into()], 1);
    let log = JetStream::connect(&nowhere, "K01").await.unwrap();
    let node = Node::together(hall, store, log, "K01", LEASE_NUMBERS);
    let wish = Wish {
        series: letter('A'),
        class: Class::Priority,
    };
    let given = node.draw(wish, false).await;
    assert!(matches!(given, Err(DrawError::NothingLeased)), "{given:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leased_number_that_the_database_lost_is_not_given_again_and_is_told() {
    let nats = Nats::start(1);
    let line = Proxy::to(&nats.urls()[0]).await;
    let kiosk = at_work("K01", vec![line.url()], 1).await;
    kiosk.ready().await;
    line.set(Line::Silent);
    let (given, apart) = kiosk.draws().await;
    assert!(apart);
    // The card loses the database and keeps the guard of numbers.
    let folder = kiosk.folder.path().to_owned();
    let kept = tempfile::tempdir().unwrap();
    for file in ["numbers.log", "kiosk.key"] {
        if folder.join(file).exists() {
            std::fs::copy(folder.join(file), kept.path().join(file)).unwrap();
        }
    }
    drop(kiosk);
    let (hall, store) = stored_in("K01", kept.path(), false);
    let log = JetStream::connect(&servers("binh-minh", nats.urls(), 1), "K01")
        .await
        .unwrap();
    let node = Node::together(hall, store, log, "K01", LEASE_NUMBERS);
    let again = AtWork {
        runs: tokio::spawn(node.clone().run()),
        node,
        folder: kept,
    };
    again.ready().await;
    until("told", || again.hall().place(given).is_some()).await;
    nats_is_cut_and_draws(&again, given, nats).await;
}

async fn nats_is_cut_and_draws(kiosk: &AtWork, given: Label, mut nats: Nats) {
    nats.kill(0);
    let (label, apart) = kiosk.draws().await;
    assert!(
        apart && label != given && label.number > given.number,
        "{label} after {given}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_lose_one_and_then_all_and_no_number() {
    let mut nats = Nats::start(3);
    let (one, two) = (AtWork::of("K01", &nats).await, AtWork::of("K02", &nats).await);
    let mut given = BTreeSet::new();
    let mut longest = Duration::ZERO;
    let mut draw = async |kiosk: &AtWork| {
        let began = Instant::now();
        let (label, _) = kiosk.draws().await;
        longest = longest.max(began.elapsed());
        assert!(given.insert(label), "{label} twice");
    };
    for victim in 0..3 {
        draw(&one).await;
        draw(&two).await;
        nats.kill(victim);
        for _ in 0..3 {
            draw(&one).await;
            draw(&two).await;
        }
        nats.restart(victim);
        agreed(&[&one, &two]).await;
    }
    (0..3).for_each(|server| nats.kill(server));
    draw(&one).await;
    draw(&two).await;
    nats.restart_all();
    let waiting = || -> BTreeSet<Label> {
        let line = one.hall().line(letter('A'), &Rules::default(), Timestamp::now());
        line.into_iter().collect()
    };
    until("all told, and nobody else there", || waiting() == given).await;
    agreed(&[&one, &two]).await;
    assert!(longest < DRAW_MAX, "{longest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_whose_kiosk_died_before_anybody_was_told_is_voided_at_its_next_start() {
    let nats = Nats::start(1);
    let kiosk = AtWork::of("K01", &nats).await;
    let (alive, _) = kiosk.draws().await;
    let folder = kiosk.folder.path().to_owned();
    // The plug is pulled when the log has the number and the kiosk not yet.
    let dying = JetStream::connect(&servers("binh-minh", nats.urls(), 1), "K01")
        .await
        .unwrap();
    let hall = kiosk.hall();
    let event = Event::Drawn {
        series: letter('A'),
        number: 2,
        class: Class::Ordinary,
    };
    let copy = copied(&folder);
    kiosk.runs.abort();
    dying.append(hall.day(), &event, hall.last(), "dying").await.unwrap();
    let (hall, store) = stored_in("K01", &copy, false);
    let node = Node::together(hall, store, dying, "K01", LEASE_NUMBERS);
    let again = AtWork {
        runs: tokio::spawn(node.clone().run()),
        node,
        folder: tempfile::tempdir().unwrap(),
    };
    let ghost: Label = "A 002".parse().unwrap();
    until("voided", || {
        let hall = again.hall();
        hall.place(ghost).is_some_and(|place| place.stage == Stage::Void)
    })
    .await;
    assert_eq!(again.hall().place(alive).unwrap().stage, Stage::Waiting);
    assert_eq!(again.draws().await.0, "A 003".parse().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_its_servers_lost_is_written_again_from_what_the_kiosks_have() {
    loses_its_log(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_another_than_it_was_gets_what_the_kiosks_have() {
    loses_its_log(true).await;
}

/// `made_anew`: an empty one stands in its place before a kiosk has noticed.
async fn loses_its_log(made_anew: bool) {
    let nats = Nats::start(1);
    let (one, two) = (AtWork::of("K01", &nats).await, AtWork::of("K02", &nats).await);
    for _ in 0..3 {
        one.draws().await;
        two.draws().await;
    }
    one.acts("1", open("A")).await.unwrap();
    one.acts("1", Act::Next).await.unwrap();
    let before = agreed(&[&one, &two]).await;
    let rules = Rules::default();
    let now = Timestamp::now();
    let row = before.line(letter('A'), &rules, now);

    let client = async_nats::connect(&nats.urls()[0]).await.unwrap();
    let servers = async_nats::jetstream::new(client);
    servers.delete_stream("HALL-binh-minh").await.unwrap();
    let late = JetStream::connect(&self::servers("binh-minh", nats.urls(), 1), "K01")
        .await
        .unwrap();
    if made_anew {
        late.begin().await.unwrap();
    }

    // Nobody gets a number of the row again; what is given meanwhile is leased.
    let (label, _) = one.draws().await;
    assert!(before.place(label).is_none(), "{label}");
    until("written again", || {
        [&one, &two].iter().all(|kiosk| {
            let hall = kiosk.hall();
            kiosk.node.standing() == Standing::Together && hall.waiting(letter('A')) == 6
        })
    })
    .await;
    let hall = agreed(&[&one, &two]).await;
    let since = |hall: &Hall| -> Vec<_> { row.iter().map(|label| hall.place(*label).unwrap().drawn_at).collect() };
    assert_eq!(since(&hall), since(&before), "they have waited as long as they have");
    assert_eq!(hall.at_counter(&counter("1")), before.at_counter(&counter("1")));
    let next: BTreeSet<Label> = [one.draws().await.0, two.draws().await.0].into();
    assert_eq!(next, ["A 007", "A 008"].map(|label| label.parse().unwrap()).into());

    // In the log that was written again, too, a number that nobody was told of is nobody's.
    let hall = agreed(&[&one, &two]).await;
    let event = Event::Drawn {
        series: letter('A'),
        number: 9,
        class: Class::Ordinary,
    };
    late.append(hall.day(), &event, hall.last(), "late").await.unwrap();
    let ghost: Label = "A 009".parse().unwrap();
    until("voided", || {
        let hall = two.hall();
        hall.place(ghost).is_some_and(|place| place.stage == Stage::Void)
    })
    .await;
}
