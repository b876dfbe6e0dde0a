//! How the result comes back: the kiosk's own questions, behind those of a procedure whose result can be posted.
//!
//! They are asked, kept and reviewed like all others; their ids begin with [`RESERVED`](super::RESERVED), so no province has them, and
//! on the wire they become a post order, not a part of the form.

use super::{
    Address, Answer, CardPart, Choice, Person, PersonWants, Prefill, Question, QuestionKind, Source, Wanted, When,
};
use crate::procedure::Words;

const WAY: &str = "_tra-ket-qua";
const RECEIVER: &str = "_nguoi-nhan";
const PHONE: &str = "_dien-thoai-nhan";
const ADDRESS: &str = "_dia-chi-nhan";
const NOTE: &str = "_ghi-chu-nhan";

const AT_COUNTER: &str = "tai-quay";
const BY_POST: &str = "buu-chinh";

/// What a postman reads at the door.
const NOTE_LETTERS_MAX: u16 = 100;

/// What is asked where the result can be posted, behind the questions `before`; nothing if it is asked there already.
pub fn questions(before: &[Question]) -> Vec<Question> {
    if before.iter().any(|question| question.id == WAY) {
        return Vec::new();
    }
    let choice = |id: &str, words| Choice {
        id: id.to_owned(),
        words,
    };
    let way = Question::new(
        WAY,
        Words::new(
            "Bạn muốn nhận kết quả thế nào?",
            "How would you like to get the result?",
        ),
        QuestionKind::Choice {
            choices: vec![
                choice(
                    AT_COUNTER,
                    Words::new("Tôi đến lấy tại quầy", "I collect it at the counter"),
                ),
                choice(BY_POST, Words::new("Bưu điện gửi về nhà", "By post to my home")),
            ],
        },
    );
    let known_phone = before.iter().find(|question| question.kind == QuestionKind::Phone);
    let nobody_else = PersonWants {
        id: Wanted::No,
        born: Wanted::No,
        relations: Vec::new(),
    };
    vec![
        way,
        by_post_only(
            RECEIVER,
            Words::new("Ai nhận thư?", "Who receives it?"),
            QuestionKind::Person(nobody_else),
            Some(Source::Card(CardPart::Holder)),
        ),
        by_post_only(
            PHONE,
            Words::new("Số điện thoại để bưu tá gọi?", "Which phone may the postman call?"),
            QuestionKind::Phone,
            known_phone.map(|question| Source::Answer(question.id.clone())),
        ),
        by_post_only(
            ADDRESS,
            Words::new("Gửi về đâu?", "Where to?"),
            QuestionKind::Address,
            Some(home(before)),
        ),
        Question {
            hint: Some(Words::new("Ví dụ: gọi trước khi đến", "Such as: call before you come")),
            optional: true,
            ..by_post_only(
                NOTE,
                Words::new("Nhắn gì cho bưu tá?", "A note for the postman?"),
                QuestionKind::Text {
                    letters_max: NOTE_LETTERS_MAX,
                },
                None,
            )
        },
    ]
}

/// Where somebody lives, which is not asked twice, whether their card told it or they did.
fn home(before: &[Question]) -> Source {
    let of_card = Prefill {
        from: Source::Card(CardPart::Address),
        when: None,
    };
    let asked = before.iter().rfind(|question| {
        question.kind == QuestionKind::Address && question.when.is_none() && question.prefill.as_ref() == Some(&of_card)
    });
    asked.map_or(of_card.from, |question| Source::Answer(question.id.clone()))
}

fn by_post_only(id: &str, ask: Words, kind: QuestionKind, from: Option<Source>) -> Question {
    Question {
        when: Some(When::Chosen {
            question: WAY.to_owned(),
            of: vec![BY_POST.to_owned()],
        }),
        prefill: from.map(|from| Prefill { from, when: None }),
        ..Question::new(id, ask, kind)
    }
}

/// Where a result is to be posted.
pub struct PostOrder<'a> {
    pub receiver: &'a Person,
    pub phone: &'a str,
    pub address: &'a Address,
    pub note: Option<&'a str>,
}

/// What was ordered, or `None` where the result is fetched at the counter.
pub fn post_order(answers: &[(String, Answer)]) -> Option<PostOrder<'_>> {
    let answer = |id: &str| answers.iter().find(|(of, _)| of == id).map(|(_, answer)| answer);
    let is_by_post = matches!(answer(WAY), Some(Answer::Choice(way)) if way == BY_POST);
    match (answer(RECEIVER), answer(PHONE), answer(ADDRESS)) {
        (Some(Answer::Person(receiver)), Some(Answer::Phone(phone)), Some(Answer::Address(address))) if is_by_post => {
            Some(PostOrder {
                receiver,
                phone,
                address,
                note: match answer(NOTE) {
                    Some(Answer::Text(note)) => Some(note),
                    Some(_) | None => None,
                },
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(id: &str, kind: QuestionKind, prefill: Option<Prefill>) -> Question {
        Question {
            prefill,
            ..Question::new(id, Words::new("Câu hỏi mẫu?", "A sample?"), kind)
        }
    }

    fn sources_of(id: &str, before: &[Question]) -> Vec<Source> {
        let of_it = questions(before).into_iter().filter(|question| question.id == id);
        of_it
            .filter_map(|question| question.prefill.map(|prefill| prefill.from))
            .collect()
    }

    #[test]
    fn what_was_told_already_is_not_asked_again() {
        let of_card = |when| {
            Some(Prefill {
                from: Source::Card(CardPart::Address),
                when,
            })
        };
        let at_home = When::Chosen {
            question: "where".to_owned(),
            of: vec!["home".to_owned()],
        };
        let before = [
            asked("lives", QuestionKind::Address, of_card(None)),
            asked("born", QuestionKind::Address, of_card(Some(at_home))),
            asked("plot", QuestionKind::Address, None),
            asked("phone", QuestionKind::Phone, None),
        ];
        assert_eq!(sources_of(ADDRESS, &before), [Source::Answer("lives".to_owned())]);
        assert_eq!(sources_of(PHONE, &before), [Source::Answer("phone".to_owned())]);

        assert_eq!(sources_of(ADDRESS, &before[1..3]), [Source::Card(CardPart::Address)]);
        assert_eq!(sources_of(PHONE, &before[1..3]), []);
    }

    #[test]
    fn a_procedure_that_asks_for_the_way_itself_is_not_asked_twice() {
        let before = [asked(WAY, QuestionKind::YesNo, None)];
        assert_eq!(questions(&before), []);
    }
}
