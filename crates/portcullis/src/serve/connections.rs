//! Accepting connections and seeing each through.
//!
//! A connection costs memory before it has said anything, so everything about it is bounded: how many there are,
//! how long a request's head may take, how large it may be.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::Layer;

use super::open_files;
use super::places::{Share, Shares};
use super::preface::{Protocol, protocol};
use super::shutdown::Asked;
use super::stall::Impatient;
use crate::http::forwarded::is_private;
use crate::http::limits::{HEAD_BYTES_MAX, HEADERS_MAX};

/// Serves an application to whoever connects.
pub(super) struct Connections {
    app: Router,
    http1: Arc<Builder<TokioExecutor>>,
    http2: Arc<Builder<TokioExecutor>>,
    places: Arc<Semaphore>,
    shares: Shares,
    proxies: Vec<IpNet>,
    graceful: GracefulShutdown,
    /// Dropped to say that the server stops.
    running: watch::Sender<()>,
}

impl Connections {
    /// Serves `app` to at most `most` connections at a time, and never to more than the system has files for.
    ///
    /// HTTP/2 is for `proxies` and this machine: a peer that opens many streams and takes no answer makes the server
    /// hold every one of them, so only those may who are trusted not to.
    pub(super) fn new(app: Router, most: u32, proxies: Vec<IpNet>) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let possible = open_files::limit()
            .map_or(most, |limit| limit.saturating_sub(open_files::RESERVED).clamp(1, most));
        if possible < most {
            tracing::warn!(
                max_connections = possible,
                "fewer connections than server.max_connections: raise the limit on open files"
            );
        }
        Self {
            app,
            http1: Arc::new(http().http1_only()),
            http2: Arc::new(http().http2_only()),
            places: Arc::new(Semaphore::new(possible)),
            shares: Shares::of(possible),
            proxies,
            graceful: GracefulShutdown::new(),
            running: watch::Sender::new(()),
        }
    }

    /// Accepts connections until `asked`, then lets requests under way finish.
    pub(super) async fn serve(self, listener: TcpListener, mut asked: Asked) {
        let mut failing = false;
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &self.places) => accepted,
                () = asked.next() => break,
            };
            match accepted {
                Ok((stream, peer, place)) => {
                    failing = false;
                    match self.share(peer.ip()) {
                        Ok(share) => self.see_through(stream, peer, (place, share)),
                        // Who holds a share that large is not told more than that the connection is closed.
                        Err(Refused) => tracing::trace!("a connection beyond its visitor's share"),
                    }
                }
                Err(error) => {
                    if !failing {
                        tracing::error!(%error, "cannot accept connections");
                    }
                    failing = true;
                    // Out of files or memory: trying again at once would only burn the processor.
                    sleep(ACCEPT_AGAIN_AFTER).await;
                }
            }
        }
        drop(listener);
        drop(self.running);
        tracing::info!("stopping: finishing requests under way");
        tokio::select! {
            finished = timeout(FINISH_WITHIN, self.graceful.shutdown()) => {
                if finished.is_err() {
                    tracing::warn!("requests under way were cut off");
                }
            }
            () = asked.next() => tracing::warn!("requests under way were cut off"),
        }
    }

    /// The visitor's share of the places; nothing is counted for those who stand for many.
    fn share(&self, peer: IpAddr) -> Result<Option<Share>, Refused> {
        let peer = peer.to_canonical();
        if is_private(peer) || self.is_proxy(peer) {
            return Ok(None);
        }
        self.shares.take(peer).map(Some).ok_or(Refused)
    }

    fn see_through(&self, stream: TcpStream, peer: SocketAddr, place: (OwnedSemaphorePermit, Option<Share>)) {
        let service = axum::Extension(ConnectInfo(peer)).layer(self.app.clone());
        let (http1, http2) = (self.http1.clone(), self.http2.clone());
        let watcher: Watcher = self.graceful.watcher();
        let mut running = self.running.subscribe();
        let is_trusted = self.speaks_http2(peer.ip());
        tokio::spawn(async move {
            // Answers are small and whole; waiting to fill a packet only delays them.
            let _ = stream.set_nodelay(true);
            // Browsers open connections in advance; one that was silent so far must not hold up the end.
            let protocol = tokio::select! {
                protocol = protocol(&stream, PREFACE_WITHIN) => protocol,
                _ = running.changed() => return,
            };
            let http = match protocol {
                Ok(Some(Protocol::Http1)) => http1,
                Ok(Some(Protocol::Http2)) if is_trusted => http2,
                // HTTP/1 tells it that it is misunderstood.
                Ok(Some(Protocol::Http2)) => http1,
                Ok(None) | Err(_) => return,
            };
            let stream = TokioIo::new(Impatient::new(stream, TAKEN_WITHIN));
            let connection = http.serve_connection(stream, TowerToHyperService::new(service));
            // Whoever breaks off or speaks something else has nothing to be told, and is no event of ours.
            if let Err(error) = watcher.watch(connection).await {
                tracing::trace!(error, "connection ended early");
            }
            drop(place);
        });
    }

    fn speaks_http2(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        peer.is_loopback() || self.is_proxy(peer)
    }

    fn is_proxy(&self, peer: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&peer))
    }
}

/// A visitor holds as many connections as it may.
struct Refused;

/// Waits for a free place, then for somebody to take it: those who wait do so in the system's queue.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

/// HTTP/1.1 and, for proxies that speak it without TLS, HTTP/2.
fn http() -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES_MAX as u32)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PONG_WITHIN);
    http
}

/// How long a new connection may take to say what it speaks.
const PREFACE_WITHIN: Duration = Duration::from_secs(10);
/// How long a request's head may take, the idle time before it included. Proxies and load balancers keep a
/// connection for 60 s; the server must not be the first to close it, or it could do so while a request is on its way.
const HEAD_WITHIN: Duration = Duration::from_secs(75);
/// How long a peer may take nothing of an answer.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// Requests at a time on one HTTP/2 connection.
const STREAMS: u32 = 128;
/// HTTP/2 has no timeout on heads; a silent peer is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long it may take to say so.
const PONG_WITHIN: Duration = Duration::from_secs(10);
/// How long requests under way may take when the server is told to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be accepted.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);
