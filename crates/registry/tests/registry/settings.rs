//! Settings.

use innocap_registry::Registry;
use innocap_registry::testing::TestDatabase;

use crate::support::on_both_databases;

on_both_databases! {
    async fn a_setting_is_what_was_last_written(registry: Registry, _database: &TestDatabase) {
        assert_eq!(registry.setting("index.model").await, Ok(None));
        registry.set_setting("index.model", "e5").await.expect("written");
        registry.set_setting("index.model", "e6").await.expect("written");
        assert_eq!(registry.setting("index.model").await, Ok(Some("e6".to_owned())));
    }
}
