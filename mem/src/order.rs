//! Comparing: eight bytes at once.

use core::ffi::c_int;

/// Compares `n` bytes as numbers; the sign of the result says which are less.
///
/// # Safety
///
/// Both pointers lead to `n` bytes.
#[inline(always)]
pub(crate) unsafe fn order(a: *const u8, b: *const u8, n: usize) -> c_int {
    let mut at = 0;
    while at + 8 <= n {
        // SAFETY: the eight bytes end at `n` or before.
        let (x, y) = unsafe { (word(a, at), word(b, at)) };
        if x != y {
            return sign(x, y);
        }
        at += 8;
    }
    if n >= 8 {
        // SAFETY: the last eight of at least eight bytes.
        let (x, y) = unsafe { (word(a, n - 8), word(b, n - 8)) };
        return sign(x, y);
    }
    // SAFETY: there are `n` bytes, fewer than eight.
    let (x, y) = unsafe { (few(a, n), few(b, n)) };
    sign(x, y)
}

/// Reads eight bytes, the first of which counts most.
#[inline(always)]
unsafe fn word(bytes: *const u8, at: usize) -> u64 {
    // SAFETY: the caller has them.
    u64::from_be(unsafe { bytes.add(at).cast::<u64>().read_unaligned() })
}

/// Reads fewer than eight bytes, the first of which counts most.
#[inline(always)]
unsafe fn few(bytes: *const u8, n: usize) -> u64 {
    if n >= 4 {
        // SAFETY: the first four bytes and the last four of at least four.
        let (first, last) = unsafe {
            (
                bytes.cast::<u32>().read_unaligned(),
                bytes.add(n - 4).cast::<u32>().read_unaligned(),
            )
        };
        return u64::from(u32::from_be(first)) << 32 | u64::from(u32::from_be(last));
    }
    if n == 0 {
        return 0;
    }
    // SAFETY: the first, the middle and the last of one to three bytes.
    let [first, middle, last] = [0, n / 2, n - 1].map(|at| u64::from(unsafe { *bytes.add(at) }));
    first << 16 | middle << 8 | last
}

#[inline(always)]
fn sign(x: u64, y: u64) -> c_int {
    c_int::from(x > y) - c_int::from(x < y)
}
