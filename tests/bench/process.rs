//! What processes cost, as the kernel counts it.

use std::fs::read_to_string;
use std::time::Duration;

use anyhow::Context;

/// CPU time of all live threads of a process, in the scheduler's nanoseconds.
pub fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let mut nanos = 0;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end while it is looked at.
        let Ok(line) = read_to_string(thread?.path().join("schedstat")) else {
            continue;
        };
        nanos += line
            .split(' ')
            .next()
            .and_then(|first| first.parse::<u64>().ok())
            .unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanos))
}

/// Proportional share of memory, in KiB.
pub fn pss_kib(pid: u32) -> anyhow::Result<u64> {
    field(pid, "Pss:")
}

/// The part of it that is anonymous: heap, stacks, pixels.
pub fn pss_anon_kib(pid: u32) -> anyhow::Result<u64> {
    field(pid, "Pss_Anon:")
}

fn field(pid: u32, name: &str) -> anyhow::Result<u64> {
    let rollup = read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find(|line| line.starts_with(name))
        .context("No such field")?;
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .context("No number")
}

/// A process and all that came of it.
pub fn family(root: u32) -> Vec<u32> {
    let mut parents = vec![];
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(stat) = read_to_string(entry.path().join("stat")) else {
            continue;
        };
        // The name stands in brackets and may hold anything.
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (pid, parent)));
    }
    let mut family = vec![root];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    family
}

pub fn load() -> String {
    read_to_string("/proc/loadavg")
        .map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" "))
        .unwrap_or_default()
}
