//! Range lists and MaxMind files that are public on the net, and how their documents become files of ours.
//!
//! Publishers write JSON of many shapes, geofeeds, or plain lists. All have in common that ranges stand in texts, so a
//! JSON document is read by taking every text in it that is a range: a publisher who renames a field breaks nothing.

use std::fmt;
use std::io::Read;

use flate2::read::GzDecoder;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::folder::{DATABASE_BYTES_MAX, LIST_BYTES_MAX};
use crate::maxmind::Database;
use crate::range_list::ENTRIES_MAX;
use crate::{AddressRange, ListError, RangeList, list_of_file};

/// A list that anybody may fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicList {
    /// The file that it becomes.
    pub file: &'static str,
    /// Where its publisher has it.
    pub url: &'static str,
    /// What its document is called on a mirror.
    pub document: &'static str,
}

/// A document makes no file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It, or the file that it becomes, is longer than memory is given for.
    #[error("it is over {} MiB", .0 >> 20)]
    TooLong(u64),
    /// It is neither JSON nor a list.
    #[error(transparent)]
    List(#[from] ListError),
    /// It is JSON that does not read.
    #[error("it is no sound JSON")]
    Json,
    /// There is no range in it.
    #[error("there is no range in it")]
    Empty,
    /// It is no MaxMind file.
    #[error("it is no MaxMind file: {0}")]
    MaxMind(String),
    /// It does not unpack.
    #[error("it does not unpack")]
    Gzip,
    /// The file that it is for is none that is loaded.
    #[error("a file of this name is not loaded: it is KIND.txt, KIND-NAME.txt or NAME.mmdb")]
    FileName,
}

/// The content of `file`, made of a publisher's document. `note` is written on top of a range list, each line as a
/// comment.
///
/// # Errors
///
/// Where the document is too long or becomes a file that is, does not read, or names no address at all: then it is an
/// error page, and the earlier file is better.
pub fn file_of_document(file: &str, document: Vec<u8>, note: &str) -> Result<Vec<u8>, DocumentError> {
    if !is_file_name(file) {
        return Err(DocumentError::FileName);
    }
    let is_list = list_of_file(file).is_some();
    let most = bytes_max(file);
    let document = unpacked(document, most)?;
    if !is_list {
        let read = Database::read(file, document.clone());
        return read.map(|_| document).map_err(|error| DocumentError::MaxMind(error.to_string()));
    }
    let list = list_of_document(&document)?;
    if list.is_empty() {
        return Err(DocumentError::Empty);
    }
    // A range of any two addresses becomes up to 254 networks, so a short document may become a long file.
    if list.text_lines().nth(ENTRIES_MAX).is_some() {
        return Err(ListError::TooLong.into());
    }
    let note = note.lines().map(|line| format!("# {line}\n")).collect::<String>();
    let content = format!("{note}{}", list.to_text()).into_bytes();
    if content.len() as u64 > most {
        return Err(DocumentError::TooLong(most));
    }
    RangeList::read(&content)?;
    Ok(content)
}

/// Whether a file of this name is loaded, and its name is one that cannot lead out of its folder: letters, digits, `.`,
/// `_` and `-`, at most 64.
#[must_use]
pub fn is_file_name(file: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_safe = file.len() <= 64 && !file.starts_with('.') && file.bytes().all(is_plain);
    is_safe && (file.ends_with(".mmdb") || list_of_file(file).is_some())
}

/// The longest document that becomes `file`, in bytes.
#[must_use]
pub fn bytes_max(file: &str) -> u64 {
    if file.ends_with(".mmdb") { DATABASE_BYTES_MAX } else { LIST_BYTES_MAX }
}

/// The ranges in a publisher's document.
fn list_of_document(document: &[u8]) -> Result<RangeList, DocumentError> {
    if !matches!(document.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return Ok(RangeList::read(document)?);
    }
    let mut ranges = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(document);
    Ranges(&mut ranges).deserialize(&mut json).and_then(|()| json.end()).map_err(|_| DocumentError::Json)?;
    if ranges.len() > ENTRIES_MAX {
        return Err(ListError::TooLong.into());
    }
    Ok(RangeList::of(ranges.into_iter().collect()))
}

/// Unpacks what is packed; the first bytes tell.
fn unpacked(document: Vec<u8>, most: u64) -> Result<Vec<u8>, DocumentError> {
    let document = if document.starts_with(&[0x1f, 0x8b]) {
        let mut content = Vec::new();
        let read = GzDecoder::new(document.as_slice()).take(most + 1).read_to_end(&mut content);
        read.map_err(|_| DocumentError::Gzip)?;
        content
    } else {
        document
    };
    if document.len() as u64 > most { Err(DocumentError::TooLong(most)) } else { Ok(document) }
}

/// Takes every text that is a range, however deep, without keeping the rest of the document, up to one more than are
/// allowed.
struct Ranges<'a>(&'a mut Vec<AddressRange>);

impl<'de> DeserializeSeed<'de> for Ranges<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Ranges<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if self.0.len() <= ENTRIES_MAX {
            self.0.extend(text.parse::<AddressRange>());
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Ranges(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while fields.next_key::<IgnoredAny>()?.is_some() {
            fields.next_value_seed(Ranges(self.0))?;
        }
        Ok(())
    }
}

/// What `portcullis ipdata update` fetches. Only documents whose address has been the same for years; Azure has none.
pub const PUBLIC_LISTS: [PublicList; 15] = [
    PublicList {
        file: "country.mmdb",
        url: "https://cdn.jsdelivr.net/npm/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb",
        document: "country.mmdb",
    },
    PublicList {
        file: "asn.mmdb",
        url: "https://cdn.jsdelivr.net/npm/@ip-location-db/asn-mmdb/asn.mmdb",
        document: "asn.mmdb",
    },
    PublicList {
        file: "datacenter-aws.txt",
        url: "https://ip-ranges.amazonaws.com/ip-ranges.json",
        document: "datacenter-aws.json",
    },
    PublicList {
        file: "datacenter-google-cloud.txt",
        url: "https://www.gstatic.com/ipranges/cloud.json",
        document: "datacenter-google-cloud.json",
    },
    PublicList {
        file: "datacenter-oracle.txt",
        url: "https://docs.oracle.com/en-us/iaas/tools/public_ip_ranges.json",
        document: "datacenter-oracle.json",
    },
    PublicList {
        file: "datacenter-digitalocean.txt",
        url: "https://digitalocean.com/geo/google.csv",
        document: "datacenter-digitalocean.csv",
    },
    PublicList {
        file: "datacenter-linode.txt",
        url: "https://geoip.linode.com/",
        document: "datacenter-linode.csv",
    },
    PublicList {
        file: "datacenter-vultr.txt",
        url: "https://geofeed.constant.com/?json",
        document: "datacenter-vultr.json",
    },
    PublicList {
        file: "datacenter-x4bnet.txt",
        url: "https://raw.githubusercontent.com/X4BNet/lists_vpn/main/output/datacenter/ipv4.txt",
        document: "datacenter-x4bnet.txt",
    },
    PublicList {
        file: "vpn-x4bnet.txt",
        url: "https://raw.githubusercontent.com/X4BNet/lists_vpn/main/output/vpn/ipv4.txt",
        document: "vpn-x4bnet.txt",
    },
    PublicList { file: "tor.txt", url: "https://check.torproject.org/torbulkexitlist", document: "tor.txt" },
    PublicList {
        file: "good-bots-googlebot.txt",
        url: "https://developers.google.com/static/crawling/ipranges/common-crawlers.json",
        document: "good-bots-googlebot.json",
    },
    PublicList {
        file: "good-bots-bingbot.txt",
        url: "https://www.bing.com/toolbox/bingbot.json",
        document: "good-bots-bingbot.json",
    },
    PublicList {
        file: "good-bots-applebot.txt",
        url: "https://search.developer.apple.com/applebot.json",
        document: "good-bots-applebot.json",
    },
    PublicList {
        file: "good-bots-duckduckbot.txt",
        url: "https://duckduckgo.com/duckduckbot.json",
        document: "good-bots-duckduckbot.json",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Crawler, ListKind};
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    fn text(file: &str, document: &str) -> Result<String, DocumentError> {
        file_of_document(file, document.as_bytes().to_vec(), "from a test")
            .map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn every_public_list_becomes_a_file_that_is_loaded() {
        for PublicList { file, url, document } in PUBLIC_LISTS {
            assert!(url.starts_with("https://"), "{url}");
            assert!(document.split('.').next() == file.split('.').next(), "{document}");
            match list_of_file(file) {
                Some((ListKind::GoodBots, name)) => {
                    assert!(Crawler::named(name.unwrap()).is_some(), "{file}")
                }
                Some(_) => {}
                None => assert!(file.ends_with(".mmdb"), "{file}"),
            }
        }
    }

    #[test]
    fn ranges_are_taken_from_the_publishers_shapes() {
        let aws = r#"{"syncToken":"1700000000","prefixes":[{"ip_prefix":"192.0.2.0/25","region":"eu-1"}],
            "ipv6_prefixes":[{"ipv6_prefix":"2001:db8::/40"}]}"#;
        let google = r#"{"creationTime":"2026-01-01T00:00:00","prefixes":[{"ipv4Prefix":"192.0.2.0/25"},{"ipv6Prefix":"2001:db8::/40"}]}"#;
        let oracle = r#"{"regions":[{"region":"x","cidrs":[{"cidr":"192.0.2.0/25","tags":["OCI"]},{"cidr":"2001:db8::/40"}]}]}"#;
        let geofeed = "# geofeed\n192.0.2.0/25,DE,DE-BY,Munich,80331\n2001:db8::/40,DE,,,\n";
        let plain = "192.0.2.0/26\n192.0.2.64/26\n2001:db8::/40\n";
        for document in [aws, google, oracle, geofeed, plain] {
            assert_eq!(
                text("datacenter-x.txt", document).unwrap(),
                "# from a test\n192.0.2.0/25\n2001:db8::/40\n",
                "{document}"
            );
        }
    }

    #[test]
    fn an_error_page_becomes_no_file() {
        assert_eq!(text("tor.txt", r#"{"message":"Not Found"}"#), Err(DocumentError::Empty));
        assert_eq!(text("tor.txt", "# nobody\n"), Err(DocumentError::Empty));
        assert_eq!(text("tor.txt", r#"{"a":"192.0.2.1""#), Err(DocumentError::Json));
        assert!(matches!(text("tor.txt", "<!doctype html>\n<p>"), Err(DocumentError::List(_))));
        assert!(matches!(text("asn.mmdb", "<!doctype html>\n<p>"), Err(DocumentError::MaxMind(_))));
        for file in [".tor.mmdb", "tor-/../x.txt", "../x.mmdb", "tor-\0.txt", "tor", "config.toml"] {
            assert_eq!(text(file, "192.0.2.1"), Err(DocumentError::FileName), "{file}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(text("tor.txt", &deep), Err(DocumentError::Json));
    }

    #[test]
    fn a_packed_document_is_unpacked_within_bounds() {
        let pack = |content: &[u8]| {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(content).unwrap();
            packer.finish().unwrap()
        };
        let file = file_of_document("tor.txt", pack(b"192.0.2.1\n"), "").unwrap();
        assert_eq!(file, b"192.0.2.1/32\n");
        let bomb = pack(&vec![b'\n'; usize::try_from(LIST_BYTES_MAX).unwrap() + 1]);
        assert_eq!(file_of_document("tor.txt", bomb, ""), Err(DocumentError::TooLong(LIST_BYTES_MAX)));
        assert_eq!(file_of_document("tor.txt", vec![0x1f, 0x8b, 1, 2], ""), Err(DocumentError::Gzip));
    }

    #[test]
    fn a_document_of_too_many_ranges_becomes_no_file() {
        let too_many = Err(ListError::TooLong.into());
        let texts = vec![r#""1.2.3.4""#; ENTRIES_MAX + 1].join(",");
        assert_eq!(text("vpn.txt", &format!("[{texts}]")), too_many);
        assert_eq!(text("vpn.txt", &format!("[{}]", &texts[10..])).unwrap(), "# from a test\n1.2.3.4/32\n");
        // Each becomes some 158 networks.
        let wide = |count: u32| {
            (0..count)
                .map(|site| format!("2a0f:ffff:{site:x}::1-2a0f:ffff:{site:x}:ffff:ffff:ffff:ffff:fffe\n"))
                .collect::<String>()
        };
        assert_eq!(text("vpn.txt", &wide(10_000)), too_many);
        let json = format!("[\"{}\"]", wide(10_000).trim_end().replace('\n', "\",\""));
        assert_eq!(text("vpn.txt", &json), too_many);
        let file = file_of_document("vpn.txt", wide(50).into_bytes(), "").unwrap();
        assert_eq!(RangeList::read(&file).unwrap(), RangeList::read(wide(50).as_bytes()).unwrap());
    }

    #[test]
    fn a_document_that_becomes_too_long_a_file_is_refused() {
        // Single addresses, each longer with its `/128`.
        let document: String = (0..870_000_u32)
            .map(|number| {
                format!("2a0f:ffff:ffff:ffff:1{:03x}:1{:03x}:ffff:ff\n", number >> 12, number & 0xFFF)
            })
            .collect();
        assert!(document.len() as u64 <= LIST_BYTES_MAX);
        assert_eq!(text("vpn.txt", &document), Err(DocumentError::TooLong(LIST_BYTES_MAX)));
    }

    proptest! {
        #[test]
        fn any_document_is_read_or_refused(document in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = file_of_document("vpn.txt", document.clone(), "");
            let _ = file_of_document("x.mmdb", document, "");
        }
    }
}
