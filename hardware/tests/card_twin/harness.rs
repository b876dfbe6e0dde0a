//! A desk with a pcscd of its own and cards, and a client of it in another process: where the socket
//! is has to be in the environment before a process starts.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use hardware::twin::card::{Pcscd, VirtualCard};
use pcsc::{Context, Protocols, Scope, ShareMode, State};

/// Nothing here should take longer, on a machine that does other things too.
pub const AMPLE: Duration = Duration::from_secs(60);

pub struct Desk {
    pub pcscd: Pcscd,
    pub cards: Vec<VirtualCard>,
    _folder: tempfile::TempDir,
}

impl Desk {
    pub fn with_readers(readers: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pcscd = Pcscd::start(folder.path(), readers).unwrap_or_else(|error| panic!("{error}"));
        let cards = pcscd
            .addresses()
            .into_iter()
            .map(|address| VirtualCard::open(address).unwrap());
        let cards = cards.collect();
        Self::new(pcscd, cards, folder)
    }

    pub fn new(pcscd: Pcscd, cards: Vec<VirtualCard>, folder: tempfile::TempDir) -> Self {
        Self {
            pcscd,
            cards,
            _folder: folder,
        }
    }

    /// Runs a child again and again until it says what is wanted, and returns that.
    pub fn until(&self, child: &str, wanted: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let said = self.client(child, "");
            if wanted(&said) {
                return said;
            }
            let log = std::fs::read_to_string(self.pcscd.socket().with_file_name("pcscd.log")).unwrap();
            assert!(begun.elapsed() < AMPLE, "in the end: {said}\n{log}");
        }
    }

    /// Runs one of the children of this test program as a client of this desk, and returns what it said.
    pub fn client(&self, child: &str, word: &str) -> String {
        said(&self.client_output(child, word))
    }

    pub fn client_output(&self, child: &str, word: &str) -> Output {
        client_command(self.pcscd.socket(), child, word).output().unwrap()
    }
}

/// The word that a child was given, or `None` when it was not started by its parent.
pub fn word() -> Option<String> {
    std::env::var(WORD).ok()
}

const WORD: &str = "CARD_TWIN_TEST_WORD";

/// A client whose PC/SC socket is this one.
pub fn client_command(socket: PathBuf, child: &str, word: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", child, "--ignored", "--nocapture"])
        .env("PCSCLITE_CSOCK_NAME", socket)
        .env(WORD, word);
    command
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "the client failed: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// Waits until a card lies on a reader whose name ends so, and connects to it.
pub fn connect(context: &Context, reader_end: &str) -> pcsc::Card {
    let begun = Instant::now();
    loop {
        let names = context.list_readers_owned().unwrap();
        let name = names
            .iter()
            .find(|name| name.to_bytes().ends_with(reader_end.as_bytes()));
        if let Some(name) = name
            && let Ok(card) = context.connect(name, ShareMode::Exclusive, Protocols::ANY)
        {
            return card;
        }
        assert!(begun.elapsed() < AMPLE, "no card on {reader_end} among {names:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn context() -> Context {
    Context::establish(Scope::User).unwrap()
}

/// Whether a card lies on the reader. The upper half of the state counts events.
pub fn is_present(context: &Context, reader_end: &str) -> bool {
    let names = context.list_readers_owned().unwrap();
    let mut states: Vec<_> = names
        .into_iter()
        .filter(|name| name.to_bytes().ends_with(reader_end.as_bytes()))
        .map(|name| pcsc::ReaderState::new(name, State::UNAWARE))
        .collect();
    assert_eq!(states.len(), 1, "readers whose name ends with {reader_end}");
    context.get_status_change(Duration::ZERO, &mut states).unwrap();
    states[0].event_state().contains(State::PRESENT)
}
