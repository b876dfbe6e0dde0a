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
            Some(Source::Card(CardPart::Address)),
        ),
        Question {
            hint: Some(Words::new(
                "Không có thì bỏ qua. Ví dụ: gọi trước khi đến",
                "Leave it out if there is nothing. Such as: call before you come",
            )),
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
