//! Files in MaxMind's format: country and network of an address.
//!
//! A file is held in memory: a mapped one would take the process down when somebody truncates it, and needs `unsafe`.
//! Makers fill the format with fields of their own, so a record is read leniently: MaxMind's names (GeoIP2, GeoLite2,
//! DB-IP) and the flat ones of other publishers (`country_code`, `asn` as `AS64500`, `as_name`).

use std::fmt;
use std::net::IpAddr;

use maxminddb::{MaxMindDbError, Reader};
use portcullis_risk::{AddressClass, AddressFlags, AddressSource};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::Finding;
use crate::finding::{clipped, country_code};
use crate::range_list::autonomous_system;

/// One file.
pub(crate) struct Database {
    name: String,
    reader: Reader<Vec<u8>>,
}

impl Database {
    /// Opens a file's content. `name` is what it is called among sources.
    pub(crate) fn read(name: &str, bytes: Vec<u8>) -> Result<Self, MaxMindDbError> {
        Ok(Self { name: name.to_owned(), reader: Reader::from_source(bytes)? })
    }

    /// How many nodes the file's tree has, as a measure of what is in it.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.reader.metadata().node_count).unwrap_or(usize::MAX)
    }

    /// What the file says of an address. A record that does not read says nothing.
    pub(crate) fn find(&self, address: IpAddr) -> Option<Finding> {
        let record: Record<'_> = self.reader.lookup(address).ok()?.decode().ok()??;
        record.finding(&self.name)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The fields of interest among those that the makers write.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    country: Country<'a>,
    registered_country: Country<'a>,
    country_code: Option<&'a str>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<&'a str>,
    asn: Network,
    as_name: Option<&'a str>,
    organization: Option<&'a str>,
    isp: Option<&'a str>,
    connection_type: Option<&'a str>,
    user_type: Option<&'a str>,
    is_anonymous_vpn: bool,
    is_hosting_provider: bool,
    is_public_proxy: bool,
    is_residential_proxy: bool,
    is_tor_exit_node: bool,
    traits: Traits<'a>,
}

/// What GeoIP2's Enterprise and Insights files say one level below.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Traits<'a> {
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<&'a str>,
    connection_type: Option<&'a str>,
    user_type: Option<&'a str>,
}

impl Record<'_> {
    fn finding(&self, name: &str) -> Option<Finding> {
        let kind =
            self.connection_type.or(self.user_type).or(self.traits.user_type).or(self.traits.connection_type);
        let is_mobile = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("cellular"));
        let flags = AddressFlags {
            hosting: self.is_hosting_provider,
            proxy: self.is_public_proxy || self.is_residential_proxy,
            vpn: self.is_anonymous_vpn,
            tor: self.is_tor_exit_node,
            mobile: is_mobile,
            datacenter: false,
        };
        let named = [self.country.0, self.country_code, self.registered_country.0];
        let country = named.into_iter().flatten().find_map(country_code);
        let asn = self.autonomous_system_number.or(self.traits.autonomous_system_number).or(self.asn.0);
        let organisations = [
            self.autonomous_system_organization,
            self.traits.autonomous_system_organization,
            self.as_name,
            self.organization,
            self.isp,
        ];
        let org = organisations.into_iter().flatten().find_map(clipped);
        let kind = kind.and_then(clipped);
        if country.is_none()
            && asn.is_none()
            && org.is_none()
            && kind.is_none()
            && flags == AddressFlags::default()
        {
            return None;
        }
        let class = kind.as_deref().and_then(class_of);
        let source = AddressSource { source: name.to_owned(), org, asn, kind, flags };
        Some(Finding { source, class, country, good_bot: None })
    }
}

/// What GeoIP2's words for a user or a connection amount to.
fn class_of(kind: &str) -> Option<AddressClass> {
    match kind.to_ascii_lowercase().as_str() {
        "hosting" | "content_delivery_network" => Some(AddressClass::Hosting),
        "cellular" => Some(AddressClass::Mobile),
        "residential" | "business" | "college" | "school" | "library" | "government" | "cable/dsl"
        | "dialup" => Some(AddressClass::Residential),
        _ => None,
    }
}

/// A country's code: `{"iso_code": "DE", …}` or `"DE"`.
#[derive(Debug, Default)]
struct Country<'a>(Option<&'a str>);

impl<'de: 'a, 'a> Deserialize<'de> for Country<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountryVisitor).map(Self)
    }
}

struct CountryVisitor;

impl<'de> Visitor<'de> for CountryVisitor {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a country or its code")
    }

    fn visit_borrowed_str<E: de::Error>(self, code: &'de str) -> Result<Self::Value, E> {
        Ok(Some(code))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut code = None;
        while let Some(key) = map.next_key::<&str>()? {
            if key == "iso_code" {
                code = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(code)
    }
}

/// The number of an autonomous system: `64500` or `"AS64500"`.
#[derive(Debug, Default)]
struct Network(Option<u32>);

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NetworkVisitor).map(Self)
    }
}

struct NetworkVisitor;

impl Visitor<'_> for NetworkVisitor {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of an autonomous system")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(autonomous_system(text).or_else(|| text.parse().ok()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(u32::try_from(number).ok())
    }
}
