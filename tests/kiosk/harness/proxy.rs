//! A line that can be cut, or that loses the answers and not the questions.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Line {
    Holds = 0,
    /// Nothing comes through, and nobody is told.
    Silent = 1,
    LosesAnswers = 2,
}

#[derive(Clone)]
pub struct Proxy {
    pub address: SocketAddr,
    line: Arc<AtomicU8>,
}

impl Proxy {
    pub async fn to(url: &str) -> Self {
        let to: SocketAddr = url.strip_prefix("nats://").unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            line: Arc::default(),
        };
        let line = Arc::clone(&proxy.line);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(join(client, to, Arc::clone(&line)));
            }
        });
        proxy
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    pub fn set(&self, line: Line) {
        self.line.store(line as u8, Ordering::SeqCst);
    }
}

async fn join(client: TcpStream, to: SocketAddr, line: Arc<AtomicU8>) {
    let Ok(server) = TcpStream::connect(to).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let questions = async {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            while line.load(Ordering::SeqCst) == Line::Silent as u8 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            if to_server.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    let answers = async {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            // What is lost is lost: the client sees a broken line, not a late answer.
            if line.load(Ordering::SeqCst) != Line::Holds as u8 {
                while line.load(Ordering::SeqCst) != Line::Holds as u8 {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                return;
            }
            if to_client.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = questions => {}
        () = answers => {}
    }
}
