//! Who is asking, decided once per request.
//!
//! Everything behind this point takes the [`Visitor`] as it is; nothing else reads the connection or a forwarding
//! header. [`Visitors`] is asked by the passage in front of every route, which leaves the answer in the request's
//! extensions for [`Arrival`] to take out.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use ipnet::IpNet;
use portcullis_engine::risk::{Client, Signals};
use portcullis_engine::{ClaimedOrigin, Visitor};

use super::forwarded::{Doubt, client_address};
use super::refusal::Refusal;

/// Builds visitors.
pub(super) struct Visitors {
    trusted_proxies: Vec<IpNet>,
    /// One line in the log per process and doubt is enough to act on.
    warned: [AtomicBool; 3],
}

impl Visitors {
    /// `trusted_proxies` are the networks of the operator's own proxies.
    pub(super) fn new(trusted_proxies: Vec<IpNet>) -> Self {
        Self { trusted_proxies, warned: Default::default() }
    }

    /// The visitor behind a request. Refuses only where the server was put together wrongly.
    pub(super) fn visitor(&self, extensions: &Extensions, headers: &HeaderMap) -> Result<Visitor, Refusal> {
        let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else {
            tracing::error!("a request came without the address of its connection");
            return Err(Refusal::Internal);
        };
        let values = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes);
        let decided =
            client_address(peer.ip(), values("x-forwarded-for"), values("forwarded"), &self.trusted_proxies);
        if let Some(doubt) = decided.doubt {
            self.warn(doubt);
        }
        Ok(Visitor {
            address: decided.address,
            origin: origin(headers),
            shared_address: decided.doubt.is_some(),
            client: client(headers),
        })
    }

    fn warn(&self, doubt: Doubt) {
        if self.warned[doubt as usize].swap(true, Ordering::Relaxed) {
            return;
        }
        match doubt {
            Doubt::NoProxyTrusted => tracing::warn!(
                setting = "server.trusted_proxies",
                "a proxy in front is not trusted, so all visitors seem to share its address and limits stand \
                 down: add the proxy's network to the setting"
            ),
            Doubt::HeaderMissing => tracing::warn!(
                setting = "server.trusted_proxies",
                "a trusted proxy does not say for whom it asks, so limits stand down for it: make it send \
                 X-Forwarded-For"
            ),
            Doubt::HeaderUnreadable => tracing::warn!(
                setting = "server.trusted_proxies",
                "a trusted proxy sends a forwarding header without a readable address, so limits stand down \
                 for such requests"
            ),
        }
    }
}

/// The visitor, as a handler takes it.
pub(super) struct Arrival(pub(super) Visitor);

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        parts.extensions.remove::<Visitor>().map(Self).ok_or(Refusal::Internal)
    }
}

/// The page that the request claims to come from. No browser sends two, so two are unreadable.
fn origin(headers: &HeaderMap) -> ClaimedOrigin {
    let mut values = headers.get_all(header::ORIGIN).iter();
    match (values.next(), values.next()) {
        (Some(_), Some(_)) => ClaimedOrigin::Unreadable,
        (value, _) => ClaimedOrigin::from_header(value.map(HeaderValue::as_bytes)),
    }
}

/// What the headers say of the visitor's software, each cut at [`Signals::TEXT_MAX`].
fn client(headers: &HeaderMap) -> Client {
    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value[..value.len().min(Signals::TEXT_MAX)].to_owned())
    };
    Client {
        user_agent: text("user-agent").unwrap_or_default(),
        accept_language: text("accept-language"),
        accept: text("accept"),
        accept_encoding: text("accept-encoding"),
        brands: text("sec-ch-ua"),
        platform: text("sec-ch-ua-platform").map(|platform| platform.trim_matches('"').to_owned()),
        mobile: text("sec-ch-ua-mobile").map(|mobile| mobile == "?1"),
        fetch_site: text("sec-fetch-site"),
        fetch_mode: text("sec-fetch-mode"),
    }
}
