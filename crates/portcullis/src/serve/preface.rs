//! Telling HTTP/2 from HTTP/1 by the first bytes of a connection.
//!
//! The library can do this itself, but waits for those bytes without end.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Which protocol a peer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1.1, or something that is not HTTP at all and will be told so.
    Http1,
    /// HTTP/2 with prior knowledge (RFC 9113 §3.3).
    Http2,
}

/// Looks at the first bytes without taking them. `None` where the peer did not send enough of them in time.
pub(super) async fn protocol(stream: &TcpStream, within: Duration) -> io::Result<Option<Protocol>> {
    match timeout(within, look(stream)).await {
        Ok(protocol) => protocol.map(Some),
        Err(_) => Ok(None),
    }
}

async fn look(stream: &TcpStream) -> io::Result<Protocol> {
    let mut bytes = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut bytes).await?;
        let seen = &bytes[..length];
        if seen.is_empty() || !PREFACE.starts_with(seen) {
            return Ok(Protocol::Http1);
        }
        if length == PREFACE.len() {
            return Ok(Protocol::Http2);
        }
        // Bytes that were only looked at make the stream readable for ever, so there is no waiting for more.
        sleep(LOOK_AGAIN_AFTER).await;
    }
}

/// What an HTTP/2 client sends first (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    async fn told(sent: &[&[u8]], within: Duration) -> Option<Protocol> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let looking = tokio::spawn(async move { protocol(&stream, within).await.unwrap() });
        for part in sent {
            client.write_all(part).await.unwrap();
            sleep(Duration::from_millis(15)).await;
        }
        looking.await.unwrap()
    }

    #[tokio::test]
    async fn the_first_bytes_tell() {
        let within = Duration::from_secs(60);
        assert_eq!(told(&[b"POST / HTTP/1.1\r\n"], within).await, Some(Protocol::Http1));
        assert_eq!(told(&[b"PRI * HTTP/2.0", b"\r\n\r\nSM\r\n\r\n"], within).await, Some(Protocol::Http2));
        assert_eq!(told(&[b"PRI * HTTP/2.0", b"\r\n\r\nMS\r\n\r\n"], within).await, Some(Protocol::Http1));
    }

    #[tokio::test]
    async fn silence_is_not_waited_for() {
        let within = Duration::from_millis(50);
        assert_eq!(told(&[], within).await, None);
        assert_eq!(told(&[b"PRI"], within).await, None);
    }
}
