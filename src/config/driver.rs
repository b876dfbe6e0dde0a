//! Which driver a device has: none, the virtual one, or a real one with its own keys.

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `driver = "none"`, `driver = "virtual"`, or what the real drivers are called.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Driver<R, V> {
    #[default]
    None,
    Virtual(V),
    Real(R),
}

/// A virtual device that needs no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoKeys {}

const DRIVER: &str = "driver";

impl<'de, R: DeserializeOwned, V: DeserializeOwned> Deserialize<'de> for Driver<R, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = toml::Table::deserialize(deserializer)?;
        let driver = table.get(DRIVER).and_then(toml::Value::as_str).map(str::to_owned);
        let message = |error: toml::de::Error| D::Error::custom(error.message());

        match driver.as_deref() {
            None => Err(D::Error::custom("driver is missing")),
            Some("none") => {
                table.remove(DRIVER);
                NoKeys::deserialize(table).map_err(message)?;
                Ok(Self::None)
            }
            Some("virtual") if cfg!(not(feature = "virtual")) => {
                Err(D::Error::custom("driver \"virtual\" is not built in"))
            }
            Some("virtual") => {
                table.remove(DRIVER);
                V::deserialize(table).map(Self::Virtual).map_err(message)
            }
            Some(_) => R::deserialize(table).map(Self::Real).map_err(message),
        }
    }
}

impl<R: Serialize, V: Serialize> Serialize for Driver<R, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = |name: &str, mut table: toml::Table| {
            table.insert(DRIVER.to_owned(), name.into());
            table
        };
        match self {
            Self::None => named("none", toml::Table::new()).serialize(serializer),
            Self::Virtual(keys) => {
                let table = toml::Table::try_from(keys).map_err(S::Error::custom)?;
                named("virtual", table).serialize(serializer)
            }
            Self::Real(real) => real.serialize(serializer),
        }
    }
}
