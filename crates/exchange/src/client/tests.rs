//! Attacks on the client, over sockets on this machine: 127.0.0.1 plays the outside, which may be asked, and 127.0.0.2
//! what is inside and must never be reached.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::addresses::{Addresses, Lookup, is_no_trap, is_public};
use super::{Client, ClientError, Limits};

const OUTSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const INSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A server and what it was asked.
struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers each request with what `answer` makes of it.
    async fn start(listener: TcpListener, answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let request = read_request(&mut socket).await;
                let answer = answer(&request);
                noted.lock().unwrap().push(request);
                let _ = socket.write_all(&answer).await;
            }
        });
        Self { address, requests }
    }

    async fn outside(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        Self::start(TcpListener::bind((OUTSIDE, 0)).await.unwrap(), answer).await
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Two listeners at one port, outside and inside.
async fn twins() -> (TcpListener, TcpListener) {
    loop {
        let outside = TcpListener::bind((OUTSIDE, 0)).await.unwrap();
        let port = outside.local_addr().unwrap().port();
        if let Ok(inside) = TcpListener::bind((INSIDE, port)).await {
            return (outside, inside);
        }
    }
}

async fn read_request(socket: &mut TcpStream) -> String {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

fn redirect(to: &str) -> Vec<u8> {
    let head = "HTTP/1.1 307 Temporary Redirect\r\nset-cookie: session=1; Path=/\r\ncontent-length: 0";
    format!("{head}\r\nconnection: close\r\nlocation: {to}\r\n\r\n").into_bytes()
}

/// Names as this function knows them.
fn names(of: impl Fn(&str) -> Vec<Ipv4Addr> + Send + Sync + 'static) -> Lookup {
    Arc::new(move |name| {
        let found = of(&name).into_iter().map(IpAddr::V4).collect();
        Box::pin(async move { Ok(found) })
    })
}

fn is_outside(address: IpAddr) -> bool {
    address == OUTSIDE
}

fn client_with(limits: Limits, lookup: Lookup) -> Client {
    Client::guarded(limits, Addresses::judged_by(is_outside, lookup)).unwrap()
}

fn client() -> Client {
    let by_name = |name: &str| vec![if name.trim_end_matches('.').ends_with("inside.test") { INSIDE } else { OUTSIDE }];
    client_with(Limits { timeout: Duration::from_secs(10), ..Limits::default() }, names(by_name))
}

fn is_refused<T: std::fmt::Debug>(answer: &Result<T, ClientError>) -> bool {
    matches!(answer, Err(ClientError::Refused(_)))
}

#[test]
fn what_is_not_for_everyone_is_not_public_in_whatever_clothing() {
    for closed in [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.31.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "::",
        "::1",
        "::8.8.8.8",
        "fe80::1",
        "fec0::1",
        "fd00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "4000::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
    ] {
        assert!(!is_public(closed.parse().unwrap()), "{closed}");
    }
    for open in ["8.8.8.8", "193.10.0.1", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
    {
        assert!(is_public(open.parse().unwrap()), "{open}");
    }
    for private in ["127.0.0.1", "10.1.2.3", "::1", "fd00::1"] {
        assert!(is_no_trap(private.parse().unwrap()), "{private}");
    }
}

#[tokio::test]
async fn an_address_is_refused_in_every_form_it_can_be_written_in() {
    let client = Client::new(Limits::default()).unwrap();
    for address in [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.0x1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://①②⑦.⓪.⓪.①/",
        "http://１２７.0.0.1/",
        "http://%31%32%37.0.0.1/",
        "http://0/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:ffff:7f00:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://168.63.129.16/",
        "https://10.0.0.1/",
        "http://somebody@example.org/",
        "http://:secret@example.org/",
        "http://example.org:25/",
        "https://example.org:6379@10.0.0.1/",
        "http://example.org:22/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "data:text/plain,x",
        "unix:/run/docker.sock",
    ] {
        let answer = client.get_text(&Url::parse(address).unwrap()).await;
        assert!(is_refused(&answer), "{address}: {answer:?}");
    }
}

#[tokio::test]
async fn a_name_of_this_machine_is_not_asked() {
    let server = Server::outside(|_| ok("inside")).await;
    let client = Client::new(Limits::default()).unwrap();
    let port = server.address.port();
    for name in ["localhost", "LocalHost"] {
        let answer = client.get_text(&Url::parse(&format!("http://{name}:{port}/")).unwrap()).await;
        assert!(is_refused(&answer), "{name}: {answer:?}");
    }
    // Where these are names at all, which depends on the system, they are of this machine.
    for name in ["localhost.", "inside.localhost"] {
        let answer = client.get_text(&Url::parse(&format!("http://{name}:{port}/")).unwrap()).await;
        assert!(answer.is_err(), "{name}: {answer:?}");
    }
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn where_a_cloud_tells_about_itself_is_not_asked_even_where_private_addresses_are() {
    let client = Client::new(Limits { allow_private: true, ..Limits::default() }).unwrap();
    let trap = "http://169.254.169.254/latest/meta-data/iam/";
    let server = Server::outside(move |_| redirect(trap)).await;
    for address in [server.url("/"), Url::parse(trap).unwrap(), Url::parse("http://[fd00:ec2::254]/").unwrap()] {
        let answer = client.get_text(&address).await;
        assert!(is_refused(&answer), "{address}: {answer:?}");
    }
    assert_eq!(server.asked().len(), 1, "the private server itself was asked");
}

#[tokio::test]
async fn no_redirect_leads_inside_nor_to_another_protocol() {
    let (outside, inside) = twins().await;
    let port = outside.local_addr().unwrap().port();
    let inside = Server::start(inside, |_| ok("a secret")).await;
    let target = Arc::new(Mutex::new(String::new()));
    let answered = Arc::clone(&target);
    let outside = Server::start(outside, move |_| redirect(&answered.lock().unwrap())).await;
    let client = client();
    for to in [
        format!("http://127.0.0.2:{port}/"),
        format!("//127.0.0.2:{port}/"),
        format!("http://2130706434:{port}/"),
        format!("http://0x7f000002:{port}/"),
        format!("http://0177.0.0.2:{port}/"),
        format!("http://127.2:{port}/"),
        format!("http://[::ffff:127.0.0.2]:{port}/"),
        format!("http://inside.test:{port}/"),
        format!("http://INSIDE.test.:{port}/"),
        format!("http://somebody:secret@127.0.0.1:{port}/"),
        "http://127.0.0.1:25/".to_owned(),
    ] {
        target.lock().unwrap().clone_from(&to);
        let answer = client.get_text(&outside.url("/")).await;
        assert!(is_refused(&answer), "{to}: {answer:?}");
    }
    // What is no HTTP is not followed at all; the answer stays what it was.
    for to in ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/_x", "data:text/plain,x"] {
        to.clone_into(&mut target.lock().unwrap());
        let answer = client.get_text(&outside.url("/")).await;
        assert!(is_refused(&answer) || matches!(answer, Err(ClientError::Status(307))), "{to}: {answer:?}");
    }
    assert_eq!(inside.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn no_redirect_leads_from_encrypted_to_plain_text() {
    let addresses = Addresses::new(false);
    let url = |text: &str| Url::parse(text).unwrap();
    let (plain, encrypted) = (url("http://example.org/"), url("https://example.org/"));
    assert!(addresses.check_redirect(std::slice::from_ref(&encrypted), &plain).is_err());
    assert!(addresses.check_redirect(&[plain.clone(), encrypted.clone()], &plain).is_err());
    assert!(addresses.check_redirect(std::slice::from_ref(&plain), &encrypted).is_ok());
    assert!(addresses.check_redirect(&[encrypted], &url("https://example.com/")).is_ok());
}

#[tokio::test]
async fn a_name_that_changes_its_address_reaches_nothing_inside() {
    let (outside, inside) = twins().await;
    let inside = Server::start(inside, |_| ok("a secret")).await;
    let port = outside.local_addr().unwrap().port();
    let outside = Server::start(outside, move |request| {
        if request.starts_with("GET /away") { redirect(&format!("http://rebind.test:{port}/")) } else { ok("fine") }
    })
    .await;
    let lookups = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&lookups);
    // Whoever looks it up first is told the outside, everyone after that the inside.
    let rebinding = move |_: &str| vec![if counted.fetch_add(1, Ordering::SeqCst) == 0 { OUTSIDE } else { INSIDE }];
    let client = client_with(Limits::default(), names(rebinding));
    let address = |path: &str| Url::parse(&format!("http://rebind.test:{port}{path}")).unwrap();
    // What was judged is what is connected to: one look for one request.
    assert_eq!(client.get_text(&address("/")).await.unwrap(), "fine");
    assert_eq!(lookups.load(Ordering::SeqCst), 1);
    let second = client.get_text(&address("/")).await;
    assert!(is_refused(&second), "{second:?}");
    // In the middle of a redirect as well.
    lookups.store(0, Ordering::SeqCst);
    let away = client.get_text(&address("/away")).await;
    assert!(is_refused(&away), "{away:?}");
    assert_eq!((inside.asked().len(), outside.asked().len()), (0, 2));
}

#[tokio::test]
async fn of_several_addresses_of_a_name_only_those_outside_are_tried() {
    let (outside, inside) = twins().await;
    let (outside, inside) =
        (Server::start(outside, |_| ok("fine")).await, Server::start(inside, |_| ok("a secret")).await);
    let client = client_with(Limits::default(), names(|_| vec![INSIDE, OUTSIDE, INSIDE]));
    let url = Url::parse(&format!("http://several.test:{}/", outside.address.port())).unwrap();
    assert_eq!(client.get_text(&url).await.unwrap(), "fine");
    assert_eq!(inside.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn redirects_are_counted() {
    let server = Server::outside(|_| redirect("/again")).await;
    for redirects in [0, 3] {
        let before = server.asked().len();
        let client = client_with(Limits { redirects: Some(redirects), ..Limits::default() }, names(|_| vec![OUTSIDE]));
        let answer = client.get_text(&server.url("/")).await;
        assert!(matches!(&answer, Err(ClientError::Unreachable(why)) if why.contains("redirects")), "{answer:?}");
        assert_eq!(server.asked().len() - before, redirects + 1);
    }
}

#[tokio::test]
async fn what_proves_who_asks_is_told_to_nobody_else() {
    let other = Server::outside(|_| ok("{}")).await;
    let target = other.url("/taken");
    let path = |request: &str| request.split([' ', '?']).nth(1).map(str::to_owned);
    let first = Server::outside(move |request| match path(request).as_deref() {
        Some("/away") => redirect(target.as_str()),
        Some("/around") => redirect("/here"),
        _ => ok("{}"),
    })
    .await;
    let client = client();
    client.post_json(&first.url("/around"), Some("secret-token"), &json!({})).await.unwrap();
    client.post_json(&first.url("/away?key=secret-key"), Some("secret-token"), &json!({})).await.unwrap();
    let mut request = http::Request::new(Vec::new());
    *request.uri_mut() = first.url("/away?key=secret-key").as_str().parse().unwrap();
    for (name, value) in
        [("authorization", "Basic c2VjcmV0"), ("cookie", "session=secret"), ("proxy-authorization", "secret")]
    {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    client.send(request).await.unwrap();
    let to_first = first.asked();
    // The one who is asked is told, also after a redirect to itself.
    assert!(to_first[1].starts_with("POST /here") && to_first[1].to_lowercase().contains("bearer secret-token"));
    let to_other = other.asked();
    assert_eq!(to_other.len(), 2);
    for request in to_other {
        let request = request.to_lowercase();
        for told in ["secret", "authorization", "cookie", "referer"] {
            assert!(!request.contains(told), "{told} in {request}");
        }
    }
    // A cookie that a server sets is not kept at all.
    assert!(to_first.iter().chain(&other.asked()).all(|request| !request.contains("session=1")));
}

/// A server that goes on and on: what `next` gives, with `pause` in between, until nobody reads any more. Gives its address
/// and how many bytes it has got rid of.
async fn endless(start: &'static str, piece: Vec<u8>, pause: Duration) -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((OUTSIDE, 0)).await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&written);
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        read_request(&mut socket).await;
        let mut result = socket.write_all(start.as_bytes()).await;
        while result.is_ok() {
            tokio::time::sleep(pause).await;
            result = socket.write_all(&piece).await;
            counted.fetch_add(piece.len(), Ordering::SeqCst);
        }
    });
    (url, written)
}

#[tokio::test]
async fn an_answer_that_trickles_or_never_begins_ends_in_time() {
    let pause = Duration::from_millis(20);
    let client =
        client_with(Limits { timeout: Duration::from_millis(400), ..Limits::default() }, names(|_| vec![OUTSIDE]));
    for (what, start, piece) in [
        ("a body byte by byte", "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", "x"),
        ("a body without a length", "HTTP/1.1 200 OK\r\n\r\n", "x"),
        ("a body in chunks", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
        ("a head byte by byte", "HTTP/1.1 200 OK\r\nx: ", "x"),
        ("interim answers for ever", "", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("nothing at all", "", ""),
    ] {
        let (url, _) = endless(start, piece.as_bytes().to_vec(), pause).await;
        let started = Instant::now();
        let answer = client.get_text(&url).await;
        assert!(matches!(&answer, Err(ClientError::Unreachable(why)) if why == "time ran out"), "{what}: {answer:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{what}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_at_the_limit() {
    const LIMIT: usize = 256 * 1024;
    // What the sockets and buffers in between hold beside it.
    const BETWEEN: usize = 16 * 1024 * 1024;
    let limits = Limits { timeout: Duration::from_secs(20), body_bytes: LIMIT, ..Limits::default() };
    let client = client_with(limits, names(|_| vec![OUTSIDE]));
    let block = vec![b'x'; 64 * 1024];
    for (what, start, piece) in [
        ("without a length", "HTTP/1.1 200 OK\r\n\r\n", block.clone()),
        ("with a length", "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", block.clone()),
        (
            "in chunks",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            [b"10000\r\n".to_vec(), block.clone(), b"\r\n".to_vec()].concat(),
        ),
        ("of an error", "HTTP/1.1 500 Oops\r\n\r\n", block.clone()),
    ] {
        let (url, written) = endless(start, piece, Duration::ZERO).await;
        let answer = client.get_text(&url).await;
        assert!(matches!(answer, Err(ClientError::TooLarge(LIMIT))), "{what}: {answer:?}");
        assert!(written.load(Ordering::SeqCst) < LIMIT + BETWEEN, "{what}");
    }
    for (what, piece) in [("headers", b"x-more: and more\r\n".repeat(1_000)), ("one header", block)] {
        let (url, written) = endless("HTTP/1.1 200 OK\r\nx-first: y", piece, Duration::ZERO).await;
        let started = Instant::now();
        let answer = client.get_text(&url).await;
        assert!(matches!(answer, Err(ClientError::Unreachable(_))), "{what}: {answer:?}");
        assert!(started.elapsed() < Duration::from_secs(10), "{what} ended by time alone");
        assert!(written.load(Ordering::SeqCst) < BETWEEN, "{what}");
    }
}

#[tokio::test]
async fn what_unpacks_to_more_than_the_limit_is_cut_off() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 128 * 1024, "64 MiB in {} bytes", packed.len());
    let server = Server::outside(move |_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\ncontent-length: ";
        [format!("{head}{}\r\n\r\n", packed.len()).as_bytes(), &packed].concat()
    })
    .await;
    // The packed bytes alone would pass.
    let limits = Limits { body_bytes: 1024 * 1024, ..Limits::default() };
    let answer = client_with(limits, names(|_| vec![OUTSIDE])).get_text(&server.url("/")).await;
    assert!(matches!(answer, Err(ClientError::TooLarge(_))), "{answer:?}");
}

/// In a process of its own, since the environment is the whole process's.
#[tokio::test]
#[ignore = "run by the test of the proxies, with their addresses in the environment"]
#[expect(clippy::disallowed_methods, reason = "what the parent process hands over")]
async fn one_request_with_proxies_in_the_environment() {
    let address = std::env::var("INNOCAP_TEST_ADDRESS").unwrap();
    let client = Client::new(Limits { allow_private: true, ..Limits::default() }).unwrap();
    assert_eq!(client.get_text(&Url::parse(&address).unwrap()).await.unwrap(), "straight");
}

#[tokio::test]
async fn no_proxy_is_taken_from_the_environment() {
    let (proxy, server) = (Server::outside(|_| ok("by proxy")).await, Server::outside(|_| ok("straight")).await);
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "client::tests::one_request_with_proxies_in_the_environment", "--ignored"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(name, format!("http://{}", proxy.address));
    }
    child.env_remove("no_proxy").env_remove("NO_PROXY").env_remove("REQUEST_METHOD");
    let output = child.env("INNOCAP_TEST_ADDRESS", server.url("/").as_str()).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!((server.asked().len(), proxy.asked().len()), (1, 0));
}
