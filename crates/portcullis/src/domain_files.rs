//! Reading what domains say of their sites: a file at a fixed path, over HTTPS.
//!
//! Strangers choose whom this asks, so it must not become their way into the operator's own network. The name is
//! resolved here, every address of it must be of the open net, and the connection goes to those addresses and no
//! others: a second look-up could answer something else. Certificates are checked, redirects are not followed, no
//! proxy is used, and at most a few look at the same time.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_engine::{DomainFiles, DomainProof, Unread};
use portcullis_ipdata::is_public;
use tokio::sync::Semaphore;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error, config::Config};

use crate::address::{NameServer, SystemNameServer};
use crate::http_client;

/// Reads files of domains.
pub(crate) struct WebFiles {
    name_server: Arc<dyn NameServer>,
    permits: Arc<Semaphore>,
    way: Way,
}

/// How a host is reached.
#[derive(Clone, Copy)]
struct Way {
    scheme: &'static str,
    port: u16,
    may_reach: fn(IpAddr) -> bool,
}

impl WebFiles {
    /// Asks the system's name server, and port 443.
    pub(crate) fn new() -> Self {
        let way = Way { scheme: "https", port: 443, may_reach: is_reachable };
        Self::by(Arc::new(SystemNameServer), way)
    }

    fn by(name_server: Arc<dyn NameServer>, way: Way) -> Self {
        Self { name_server, permits: Arc::new(Semaphore::new(AT_ONCE)), way }
    }
}

#[async_trait]
impl DomainFiles for WebFiles {
    async fn read(&self, host: &str) -> Result<String, Unread> {
        let permit = self.permits.clone().try_acquire_owned().map_err(|_| Unread::Busy)?;
        let (name_server, way, host) = (self.name_server.clone(), self.way, host.to_owned());
        let reading = tokio::task::spawn_blocking(move || {
            // Held until the thread is free again, whether or not anybody still waits.
            let _permit = permit;
            read(&*name_server, way, &host)
        });
        // A name server may take longer than anybody should wait.
        let read = tokio::time::timeout(WAIT_MAX, reading).await;
        read.ok().and_then(Result::ok).flatten().ok_or(Unread::NotReached)
    }
}

fn read(name_server: &dyn NameServer, way: Way, host: &str) -> Option<String> {
    // The dot at the end keeps the system from trying its own domains.
    let addresses = name_server.addresses(&format!("{host}.")).ok()?;
    if addresses.is_empty() || !addresses.iter().all(|address| (way.may_reach)(*address)) {
        return None;
    }
    let config = http_client::rules(FETCHED_WITHIN)
        .https_only(way.scheme == "https")
        .proxy(None)
        .max_response_header_size(HEADER_BYTES_MAX)
        .accept_encoding("identity")
        .build();
    let port = way.port;
    let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect();
    let agent = Agent::with_parts(config, DefaultConnector::default(), Resolved(addresses));
    let url = format!("{}://{host}{}", way.scheme, DomainProof::PATH);
    let mut response = agent.get(&url).call().ok()?;
    if response.status() != 200 {
        return None;
    }
    let body = response.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_vec().ok()?;
    String::from_utf8(body).ok()
}

/// Addresses that were looked at already.
struct Resolved(Vec<SocketAddr>);

impl fmt::Debug for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolved")
    }
}

impl Resolver for Resolved {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        for address in self.0.iter().take(ADDRESSES_MAX) {
            addresses.push(*address);
        }
        if addresses.is_empty() { Err(Error::HostNotFound) } else { Ok(addresses) }
    }
}

/// Whether an address is of the open net, and leads nowhere else: 6to4 and Teredo addresses hold others in them.
fn is_reachable(address: IpAddr) -> bool {
    let is_tunnel = match address {
        IpAddr::V4(_) => false,
        IpAddr::V6(address) => matches!(address.segments(), [0x2002, ..] | [0x2001, 0, ..]),
    };
    is_public(address) && !is_tunnel
}

/// Domains that are asked at the same time, a thread each.
const AT_ONCE: usize = 8;
/// The time for a file, once its host has an address.
const FETCHED_WITHIN: Duration = Duration::from_secs(2);
/// How long anybody waits in all.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// A file names a site or a few.
const BODY_BYTES_MAX: u64 = 1024;
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Addresses that are tried.
const ADDRESSES_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use std::io::{self, BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::sync::Mutex;

    use super::*;

    /// Answers every question alike.
    struct Names(Vec<IpAddr>);

    impl NameServer for Names {
        fn name(&self, _: IpAddr) -> io::Result<String> {
            Err(io::ErrorKind::NotFound.into())
        }

        fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
            assert!(name.ends_with(".example."), "{name}");
            Ok(self.0.clone())
        }
    }

    /// A web server that answers so, and what it was asked.
    fn serve(answer: impl Into<Vec<u8>>, wait: Duration) -> (u16, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (answer.into(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<_> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                seen.lock().unwrap().extend(head);
                std::thread::sleep(wait);
                let _ = stream.write_all(&answer);
            }
        });
        (port, asked)
    }

    fn here(port: u16) -> WebFiles {
        let way = Way { scheme: "http", port, may_reach: |address| address.is_loopback() };
        WebFiles::by(Arc::new(Names(vec![IpAddr::from([127, 0, 0, 1])])), way)
    }

    fn answer(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn a_file_is_read_from_the_address_that_was_looked_at_under_the_hosts_own_name() {
        let (port, asked) = serve(answer("200 OK", "portcullis-site=pk_live_1\n"), Duration::ZERO);
        let text = here(port).read("shop.example").await;
        assert_eq!(text.as_deref(), Ok("portcullis-site=pk_live_1\n"));
        let asked = asked.lock().unwrap();
        assert_eq!(asked[0], "GET /.well-known/portcullis-site.txt HTTP/1.1");
        assert!(asked.iter().any(|line| line.eq_ignore_ascii_case("host: shop.example")), "{asked:?}");
    }

    #[tokio::test]
    async fn another_status_a_redirect_a_long_or_an_unreadable_file_is_none() {
        let no_text = [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n".as_slice(), b"\xff\xfe"].concat();
        let texts = [
            ("missing", answer("404 Not Found", "portcullis-site=x")),
            ("redirect", answer("302 Found\r\nlocation: http://127.0.0.1:1/", "")),
            ("long", answer("200 OK", &"x".repeat(1025))),
            ("endless", format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000))),
            ("headers", format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "x".repeat(100_000))),
            ("no http", "hello\n".to_owned()),
            ("nothing", String::new()),
        ];
        let texts = texts.map(|(name, text)| (name, text.into_bytes()));
        for (name, answer) in texts.into_iter().chain([("no text", no_text)]) {
            let (port, _) = serve(answer, Duration::ZERO);
            assert_eq!(here(port).read("shop.example").await, Err(Unread::NotReached), "{name}");
        }
    }

    #[tokio::test]
    async fn a_host_with_an_address_of_no_open_net_is_not_asked() {
        let (port, asked) = serve(answer("200 OK", "x"), Duration::ZERO);
        let public: IpAddr = "93.184.215.14".parse().unwrap();
        for own in
            ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "::1", "fd00::1"]
        {
            let own: IpAddr = own.parse().unwrap();
            for addresses in [vec![own], vec![public, own]] {
                let way = Way { scheme: "http", port, may_reach: is_reachable };
                let files = WebFiles::by(Arc::new(Names(addresses)), way);
                assert_eq!(files.read("shop.example").await, Err(Unread::NotReached), "{own}");
            }
        }
        assert!(asked.lock().unwrap().is_empty());
    }

    #[test]
    fn addresses_that_hold_others_are_not_reached() {
        for own in
            ["::ffff:10.0.0.1", "2002:a00:1::", "2001:0:a00:1::", "64:ff9b::a00:1", "fe80::1", "224.0.0.1"]
        {
            assert!(!is_reachable(own.parse().unwrap()), "{own}");
        }
        for open in ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"] {
            assert!(is_reachable(open.parse().unwrap()), "{open}");
        }
    }

    #[tokio::test]
    async fn a_few_are_read_at_a_time_and_further_ones_are_told_to_wait() {
        let (port, _) = serve(answer("200 OK", "x"), Duration::from_millis(300));
        let files = Arc::new(here(port));
        let reads: Vec<_> = (0..AT_ONCE + 1)
            .map(|_| {
                let files = files.clone();
                tokio::spawn(async move { files.read("shop.example").await })
            })
            .collect();
        let mut busy = 0;
        for read in reads {
            busy += usize::from(read.await.unwrap() == Err(Unread::Busy));
        }
        assert_eq!(busy, 1);
    }
}
