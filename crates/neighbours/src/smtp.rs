//! aiosmtpd: a real SMTP server that keeps what it is sent. What it does with a recipient is told in
//! `tests/smtp/server.py`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde::Deserialize;

use crate::install::{install_smtp, root};
use crate::program::Program;

/// How the server's connections are encrypted; with a certificate for `localhost`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all.
    None,
    /// After STARTTLS, without which nothing is taken.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// An authority made for the tests, and the certificate it gave to `localhost`.
pub struct Certificates {
    /// The authority's certificate (PEM).
    pub authority: String,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificates {
    /// Makes both; each call another authority.
    pub fn make() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).expect("no names are well-formed names");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(parameters, KeyPair::generate().expect("a key can be made"))
            .expect("an authority can be made");
        let key = KeyPair::generate().expect("a key can be made");
        let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("localhost is a name");
        parameters.use_authority_key_identifier_extension = true;
        let certificate = parameters.signed_by(&key, &issuer).expect("a certificate can be made");
        let folder = root().join("target/neighbours/certificates");
        fs::create_dir_all(&folder).expect("target can be written");
        let serial = key.public_key_raw().iter().fold(0u64, |sum, byte| sum.rotate_left(7) ^ u64::from(*byte));
        let write = |kind: &str, text: String| {
            let path = folder.join(format!("{serial:016x}-{kind}.pem"));
            fs::write(&path, text).expect("target can be written");
            path
        };
        Self {
            authority: issuer.pem(),
            certificate: write("certificate", certificate.pem()),
            key: write("key", key.serialize_pem()),
        }
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.certificate);
        let _ = fs::remove_file(&self.key);
    }
}

/// A message that the server took.
#[derive(Debug)]
pub struct Received {
    /// The sender on the envelope.
    pub from: String,
    /// The recipients on the envelope.
    pub to: Vec<String>,
    /// Who was signed in.
    pub user: Option<String>,
    /// Whether it came encrypted.
    pub encrypted: bool,
    /// The message as it was sent.
    pub data: String,
}

#[derive(Deserialize)]
struct Line {
    from: String,
    to: Vec<String>,
    user: Option<String>,
    encrypted: bool,
    data: String,
}

/// A running SMTP server at `localhost`; it ends when it is dropped.
pub struct SmtpServer {
    program: Program,
    port: u16,
    certificates: Certificates,
}

impl SmtpServer {
    /// Starts a server; `login` is the user and password it asks for.
    ///
    /// # Panics
    /// Where it cannot be installed or started: a test that needs it fails.
    pub fn start(tls: SmtpTls, login: Option<(&str, &str)>) -> Self {
        let certificates = Certificates::make();
        let mut command = Command::new(install_smtp().unwrap_or_else(|why| panic!("{why}")));
        let tls = match tls {
            SmtpTls::None => "none",
            SmtpTls::StartTls => "starttls",
            SmtpTls::Implicit => "implicit",
        };
        command.arg(root().join("tests/smtp/server.py")).args(["--tls", tls]);
        command.arg("--certificate").arg(&certificates.certificate).arg("--key").arg(&certificates.key);
        if let Some((user, password)) = login {
            command.args(["--user", user, "--password", password]);
        }
        let program = Program::start(&mut command);
        let port = program.line().parse().expect("the first line is the port");
        Self { program, port, certificates }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that vouches for it (PEM).
    pub fn authority(&self) -> &str {
        &self.certificates.authority
    }

    /// The next message; waits for it.
    ///
    /// # Panics
    /// Where none comes.
    pub fn receive(&self) -> Received {
        parse(&self.program.line())
    }

    /// The next message, where one was received already.
    pub fn received(&self) -> Option<Received> {
        self.program.line_now().map(|line| parse(&line))
    }
}

fn parse(line: &str) -> Received {
    let Line { from, to, user, encrypted, data } = serde_json::from_str(line).expect("a line is a message");
    let data = STANDARD.decode(data).expect("the message is base64");
    let data = String::from_utf8(data).expect("a message of ours is UTF-8");
    Received { from, to, user, encrypted, data }
}
