//! Passkeys (WebAuthn level 3): credentials that the authenticator finds by itself and that always verify their user,
//! so that one step signs in without name or password.
//!
//! Each ceremony has two halves. The first gives options for the browser and a state, which the caller keeps on the
//! server, bound to the browser that began; the second takes the state back, once, with the browser's answer. The state
//! holds the challenge, and an answer to another challenge is refused: a state that is deleted when it is taken makes
//! every answer good for one use.
//!
//! The checks are webauthn-rs': maintained by several people, in use at many services, and without OpenSSL since 0.6.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use innocap_domain::PersonId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use webauthn_rs::prelude as webauthn;

/// How long a person may take; the specification's recommendation for a ceremony with user verification is 5 minutes.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// The most bytes of an answer that is read; with an attestation one has some 5 KiB.
const MOST_BYTES: usize = 32 * 1024;

/// Why a ceremony came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// Passkeys belong to a domain name; the service's public address has none.
    #[error("passkeys need a public address with a domain name, reached by https or on localhost")]
    Address,
    /// The answer is not one, or not the one to this ceremony. The inside is for the log; it names nobody.
    #[error("the passkey is not accepted: {0}")]
    Refused(String),
    /// The ceremony took too long, or the state is of another one.
    #[error("the ceremony has ended")]
    Ended,
    /// What was stored cannot be read, or what is to be stored cannot be written.
    #[error("the stored passkey or state is damaged: {0}")]
    Stored(String),
}

fn refused(error: &webauthn::WebauthnError) -> PasskeyError {
    PasskeyError::Refused(error.to_string())
}

/// A ceremony that has begun.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// For `navigator.credentials.create` or `.get` in the browser: `{"publicKey": …}`, binary values as base64url.
    pub options: Value,
    /// What the second half needs; kept on the server and given back once.
    pub state: String,
}

/// A person's passkey: the public half, which opens nothing by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Passkey {
    person: PersonId,
    credential: webauthn::Passkey,
}

impl Passkey {
    /// Reads what [`Self::to_text`] gave.
    ///
    /// # Errors
    /// [`PasskeyError::Stored`].
    pub fn from_text(text: &str) -> Result<Self, PasskeyError> {
        serde_json::from_str(text).map_err(|e| PasskeyError::Stored(e.to_string()))
    }

    /// The passkey as JSON text, to be stored.
    ///
    /// # Errors
    /// [`PasskeyError::Stored`].
    pub fn to_text(&self) -> Result<String, PasskeyError> {
        to_text(self)
    }

    /// Its credential identifier, base64url. Unique among all passkeys: the registry refuses a second one.
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.credential.cred_id())
    }

    /// Whose it is.
    pub const fn person(&self) -> PersonId {
        self.person
    }
}

/// Who someone claims to be in an answer to a sign-in; holds once [`Passkeys::finish_sign_in`] says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The person.
    pub person: PersonId,
    /// The credential identifier, as [`Passkey::id`] gives it.
    pub credential: String,
}

/// What the second half of a ceremony needs of the first.
#[derive(Serialize, Deserialize)]
enum State {
    Registration { person: PersonId, ends: DateTime<Utc>, ceremony: webauthn::PasskeyRegistration },
    SignIn { ends: DateTime<Utc>, ceremony: webauthn::DiscoverableAuthentication },
}

/// Registers passkeys and signs people in with them.
#[derive(Debug, Clone)]
pub struct Passkeys(webauthn::Webauthn);

impl Passkeys {
    /// Passkeys of the service at `public_url`; they belong to its domain name and work nowhere else, not under its
    /// subdomains either. `name` is what the authenticator shows.
    ///
    /// # Errors
    /// [`PasskeyError::Address`] where the address has no domain name.
    pub fn new(public_url: &str, name: &str) -> Result<Self, PasskeyError> {
        let origin = webauthn::Url::parse(public_url).map_err(|_| PasskeyError::Address)?;
        let domain = origin.domain().ok_or(PasskeyError::Address)?.to_owned();
        // Browsers offer passkeys in secure contexts only.
        if origin.scheme() != "https" && domain != "localhost" {
            return Err(PasskeyError::Address);
        }
        let builder = webauthn::WebauthnBuilder::new(&domain, &origin).map_err(|_| PasskeyError::Address)?;
        builder.rp_name(name).build().map(Self).map_err(|_| PasskeyError::Address)
    }

    /// Begins to register a passkey for a person who is signed in. `known` are those they have already: an
    /// authenticator does not register twice.
    ///
    /// # Errors
    /// [`PasskeyError`] where the options cannot be made.
    pub fn begin_registration(
        &self,
        person: PersonId,
        email: &str,
        name: &str,
        known: &[Passkey],
        now: DateTime<Utc>,
    ) -> Result<Ceremony, PasskeyError> {
        let known = known.iter().map(|passkey| passkey.credential.cred_id().clone()).collect();
        let (options, ceremony) =
            self.0.start_passkey_registration(person.uuid(), email, name, Some(known)).map_err(|e| refused(&e))?;
        let mut options = serde_json::to_value(options).map_err(|e| PasskeyError::Stored(e.to_string()))?;
        // The library leaves it to the authenticator; we sign in without a name, so it has to keep the credential.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        let state = to_text(&State::Registration { person, ends: now + PATIENCE, ceremony })?;
        Ok(Ceremony { options, state })
    }

    /// Ends the registration with the browser's answer (a `PublicKeyCredential` as JSON). `person` is who is signed in
    /// now; a state of somebody else's registration is refused.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn finish_registration(
        &self,
        person: PersonId,
        state: &str,
        answer: &str,
        now: DateTime<Utc>,
    ) -> Result<Passkey, PasskeyError> {
        match read_state(state)? {
            State::Registration { person: begun, ends, ceremony } if begun == person && now < ends => {
                let answer = read_answer(answer)?;
                let credential = self.0.finish_passkey_registration(&answer, &ceremony).map_err(|e| refused(&e))?;
                Ok(Passkey { person, credential })
            }
            _ => Err(PasskeyError::Ended),
        }
    }

    /// Begins a sign-in of whoever sits there; the authenticator offers the passkeys it has for this domain.
    ///
    /// # Errors
    /// [`PasskeyError`] where the options cannot be made.
    pub fn begin_sign_in(&self, now: DateTime<Utc>) -> Result<Ceremony, PasskeyError> {
        let (options, ceremony) = self.0.start_discoverable_authentication().map_err(|e| refused(&e))?;
        let mut options = serde_json::to_value(options).map_err(|e| PasskeyError::Stored(e.to_string()))?;
        // Whether the browser offers passkeys in a field or asks at once is the page's to say.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        let state = to_text(&State::SignIn { ends: now + PATIENCE, ceremony })?;
        Ok(Ceremony { options, state })
    }

    /// Who an answer says it comes from, so that the caller can look up the passkey. Proves nothing yet.
    ///
    /// # Errors
    /// [`PasskeyError::Refused`] where the answer is none or names no person.
    pub fn claimed(&self, answer: &str) -> Result<Claimed, PasskeyError> {
        let answer = read_answer(answer)?;
        let (person, id) = self.0.identify_discoverable_authentication(&answer).map_err(|e| refused(&e))?;
        Ok(Claimed { person: PersonId::from_uuid(person), credential: URL_SAFE_NO_PAD.encode(id) })
    }

    /// Ends a sign-in: `passkey` is the stored one that [`Self::claimed`] names. Gives it back as it is to be stored
    /// now, with its counter moved on, or `None` where nothing of it has changed; the person is [`Passkey::person`].
    ///
    /// A counter that does not grow tells of a copied authenticator (WebAuthn, section 7.2, step 22) and is refused.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn finish_sign_in(
        &self,
        state: &str,
        answer: &str,
        passkey: &Passkey,
        now: DateTime<Utc>,
    ) -> Result<Option<Passkey>, PasskeyError> {
        let State::SignIn { ends, ceremony } = read_state(state)? else { return Err(PasskeyError::Ended) };
        if now >= ends {
            return Err(PasskeyError::Ended);
        }
        let answer: webauthn::PublicKeyCredential = read_answer(answer)?;
        // The library leaves open whose credential it is (section 7.2, step 6).
        let (person, _) = self.0.identify_discoverable_authentication(&answer).map_err(|e| refused(&e))?;
        if person != passkey.person.uuid() {
            return Err(PasskeyError::Refused("the passkey is another person's".to_owned()));
        }
        let found = self
            .0
            .finish_discoverable_authentication_v2(&answer, ceremony, &passkey.credential)
            .map_err(|e| refused(&e))?;
        // The policy asks for it; relied upon here, so held against once more.
        if !found.user_verified() {
            return Err(PasskeyError::Refused("the user was not verified".to_owned()));
        }
        let mut updated = passkey.clone();
        let changed = updated.credential.update_credential(&found).unwrap_or(false);
        Ok(changed.then_some(updated))
    }
}

fn to_text(value: &impl Serialize) -> Result<String, PasskeyError> {
    serde_json::to_string(value).map_err(|e| PasskeyError::Stored(e.to_string()))
}

fn read_state(text: &str) -> Result<State, PasskeyError> {
    serde_json::from_str(text).map_err(|e| PasskeyError::Stored(e.to_string()))
}

fn read_answer<T: DeserializeOwned>(text: &str) -> Result<T, PasskeyError> {
    if text.len() > MOST_BYTES {
        return Err(PasskeyError::Refused("the answer is too long".to_owned()));
    }
    // The inside of the parser's message may quote the answer.
    serde_json::from_str(text).map_err(|_| PasskeyError::Refused("the answer is no PublicKeyCredential".to_owned()))
}
