//! Well-known data centres, so that something is known with no files at all.
//!
//! Written down from public knowledge in November 2026 and coarse on purpose: a few large blocks and the autonomous
//! systems of each provider. Blocks are sold and moved; `portcullis ipdata update` fetches what the providers
//! themselves publish, and a `residential.txt` of the operator's corrects what is wrong here.

use std::net::IpAddr;

use portcullis_risk::{AddressFlags, AddressSource};

use crate::{Finding, RangeSet};

/// The built-in table, read once.
#[derive(Debug)]
pub(crate) struct BuiltIn {
    /// Of all providers together: most visitors are in none, which one search tells.
    all: RangeSet,
    providers: Vec<(&'static str, RangeSet)>,
    /// Autonomous systems and whose they are, in order.
    networks: Vec<(u32, &'static str)>,
}

impl BuiltIn {
    /// Reads the table.
    pub(crate) fn new() -> Self {
        let read = |ranges: &str| ranges.split_whitespace().flat_map(str::parse).collect::<RangeSet>();
        let providers: Vec<_> = PROVIDERS.iter().map(|(name, _, ranges)| (*name, read(ranges))).collect();
        let mut networks: Vec<_> = PROVIDERS
            .iter()
            .flat_map(|(name, networks, _)| networks.iter().map(move |n| (*n, *name)))
            .collect();
        networks.sort_unstable();
        let all = providers.iter().flat_map(|(_, ranges)| ranges.ranges()).collect();
        Self { all, providers, networks }
    }

    /// The provider that `address` or its autonomous system belongs to.
    pub(crate) fn find(&self, address: IpAddr, network: Option<u32>) -> Option<Finding> {
        let by_range = || {
            let named = || self.providers.iter().find(|(_, ranges)| ranges.contains(address));
            self.all.contains(address).then(named).flatten().map(|(name, _)| *name)
        };
        let by_network = || {
            let place = self.networks.binary_search_by_key(&network?, |(number, _)| *number).ok()?;
            Some(self.networks[place].1)
        };
        by_range().or_else(by_network).map(finding)
    }
}

fn finding(provider: &str) -> Finding {
    let flags = AddressFlags { hosting: true, datacenter: true, ..AddressFlags::default() };
    let source = AddressSource {
        source: SOURCE.to_owned(),
        org: Some(provider.to_owned()),
        asn: None,
        kind: Some("hosting".to_owned()),
        flags,
    };
    Finding { source, ..Finding::default() }
}

/// What the table is called among sources.
pub(crate) const SOURCE: &str = "built-in";

/// Name, autonomous systems, blocks.
const PROVIDERS: [(&str, &[u32], &str); 18] = [
    (
        "Amazon Web Services",
        &[14618, 16509],
        "3.0.0.0/8 13.32.0.0/12 13.48.0.0/13 13.56.0.0/14 15.152.0.0/13 15.160.0.0/14 15.164.0.0/15 18.128.0.0/9
         23.20.0.0/14 34.192.0.0/10 35.152.0.0/13 35.160.0.0/12 35.176.0.0/13 44.192.0.0/10 50.16.0.0/14
         52.0.0.0/10 52.64.0.0/12 52.88.0.0/13 52.192.0.0/11 54.64.0.0/11 54.144.0.0/12 54.160.0.0/11 54.192.0.0/10
         75.101.128.0/17 79.125.0.0/17 100.20.0.0/14 100.24.0.0/13 107.20.0.0/14 174.129.0.0/16 184.72.0.0/15
         204.236.128.0/17 2406:da00::/24 2600:1f00::/24 2600:9000::/28 2a05:d000::/25",
    ),
    (
        "Google Cloud",
        &[396_982],
        "23.236.48.0/20 23.251.128.0/19 34.64.0.0/10 34.128.0.0/10 35.184.0.0/13 35.192.0.0/11 35.224.0.0/12
         35.240.0.0/13 104.154.0.0/15 104.196.0.0/14 107.167.160.0/19 107.178.192.0/18 108.59.80.0/20 130.211.0.0/16
         146.148.0.0/17 162.222.176.0/21 173.255.112.0/20 199.192.112.0/22 199.223.232.0/21 2600:1900::/28",
    ),
    (
        "Microsoft Azure",
        &[8075],
        "13.64.0.0/11 13.96.0.0/13 13.104.0.0/14 20.33.0.0/16 20.34.0.0/15 20.36.0.0/14 20.40.0.0/13 20.48.0.0/12
         20.64.0.0/10 20.184.0.0/13 20.192.0.0/10 23.96.0.0/13 40.64.0.0/10 51.104.0.0/15 51.136.0.0/15
         51.140.0.0/14 52.136.0.0/13 52.146.0.0/15 52.148.0.0/14 52.152.0.0/13 52.160.0.0/11 52.224.0.0/11
         65.52.0.0/14 70.37.0.0/17 104.40.0.0/13 104.208.0.0/13 137.116.0.0/15 137.135.0.0/16 138.91.0.0/16
         168.61.0.0/16 168.62.0.0/15 191.232.0.0/13 2603:1000::/25",
    ),
    (
        "OVHcloud",
        &[16276],
        "5.39.0.0/17 5.135.0.0/16 5.196.0.0/16 37.59.0.0/16 37.187.0.0/16 46.105.0.0/16 51.38.0.0/16 51.68.0.0/16
         51.75.0.0/16 51.77.0.0/16 51.79.0.0/16 51.81.0.0/16 51.83.0.0/16 51.89.0.0/16 51.91.0.0/16 51.161.0.0/16
         51.178.0.0/16 51.195.0.0/16 51.210.0.0/16 51.222.0.0/16 51.254.0.0/15 54.36.0.0/14 87.98.128.0/17
         91.121.0.0/16 91.134.0.0/16 92.222.0.0/16 94.23.0.0/16 135.125.0.0/16 137.74.0.0/16 141.94.0.0/15
         144.217.0.0/16 145.239.0.0/16 146.59.0.0/16 147.135.0.0/16 149.56.0.0/16 149.202.0.0/16 151.80.0.0/16
         158.69.0.0/16 162.19.0.0/16 164.132.0.0/16 167.114.0.0/16 176.31.0.0/16 178.32.0.0/15 188.165.0.0/16
         192.99.0.0/16 193.70.0.0/17 198.27.64.0/18 198.50.128.0/17 213.32.0.0/17 217.182.0.0/16
         2001:41d0::/32 2402:1f00::/32 2607:5300::/32",
    ),
    (
        "Hetzner",
        &[24940, 212_317, 213_230],
        "5.9.0.0/16 5.75.128.0/17 23.88.0.0/17 37.27.0.0/16 46.4.0.0/16 49.12.0.0/15 65.21.0.0/16 65.108.0.0/15
         78.46.0.0/15 85.10.192.0/18 88.99.0.0/16 88.198.0.0/16 91.107.128.0/17 94.130.0.0/16 95.216.0.0/15
         116.202.0.0/15 128.140.0.0/17 135.181.0.0/16 136.243.0.0/16 138.201.0.0/16 142.132.128.0/17 144.76.0.0/16
         148.251.0.0/16 157.90.0.0/16 159.69.0.0/16 162.55.0.0/16 167.233.0.0/16 167.235.0.0/16 168.119.0.0/16
         176.9.0.0/16 178.63.0.0/16 188.34.128.0/17 188.40.0.0/16 195.201.0.0/16 213.133.96.0/19 213.239.192.0/18
         2a01:4f8::/31 2a01:4ff::/32",
    ),
    (
        "DigitalOcean",
        &[14061],
        "46.101.0.0/16 67.205.128.0/18 68.183.0.0/16 104.131.0.0/16 104.236.0.0/16 104.248.0.0/16 107.170.0.0/16
         128.199.0.0/16 134.209.0.0/16 138.68.0.0/16 138.197.0.0/16 139.59.0.0/16 142.93.0.0/16 143.110.128.0/17
         143.198.0.0/16 146.190.0.0/16 157.230.0.0/16 157.245.0.0/16 159.65.0.0/16 159.89.0.0/16 159.203.0.0/16
         159.223.0.0/16 161.35.0.0/16 162.243.0.0/16 164.90.128.0/17 165.22.0.0/16 165.227.0.0/16 167.71.0.0/16
         167.99.0.0/16 167.172.0.0/16 178.62.0.0/16 178.128.0.0/16 188.166.0.0/16 192.241.128.0/17 206.189.0.0/16
         207.154.192.0/18 209.97.128.0/18 2400:6180::/32 2604:a880::/32 2a03:b0c0::/32",
    ),
    (
        "Linode",
        &[63949],
        "45.33.0.0/17 45.56.64.0/18 45.79.0.0/16 50.116.0.0/18 66.175.208.0/20 66.228.32.0/19 69.164.192.0/19
         74.207.224.0/19 96.126.96.0/19 97.107.128.0/20 109.74.192.0/20 139.144.0.0/16 139.162.0.0/16 143.42.0.0/16
         170.187.128.0/17 172.104.0.0/15 173.230.128.0/19 173.255.192.0/18 176.58.96.0/19 178.79.128.0/18
         192.155.80.0/20 198.58.96.0/19 212.71.232.0/21 2400:8900::/31 2600:3c00::/28 2a01:7e00::/31",
    ),
    (
        "Vultr",
        &[20473],
        "45.32.0.0/16 45.76.0.0/15 95.179.128.0/17 104.156.224.0/19 104.207.128.0/19 104.238.128.0/18 108.61.0.0/16
         136.244.64.0/18 139.180.128.0/17 140.82.0.0/18 144.202.0.0/17 149.28.0.0/16 155.138.128.0/17 207.148.0.0/17
         207.246.64.0/18 2001:19f0::/32",
    ),
    (
        "Scaleway",
        &[12876],
        "51.15.0.0/16 51.158.0.0/15 62.4.0.0/19 62.210.0.0/16 163.172.0.0/16 195.154.0.0/16 212.47.224.0/19
         212.83.128.0/19 212.129.0.0/18 2001:bc8::/32",
    ),
    (
        "Oracle Cloud",
        &[31898],
        "129.146.0.0/16 129.213.0.0/16 130.61.0.0/16 132.145.0.0/16 132.226.0.0/16 138.2.0.0/16 140.238.0.0/16
         150.136.0.0/16 150.230.0.0/16 152.67.0.0/16 152.70.0.0/15 158.101.0.0/16 168.138.0.0/16 193.122.0.0/15
         2603:c000::/24",
    ),
    (
        "Alibaba Cloud",
        &[45102, 37963],
        "8.208.0.0/12 47.74.0.0/15 47.88.0.0/14 47.236.0.0/14 47.240.0.0/14 47.250.0.0/15 47.252.0.0/15 47.254.0.0/16
         2408:4000::/22",
    ),
    (
        "Tencent Cloud",
        &[132_203, 45090],
        "49.51.0.0/16 119.28.0.0/15 129.226.0.0/16 150.109.0.0/16 170.106.0.0/16",
    ),
    (
        "Contabo",
        &[51167, 40021],
        "5.189.128.0/18 62.171.128.0/18 144.91.64.0/18 161.97.64.0/18 167.86.64.0/18 173.212.192.0/18 173.249.0.0/18
         194.163.128.0/18 207.180.192.0/18 213.136.64.0/19",
    ),
    ("IONOS", &[8560], "74.208.0.0/16 82.165.0.0/16 87.106.0.0/16 217.160.0.0/16 2001:8d8::/32 2607:f1c0::/32"),
    ("netcup", &[197_540], "37.120.160.0/19 46.38.224.0/19 188.68.32.0/19 2a03:4000::/29"),
    ("Leaseweb", &[60781, 28753, 30633, 7203, 59253], "85.17.0.0/16 94.75.192.0/18 95.211.0.0/16 2001:1af8::/32"),
    ("M247", &[9009], ""),
    ("Datacamp", &[60068, 212_238], ""),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AddressRange;

    #[test]
    fn every_block_of_the_table_is_one() {
        for (name, networks, blocks) in PROVIDERS {
            for block in blocks.split_whitespace() {
                let range: AddressRange =
                    block.parse().unwrap_or_else(|error| panic!("{name} {block}: {error}"));
                let again = range.networks().map(|network| network.to_string()).collect::<Vec<_>>();
                assert_eq!(again, [block], "{name}: a block begins where it says");
            }
            assert!(!networks.is_empty(), "{name}");
        }
    }

    #[test]
    fn no_block_belongs_to_two_providers() {
        let built_in = BuiltIn::new();
        for (name, ranges) in &built_in.providers {
            for range in ranges.ranges() {
                let (AddressRange::V4(..) | AddressRange::V6(..)) = range;
                let (first, last): (IpAddr, IpAddr) = match range {
                    AddressRange::V4(first, last) => (first.into(), last.into()),
                    AddressRange::V6(first, last) => (first.into(), last.into()),
                };
                for address in [first, last] {
                    let owners =
                        built_in.providers.iter().filter(|(_, ranges)| ranges.contains(address)).count();
                    assert_eq!(owners, 1, "{address} of {name}");
                }
            }
        }
    }

    #[test]
    fn providers_are_found_by_block_and_by_network() {
        let built_in = BuiltIn::new();
        let org = |address: &str, network| {
            built_in.find(address.parse().unwrap(), network).and_then(|finding| finding.source.org)
        };
        assert_eq!(org("52.95.110.1", None).as_deref(), Some("Amazon Web Services"));
        assert_eq!(org("2a01:4f9:c010::1", None).as_deref(), Some("Hetzner"));
        assert_eq!(org("192.0.2.1", Some(14061)).as_deref(), Some("DigitalOcean"));
        assert_eq!(org("192.0.2.1", Some(64500)), None);
        // Public resolvers and crawlers are no rented servers.
        assert_eq!(org("8.8.8.8", None), None);
        assert_eq!(org("66.249.66.1", None), None);
    }
}
