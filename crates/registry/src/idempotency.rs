//! Requests that carry a key so that they are done once: whose turn it is, and the answer for who asks again. A key is
//! unique in the database, so that several processes on one database keep each other from doing a request twice.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use innocap_domain::{ClientId, PersonId};

use crate::connection::AnyConnection;
use crate::rows::stored_time;
use crate::schema::idempotency;
use crate::transaction::Scope;
use crate::{Registry, RegistryError, upserts};

/// A request that asks for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTurn {
    /// The digest of who asks and the key.
    pub id: String,
    /// The person who asks.
    pub person: Option<PersonId>,
    /// The API client that asks.
    pub client: Option<ClientId>,
    /// What tells this request from another one under the same key.
    pub fingerprint: String,
    /// Now. Who finishes the turn names it by this.
    pub started: DateTime<Utc>,
    /// When the turn is another's, if it has not been finished.
    pub lease: DateTime<Utc>,
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body; nothing where it held a secret.
    pub body: Option<String>,
}

/// What comes of asking for a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is to be done now.
    First,
    /// The same request is being done.
    UnderWay,
    /// Another request has used the key.
    Reused,
    /// It was done, and this was the answer.
    Answered(KeptAnswer),
}

/// A row of `idempotency`.
#[derive(Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false)]
pub(crate) struct IdempotencyRow {
    pub(crate) id: String,
    pub(crate) person_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) fingerprint: String,
    pub(crate) started: NaiveDateTime,
    pub(crate) status: Option<i64>,
    pub(crate) headers: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) expires: NaiveDateTime,
}

impl Registry {
    /// Asks for a request's turn. Of several that ask at once one gets it; a turn or an answer whose time is past gives
    /// way.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_turn(&self, turn: NewTurn) -> Result<Turn, RegistryError> {
        let row = IdempotencyRow {
            id: turn.id,
            person_id: turn.person.map(|id| id.to_string()),
            client_id: turn.client.map(|id| id.to_string()),
            fingerprint: turn.fingerprint,
            started: stored_time(turn.started),
            status: None,
            headers: None,
            body: None,
            expires: stored_time(turn.lease),
        };
        self.transact(Scope::Aside, move |connection| take(connection, &row)).await
    }

    /// Keeps the answer to a request until `expires`; nothing happens where its turn was taken over meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keep_answer(
        &self,
        id: &str,
        started: DateTime<Utc>,
        answer: KeptAnswer,
        expires: DateTime<Utc>,
    ) -> Result<(), RegistryError> {
        let id = id.to_owned();
        let headers = serde_json::to_string(&answer.headers).map_err(|e| RegistryError::Internal(e.to_string()))?;
        self.transact(Scope::Aside, move |connection| {
            let own = idempotency::table.find(id).filter(idempotency::started.eq(stored_time(started)));
            diesel::update(own)
                .set((
                    idempotency::status.eq(Some(i64::from(answer.status))),
                    idempotency::headers.eq(Some(headers)),
                    idempotency::body.eq(answer.body),
                    idempotency::expires.eq(stored_time(expires)),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    /// Gives a turn back that came to nothing: the key is free again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn give_turn_back(&self, id: &str, started: DateTime<Utc>) -> Result<(), RegistryError> {
        let id = id.to_owned();
        self.transact(Scope::Aside, move |connection| {
            let own = idempotency::table.find(id).filter(idempotency::started.eq(stored_time(started)));
            diesel::delete(own).execute(connection)?;
            Ok(())
        })
        .await
    }
}

fn take(connection: &mut AnyConnection, row: &IdempotencyRow) -> Result<Turn, RegistryError> {
    let past = idempotency::table.find(&row.id).filter(idempotency::expires.le(row.started));
    diesel::delete(past).execute(connection)?;
    if upserts::insert_idempotency(connection, row)? > 0 {
        return Ok(Turn::First);
    }
    let there: Option<IdempotencyRow> =
        idempotency::table.find(&row.id).select(IdempotencyRow::as_select()).get_result(connection).optional()?;
    Ok(match there {
        // Given back by another process between the two statements: whoever asks again gets it.
        None => Turn::UnderWay,
        Some(there) if there.fingerprint != row.fingerprint => Turn::Reused,
        Some(IdempotencyRow { status: Some(status), headers, body, .. }) => Turn::Answered(KeptAnswer {
            status: u16::try_from(status).unwrap_or(500),
            headers: headers.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            body,
        }),
        Some(_) => Turn::UnderWay,
    })
}
