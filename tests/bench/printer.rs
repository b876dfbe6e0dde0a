//! A printer on a TCP port that answers at once, prints nothing, and notes when the first byte of a slip came.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

/// Bytes of a slip at most; ours have about 40,000.
const SLIP_BYTES_MAX: usize = 1 << 20;

/// Listens on a free port for as long as the program runs. Each slip that got to its cut is told by the
/// moment its first byte came.
pub fn start() -> anyhow::Result<(SocketAddr, Receiver<Instant>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (told, slips) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that breaks is the kiosk's to make again.
            drop(serve(stream, &told));
        }
    });
    Ok((address, slips))
}

/// One command, as far as this printer cares.
enum Command {
    /// `DLE EOT n`.
    Status,
    /// `GS ( H` with a mark to send back.
    Mark([u8; 4]),
    /// `GS r`.
    Fence,
    Cut,
    /// Anything else, picture or words.
    Other,
}

fn serve(mut stream: TcpStream, told: &Sender<Instant>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut chunk = [0; 16 * 1024];
    let mut waiting: Vec<u8> = vec![];
    let mut began: Option<Instant> = None;
    loop {
        let count = stream.read(&mut chunk)?;
        let came_at = Instant::now();
        if count == 0 || waiting.len() > SLIP_BYTES_MAX {
            return Ok(());
        }
        waiting.extend_from_slice(&chunk[..count]);
        while let Some((bytes, command)) = next(&waiting) {
            waiting.drain(..bytes);
            match command {
                Command::Status => {
                    stream.write_all(&[0x12])?;
                    // Questions alone are no slip, nor is what the driver tried out before them.
                    began = None;
                    continue;
                }
                Command::Mark([a, b, c, d]) => stream.write_all(&[0x37, 0x22, a, b, c, d, 0])?,
                Command::Fence => {
                    stream.write_all(&[0])?;
                    // The question what the printer can prove ends here, too, and was no slip.
                    began = None;
                    continue;
                }
                Command::Cut => {
                    if let Some(began) = began.take() {
                        told.send(began).ok();
                    }
                    continue;
                }
                Command::Other => {}
            }
            began.get_or_insert(came_at);
        }
        if !waiting.is_empty() {
            began.get_or_insert(came_at);
        }
    }
}

/// The first whole command and its length.
fn next(bytes: &[u8]) -> Option<(usize, Command)> {
    let there = |needed: usize, command: Command| (bytes.len() >= needed).then_some((needed, command));
    match bytes {
        [0x10, 0x04, ..] => there(3, Command::Status),
        [0x1d, b'r', ..] => there(3, Command::Fence),
        [0x1d, b'V', ..] => there(4, Command::Cut),
        // A picture: its length stands behind its mode.
        [0x1d, b'v', b'0', _, xl, xh, yl, yh, ..] => {
            let row = usize::from(u16::from_le_bytes([*xl, *xh]));
            there(8 + row * usize::from(u16::from_le_bytes([*yl, *yh])), Command::Other)
        }
        [0x1d, b'(', kind, pl, ph, ..] => {
            let needed = 5 + usize::from(u16::from_le_bytes([*pl, *ph]));
            match bytes.get(..needed)? {
                [_, _, b'H', _, _, 0x30, 0x30, a, b, c, d] => Some((needed, Command::Mark([*a, *b, *c, *d]))),
                _ => Some((needed, Command::Other)).filter(|_| *kind != 0),
            }
        }
        [0x1d, b'v' | b'(', ..] | [0x1d] | [0x10] => None,
        [] => None,
        [_, ..] => Some((1, Command::Other)),
    }
}
