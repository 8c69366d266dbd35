//! When people last looked, and facets that are made anew.

use innocap_domain::{Challenge, EmailAddress, Id, Language, OrganisationId, PersonId, ServiceRole, Trace};
use innocap_registry::testing::TestDatabase;
use innocap_registry::{FacetMatch, Filter, NewPerson, Registry, RegistryError};

use crate::support::*;

async fn person(registry: &Registry) -> PersonId {
    let new = NewPerson {
        email: "eva@example.org".parse::<EmailAddress>().expect("an address"),
        email_confirmed: true,
        name: "Eva".to_owned(),
        language: Language::Sv.into(),
        service_role: ServiceRole::None,
        password: None,
    };
    registry.create_person(new, None, Vec::new(), &Trace::service(at(0))).await.expect("a person").id
}

on_both_databases! {
    async fn the_last_look_counts_and_goes_with_the_person(registry: Registry, _database: &TestDatabase) {
        let eva = person(&registry).await;
        let owner: OrganisationId = some_organisation(&registry).await;
        let need = registry.write(create(challenge(owner, "a"), 0)).await.expect("a record").id.uuid();
        let other = registry.write(create(challenge(owner, "b"), 0)).await.expect("a record").id.uuid();
        for second in [5, 9] {
            registry.look(eva, need, at(second)).await.expect("remembered");
        }
        let looked = registry.looked(eva, &[need, other]).await.expect("read");
        assert_eq!(looked.into_iter().collect::<Vec<_>>(), [(need, at(9))]);
        let data = serde_json::to_value(registry.personal_data(eva).await.expect("read")).expect("JSON");
        assert_eq!(data["seen"][0]["record_id"], need.to_string());
        registry.erase_person(eva, &Trace::service(at(10))).await.expect("erased");
        assert!(registry.looked(eva, &[need]).await.expect("read").is_empty());
        assert_eq!(registry.look(eva, need, at(11)).await, Err(RegistryError::NotFound));
    }

    async fn nobody_looks_at_what_is_not_there(registry: Registry, _database: &TestDatabase) {
        let eva = person(&registry).await;
        let missing = registry.look(eva, Id::<Challenge>::new().uuid(), at(1)).await;
        assert_eq!(missing, Err(RegistryError::NotFound));
    }

    async fn facets_of_an_older_version_are_made_anew_once(registry: Registry, database: &TestDatabase) {
        let owner: OrganisationId = some_organisation(&registry).await;
        let mut need = challenge(owner, "a");
        need.deadline = "2999-01-31".parse().ok();
        let need = registry.write(create(need, 0)).await.expect("a record").id;
        let offer = registry.write(create(solution(owner, "b", "1"), 0)).await.expect("a record").id;
        let mut raw = database.connect().expect("a connection");
        raw.execute("DELETE FROM facet; DELETE FROM setting").expect("the statement");
        let by = |name: &str, value: &str| Filter {
            facets: vec![(name.to_owned(), FacetMatch::Any(vec![value.to_owned()]))],
            ..Filter::default()
        };
        assert_eq!(registry.count::<Challenge>(&by("cpv", "85312000")).await, Ok(0));
        registry.migrate().await.expect("migrated");
        assert_eq!(registry.list::<Challenge>(&by("cpv", "85312000"), None, 5).await.expect("read")[0].id, need);
        assert_eq!(registry.deadlines::<Challenge>(&by("deadline", "2999-01-31")).await.expect("read")[0].0, need);
        let found = registry.list::<innocap_domain::Solution>(&by("kind", "service"), None, 5).await.expect("read");
        assert_eq!(found[0].id, offer);
        // Once they are there they are left alone.
        raw.execute("DELETE FROM facet").expect("the statement");
        registry.migrate().await.expect("migrated");
        assert_eq!(registry.count::<Challenge>(&by("cpv", "85312000")).await, Ok(0));
    }
}
