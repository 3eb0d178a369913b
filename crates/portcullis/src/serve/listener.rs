//! Taking the port.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use crate::failure::Failure;

/// Listens on `address`.
pub(super) fn open(address: SocketAddr) -> Result<TcpListener, Failure> {
    bind(address).map_err(|error| {
        let remedy = match error.kind() {
            ErrorKind::AddrInUse => "stop what uses the port, or choose another with --listen",
            ErrorKind::AddrNotAvailable => "choose an address of this machine with --listen",
            ErrorKind::PermissionDenied => "choose a port above 1023 with --listen, or allow this one",
            _ => "choose another address with --listen",
        };
        Failure::new(format!("cannot listen on {address}: {error}"), remedy)
    })
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restart must not wait for the connections of the server before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Connections that wait to be accepted; the system may cut it to its own maximum.
const BACKLOG: u32 = 4096;
