//! The kiosk's program: arguments and environment end here.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, Subcommand};
use kiosk::config::centres::CentresConfig;
use kiosk::config::{Config, Overrides, pin};
use kiosk::kiosk::start::{self, Display, Environment};
use kiosk::store::{self, StoreError, report};
use kiosk::ticket::Day;
use kiosk::{figures, memory, proof};

/// Memory is wiped when it is given back: what a citizen showed us does not stay in freed pages.
#[global_allocator]
static WIPED: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// A kiosk on the same machine answers at once.
const PAIR_MAX: Duration = Duration::from_secs(5);

/// The self-service terminal of a public administration centre.
#[derive(Parser)]
#[command(name = "kiosk", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the terminal.
    Run {
        #[command(flatten)]
        from: From,
    },
    /// Print the configuration in force.
    Config {
        #[command(flatten)]
        from: From,
    },
    /// Print a code with which one browser becomes a counter or a board of the kiosk that runs here.
    Pair {
        #[command(flatten)]
        from: From,
    },
    /// At the province: answer with the page of all centres' halls.
    Centres {
        #[arg(long)]
        config: PathBuf,
    },
    /// Print a day's numbers as JSON. Without a day: the last business day.
    Report {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        day: Option<Day>,
    },
    /// Print the office's figures from one day to another as CSV, or as JSON. Without days: the last business day's month.
    Figures {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        from: Option<Day>,
        #[arg(long)]
        until: Option<Day>,
        #[arg(long)]
        json: bool,
    },
    /// Print the proofs of all dossiers that were forgotten, and check that none was taken out.
    Forgotten {
        #[arg(long)]
        data: PathBuf,
    },
    /// Read six digits from the standard input and print the staff.pin-hash for them.
    Pin,
    /// What the virtual document scanner is behind the real driver.
    #[cfg(feature = "virtual")]
    #[command(hide = true, name = kiosk::devices::open::VIRTUAL_SCANIMAGE, disable_help_flag = true)]
    VirtualScanimage {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

#[derive(clap::Args)]
struct From {
    #[arg(long)]
    config: PathBuf,
    /// The data folder, before the one in the file.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where health and the dock answer, before the address in the file.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// The province's address, before the one in the file.
    #[arg(long)]
    province: Option<String>,
}

impl From {
    fn read(self) -> Result<Config, kiosk::config::ConfigError> {
        let overrides = Overrides {
            data: self.data,
            listen: self.listen,
            province: self.province,
        };
        Config::read(&self.config, overrides)
    }
}

#[expect(clippy::print_stderr, reason = "one line for whoever started the program")]
fn main() -> ExitCode {
    memory::give_back_what_is_free();
    match perform(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kiosk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run { from } => {
            let config = from.read()?;
            start_logging();
            #[cfg(feature = "virtual")]
            find_card_service(&config)?;
            let environment = environment(&config.store.folder);
            start::run(config, &environment)?;
        }
        Command::Config { from } => {
            let config = from.read()?;
            print!(
                "{}",
                toml::to_string_pretty(&config).context("Cannot print the configuration")?
            );
        }
        Command::Pair { from } => println!("{}", pairing_code(&from.read()?)?),
        Command::Centres { config } => {
            let config = CentresConfig::read(&config)?;
            start_logging();
            centres(config)?;
        }
        Command::Report { data, day } => {
            let rows = report::from_folder(&data, day).with_context(|| format!("No report of {}", data.display()))?;
            println!(
                "{}",
                serde_json::to_string_pretty(&rows).context("Cannot print the report")?
            );
        }
        Command::Figures {
            data,
            from,
            until,
            json,
        } => {
            let cells = figures_of(&data, from, until).with_context(|| format!("No figures of {}", data.display()))?;
            let text = if json {
                figures::json(&cells).context("Cannot print the figures")? + "\n"
            } else {
                figures::csv(&cells)
            };
            print!("{text}");
        }
        Command::Forgotten { data } => return forgotten(&data),
        Command::Pin => {
            let mut typed = String::new();
            std::io::stdin().read_line(&mut typed).context("Cannot read the PIN")?;
            println!("{}", pin::hash(typed.trim(), rand::random())?);
        }
        #[cfg(feature = "virtual")]
        Command::VirtualScanimage { arguments } => {
            return Ok(ExitCode::from(hardware::twin::scanner::scanimage_main(arguments)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn figures_of(data: &Path, from: Option<Day>, until: Option<Day>) -> Result<Vec<figures::Cell>, StoreError> {
    store::figures::from_folder(data, |last| {
        let (first, end) = figures::Period::Month.around(last);
        (from.unwrap_or(first), until.unwrap_or(end))
    })
}

/// Each proof as its text and its sum. A broken chain is a failure.
fn forgotten(data: &Path) -> anyhow::Result<ExitCode> {
    let proofs = store::proofs::from_folder(data).with_context(|| format!("No proofs of {}", data.display()))?;
    for proof in &proofs {
        println!("{}sum: {}\n", proof.text(), proof::hex(&proof.sum()));
    }
    match proof::check(&proofs) {
        Ok(()) => {
            println!("{} proofs, none missing", proofs.len());
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => Err(broken).context("Proofs were changed or taken out"),
    }
}

/// PC/SC finds the virtual reader's service by a variable that must stand in the environment when a program starts: this
/// one starts itself anew with it, in the same process.
#[cfg(feature = "virtual")]
fn find_card_service(config: &Config) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;

    use kiosk::config::driver::Driver;
    use kiosk::devices::open::{CARD_SERVICE, virtual_card_socket};

    let Driver::Virtual(_) = config.card_reader else {
        return Ok(());
    };
    let socket = virtual_card_socket(&config.store.folder).context("Cannot tell where the virtual card reader is")?;
    if std::env::var_os(CARD_SERVICE).is_some_and(|set| set == *socket) {
        return Ok(());
    }
    let program = std::env::current_exe().context("Cannot find this program's own file")?;
    let error = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(CARD_SERVICE, socket)
        .exec();
    Err(error).context("Cannot start anew with the virtual card reader")
}

fn environment(data: &Path) -> Environment {
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    Environment {
        display: display(),
        credentials: path("CREDENTIALS_DIRECTORY"),
        scratch: path("RUNTIME_DIRECTORY").map_or_else(|| memory(data), |runtime| runtime.join("scan")),
        watchdog: sd_notify::watchdog_enabled(),
    }
}

#[cfg(feature = "virtual")]
fn display() -> Display {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("DISPLAY") || set("WAYLAND_DISPLAY") {
        Display::Window
    } else {
        Display::Headless
    }
}

#[cfg(not(feature = "virtual"))]
fn display() -> Display {
    Display::Window
}

/// A folder in memory that is this data folder's own, so that the next start finds and wipes what a
/// killed kiosk left there.
fn memory(data: &Path) -> PathBuf {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let mut hasher = DefaultHasher::new();
    std::path::absolute(data)
        .unwrap_or_else(|_| data.to_owned())
        .hash(&mut hasher);
    PathBuf::from(format!("/dev/shm/kiosk-{:016x}", hasher.finish()))
}

/// Our own crates say nothing personal at any level. Libraries do not know what they carry: the one that
/// draws a slip traces its words, one that speaks HTTP may trace what is sent. They only get to warn.
fn may_be_logged(about: &tracing::Metadata<'_>) -> bool {
    let own = ["kiosk", "hardware", "ui"].contains(&about.target().split("::").next().unwrap_or_default());
    own || *about.level() <= tracing::Level::WARN
}

fn start_logging() {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;

    let filter = tracing_subscriber::EnvFilter::try_from_env("KIOSK_LOG").unwrap_or_else(|_| "info".into());
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(tracing_subscriber::filter::filter_fn(may_be_logged));
    // Under systemd the fields go to the journal as they are; elsewhere a person reads lines.
    match std::env::var_os("JOURNAL_STREAM").and_then(|_| tracing_journald::layer().ok()) {
        Some(journal) => registry.with(journal).init(),
        None => registry
            .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
            .init(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn centres(config: CentresConfig) -> anyhow::Result<()> {
    kiosk::web::centres::serve(config).await
}

#[tokio::main(flavor = "current_thread")]
async fn pairing_code(config: &Config) -> anyhow::Result<String> {
    // Plain HTTP on loopback, and yet reqwest wants to know.
    drop(rustls::crypto::ring::default_provider().install_default());
    let url = format!("http://{}/hall/code", config.kiosk.listen);
    let client = reqwest::Client::builder().no_proxy().timeout(PAIR_MAX).build()?;
    let answer = client.post(&url).send().await.context("No kiosk runs here")?;
    let answer = answer
        .error_for_status()
        .context("The kiosk that runs here has no hall")?;
    let told: serde_json::Value = answer.json().await.context("What runs here is no kiosk")?;
    let code = told["code"].as_str().context("What runs here is no kiosk")?;
    Ok(code.to_owned())
}
