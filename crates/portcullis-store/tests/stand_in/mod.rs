//! A stand-in for Upstash: a real `redis-server` of its own behind an HTTP server that speaks the REST interface.
//!
//! For tests only: of the adapter in this crate, and of the transport in the binary. It serves `POST /` with one
//! command, asks for the bearer token, and tells a Redis that is gone as an error of its own.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The token that requests must bear.
pub(crate) const BEARER: &str = "stand-in-token-5f0d";

/// A running stand-in. Ends when dropped, its Redis with it.
pub(crate) struct StandIn {
    pub(crate) address: SocketAddr,
    redis: Mutex<Child>,
    folder: TempDir,
    ended: Arc<AtomicBool>,
}

impl StandIn {
    /// Starts both. What Redis answers is on disk by then.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let redis = Mutex::new(redis(folder.path()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, ended) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let (socket, over) = (socket(folder.path()), ended.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let socket = socket.clone();
                std::thread::spawn(move || {
                    // Whoever hangs up in the middle has ended the conversation.
                    let _ = connection.and_then(|connection| converse(connection, &socket));
                });
            }
        });
        Self { address, redis, folder, ended }
    }

    /// Kills Redis without warning, as `kill -9` does.
    pub(crate) fn kill_redis(&self) {
        let mut redis = self.redis.lock().unwrap();
        redis.kill().unwrap();
        redis.wait().unwrap();
    }

    /// Starts Redis again on what it left on disk.
    pub(crate) fn start_redis(&self) {
        *self.redis.lock().unwrap() = redis(self.folder.path());
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Ok(mut redis) = self.redis.lock() {
            let _ = redis.kill();
            let _ = redis.wait();
        }
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("redis.sock")
}

/// Starts a Redis that keeps everything in this folder, and waits until it answers.
fn redis(folder: &Path) -> Child {
    let _ = std::fs::remove_file(socket(folder));
    let child = Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--dir"])
        .arg(folder)
        .arg("--unixsocket")
        .arg(socket(folder))
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server starts; Debian has it in the package redis-server");
    let answers = || ask(&socket(folder), &[json!("PING")]).is_ok_and(|answer| answer == Ok(json!("PONG")));
    let mut tries = 0..1_000;
    while !answers() {
        tries.next().expect("redis-server answers within ten seconds");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

/// Answers requests on one connection until it closes.
fn converse(connection: TcpStream, socket: &Path) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut requests = BufReader::new(connection.try_clone()?);
    let mut answers = connection;
    while let Some(request) = read_request(&mut requests)? {
        let (status, answer) = answer(&request, socket);
        let body = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        answers.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    }
    Ok(())
}

struct Request {
    line: String,
    bearer: Option<String>,
    body: Vec<u8>,
}

fn read_request(requests: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut request = Request { line: String::new(), bearer: None, body: Vec::new() };
    if requests.read_line(&mut request.line)? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        requests.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().map_err(io::Error::other)?,
            "authorization" => request.bearer = value.strip_prefix("Bearer ").map(str::to_owned),
            _ => {}
        }
    }
    request.body.resize(length, 0);
    requests.read_exact(&mut request.body)?;
    Ok(Some(request))
}

fn answer(request: &Request, socket: &Path) -> (&'static str, Value) {
    if request.bearer.as_deref() != Some(BEARER) {
        return ("401 Unauthorized", json!({ "error": "Unauthorized" }));
    }
    let command: Option<Vec<Value>> = serde_json::from_slice(&request.body).ok();
    match (request.line.split(' ').nth(1), command) {
        (Some("/"), Some(command)) => run(&command, socket),
        _ => ("400 Bad Request", json!({ "error": "ERR failed to parse command" })),
    }
}

fn run(command: &[Value], socket: &Path) -> (&'static str, Value) {
    match ask(socket, command) {
        Ok(Ok(result)) => ("200 OK", json!({ "result": result })),
        Ok(Err(error)) => ("400 Bad Request", json!({ "error": error })),
        Err(error) => ("500 Internal Server Error", json!({ "error": format!("no redis: {error}") })),
    }
}

/// Asks Redis in its own protocol (RESP2). The inner error is Redis's.
fn ask(socket: &Path, command: &[Value]) -> io::Result<Result<Value, String>> {
    let mut redis = UnixStream::connect(socket)?;
    let mut request = format!("*{}\r\n", command.len());
    for part in command {
        let part = part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        request.push_str(&format!("${}\r\n{part}\r\n", part.len()));
    }
    redis.write_all(request.as_bytes())?;
    reply(&mut BufReader::new(redis))
}

fn reply(redis: &mut impl BufRead) -> io::Result<Result<Value, String>> {
    let mut line = String::new();
    if redis.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let (kind, rest) = line.trim_end().split_at(1);
    let number = || rest.parse::<i64>().map_err(io::Error::other);
    Ok(Ok(match kind {
        "-" => return Ok(Err(rest.to_owned())),
        "+" => json!(rest),
        ":" => json!(number()?),
        "$" | "*" if number()? < 0 => Value::Null,
        "$" => {
            let length = usize::try_from(number()?).map_err(io::Error::other)?;
            let mut text = vec![0; length + 2];
            redis.read_exact(&mut text)?;
            json!(String::from_utf8_lossy(&text[..length]))
        }
        "*" => {
            let mut parts = Vec::new();
            for _ in 0..number()? {
                match reply(redis)? {
                    Ok(part) => parts.push(part),
                    Err(error) => return Ok(Err(error)),
                }
            }
            Value::Array(parts)
        }
        _ => return Err(io::Error::other("not a reply of Redis")),
    }))
}
