//! Several calls at the same time, on one thread.

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
    let mut slots: Vec<Slot<F>> = futures
        .into_iter()
        .map(|future| Slot::Running(Box::pin(future)))
        .collect();
    poll_fn(|cx| {
        let mut is_done = true;
        for slot in &mut slots {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(cx) {
                    Poll::Ready(output) => *slot = Slot::Done(output),
                    Poll::Pending => is_done = false,
                }
            }
        }
        if is_done {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    slots
        .into_iter()
        .filter_map(|slot| match slot {
            Slot::Done(output) => Some(output),
            Slot::Running(_) => None,
        })
        .collect()
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
