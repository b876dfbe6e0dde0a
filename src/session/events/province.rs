//! What the province answers to a visit.

use uuid::Uuid;

use crate::aside::CannotGoOn;
use crate::dossier::{Draft, KnownDossier};
use crate::payment::Payment;
use crate::remote;
use crate::session::following::errand::PersonNews;
use crate::session::following::receipt::ReceiptNews;

/// Answers of the province, each to a question that an effect asked.
#[derive(Clone, Debug, PartialEq)]
pub enum ProvinceNews {
    /// Of the look-up that carries the same id.
    LookUp { asked: Uuid, news: LookUpNews },
    /// Of the question whose dossiers these are.
    Person { asked: Uuid, news: PersonNews },
    /// Of the question for form 01 that carries the same id.
    Receipt { asked: Uuid, news: ReceiptNews },
    /// Of the payment of this dossier's fee.
    Payment { dossier_code: String, news: PaymentNews },
    /// Of the signing that was asked for under this key.
    Signing { key: Uuid, news: SigningNews },
    /// Of the opening of a draft put aside that carries the same id.
    Aside { asked: Uuid, news: AsideNews },
}

#[derive(Clone, Debug, PartialEq)]
pub enum AsideNews {
    Opened(Box<Draft>),
    Cannot(CannotGoOn),
}

#[derive(Clone, Debug, PartialEq)]
pub enum PaymentNews {
    /// So it stands; committed.
    Stands(Box<Payment>),
    /// The province could not be asked.
    Silent,
    /// It could not be committed, so nobody was asked.
    NotKept,
    /// The code of a transfer was shown before: it may be paid, and nobody was asked.
    TransferShown,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SigningNews {
    /// So it stands, as the province said.
    Stands(Box<remote::Signing>),
    /// The province could not be asked.
    Silent,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LookUpNews {
    Found(Box<KnownDossier>),
    NotFound,
    Offline,
}
