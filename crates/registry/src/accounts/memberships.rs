//! Who is what in which organisation. An organisation that has an owner keeps one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, Membership, Organisation, OrganisationId, Person, PersonId, Record, Role,
    Trace,
};
use serde_json::json;

use super::persons::{self, PersonRow};
use super::{missing, reviews, stored, stored_id};
use crate::batch::Batch;
use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::{membership, person};
use crate::transaction::Scope;
use crate::{Registry, RegistryError, Write, upserts};

/// A person in an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person: Person,
    /// What they are there.
    pub role: Role,
    /// Since when they are in it.
    pub since: DateTime<Utc>,
}

/// What a person may build on: who they are and what they are where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The person.
    pub person: Person,
    /// What they are where.
    pub memberships: Vec<Membership>,
}

/// A row of `membership`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = membership, treat_none_as_default_value = false)]
pub(crate) struct MembershipRow {
    pub(crate) person_id: String,
    pub(crate) organisation_id: String,
    pub(crate) role: String,
    pub(crate) since: chrono::NaiveDateTime,
}

impl MembershipRow {
    fn membership(&self) -> Result<Membership, RegistryError> {
        Ok(Membership { organisation: stored_id(&self.organisation_id)?, role: stored(&self.role, "a role")? })
    }
}

impl Registry {
    /// Enters an organisation with its first owner, and puts it into the review queue.
    ///
    /// # Errors
    /// Those of the [`Write`]; [`RegistryError::NotFound`] where the person is gone; what the database says.
    pub async fn create_organisation(
        &self,
        write: Write<Organisation>,
        owner: PersonId,
        trace: &Trace,
    ) -> Result<Record<Organisation>, RegistryError> {
        let (inner, now) = (std::sync::Arc::clone(&self.inner), trace.at);
        self.audited(Scope::Records, trace, move |connection, trail| {
            let writes = [write];
            let mut batch = Batch::load(connection, &writes)?;
            batch.audit();
            let [write] = writes;
            let record = batch.apply(write, &inner.identifiers)?;
            for event in batch.flush(connection, &inner.identifiers)? {
                trail.note(event);
            }
            insert(connection, owner, record.id, Role::Owner, now, trail)?;
            reviews::open(connection, &inner, reviews::Subject::organisation(record.id), Some(owner), now, trail)?;
            Ok(record)
        })
        .await
    }

    /// A person and their memberships, in one look; nothing where they are gone or suspended.
    ///
    /// # Errors
    /// What the database says.
    pub async fn access_of(&self, id: PersonId) -> Result<Option<Access>, RegistryError> {
        self.read(move |connection| {
            let Some(person) = persons::find(connection, id)? else { return Ok(None) };
            let person = person.person()?;
            if person.suspended {
                return Ok(None);
            }
            Ok(Some(Access { person, memberships: of_person(connection, id)? }))
        })
        .await
    }

    /// What a person is where, by organisation.
    ///
    /// # Errors
    /// What the database says.
    pub async fn memberships_of(&self, person: PersonId) -> Result<Vec<Membership>, RegistryError> {
        self.read(move |connection| of_person(connection, person)).await
    }

    /// Who is in an organisation, in the order in which they joined.
    ///
    /// # Errors
    /// What the database says.
    pub async fn members(&self, organisation: OrganisationId) -> Result<Vec<Member>, RegistryError> {
        self.read(move |connection| {
            let found: Vec<(MembershipRow, PersonRow)> = membership::table
                .inner_join(person::table.on(person::id.eq(membership::person_id)))
                .filter(membership::organisation_id.eq(organisation.to_string()))
                .order((membership::since, membership::person_id))
                .select((MembershipRow::as_select(), PersonRow::as_select()))
                .load(connection)?;
            found
                .into_iter()
                .map(|(row, person)| {
                    let since = row.since.and_utc();
                    Ok(Member { person: person.person()?, role: row.membership()?.role, since })
                })
                .collect()
        })
        .await
    }

    /// What a person is in an organisation.
    ///
    /// # Errors
    /// What the database says.
    pub async fn role_in(&self, person: PersonId, organisation: OrganisationId) -> Result<Option<Role>, RegistryError> {
        self.read(move |connection| role(connection, person, organisation)).await
    }

    /// The organisations of which a person is the only owner.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sole_ownerships(&self, person: PersonId) -> Result<Vec<OrganisationId>, RegistryError> {
        self.read(move |connection| owned_alone(connection, person)).await
    }

    /// Puts a person into an organisation without an invitation, as the operator may.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where either is gone; [`RegistryError::Duplicate`] where they are in it already;
    /// what the database says.
    pub async fn add_member(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        role: Role,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        let now = trace.at;
        self.audited(Scope::Aside, trace, move |connection, trail| {
            require_organisation(connection, organisation)?;
            insert(connection, person, organisation, role, now, trail)
        })
        .await
    }

    /// Changes what a person is in an organisation.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where they are not in it; [`RegistryError::LastOwner`]; what the database says.
    pub async fn set_role(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        new: Role,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let owners = lock_owners(connection, organisation)?;
            let before = role(connection, person, organisation)?.ok_or(RegistryError::NotFound)?;
            if before == new {
                return Ok(());
            }
            keeps_an_owner(organisation, before, owners)?;
            diesel::update(membership::table.find((person.to_string(), organisation.to_string())))
                .set(membership::role.eq(new.as_str()))
                .execute(connection)?;
            let details = json!({ "before": { "role": before }, "after": { "role": new } });
            let event = AuditEvent::new(AuditAction::MembershipUpdate, AuditTarget::person(person));
            trail.note(event.concerning(organisation).about(person, details));
            Ok(())
        })
        .await
    }

    /// Takes a person out of an organisation.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] where they are not in it; [`RegistryError::LastOwner`]; what the database says.
    pub async fn remove_member(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        trace: &Trace,
    ) -> Result<(), RegistryError> {
        self.audited(Scope::Aside, trace, move |connection, trail| {
            let owners = lock_owners(connection, organisation)?;
            let before = role(connection, person, organisation)?.ok_or(RegistryError::NotFound)?;
            keeps_an_owner(organisation, before, owners)?;
            diesel::delete(membership::table.find((person.to_string(), organisation.to_string())))
                .execute(connection)?;
            let event = AuditEvent::new(AuditAction::MembershipDelete, AuditTarget::person(person));
            trail.note(event.concerning(organisation).about(person, json!({ "before": { "role": before } })));
            Ok(())
        })
        .await
    }
}

/// Puts a person into an organisation.
pub(super) fn insert(
    connection: &mut AnyConnection,
    person: PersonId,
    organisation: OrganisationId,
    role: Role,
    now: DateTime<Utc>,
    trail: &mut super::Trail,
) -> Result<(), RegistryError> {
    let row = MembershipRow {
        person_id: person.to_string(),
        organisation_id: organisation.to_string(),
        role: role.as_str().to_owned(),
        since: stored_time(now),
    };
    if upserts::insert_membership(connection, &row).map_err(missing)? == 0 {
        return Err(RegistryError::Duplicate { existing: person.uuid() });
    }
    let event = AuditEvent::new(AuditAction::MembershipCreate, AuditTarget::person(person));
    trail.note(event.concerning(organisation).about(person, json!({ "after": { "role": role } })));
    Ok(())
}

pub(super) fn role(
    connection: &mut AnyConnection,
    person: PersonId,
    organisation: OrganisationId,
) -> Result<Option<Role>, RegistryError> {
    let found: Option<String> = membership::table
        .find((person.to_string(), organisation.to_string()))
        .select(membership::role)
        .get_result(connection)
        .optional()?;
    found.map(|text| stored(&text, "a role")).transpose()
}

fn of_person(connection: &mut AnyConnection, person: PersonId) -> Result<Vec<Membership>, RegistryError> {
    let found = membership::table
        .filter(membership::person_id.eq(person.to_string()))
        .order(membership::organisation_id)
        .select(MembershipRow::as_select())
        .load(connection)?;
    found.iter().map(MembershipRow::membership).collect()
}

/// The organisations of which a person is the only owner.
pub(super) fn owned_alone(
    connection: &mut AnyConnection,
    person: PersonId,
) -> Result<Vec<OrganisationId>, RegistryError> {
    let owner = Role::Owner.as_str();
    let owned: Vec<String> = membership::table
        .filter(membership::person_id.eq(person.to_string()))
        .filter(membership::role.eq(owner))
        .order(membership::organisation_id)
        .select(membership::organisation_id)
        .load(connection)?;
    let shared: Vec<String> = membership::table
        .filter(membership::organisation_id.eq_any(&owned))
        .filter(membership::role.eq(owner))
        .filter(membership::person_id.ne(person.to_string()))
        .select(membership::organisation_id)
        .load(connection)?;
    owned.iter().filter(|id| !shared.contains(id)).map(|id| stored_id(id)).collect()
}

/// Locks the owners of an organisation until the transaction ends and counts them. The statement changes nothing; on
/// PostgreSQL it waits for others that change the same rows, and then counts what they have left.
fn lock_owners(connection: &mut AnyConnection, organisation: OrganisationId) -> QueryResult<usize> {
    let owner = Role::Owner.as_str();
    let owners = membership::table
        .filter(membership::organisation_id.eq(organisation.to_string()))
        .filter(membership::role.eq(owner));
    diesel::update(owners).set(membership::role.eq(owner)).execute(connection)
}

fn keeps_an_owner(organisation: OrganisationId, before: Role, owners: usize) -> Result<(), RegistryError> {
    if before == Role::Owner && owners <= 1 {
        return Err(RegistryError::LastOwner { organisation: organisation.uuid() });
    }
    Ok(())
}

/// An error where there is no such organisation: the foreign key would take any record for one.
pub(crate) fn require_organisation(
    connection: &mut AnyConnection,
    organisation: OrganisationId,
) -> Result<(), RegistryError> {
    use crate::schema::record;
    let kind = innocap_domain::RecordKind::Organisation.as_str();
    let count: i64 =
        record::table.find(organisation.to_string()).filter(record::kind.eq(kind)).count().get_result(connection)?;
    super::found(usize::try_from(count).unwrap_or_default())
}
