//! The same acts make the same hall, whichever log keeps it.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::hall::PauseReason;
use crate::hall::log::Log;

#[derive(Clone, Debug)]
enum Step {
    Draw(char, bool),
    Act(&'static str, Act),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = || prop::sample::select(vec!["1", "2"]);
    let number = (1..8_u32).prop_map(|number| Label {
        series: letter('A'),
        number,
    });
    let act = prop_oneof![
        3 => Just(open("AB")),
        8 => Just(Act::Next),
        3 => Just(Act::Start),
        5 => Just(Act::Done),
        2 => Just(Act::Absent),
        1 => Just(Act::Park),
        1 => Just(Act::Close),
        1 => Just(Act::Pause { reason: PauseReason::Break }),
        1 => Just(Act::Transfer { to: letter('B'), to_counter: None }),
        1 => number.clone().prop_map(|number| Act::Back { number }),
        1 => number.prop_map(|number| Act::GoFirst { number }),
    ];
    let step = prop_oneof![
        1 => (prop::sample::select(vec!['A', 'B']), any::<bool>()).prop_map(|(series, first)| Step::Draw(series, first)),
        2 => (name(), act).prop_map(|(name, act)| Step::Act(name, act)),
    ];
    prop::collection::vec(step, 20..50)
}

/// What came of it: an event, or that it may not be.
async fn does(node: &Node, step: &Step) -> Result<String, String> {
    match step {
        Step::Draw(series, first) => {
            let class = if *first {
                crate::hall::Class::Priority
            } else {
                crate::hall::Class::Ordinary
            };
            let wish = Wish {
                series: letter(*series),
                class,
            };
            let given = node.draw(wish, false).await;
            given
                .map(|given| given.drawn.ticket.label().to_string())
                .map_err(|error| error.to_string())
        }
        Step::Act(name, act) => {
            let done = node.act(counter(name), act.clone(), Rules::default()).await;
            done.map(|event| format!("{event:?}"))
                .map_err(|error| error.to_string())
        }
    }
}

async fn events(node: &Node) -> Vec<Event> {
    let day = node.hall.now().day();
    let read = node
        .store
        .call(move |store| Log::read(store, day, crate::hall::Sequence(0)))
        .await;
    let all = read.unwrap().unwrap().into_iter().map(|logged| logged.event);
    // What only a kiosk of several needs.
    all.filter(|event| !matches!(event, Event::Leased { .. })).collect()
}

#[test]
fn a_log_of_ones_own_and_a_shared_one_make_the_same_hall_of_the_same_acts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let nats = Nats::start(1);
    let mut runner = TestRunner::new(Config {
        cases: 6,
        max_shrink_iters: 0,
        ..Config::default()
    });
    let centres = std::cell::Cell::new(0);
    let compared = runner.run(&steps(), |steps| {
        runtime.block_on(async {
            centres.set(centres.get() + 1);
            let (hall, store, _folder) = stored("K01", true);
            let alone = Node::alone(hall, store);
            let shared = begun("K01", &servers(&format!("c{}", centres.get()), nats.urls(), 1)).await;
            shared.ready().await;
            for step in &steps {
                let (one, other) = tokio::join!(does(&alone, step), does(&shared.node, step));
                assert_eq!(one, other, "{step:?}");
            }
            assert_eq!(events(&alone).await, events(&shared.node).await);
        });
        Ok(())
    });
    compared.unwrap();
}
