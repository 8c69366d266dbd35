//! The keys that sign tokens: made where there are none, read again now and then, since another replica may have
//! rotated them, and rotated by the operator.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use chrono::TimeDelta;
use innocap_access::{Action, KeySet, SigningKey, TOKEN_LIFETIME, Target, Tokens};
use innocap_domain::{KeyState, Secret, SigningKeyPair, Trace};
use innocap_registry::NewKey;
use serde_json::Value;

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;

/// How long a retired key is published beyond the end of its last token: clocks differ, and so do the moments at which
/// replicas learn of a rotation.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

impl Innocap {
    /// Reads the keys and what is revoked; keys are made where there are none.
    ///
    /// # Errors
    /// What the registry says, or a key that cannot be read.
    pub(crate) async fn load_keys(&self) -> Result<(), AppError> {
        let now = self.clock().now();
        let mut keys = self.registry().signing_keys().await?;
        if keys.is_empty() {
            keys = self.registry().ensure_signing_keys(new_key()?, new_key()?, &Trace::service(now)).await?;
        }
        let url = self.public_url();
        let tokens = Tokens::new(url, url, key_set(&keys, now)?);
        let revoked: HashSet<String> = self.registry().revoked_access_tokens(now).await?.into_iter().collect();
        let accounts = self.accounts();
        *accounts.tokens.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(tokens));
        *accounts.revoked.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(revoked);
        Ok(())
    }

    /// What issues and verifies tokens.
    pub(crate) fn tokens(&self) -> Result<Arc<Tokens>, AppError> {
        let tokens = self.accounts().tokens.read().unwrap_or_else(PoisonError::into_inner).clone();
        tokens.ok_or_else(|| AppError::Internal("the signing keys are not loaded".to_owned()))
    }

    /// The keys that verify tokens, for everyone (JSON Web Key Set, RFC 7517).
    ///
    /// # Errors
    /// Where the keys could not be read.
    pub fn published_keys(&self) -> Result<Value, AppError> {
        Ok(self.tokens()?.keys().published())
    }

    /// Rotates the keys: the next one signs from now on, the one that signed is published until its last token has
    /// ended, and a new one comes after. Returns the key that signs now.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator; [`AppError::Conflict`] where somebody else has just done so.
    pub async fn rotate_keys(&self, caller: &Caller) -> Result<String, AppError> {
        allow(&caller.actor, Action::RotateKeys, &Target::Service)?;
        // What another replica has done in the meantime is known first.
        self.load_keys().await?;
        let now = self.clock().now();
        let current = self.tokens()?.keys().current().to_owned();
        let until = now + TOKEN_LIFETIME + OVERLAP;
        let rotated =
            self.registry().rotate_signing_keys(&current, new_key()?, until, &caller.trace(None, now)).await?;
        if !rotated {
            return Err(AppError::Conflict("the keys were rotated by somebody else just now".to_owned()));
        }
        self.load_keys().await?;
        Ok(self.tokens()?.keys().current().to_owned())
    }
}

fn new_key() -> Result<NewKey, AppError> {
    let key = SigningKey::generate().map_err(|e| AppError::Internal(e.to_string()))?;
    let part = |text: Result<String, innocap_access::KeyError>| text.map_err(|e| AppError::Internal(e.to_string()));
    Ok(NewKey {
        kid: part(key.thumbprint())?,
        public: part(key.public())?,
        private: Secret::new(key.to_text().as_str()),
    })
}

fn key_set(keys: &[SigningKeyPair], now: chrono::DateTime<chrono::Utc>) -> Result<KeySet, AppError> {
    let damaged = |e: innocap_access::KeyError| AppError::Internal(e.to_string());
    let mut pairs: Vec<(SigningKey, KeyState)> = Vec::new();
    for key in keys {
        if let Some(private) = &key.private {
            pairs.push((SigningKey::from_text(private.expose()).map_err(damaged)?, key.state));
        }
    }
    let mut set = KeySet::new(pairs.iter().map(|(key, state)| (key, *state))).map_err(damaged)?;
    for key in keys {
        let published = key.expires.is_none_or(|expires| expires > now);
        if key.private.is_none() && key.state == KeyState::Retired && published {
            set = set.with_retired(&key.public).map_err(damaged)?;
        }
    }
    Ok(set)
}
