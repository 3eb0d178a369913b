//! Where facts about addresses come from, as the engine asks for them.

use std::net::IpAddr;

use async_trait::async_trait;
use portcullis_risk::AddressFacts;

/// Knows something about addresses.
#[async_trait]
pub trait AddressLookup: Send + Sync {
    /// What is known at once, with what was answered before. Never waits. `user_agent` tells whose proof to look for,
    /// where it claims to be a crawler's.
    fn look_up(&self, address: IpAddr, user_agent: &str) -> AddressFacts;

    /// What is known within the time that the operator set, with those asked who must be asked first. Whoever does
    /// not answer in time counts as knowing nothing.
    async fn ask(&self, address: IpAddr, user_agent: &str) -> AddressFacts;
}

/// Knows nothing about any address.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAddresses;

#[async_trait]
impl AddressLookup for NoAddresses {
    fn look_up(&self, _address: IpAddr, _user_agent: &str) -> AddressFacts {
        AddressFacts::default()
    }

    async fn ask(&self, _address: IpAddr, _user_agent: &str) -> AddressFacts {
        AddressFacts::default()
    }
}
