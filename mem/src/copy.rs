//! Copying: up to 64 bytes without a loop, however they overlap.

use core::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_storeu_si128};

/// What a register holds.
const PART: usize = size_of::<__m128i>();

/// What one turn of a loop copies.
const BLOCK: usize = 4 * PART;

/// From here on the processor's own way is the fastest.
const LARGE: usize = 2048;

/// Copies `n` bytes; the two places may overlap.
///
/// # Safety
///
/// `n` bytes can be read from `from` and written to `to`.
#[inline(always)]
pub(crate) unsafe fn copy(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: each size is at least that of the parts at one end, and at most that of both.
    unsafe {
        if n <= PART {
            if n >= 8 {
                ends::<u64>(to, from, n);
            } else if n >= 4 {
                ends::<u32>(to, from, n);
            } else if n >= 2 {
                ends::<u16>(to, from, n);
            } else if n == 1 {
                to.write(from.read());
            }
        } else if n <= 2 * PART {
            ends::<__m128i>(to, from, n);
        } else if n <= BLOCK {
            let (first, last) = (read::<2>(from), read::<2>(from.add(n - 2 * PART)));
            write(to, first);
            write(to.add(n - 2 * PART), last);
        } else {
            many(to, from, n);
        }
    }
}

/// Copies from one to two values: the first and the last, both read before one is written.
#[inline(always)]
unsafe fn ends<T>(to: *mut u8, from: *const u8, n: usize) {
    let last = n - size_of::<T>();
    // SAFETY: `n` is at least the size of a value.
    unsafe {
        let (a, b) = (
            from.cast::<T>().read_unaligned(),
            from.add(last).cast::<T>().read_unaligned(),
        );
        to.cast::<T>().write_unaligned(a);
        to.add(last).cast::<T>().write_unaligned(b);
    }
}

/// Copies more than a block.
#[inline(never)]
unsafe fn many(to: *mut u8, from: *const u8, n: usize) {
    let last = n - BLOCK;
    // SAFETY: blocks begin at 0 to `last`. What a block overwrites has been read: loops begin at
    // the end that is overwritten first, and the block at their other end is read before.
    unsafe {
        if to.addr().wrapping_sub(from.addr()) < n {
            let (mut at, first) = (last, read::<4>(from));
            while at > 0 {
                write(to.add(at), read::<4>(from.add(at)));
                at = at.saturating_sub(BLOCK);
            }
            write(to, first);
        } else if n >= LARGE {
            core::arch::asm!(
                "rep movsb",
                inout("rcx") n => _,
                inout("rdi") to => _,
                inout("rsi") from => _,
                options(nostack, preserves_flags)
            );
        } else {
            let (mut at, end) = (0, read::<4>(from.add(last)));
            while at < last {
                write(to.add(at), read::<4>(from.add(at)));
                at += BLOCK;
            }
            write(to.add(last), end);
        }
    }
}

#[inline(always)]
unsafe fn read<const N: usize>(from: *const u8) -> [__m128i; N] {
    // SAFETY: the caller has `N` parts there.
    core::array::from_fn(|idx| unsafe { _mm_loadu_si128(from.add(idx * PART).cast()) })
}

#[inline(always)]
unsafe fn write<const N: usize>(to: *mut u8, parts: [__m128i; N]) {
    for (idx, part) in parts.into_iter().enumerate() {
        // SAFETY: the caller has room for `N` parts there.
        unsafe { _mm_storeu_si128(to.add(idx * PART).cast(), part) };
    }
}
