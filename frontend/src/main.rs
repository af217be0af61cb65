//! The binary in the image: connect, build, exit code.
//!
//! The build has the first thread, as its stack is the largest. Another one, the edge, moves bytes
//! to and from the daemon; when the build panics, it is there to say so.

use std::process;
use std::{future, io, thread};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use windlass_frontend::build::{self, Invocation, guard};
use windlass_frontend::gateway::grpc::Grpc;
use windlass_frontend::gateway::stdio::{self, Connection};
use windlass_frontend::gateway::{Error, Gateway as _};

#[cfg(target_env = "musl")]
use {std::alloc::System, talc::source::GlobalAllocSource, windlass_mem::Classes};

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: Classes<Large> =
    Classes::new(talc::TalcLock::new(GlobalAllocSource::new(System)));

/// Allocates what is not small.
#[cfg(target_env = "musl")]
type Large = talc::TalcLock<spinning_top::RawSpinlock, GlobalAllocSource<System>>;

type Failure = Box<dyn std::error::Error>;

fn main() {
    end(connect_and_build())
}

fn connect_and_build() -> Result<(), Failure> {
    let (connected, connection) = oneshot::channel();
    let (reporter, bug) = oneshot::channel();
    guard::report(reporter);
    let edge = thread::Builder::new().name("edge".to_owned());
    edge.spawn(|| drive(connected, bug))?;
    let connection = connection.blocking_recv();
    let gateway = Grpc::new(connection.expect("the edge says whether it has connected")?);
    let invocation = Invocation::read(std::env::vars_os());
    event_loop().block_on(build::run(&gateway, &invocation))?;
    Ok(())
}

/// Connects, and keeps the connection going until the process ends; which it does if there is a
/// bug to report.
fn drive(connected: oneshot::Sender<io::Result<Connection>>, bug: oneshot::Receiver<Error>) {
    event_loop().block_on(async {
        // Before anything else: the daemon waits no longer than ten seconds for it.
        let result = stdio::connect().await;
        let connection = result.as_ref().ok().cloned();
        connected.send(result).ok();
        if let (Some(connection), Ok(error)) = (connection, bug.await) {
            let handed_back = Grpc::new(connection).finish(Err(error)).await;
            end(handed_back.map_err(Into::into));
        }
        future::pending().await
    })
}

fn event_loop() -> Runtime {
    let mut events = Builder::new_current_thread();
    let events = events.enable_all().build();
    events.expect("the kernel gives an event loop")
}

fn end(result: Result<(), Failure>) -> ! {
    match result {
        Ok(()) => process::exit(0),
        Err(error) => {
            stdio::complain(error.as_ref());
            process::exit(1)
        }
    }
}
