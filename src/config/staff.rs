//! Staff in the configuration: whose PIN it is, and what each may do with it.
//!
//! ```text
//!              kiosk's staff pages   counter   day of the hall
//!  guide               ✓
//!  clerk               ✓                ✓
//!  manager             ✓                ✓            ✓
//!  technician          ✓
//!  PIN of all          ✓                ✓            ✓, while no member is a manager
//! ```
//! A small centre has one PIN for all and nothing else, and its head looks at the day with it. As soon as somebody is a
//! manager with a PIN of their own, that page is for managers alone. Members without roles are guide and clerk: what every
//! PIN could do before there were roles.

use serde::{Deserialize, Serialize};

use crate::config::pin;

/// Each costs the time of a PIN check at the door.
const MEMBERS_MAX: usize = 12;
const MEMBER_NAME_CHARS_MAX: usize = 60;
/// Who has typed the PIN that all of the centre's staff know.
const ON_DUTY: &str = "Cán bộ trực";

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StaffConfig {
    /// What `kiosk pin` prints for the six digits that staff know. There is no PIN that works everywhere.
    pub pin_hash: String,
    /// Those who have a PIN of their own: their name stands under what they compared.
    #[serde(default)]
    pub members: Vec<MemberConfig>,
}

/// A member of staff with a PIN of their own.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MemberConfig {
    pub name: String,
    pub pin_hash: String,
    #[serde(default = "as_before")]
    pub roles: Vec<Role>,
}

/// What somebody is at the centre. One person may be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Hướng dẫn: helps at the kiosk.
    Guide,
    /// Cán bộ quầy: calls and serves at a counter.
    Clerk,
    /// Quản lý: looks at how the day goes, and may stand in at a counter.
    Manager,
    /// Kỹ thuật: looks after the machines.
    Technician,
}

/// What a PIN is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The staff pages of the kiosk itself.
    Kiosk,
    /// To call at a counter.
    Counter,
    /// To look at the day of the hall.
    Day,
}

impl Role {
    const fn may(self, purpose: Purpose) -> bool {
        match (self, purpose) {
            (_, Purpose::Kiosk) | (Self::Clerk | Self::Manager, Purpose::Counter) | (Self::Manager, Purpose::Day) => {
                true
            }
            (Self::Guide | Self::Technician, Purpose::Counter)
            | (Self::Guide | Self::Clerk | Self::Technician, Purpose::Day) => false,
        }
    }
}

fn as_before() -> Vec<Role> {
    vec![Role::Guide, Role::Clerk]
}

/// Whose PIN it is, and whether it does what it was typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<'a> {
    Nobody,
    /// The PIN is right, and this is not theirs to do.
    NotTheirs(&'a str),
    May(&'a str),
}

impl StaffConfig {
    /// Whose PIN this is, for the kiosk's own staff pages. Takes tens of milliseconds a member, on purpose.
    pub fn who(&self, pin: &str) -> Option<&str> {
        match self.known(pin, Purpose::Kiosk) {
            Known::May(name) => Some(name),
            Known::Nobody | Known::NotTheirs(_) => None,
        }
    }

    /// Whose PIN this is, and whether it is for `purpose`. Takes as long as [`StaffConfig::who`].
    pub fn known(&self, pin: &str, purpose: Purpose) -> Known<'_> {
        let member = self.members.iter().find(|member| pin::matches(pin, &member.pin_hash));
        let (name, may) = match member {
            Some(member) => (&member.name[..], member.roles.iter().any(|role| role.may(purpose))),
            None if pin::matches(pin, &self.pin_hash) => (ON_DUTY, self.all_may(purpose)),
            None => return Known::Nobody,
        };
        if may { Known::May(name) } else { Known::NotTheirs(name) }
    }

    /// What the PIN is for that all know.
    fn all_may(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Kiosk | Purpose::Counter => true,
            Purpose::Day => !self.members.iter().any(|member| member.roles.contains(&Role::Manager)),
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        pin::check_hash(&self.pin_hash).map_err(|error| format!("staff.pin-hash: {error}"))?;
        if self.members.len() > MEMBERS_MAX {
            return Err(format!("staff.members: at most {MEMBERS_MAX}"));
        }
        for member in &self.members {
            let name = member.name.trim();
            if name.is_empty() || name.chars().count() > MEMBER_NAME_CHARS_MAX {
                return Err(format!(
                    "staff.members: a name has 1 to {MEMBER_NAME_CHARS_MAX} characters"
                ));
            }
            if member.roles.is_empty() {
                return Err(format!("staff.members, {name}: at least one role"));
            }
            pin::check_hash(&member.pin_hash).map_err(|error| format!("staff.members, {name}: {error}"))?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for StaffConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StaffConfig(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher, SaltString};
    use argon2::{Algorithm, Argon2, Params, Version};

    use super::*;

    /// Made in a moment: what a hash costs says itself.
    fn hash(pin: &str) -> String {
        let cheap = Params::new(Params::MIN_M_COST, 1, 1, None).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        argon.hash_password(pin.as_bytes(), &salt).unwrap().to_string()
    }

    fn staff(members: &[(&str, &str, Option<&str>)]) -> StaffConfig {
        let member = |(name, pin, roles): &(&str, &str, Option<&str>)| {
            let roles = roles.map(|roles| format!("roles = {roles}")).unwrap_or_default();
            format!(
                "[[members]]\nname = \"{name}\"\npin-hash = \"{}\"\n{roles}\n",
                hash(pin)
            )
        };
        let members: String = members.iter().map(member).collect();
        toml::from_str(&format!("pin-hash = \"{}\"\n{members}", hash("240815"))).unwrap()
    }

    #[test]
    fn a_member_without_roles_does_what_every_pin_did_before() {
        let staff = staff(&[("Mẫu", "111111", None)]);
        assert_eq!(staff.who("111111"), Some("Mẫu"));
        assert_eq!(staff.known("111111", Purpose::Counter), Known::May("Mẫu"));
        assert_eq!(staff.known("111111", Purpose::Day), Known::NotTheirs("Mẫu"));
    }

    #[test]
    fn each_role_opens_what_is_theirs() {
        let staff = staff(&[
            ("G", "111111", Some("[\"guide\"]")),
            ("C", "222222", Some("[\"clerk\"]")),
            ("M", "333333", Some("[\"manager\"]")),
            ("T", "444444", Some("[\"technician\"]")),
        ]);
        let opens = |pin: &str| {
            [Purpose::Kiosk, Purpose::Counter, Purpose::Day]
                .map(|purpose| matches!(staff.known(pin, purpose), Known::May(_)))
        };
        assert_eq!(opens("111111"), [true, false, false]);
        assert_eq!(opens("222222"), [true, true, false]);
        assert_eq!(opens("333333"), [true, true, true]);
        assert_eq!(opens("444444"), [true, false, false]);
        assert_eq!(opens("240815"), [true, true, false], "there is a manager");
        assert_eq!(opens("555555"), [false; 3]);
        assert_eq!(staff.known("555555", Purpose::Day), Known::Nobody);
    }

    #[test]
    fn where_all_have_one_pin_it_shows_the_day_too() {
        assert_eq!(staff(&[]).known("240815", Purpose::Day), Known::May(ON_DUTY));
    }

    #[test]
    fn a_member_without_any_role_is_refused() {
        let none = staff(&[("Mẫu", "111111", Some("[]"))]);
        assert!(none.check().unwrap_err().contains("role"));
    }
}
