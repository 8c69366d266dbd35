//! What three kinds of user come for, walked in a real browser against the program as it is started to try it out.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::program::program;

/// The running demo; it ends with the test.
struct Demo {
    child: Child,
    base: String,
    /// The accounts that it has printed: name and password by what they are.
    accounts: Map<String, Value>,
    _data: TempDir,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    fn start() -> Self {
        let data = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(program())
            .args(["demo", "--log", "error", "--listen", &format!("127.0.0.1:{port}")])
            .env("INNOCAP_DATA_DIR", data.path())
            .env_remove("INNOCAP_DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut accounts = Map::new();
        let mut lines = BufReader::new(child.stdout.take().expect("it prints")).lines();
        for line in lines.by_ref().map_while(Result::ok) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let [what, name, secret] = words[..]
                && ["municipality", "company", "university", "operator"].contains(&what)
            {
                accounts.insert(what.to_owned(), json!({ "name": name, "secret": secret }));
            }
            if line.contains("Innocap answers on") {
                break;
            }
        }
        // What it prints further is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        assert_eq!(accounts.len(), 4, "the demo prints its accounts");
        Self { child, base: format!("http://127.0.0.1:{port}"), accounts, _data: data }
    }
}

#[test]
fn three_kinds_of_user_reach_what_they_came_for_by_pointer_phone_keyboard_and_without_javascript() {
    let demo = Demo::start();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/journeys.mjs");
    let output = Command::new("node")
        .arg(script)
        .args([demo.base.as_str(), &Value::Object(demo.accounts.clone()).to_string()])
        .output()
        .expect("node is there: cargo xtask test installs it");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("journeys walked"), "{told}");
}
