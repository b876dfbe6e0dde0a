//! Builds the driver of the virtual card reader, for the feature `virtual` alone.

use std::env;
use std::path::Path;
use std::process::Command;

const SOURCE: &str = "driver/plug.rs";

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_VIRTUAL").is_none() {
        return;
    }
    let said = |name: &str| env::var_os(name).unwrap_or_else(|| panic!("Cargo says {name}"));
    let mut rustc = Command::new(said("RUSTC"));
    rustc
        .args(["--edition", "2024", "--crate-type", "cdylib", "--deny", "warnings"])
        .args(["-C", "panic=abort", "-C", "opt-level=s", "-C", "strip=symbols"])
        .arg("--target")
        .arg(said("TARGET"));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut option = std::ffi::OsString::from("linker=");
        option.push(linker);
        rustc.arg("-C").arg(option);
    }
    rustc
        .arg("-o")
        .arg(Path::new(&said("OUT_DIR")).join("plug.so"))
        .arg(SOURCE);
    let status = rustc.status().unwrap_or_else(|error| panic!("{rustc:?}: {error}"));
    assert!(status.success(), "{rustc:?}: {status}");
}
