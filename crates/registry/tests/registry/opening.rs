//! Opening a database, and what is said when that fails.

use std::time::Duration;

use innocap_registry::testing::{RawConnection, TestDatabase};
use innocap_registry::{DatabaseUrl, OpenOptions, Registry, RegistryError};

use crate::support::*;

fn url(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text).expect("a valid address")
}

/// Not waiting long for locks.
fn impatient() -> OpenOptions {
    OpenOptions {
        busy_timeout: Duration::from_millis(100),
        connection_timeout: Duration::from_millis(500),
        ..OpenOptions::default()
    }
}

async fn opening_fails(url: &DatabaseUrl) -> RegistryError {
    Registry::open_with(url, impatient()).await.map(drop).expect_err("it does not open")
}

on_both_databases! {
    async fn an_open_database_answers(registry: Registry, _database: &TestDatabase) {
        assert_eq!(registry.ping().await, Ok(()));
    }
}

#[test]
fn a_password_is_never_printed() {
    for (address, shown) in [
        ("postgres://u:s3cret@host:5432/db", "postgres://u:***@host:5432/db"),
        ("postgresql://u:s3cret@/db?host=%2Frun&password=s3cret", "postgresql://u:***@/db?host=%2Frun&password=***"),
        ("postgres://host/db?sslpassword=s3cret&user=u", "postgres://host/db?sslpassword=***&user=u"),
        ("postgres://host/db?passwor%64=s3cret", "postgres://host/db?passwor%64=***"),
        ("postgres://u:s3c@ret/s3c?ret@host/db", "postgres://u:***@host/db"),
        ("postgres://u@host/db", "postgres://u@host/db"),
    ] {
        assert_eq!(url(address).to_string(), shown);
        assert_eq!(format!("{:?}", url(address)), format!("DatabaseUrl({shown})"));
    }
}

#[test]
fn the_scheme_chooses_the_database() {
    for (address, path) in [
        ("sqlite:data/innocap.db", "data/innocap.db"),
        ("sqlite:///var/lib/innocap.db", "/var/lib/innocap.db"),
        ("sqlite:/var/lib/innocap.db", "/var/lib/innocap.db"),
        ("innocap.db", "innocap.db"),
    ] {
        assert_eq!(url(address).sqlite_path(), Some(std::path::Path::new(path)));
    }
    assert_eq!(url("postgres://host/db").sqlite_path(), None);
    for refused in ["", "sqlite:", "mysql://host/db", "sqlite::memory:", "file:innocap.db"] {
        assert!(DatabaseUrl::parse(refused).is_err(), "{refused}");
    }
}

#[tokio::test]
async fn a_new_file_is_created_with_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/and/deep/innocap.db");
    let registry = Registry::open(&url(path.to_str().expect("UTF-8"))).await.expect("opens");
    registry.migrate().await.expect("migrates");
    assert!(path.is_file());
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_corrupt() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("innocap.db");
    std::fs::write(&path, "Dear diary, ".repeat(1_000)).expect("written");
    let error = opening_fails(&url(path.to_str().expect("UTF-8"))).await;
    assert!(matches!(error, RegistryError::Corrupt(_)), "{error:?}");
}

#[tokio::test]
async fn a_path_that_cannot_be_written_is_unavailable() {
    // Also for root, who may write everywhere: a file is no folder, and a folder is no file.
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("file"), "").expect("written");
    for path in [folder.path().join("file/innocap.db"), folder.path().to_owned()] {
        let error = opening_fails(&url(path.to_str().expect("UTF-8"))).await;
        assert!(matches!(error, RegistryError::Unavailable(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_its_password_stays_secret() {
    // Port 1 is assigned to a service that nobody runs any more.
    for address in ["postgres://u:s3cret@127.0.0.1:1/db", "postgres://u:s3c@ret:x/s3cret@host:port/db"] {
        let error = opening_fails(&url(address)).await;
        assert!(matches!(error, RegistryError::Unavailable(_)), "{error:?}");
        assert!(!error.to_string().contains("s3c"), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_another_process_keeps_is_locked() {
    let database = TestDatabase::sqlite();
    migrated(&database).await;
    let registry = Registry::open_with(database.url(), impatient()).await.expect("opens");
    let mut other = RawConnection::open(database.url()).expect("a connection");
    other.execute("BEGIN EXCLUSIVE").expect("locked");
    assert_eq!(refusal(&registry, create(organisation("a"), 0)).await, RegistryError::Locked);
    // Who only reads does not wait.
    assert_eq!(registry.last_change().await, Ok(0));
    other.execute("ROLLBACK").expect("unlocked");
    registry.write(create(organisation("a"), 0)).await.expect("a record");
}

#[tokio::test]
async fn a_database_that_is_kept_from_readers_too_does_not_open() {
    let database = TestDatabase::sqlite();
    let mut other = RawConnection::open(database.url()).expect("a connection");
    other
        .execute("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (a INTEGER)")
        .expect("locked");
    assert_eq!(opening_fails(database.url()).await, RegistryError::Locked);
}

#[tokio::test]
async fn a_writer_waits_for_another_process_to_finish() {
    let database = TestDatabase::sqlite();
    let registry = migrated(&database).await;
    let mut other = RawConnection::open(database.url()).expect("a connection");
    other.execute("BEGIN IMMEDIATE").expect("locked");
    let writing = tokio::spawn(async move { registry.write(create(organisation("a"), 0)).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!writing.is_finished());
    other.execute("COMMIT").expect("unlocked");
    writing.await.expect("no panic").expect("a record");
}

#[tokio::test]
async fn the_server_may_end_sessions_and_the_pool_recovers() {
    let Some(database) = TestDatabase::postgres() else {
        return;
    };
    let registry = migrated(&database).await;
    let mut other = RawConnection::open(database.url()).expect("a connection");
    other
        .texts(
            "SELECT pg_terminate_backend(pid)::text AS text FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .expect("ended");
    registry.write(create(organisation("a"), 0)).await.expect("a record");
}
