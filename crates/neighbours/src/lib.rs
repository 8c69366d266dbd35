//! The programs of others that Innocap talks to, the real ones, started by the tests: an SMTP server (aiosmtpd) and an
//! OpenID provider (oidc-provider); those that judge the API: a linter of its contract (Redocly) and a sender of generated
//! requests (Schemathesis); and the generators of its clients (openapi-typescript, openapi-python-client). With the way
//! each is installed. Only tests depend on this crate.

mod install;
mod oidc;
mod program;
mod smtp;

pub use install::{
    install_oidc, install_python_client, install_redocly, install_schemathesis, install_smtp, install_typescript_client,
};
pub use oidc::{Callback, OidcProvider};
pub use smtp::{Certificates, Received, SmtpServer, SmtpTls};
