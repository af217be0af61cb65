//! Several calls at the same time, on one thread.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

enum Slot<F: Future> {
    Running(Pin<Box<F>>),
    Done(F::Output),
}

/// Runs all futures at the same time and returns what they return, in their order.
///
/// A wake-up polls all of them: fine for the dozens of images and platforms of a build.
pub async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let futures = futures.into_iter();
    let never = futures.map(|future| async { Ok::<_, Infallible>(future.await) });
    match try_all(never).await {
        Ok(outputs) => outputs,
        Err(never) => match never {},
    }
}

/// Runs all futures at the same time and returns what they return, in their order; or the first
/// error, without waiting for the others.
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
    use super::all;

    #[test]
    fn all_run_at_the_same_time_and_keep_their_order() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let (send, receive) = tokio::sync::oneshot::channel();
        let first: std::pin::Pin<Box<dyn Future<Output = u8>>> =
            Box::pin(async { receive.await.expect("the second one sends") });
        let second: std::pin::Pin<Box<dyn Future<Output = u8>>> = Box::pin(async {
            send.send(1).expect("the first one waits");
            2
        });
        assert_eq!(runtime.block_on(all([first, second])), [1, 2]);
    }
}
