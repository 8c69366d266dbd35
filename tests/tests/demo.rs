//! The program as it is started to try it out, with the accounts that it prints.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::program::program;

/// The running demo; it ends with the test.
pub struct Demo {
    child: Child,
    /// Where it answers.
    pub base: String,
    /// The accounts that it has printed: name and password by what they are.
    pub accounts: Map<String, Value>,
    _data: TempDir,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    /// Starts it with these settings, as flags.
    pub fn start(flags: &[&str]) -> Self {
        let data = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(program())
            .args(["demo", "--log", "error", "--listen", &format!("127.0.0.1:{port}")])
            .args(flags)
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
                && ["municipality", "company", "university", "integrator", "operator"].contains(&what)
            {
                accounts.insert(what.to_owned(), json!({ "name": name, "secret": secret }));
            }
            if line.contains("Innocap answers on") {
                break;
            }
        }
        // What it prints further is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        assert_eq!(accounts.len(), 5, "the demo prints its accounts");
        Self { child, base: format!("http://127.0.0.1:{port}"), accounts, _data: data }
    }
}
