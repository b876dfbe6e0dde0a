//! What the scanner says of itself: `ScannerCapabilities` and `ScannerStatus` (Mopria eSCL 2.x). Only words and
//! numbers of ours go into them, so nothing needs to be escaped.

pub(super) const SCAN: &str = "http://schemas.hp.com/imaging/escl/2011/05/03";
pub(super) const PWG: &str = "http://www.pwg.org/schemas/2010/12/sm";

/// The window, in three hundredths of an inch: 8.5 × 14 inches.
pub(super) const WIDTH_MAX: u32 = 2550;
pub(super) const HEIGHT_MAX: u32 = 4200;
/// The resolutions that can be asked for.
pub(super) const DPIS: [u32; 6] = [75, 100, 150, 200, 300, 600];

/// What the scanner is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Idle,
    Processing,
    /// It waits for a person.
    Stopped,
}

/// How its feeder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AdfState {
    Loaded,
    Empty,
    Processing,
    Jam,
    DoorOpen,
}

/// How the job is that is named in the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobState {
    Processing,
    Completed,
    Canceled,
    Aborted,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Idle => "Idle",
            Self::Processing => "Processing",
            Self::Stopped => "Stopped",
        }
    }
}

impl AdfState {
    fn word(self) -> &'static str {
        match self {
            Self::Loaded => "ScannerAdfLoaded",
            Self::Empty => "ScannerAdfEmpty",
            Self::Processing => "ScannerAdfProcessing",
            Self::Jam => "ScannerAdfJam",
            // The older word. Of the newer `ScannerAdfHatchOpen` sane-airscan 0.99.27 makes an I/O error.
            Self::DoorOpen => "ScannerAdfDoorOpen",
        }
    }
}

impl JobState {
    fn word(self) -> &'static str {
        match self {
            Self::Processing => "Processing",
            Self::Completed => "Completed",
            Self::Canceled => "Canceled",
            Self::Aborted => "Aborted",
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Processing => "JobScanning",
            Self::Completed => "JobCompletedSuccessfully",
            Self::Canceled => "JobCanceledByUser",
            Self::Aborted => "AbortedBySystem",
        }
    }
}

/// A job as the status names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JobInfo {
    pub uuid: String,
    pub pages: u32,
    pub state: JobState,
}

/// The base of all addresses.
pub(super) const ROOT: &str = "/eSCL";

pub(super) fn capabilities() -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerCapabilities xmlns:scan="{SCAN}" xmlns:pwg="{PWG}">
<pwg:Version>2.63</pwg:Version>
<pwg:MakeAndModel>Virtual Feeder</pwg:MakeAndModel>
<pwg:SerialNumber>000000</pwg:SerialNumber>
<scan:UUID>6d6f7463-7561-4b69-8f73-6b6573636c00</scan:UUID>
<scan:Platen><scan:PlatenInputCaps>{caps}</scan:PlatenInputCaps></scan:Platen>
<scan:Adf>
<scan:AdfSimplexInputCaps>{caps}</scan:AdfSimplexInputCaps>
<scan:FeederCapacity>{sheets}</scan:FeederCapacity>
<scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption></scan:AdfOptions>
</scan:Adf>
</scan:ScannerCapabilities>
"#,
        caps = input_capabilities(),
        sheets = super::super::SHEETS_MAX,
    )
}

fn input_capabilities() -> String {
    let resolutions: String = DPIS
        .map(|dpi| {
            format!(
                "<scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution>\
                 <scan:YResolution>{dpi}</scan:YResolution></scan:DiscreteResolution>"
            )
        })
        .concat();
    format!(
        "<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>{WIDTH_MAX}</scan:MaxWidth>\
         <scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>{HEIGHT_MAX}</scan:MaxHeight>\
         <scan:MaxScanRegions>1</scan:MaxScanRegions>\
         <scan:SettingProfiles><scan:SettingProfile>\
         <scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>\
         <scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>\
         <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>\
         <scan:SupportedResolutions><scan:DiscreteResolutions>{resolutions}</scan:DiscreteResolutions></scan:SupportedResolutions>\
         </scan:SettingProfile></scan:SettingProfiles>\
         <scan:SupportedIntents><scan:Intent>Document</scan:Intent></scan:SupportedIntents>"
    )
}

pub(super) fn status(state: State, feeder: AdfState, job: Option<&JobInfo>) -> String {
    let jobs = job.map_or_else(String::new, |job| {
        format!(
            "<scan:Jobs><scan:JobInfo><pwg:JobUri>{ROOT}/ScanJobs/{uuid}</pwg:JobUri><pwg:JobUuid>urn:uuid:{uuid}</pwg:JobUuid>\
             <pwg:ImagesCompleted>{pages}</pwg:ImagesCompleted><pwg:JobState>{state}</pwg:JobState>\
             <pwg:JobStateReasons><pwg:JobStateReason>{reason}</pwg:JobStateReason></pwg:JobStateReasons>\
             </scan:JobInfo></scan:Jobs>",
            uuid = job.uuid,
            pages = job.pages,
            state = job.state.word(),
            reason = job.state.reason(),
        )
    });
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerStatus xmlns:scan="{SCAN}" xmlns:pwg="{PWG}">
<pwg:Version>2.63</pwg:Version>
<pwg:State>{}</pwg:State>
<scan:AdfState>{}</scan:AdfState>
{jobs}
</scan:ScannerStatus>
"#,
        state.word(),
        feeder.word(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_are_xml_and_name_what_is_asked_for() {
        let text = capabilities();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert!(document.root_element().has_tag_name((SCAN, "ScannerCapabilities")));
        let resolutions = document
            .descendants()
            .filter(|node| node.has_tag_name((SCAN, "XResolution")));
        assert_eq!(resolutions.count(), 2 * DPIS.len());

        let job = JobInfo {
            uuid: "7".into(),
            pages: 2,
            state: JobState::Aborted,
        };
        let text = status(State::Stopped, AdfState::Jam, Some(&job));
        let document = roxmltree::Document::parse(&text).unwrap();
        let word = |space, name| {
            let node = document.descendants().find(|node| node.has_tag_name((space, name)));
            node.and_then(|node| node.text()).unwrap_or_default().to_owned()
        };
        assert_eq!(
            (word(PWG, "State"), word(SCAN, "AdfState")),
            ("Stopped".into(), "ScannerAdfJam".into())
        );
        assert_eq!(
            (word(PWG, "JobState"), word(PWG, "ImagesCompleted")),
            ("Aborted".into(), "2".into())
        );
    }
}
