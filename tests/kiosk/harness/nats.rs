//! NATS servers on loopback, configured as a centre's are: they can be killed and started again on the same files.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to listen.
const START_MAX: Duration = Duration::from_secs(30);

/// One server or three.
pub struct Nats {
    file: &'static str,
    name: &'static str,
    /// What the configuration asks of the environment beside what all have.
    more: Vec<(&'static str, String)>,
    folder: TempDir,
    clients: Vec<SocketAddr>,
    routes: Vec<SocketAddr>,
    children: Vec<Option<Child>>,
}

/// `make test` puts it beside what is built; `NATS_SERVER` names another.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("NATS_SERVER") {
        return named.into();
    }
    let me = std::env::current_exe().unwrap();
    let near = me.ancestors().map(|folder| folder.join("nats/nats-server"));
    near.into_iter()
        .find(|path| path.exists())
        .expect("nats-server: `make nats` fetches it, or NATS_SERVER names it")
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Nats {
    pub fn start(servers: usize) -> Self {
        let file = match servers {
            1 => "hall.conf",
            3 => "three.conf",
            _ => panic!("as there are configurations"),
        };
        Self::start_as(file, "box", servers, vec![])
    }

    /// As the file of this name in `systemd/nats` has them, with what it asks of the environment beside what all do. No two
    /// servers of a province may have one name.
    pub fn start_as(file: &'static str, name: &'static str, servers: usize, more: Vec<(&'static str, String)>) -> Self {
        let mut nats = Self {
            file,
            name,
            more,
            folder: tempfile::tempdir().unwrap(),
            clients: (0..servers).map(|_| free()).collect(),
            routes: (0..servers).map(|_| free()).collect(),
            children: (0..servers).map(|_| None).collect(),
        };
        (0..servers).for_each(|server| nats.begin(server));
        (0..servers).for_each(|server| nats.wait_for(server));
        nats
    }

    pub fn urls(&self) -> Vec<String> {
        self.clients()
            .iter()
            .map(|address| format!("nats://{address}"))
            .collect()
    }

    pub fn clients(&self) -> &[SocketAddr] {
        &self.clients
    }

    pub fn replicas(&self) -> usize {
        self.clients.len()
    }

    /// Kill -9: nothing is put in order.
    pub fn kill(&mut self, server: usize) {
        let mut child = self.children[server].take().expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub fn restart(&mut self, server: usize) {
        self.begin(server);
        self.wait_for(server);
    }

    /// All at once: none waits for another, for none of them alone can do anything.
    pub fn restart_all(&mut self) {
        (0..self.clients.len()).for_each(|server| self.begin(server));
        (0..self.clients.len()).for_each(|server| self.wait_for(server));
    }

    fn begin(&mut self, server: usize) {
        let configuration = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/nats");
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(format!("nats-{server}.log")))
            .unwrap();
        let quoted = |value: String| format!("\"{value}\"");
        let mut listen = self.clients[server];
        if self.file.contains("tls") {
            listen.set_ip(Ipv4Addr::UNSPECIFIED.into());
        }
        let mut command = Command::new(program());
        command
            .arg("--config")
            .arg(configuration.join(self.file))
            .env("HALL_NAME", quoted(format!("{}-{server}", self.name)))
            .env("HALL_LISTEN", quoted(listen.to_string()))
            .env(
                "HALL_STORE",
                quoted(self.folder.path().join(format!("box-{server}")).display().to_string()),
            )
            .env("HALL_CLUSTER", quoted(self.routes[server].to_string()));
        for (index, route) in self.routes.iter().enumerate() {
            command.env(format!("HALL_ROUTE_{}", index + 1), quoted(format!("nats://{route}")));
        }
        for (name, value) in &self.more {
            command.env(name, quoted(value.clone()));
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        self.children[server] = Some(child.unwrap());
    }

    fn wait_for(&self, server: usize) {
        let began = Instant::now();
        while TcpStream::connect(self.clients[server]).is_err() {
            let log = std::fs::read_to_string(self.folder.path().join(format!("nats-{server}.log")));
            assert!(began.elapsed() < START_MAX, "{}", log.unwrap_or_default());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        for mut child in self.children.drain(..).flatten() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
