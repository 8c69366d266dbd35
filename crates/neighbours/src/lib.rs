//! The programs of others that Innocap talks to, the real ones, started by the tests: an SMTP server (aiosmtpd) and an
//! OpenID provider (oidc-provider), and the generators of clients (openapi-fetch, openapi-python-client), with the way each
//! is installed. Only tests depend on this crate.

mod install;
mod oidc;
mod program;
mod smtp;

pub use install::{install_oidc, install_python_client, install_smtp, install_typescript_client};
pub use oidc::{Callback, OidcProvider};
pub use smtp::{Certificates, Received, SmtpServer, SmtpTls};
