//! How much memory is kept that nobody uses.
//!
//! A visit with papers takes tens of megabytes for a moment. glibc would keep them: an arena a thread, and
//! thresholds that grow with the largest block ever freed. A kiosk runs for months on a small machine, and
//! pages that were given back can neither be read nor written to a card.

/// Blocks of at least so many bytes are mapped alone and unmapped when freed.
const MAPPED_BYTES_LEAST: i32 = 64 << 10;
/// So much may lie free at the end of the heap.
const FREE_BYTES_MAX: i32 = 64 << 10;

/// Makes the C library give freed memory back to the system. To be called before the first thread is started.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "no safe call sets the allocator's limits")]
pub fn give_back_what_is_free() {
    let limits = [
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_THRESHOLD, MAPPED_BYTES_LEAST),
        (libc::M_TRIM_THRESHOLD, FREE_BYTES_MAX),
    ];
    for (limit, value) in limits {
        // SAFETY: mallopt(3) takes two numbers, touches no memory of ours and refuses what it does not know.
        unsafe {
            libc::mallopt(limit, value);
        }
    }
}

/// Other C libraries have no such limits.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back_what_is_free() {}
