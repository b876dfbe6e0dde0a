//! Who and what a package names, out of a complete dossier.

use jiff::Timestamp;

use crate::citizen::Citizen;
use crate::dossier::{Dossier, Right};
use crate::procedure::PartCode;
use crate::province::{Applicant, ApplicantKind, Consent, Submitter};

/// Whose dossier it is: the person at the kiosk, or the one for whom they file.
pub fn applicant(dossier: &Dossier) -> Applicant {
    Applicant {
        phone: dossier.phone().map(str::to_owned),
        ..of_person(dossier)
    }
}

fn of_person(dossier: &Dossier) -> Applicant {
    match dossier.on_behalf() {
        None => of_card(dossier.citizen()),
        Some(on_behalf) => {
            let other = on_behalf.of.clone();
            Applicant {
                kind: ApplicantKind::Citizen,
                name: other.name,
                id_number: other.id.as_str().to_owned(),
                old_id_number: other.old_id,
                born: Some(other.born),
                sex: other.sex,
                address: other.address,
                phone: None,
            }
        }
    }
}

fn of_card(citizen: &Citizen) -> Applicant {
    Applicant {
        kind: ApplicantKind::Citizen,
        name: citizen.name.clone(),
        id_number: citizen.id.as_str().to_owned(),
        old_id_number: citizen.old_id.clone(),
        born: Some(citizen.born),
        sex: Some(citizen.sex.clone()),
        address: Some(citizen.address.clone()),
        phone: None,
    }
}

/// Who stood at the kiosk, where that is somebody else.
pub fn submitter(dossier: &Dossier) -> Option<Submitter> {
    let right = dossier.on_behalf()?.right;
    let citizen = dossier.citizen();
    Some(Submitter {
        name: citizen.name.clone(),
        id_number: citizen.id.as_str().to_owned(),
        right,
        paper: match right {
            Right::Guardian => None,
            Right::Authorised => Some(PartCode::authorisation()),
        },
    })
}

/// The first thing agreed to is the necessary one; a server that knows no purposes of their own hears of that.
pub fn consent(dossier: &Dossier, sealed_at: Timestamp) -> Consent {
    let given = dossier.consents();
    let necessary = dossier.purposes().necessary().next();
    let first = given
        .iter()
        .find(|given| necessary.is_some_and(|purpose| purpose.id == given.purpose));
    Consent {
        version: first.map(|given| given.version.clone()).unwrap_or_default(),
        given_at: first.map_or(sealed_at, |given| given.at),
        purposes: given.iter().map(|given| given.purpose.clone()).collect(),
        each: given.to_vec(),
    }
}
