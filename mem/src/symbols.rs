//! The names that the compiler calls.

use core::ffi::c_int;

#[cfg(target_arch = "x86_64")]
use crate::copy::copy;
use crate::order::order;

/// # Safety
///
/// As C's.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, n: usize) -> *mut u8 {
    // SAFETY: the caller keeps C's promise.
    unsafe { copy(to, from, n) };
    to
}

/// # Safety
///
/// As C's.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, n: usize) -> *mut u8 {
    // SAFETY: the caller keeps C's promise.
    unsafe { copy(to, from, n) };
    to
}

/// # Safety
///
/// As C's.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, n: usize) -> c_int {
    // SAFETY: the caller keeps C's promise.
    unsafe { order(a, b, n) }
}

/// # Safety
///
/// As C's.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, n: usize) -> c_int {
    // SAFETY: the caller keeps C's promise.
    unsafe { order(a, b, n) }
}
