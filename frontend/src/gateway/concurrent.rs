//! Several calls at the same time, on one thread.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

enum Slot<F: Future> {
    Running(Pin<Box<F>>),
    Done(F::Output),
}

/// Runs all futures at the same time and returns what they return, in their order; or the first
/// error, without waiting for the others.
///
/// A wake-up polls all of them: fine for the dozens of images and platforms of a build.
///
/// # Errors
///
/// What the first one to fail returned.
pub async fn try_all<T, E, F>(futures: impl IntoIterator<Item = F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    let pinned = futures.into_iter().map(Box::pin);
    let mut slots: Vec<Slot<_>> = pinned.map(Slot::Running).collect();
    poll_fn(|cx| {
        let mut is_done = true;
        for slot in &mut slots {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(cx) {
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Ready(output) => *slot = Slot::Done(output),
                    Poll::Pending => is_done = false,
                }
            }
        }
        if is_done {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    })
    .await?;
    let outputs = slots.into_iter().filter_map(|slot| match slot {
        Slot::Done(output) => Some(output),
        Slot::Running(_) => None,
    });
    outputs.collect()
}

/// Runs two futures at the same time.
pub async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    tokio::join!(a, b)
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::oneshot;

    use super::try_all;

    type Call = std::pin::Pin<Box<dyn Future<Output = Result<u8, &'static str>>>>;

    fn run(calls: [Call; 2]) -> Result<Vec<u8>, &'static str> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(try_all(calls))
    }

    #[test]
    fn all_run_at_the_same_time_and_keep_their_order() {
        let (send, receive) = oneshot::channel();
        let first: Call = Box::pin(async { Ok(receive.await.expect("the second one sends")) });
        let second: Call = Box::pin(async {
            send.send(1).expect("the first one waits");
            Ok(2)
        });
        assert_eq!(run([first, second]), Ok(vec![1, 2]));
    }

    #[test]
    fn an_error_does_not_wait_for_the_others() {
        let endless: Call = Box::pin(pending());
        assert_eq!(run([endless, Box::pin(async { Err("no") })]), Err("no"));
    }
}
