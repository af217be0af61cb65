//! An allocator for many small blocks: a list of free ones for each size.
//!
//! A build makes some hundred thousand blocks of a few words, and gives most of them back soon. A
//! block of up to [`LARGEST`] bytes is taken from the list of its size, or cut from a chunk; it goes
//! back to that list and never to another size. Larger ones are left to the allocator below.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::hint::spin_loop;
use core::ptr::{self, null_mut};
use core::sync::atomic::{AtomicBool, Ordering};

/// Sizes are multiples of this many bytes, and so are addresses. A block has room for one address.
const GRAIN: usize = size_of::<*mut u8>();

/// The most bytes of a small block. More of them would keep more memory from other sizes.
pub const LARGEST: usize = 128;

/// Small blocks are cut from chunks of this many bytes.
const CHUNK: usize = 16 << 10;

/// Small blocks by lists, large ones by `A`.
#[derive(Debug)]
pub struct Classes<A> {
    below: A,
    is_busy: AtomicBool,
    state: UnsafeCell<State>,
}

#[derive(Debug)]
struct State {
    /// For each size the block that was given back last. A free block begins with the address of
    /// the next one.
    free: [*mut u8; LARGEST / GRAIN],
    /// What is left of the last chunk.
    chunk: *mut u8,
    left: usize,
}

// SAFETY: the state is only reached by whoever has set `is_busy`.
unsafe impl<A: Sync> Sync for Classes<A> {}

impl<A> Classes<A> {
    /// Returns an allocator that has taken nothing yet.
    pub const fn new(below: A) -> Self {
        Classes {
            below,
            is_busy: AtomicBool::new(false),
            state: UnsafeCell::new(State {
                free: [null_mut(); LARGEST / GRAIN],
                chunk: null_mut(),
                left: 0,
            }),
        }
    }

    /// Does `work` while no other thread is in here.
    #[inline]
    fn locked<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let take = || {
            self.is_busy
                .compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed)
        };
        while take().is_err() {
            spin_loop();
        }
        // SAFETY: whoever set `is_busy` is alone, and `work` does not come back here.
        let done = work(unsafe { &mut *self.state.get() });
        self.is_busy.store(false, Ordering::Release);
        done
    }
}

/// Returns the list of a block, unless it is a large one.
#[inline]
fn class(size: usize, align: usize) -> Option<usize> {
    (size <= LARGEST && align <= GRAIN).then(|| size.saturating_sub(1) / GRAIN)
}

impl State {
    /// Returns a block of a list, or null if there is no memory.
    #[inline]
    fn take(&mut self, class: usize, below: &impl GlobalAlloc) -> *mut u8 {
        let block = self.free[class];
        if block.is_null() {
            return self.cut((class + 1) * GRAIN, below);
        }
        // SAFETY: `give` has written the next one's address to it, and nobody has it since.
        self.free[class] = unsafe { block.cast::<*mut u8>().read() };
        block
    }

    #[cold]
    fn cut(&mut self, size: usize, below: &impl GlobalAlloc) -> *mut u8 {
        if self.left < size {
            let layout = Layout::from_size_align(CHUNK, GRAIN);
            // SAFETY: a chunk has a size.
            let chunk = layout.map_or(null_mut(), |layout| unsafe { below.alloc(layout) });
            if chunk.is_null() {
                return chunk;
            }
            (self.chunk, self.left) = (chunk, CHUNK);
        }
        let block = self.chunk;
        // SAFETY: at least `size` bytes of the chunk are left.
        self.chunk = unsafe { block.add(size) };
        self.left -= size;
        block
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// It was taken from this list, and nobody uses it any more.
    #[inline]
    unsafe fn give(&mut self, class: usize, block: *mut u8) {
        // SAFETY: a block has room for an address, and its own is a multiple of `GRAIN`.
        unsafe { block.cast::<*mut u8>().write(self.free[class]) };
        self.free[class] = block;
    }
}

// SAFETY: a block is in one place at a time: in a list, in the rest of a chunk, or at somebody's.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Classes<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match class(layout.size(), layout.align()) {
            Some(class) => self.locked(|state| state.take(class, &self.below)),
            // SAFETY: the caller keeps the promise.
            None => unsafe { self.below.alloc(layout) },
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match class(layout.size(), layout.align()) {
            // SAFETY: the same layout led to the same list when it was taken.
            Some(class) => self.locked(|state| unsafe { state.give(class, block) }),
            // SAFETY: the caller keeps the promise.
            None => unsafe { self.below.dealloc(block, layout) },
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if class(layout.size(), layout.align()).is_none() {
            // SAFETY: the caller keeps the promise.
            return unsafe { self.below.alloc_zeroed(layout) };
        }
        // SAFETY: the caller keeps the promise.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: the block has this size.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let old = class(layout.size(), layout.align());
        let new = class(size, layout.align());
        if old.is_some() && old == new {
            return block;
        }
        if old.is_none() && new.is_none() {
            // SAFETY: the caller keeps the promise.
            return unsafe { self.below.realloc(block, layout, size) };
        }
        // SAFETY: the caller promises that `size` is one with this alignment, and not zero.
        let other = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !other.is_null() {
            let kept = layout.size().min(size);
            // SAFETY: both have that many bytes, and they are two blocks.
            unsafe {
                ptr::copy_nonoverlapping(block, other, kept);
                self.dealloc(block, layout);
            }
        }
        other
    }
}
