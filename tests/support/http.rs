//! A web server on the loopback interface that answers as told.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use super::live::must;

/// What the server does with a request.
#[derive(Clone)]
pub enum Reply {
    /// 200 with this body.
    Body(Vec<u8>),
    /// 200 with this body of a media type.
    Typed(String, Vec<u8>),
    /// 200 with this body, last modified at this time: `Tue, 14 Nov 2023 22:13:20 GMT`.
    Dated(String, Vec<u8>),
    /// This status with a short body.
    Status(u16),
    /// 302 to another path.
    Redirect(String),
    /// The same as what it holds, after a while.
    Slow(Duration, Box<Reply>),
    /// Closes the connection after half of the body.
    Torn(Vec<u8>),
    /// Never answers.
    Silence,
}

/// A server that lives as long as the process.
pub struct HttpServer {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    replies: Mutex<BTreeMap<String, Reply>>,
    requests: Mutex<Vec<String>>,
}

impl HttpServer {
    /// Starts a server that knows no path yet.
    pub fn start() -> HttpServer {
        let listener = must(TcpListener::bind("127.0.0.1:0"), "no port");
        let port = must(listener.local_addr(), "no address").port();
        let shared = Arc::new(Shared::default());
        let inner = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inner = Arc::clone(&inner);
                // A client that goes away is no failure of the test.
                std::thread::spawn(move || drop(answer(stream, &inner)));
            }
        });
        HttpServer { port, shared }
    }

    /// Sets the reply for a path such as `/a.txt`; `*` is for all others.
    pub fn on(&self, path: &str, reply: Reply) -> &Self {
        self.shared
            .replies
            .lock()
            .expect("no panic in the server")
            .insert(path.into(), reply);
        self
    }

    /// Returns the address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host())
    }

    /// Returns `127.0.0.1:PORT`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Returns the requests so far, such as `GET /a.txt`.
    pub fn requests(&self) -> Vec<String> {
        self.shared
            .requests
            .lock()
            .expect("no panic in the server")
            .clone()
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or("/"));
    let path = target.split('?').next().unwrap_or("/");
    shared
        .requests
        .lock()
        .expect("no panic here")
        .push(format!("{method} {path}"));
    let replies = shared.replies.lock().expect("no panic here");
    let found = replies.get(path).or_else(|| replies.get("*")).cloned();
    drop(replies);
    send(&mut stream, method, &found.unwrap_or(Reply::Status(404)))
}

fn send(stream: &mut TcpStream, method: &str, reply: &Reply) -> std::io::Result<()> {
    match reply {
        Reply::Body(body) => {
            head(stream, 200, body.len(), "")?;
            if method != "HEAD" {
                stream.write_all(body)?;
            }
        }
        Reply::Typed(media_type, body) => {
            let more = format!("Content-Type: {media_type}\r\n");
            head(stream, 200, body.len(), &more)?;
            if method != "HEAD" {
                stream.write_all(body)?;
            }
        }
        Reply::Dated(time, body) => {
            let more = format!("Last-Modified: {time}\r\n");
            head(stream, 200, body.len(), &more)?;
            if method != "HEAD" {
                stream.write_all(body)?;
            }
        }
        Reply::Status(code) => head(stream, *code, 0, "")?,
        Reply::Redirect(to) => head(stream, 302, 0, &format!("Location: {to}\r\n"))?,
        Reply::Slow(wait, then) => {
            sleep(*wait);
            send(stream, method, then)?;
        }
        Reply::Torn(body) => {
            head(stream, 200, body.len(), "")?;
            if method != "HEAD" {
                stream.write_all(&body[..body.len() / 2])?;
            }
        }
        Reply::Silence => sleep(Duration::from_secs(3600)),
    }
    Ok(())
}

fn head(stream: &mut TcpStream, code: u16, length: usize, more: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {code} Told\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n"
    )
}
