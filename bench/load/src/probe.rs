//! A visitor beside the load: what `/challenge` costs one who asks again a millisecond after each answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::connection::{head, post};
use crate::latency::Latencies;

/// Asks and waits in turn.
pub fn run(server: SocketAddr, site_key: &str, seconds: u64) -> anyhow::Result<Value> {
    let request = post(&format!("/cap/{site_key}/challenge"), "application/json", "");
    let mut stream = TcpStream::connect(server)?;
    stream.set_nodelay(true)?;
    let (start, mut latencies) = (Instant::now(), Latencies::default());
    while start.elapsed() < Duration::from_secs(seconds) {
        sleep(Duration::from_millis(1));
        let sent = Instant::now();
        exchange(&mut stream, &request)?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies.summary())
}

fn exchange(stream: &mut TcpStream, request: &[u8]) -> anyhow::Result<()> {
    stream.write_all(request)?;
    let (mut received, mut piece) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let length = stream.read(&mut piece)?;
        anyhow::ensure!(length > 0, "the server closed the connection");
        received.extend_from_slice(&piece[..length]);
        if let Some((status, start, body)) = head(&received)?
            && received.len() >= start + body
        {
            anyhow::ensure!(status == 200, "challenge: {status}");
            return Ok(());
        }
    }
}
