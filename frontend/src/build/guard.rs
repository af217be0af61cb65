//! What becomes of a panic: an error like any other, which the user can report. Standard error
//! would reach only the daemon's log.
//!
//! A panic cannot be caught, as the frontend is compiled without unwinding. So the thread that
//! panicked says what happened to one that goes on, and stands still until that one ends the
//! process.

use std::cell::Cell;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::gateway::{Error, status};
use crate::pass;

/// How long the thread that goes on has got to hand an error back. After that the panic takes its
/// usual course: that thread may wait for a lock held here.
const PATIENCE: Duration = Duration::from_secs(30);

static HOOK: Once = Once::new();

thread_local! {
    static REPORT: Cell<Option<oneshot::Sender<Error>>> = const { Cell::new(None) };
}

/// Makes a panic of the calling thread an error that names the pass, and sends it.
pub fn report(to: oneshot::Sender<Error>) {
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            hand_over(info);
            usual(info);
        }));
    });
    REPORT.set(Some(to));
}

fn hand_over(info: &PanicHookInfo<'_>) {
    let report = REPORT.try_with(Cell::take).ok().flatten();
    if report.is_some_and(|report| report.send(internal(info)).is_ok()) {
        thread::sleep(PATIENCE);
    }
}

fn internal(info: &PanicHookInfo<'_>) -> Error {
    let place = info.location().map(ToString::to_string);
    status::unmarked(Error::new(format!(
        "internal error in {}: {} ({}), please report",
        pass::current(),
        info.payload_as_str().unwrap_or("a panic"),
        place.as_deref().unwrap_or("place unknown"),
    )))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use tokio::sync::oneshot;

    use super::report;
    use crate::pass::{enter, provoke};

    #[test]
    fn a_panic_becomes_an_error_that_names_the_pass() {
        let (sender, bug) = oneshot::channel();
        thread::spawn(|| {
            report(sender);
            provoke(Some("expand"));
            enter("model");
            enter("expand");
        });
        let message = bug.blocking_recv().expect("a panic").message;
        let (start, end) = message.split_once(" (").expect("a place");
        assert_eq!(
            start,
            "internal error in expand: asked for by the option `windlass.panic`"
        );
        assert!(end.starts_with("frontend/src/pass.rs:"), "{end}");
        assert!(end.ends_with("), please report"), "{end}");
    }

    #[test]
    fn a_thread_that_does_not_panic_sends_nothing() {
        let (sender, bug) = oneshot::channel();
        thread::spawn(|| report(sender)).join().expect("no panic");
        bug.blocking_recv().expect_err("no error");
    }
}
