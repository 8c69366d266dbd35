//! The outside world: catalogues fetched politely, embeddings, mail by SMTP, webhooks, and sign-in with OpenID Connect. Every HTTP request leaves through
//! [`Client`], which refuses private addresses, unbounded bodies and endless redirects.

mod client;
mod embeddings;
mod fetch;
mod mail;
mod oidc;
mod publiccode;
mod webhooks;

#[cfg(test)]
mod tests;

pub use client::{Client, ClientError, Limits};
pub use embeddings::{EmbeddingsClient, EmbeddingsConfig};
pub use fetch::{FetchError, Fetched, Fetcher, Manners, Validators};
pub use innocap_domain::Secret;
pub use mail::{MailConfig, MailConfigError, MailError, MailFault, MailTls, Mailer, OutgoingMail};
pub use oidc::{
    Callback, Identity, OidcConfigError, OidcError, OidcIssuer, PENDING_LIFETIME, Pending, RelyingParty, TokenFault,
    Wishes,
};
pub use publiccode::{fetch_publiccode, publiccode_address};
pub use webhooks::{WebhookAddressFault, WebhookMessage, WebhookSender, WebhookTry};
