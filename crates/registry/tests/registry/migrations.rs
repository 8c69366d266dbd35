//! The schema: facts about it that nobody has to remember.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use innocap_registry::testing::{RawConnection, TestDatabase};
use innocap_registry::{Registry, RegistryError};

use crate::support::on_both_databases;

fn folder(database: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database)
}

/// The names of the files of a set of migrations.
fn files(database: &str) -> BTreeSet<String> {
    let list = |path: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
    };
    let migrations = list(&folder(database));
    let files = migrations.iter().flat_map(|migration| list(migration));
    files.map(|f| f.strip_prefix(folder(database)).expect("inside").display().to_string()).collect()
}

/// What the database has: its tables' columns with type and nullability, and its indexes.
fn schema(connection: &mut RawConnection) -> Vec<String> {
    let query = if connection.is_sqlite() {
        "SELECT m.name || '.' || c.name || ' ' || lower(c.type) || ' ' || (c.\"notnull\" OR c.pk > 0) AS text
         FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'
         UNION ALL SELECT 'index ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
         ORDER BY 1"
    } else {
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || (is_nullable = 'NO')::int AS text
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'
         UNION ALL SELECT 'index ' || indexname FROM pg_indexes
         WHERE schemaname = 'public' AND indexname NOT LIKE '%key' AND tablename NOT LIKE '\\_\\_%'
         ORDER BY 1"
    };
    connection.texts(query).expect("the schema")
}

/// The columns that the code declares, in the words of [`schema`], by table and name.
fn declared() -> BTreeMap<String, (String, bool)> {
    let mut columns = BTreeMap::new();
    let mut table = String::new();
    for line in include_str!("../../src/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix('{').and_then(|line| line.split_once(" (")) {
            table = name.to_owned();
        } else if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            let inner = kind.strip_prefix("Nullable<").and_then(|k| k.strip_suffix('>'));
            columns.insert(format!("{table}.{name}"), (inner.unwrap_or(kind).to_owned(), inner.is_none()));
        }
    }
    columns
}

#[test]
fn both_databases_have_migrations_of_the_same_names() {
    assert!(!files("sqlite").is_empty());
    assert_eq!(files("sqlite"), files("postgres"));
}

#[test]
fn every_migration_can_be_undone() {
    for database in ["sqlite", "postgres"] {
        let files = files(database);
        for up in files.iter().filter(|f| f.ends_with("up.sql")) {
            assert!(files.contains(&up.replace("up.sql", "down.sql")), "{database}/{up} has no down.sql");
        }
    }
}

#[test]
fn every_foreign_key_says_what_happens_on_deletion() {
    for database in ["sqlite", "postgres"] {
        for file in files(database).iter().filter(|f| f.ends_with("up.sql")) {
            let sql = std::fs::read_to_string(folder(database).join(file)).expect("a file").to_uppercase();
            for line in sql.lines().filter(|line| line.contains(" REFERENCES ")) {
                assert!(line.contains(" ON DELETE "), "{database}/{file}: {line}");
            }
        }
    }
}

on_both_databases! {
    async fn down_undoes_up(registry: Registry, database: &TestDatabase) {
        let mut connection = database.connect().expect("a connection");
        let before = schema(&mut connection);
        assert!(before.len() > 20, "{before:?}");
        connection.revert_migrations().expect("reverted");
        assert_eq!(schema(&mut connection), Vec::<String>::new());
        assert_eq!(registry.migrate().await.expect("migrated"), registry_migrations());
        assert_eq!(schema(&mut connection), before);
    }

    async fn the_tables_are_those_that_the_code_declares(_registry: Registry, database: &TestDatabase) {
        let mut found = BTreeMap::new();
        for line in schema(&mut database.connect().expect("a connection")) {
            let Some((column, rest)) = line.split_once(' ').filter(|(name, _)| name.contains('.')) else { continue };
            let (kind, required) = rest.rsplit_once(' ').expect("a type and whether it is required");
            let kind = match kind {
                "text" => "Text",
                "bigint" => "BigInt",
                "blob" | "bytea" => "Binary",
                "timestamp" | "timestamp without time zone" => "Timestamp",
                other => other,
            };
            found.insert(column.to_owned(), (kind.to_owned(), required == "1"));
        }
        assert_eq!(found, declared());
    }

    async fn migrating_again_does_nothing(registry: Registry, _database: &TestDatabase) {
        assert_eq!(registry.migrate().await, Ok(vec![]));
        assert_eq!(registry.pending_migrations().await, Ok(vec![]));
    }

    async fn of_several_that_migrate_at_once_one_does_the_work(_registry: Registry, database: &TestDatabase) {
        database.connect().expect("a connection").revert_migrations().expect("reverted");
        let mut starting = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let url = database.url().clone();
            starting.spawn(async move {
                let registry = Registry::open(&url).await.expect("opens");
                registry.migrate().await.expect("migrates")
            });
        }
        let mut applied = starting.join_all().await;
        applied.retain(|names| !names.is_empty());
        assert_eq!(applied, [registry_migrations()]);
    }

    async fn a_database_of_a_newer_version_is_not_touched(registry: Registry, database: &TestDatabase) {
        database
            .connect()
            .expect("a connection")
            .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
            .expect("written");
        let newer = RegistryError::SchemaNewer("9999".to_owned());
        assert_eq!(registry.migrate().await, Err(newer.clone()));
        assert_eq!(registry.pending_migrations().await, Err(newer.clone()));
        assert_eq!(Registry::open(database.url()).await.map(drop), Err(newer));
    }
}

/// The names of all migrations, in order.
fn registry_migrations() -> Vec<String> {
    let names: BTreeSet<_> = files("sqlite").iter().map(|f| f.split('/').next().expect("a name").to_owned()).collect();
    names.into_iter().collect()
}

#[tokio::test]
async fn pending_migrations_are_named_and_nothing_is_written() {
    let database = TestDatabase::sqlite();
    let registry = Registry::open(database.url()).await.expect("opens");
    assert_eq!(registry.pending_migrations().await, Ok(registry_migrations()));
    let tables = database.connect().expect("a connection").texts("SELECT name AS text FROM sqlite_master");
    assert_eq!(tables, Ok(vec![]));
}
