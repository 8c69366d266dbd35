//! What signs webhooks: secrets and signatures of the Standard Webhooks specification
//! (github.com/standard-webhooks/standard-webhooks, "Signature scheme").

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use innocap_domain::Secret;
use zeroize::Zeroizing;

use crate::secrets::{NoRandomness, random};

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Random bytes of a secret; the specification wants 24 to 64.
const RANDOM_BYTES: usize = 32;
/// The bytes a secret may have.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// The version of a symmetric signature.
const SYMMETRIC: &str = "v1";

/// A key that signs what is sent to a webhook.
pub struct WebhookKey(hmac::Key);

impl WebhookKey {
    /// A new random secret, as it is handed out and stored: signing needs it whole.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate() -> Result<Secret, NoRandomness> {
        let bytes = Zeroizing::new(random::<RANDOM_BYTES>()?);
        Ok(Secret::new(format!("{PREFIX}{}", STANDARD.encode(*bytes))))
    }

    /// The key of a secret; nothing where it is none.
    pub fn of(secret: &Secret) -> Option<Self> {
        let encoded = secret.expose().strip_prefix(PREFIX)?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        BYTES.contains(&bytes.len()).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The signature of a message: `v1,` and the base64 of the HMAC-SHA256 over its identifier, the time at which it is
    /// sent in seconds since 1970, and its body, with dots between them.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(format!("{id}.{timestamp}.").as_bytes());
        context.update(body);
        format!("{SYMMETRIC},{}", STANDARD.encode(context.sign()))
    }
}
