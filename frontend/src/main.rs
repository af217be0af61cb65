//! The binary in the image: connect, build, exit code.

use std::process::ExitCode;

use windlass_frontend::build::{self, Invocation, guard};
use windlass_frontend::gateway::grpc::Grpc;
use windlass_frontend::gateway::stdio;

#[cfg(target_env = "musl")]
use {std::alloc::System, talc::source::GlobalAllocSource};

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: talc::TalcLock<spinning_top::RawSpinlock, GlobalAllocSource<System>> =
    talc::TalcLock::new(GlobalAllocSource::new(System));

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(guard::note));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the kernel gives an event loop");
    let result = runtime.block_on(async {
        // Before anything else: the daemon waits no longer than ten seconds for it.
        let gateway = Grpc::new(stdio::connect().await?);
        build::run(&gateway, &Invocation::read(std::env::vars_os())).await?;
        Ok::<_, Box<dyn std::error::Error>>(())
    });
    // A thread may still wait for standard input.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            stdio::complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
