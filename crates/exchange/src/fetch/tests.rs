//! Manners towards a host, over a real socket.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::{FetchError, Fetched, Fetcher, Manners, Validators};
use crate::client::{ClientError, Limits};

/// A host that answers each path with the answers given for it, one after the other, the last one from then on, and that
/// has no robots.txt unless it is given one.
struct Host {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Host {
    async fn open(answers: Vec<(&'static str, Vec<Vec<u8>>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heads = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut answers: Vec<_> =
                answers.into_iter().map(|(path, all)| (path, all.into_iter().rev().collect::<Vec<_>>())).collect();
            loop {
                let Ok((mut socket, _)) = listener.accept().await else { return };
                let mut buffer = vec![0; 65536];
                let read = socket.read(&mut buffer).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&buffer[..read]).into_owned();
                let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
                heads.lock().unwrap().push(head);
                let answer = answers
                    .iter_mut()
                    .find(|(known, _)| *known == path)
                    .map(|(_, left)| if left.len() > 1 { left.pop().unwrap() } else { left[0].clone() });
                let answer = answer.unwrap_or_else(|| plain(404, "", ""));
                let _ = socket.write_all(&answer).await;
            }
        });
        Self { address, asked }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.address)).unwrap()
    }

    /// The heads of the requests for a path.
    fn asked(&self, path: &str) -> Vec<String> {
        let begin = format!("GET {path} ");
        self.asked.lock().unwrap().iter().filter(|head| head.starts_with(&begin)).cloned().collect()
    }
}

fn plain(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

fn quick() -> Manners {
    let wait = Duration::from_millis(10);
    Manners { pause: Duration::ZERO, wait, longest_wait: Duration::from_secs(2), ..Manners::default() }
}

fn fetcher(manners: Manners) -> Fetcher {
    let limits =
        Limits { allow_private: true, body_bytes: 100_000, timeout: Duration::from_secs(5), ..Limits::default() };
    Fetcher::new(limits, manners).unwrap()
}

async fn get(host: &Host, path: &str) -> Result<Fetched, FetchError> {
    fetcher(quick()).get(&host.url(path), &Validators::default()).await
}

fn body(fetched: Result<Fetched, FetchError>) -> String {
    match fetched.unwrap() {
        Fetched::Document { body, .. } => String::from_utf8(body).unwrap(),
        Fetched::Unchanged => panic!("it came without its content"),
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let first = plain(
        200,
        "etag: \"one\"\r\nlast-modified: Mon, 02 Mar 2026 08:00:00 GMT\r\ncontent-type: Text/CSV; charset=utf-8\r\n",
        "a",
    );
    let host = Host::open(vec![("/list", vec![first, plain(304, "", "")])]).await;
    let mut fetcher = fetcher(quick());
    let fetched = fetcher.get(&host.url("/list"), &Validators::default()).await.unwrap();
    let Fetched::Document { media_type, validators, .. } = fetched else { panic!("it is there") };
    assert_eq!(media_type, "text/csv");
    assert_eq!(fetcher.get(&host.url("/list"), &validators).await.unwrap(), Fetched::Unchanged);
    let second = &host.asked("/list")[1];
    assert!(second.contains("if-none-match: \"one\"") && second.contains("if-modified-since: Mon, 02 Mar"), "{second}");
    // Who was not asked whether it has changed cannot say so.
    assert!(matches!(fetcher.get(&host.url("/list"), &Validators::default()).await, Err(FetchError::Status(304))));
}

#[tokio::test]
async fn robots_txt_is_read_once_and_obeyed() {
    let robots = plain(200, "", "User-agent: *\nDisallow: /\n\nUser-agent: innocap\nDisallow: /private\nAllow: /\n");
    let host = Host::open(vec![
        ("/robots.txt", vec![robots]),
        ("/open", vec![plain(200, "", "open")]),
        ("/private/list", vec![plain(200, "", "private")]),
    ])
    .await;
    let mut fetcher = fetcher(quick());
    assert!(matches!(fetcher.get(&host.url("/private/list"), &Validators::default()).await, Err(FetchError::Robots)));
    assert_eq!(body(fetcher.get(&host.url("/open"), &Validators::default()).await), "open");
    assert_eq!((host.asked("/robots.txt").len(), host.asked("/private/list").len()), (1, 0));
}

#[tokio::test]
async fn a_host_that_cannot_say_what_it_allows_is_not_asked() {
    let host = Host::open(vec![("/robots.txt", vec![plain(500, "", "")]), ("/list", vec![plain(200, "", "x")])]).await;
    assert!(matches!(get(&host, "/list").await, Err(FetchError::Status(500))));
    assert!(host.asked("/list").is_empty());
}

#[tokio::test]
async fn one_host_is_asked_at_a_pace() {
    let host = Host::open(vec![("/list", vec![plain(200, "", "x")])]).await;
    let mut fetcher = fetcher(Manners { pause: Duration::from_millis(150), ..quick() });
    let started = Instant::now();
    for _ in 0..3 {
        body(fetcher.get(&host.url("/list"), &Validators::default()).await);
    }
    // robots.txt and three documents: three pauses.
    assert!(started.elapsed() >= Duration::from_millis(450), "{:?}", started.elapsed());
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_told() {
    let ok = || plain(200, "", "done");
    let host = Host::open(vec![
        ("/shaky", vec![plain(500, "", ""), plain(502, "", ""), ok()]),
        ("/down", vec![plain(500, "", "")]),
        ("/gone", vec![plain(410, "", "")]),
        ("/closed", vec![plain(403, "", "")]),
        ("/broken", vec![b"HTTP/1.1 200 X\r\ncontent-length: 100\r\nconnection: close\r\n\r\nhalf".to_vec(), ok()]),
    ])
    .await;
    assert_eq!(body(get(&host, "/shaky").await), "done");
    assert!(matches!(get(&host, "/down").await, Err(FetchError::Status(500))));
    assert_eq!(host.asked("/down").len(), 3);
    assert!(matches!(get(&host, "/gone").await, Err(FetchError::Gone(410))));
    assert!(matches!(get(&host, "/missing").await, Err(FetchError::Gone(404))));
    assert!(matches!(get(&host, "/closed").await, Err(FetchError::Status(403))));
    assert_eq!(body(get(&host, "/broken").await), "done");
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_for_as_long_as_they_say() {
    let by_date = "date: Mon, 02 Mar 2026 08:00:00 GMT\r\nretry-after: Mon, 02 Mar 2026 08:00:01 GMT\r\n";
    let host = Host::open(vec![
        ("/busy", vec![plain(429, "retry-after: 1\r\n", ""), plain(200, "", "done")]),
        ("/dated", vec![plain(503, by_date, ""), plain(200, "", "done")]),
        ("/tomorrow", vec![plain(429, "retry-after: 86400\r\n", "")]),
    ])
    .await;
    for path in ["/busy", "/dated"] {
        let started = Instant::now();
        assert_eq!(body(get(&host, path).await), "done");
        assert!(started.elapsed() >= Duration::from_secs(1), "{path}");
    }
    let later = get(&host, "/tomorrow").await;
    assert!(matches!(later, Err(FetchError::Later(after)) if after == Duration::from_secs(86_400)), "{later:?}");
    assert_eq!(host.asked("/tomorrow").len(), 1);
}

#[tokio::test]
async fn a_small_answer_that_unpacks_to_a_large_one_is_cut_off() {
    use std::io::Write;
    let pack = |bytes: usize| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b'x'; bytes]).unwrap();
        let packed = encoder.finish().unwrap();
        let mut answer = format!(
            "HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            packed.len()
        )
        .into_bytes();
        answer.extend(packed);
        answer
    };
    let host = Host::open(vec![("/packed", vec![pack(50_000)]), ("/bomb", vec![pack(50_000_000)])]).await;
    assert_eq!(body(get(&host, "/packed").await).len(), 50_000);
    assert!(matches!(get(&host, "/bomb").await, Err(FetchError::Client(ClientError::TooLarge(100_000)))));
    assert_eq!(host.asked("/bomb").len(), 1);
}

#[tokio::test]
async fn an_address_inside_is_not_asked_neither_at_once_nor_by_way_of_another() {
    let limits = Limits { timeout: Duration::from_secs(5), ..Limits::default() };
    let mut closed = Fetcher::new(limits, quick()).unwrap();
    let host = Host::open(vec![("/list", vec![plain(200, "", "x")])]).await;
    let asked = closed.get(&host.url("/list"), &Validators::default()).await;
    assert!(matches!(asked, Err(FetchError::Client(ClientError::Refused(_)))), "{asked:?}");
    assert!(host.asked.lock().unwrap().is_empty());
    // Where private addresses are allowed, other schemes are still not.
    let away = Host::open(vec![("/list", vec![plain(302, "location: file:///etc/passwd\r\n", "")])]).await;
    let sent_on = get(&away, "/list").await;
    assert!(matches!(sent_on, Err(FetchError::Status(302))), "{sent_on:?}");
}
