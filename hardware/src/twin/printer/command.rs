//! The language: one ESC/POS command from the front of the receive buffer.

/// A command as far as this printer knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Init,
    /// The head of a raster image; its rows follow.
    Raster {
        wide: bool,
        high: bool,
        row_bytes: usize,
        rows: usize,
    },
    /// A column image of 8 or 24 dots height.
    Columns {
        deep: bool,
        data: Vec<u8>,
    },
    Text(u8),
    LineFeed,
    FeedLines(u8),
    FeedDots(u8),
    Justify(u8),
    CharacterSize(u8),
    /// Feed so many dots to the cutter, then cut.
    Cut {
        feed: u8,
    },
    QrModule(u8),
    QrLevel(u8),
    QrStore(Vec<u8>),
    QrPrint,
    BarcodeHigh(u8),
    BarcodeModule(u8),
    Barcode {
        system: u8,
        data: Vec<u8>,
    },
    Push(u8),
    Fence,
    Mark([u8; 4]),
    /// Done when it came in; nothing is left to do.
    RealTime,
    /// Known and without effect on this paper.
    Ignored,
    Unknown,
}

/// The next command and its length in bytes, or `None` while its end has not come in.
pub fn parse(bytes: &[u8]) -> Option<(Command, usize)> {
    match *bytes.first()? {
        0x1B => escape(bytes),
        0x1D => group(bytes),
        0x1C => file(bytes),
        0x10 => real_time_length(bytes).map(|length| (Command::RealTime, length)),
        b'\n' => Some((Command::LineFeed, 1)),
        text @ 0x20.. => Some((Command::Text(text), 1)),
        _ => Some((Command::Ignored, 1)),
    }
}

/// Length of a real-time command at the front; one byte if it is none.
pub fn real_time_length(bytes: &[u8]) -> Option<usize> {
    let length = match (bytes.get(1)?, bytes.get(2)) {
        (0x04 | 0x05, _) => 3,
        (0x14, None) => return None,
        (0x14, Some(1 | 2)) => 5,
        (0x14, Some(8)) => 10,
        (_, _) => 1,
    };
    (bytes.len() >= length).then_some(length)
}

fn fixed(bytes: &[u8], length: usize, command: impl FnOnce(&[u8]) -> Command) -> Option<(Command, usize)> {
    (bytes.len() >= length).then(|| (command(&bytes[..length]), length))
}

fn escape(bytes: &[u8]) -> Option<(Command, usize)> {
    let ignored = |length| fixed(bytes, length, |_| Command::Ignored);
    match *bytes.get(1)? {
        b'@' => Some((Command::Init, 2)),
        b'a' => fixed(bytes, 3, |b| Command::Justify(b[2])),
        b'd' => fixed(bytes, 3, |b| Command::FeedLines(b[2])),
        b'J' => fixed(bytes, 3, |b| Command::FeedDots(b[2])),
        b'i' | b'm' => Some((Command::Cut { feed: 0 }, 2)),
        b'*' => {
            let head = bytes.get(..5)?;
            let deep = head[2] >= 32;
            let length = (usize::from(head[3]) + usize::from(head[4]) * 256) * if deep { 3 } else { 1 };
            fixed(bytes, 5 + length, |b| Command::Columns {
                deep,
                data: b[5..].to_vec(),
            })
        }
        b'D' => {
            let end = bytes.iter().skip(2).position(|byte| *byte == 0)?;
            ignored(end + 3)
        }
        b'2' | b'<' | b'L' | b'S' | b'v' => ignored(2),
        b'!' | b'%' | b'-' | b'3' | b'=' | b'?' | b'E' | b'G' | b'K' | b'M' | b'R' | b'T' | b'V' | b'e' | b'r'
        | b't' | b'u' | b'{' | b' ' => ignored(3),
        b'$' | b'\\' | b'c' => ignored(4),
        b'p' => ignored(5),
        b'W' => ignored(10),
        _ => Some((Command::Unknown, 2)),
    }
}

fn group(bytes: &[u8]) -> Option<(Command, usize)> {
    let ignored = |length| fixed(bytes, length, |_| Command::Ignored);
    match *bytes.get(1)? {
        b'!' => fixed(bytes, 3, |b| Command::CharacterSize(b[2])),
        b'V' => match *bytes.get(2)? {
            0 | 1 | b'0' | b'1' => Some((Command::Cut { feed: 0 }, 3)),
            b'A' | b'B' | b'a' | b'b' | b'g' | b'h' => fixed(bytes, 4, |b| Command::Cut { feed: b[3] }),
            _ => Some((Command::Unknown, 3)),
        },
        b'a' => fixed(bytes, 3, |b| Command::Push(b[2])),
        b'r' => fixed(bytes, 3, |b| {
            if matches!(b[2], 1 | 49) {
                Command::Fence
            } else {
                Command::Ignored
            }
        }),
        b'h' => fixed(bytes, 3, |b| Command::BarcodeHigh(b[2])),
        b'w' => fixed(bytes, 3, |b| Command::BarcodeModule(b[2])),
        b'k' => barcode(bytes),
        b'v' => raster(bytes),
        b'(' => block(bytes),
        b'*' => {
            let head = bytes.get(..4)?;
            ignored(4 + usize::from(head[2]) * usize::from(head[3]) * 8)
        }
        b'8' => {
            let head = bytes.get(3..7)?;
            let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
            // Nothing that long fits the buffer: it would be waited for without end.
            if length > 60_000 {
                Some((Command::Unknown, 7))
            } else {
                ignored(7 + length as usize)
            }
        }
        b':' => ignored(2),
        b'/' | b'B' | b'H' | b'I' | b'T' | b'b' | b'f' => ignored(3),
        b'$' | b'L' | b'P' | b'W' | b'\\' => ignored(4),
        b'^' => ignored(5),
        _ => Some((Command::Unknown, 2)),
    }
}

fn file(bytes: &[u8]) -> Option<(Command, usize)> {
    let ignored = |length| fixed(bytes, length, |_| Command::Ignored);
    match *bytes.get(1)? {
        b'&' | b'.' => ignored(2),
        b'!' | b'-' | b'C' | b'W' => ignored(3),
        b'p' | b'S' => ignored(4),
        b'(' => {
            let head = bytes.get(3..5)?;
            ignored(5 + usize::from(u16::from_le_bytes([head[0], head[1]])))
        }
        _ => Some((Command::Unknown, 2)),
    }
}

fn raster(bytes: &[u8]) -> Option<(Command, usize)> {
    let head = bytes.get(..8)?;
    if head[2] != b'0' {
        return Some((Command::Unknown, 3));
    }
    let [row_bytes, rows] = [[head[4], head[5]], [head[6], head[7]]].map(|pair| usize::from(u16::from_le_bytes(pair)));
    let mode = head[3] & 3;
    Some((
        Command::Raster {
            wide: mode & 1 != 0,
            high: mode & 2 != 0,
            row_bytes,
            rows,
        },
        8,
    ))
}

fn barcode(bytes: &[u8]) -> Option<(Command, usize)> {
    let system = *bytes.get(2)?;
    if system <= 6 {
        let end = bytes.iter().skip(3).position(|byte| *byte == 0)?;
        return Some((
            Command::Barcode {
                system,
                data: bytes[3..3 + end].to_vec(),
            },
            end + 4,
        ));
    }
    let length = usize::from(*bytes.get(3)?);
    fixed(bytes, 4 + length, |b| Command::Barcode {
        system,
        data: b[4..].to_vec(),
    })
}

/// `GS ( x pL pH …`: the length is in the command, so unknown ones are skipped whole.
fn block(bytes: &[u8]) -> Option<(Command, usize)> {
    let head = bytes.get(..5)?;
    let length = usize::from(u16::from_le_bytes([head[3], head[4]]));
    fixed(bytes, 5 + length, |b| match (b[2], &b[5..]) {
        (b'k', [49, 67, module]) => Command::QrModule(*module),
        (b'k', [49, 69, level]) => Command::QrLevel(*level),
        (b'k', [49, 80, 48, data @ ..]) => Command::QrStore(data.to_vec()),
        (b'k', [49, 81, 48]) => Command::QrPrint,
        (b'k', _) => Command::Ignored,
        (b'H', [48, 48, a, c, d, e]) => Command::Mark([*a, *c, *d, *e]),
        _ => Command::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_read_with_their_exact_length() {
        assert_eq!(parse(b"\x1b@x"), Some((Command::Init, 2)));
        assert_eq!(parse(b"\x1dVA\x01x"), Some((Command::Cut { feed: 1 }, 4)));
        assert_eq!(
            parse(b"\x1d(H\x06\x00\x30\x30abcd"),
            Some((Command::Mark(*b"abcd"), 11))
        );
        assert_eq!(parse(b"\x1d(k\x03\x00\x31\x43\x08"), Some((Command::QrModule(8), 8)));
        assert_eq!(parse(b"\x1d(Z\x02\x00ab"), Some((Command::Unknown, 7)));
        assert_eq!(parse(b"\x10\x04\x01"), Some((Command::RealTime, 3)));
        assert_eq!(parse(b"\x1dv0\x00\x48"), None);
        let raster = Command::Raster {
            wide: false,
            high: false,
            row_bytes: 72,
            rows: 256,
        };
        assert_eq!(parse(b"\x1dv0\x00\x48\x00\x00\x01"), Some((raster, 8)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_either_a_command_or_the_beginning_of_one(bytes in prop::collection::vec(any::<u8>(), 1..80)) {
            if let Some((_, length)) = parse(&bytes) {
                prop_assert!(length >= 1 && length <= bytes.len());
            }
        }
    }
}
