//! Which pass is at work: what a bug of ours is reported with.
//!
//! One thread runs a build, so the name is kept for the thread and no pass has to carry it.

use std::cell::{Cell, RefCell};

thread_local! {
    static PASS: Cell<&'static str> = const { Cell::new("start") };
    static PROVOKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes which pass begins.
///
/// # Panics
///
/// When [`provoke`] asked for it.
pub fn enter(name: &'static str) {
    PASS.set(name);
    let is_provoked = PROVOKED.with_borrow(|pass| pass.as_deref() == Some(name));
    assert!(!is_provoked, "asked for by the option `windlass.panic`");
}

/// Returns the pass that began last.
pub fn current() -> &'static str {
    PASS.get()
}

/// Makes the pass of this name panic when it begins: a test of how a bug of ours is reported.
pub fn provoke(pass: Option<&str>) {
    PROVOKED.set(pass.map(str::to_owned));
}
