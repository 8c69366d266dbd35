//! How somebody is signed in: web sessions, families of refresh tokens, the ways to prove who one is, and the keys
//! that sign.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::account::EmailAddress;
use crate::ids::{FamilyId, PersonId, SessionId};
use crate::organisation::word_enum;
use crate::secret::Secret;

word_enum! {
    /// How somebody proved who they are.
    SignInMethod, "way to sign in" {
        /// With a password.
        Password = "password",
        /// With a passkey.
        Passkey = "passkey",
        /// At an identity provider.
        Oidc = "oidc",
        /// With a code that was sent to their address.
        Code = "code",
    }
}

word_enum! {
    /// What a one-time code is good for.
    CodePurpose, "purpose of a code" {
        /// Confirm that the address of an account is theirs.
        ConfirmEmail = "confirm-email",
        /// Set a new password.
        ResetPassword = "reset-password",
        /// Give the account another address.
        ChangeEmail = "change-email",
    }
}

word_enum! {
    /// What a ceremony of several steps is for.
    CeremonyKind, "kind of ceremony" {
        /// Adding a passkey.
        PasskeyRegistration = "passkey-registration",
        /// Signing in with a passkey.
        PasskeySignIn = "passkey-sign-in",
        /// Signing in at an identity provider.
        OidcSignIn = "oidc-sign-in",
        /// Linking an account at an identity provider.
        OidcLink = "oidc-link",
    }
}

word_enum! {
    /// Where a key that signs tokens stands in its life.
    KeyState, "state of a signing key" {
        /// Published, and not signing yet: whoever keeps a copy of the published keys learns of it in time.
        Next = "next",
        /// Signs.
        Current = "current",
        /// Signs no more; published until the last token it signed has ended.
        Retired = "retired",
    }
}

/// A web session, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Identifier by which its owner can end it; it opens nothing.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// How they signed in.
    pub method: SignInMethod,
    /// When they signed in.
    pub created: DateTime<Utc>,
    /// When it was last used, to the minute or so.
    pub seen: DateTime<Utc>,
    /// When it ends.
    pub expires: DateTime<Utc>,
    /// From where they signed in.
    pub address: Option<String>,
    /// With which program, as it names itself.
    pub user_agent: Option<String>,
}

/// The refresh tokens that follow from one sign-in; each is used once and replaced by the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenFamily {
    /// Identifier; the `sid` of the access tokens that come of it.
    pub id: FamilyId,
    /// Whose.
    pub person: PersonId,
    /// How they signed in.
    pub method: SignInMethod,
    /// When they signed in.
    pub created: DateTime<Utc>,
    /// When the last refresh token was given.
    pub seen: DateTime<Utc>,
    /// When it ends, however often it is refreshed.
    pub expires: DateTime<Utc>,
    /// When it was revoked.
    pub revoked: Option<DateTime<Utc>>,
    /// From where they signed in.
    pub address: Option<String>,
    /// With which program, as it names itself.
    pub user_agent: Option<String>,
}

/// A one-time code as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeCode {
    /// Whose.
    pub person: PersonId,
    /// The address that it was sent to.
    pub email: EmailAddress,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passkey {
    /// The credential's identifier, base64url.
    pub credential_id: String,
    /// Whose.
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// What the verifying library keeps of it, as JSON.
    pub credential: Secret,
    /// When it was added.
    pub created: DateTime<Utc>,
    /// When somebody last signed in with it.
    pub used: Option<DateTime<Utc>>,
}

/// A person's account at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The provider (`iss`).
    pub issuer: String,
    /// The account there (`sub`).
    pub subject: String,
    /// Whose.
    pub person: PersonId,
    /// The address that the provider told.
    pub email: Option<EmailAddress>,
    /// When it was linked.
    pub created: DateTime<Utc>,
    /// When somebody last signed in with it.
    pub used: Option<DateTime<Utc>>,
}

/// What the server remembers between the steps of a ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// For whom, where that is known at its beginning.
    pub person: Option<PersonId>,
    /// Challenge, nonce, verifier and the like, as JSON.
    pub state: Secret,
}

/// A key that signs tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyPair {
    /// Its name in tokens (`kid`).
    pub kid: String,
    /// What verifies, as text.
    pub public: String,
    /// What signs, as text; gone when the key is retired.
    pub private: Option<Secret>,
    /// Where it stands.
    pub state: KeyState,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Until when a retired key is published.
    pub expires: Option<DateTime<Utc>>,
}
