//! The binary in the image.

fn main() {}
