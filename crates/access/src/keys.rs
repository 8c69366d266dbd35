//! The keys that sign tokens: Ed25519 pairs with the thumbprint they are found by, and the set of them that is published.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use innocap_domain::KeyState;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// Why a key or a set of keys is of no use.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key cannot be read or made.
    #[error("the signing key cannot be used: {0}")]
    Key(&'static str),
    /// A set of keys signs with exactly one of them.
    #[error("of the signing keys exactly one has to be current, not {0}")]
    Current(usize),
}

/// An Ed25519 key pair in PKCS #8.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<Vec<u8>>);

impl SigningKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`KeyError::Key`] where the system gives no random bytes.
    pub fn generate() -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Key("the system gives no random bytes"))?;
        let document = pair.to_pkcs8().map_err(|_| KeyError::Key("it cannot be written as PKCS #8"))?;
        Ok(Self(Zeroizing::new(document.as_ref().to_vec())))
    }

    /// Reads a key from the text that [`Self::to_text`] gave.
    ///
    /// # Errors
    /// [`KeyError::Key`] for anything else.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| KeyError::Key("it is not base64url"))?;
        let key = Self(Zeroizing::new(bytes));
        key.public().map(|_| key)
    }

    /// The key as base64url text; whoever reads it can sign.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(&*self.0))
    }

    /// The `kid` of its tokens: the thumbprint of its public half (RFC 7638 with RFC 8037, appendix A.3).
    ///
    /// # Errors
    /// [`KeyError::Key`] where the key is damaged.
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        Ok(thumbprint(&self.public()?))
    }

    /// The public half, base64url.
    ///
    /// # Errors
    /// [`KeyError::Key`] where the key is damaged.
    pub fn public(&self) -> Result<String, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(&self.0).map_err(|_| KeyError::Key("it is no Ed25519 key in PKCS #8"))?;
        Ok(URL_SAFE_NO_PAD.encode(pair.public_key()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

/// The thumbprint of a public Ed25519 key: its required members in the order of their names, without white space.
pub(crate) fn thumbprint(public: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
}

/// A public key with what verifies by it.
#[derive(Clone)]
struct PublicKey {
    id: String,
    public: String,
    decoding: DecodingKey,
}

impl PublicKey {
    fn read(public: String) -> Result<Self, KeyError> {
        let decoding =
            DecodingKey::from_ed_components(&public).map_err(|_| KeyError::Key("its public half is damaged"))?;
        Ok(Self { id: thumbprint(&public), public, decoding })
    }
}

/// The keys of the service: one signs, all of them verify and are published.
///
/// A key is published before it signs, so that whoever keeps a copy of the published keys knows it by then, and after it
/// has signed, until the last of its tokens has ended. Replicas that rotate some seconds apart accept each other's tokens.
#[derive(Clone)]
pub struct KeySet {
    signing: EncodingKey,
    current: String,
    published: Vec<PublicKey>,
}

impl KeySet {
    /// The keys as they stand in the registry. Retired keys whose last token has ended are left out by the caller.
    ///
    /// # Errors
    /// [`KeyError`] where a key is damaged or not exactly one is current.
    pub fn new<'a>(keys: impl IntoIterator<Item = (&'a SigningKey, KeyState)>) -> Result<Self, KeyError> {
        let (mut signing, mut published) = (Vec::new(), Vec::new());
        for (key, state) in keys {
            let public = PublicKey::read(key.public()?)?;
            if state == KeyState::Current {
                signing.push((EncodingKey::from_ed_der(&key.0), public.id.clone()));
            }
            published.push(public);
        }
        let number = signing.len();
        match (signing.pop(), number) {
            (Some((signing, current)), 1) => Ok(Self { signing, current, published }),
            _ => Err(KeyError::Current(number)),
        }
    }

    /// The set of one key, which signs.
    ///
    /// # Errors
    /// [`KeyError::Key`] where it is damaged.
    pub fn of(key: &SigningKey) -> Result<Self, KeyError> {
        Self::new([(key, KeyState::Current)])
    }

    /// The same with a key that signs no more and of which only the public half, base64url, is left.
    ///
    /// # Errors
    /// [`KeyError::Key`] where it is damaged.
    pub fn with_retired(mut self, public: &str) -> Result<Self, KeyError> {
        self.published.push(PublicKey::read(public.to_owned())?);
        Ok(self)
    }

    /// The `kid` of the key that signs.
    pub fn current(&self) -> &str {
        &self.current
    }

    /// The published keys (JSON Web Key Set, RFC 7517; OKP keys of RFC 8037).
    pub fn published(&self) -> Value {
        let key = |key: &PublicKey| json!({ "kty": "OKP", "crv": "Ed25519", "x": key.public, "kid": key.id, "use": "sig", "alg": "EdDSA" });
        json!({ "keys": self.published.iter().map(key).collect::<Vec<_>>() })
    }

    pub(crate) fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    pub(crate) fn verifying(&self, id: &str) -> Option<&DecodingKey> {
        self.published.iter().find(|key| key.id == id).map(|key| &key.decoding)
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySet({} keys, current {})", self.published.len(), self.current)
    }
}
