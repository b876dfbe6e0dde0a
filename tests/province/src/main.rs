//! `province --listen ADDR:PORT --data DIR [--procedures COUNT | --sign-after SECS]`, or `province --listen ADDR:PORT --national`

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use clap::Parser;
use tracing_subscriber::EnvFilter;

/// A small provincial service, for development and tests of the kiosk.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: SocketAddr,

    /// The folder that holds all it knows.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// How many procedures are offered: the samples, and others made from them as far as these do not suffice.
    /// Without it the samples.
    #[arg(long, value_name = "COUNT")]
    procedures: Option<usize>,

    /// Whoever is asked to sign on a telephone has done so after so long, as if there were one. Without it, only when
    /// `/admin/signings` says so.
    #[arg(long, value_name = "SECS", conflicts_with = "procedures")]
    sign_after: Option<i64>,

    /// Speaks the national exchange instead. What it is told is forgotten when it ends.
    #[arg(long, conflicts_with_all = ["procedures", "sign_after"])]
    national: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();

    std::fs::create_dir_all(&arguments.data).with_context(|| format!("Cannot make {}", arguments.data.display()))?;
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("Cannot listen on {}", arguments.listen))?;

    println!("http://{}", listener.local_addr()?);
    if arguments.national {
        return province::national::serve(listener).await;
    }
    match (arguments.procedures, arguments.sign_after) {
        (Some(count), _) => province::serve_many(listener, &arguments.data, count).await,
        (None, Some(secs)) => province::serve_signing(listener, &arguments.data, secs).await,
        (None, None) => province::serve(listener, &arguments.data).await,
    }
}
