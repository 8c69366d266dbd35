//! API clients: programs that act for an organisation, with scopes and a secret that is shown once.

use innocap_access::{Action, Secret, SecretKind};
use innocap_domain::{ApiClient, ClientId, OrganisationId, Reader, Scope};
use innocap_registry::{ClientAccount, NewClient};
use serde::Serialize;
use serde_json::Value;

use super::stored;
use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;

/// The most characters of a client's name.
const NAME: usize = 100;

/// A client as its owner sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Identifier, which is also its `client_id`.
    pub id: ClientId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made; absent in the answer that has just made or changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<chrono::DateTime<chrono::Utc>>,
    /// When it last got a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<chrono::DateTime<chrono::Utc>>,
}

/// A client with its secret, which is shown this once.
#[derive(Serialize)]
pub struct NewSecret {
    /// The client.
    #[serde(flatten)]
    pub client: Shown,
    /// Its secret.
    pub secret: String,
}

impl Innocap {
    /// The API clients of an organisation.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Forbidden`] for everyone but its owners.
    pub async fn clients(&self, caller: &Caller, organisation: OrganisationId) -> Result<Vec<Shown>, AppError> {
        self.inside(&caller.actor, Action::ListClients, organisation).await?;
        Ok(self.registry().clients(organisation).await?.into_iter().map(Shown::from).collect())
    }

    /// Makes a client.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every fault.
    pub async fn create_client(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        document: &Value,
    ) -> Result<NewSecret, AppError> {
        self.inside(&caller.actor, Action::CreateClient, organisation).await?;
        let (name, scopes) = read(document)?;
        let secret = Secret::generate(SecretKind::Client)?;
        let new =
            NewClient { organisation, creator: caller.person(), name, scopes, secret_hash: stored(&secret.digest()) };
        let trace = caller.trace(Some(organisation), self.clock().now());
        let client = self.registry().create_client(new, &trace).await?;
        Ok(NewSecret { client: client.into(), secret: secret.expose().to_owned() })
    }

    /// Changes what a client is called and may do; a scope that is taken ends at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's; [`AppError::Invalid`].
    pub async fn change_client(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: ClientId,
        document: &Value,
    ) -> Result<Shown, AppError> {
        self.inside(&caller.actor, Action::ChangeClient, organisation).await?;
        let (name, scopes) = read(document)?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        let client = self.registry().update_client(organisation, id, name, scopes, &trace).await?;
        self.forget_client(id);
        Ok(client.into())
    }

    /// Gives a client another secret; the old one ends at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's.
    pub async fn renew_client_secret(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: ClientId,
    ) -> Result<NewSecret, AppError> {
        self.inside(&caller.actor, Action::ChangeClient, organisation).await?;
        let client = self.registry().client(id).await?.filter(|client| client.organisation == organisation);
        let client = client.ok_or(AppError::NotFound)?;
        let secret = Secret::generate(SecretKind::Client)?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        self.registry().replace_client_secret(organisation, id, &stored(&secret.digest()), &trace).await?;
        Ok(NewSecret { client: client.into(), secret: secret.expose().to_owned() })
    }

    /// Deletes a client; its tokens end at once here, and within half a minute on other replicas.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's.
    pub async fn delete_client(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: ClientId,
    ) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::ChangeClient, organisation).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        self.registry().delete_client(organisation, id, &trace).await?;
        self.forget_client(id);
        Ok(())
    }
}

fn read(document: &Value) -> Result<(String, Vec<Scope>), AppError> {
    Ok(Reader::document(document, |r| {
        let name = r.required_text("name", NAME);
        let scopes = r.codes("scopes", Scope::ALL.len(), Scope::parse);
        if scopes.is_empty() && r.faults() == 0 {
            r.fault("scopes", "required", "a client without a scope may do nothing");
        }
        (name, scopes)
    })?)
}

impl From<ApiClient> for Shown {
    fn from(client: ApiClient) -> Self {
        Self { id: client.id, name: client.name, scopes: client.scopes, created: None, used: None }
    }
}

impl From<ClientAccount> for Shown {
    fn from(account: ClientAccount) -> Self {
        Self { created: Some(account.created), used: account.used, ..Self::from(account.client) }
    }
}
