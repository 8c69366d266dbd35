//! Accounts: what the audit log shows when somebody has been at it, mail that is sent once, and whether everything held
//! about a person is given to them and goes with them.

use std::collections::BTreeSet;

use innocap_domain::{
    AuditAction, AuditEvent, AuditTarget, AuditTargetKind, EmailAddress, Language, Person, Secret, ServiceRole, Trace,
};
use innocap_registry::testing::{RawConnection, TestDatabase};
use innocap_registry::{NewMail, NewPerson, Registry, RegistryError};

use crate::support::*;

const EVA: &str = "Eva.Testsson@Example.org";

fn trace(second: i64) -> Trace {
    Trace::service(at(second))
}

async fn person(registry: &Registry, email: &str) -> Result<Person, RegistryError> {
    let new = NewPerson {
        email: email.parse::<EmailAddress>().expect("an address"),
        email_confirmed: true,
        name: "Eva Testsson".to_owned(),
        language: Language::Sv.into(),
        service_role: ServiceRole::None,
        password: Some(Secret::new("$argon2id$v=19$stored")),
    };
    registry.create_person(new, None, vec![letter(email)], &trace(1)).await
}

fn letter(email: &str) -> NewMail {
    NewMail {
        person: None,
        recipient: email.parse().expect("an address"),
        template: "welcome".to_owned(),
        language: Language::Sv.into(),
        subject: Secret::new("Hej"),
        text: Secret::new("Koden är 1234"),
        html: Secret::new("<p>1234</p>"),
    }
}

/// Writes so many lines of the audit log.
async fn log(registry: &Registry, lines: i64) {
    for second in 0..lines {
        let event = AuditEvent::new(AuditAction::SignInFail, AuditTarget::unknown(AuditTargetKind::Person));
        let event = event.with(serde_json::json!({ "line": second }));
        registry.append_audit(event, &trace(second)).await.expect("a line");
    }
}

/// Does to the log what nobody can who has not the database itself, past what keeps it from being changed.
fn tamper(database: &TestDatabase, statements: &str) {
    let mut raw = RawConnection::open(database.url()).expect("the database opens");
    let on = if raw.is_sqlite() { "" } else { " ON audit" };
    for trigger in ["audit_is_not_changed", "audit_is_not_deleted"] {
        raw.execute(&format!("DROP TRIGGER IF EXISTS {trigger}{on}")).expect("the guard goes");
    }
    raw.execute(statements).expect("the statements");
}

on_both_databases! {
    async fn the_log_cannot_be_changed_by_a_statement(registry: Registry, database: &TestDatabase) {
        log(&registry, 2).await;
        let mut raw = RawConnection::open(database.url()).expect("the database opens");
        assert!(raw.execute("UPDATE audit SET action = 'sign-in' WHERE seq = 1").is_err());
        assert!(raw.execute("DELETE FROM audit WHERE seq = 1").is_err());
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, None);
    }

    async fn a_changed_line_is_found(registry: Registry, database: &TestDatabase) {
        log(&registry, 5).await;
        tamper(database, "UPDATE audit SET action = 'sign-in' WHERE seq = 3");
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, Some(3));
    }

    async fn a_missing_line_is_found_also_at_the_end(registry: Registry, database: &TestDatabase) {
        log(&registry, 5).await;
        tamper(database, "DELETE FROM audit WHERE seq = 5");
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, Some(5));
        let mut raw = RawConnection::open(database.url()).expect("the database opens");
        raw.execute("DELETE FROM audit WHERE seq = 2").expect("the statement");
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, Some(2));
    }

    async fn two_lines_that_have_changed_places_are_found(registry: Registry, database: &TestDatabase) {
        log(&registry, 4).await;
        tamper(
            database,
            "DELETE FROM audit_detail; UPDATE audit SET seq = 100 WHERE seq = 2; \
             UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 100",
        );
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, Some(2));
    }

    async fn changed_details_are_found_and_erased_ones_are_not_missed(registry: Registry, database: &TestDatabase) {
        log(&registry, 4).await;
        let mut raw = RawConnection::open(database.url()).expect("the database opens");
        raw.execute("DELETE FROM audit_detail WHERE seq = 2").expect("the statement");
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, None);
        raw.execute("UPDATE audit_detail SET details = '{}' WHERE seq = 3").expect("the statement");
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, Some(3));
    }

    async fn of_two_senders_each_gets_a_mail_once(registry: Registry, _database: &TestDatabase) {
        let letters = (0..20).map(|i| letter(&format!("eva{i}@example.org"))).collect();
        registry.queue_mail(letters, at(0)).await.expect("queued");
        let claim = || registry.claim_mail(20, at(1), at(100));
        let (one, other) = tokio::join!(claim(), claim());
        let (one, other) = (one.expect("claimed"), other.expect("claimed"));
        let ids: BTreeSet<_> = one.iter().chain(&other).map(|mail| mail.id.to_string()).collect();
        assert_eq!((ids.len(), one.len() + other.len()), (20, 20));
        // Who has died before it was sent leaves it to the next.
        assert!(registry.claim_mail(20, at(99), at(200)).await.expect("claimed").is_empty());
        let again = registry.claim_mail(20, at(100), at(200)).await.expect("claimed");
        assert_eq!(again.len(), 20);
        assert!(again.iter().all(|mail| mail.attempts == 2));
        registry.mail_sent(again[0].id, at(101)).await.expect("sent");
        let sent = registry.mail(again[0].id).await.expect("read").expect("it is there");
        assert!(sent.subject.is_none() && sent.text.is_none(), "a sent mail keeps no content");
    }

    async fn an_address_has_one_account_however_it_is_written(registry: Registry, _database: &TestDatabase) {
        let eva = person(&registry, EVA).await.expect("a person");
        assert!(matches!(person(&registry, "eva.testsson@example.ORG").await, Err(RegistryError::Duplicate { .. })));
        let found = registry.person_by_email(&"EVA.testsson@example.org".parse().expect("an address")).await;
        assert_eq!(found.expect("read").map(|found| found.id), Some(eva.id));
    }

    async fn every_table_that_names_a_person_is_among_what_they_are_given(
        registry: Registry, database: &TestDatabase
    ) {
        let eva = person(&registry, EVA).await.expect("a person");
        let data = registry.personal_data(eva.id).await.expect("read").expect("there is some");
        let data = serde_json::to_value(data).expect("a document");
        let given: BTreeSet<String> = data.as_object().expect("an object").keys().cloned().collect();
        let mut raw = RawConnection::open(database.url()).expect("the database opens");
        let (columns, keys) = if raw.is_sqlite() {
            (
                "SELECT m.name AS text FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND c.name LIKE '%person\\_id' ESCAPE '\\'",
                "SELECT m.name AS text FROM sqlite_master m, pragma_foreign_key_list(m.name) f
                 WHERE m.type = 'table' AND f.\"table\" = 'person'",
            )
        } else {
            (
                "SELECT table_name::text AS text FROM information_schema.columns
                 WHERE table_schema = 'public' AND column_name LIKE '%person\\_id'",
                "SELECT conrelid::regclass::text AS text FROM pg_constraint
                 WHERE contype = 'f' AND confrelid = 'person'::regclass",
            )
        };
        let (columns, keys) = (raw.texts(columns).expect("columns"), raw.texts(keys).expect("keys"));
        assert!(columns.len() > 12, "the schema was walked: {columns:?}");
        assert_eq!(columns.len(), keys.len(), "each column that names a person is a foreign key");
        for table in columns.iter().chain(&keys) {
            assert!(given.contains(table), "{table} names people and is not among their data");
        }
    }

    async fn who_is_erased_is_named_nowhere(registry: Registry, database: &TestDatabase) {
        let eva = person(&registry, EVA).await.expect("a person");
        registry.erase_person(eva.id, &trace(2)).await.expect("erased");
        let mut raw = RawConnection::open(database.url()).expect("the database opens");
        let columns = if raw.is_sqlite() {
            "SELECT m.name || '.' || c.name AS text FROM sqlite_master m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND lower(c.type) = 'text' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'"
        } else {
            "SELECT table_name || '.' || column_name AS text FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type = 'text' AND table_name NOT LIKE '\\_\\_%'"
        };
        let columns = raw.texts(columns).expect("columns");
        assert!(columns.len() > 60, "every text was looked through: {}", columns.len());
        for column in columns {
            let (table, column) = column.split_once('.').expect("a table and a column");
            let named = format!(
                "SELECT {column} AS text FROM {table} WHERE lower({column}) LIKE '%testsson%' OR {column} LIKE '%argon2id%'"
            );
            assert_eq!(raw.texts(&named).expect("a query"), Vec::<String>::new(), "{table}.{column}");
        }
        assert_eq!(registry.verify_audit().await.expect("checked").first_broken, None);
    }
}
