//! API clients: programs that act for an organisation.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    ApiClient, AuditAction, AuditActor, AuditEvent, AuditTarget, AuditTargetKind, ClientId, OrganisationId, PersonId,
    Scope as ClientScope, Trace,
};
use serde_json::json;

use super::{found, memberships, missing, stored, stored_id, stored_optional_id};
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::api_client;
use crate::transaction::Scope;
use crate::{Registry, RegistryError};

/// A client that is to be made.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// For whom it acts.
    pub organisation: OrganisationId,
    /// Who makes it, where that is a person.
    pub creator: Option<PersonId>,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<ClientScope>,
    /// The SHA-256 of its secret.
    pub secret_hash: String,
}

/// A client as its organisation's owners see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAccount {
    /// The client.
    pub client: ApiClient,
    /// Who made it, while they have an account.
    pub creator: Option<PersonId>,
    /// When.
    pub created: DateTime<Utc>,
    /// When it last asked for a token.
    pub used: Option<DateTime<Utc>>,
}

/// A row of `api_client`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = api_client, treat_none_as_default_value = false)]
pub(crate) struct ApiClientRow {
    id: String,
    organisation_id: String,
    creator_person_id: Option<String>,
    name: String,
    scopes: String,
    #[serde(skip)]
    secret_hash: String,
    created: chrono::NaiveDateTime,
    used: Option<chrono::NaiveDateTime>,
}

impl ApiClientRow {
    fn client(&self) -> Result<ApiClient, RegistryError> {
        Ok(ApiClient {
            id: stored_id(&self.id)?,
            organisation: stored_id(&self.organisation_id)?,
            name: self.name.clone(),
            scopes: self.scopes.split_whitespace().map(|scope| stored(scope, "a scope")).collect::<Result<_, _>>()?,
        })
    }

    fn account(self) -> Result<ClientAccount, RegistryError> {
        Ok(ClientAccount {
            client: self.client()?,
            creator: stored_optional_id(self.creator_person_id.as_ref())?,
            created: self.created.and_utc(),
            used: self.used.map(|at| at.and_utc()),
        })
    }
}

impl Registry {
    /// Makes a client.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation or the creator is gone; what the database says.
    pub async fn create_client(&self, new: NewClient, trace: &Trace) -> Result<ApiClient, RegistryError> {
        let id: ClientId = self.id_at(trace.at)?;
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            memberships::require_organisation(connection, new.organisation)?;
            let row = ApiClientRow {
                id: id.to_string(),
                organisation_id: new.organisation.to_string(),
                creator_person_id: new.creator.map(|id| id.to_string()),
                scopes: words(&new.scopes),
                name: new.name,
                secret_hash: new.secret_hash,
                created: stored_time(now),
                used: None,
            };
            diesel::insert_into(api_client::table).values(&row).execute(connection).map_err(missing)?;
            let details = json!({ "after": { "name": row.name, "scopes": new.scopes } });
            let event = AuditEvent::new(AuditAction::ClientCreate, target(id));
            trail.note(event.concerning(new.organisation).with(details));
            row.client()
        })
        .await
    }

    /// The clients of an organisation, the oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn clients(&self, organisation: OrganisationId) -> Result<Vec<ClientAccount>, RegistryError> {
        self.read(move |connection| {
            let found = api_client::table
                .filter(api_client::organisation_id.eq(organisation.to_string()))
                .order(api_client::id)
                .select(ApiClientRow::as_select())
                .load(connection)?;
            found.into_iter().map(ApiClientRow::account).collect()
        })
        .await
    }

    /// A client.
    ///
    /// # Errors
    /// What the database says.
    pub async fn client(&self, id: ClientId) -> Result<Option<ApiClient>, RegistryError> {
        self.read(move |connection| {
            let row = api_client::table
                .find(id.to_string())
                .select(ApiClientRow::as_select())
                .get_result(connection)
                .optional()?;
            row.map(|row| row.client()).transpose()
        })
        .await
    }

    /// The client that proves itself with this secret, which with that signs in. Where identifier or secret is
    /// another, nothing, and nothing is written.
    ///
    /// # Errors
    /// What the database says.
    pub async fn authenticate_client(
        &self,
        id: ClientId,
        secret_hash: &str,
        trace: &Trace,
    ) -> Result<Option<ApiClient>, RegistryError> {
        let (hash, now) = (secret_hash.to_owned(), trace.at);
        // The actor is known only now: the log tells of the client, not of nobody.
        let trace = Trace { actor: AuditActor::Client(id), ..*trace };
        self.audited(Scope::Aside, &trace, move |connection, trail| {
            let proven = api_client::table.find(id.to_string()).filter(api_client::secret_hash.eq(hash));
            let rows: Vec<ApiClientRow> = diesel::update(proven)
                .set(api_client::used.eq(Some(stored_time(now))))
                .returning(api_client::all_columns)
                .get_results(connection)?;
            let Some(client) = rows.first().map(ApiClientRow::client).transpose()? else { return Ok(None) };
            trail.note(AuditEvent::new(AuditAction::SignIn, target(id)).concerning(client.organisation));
            Ok(Some(client))
        })
        .await
    }

    /// Changes what a client of an organisation is called and may do.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn update_client(
        &self,
        organisation: OrganisationId,
        id: ClientId,
        name: String,
        scopes: Vec<ClientScope>,
        trace: &Trace,
    ) -> Result<ApiClient, RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let before = own(connection, organisation, id)?;
            diesel::update(api_client::table.find(id.to_string()))
                .set((api_client::name.eq(&name), api_client::scopes.eq(words(&scopes))))
                .execute(connection)?;
            let details = json!({
                "before": { "name": before.name, "scopes": before.scopes },
                "after": { "name": name, "scopes": scopes },
            });
            let event = AuditEvent::new(AuditAction::ClientUpdate, target(id));
            trail.note(event.concerning(organisation).with(details));
            Ok(ApiClient { id, organisation, name, scopes })
        })
        .await
    }

    /// Gives a client of an organisation another secret; the old one ends at once.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn replace_client_secret(
        &self,
        organisation: OrganisationId,
        id: ClientId,
        secret_hash: &str,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let hash = secret_hash.to_owned();
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let own =
                api_client::table.find(id.to_string()).filter(api_client::organisation_id.eq(organisation.to_string()));
            found(diesel::update(own).set(api_client::secret_hash.eq(hash)).execute(connection)?)?;
            trail.note(AuditEvent::new(AuditAction::ClientSecret, target(id)).concerning(organisation));
            Ok(())
        })
        .await
    }

    /// Deletes a client of an organisation.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where the organisation has none such; what the database says.
    pub async fn delete_client(
        &self,
        organisation: OrganisationId,
        id: ClientId,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let before = own(connection, organisation, id)?;
            diesel::delete(api_client::table.find(id.to_string())).execute(connection)?;
            let details = json!({ "before": { "name": before.name, "scopes": before.scopes } });
            let event = AuditEvent::new(AuditAction::ClientDelete, target(id));
            trail.note(event.concerning(organisation).with(details));
            Ok(())
        })
        .await
    }
}

fn target(id: ClientId) -> AuditTarget {
    AuditTarget::new(AuditTargetKind::Client, id)
}

fn words(scopes: &[ClientScope]) -> String {
    scopes.iter().map(ClientScope::as_str).collect::<Vec<_>>().join(" ")
}

fn own(connection: &mut AnyConnection, organisation: OrganisationId, id: ClientId) -> Result<ApiClient, RegistryError> {
    api_client::table
        .find(id.to_string())
        .filter(api_client::organisation_id.eq(organisation.to_string()))
        .select(ApiClientRow::as_select())
        .get_result(connection)?
        .client()
}
