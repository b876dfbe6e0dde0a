//! A scanner in the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A scanner in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SaneConfig {
    /// The device as SANE names it, e.g. `fujitsu:fi-6130dj:53095`; `test` is SANE's own. One in the network with its
    /// address, `airscan:escl:NAME:http://HOST/eSCL`, is opened without being looked for.
    pub device: String,
    pub feed: Feed,
    /// What of each sheet comes. Must fit `source`: "ADF Duplex" gives both.
    #[serde(default)]
    pub sides: Sides,
    #[serde(default)]
    pub takes: Taken,
    /// The value of the option `source`, in the backend's words: "Automatic Document Feeder",
    /// "ADF Front", "ADF" (network), "Flatbed". Without it the backend's own choice stands.
    pub source: Option<String>,
    /// The value of the option `mode`, in the backend's words, usually "Color". Without it the
    /// backend's own choice stands, which is grey for most.
    pub mode: Option<String>,
    /// Further options for `scanimage`, each an argument: the area (`-x`, `210`, `-y`, `297`), …
    #[serde(default)]
    pub options: Vec<String>,
    /// A folder with `dll.conf` and the backend's own file. Without it one is written that names
    /// this device's backend alone, and the backend's own file is the machine's.
    pub sane_config_dir: Option<PathBuf>,
    /// `scanimage`, or what stands in for it.
    #[serde(default = "scanimage")]
    pub program: PathBuf,
    /// Arguments before ours, for a program that is more than `scanimage`.
    #[serde(default)]
    pub leading_arguments: Vec<String>,
    /// How long one page may take, warming up included.
    pub page_secs_max: u32,
}

fn scanimage() -> PathBuf {
    PathBuf::from("/usr/bin/scanimage")
}

/// Where the paper lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feed {
    /// A stack: pages are taken until it is empty.
    Feeder,
    /// A glass: one page a scan, or the same one would come for ever.
    Flatbed,
}

/// What of a sheet is scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sides {
    #[default]
    Front,
    /// Front and back in turn. A back on which nothing stands is left out; a stamp is something.
    Both,
}

/// What may go into the scanner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taken {
    #[default]
    Paper,
    /// Plastic cards too: on a glass, or where the way through the feeder is straight. In another they jam.
    PaperAndCards,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SaneConfig, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn what_is_left_out_is_left_to_the_backend_and_to_the_machine() {
        let config = read(r#"{"device":"test","feed":"feeder","page-secs-max":60}"#).unwrap();
        assert_eq!(config.program, PathBuf::from("/usr/bin/scanimage"));
        assert_eq!((config.source, config.mode, config.sane_config_dir), (None, None, None));
        assert_eq!(config.sides, Sides::Front);
        assert!(config.options.is_empty() && config.leading_arguments.is_empty());
    }

    #[test]
    fn a_word_too_many_a_missing_one_and_an_unknown_feed_are_refused() {
        for text in [
            r#"{"device":"test","feed":"feeder","page-secs-max":60,"dpi":300}"#,
            r#"{"device":"test","feed":"feeder"}"#,
            r#"{"device":"test","feed":"conveyor","page-secs-max":60}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
