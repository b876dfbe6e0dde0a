//! A line to the province that can be slow, and that breaks at a byte of one's choice: in the middle
//! of a request, or of an answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::harness::{LOOK_EVERY, WAIT_MAX};

/// No byte is the last.
const NEVER: i64 = i64::MAX;
/// What is passed on at a time. A slow line waits after each piece.
const PIECE_BYTES: usize = 4 << 10;

#[derive(Debug)]
struct State {
    /// 0: as fast as it goes.
    bytes_per_sec: AtomicU64,
    up_left: AtomicI64,
    down_left: AtomicI64,
    /// Bytes that went to the province.
    up: AtomicU64,
    cuts: AtomicU64,
    /// Ends all connections of now.
    all: Notify,
}

/// Dropping it closes the line.
pub struct Line {
    address: SocketAddr,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

impl Line {
    pub async fn to(province: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            bytes_per_sec: AtomicU64::new(0),
            up_left: AtomicI64::new(NEVER),
            down_left: AtomicI64::new(NEVER),
            up: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
            all: Notify::new(),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                tokio::spawn(pass(near, province, Arc::clone(&shared)));
            }
        });
        Self { address, state, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn slow_down_to(&self, bytes_per_sec: u64) {
        self.state.bytes_per_sec.store(bytes_per_sec, Ordering::SeqCst);
    }

    pub fn full_speed(&self) {
        self.slow_down_to(0);
    }

    /// The next so many bytes still go to the province; then the line breaks.
    pub fn cut_request_after(&self, bytes: u64) {
        self.state.up_left.store(bytes.cast_signed(), Ordering::SeqCst);
    }

    /// The next so many bytes still come from the province; then the line breaks.
    pub fn cut_answer_after(&self, bytes: u64) {
        self.state.down_left.store(bytes.cast_signed(), Ordering::SeqCst);
    }

    /// Whatever is still under way is lost, as it is when the kiosk's plug is pulled: what stood in
    /// its own buffers never leaves it.
    pub fn lose_what_is_under_way(&self) {
        self.state.all.notify_waiters();
    }

    /// Bytes that went to the province since the start.
    pub fn passed(&self) -> u64 {
        self.state.up.load(Ordering::SeqCst)
    }

    pub fn cuts(&self) -> u64 {
        self.state.cuts.load(Ordering::SeqCst)
    }

    pub async fn until(&self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !wanted(self) {
            assert!(began.elapsed() < WAIT_MAX, "Waited for {what}; {:?}", self.state);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(near: TcpStream, province: SocketAddr, state: Arc<State>) {
    // Nobody answers there: the kiosk's side closes, too.
    let Ok(far) = TcpStream::connect(province).await else {
        return;
    };
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    // Whichever way ends first ends both: both sockets close.
    tokio::select! {
        () = state.all.notified() => {}
        () = copy(near_read, far_write, &state, &state.up_left, Some(&state.up)) => {}
        () = copy(far_read, near_write, &state, &state.down_left, None) => {}
    }
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &State,
    left: &AtomicI64,
    passed: Option<&AtomicU64>,
) {
    let mut buffer = [0; PIECE_BYTES];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        let before = left.load(Ordering::SeqCst);
        let goes = read.min(usize::try_from(before).unwrap_or(0));
        if to.write_all(&buffer[..goes]).await.is_err() {
            return;
        }
        if let Some(passed) = passed {
            passed.fetch_add(goes as u64, Ordering::SeqCst);
        }
        if before != NEVER {
            if goes < read || before == goes as i64 {
                left.store(NEVER, Ordering::SeqCst);
                state.cuts.fetch_add(1, Ordering::SeqCst);
                return;
            }
            left.fetch_sub(goes as i64, Ordering::SeqCst);
        }
        let speed = state.bytes_per_sec.load(Ordering::SeqCst);
        if speed > 0 {
            tokio::time::sleep(Duration::from_secs_f64(goes as f64 / speed as f64)).await;
        }
    }
}
