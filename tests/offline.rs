//! The passes without a daemon: goldens and parity.

mod compiled;
mod golden;
mod parity;
