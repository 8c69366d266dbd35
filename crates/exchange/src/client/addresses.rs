//! Which addresses may be asked: judged as they stand in a URL, again at each redirect, and again when a name is
//! resolved, by the resolver whose answer is connected to. So no name can be another by the time it is asked.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::ClientError;

/// What resolves a name to addresses.
pub(super) type Lookup =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> + Send + Sync>;

/// Which addresses may be asked.
#[derive(Clone)]
pub(super) struct Addresses {
    may_ask: fn(IpAddr) -> bool,
    lookup: Lookup,
}

impl Addresses {
    /// Public addresses; and with `allow_private` those that an operator may have configured.
    pub(super) fn new(allow_private: bool) -> Self {
        Self::judged_by(if allow_private { is_no_trap } else { is_public }, Arc::new(|name| Box::pin(by_system(name))))
    }

    /// What `may_ask` lets through, by names as `lookup` knows them.
    pub(super) fn judged_by(may_ask: fn(IpAddr) -> bool, lookup: Lookup) -> Self {
        Self { may_ask, lookup }
    }

    /// Refuses other schemes than http(s), credentials in the address, ports of other protocols, and addresses by number
    /// that may not be asked. The parser of URLs has read numbers in every form (decimal, octal, hexadecimal) by now.
    pub(super) fn check(&self, url: &Url) -> Result<(), ClientError> {
        let refuse = |why: &str| Err(ClientError::Refused(why.to_owned()));
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("only http and https are asked");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("an address must not hold credentials");
        }
        if has_bad_port(url) {
            return refuse("the port belongs to another protocol");
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return refuse("the address names no host"),
        };
        match literal {
            Some(address) if !(self.may_ask)(address) => refuse("private addresses are not asked"),
            _ => Ok(()),
        }
    }

    /// As [`Self::check`], for the address that a redirect leads to; from an encrypted one no redirect leads to plain text.
    pub(super) fn check_redirect(&self, before: &[Url], next: &Url) -> Result<(), ClientError> {
        if next.scheme() == "http" && before.iter().any(|url| url.scheme() == "https") {
            return Err(ClientError::Refused("a redirect leads from https to http".to_owned()));
        }
        self.check(next)
    }
}

/// Whether the port is one at which another protocol listens.
pub(crate) fn has_bad_port(url: &Url) -> bool {
    url.port().is_some_and(|port| BAD_PORTS.contains(&port))
}

async fn by_system(name: String) -> io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.map(|address| address.ip()).collect())
}

/// Resolves names and leaves out addresses that may not be asked.
pub(super) struct Guard(pub(super) Addresses);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let Addresses { may_ask, lookup } = self.0.clone();
        Box::pin(async move {
            let found = lookup(name.as_str().to_owned()).await?;
            if found.is_empty() {
                return Err("the name has no address".into());
            }
            let asked: Vec<_> = found.into_iter().filter(|address| may_ask(*address)).collect();
            if asked.is_empty() {
                return Err(ClientError::Refused("the name has no public address".to_owned()).into());
            }
            Ok(Box::new(asked.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// Addresses at which a cloud tells a machine about itself, its keys among it: link-local ones (most clouds), and those
/// of Amazon (IPv6), Azure, Alibaba and Oracle. No service that anybody configures stands there.
const TRAPS: &[&str] =
    &["169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fe80::/10", "fd00:ec2::254/128"];

/// What is not reachable for everyone (IANA's special-purpose registries for IPv4 and IPv6).
const CLOSED: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // Of IPv6 only 2000::/3 has been given out; these are within it.
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
];

/// The ports that browsers do not ask by HTTP, since other protocols listen there (WHATWG Fetch, "port blocking").
const BAD_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

fn nets(list: &[&str]) -> Vec<IpNet> {
    list.iter().map(|net| net.parse().expect("the lists hold networks")).collect()
}

/// Whether an address is none at which a cloud tells a machine about itself.
pub(super) fn is_no_trap(address: IpAddr) -> bool {
    static NETS: LazyLock<Vec<IpNet>> = LazyLock::new(|| nets(TRAPS));
    let address = unclothed(address);
    !NETS.iter().any(|net| net.contains(&address))
}

/// Whether an address is reachable for everyone: not loopback, private, link-local, shared, multicast, documentation
/// or reserved, and none of a cloud's own.
pub(crate) fn is_public(address: IpAddr) -> bool {
    static NETS: LazyLock<Vec<IpNet>> = LazyLock::new(|| nets(CLOSED));
    let address = unclothed(address);
    let given_out = match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(v6) => v6.segments()[0] & 0xe000 == 0x2000,
    };
    given_out && is_no_trap(address) && !NETS.iter().any(|net| net.contains(&address))
}

/// An IPv4 address in IPv6 clothing (mapped, translated, NAT64, 6to4) is judged by what is inside.
fn unclothed(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let inside = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => inside(high, low),
        _ => address,
    }
}
