//! Mail by SMTP: what is sent, and whether it is worth trying again when it was not taken.

mod message;
#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, Utc};
use innocap_domain::EmailAddress;
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use innocap_domain::Secret;
use message::{address, compose, one_line};

pub use message::OutgoingMail;

/// How the way to the SMTP server is encrypted. The server's certificate is always checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte, mostly at port 465. Preferred (RFC 8314, section 3): with it there is no plain text that
    /// someone on the way could add to.
    Implicit,
    /// After STARTTLS, mostly at port 587; a server that does not offer it is sent nothing.
    StartTls,
    /// Not at all: only to a server on the same machine or net, and never with a password.
    None,
}

/// Which server sends our mail, and in whose name.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The server's name, which its certificate must hold.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is encrypted.
    pub tls: MailTls,
    /// An authority (PEM) that is trusted beside those of the system, for a server with a certificate of one's own.
    pub authority: Option<String>,
    /// User and password, where the server asks for them.
    pub login: Option<(String, Secret)>,
    /// The address mail is sent from; its domain is also what the server is greeted with.
    pub sender: EmailAddress,
    /// The name beside that address.
    pub sender_name: String,
    /// The most that sending one message may take, from the connection to the server's last word.
    pub timeout: Duration,
}

/// Settings with which no mail could ever be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailConfigError {
    /// A password would be readable on its way.
    #[error("a user and password are sent only over TLS")]
    LoginInClear,
    /// The authority is no certificate.
    #[error("the authority is no certificate in PEM")]
    Authority,
    /// The sender's address is none that SMTP takes.
    #[error("the sender is no address that mail can be sent from")]
    Sender,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up for the server")]
    Tls,
}

/// Why a message was not sent. What the server said beside its code is left out, since servers like to quote addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Worth another try later.
    #[error("not sent for now: {0}")]
    Temporary(MailFault),
    /// No use in trying again.
    #[error("not sent: {0}")]
    Permanent(MailFault),
}

/// What went wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The server cannot be reached, or the connection broke.
    #[error("the server cannot be reached")]
    Unreachable,
    /// Encryption failed: no STARTTLS, or a certificate that is not trusted.
    #[error("there is no trusted encrypted connection to the server")]
    Tls,
    /// The server does not take the user and password, or offers no way to give them.
    #[error("the server refuses the user and password")]
    Login,
    /// The server said no with this code (RFC 5321, section 4.2).
    #[error("the server answers {0}")]
    Reply(u16),
    /// Time ran out.
    #[error("time ran out")]
    Timeout,
    /// The message cannot be put into words that this server understands.
    #[error("the message cannot be sent as it is")]
    Message,
}

/// Sends mail through one server.
///
/// Each message has a connection of its own. Connections kept open would save a handshake on the few messages an hour
/// that there are, and one on which a time-out struck would give its late answers to the next message.
pub struct Mailer {
    host: String,
    port: u16,
    implicit_tls: Option<TlsParameters>,
    start_tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    sender: Mailbox,
    timeout: Duration,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Mailer {
    /// A mailer as the settings say. Nothing is sent yet.
    ///
    /// # Errors
    /// [`MailConfigError`] where it could never work.
    pub fn new(config: &MailConfig) -> Result<Self, MailConfigError> {
        if config.login.is_some() && config.tls == MailTls::None {
            return Err(MailConfigError::LoginInClear);
        }
        let parameters = match config.tls {
            MailTls::None => None,
            MailTls::Implicit | MailTls::StartTls => Some(tls_parameters(config)?),
        };
        let (implicit_tls, start_tls) =
            if config.tls == MailTls::Implicit { (parameters, None) } else { (None, parameters) };
        let address = address(&config.sender).ok_or(MailConfigError::Sender)?;
        let name = Some(one_line(&config.sender_name)).filter(|name| !name.is_empty());
        Ok(Self {
            host: config.host.clone(),
            port: config.port,
            implicit_tls,
            start_tls,
            credentials: config
                .login
                .as_ref()
                .map(|(user, password)| Credentials::new(user.clone(), password.expose().to_owned())),
            hello: ClientId::Domain(address.domain().to_owned()),
            sender: Mailbox::new(name, address),
            timeout: config.timeout,
        })
    }

    /// Sends one message, dated `at`.
    ///
    /// # Errors
    /// [`MailError`]: whether to try again.
    pub async fn send(&self, mail: &OutgoingMail, at: DateTime<Utc>) -> Result<(), MailError> {
        let message = compose(mail, &self.sender, at).ok_or(MailError::Permanent(MailFault::Message))?;
        let deliver = self.deliver(message.envelope(), message.formatted());
        match tokio::time::timeout(self.timeout, deliver).await {
            Ok(result) => result,
            Err(_) => Err(MailError::Temporary(MailFault::Timeout)),
        }
    }

    async fn deliver(&self, envelope: &Envelope, message: Vec<u8>) -> Result<(), MailError> {
        let mut connection = self.connect().await?;
        let sent = connection.send(envelope, &message).await;
        // The server has given its word by now; a farewell that hangs must not make it a failure.
        let _ = tokio::time::timeout(Duration::from_secs(1), connection.abort()).await;
        sent.map(|_| ()).map_err(|error| refusal(&error))
    }

    /// Connects, encrypts and signs in. A no to any of this says nothing about the message, so none is lost when the
    /// settings or the server are wrong for a while.
    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let wrong = |error: lettre::transport::smtp::Error| MailError::Temporary(handshake_fault(&error));
        let server = (self.host.as_str(), self.port);
        let timeout = Some(self.timeout);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, timeout, &self.hello, self.implicit_tls.clone(), None)
                .await
                .map_err(wrong)?;
        if let Some(parameters) = &self.start_tls {
            if !connection.can_starttls() {
                return Err(MailError::Temporary(MailFault::Tls));
            }
            connection.starttls(parameters.clone(), &self.hello).await.map_err(wrong)?;
        }
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, credentials).await.map_err(|error| {
                let refused = error.is_permanent() || error.is_client();
                MailError::Temporary(if refused { MailFault::Login } else { handshake_fault(&error) })
            })?;
        }
        Ok(connection)
    }
}

fn tls_parameters(config: &MailConfig) -> Result<TlsParameters, MailConfigError> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(authority) = &config.authority {
        let authority = Certificate::from_pem(authority.as_bytes()).map_err(|_| MailConfigError::Authority)?;
        builder = builder.add_root_certificate(authority);
    }
    builder.build_rustls().map_err(|_| MailConfigError::Tls)
}

fn handshake_fault(error: &lettre::transport::smtp::Error) -> MailFault {
    match error.status() {
        Some(code) => MailFault::Reply(code.into()),
        None if is_tls(error) => MailFault::Tls,
        None => MailFault::Unreachable,
    }
}

/// The library tells a failed handshake as an I/O error, with the cause inside.
fn is_tls(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::InvalidData
        {
            return true;
        }
        cause = inner.source();
    }
    error.is_tls()
}

/// What an answer to the message itself means.
fn refusal(error: &lettre::transport::smtp::Error) -> MailError {
    match error.status().map(u16::from) {
        // To be signed in, or signed in otherwise, is for the settings: the message is as good as before.
        Some(code @ (530 | 534 | 535 | 538)) => MailError::Temporary(MailFault::Reply(code)),
        Some(code) if error.is_permanent() => MailError::Permanent(MailFault::Reply(code)),
        Some(code) => MailError::Temporary(MailFault::Reply(code)),
        // An address beyond ASCII, and a server that takes none.
        None if error.is_client() => MailError::Permanent(MailFault::Message),
        None => MailError::Temporary(MailFault::Unreachable),
    }
}
