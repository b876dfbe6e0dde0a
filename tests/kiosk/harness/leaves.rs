//! A province's NATS server, and those of its centres with a line to it.

use std::net::{SocketAddr, TcpListener};

use super::nats::Nats;

/// The province's server, and where centres reach it.
pub fn province() -> (Nats, SocketAddr) {
    let leaves = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let more = vec![("HALL_LEAVES", leaves.to_string())];
    (Nats::start_as("province.conf", "province", 1, more), leaves)
}

/// A centre's one server.
pub fn leaf(domain: &'static str, province: SocketAddr) -> Nats {
    let province = format!("nats-leaf://{province}");
    let more = vec![("HALL_DOMAIN", domain.to_owned()), ("HALL_PROVINCE", province)];
    Nats::start_as("leaf.conf", domain, 1, more)
}
