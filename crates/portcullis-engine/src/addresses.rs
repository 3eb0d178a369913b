//! Where facts about addresses come from, as the engine asks for them.

use std::net::IpAddr;

use async_trait::async_trait;
use portcullis_risk::AddressFacts;

/// Knows something about addresses.
#[async_trait]
pub trait AddressLookup: Send + Sync {
    /// What is known at once. Never waits.
    fn look_up(&self, address: IpAddr) -> AddressFacts;

    /// What is known within the time that the operator set, with those asked who must be asked first. Whoever does
    /// not answer in time counts as knowing nothing. `user_agent` tells whether to look for a crawler's proof.
    async fn ask(&self, address: IpAddr, user_agent: &str) -> AddressFacts;
}

/// Knows nothing about any address.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAddresses;

#[async_trait]
impl AddressLookup for NoAddresses {
    fn look_up(&self, _address: IpAddr) -> AddressFacts {
        AddressFacts::default()
    }

    async fn ask(&self, _address: IpAddr, _user_agent: &str) -> AddressFacts {
        AddressFacts::default()
    }
}
