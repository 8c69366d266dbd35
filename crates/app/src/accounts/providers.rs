//! Signing in at an identity provider, such as a municipality's own directory (OpenID Connect).

use innocap_access::Action;
use innocap_domain::{CeremonyKind, Language, LanguageTag, Secret as Kept, ServiceRole, SignInMethod};
use innocap_exchange::{Callback, Identity, OidcError, PENDING_LIFETIME, Pending, Wishes};
use innocap_registry::{NewCeremony, NewPerson};

use super::links;
use super::sign_in::{SignedIn, digest};
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;

/// The most characters of a name that a provider tells.
const NAME: usize = 100;

/// Where the browser goes to sign in, and what it keeps until it is back.
#[derive(Debug)]
pub struct Departure {
    /// The provider's address.
    pub address: String,
    /// The `state`, which the browser keeps in a cookie: an answer that was begun in another browser is refused.
    pub state: String,
}

impl Innocap {
    /// The providers to choose from: the name in addresses, and the name to show.
    pub fn providers(&self) -> Vec<(String, String)> {
        self.accounts().relying_party.issuers().map(|issuer| (issuer.id.clone(), issuer.name.clone())).collect()
    }

    /// Begins a sign-in at a provider.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one that is not configured; [`AppError::Unavailable`] where it does not answer.
    pub async fn begin_provider(
        &self,
        caller: &Caller,
        provider: &str,
        language: Option<LanguageTag>,
    ) -> Result<Departure, AppError> {
        let now = self.clock().now();
        let redirect = self.link(links::SIGN_IN_BACK);
        let redirect = redirect.parse().map_err(|_| AppError::Internal("the public address is none".to_owned()))?;
        let wishes = Wishes { login: None, language };
        let (url, pending) =
            self.accounts().relying_party.begin(provider, &redirect, &wishes, now).await.map_err(failed)?;
        let kind = if caller.person().is_some() { CeremonyKind::OidcLink } else { CeremonyKind::OidcSignIn };
        let state = pending.state().to_owned();
        let kept = serde_json::to_string(&pending).map_err(|e| AppError::Internal(e.to_string()))?;
        let new = NewCeremony {
            secret_hash: digest(&state),
            kind,
            person: caller.person(),
            state: Kept::new(kept),
            expires: now + PENDING_LIFETIME,
        };
        self.registry().create_ceremony(new, now).await?;
        Ok(Departure { address: url.to_string(), state })
    }

    /// Ends it with what the browser brought back. `state` is what the same browser kept.
    ///
    /// # Errors
    /// [`AppError::Ended`] where this browser began no such sign-in; [`AppError::WrongCredentials`] where the provider's
    /// answer cannot be trusted; [`AppError::Conflict`] where the address has an account to which it is not linked.
    pub async fn finish_provider(
        &self,
        caller: &Caller,
        state: &str,
        callback: &Callback,
    ) -> Result<SignedIn, AppError> {
        let now = self.clock().now();
        if callback.state.as_deref() != Some(state) {
            return Err(AppError::Ended);
        }
        // Whoever is signed in links an account; who is not signs in. What was begun as one does not end as the other.
        let kind = if caller.person().is_some() { CeremonyKind::OidcLink } else { CeremonyKind::OidcSignIn };
        let kept = self.registry().take_ceremony(&digest(state), kind, now).await?.ok_or(AppError::Ended)?;
        if kept.person != caller.person() {
            return Err(AppError::Ended);
        }
        let pending: Pending =
            serde_json::from_str(kept.state.expose()).map_err(|e| AppError::Internal(e.to_string()))?;
        let identity = self.accounts().relying_party.complete(pending, callback, now).await.map_err(failed)?;
        match caller.person() {
            Some(_) => self.link_provider(caller, identity).await,
            None => self.sign_in_by(caller, identity).await,
        }
    }

    async fn link_provider(&self, caller: &Caller, identity: Identity) -> Result<SignedIn, AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        let trace = caller.trace(None, self.clock().now());
        let Identity { issuer, subject, email, .. } = identity;
        self.registry().link_identity(person.id, &issuer, &subject, email, &trace).await?;
        self.admit(person, SignInMethod::Oidc)
    }

    async fn sign_in_by(&self, caller: &Caller, identity: Identity) -> Result<SignedIn, AppError> {
        let now = self.clock().now();
        if let Some(known) = self.registry().identity(&identity.issuer, &identity.subject).await? {
            let person = self.registry().person(known.person).await?.ok_or(AppError::WrongCredentials)?;
            self.registry().use_identity(&identity.issuer, &identity.subject, now).await?;
            return self.admit(person, SignInMethod::Oidc);
        }
        // A new account needs an address that the provider says is theirs. One that has an account here already is not
        // taken for the same person: a provider could claim anyone's. They sign in and link it on their account's page.
        let email = identity
            .email
            .clone()
            .filter(|_| identity.email_verified)
            .ok_or(AppError::Forbidden("the identity provider tells no confirmed e-mail address"))?;
        let name: String = identity.name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(NAME).collect();
        let name = if name.trim().is_empty() { email.as_str().to_owned() } else { name };
        let new = NewPerson {
            email: email.clone(),
            email_confirmed: true,
            name,
            language: identity.locale.unwrap_or_else(|| Language::En.into()),
            service_role: ServiceRole::None,
            password: None,
        };
        let trace = caller.trace(None, now);
        let person = match self.registry().create_person(new, None, Vec::new(), &trace).await {
            Err(innocap_registry::RegistryError::Duplicate { .. }) => {
                return Err(AppError::Conflict(
                    "there is an account with this address: sign in to it and link the identity provider there"
                        .to_owned(),
                ));
            }
            created => created?,
        };
        self.registry().link_identity(person.id, &identity.issuer, &identity.subject, Some(email), &trace).await?;
        self.admit(person, SignInMethod::Oidc)
    }

    /// The caller's accounts at identity providers.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn identities(&self, caller: &Caller) -> Result<Vec<innocap_domain::Identity>, AppError> {
        let person = self.own_account(caller, Action::ReadAccount).await?;
        Ok(self.registry().identities_of(person.id).await?)
    }

    /// Unlinks one of them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is not theirs; [`AppError::Conflict`] where nothing would be left to sign in with.
    pub async fn unlink_identity(&self, caller: &Caller, issuer: &str, subject: &str) -> Result<(), AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        let account = self.registry().account(person.id).await?.ok_or(AppError::Unauthenticated)?;
        let others = self.registry().identities_of(person.id).await?.len() > 1;
        if !account.has_password && !others && self.registry().passkeys_of(person.id).await?.is_empty() {
            return Err(AppError::Conflict("set a password or add a passkey first".to_owned()));
        }
        let trace = caller.trace(None, self.clock().now());
        Ok(self.registry().unlink_identity(person.id, issuer, subject, &trace).await?)
    }
}

/// What became of a sign-in at a provider. The code goes to the log; it holds nothing that the provider sent.
fn failed(error: OidcError) -> AppError {
    match error {
        OidcError::UnknownIssuer => AppError::NotFound,
        OidcError::Unreachable(_) | OidcError::Discovery(_) => AppError::Unavailable {
            public: "the identity provider does not answer just now",
            detail: error.to_string(),
        },
        OidcError::Expired | OidcError::State | OidcError::Denied => AppError::Ended,
        OidcError::MixUp | OidcError::Refused(_) | OidcError::Token(_) => {
            tracing::warn!(%error, "a sign-in at an identity provider was refused");
            AppError::WrongCredentials
        }
    }
}
