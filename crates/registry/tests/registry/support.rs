//! What the tests share: both databases, and contents to write.

use chrono::{DateTime, TimeZone, Utc};
use innocap_domain::{Challenge, Content, Organisation, OrganisationId, Record, Solution, Status};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{Registry, RegistryError, Write};
use serde_json::{Value, json};

/// Makes two tests of each function: one on a new SQLite database, one on a new PostgreSQL database. The function is
/// given the registry, migrated, and the database it is in.
macro_rules! on_both_databases {
    ($(async fn $name:ident($registry:ident: Registry, $database:ident: &TestDatabase) $body:block)+) => {$(
        async fn $name($registry: Registry, $database: &TestDatabase) $body

        mod $name {
            use innocap_registry::testing::TestDatabase;

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                let database = TestDatabase::sqlite();
                super::$name(crate::support::migrated(&database).await, &database).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgresql() {
                let Some(database) = TestDatabase::postgres() else { return };
                super::$name(crate::support::migrated(&database).await, &database).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// The database, opened and migrated.
pub async fn migrated(database: &TestDatabase) -> Registry {
    let registry = Registry::open(database.url()).await.expect("the database opens");
    registry.migrate().await.expect("the migrations apply");
    registry
}

/// A time, so many seconds into the tests' day.
pub fn at(second: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_790_000_000 + second, 0).single().expect("a time")
}

pub fn content<C: Content>(value: Value) -> C {
    serde_json::from_value(value).expect("valid content")
}

pub fn organisation(name: &str) -> Organisation {
    content(json!({ "name": name, "kind": "public-body", "country": "SE", "region": "SE332" }))
}

pub fn challenge(organisation: OrganisationId, title: &str) -> Challenge {
    content(json!({
        "organisation": organisation.to_string(),
        "texts": [{ "language": "sv", "title": title }],
        "cpv": ["85312000"],
        "country": "SE",
        "region": "SE332",
    }))
}

/// A solution of some catalogue, with its identifier there.
pub fn solution(organisation: OrganisationId, title: &str, source_id: &str) -> Solution {
    content(json!({
        "organisation": organisation.to_string(),
        "kind": "service",
        "texts": [{ "language": "fi", "title": title }],
        "source": { "name": "catalogue", "id": source_id },
    }))
}

/// A new published record.
pub fn create<C: Content>(content: C, second: i64) -> Write<C> {
    Write::Create { id: None, status: Status::Published, content, at: at(second) }
}

/// A published record, new or not.
pub fn upsert<C: Content>(content: C, second: i64) -> Write<C> {
    Write::Upsert { id: None, status: Status::Published, content, at: at(second) }
}

/// An update of the content.
pub fn update<C: Content>(record: &Record<C>, content: C, second: i64) -> Write<C> {
    Write::Update {
        id: record.id,
        expected_version: Some(record.version),
        content: Some(content),
        status: None,
        at: at(second),
    }
}

/// A published organisation.
pub async fn some_organisation(registry: &Registry) -> OrganisationId {
    registry.write(create(organisation("Storuman"), 0)).await.expect("an organisation").id
}

/// The error of a write that should fail.
pub async fn refusal<C: Content + std::fmt::Debug>(registry: &Registry, write: Write<C>) -> RegistryError {
    registry.write(write).await.expect_err("the write is refused")
}
