//! What is asked of the scanner: the `ScanSettings` of a job (Mopria eSCL 2.x, PWG 5108.02).

use roxmltree::{Document, Node};

use super::documents::{DPIS, HEIGHT_MAX, PWG, SCAN, WIDTH_MAX};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScanSettings {
    pub source: Source,
    pub colour: Colour,
    pub dpi: u32,
    pub region: Region,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Feeder,
    Platen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Rgb24,
    Grayscale8,
}

/// A part of the scanner's window, in three hundredths of an inch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Why no job is made of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No `ScanSettings` at all.
    Malformed,
    /// What this scanner cannot do; the name of the element.
    Unsupported(&'static str),
}

impl ScanSettings {
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| Refusal::Malformed)?;
        let document = Document::parse(text).map_err(|_| Refusal::Malformed)?;
        let root = document.root_element();
        if !root.has_tag_name((SCAN, "ScanSettings")) {
            return Err(Refusal::Malformed);
        }

        let source = match value(root, PWG, "InputSource") {
            Some("Feeder") => Source::Feeder,
            Some("Platen") => Source::Platen,
            Some(_) | None => return Err(Refusal::Unsupported("InputSource")),
        };
        let colour = match value(root, SCAN, "ColorMode") {
            Some("RGB24") => Colour::Rgb24,
            Some("Grayscale8") => Colour::Grayscale8,
            Some(_) | None => return Err(Refusal::Unsupported("ColorMode")),
        };
        for (space, name) in [(PWG, "DocumentFormat"), (SCAN, "DocumentFormatExt")] {
            if value(root, space, name).is_some_and(|format| format != "image/jpeg") {
                return Err(Refusal::Unsupported(name));
            }
        }
        if value(root, SCAN, "Duplex") == Some("true") {
            return Err(Refusal::Unsupported("Duplex"));
        }
        Ok(Self {
            source,
            colour,
            dpi: dpi(root)?,
            region: region(root)?,
        })
    }
}

fn dpi(root: Node<'_, '_>) -> Result<u32, Refusal> {
    let dpi = number(root, SCAN, "XResolution").filter(|dpi| DPIS.contains(dpi));
    match (dpi, number(root, SCAN, "YResolution")) {
        (Some(x), Some(y)) if x == y => Ok(x),
        (Some(_) | None, Some(_) | None) => Err(Refusal::Unsupported("XResolution")),
    }
}

/// The one region; without one the whole window is meant.
fn region(root: Node<'_, '_>) -> Result<Region, Refusal> {
    let refused = Refusal::Unsupported("ScanRegion");
    let mut regions = root.descendants().filter(|node| node.has_tag_name((PWG, "ScanRegion")));
    let Some(node) = regions.next() else {
        return Ok(Region {
            x: 0,
            y: 0,
            width: WIDTH_MAX,
            height: HEIGHT_MAX,
        });
    };
    if regions.next().is_some() || value(node, PWG, "ContentRegionUnits") != Some("escl:ThreeHundredthsOfInches") {
        return Err(refused);
    }

    let fields = ["XOffset", "YOffset", "Width", "Height"].map(|name| number(node, PWG, name));
    let [Some(x), Some(y), Some(width), Some(height)] = fields else {
        return Err(refused);
    };
    let within =
        |start: u32, length: u32, end: u32| length > 0 && start.checked_add(length).is_some_and(|to| to <= end);
    if within(x, width, WIDTH_MAX) && within(y, height, HEIGHT_MAX) {
        Ok(Region { x, y, width, height })
    } else {
        Err(refused)
    }
}

fn number(parent: Node<'_, '_>, space: &str, name: &str) -> Option<u32> {
    value(parent, space, name)?.parse().ok()
}

fn value<'a>(parent: Node<'a, '_>, space: &str, name: &str) -> Option<&'a str> {
    let mut children = parent.children();
    children
        .find(|node| node.has_tag_name((space, name)))?
        .text()
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As sane-airscan 0.99.27 sends it, for A4 from the feeder at 300 dpi.
    const AIRSCAN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">
        <pwg:Version>2.0</pwg:Version><pwg:ScanRegions><pwg:ScanRegion>
        <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
        <pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset><pwg:Width>2480</pwg:Width><pwg:Height>3507</pwg:Height>
        </pwg:ScanRegion></pwg:ScanRegions><pwg:InputSource>Feeder</pwg:InputSource><scan:ColorMode>RGB24</scan:ColorMode>
        <pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>
        <scan:XResolution>300</scan:XResolution><scan:YResolution>300</scan:YResolution><scan:Duplex>false</scan:Duplex>
        </scan:ScanSettings>"#;

    #[test]
    fn the_settings_of_sane_airscan_are_read() {
        let read = ScanSettings::read(AIRSCAN.as_bytes()).unwrap();
        assert_eq!(
            (read.source, read.colour, read.dpi),
            (Source::Feeder, Colour::Rgb24, 300)
        );
        let a4 = Region {
            x: 0,
            y: 0,
            width: 2480,
            height: 3507,
        };
        assert_eq!(read.region, a4);
    }

    #[test]
    fn what_the_scanner_cannot_do_is_refused_by_its_name() {
        for (from, to, name) in [
            ("Feeder", "Camera", "InputSource"),
            ("RGB24", "BlackAndWhite1", "ColorMode"),
            (
                "<pwg:DocumentFormat>image/jpeg",
                "<pwg:DocumentFormat>image/tiff",
                "DocumentFormat",
            ),
            ("Ext>image/jpeg", "Ext>application/pdf", "DocumentFormatExt"),
            ("XResolution>300", "XResolution>301", "XResolution"),
            ("YResolution>300", "YResolution>600", "XResolution"),
            (">false<", ">true<", "Duplex"),
            ("<pwg:Width>2480", "<pwg:Width>2551", "ScanRegion"),
            ("<pwg:XOffset>0", "<pwg:XOffset>4294967295", "ScanRegion"),
            ("<pwg:Height>3507", "<pwg:Height>0", "ScanRegion"),
            ("ThreeHundredthsOfInches", "Millimetres", "ScanRegion"),
        ] {
            let text = AIRSCAN.replace(from, to);
            assert_ne!(text, AIRSCAN, "{from}");
            assert_eq!(
                ScanSettings::read(text.as_bytes()),
                Err(Refusal::Unsupported(name)),
                "{to}"
            );
        }
    }

    #[test]
    fn what_is_no_scan_settings_is_malformed() {
        let other_space = AIRSCAN.replace("escl/2011/05/03", "escl/1999/01/01");
        for text in ["", "<html>", "<a/>", &AIRSCAN[..600], &other_space] {
            assert_eq!(ScanSettings::read(text.as_bytes()), Err(Refusal::Malformed), "{text}");
        }
        assert_eq!(ScanSettings::read(b"\xff\xfe"), Err(Refusal::Malformed));
    }
}
