//! The embedding cache: what a model made of a text, by the hash of the text, so that no text is read twice, on whichever
//! replica. Vectors are kept under the model's name; what else is made of a text under a name of its own.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use crate::records::IDS_AT_ONCE;
use crate::rows::EmbeddingRow;
use crate::schema::embedding;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

impl Registry {
    /// The vectors that are known, by hash. What does not read is left out like what is not there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn embeddings(&self, model: &str, hashes: &[String]) -> Result<HashMap<String, Vec<f32>>, RegistryError> {
        let found = self.made_of_texts(model, hashes).await?;
        Ok(found.into_iter().filter_map(|(hash, bytes)| Some((hash, floats(&bytes)?))).collect())
    }

    /// Stores vectors; those that are there are replaced.
    ///
    /// # Errors
    /// What the database says.
    pub async fn store_embeddings(&self, model: &str, items: Vec<(String, Vec<f32>)>) -> Result<(), RegistryError> {
        let items = items.into_iter().map(|(hash, vector)| (hash, bytes(&vector))).collect();
        self.store_made_of_texts(model, items).await
    }

    /// What was made of texts under a name and is known, by hash.
    ///
    /// # Errors
    /// What the database says.
    pub async fn made_of_texts(
        &self,
        name: &str,
        hashes: &[String],
    ) -> Result<HashMap<String, Vec<u8>>, RegistryError> {
        if hashes.is_empty() {
            return Ok(HashMap::new());
        }
        let (name, hashes) = (name.to_owned(), hashes.to_vec());
        self.read(move |connection| {
            let mut found = HashMap::with_capacity(hashes.len());
            for hashes in hashes.chunks(IDS_AT_ONCE) {
                let rows: Vec<(String, Vec<u8>)> = embedding::table
                    .filter(embedding::model.eq(&name))
                    .filter(embedding::hash.eq_any(hashes))
                    .select((embedding::hash, embedding::vector))
                    .load(connection)?;
                found.extend(rows);
            }
            Ok(found)
        })
        .await
    }

    /// Of which texts anything is stored under a name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn kept_of_texts(&self, name: &str, hashes: &[String]) -> Result<HashSet<String>, RegistryError> {
        if hashes.is_empty() {
            return Ok(HashSet::new());
        }
        let (name, hashes) = (name.to_owned(), hashes.to_vec());
        self.read(move |connection| {
            let mut found = HashSet::with_capacity(hashes.len());
            for hashes in hashes.chunks(IDS_AT_ONCE) {
                let rows: Vec<String> = embedding::table
                    .filter(embedding::model.eq(&name))
                    .filter(embedding::hash.eq_any(hashes))
                    .select(embedding::hash)
                    .load(connection)?;
                found.extend(rows);
            }
            Ok(found)
        })
        .await
    }

    /// Stores what was made of texts under a name; what is there is replaced.
    ///
    /// # Errors
    /// What the database says.
    pub async fn store_made_of_texts(&self, name: &str, items: Vec<(String, Vec<u8>)>) -> Result<(), RegistryError> {
        if items.is_empty() {
            return Ok(());
        }
        let name = name.to_owned();
        self.transact(Scope::Aside, move |connection| {
            // Each hash once, or PostgreSQL refuses to replace a row twice in a statement; and in order, or two
            // replicas that store the same texts at once could wait for each other for ever.
            let items: BTreeMap<_, _> = items.into_iter().collect();
            let rows: Vec<_> =
                items.into_iter().map(|(hash, vector)| EmbeddingRow { model: name.clone(), hash, vector }).collect();
            Ok(upserts::put_embeddings(connection, &rows)?)
        })
        .await
    }
}

fn bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn floats(bytes: &[u8]) -> Option<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| numbers.iter().map(|b| f32::from_le_bytes(*b)).collect())
}
