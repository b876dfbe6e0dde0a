//! The programs of others, as child processes.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kiosk::province::{Connection, HttpProvince, Patience};
use tempfile::TempDir;

use crate::harness::{LOOK_EVERY, WAIT_MAX, free_address};

const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(5),
    stall: Duration::from_secs(10),
    answer: Duration::from_secs(10),
    whole_answer: Duration::from_secs(10),
};

pub fn client(base: &str) -> HttpProvince {
    let connection = Connection {
        base: base.to_owned(),
        identity: None,
        authorities: None,
        patience: PATIENCE,
    };
    HttpProvince::new(&connection).unwrap()
}

/// A mock of the contract, and before it an address that gives files to the reference server of tus.
pub struct Judges {
    folder: TempDir,
    mock: SocketAddr,
    front: SocketAddr,
    _mock: Program,
    front_program: Program,
}

impl Judges {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("uploads")).unwrap();
        let (mock, front) = (free_address(), free_address());
        let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/province/openapi.yaml");
        let port = mock.port().to_string();
        let mock_program = Program::start(
            &folder.path().join("mock.log"),
            mock,
            &[
                "node_modules/@stoplight/prism-cli/dist/index.js",
                "mock",
                "--errors",
                "-p",
                &port,
            ],
            &contract,
        )
        .await;
        let front_program = start_front(folder.path(), front, mock).await;
        Self {
            folder,
            mock,
            front,
            _mock: mock_program,
            front_program,
        }
    }

    /// The mock alone.
    pub fn mock(&self) -> String {
        format!("http://{}", self.mock)
    }

    pub fn front(&self) -> String {
        format!("http://{}", self.front)
    }

    pub const fn front_address(&self) -> SocketAddr {
        self.front
    }

    /// The mock's next answers, through the front: "code=503".
    pub async fn prefer(&self, what: &str) {
        let request = reqwest::Client::new().put(format!("{}/prefer", self.front()));
        request.body(what.to_owned()).send().await.unwrap();
    }

    /// Killed, and started on the same folder and address.
    pub async fn restart_front(&mut self) {
        self.front_program.kill();
        self.front_program = start_front(self.folder.path(), self.front, self.mock).await;
    }

    /// What the mock said of what it was asked.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("mock.log")).unwrap_or_default()
    }

    /// The files that the reference server keeps, each beside its own `.json`.
    pub fn uploads(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.folder.path().join("uploads")).unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_none())
            .map(|path| std::fs::read(path).unwrap())
            .collect()
    }
}

async fn start_front(folder: &Path, front: SocketAddr, mock: SocketAddr) -> Program {
    let (port, mock) = (front.port().to_string(), mock.port().to_string());
    Program::start(
        &folder.join("front.log"),
        front,
        &["front.mjs", &port, &mock],
        &folder.join("uploads"),
    )
    .await
}

/// A program of node's, killed when it is dropped.
struct Program(Child);

impl Program {
    async fn start(log: &Path, address: SocketAddr, arguments: &[&str], last: &Path) -> Self {
        let folder = std::env::var_os("CONTRACT_FOLDER").map(PathBuf::from);
        let folder = folder.expect("`make contract` says where the judges are");
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let child = Command::new("node")
            .args(arguments)
            .arg(last)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut program = Self(child);
        let began = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(
                program.0.try_wait().unwrap().is_none(),
                "{arguments:?} ended at its start"
            );
            assert!(began.elapsed() < WAIT_MAX, "{arguments:?} does not listen");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        program
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
