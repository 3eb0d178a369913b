//! Names of addresses, and addresses of names.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};

/// Knows names. Both questions wait for an answer.
pub(crate) trait NameServer: Send + Sync {
    /// The name of an address.
    ///
    /// # Errors
    ///
    /// Where it has none, or nobody could be asked.
    fn name(&self, address: IpAddr) -> io::Result<String>;

    /// The addresses of a name.
    ///
    /// # Errors
    ///
    /// Where it has none, or nobody could be asked.
    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// What the system is set up to ask, with the system's own time limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemNameServer;

impl NameServer for SystemNameServer {
    fn name(&self, address: IpAddr) -> io::Result<String> {
        Ok(dns_lookup::lookup_addr(&address)?)
    }

    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok((name, 0).to_socket_addrs()?.take(ADDRESSES_MAX).map(|address| address.ip()).collect())
    }
}

/// Addresses of one name that are looked at.
const ADDRESSES_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_knows_itself() {
        let addresses = SystemNameServer.addresses("localhost").unwrap();
        assert!(addresses.iter().all(IpAddr::is_loopback), "{addresses:?}");
        let name = SystemNameServer.name(IpAddr::from([127, 0, 0, 1])).unwrap();
        assert!(name.parse::<IpAddr>().is_err(), "{name}");
    }
}
