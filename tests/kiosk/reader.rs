//! What befalls the card reader itself, through the whole kiosk: two cards, another program, the cable.

use std::time::Duration;

use serde_json::json;

use crate::card::{CONFIRMED, WRONG_KEY};
use crate::harness::{Kiosk, Look};

const TWO_CARDS: &str = "Có nhiều thẻ trên máy. Bạn chỉ để một thẻ căn cước thôi.";
const BUSY: &str = "Ô đọc thẻ đang bận. Bạn chờ một chút.";
const RESTING: &str = "Ô đọc thẻ đang nghỉ. Bạn vẫn tiếp tục được.";
const LAY: &str = "Đặt thẻ lên ô đọc thẻ";
const READING: &str = "Máy đang đọc thẻ, bạn để yên nhé";
const SKIP: &str = "Tiếp tục, không đọc chip";

impl Kiosk {
    /// Shows the front of a sample card to the code scanner; no card is laid down.
    async fn show_front(&self, sample: &str) {
        let cards = self.get_json("/dock/card").await.unwrap();
        let card = cards.as_array().unwrap().iter().find(|card| card["name"] == sample);
        self.post("/dock/code", json!({ "text": card.unwrap()["qr"] })).await;
    }

    async fn until_reader_fails(&self, fault: &str) {
        self.until_reader_is(&json!({ "state": "faulty", "fault": fault }))
            .await;
    }

    /// Waits for a fault's page: its sentence, said as it is written, and the way on without the chip.
    async fn sees_fault(&self, sentence: &str) -> Look {
        let look = self.sees(sentence).await;
        assert_eq!(look.page, "card");
        assert_eq!(look.spoken, format!("Chưa đọc được chip của thẻ. {sentence}"));
        let skip = look.buttons.iter().find(|button| button.label == SKIP);
        assert!(skip.is_some_and(|skip| skip.enabled), "{look:#?}");
        look
    }

    /// A card of which nothing comes after the fifth command: the kiosk is in the middle of reading it.
    async fn in_the_middle_of_reading(&self) {
        self.card(json!({ "fault": "silent", "after_commands": 5 })).await;
        self.card(json!({ "insert": "nguyen-van-am" })).await;
        self.sees(READING).await;
    }
}

fn is_person(look: &Look) -> bool {
    look.page == "person"
}

fn moment(millis_max: u64) -> Duration {
    Duration::from_millis(rand::random_range(0..millis_max))
}

#[tokio::test]
async fn of_two_cards_the_one_that_stays_is_read() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk
        .card(json!({ "lay": "nguyen-van-am", "second": "long-name" }))
        .await;
    kiosk.until_reader_fails("two-cards").await;
    kiosk.show_front("nguyen-van-am").await;
    kiosk.sees_fault(TWO_CARDS).await;
    kiosk.card(json!({ "second": null })).await;
    kiosk.sees(CONFIRMED).await;

    // The other one, which lies on the second reader.
    kiosk.touch("Không phải").await;
    kiosk.at("identify").await;
    kiosk.card(json!({ "second": "long-name" })).await;
    kiosk.until_reader_fails("two-cards").await;
    kiosk.show_front("long-name").await;
    kiosk.sees_fault(TWO_CARDS).await;
    kiosk.card(json!({ "remove": true })).await;
    let look = kiosk.sees(CONFIRMED).await;
    kiosk.card(json!({ "second": null })).await;
    kiosk.next_card_reads(&look).await;
}

#[tokio::test]
async fn a_second_card_is_told_while_the_page_waits_and_after_a_reading() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.show_front("nguyen-van-am").await;
    kiosk.sees(LAY).await;
    kiosk.card(json!({ "second": "long-name" })).await;
    kiosk.sees_fault(WRONG_KEY).await;
    kiosk.card(json!({ "lay": "nguyen-van-am" })).await;
    kiosk.sees_fault(TWO_CARDS).await;
    kiosk.card(json!({ "second": null })).await;
    let look = kiosk.sees(CONFIRMED).await;
    kiosk.card(json!({ "remove": true })).await;
    kiosk.next_card_reads(&look).await;

    kiosk.to_identify().await;
    kiosk.in_the_middle_of_reading().await;
    kiosk.card(json!({ "second": "long-name" })).await;
    // The card that is read is read on, until it is clear that it says nothing; then the page says what is the matter now.
    kiosk.sees_fault(TWO_CARDS).await;
    kiosk.card(json!({ "fault": null })).await;
    kiosk.card(json!({ "second": null })).await;
    let look = kiosk.sees(CONFIRMED).await;
    kiosk.card(json!({ "remove": true })).await;
    kiosk.next_card_reads(&look).await;
}

#[tokio::test]
async fn a_second_card_at_any_moment_takes_nothing_from_the_first() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    for round in 0..8 {
        kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
        let moment = moment(900);
        tokio::time::sleep(moment).await;
        kiosk.card(json!({ "second": "long-name" })).await;
        let told = |look: &Look| is_person(look) || look.shows(TWO_CARDS);
        kiosk
            .until(
                &format!("a page that stays, round {round}, second card after {moment:?}"),
                told,
            )
            .await;
        kiosk.card(json!({ "second": null })).await;
        kiosk.sees(CONFIRMED).await;
        kiosk.card(json!({ "remove": true })).await;
        kiosk.touch("Không phải").await;
        kiosk.at("identify").await;
        kiosk.until_reader_works().await;
    }
}

#[tokio::test]
async fn a_card_that_comes_in_the_moment_in_which_another_goes_is_read() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    for round in 0..6 {
        kiosk.show_front("nguyen-van-am").await;
        kiosk.sees(LAY).await;
        kiosk.card(json!({ "lay": "long-name" })).await;
        kiosk.sees_fault(WRONG_KEY).await;
        kiosk.card(json!({ "remove": true, "second": "nguyen-van-am" })).await;
        kiosk
            .until(&format!("the other card, round {round}"), |look| look.shows(CONFIRMED))
            .await;
        kiosk.card(json!({ "second": null })).await;
        kiosk.touch("Không phải").await;
        kiosk.at("identify").await;
    }
}

#[tokio::test]
async fn a_card_that_another_program_has_is_waited_for_and_read_when_it_is_free() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    for sharing in ["held", "shared"] {
        // Before its front is shown.
        kiosk.to_identify().await;
        kiosk.card(json!({ "lay": "nguyen-van-am", "reader": sharing })).await;
        kiosk.until_reader_fails("held").await;
        kiosk.show_front("nguyen-van-am").await;
        kiosk.sees_fault(BUSY).await;
        // Asked for once more, it is still not to be had.
        kiosk.touch("Đọc lại").await;
        kiosk.sees_fault(BUSY).await;
        kiosk.card(json!({ "reader": null })).await;
        let look = kiosk.sees(CONFIRMED).await;
        kiosk.card(json!({ "remove": true })).await;
        kiosk.next_card_reads(&look).await;

        // While the page waits for the right card.
        kiosk.to_identify().await;
        kiosk.show_front("nguyen-van-am").await;
        kiosk.sees(LAY).await;
        kiosk.card(json!({ "lay": "long-name" })).await;
        kiosk.sees_fault(WRONG_KEY).await;
        kiosk.card(json!({ "reader": sharing })).await;
        kiosk.sees_fault(BUSY).await;
        kiosk.card(json!({ "reader": null })).await;
        let look = kiosk.sees_fault(WRONG_KEY).await;
        kiosk.card(json!({ "remove": true })).await;
        kiosk.next_card_reads(&look).await;
    }
}

#[tokio::test]
async fn another_program_that_comes_at_any_moment_only_makes_one_wait() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    for round in 0..12 {
        let sharing = ["held", "shared"][round % 2];
        kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
        let moment = moment(900);
        tokio::time::sleep(moment).await;
        kiosk.card(json!({ "reader": sharing })).await;
        let told = |look: &Look| is_person(look) || look.shows(BUSY);
        kiosk
            .until(
                &format!("a page that stays, round {round}, {sharing} after {moment:?}"),
                told,
            )
            .await;
        kiosk.card(json!({ "reader": null })).await;
        kiosk.sees(CONFIRMED).await;
        kiosk.card(json!({ "remove": true })).await;
        kiosk.touch("Không phải").await;
        kiosk.at("identify").await;
        kiosk.until_reader_works().await;
    }
}

#[tokio::test]
async fn a_reader_may_be_unplugged_while_the_page_waits_and_its_front_is_enough() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.show_front("nguyen-van-am").await;
    kiosk.sees(LAY).await;
    kiosk.card(json!({ "reader": "unplugged" })).await;
    kiosk.sees_fault(RESTING).await;
    kiosk.until_reader_fails("reader-gone").await;
    kiosk.touch(SKIP).await;
    let look = kiosk.at("person").await;
    assert!(!look.shows(CONFIRMED), "{look:#?}");
    // Unplugged already when the front is shown.
    kiosk.touch("Không phải").await;
    kiosk.at("identify").await;
    kiosk.show_front("long-name").await;
    let look = kiosk.at("person").await;
    assert!(!look.shows(CONFIRMED), "{look:#?}");

    kiosk.card(json!({ "reader": null })).await;
    kiosk.until_reader_works().await;
    kiosk.next_card_reads(&look).await;
}

#[tokio::test]
async fn a_reader_that_is_unplugged_in_the_middle_of_a_reading_reads_the_card_when_it_is_back() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.in_the_middle_of_reading().await;
    kiosk.card(json!({ "reader": "unplugged" })).await;
    kiosk.sees_fault(RESTING).await;
    kiosk.until_reader_fails("reader-gone").await;
    kiosk.card(json!({ "fault": null, "reader": null })).await;
    let look = kiosk.sees(CONFIRMED).await;
    kiosk.card(json!({ "remove": true })).await;
    kiosk.next_card_reads(&look).await;
}

#[tokio::test]
async fn a_reader_that_is_unplugged_at_any_moment_comes_back_to_the_same_card() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    for round in 0..8 {
        kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
        let moment = moment(900);
        tokio::time::sleep(moment).await;
        kiosk.card(json!({ "reader": "unplugged" })).await;
        let told = |look: &Look| is_person(look) || look.shows(RESTING);
        let what = format!("a page that stays, round {round}, unplugged after {moment:?}");
        let look = kiosk.until(&what, told).await;
        kiosk.until_reader_fails("reader-gone").await;
        kiosk.card(json!({ "reader": null })).await;
        if !is_person(&look) {
            kiosk.sees(CONFIRMED).await;
        }
        kiosk.until_reader_works().await;
        kiosk.card(json!({ "remove": true })).await;
        kiosk.touch("Không phải").await;
        kiosk.at("identify").await;
    }
}

#[tokio::test]
async fn a_service_that_starts_without_its_reader_is_a_reader_that_is_gone() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.card(json!({ "reader": "unplugged", "service": null })).await;
    kiosk.until_reader_fails("reader-gone").await;
    kiosk.show_front("nguyen-van-am").await;
    let look = kiosk.at("person").await;
    assert!(!look.shows(CONFIRMED), "{look:#?}");
    kiosk.card(json!({ "reader": null, "service": null })).await;
    kiosk.until_reader_works().await;
    kiosk.next_card_reads(&look).await;
}
