//! The embedding cache.

use innocap_registry::Registry;
use innocap_registry::testing::TestDatabase;

use crate::support::on_both_databases;

on_both_databases! {
    async fn vectors_come_back_bit_for_bit(registry: Registry, _database: &TestDatabase) {
        let vector = vec![0.25, -1.5e-38, f32::MAX, f32::MIN_POSITIVE, -0.0, 1.0 / 3.0];
        registry.store_embeddings("e5", vec![("h".to_owned(), vector.clone())]).await.expect("stored");
        let found = registry.embeddings("e5", &["h".to_owned(), "other".to_owned()]).await.expect("found");
        let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(found.len(), 1);
        assert_eq!(bits(&found["h"]), bits(&vector));
    }

    async fn each_model_has_its_own_vectors(registry: Registry, _database: &TestDatabase) {
        registry.store_embeddings("e5", vec![("h".to_owned(), vec![1.0])]).await.expect("stored");
        assert!(registry.embeddings("other", &["h".to_owned()]).await.expect("found").is_empty());
    }

    async fn a_vector_stored_again_is_replaced(registry: Registry, _database: &TestDatabase) {
        let store = |items: Vec<(&str, f32)>| {
            registry.store_embeddings("e5", items.into_iter().map(|(h, x)| (h.to_owned(), vec![x])).collect())
        };
        store(vec![("h", 1.0)]).await.expect("stored");
        store(vec![("h", 2.0), ("g", 3.0), ("h", 4.0)]).await.expect("stored");
        let found = registry.embeddings("e5", &["h".to_owned()]).await.expect("found");
        assert_eq!(found["h"], [4.0]);
    }

    async fn more_vectors_than_one_statement_holds_are_stored_and_found(registry: Registry, _database: &TestDatabase) {
        let items: Vec<_> = (0..1_300).map(|i| (format!("hash-{i}"), vec![i as f32; 384])).collect();
        let hashes: Vec<_> = items.iter().map(|(hash, _)| hash.clone()).collect();
        registry.store_embeddings("e5", items).await.expect("stored");
        let found = registry.embeddings("e5", &hashes).await.expect("found");
        assert_eq!(found.len(), 1_300);
        assert_eq!(found["hash-1299"][383], 1299.0);
    }

    async fn a_damaged_vector_counts_as_missing(registry: Registry, database: &TestDatabase) {
        registry.store_embeddings("e5", vec![("h".to_owned(), vec![1.0])]).await.expect("stored");
        let mut connection = database.connect().expect("a connection");
        let bytes = if connection.is_sqlite() { "x'0102'" } else { "'\\x0102'" };
        connection.execute(&format!("UPDATE embedding SET vector = {bytes}")).expect("damaged");
        assert!(registry.embeddings("e5", &["h".to_owned()]).await.expect("found").is_empty());
    }

    async fn two_who_store_the_same_texts_do_not_block_each_other(registry: Registry, database: &TestDatabase) {
        let other = innocap_registry::Registry::open(database.url()).await.expect("opens");
        let items: Vec<_> = (0..400).map(|i| (format!("{i}"), vec![0.5; 16])).collect();
        let reversed: Vec<_> = items.iter().rev().cloned().collect();
        for _ in 0..5 {
            let (one, two) = tokio::join!(
                registry.store_embeddings("e5", items.clone()),
                other.store_embeddings("e5", reversed.clone())
            );
            assert_eq!((one, two), (Ok(()), Ok(())));
        }
    }
}
