//! What becomes of a panic: an error like any other, which the user can report. Standard error
//! would reach only the daemon's log.

use std::any::Any;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::gateway::{Error, status};
use crate::pass;

thread_local! {
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Notes where in our code a panic happened. To be installed as the panic hook.
pub fn note(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    PLACE.set(place.unwrap_or_default());
}

/// Runs a future; a panic in it becomes an error that names the pass.
pub(super) async fn guarded<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(internal(panic.as_ref()))))
    })
    .await
}

fn internal(panic: &(dyn Any + Send)) -> Error {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let place = PLACE.take();
    status::unmarked(Error::new(format!(
        "internal error in {}: {} ({}), please report",
        pass::current(),
        message.unwrap_or("a panic"),
        if place.is_empty() {
            "place unknown"
        } else {
            &place
        },
    )))
}

#[cfg(test)]
mod tests {
    use super::guarded;
    use crate::pass::{enter, provoke};

    #[test]
    fn a_panic_becomes_an_error_that_names_the_pass() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let error = runtime.block_on(guarded(async {
            provoke(Some("expand"));
            enter("model");
            enter("expand");
            Ok(())
        }));
        assert_eq!(
            error.expect_err("a panic").message,
            "internal error in expand: asked for by the option `windlass.panic` (place unknown), \
             please report"
        );
    }
}
