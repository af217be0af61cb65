//! HTTP/2 over the standard input and output that BuildKit gives a frontend.
//!
//! BuildKit is the server; it waits ten seconds for our preface, which its own container start
//! uses up, and two more for our settings (`golang.org/x/net/http2`, as of moby/buildkit
//! v0.32.2). So [`connect`] writes both at once, before anything else is done. A connection that
//! broke stays broken: nobody could take another one.
//!
//! Nothing else may write to standard output.

use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::unix::pipe;
use tonic::body::Body;

/// How much the daemon may send unasked: one message of the largest size (16 MiB) or more.
const WINDOW: u32 = 32 << 20;

/// Writes what nobody else can be told to standard error, which is the daemon's log.
pub fn complain(error: &dyn std::error::Error) {
    writeln!(io::stderr(), "windlass frontend: {error}").ok();
}

/// Connects over file descriptors 0 and 1 of this process.
///
/// # Errors
///
/// Standard input is a terminal, a descriptor is closed, or the connection broke before it stood.
pub async fn connect() -> io::Result<Connection> {
    if io::stdin().is_terminal() {
        return Err(io::Error::other(
            "this program is started by BuildKit; name its image in the first line of a build file",
        ));
    }
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    over(reader(input)?, writer(output)?).await
}

type Reader = Box<dyn AsyncRead + Send + Unpin>;
type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// Pipes and FIFOs are waited for by the event loop; for anything else a thread waits.
fn reader(input: OwnedFd) -> io::Result<Reader> {
    match pipe::Receiver::from_owned_fd(input) {
        Ok(pipe) => Ok(Box::new(pipe)),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            Ok(Box::new(tokio::io::stdin()))
        }
        Err(error) => Err(error),
    }
}

fn writer(output: OwnedFd) -> io::Result<Writer> {
    match pipe::Sender::from_owned_fd(output) {
        Ok(pipe) => Ok(Box::new(pipe)),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            Ok(Box::new(tokio::io::stdout()))
        }
        Err(error) => Err(error),
    }
}

async fn over(reader: Reader, writer: Writer) -> io::Result<Connection> {
    let (sender, connection) = Builder::new(TokioExecutor::new())
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .handshake(TokioIo::new(Pipes { reader, writer }))
        .await
        .map_err(io::Error::other)?;
    // Its error reaches the calls that wait for it.
    tokio::spawn(async move { connection.await.ok() });
    // The settings leave when the connection first runs.
    tokio::task::yield_now().await;
    Ok(Connection { sender })
}

/// A connection to BuildKit; what the generated client sends its calls over, from any thread. The
/// event loop it was made in moves its bytes.
#[derive(Clone)]
pub struct Connection {
    sender: SendRequest<Body>,
}

impl tower_service::Service<Request<Body>> for Connection {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = hyper::Result<Response<Incoming>>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<hyper::Result<()>> {
        self.sender.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.sender.send_request(request))
    }
}

/// Two one-way streams as one.
struct Pipes {
    reader: Reader,
    writer: Writer,
}

impl AsyncRead for Pipes {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reader).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pipes {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.writer).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_shutdown(cx)
    }
}
