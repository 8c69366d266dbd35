//! A catalogue to be harvested: a small HTTP server that hands out documents with entity tags, remembers who asked for what,
//! and misbehaves on request.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Bytes that an endless answer goes on for at most, should nobody hang up.
const ENDLESS: usize = 200_000_000;

/// How an address misbehaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misbehaviour {
    /// It answers with this status.
    Status(u16),
    /// It wants to be asked again after so many seconds (429).
    Later(u64),
    /// It sends half of the document and hangs up.
    Truncated,
    /// It never comes to an end.
    Endless,
    /// It sends people elsewhere.
    Redirect(String),
    /// It sends a page for people instead.
    Page,
}

#[derive(Default)]
struct Shelves {
    documents: HashMap<String, (Vec<u8>, String)>,
    misbehaviours: HashMap<String, (Misbehaviour, usize)>,
    asked: Vec<(String, u16)>,
}

/// A catalogue at an address of its own, closed when dropped.
pub struct Catalogue {
    address: SocketAddr,
    shelves: Arc<Mutex<Shelves>>,
    closed: Arc<AtomicBool>,
}

impl Catalogue {
    /// Opens an empty one.
    ///
    /// # Panics
    /// Where there is no free port.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (shelves, closed) = (Arc::new(Mutex::new(Shelves::default())), Arc::new(AtomicBool::new(false)));
        let (theirs, end) = (Arc::clone(&shelves), Arc::clone(&closed));
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let shelves = Arc::clone(&theirs);
                std::thread::spawn(move || drop(answer(socket, &shelves)));
            }
        });
        Self { address, shelves, closed }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Puts a document at a path.
    pub fn put(&self, path: &str, media_type: &str, body: impl Into<Vec<u8>>) {
        self.shelves().documents.insert(path.to_owned(), (body.into(), media_type.to_owned()));
    }

    /// Takes it away.
    pub fn take(&self, path: &str) {
        self.shelves().documents.remove(path);
    }

    /// Lets a path misbehave the next `times` times.
    pub fn misbehave(&self, path: &str, misbehaviour: Misbehaviour, times: usize) {
        self.shelves().misbehaviours.insert(path.to_owned(), (misbehaviour, times));
    }

    /// What was asked for since the last time, with the status of the answer.
    pub fn asked(&self) -> Vec<(String, u16)> {
        std::mem::take(&mut self.shelves().asked)
    }

    fn shelves(&self) -> std::sync::MutexGuard<'_, Shelves> {
        self.shelves.lock().expect("nobody has panicked")
    }
}

impl Drop for Catalogue {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

fn answer(mut socket: TcpStream, shelves: &Mutex<Shelves>) -> std::io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    socket.set_write_timeout(Some(Duration::from_secs(5)))?;
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match socket.read(&mut buffer)? {
            0 => return Ok(()),
            read => head.extend_from_slice(&buffer[..read]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split_whitespace().nth(1).unwrap_or("/").to_owned();
    let known = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("if-none-match").then(|| value.trim().to_owned())
    });
    let (document, misbehaviour) = {
        let mut shelves = shelves.lock().expect("nobody has panicked");
        let misbehaviour = shelves.misbehaviours.get_mut(&path).filter(|(_, left)| *left > 0).map(|(what, left)| {
            *left -= 1;
            what.clone()
        });
        (shelves.documents.get(&path).cloned(), misbehaviour)
    };
    let (status, headers, body, promised) = decide(document, misbehaviour.as_ref(), known.as_deref());
    shelves.lock().expect("nobody has panicked").asked.push((path, status));
    let length = promised.map_or_else(String::new, |length| format!("content-length: {length}\r\n"));
    write!(socket, "HTTP/1.1 {status} Whatever\r\n{headers}{length}connection: close\r\n\r\n")?;
    socket.write_all(&body)?;
    if misbehaviour == Some(Misbehaviour::Endless) {
        let piece = [b' '; 65_536];
        for _ in 0..ENDLESS / piece.len() {
            socket.write_all(&piece)?;
        }
    }
    Ok(())
}

/// Status, further headers, body, and the length that is promised.
fn decide(
    document: Option<(Vec<u8>, String)>,
    misbehaviour: Option<&Misbehaviour>,
    known: Option<&str>,
) -> (u16, String, Vec<u8>, Option<usize>) {
    match (misbehaviour, document) {
        (Some(Misbehaviour::Status(status)), _) => (*status, String::new(), Vec::new(), Some(0)),
        (Some(Misbehaviour::Later(seconds)), _) => (429, format!("retry-after: {seconds}\r\n"), Vec::new(), Some(0)),
        (Some(Misbehaviour::Redirect(to)), _) => (302, format!("location: {to}\r\n"), Vec::new(), Some(0)),
        (Some(Misbehaviour::Endless), _) => (200, "content-type: text/csv\r\n".to_owned(), Vec::new(), None),
        (Some(Misbehaviour::Page), _) => {
            let page = b"<!doctype html><p>Down for maintenance".to_vec();
            (200, "content-type: text/html\r\n".to_owned(), page.clone(), Some(page.len()))
        }
        (_, None) => (404, String::new(), Vec::new(), Some(0)),
        (truncated, Some((body, media_type))) => {
            let tag =
                format!("\"{:x}\"", body.iter().fold(5381_u64, |sum, byte| sum.wrapping_mul(33) ^ u64::from(*byte)));
            if known == Some(tag.as_str()) {
                return (304, String::new(), Vec::new(), Some(0));
            }
            let headers = format!("content-type: {media_type}\r\netag: {tag}\r\n");
            let length = body.len();
            let sent = if truncated.is_some() { body[..length / 2].to_vec() } else { body };
            (200, headers, sent, Some(length))
        }
    }
}
