//! The address guard: what may be connected to.
//!
//! A worker fetches what strangers tell it to, from inside a private network. So every address is
//! judged where it is connected to: names by the resolver that the client connects through (see
//! `resolve`), IP literals before the request, and both again on every redirect. Refused is every
//! range of the IANA special-purpose registries for IPv4 and IPv6, every IPv6 address outside global
//! unicast, and every address that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo);
//! further, ports outside the allowed list and user information in URLs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use thiserror::Error;

use super::settings::Settings;
use super::settings_error::SettingsError;
use crate::model::WebUrl;

/// Why a target is not connected to.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Forbidden {
    /// An address that is not a public one.
    #[error("{address} is not a public address (fetch.allow_addresses opens others)")]
    Address {
        /// The address.
        address: IpAddr,
    },
    /// A port outside `allow_ports`.
    #[error("port {port} is not in fetch.allow_ports{}", and_address(*.address))]
    Port {
        /// The port.
        port: u16,
        /// The URL's address, where that is refused too.
        address: Option<IpAddr>,
    },
    /// `user:password@` in a URL.
    #[error("the url carries user information")]
    UserInfo,
    /// Publishers must be able to reach the operator who fetches from them.
    #[error("fetch.contact is not set, so only loopback addresses are fetched")]
    NoContact,
}

/// What else stands in the way of a port that is refused: both are said at once.
fn and_address(address: Option<IpAddr>) -> String {
    let Some(address) = address else { return String::new() };
    format!(", and {address} is neither a public address nor in fetch.allow_addresses")
}

/// IPv4 ranges of the IANA special-purpose registry (2025-10), and multicast.
const SPECIAL_V4: &[Ipv4Net] = &[
    v4([0, 0, 0, 0], 8),       // this network
    v4([10, 0, 0, 0], 8),      // private
    v4([100, 64, 0, 0], 10),   // carrier-grade NAT
    v4([127, 0, 0, 0], 8),     // loopback
    v4([169, 254, 0, 0], 16),  // link-local, cloud metadata
    v4([172, 16, 0, 0], 12),   // private
    v4([192, 0, 0, 0], 24),    // protocol assignments
    v4([192, 0, 2, 0], 24),    // documentation
    v4([192, 31, 196, 0], 24), // AS112
    v4([192, 52, 193, 0], 24), // AMT
    v4([192, 88, 99, 0], 24),  // 6to4 relays
    v4([192, 168, 0, 0], 16),  // private
    v4([192, 175, 48, 0], 24), // AS112
    v4([198, 18, 0, 0], 15),   // benchmarking
    v4([198, 51, 100, 0], 24), // documentation
    v4([203, 0, 113, 0], 24),  // documentation
    v4([224, 0, 0, 0], 4),     // multicast
    v4([240, 0, 0, 0], 4),     // reserved, broadcast
];

/// What global unicast is carved from; everything outside is refused.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// IPv6 ranges of the IANA special-purpose registry that lie inside global unicast.
const SPECIAL_V6: &[Ipv6Net] = &[
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), // protocol assignments: Teredo, ORCHID, AMT, AS112, ...
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), // documentation
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), // 6to4
    v6([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48), // AS112
    v6([0x3ffe, 0, 0, 0, 0, 0, 0, 0], 16), // 6bone, returned
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation
];

/// Ranges whose addresses end in an IPv4 address: IPv4-compatible, mapped, translated (RFC 2765), and
/// both prefixes of NAT64.
const ENDING_IN_V4: &[Ipv6Net] = &[
    v6([0, 0, 0, 0, 0, 0, 0, 0], 96),
    v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96),
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
];
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16);
const TEREDO: Ipv6Net = v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32);

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3]), prefix)
}

const fn v6(s: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]), prefix)
}

/// Whether an address is a public one, by the registries alone.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => !SPECIAL_V4.iter().any(|net| net.contains(&a)),
        IpAddr::V6(a) => GLOBAL_V6.contains(&a) && !SPECIAL_V6.iter().any(|net| net.contains(&a)),
    }
}

/// The IPv4 address that an IPv6 address stands for, if it does: packets to the one may end at the
/// other.
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    if address.is_loopback() || address.is_unspecified() {
        None
    } else if ENDING_IN_V4.iter().any(|net| net.contains(&address)) {
        Some(v4(s[6], s[7]))
    } else if SIX_TO_FOUR.contains(&address) {
        Some(v4(s[1], s[2]))
    } else if TEREDO.contains(&address) {
        Some(v4(!s[6], !s[7]))
    } else {
        None
    }
}

/// The address of a host that is an IP literal.
fn literal(host: Option<url::Host<&str>>) -> Option<IpAddr> {
    match host? {
        url::Host::Ipv4(address) => Some(address.into()),
        url::Host::Ipv6(address) => Some(address.into()),
        url::Host::Domain(_) => None,
    }
}

/// The rules of a worker.
#[derive(Clone, Debug)]
pub struct Guard {
    allowed: Vec<IpNet>,
    ports: Vec<u16>,
    loopback_only: bool,
}

impl Guard {
    /// Reads the rules from the settings.
    ///
    /// # Errors
    /// When a range of `allow_addresses` is not one.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let range = |text: &String| {
            let net = text.parse::<IpNet>().ok();
            net.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).ok_or_else(|| {
                let problem = format!("{text:?} is neither an address nor a range");
                SettingsError::value("allow_addresses", problem)
            })
        };
        Ok(Self {
            allowed: settings.allow_addresses.iter().map(range).collect::<Result<_, _>>()?,
            ports: settings.allow_ports.clone(),
            loopback_only: settings.contact.is_none(),
        })
    }

    /// Judges an address that is about to be connected to.
    ///
    /// # Errors
    /// When it is neither public nor opened by `allow_addresses`.
    pub fn check_address(&self, address: IpAddr) -> Result<(), Forbidden> {
        if !self.permits(address) {
            return Err(Forbidden::Address { address });
        }
        if self.loopback_only && !address.is_loopback() {
            return Err(Forbidden::NoContact);
        }
        Ok(())
    }

    fn permits(&self, address: IpAddr) -> bool {
        if self.allowed.iter().any(|net| net.contains(&address)) {
            // Opening the range of a translator opens what is behind it only as far as that is
            // open itself.
            return match address {
                IpAddr::V6(a) => inner_v4(a).is_none_or(|inner| self.permits(inner.into())),
                IpAddr::V4(_) => true,
            };
        }
        is_public(address)
    }

    /// Judges what a URL alone tells: user information, port, and the address where the host is an
    /// IP literal (`0x7f.1` and its kin are literals too; the URL parser has resolved them).
    ///
    /// # Errors
    /// Says what is wrong with the URL.
    pub fn check_url(&self, url: &WebUrl) -> Result<(), Forbidden> {
        let url = url.as_url();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::UserInfo);
        }
        let port = url.port_or_known_default().expect("http and https have default ports");
        if !self.ports.is_empty() && !self.ports.contains(&port) {
            // Who tries a site of their own machine learns both settings at once.
            let local = || url.host_str() == Some("localhost");
            let address =
                literal(url.host()).or_else(|| local().then_some(Ipv4Addr::LOCALHOST.into()));
            return Err(Forbidden::Port {
                port,
                address: address.filter(|address| !self.permits(*address)),
            });
        }
        literal(url.host()).map_or(Ok(()), |address| self.check_address(address))
    }
}
