//! A receiver of webhooks over a real socket: it verifies what it gets, keeps it, and answers as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    pub at: Instant,
}

impl Received {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// How many of its signatures are made with this secret, by an HMAC (RFC 2104) of our own.
    pub fn signed_by(&self, secret: &str) -> usize {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("the prefix of a secret")).unwrap();
        let mut signed = format!("{}.{}.", self.id(), self.headers["webhook-timestamp"]).into_bytes();
        signed.extend(&self.body);
        let expected = hmac(&key, &signed);
        let given = self.headers["webhook-signature"].split(' ');
        given.filter(|one| one.strip_prefix("v1,").is_some_and(|given| same(given, &expected))).count()
    }
}

fn hmac(key: &[u8], message: &[u8]) -> String {
    assert!(key.len() <= 64, "a longer key would have to be digested first");
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    STANDARD.encode(Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize())
}

/// Compares in the same time wherever the texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// What is answered to a message, of which `usize` came before.
pub type Answers = Box<dyn Fn(&Received, usize) -> Reply + Send>;

/// An answer.
#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    pub header: String,
    pub body: String,
    pub after: Duration,
}

/// An answer with nothing but a status.
pub fn status(status: u16) -> Reply {
    Reply { status, header: String::new(), body: String::new(), after: Duration::ZERO }
}

/// A receiver; it ends with the runtime that it holds.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<tokio::runtime::Runtime>,
}

struct Shared {
    received: Mutex<Vec<Received>>,
    answers: Mutex<Answers>,
}

impl Receiver {
    /// A receiver that takes everything.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Answers = Box::new(|_, _| status(204));
        let shared = Arc::new(Shared { received: Mutex::default(), answers: Mutex::new(answers) });
        let serving = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&serving)));
            }
        });
        Self { address, shared, runtime: Some(runtime) }
    }

    /// Answers otherwise from now on.
    pub fn answer(&self, answers: impl Fn(&Received, usize) -> Reply + Send + 'static) {
        *self.shared.answers.lock().unwrap() = Box::new(answers);
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook?for=innocap", self.address)
    }

    /// What came so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Waits until so much has come.
    #[track_caller]
    pub fn wait_for(&self, count: usize, patience: Duration) -> Vec<Received> {
        let started = Instant::now();
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            let came: Vec<String> = received.iter().map(Received::kind).collect();
            assert!(started.elapsed() < patience, "{} of {count} came: {came:?}", received.len());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(socket: TcpStream, shared: Arc<Shared>) {
    let (reader, mut writer) = socket.into_split();
    let mut reader = BufReader::new(reader);
    while let Some(message) = read(&mut reader).await {
        let reply = {
            let mut received = shared.received.lock().unwrap();
            let reply = shared.answers.lock().unwrap()(&message, received.len());
            received.push(message);
            reply
        };
        tokio::time::sleep(reply.after).await;
        let Reply { status, header, body, .. } = reply;
        let answer = format!("HTTP/1.1 {status} Told\r\n{header}content-length: {}\r\n\r\n{body}", body.len());
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(reader: &mut BufReader<tokio::net::tcp::OwnedReadHalf>) -> Option<Received> {
    let mut headers = HashMap::new();
    let mut line = String::new();
    reader.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    assert!(line.starts_with("POST /hook?for=innocap "), "{line}");
    loop {
        line.clear();
        reader.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).await.ok()?;
    Some(Received { headers, body, at: Instant::now() })
}

#[test]
fn the_hmac_of_the_receiver_is_that_of_the_specification() {
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let body = br#"{"test": 2432232314}"#.to_vec();
    let received = Received { headers, body, at: Instant::now() };
    assert_eq!(received.signed_by("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), 1);
}
