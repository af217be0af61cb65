//! How static binaries copy, compare and allocate bytes: small sizes first.
//!
//! [`Classes`] is the allocator.
//!
//! The compiler turns every move, copy and comparison of unknown size into a call of one of these.
//! Most are of a few bytes, where musl's are slow: on x86-64 it copies with `rep movs`, which takes
//! longer to begin than to copy, and on every machine it compares byte by byte. Linked into a
//! static binary, these are found before musl's. What musl does well stays: `memset`, and on arm64
//! `memcpy` and `memmove`.
//!
//! A binary says `use windlass_mem as _;`.
#![no_std]
// A loop in here must not become a call of what it implements.
#![no_builtins]

#[cfg(test)]
extern crate std;

mod classes;

#[cfg(all(target_arch = "x86_64", any(test, target_env = "musl")))]
mod copy;
#[cfg(any(test, target_env = "musl"))]
mod order;

#[cfg(target_env = "musl")]
mod symbols;

pub use classes::{Classes, LARGEST};

#[cfg(test)]
mod tests;
