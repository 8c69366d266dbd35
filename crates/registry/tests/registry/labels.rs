//! Imported labels.

use innocap_domain::Scheme;
use innocap_registry::Registry;
use innocap_registry::testing::TestDatabase;

use crate::support::on_both_databases;

fn label(scheme: Scheme, code: &str, language: &str, text: &str) -> (Scheme, String, String, String) {
    (scheme, code.to_owned(), language.to_owned(), text.to_owned())
}

on_both_databases! {
    async fn labels_are_stored_replaced_and_listed_in_order(registry: Registry, _database: &TestDatabase) {
        let first = vec![
            label(Scheme::Region, "SE332", "sv", "Norrbottens län"),
            label(Scheme::Cpv, "85312000", "fi", "Sosiaalipalvelut"),
            label(Scheme::Cpv, "85312000", "ga", "Seirbhísí sóisialta"),
        ];
        assert_eq!(registry.store_labels(first).await, Ok(3));
        let second = vec![
            label(Scheme::Cpv, "85312000", "fi", "vanha"),
            label(Scheme::Cpv, "85312000", "fi", "Sosiaalihuoltopalvelut"),
        ];
        assert_eq!(registry.store_labels(second).await, Ok(1));
        assert_eq!(registry.labels().await, Ok(vec![
            label(Scheme::Cpv, "85312000", "fi", "Sosiaalihuoltopalvelut"),
            label(Scheme::Cpv, "85312000", "ga", "Seirbhísí sóisialta"),
            label(Scheme::Region, "SE332", "sv", "Norrbottens län"),
        ]));
    }

    async fn a_whole_code_list_is_stored_at_once(registry: Registry, _database: &TestDatabase) {
        let labels = (0..9_454).map(|i| label(Scheme::Cpv, &format!("{i:08}"), "sv", "en vara")).collect();
        assert_eq!(registry.store_labels(labels).await, Ok(9_454));
        assert_eq!(registry.labels().await.expect("labels").len(), 9_454);
    }
}
