//! Who is asking, and who may do what: passwords, passkeys, secrets, access tokens, signatures, and one readable table of
//! permissions, deny by default. No I/O and no clock: what is stored and what time it is come in as arguments.

mod keys;
mod passkeys;
mod passwords;
mod permissions;
mod secrets;
#[cfg(test)]
mod tests;
mod tokens;
mod webhooks;

pub use keys::{KeyError, KeySet, SigningKey};
pub use passkeys::{Ceremony, Claimed, Passkey, PasskeyError, Passkeys};
pub use passwords::{Password, PasswordCheck, PasswordError, PasswordFault, PasswordHash};
pub use permissions::{Action, Actor, Decision, Drafts, Owner, Target, Why, absent, decide, drafts, may};
pub use secrets::{NoRandomness, Secret, SecretDigest, SecretKind};
pub use tokens::{AccessToken, Claims, Subject, TOKEN_LIFETIME, TokenError, Tokens};
pub use webhooks::WebhookKey;
