//! Passkeys: added by whoever is signed in, and a way to sign in without name or password.

use chrono::TimeDelta;
use innocap_access::{Action, Passkey, PasskeyError, Passkeys, Secret, SecretKind};
use innocap_domain::{CeremonyKind, Secret as Kept, SignInMethod};
use innocap_registry::{NewCeremony, NewPasskey};
use serde_json::{Value, json};

use super::sign_in::SignedIn;
use super::stored;
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;

/// How long the two halves of a ceremony may lie apart.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// The most characters of a passkey's name, and the most passkeys of a person.
const NAME: usize = 60;
const MOST: usize = 20;

/// The first half of a ceremony: what the browser is to be asked, and the secret by which the second half finds it.
#[derive(Debug)]
pub struct Begun {
    /// For `navigator.credentials`.
    pub options: Value,
    /// To be kept by the browser until the second half.
    pub secret: Secret,
}

impl Innocap {
    fn passkey_ceremonies(&self) -> Result<&Passkeys, AppError> {
        let passkeys = self.accounts().passkeys.as_ref();
        passkeys.ok_or_else(|| AppError::Conflict(PasskeyError::Address.to_string()))
    }

    /// Whether there are passkeys at the service's address.
    pub fn has_passkeys(&self) -> bool {
        self.accounts().passkeys.is_some()
    }

    /// The caller's passkeys.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn passkeys(&self, caller: &Caller) -> Result<Vec<Value>, AppError> {
        let person = self.own_account(caller, Action::ReadAccount).await?;
        let found = self.registry().passkeys_of(person.id).await?;
        let view = |passkey: &innocap_domain::Passkey| {
            json!({
                "id": passkey.credential_id,
                "name": passkey.name,
                "created": passkey.created,
                "used": passkey.used,
            })
        };
        Ok(found.iter().map(view).collect())
    }

    /// Begins to add a passkey.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the service's address has none, or the caller has as many as one may.
    pub async fn begin_passkey(&self, caller: &Caller) -> Result<Begun, AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        let known = self.registry().passkeys_of(person.id).await?;
        if known.len() >= MOST {
            return Err(AppError::Conflict(format!("a person has at most {MOST} passkeys")));
        }
        let known: Vec<Passkey> =
            known.iter().filter_map(|known| Passkey::from_text(known.credential.expose()).ok()).collect();
        let now = self.clock().now();
        let begun = self
            .passkey_ceremonies()?
            .begin_registration(person.id, person.email.as_str(), &person.name, &known, now)
            .map_err(refused)?;
        self.keep_ceremony(CeremonyKind::PasskeyRegistration, Some(person.id), begun).await
    }

    /// Adds the passkey that the browser has made.
    ///
    /// # Errors
    /// [`AppError::Ended`]; [`AppError::WrongCredentials`] where the browser's answer is none to this.
    pub async fn add_passkey(&self, caller: &Caller, secret: &str, name: &str, answer: &Value) -> Result<(), AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        let state = self.take_ceremony(secret, CeremonyKind::PasskeyRegistration).await?;
        let now = self.clock().now();
        let passkey = self
            .passkey_ceremonies()?
            .finish_registration(person.id, state.expose(), &answer.to_string(), now)
            .map_err(refused)?;
        let name: String = name.chars().filter(|c| !c.is_control()).take(NAME).collect();
        let new = NewPasskey {
            credential_id: passkey.id(),
            person: person.id,
            name: if name.trim().is_empty() { "Passkey".to_owned() } else { name.trim().to_owned() },
            credential: Kept::new(passkey.to_text().map_err(refused)?),
        };
        self.registry().create_passkey(new, &caller.trace(None, now)).await?;
        Ok(())
    }

    /// Removes one of the caller's passkeys.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is not theirs.
    pub async fn remove_passkey(&self, caller: &Caller, id: &str) -> Result<(), AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        let trace = caller.trace(None, self.clock().now());
        Ok(self.registry().delete_passkey(person.id, id, &trace).await?)
    }

    /// Begins a sign-in by whichever passkey the browser has.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the service's address has none.
    pub async fn begin_passkey_sign_in(&self) -> Result<Begun, AppError> {
        let begun = self.passkey_ceremonies()?.begin_sign_in(self.clock().now()).map_err(refused)?;
        self.keep_ceremony(CeremonyKind::PasskeySignIn, None, begun).await
    }

    /// Signs in by a passkey.
    ///
    /// # Errors
    /// [`AppError::Ended`]; [`AppError::WrongCredentials`]; [`AppError::Forbidden`] where the account is suspended.
    pub async fn finish_passkey_sign_in(
        &self,
        caller: &Caller,
        secret: &str,
        answer: &Value,
    ) -> Result<SignedIn, AppError> {
        // Taken whatever comes of it: an answer is good for one try.
        let state = self.take_ceremony(secret, CeremonyKind::PasskeySignIn).await?;
        let (ceremonies, answer) = (self.passkey_ceremonies()?, answer.to_string());
        let claimed = ceremonies.claimed(&answer).map_err(refused)?;
        let known = self.registry().passkey(&claimed.credential).await?.ok_or(AppError::WrongCredentials)?;
        let passkey = Passkey::from_text(known.credential.expose()).map_err(refused)?;
        let now = self.clock().now();
        let updated = ceremonies.finish_sign_in(state.expose(), &answer, &passkey, now).map_err(refused)?;
        let credential = match updated {
            Some(updated) => Kept::new(updated.to_text().map_err(refused)?),
            None => known.credential,
        };
        self.registry().use_passkey(&claimed.credential, credential, now).await?;
        let person = self.registry().person(passkey.person()).await?.ok_or(AppError::WrongCredentials)?;
        if let Some(address) = caller.address {
            self.remember_familiar(person.id, address, now).await?;
        }
        self.admit(person, SignInMethod::Passkey)
    }

    async fn keep_ceremony(
        &self,
        kind: CeremonyKind,
        person: Option<innocap_domain::PersonId>,
        begun: innocap_access::Ceremony,
    ) -> Result<Begun, AppError> {
        let now = self.clock().now();
        let secret = Secret::generate(SecretKind::Code)?;
        let new = NewCeremony {
            secret_hash: stored(&secret.digest()),
            kind,
            person,
            state: Kept::new(begun.state),
            expires: now + LIFETIME,
        };
        self.registry().create_ceremony(new, now).await?;
        Ok(Begun { options: begun.options, secret })
    }

    async fn take_ceremony(&self, secret: &str, kind: CeremonyKind) -> Result<Kept, AppError> {
        let secret = Secret::parse(SecretKind::Code, secret).ok_or(AppError::Ended)?;
        let taken = self.registry().take_ceremony(&stored(&secret.digest()), kind, self.clock().now()).await?;
        Ok(taken.ok_or(AppError::Ended)?.state)
    }
}

fn refused(error: PasskeyError) -> AppError {
    match error {
        PasskeyError::Address => AppError::Conflict(error.to_string()),
        PasskeyError::Refused(_) => {
            tracing::info!(%error, "a passkey was refused");
            AppError::WrongCredentials
        }
        PasskeyError::Ended => AppError::Ended,
        PasskeyError::Stored(_) => AppError::Internal(error.to_string()),
    }
}
