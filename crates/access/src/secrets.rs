//! Secrets that are handed out: what they look like, what of them is stored, and the token that binds a form to its
//! session.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// Random bytes of a secret: nobody guesses 256 bits, so that a fast digest is enough to store it.
const RANDOM_BYTES: usize = 32;

/// What a CSRF token is derived for, so that no other use of the session's secret gives the same bytes.
const CSRF_PURPOSE: &[u8] = b"innocap csrf token 1";

/// The system gave no random bytes; nothing secret can be made until it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

/// Fills an array with random bytes of the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// What a secret is for. Each kind begins with its own letters: whoever finds one in a log or a repository knows what
/// has to be revoked, and one kind never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// The cookie of a web session.
    Session,
    /// A refresh token.
    Refresh,
    /// A code sent by mail to confirm an address or to reset a password; used once.
    Code,
    /// An invitation into an organisation; used once.
    Invitation,
    /// The secret of an API client.
    Client,
}

impl SecretKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[Self::Session, Self::Refresh, Self::Code, Self::Invitation, Self::Client];

    /// The letters it begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "ics_",
            Self::Refresh => "icr_",
            Self::Code => "icc_",
            Self::Invitation => "ici_",
            Self::Client => "ick_",
        }
    }
}

/// A secret in clear text, as it is handed out once and comes back from its bearer. Never stored; what is stored is
/// its [`SecretDigest`].
#[derive(Clone)]
pub struct Secret {
    kind: SecretKind,
    text: Zeroizing<String>,
}

impl Secret {
    /// A new random secret.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate(kind: SecretKind) -> Result<Self, NoRandomness> {
        let bytes = Zeroizing::new(random::<RANDOM_BYTES>()?);
        Ok(Self { kind, text: Zeroizing::new(format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(*bytes))) })
    }

    /// Reads what someone presents as a secret of this kind; `None` for anything of another kind or shape, so that
    /// neither long nor odd texts are digested or looked up.
    pub fn parse(kind: SecretKind, text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(kind.prefix()).filter(|encoded| encoded.len() <= 2 * RANDOM_BYTES)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map(Zeroizing::new).ok()?;
        (bytes.len() == RANDOM_BYTES).then(|| Self { kind, text: Zeroizing::new(text.to_owned()) })
    }

    /// What it is for.
    pub const fn kind(&self) -> SecretKind {
        self.kind
    }

    /// The clear text, for the one answer, cookie or mail that hands it out.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What is stored of it.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(hex(digest::digest(&digest::SHA256, self.text.as_bytes()).as_ref()))
    }

    /// A token for the forms of the session with this secret. Masked with other random bytes in each answer: what
    /// stands the same in many compressed answers can be guessed byte by byte from their lengths (BREACH).
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn csrf_token(&self) -> Result<String, NoRandomness> {
        let mask = random::<RANDOM_BYTES>()?;
        let token = self.csrf_value();
        let mut bytes = mask.to_vec();
        bytes.extend(token.as_ref().iter().zip(mask).map(|(byte, mask)| byte ^ mask));
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whether a form carries a token of the session with this secret; takes the same time for every wrong one.
    pub fn is_csrf_token(&self, token: &str) -> bool {
        // The length is no secret, and what is far too long is not even decoded.
        if token.len() > 4 * RANDOM_BYTES {
            return false;
        }
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        if bytes.len() != 2 * RANDOM_BYTES {
            return false;
        }
        let (mask, masked) = bytes.split_at(RANDOM_BYTES);
        let given: Vec<u8> = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        constant_time::verify_slices_are_equal(&given, self.csrf_value().as_ref()).is_ok()
    }

    fn csrf_value(&self) -> hmac::Tag {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.text.as_bytes()), CSRF_PURPOSE)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}***)", self.kind.prefix())
    }
}

/// What is stored of a secret: the SHA-256 of its text, in hexadecimal. It finds the row; it gives nobody access.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretDigest(String);

impl SecretDigest {
    /// The digest as it stands in the registry.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the digest of `secret`; takes the same time for every wrong one.
    pub fn is_of(&self, secret: &Secret) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), secret.digest().0.as_bytes()).is_ok()
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(***)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
