//! Names that we call lead to the public internet and nowhere else. A name is allowed by what it is called; who answers there is
//! decided by whoever runs its entry in the DNS. So an address is looked at between its look-up and the connection, which then goes to
//! the addresses that were looked at: an entry that changes a moment later changes nothing.
//!
//! Where a proxy leads the calls, the proxy looks names up, and which networks it enters is its affair. The proxy's own name is none
//! of ours and may well be a private one.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::{
    ClientBuilder,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// A name leads into a network that is not the public one.
#[derive(Debug)]
struct NotPublic(String);

impl fmt::Display for NotPublic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} leads to an address that is not a public one", self.0)
    }
}

impl Error for NotPublic {}

/// Has a client connect to public addresses only when it calls a name of ours. `takes_loopback` is for stand-ins on this machine.
pub(super) fn public_only(
    builder: ClientBuilder,
    is_ours: impl Fn(&str) -> bool + Send + Sync + 'static,
    takes_loopback: bool,
) -> ClientBuilder {
    builder.dns_resolver(Arc::new(PublicOnly { is_ours: Box::new(is_ours), takes_loopback, system: Arc::new(System) }))
}

/// Looks names up as the system does.
struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

struct PublicOnly {
    is_ours: Box<dyn Fn(&str) -> bool + Send + Sync>,
    takes_loopback: bool,
    system: Arc<dyn Resolve>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, takes_loopback) = (name.as_str().to_owned(), self.takes_loopback);
        let is_ours = (self.is_ours)(&host);
        let found = self.system.resolve(name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = found.await?.collect();
            let may_be_called = |address: &SocketAddr| {
                let ip = address.ip().to_canonical();
                is_public(ip) || takes_loopback && ip.is_loopback()
            };
            // One that is not public among others is as bad: which of them is called is up to chance.
            if is_ours && !found.iter().all(may_be_called) {
                tracing::warn!(host, "a name leads into a private network, so it is not called");
                return Err(Box::new(NotPublic(host)) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet, by the registries of special addresses
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_of_protocols = (first, second, third) == (192, 0, 0);
    let is_of_relays = (first, second, third) == (192, 88, 99);
    let is_for_measuring = first == 198 && (18..20).contains(&second);
    let is_special = first == 0 || first >= 224 || is_shared || is_of_protocols || is_of_relays || is_for_measuring;
    !(is_special || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let [.., a, b, c, d] = ip.octets();
    // Addresses of the old protocol, seen through a gateway of the network's own.
    if ip.segments().starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]) {
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    let is_given_out = first & 0xe000 == 0x2000;
    // Protocols' own (Teredo among them), relays of the old protocol, and two for documentation.
    let is_special =
        first == 0x2001 && (second < 0x200 || second == 0xdb8) || first == 0x2002 || first & 0xfff0 == 0x3ff0;
    is_given_out && !is_special
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{SocketAddr, TcpListener},
        sync::{
            Arc, Mutex,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    use reqwest::dns::{Addrs, Name, Resolve, Resolving};

    use super::{PublicOnly, is_public};

    #[test]
    fn private_networks_are_not_public() {
        for (address, expected) in [
            ("52.112.0.1", true),
            ("100.63.255.255", true),
            ("100.64.0.1", false),
            ("10.0.0.1", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("127.0.0.53", false),
            ("169.254.169.254", false),
            ("0.0.0.0", false),
            ("192.0.0.192", false),
            ("192.0.2.1", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("2603:1063::1", true),
            ("::1", false),
            ("::", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:52.112.0.1", true),
            ("64:ff9b::a00:1", false),
            ("64:ff9b::3470:1", true),
            ("fe80::1", false),
            ("fd00:ec2::254", false),
            ("ff02::1", false),
            ("2001:db8::1", false),
            ("2001::1", false),
            ("2002:a00:1::1", false),
        ] {
            let ip: std::net::IpAddr = address.parse().unwrap();
            assert_eq!(is_public(ip.to_canonical()), expected, "{address}");
        }
    }

    /// Says of every name what the test wants, one answer after another; the last one is given again.
    struct StandIn(Mutex<Vec<Vec<SocketAddr>>>);

    impl Resolve for StandIn {
        fn resolve(&self, _: Name) -> Resolving {
            let mut answers = self.0.lock().unwrap();
            let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
            Box::pin(async move { Ok(Box::new(answer.into_iter()) as Addrs) })
        }
    }

    /// A server on this machine that counts who connects.
    fn server() -> (SocketAddr, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let met = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&met);
        thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi").unwrap();
            }
        });
        (address, met)
    }

    fn client(answers: Vec<Vec<SocketAddr>>, takes_loopback: bool) -> reqwest::Client {
        let system = Arc::new(StandIn(Mutex::new(answers)));
        let is_ours = |name: &str| name.ends_with(".example.com");
        let resolver = PublicOnly { is_ours: Box::new(is_ours), takes_loopback, system };
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(resolver))
            .build()
            .unwrap()
    }

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_not_called() {
        let (here, met) = server();
        let public: SocketAddr = "52.112.0.1:80".parse().unwrap();
        let ask = async |client: reqwest::Client, host: &str| {
            client.get(format!("http://{host}:{}/", here.port())).send().await.map(|_| ())
        };
        for answers in [vec![vec![here]], vec![vec![public, here]], vec![vec!["[::ffff:127.0.0.1]:0".parse().unwrap()]]]
        {
            let error = ask(client(answers, false), "smba.example.com").await.unwrap_err();
            assert!(error.is_connect(), "nothing was sent, so it may be tried again: {error}");
        }
        assert_eq!(met.load(Ordering::SeqCst), 0);
        ask(client(vec![vec![here]], true), "smba.example.com").await.unwrap();
        ask(client(vec![vec![here]], false), "proxy.internal").await.unwrap();
        assert_eq!(met.load(Ordering::SeqCst), 2, "a stand-in, and a name that is none of ours");
    }

    #[tokio::test]
    async fn an_entry_that_changes_between_two_look_ups_is_looked_at_again() {
        let (here, met) = server();
        // Taken for loopback's own stand-in at first, then for a machine of the private network.
        let client = client(vec![vec![here], vec!["10.0.0.1:80".parse().unwrap()]], true);
        let address = format!("http://smba.example.com:{}/", here.port());
        assert!(client.get(&address).send().await.is_ok());
        assert!(client.get(&address).send().await.unwrap_err().is_connect());
        assert_eq!(met.load(Ordering::SeqCst), 1);
    }
}
