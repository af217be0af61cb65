//! Against the plainest way to say the same, byte by byte.

use core::alloc::{GlobalAlloc as _, Layout};
use std::alloc::System;
use std::vec::Vec;

use crate::order::order;
use crate::{Classes, LARGEST};

/// Numbers that look random, the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).expect("64 bits") % limit
    }

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.below(256) as u8).collect()
    }
}

#[cfg(target_arch = "x86_64")]
#[track_caller]
fn check_copy(bytes: &[u8], (to, from, n): (usize, usize, usize)) {
    let (mut ours, mut expected) = (bytes.to_vec(), bytes.to_vec());
    for (place, byte) in expected[to..].iter_mut().zip(&bytes[from..from + n]) {
        *place = *byte;
    }
    assert!(to.max(from) + n <= bytes.len());
    let start = ours.as_mut_ptr();
    // SAFETY: both places are within `ours`.
    unsafe { crate::copy::copy(start.add(to), start.add(from), n) };
    assert!(ours == expected, "{n} bytes from {from} to {to}");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn small_copies_overlap_in_every_way() {
    let bytes = Numbers(1).bytes(200);
    for n in 0..100 {
        for to in 0..100 {
            check_copy(&bytes, (to, 50, n));
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn large_copies_overlap_anyhow() {
    let mut numbers = Numbers(2);
    let bytes = numbers.bytes(10_000);
    for _ in 0..2_000 {
        let n = numbers.below(5_000);
        let [to, from] = [(); 2].map(|()| numbers.below(bytes.len() - n));
        check_copy(&bytes, (to, from, n));
    }
}

#[track_caller]
fn check_order(a: &[u8], b: &[u8]) {
    assert_eq!(a.len(), b.len());
    let expected = a.iter().cmp(b) as i32;
    // SAFETY: both slices are as long as `a`.
    let ours = unsafe { order(a.as_ptr(), b.as_ptr(), a.len()) };
    assert_eq!(ours, expected, "{a:?}\n{b:?}");
}

#[test]
fn one_differing_byte_decides_wherever_it_is() {
    let mut numbers = Numbers(3);
    for n in 0..70 {
        let a = numbers.bytes(n);
        check_order(&a, &a);
        for at in 0..n {
            let mut b = a.clone();
            b[at] = b[at].wrapping_add(1 + numbers.below(255) as u8);
            check_order(&a, &b);
            check_order(&b, &a);
        }
    }
}

#[test]
fn the_first_of_several_differing_bytes_decides() {
    let mut numbers = Numbers(4);
    for _ in 0..20_000 {
        let n = numbers.below(70);
        let [mut a, mut b] = [(); 2].map(|()| numbers.bytes(n));
        let same = numbers.below(n + 1);
        a[..same].fill(7);
        b[..same].fill(7);
        check_order(&a, &b);
    }
}

/// A block, what it was asked for, and the byte that all of it holds.
type Block = (usize, Layout, u8);

fn filled(allocator: &Classes<System>, layout: Layout, byte: u8) -> Block {
    // SAFETY: no size is zero.
    let block = unsafe { allocator.alloc(layout) };
    assert!(!block.is_null() && (block as usize).is_multiple_of(layout.align()));
    // SAFETY: the block has this size.
    unsafe { block.write_bytes(byte, layout.size()) };
    (block as usize, layout, byte)
}

/// Checks that nobody else has written to the first bytes of a block.
fn check_block((block, layout, byte): Block, n: usize) {
    // SAFETY: the block has this size, and nobody has given it back.
    let bytes = unsafe { std::slice::from_raw_parts(block as *const u8, n.min(layout.size())) };
    assert!(bytes.iter().all(|it| *it == byte), "{layout:?}");
}

/// Allocates, grows, shrinks and gives back at random, some thousand blocks at a time.
fn live(allocator: &Classes<System>, seed: u64) {
    let mut numbers = Numbers(seed);
    let mut blocks: Vec<Block> = Vec::new();
    for turn in 0..60_000 {
        let size = 1 + numbers.below(if turn % 9 == 0 { 3 * LARGEST } else { 100 });
        let layout = Layout::from_size_align(size, 1 << numbers.below(7)).expect("a layout");
        let byte = numbers.below(256) as u8;
        match numbers.below(4) {
            0 if !blocks.is_empty() => {
                let block = blocks.swap_remove(numbers.below(blocks.len()));
                check_block(block, usize::MAX);
                // SAFETY: it was allocated with this layout and is not used again.
                unsafe { allocator.dealloc(block.0 as *mut u8, block.1) };
            }
            1 if !blocks.is_empty() => {
                let (block, old, byte) = blocks.swap_remove(numbers.below(blocks.len()));
                // SAFETY: it was allocated with this layout and is not used again.
                let moved = unsafe { allocator.realloc(block as *mut u8, old, size) };
                let layout = Layout::from_size_align(size, old.align()).expect("a layout");
                check_block((moved as usize, layout, byte), old.size());
                // SAFETY: the block has this size.
                unsafe { moved.write_bytes(byte, size) };
                blocks.push((moved as usize, layout, byte));
            }
            _ => blocks.push(filled(allocator, layout, byte)),
        }
    }
    for block in blocks {
        check_block(block, usize::MAX);
        // SAFETY: it was allocated with this layout and is not used again.
        unsafe { allocator.dealloc(block.0 as *mut u8, block.1) };
    }
}

#[test]
fn blocks_of_several_threads_never_meet() {
    let allocator = Classes::new(System);
    std::thread::scope(|scope| {
        for seed in 1..=4 {
            let allocator = &allocator;
            scope.spawn(move || live(allocator, seed));
        }
    });
}

#[test]
fn a_block_that_was_used_is_zeroed_when_asked_for_so() {
    let allocator = Classes::new(System);
    let layout = Layout::new::<[u64; 4]>();
    let (block, _, _) = filled(&allocator, layout, 7);
    // SAFETY: it was allocated with this layout and is not used again.
    unsafe { allocator.dealloc(block as *mut u8, layout) };
    // SAFETY: the size is not zero.
    let again = unsafe { allocator.alloc_zeroed(layout) };
    assert_eq!(again as usize, block, "the one that was given back last");
    check_block((block, layout, 0), usize::MAX);
}
