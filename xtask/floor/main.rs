//! The frontend that does nothing: what starting any frontend costs.

fn main() {}
