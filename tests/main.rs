//! The project seen from outside: one test binary, a file a theme.

mod frontend;
mod live;
mod offline;
