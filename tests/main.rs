//! The project seen from outside: one test binary, a file a theme.

mod live;
mod offline;
