//! Centring: the mean vector of a language and role is subtracted before meanings are compared.
//!
//! The model gives queries and passages, and each language, an offset of its own; measured on CORDIS and Tatoeba,
//! taking it away is the largest single gain of the ranking (see `docs/ranking.md`). The means stand in
//! `model/means.json`, made by `cargo xtask means` from texts that are in no evaluation collection; those of tokens in
//! `model/token-means.json`, made by `cargo xtask token-means`.

use std::collections::BTreeMap;

use innocap_domain::Language;
use serde::{Deserialize, Serialize};

use crate::embed::Role;
use crate::tokens::{Reading, TokenCodes};

/// Mean vectors by role (`query`, `passage`) and language code, `*` for all languages together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Means {
    /// The model whose vectors were averaged.
    pub model: String,
    /// Names this set of means; part of an index's identity.
    pub version: String,
    /// Role → language → mean vector.
    pub means: BTreeMap<String, BTreeMap<String, Vec<f32>>>,
}

/// Mean vectors of the tokens that weigh something by role (`query`, `passage`), all languages counting alike.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TokenMeans {
    /// The model whose vectors were averaged.
    pub model: String,
    /// Names this set of means; codes made with different ones must never be compared.
    pub version: String,
    /// Role → mean vector.
    pub means: BTreeMap<String, Vec<f32>>,
}

/// Centres vectors of one model; vectors of a model without means stay as they are.
#[derive(Debug, Clone)]
pub struct Centring {
    means: Option<Means>,
    tokens: Option<TokenMeans>,
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Query => "query",
        Role::Passage => "passage",
    }
}

impl Centring {
    /// The centring that comes with `model`, none for another model.
    ///
    /// # Panics
    /// Never: the file is compiled in and tested.
    pub fn for_model(model: &str) -> Self {
        let means: Means =
            serde_json::from_str(include_str!("../model/means.json")).expect("model/means.json is tested");
        let tokens: TokenMeans =
            serde_json::from_str(include_str!("../model/token-means.json")).expect("model/token-means.json is tested");
        Self {
            means: Some(means).filter(|means| means.model == model),
            tokens: Some(tokens).filter(|tokens| tokens.model == model),
        }
    }

    /// No centring: vectors stay as they are.
    pub const fn none() -> Self {
        Self { means: None, tokens: None }
    }

    /// Names the means, `uncentred` where there are none.
    pub fn version(&self) -> &str {
        self.means.as_ref().map_or("uncentred", |means| &means.version)
    }

    /// Names the means of the tokens, `uncentred` where there are none.
    pub fn token_version(&self) -> &str {
        self.tokens.as_ref().map_or("uncentred", |tokens| &tokens.version)
    }

    /// The codes of a text's tokens, each minus the mean of its role; the first `title` bytes of the text are its title.
    pub fn codes(&self, role: Role, reading: &Reading, title: usize) -> TokenCodes {
        let mean = self.tokens.as_ref().and_then(|tokens| tokens.means.get(role_name(role)));
        TokenCodes::new(&reading.tokens, mean.map(Vec::as_slice), title)
    }

    /// The vector minus its language's mean, brought back to unit length. A language without a mean of its own is
    /// centred by a close relative's, or by that of all languages.
    pub fn centre(&self, role: Role, language: Option<Language>, vector: &[f32]) -> Vec<f32> {
        let mean = self.means.as_ref().and_then(|means| {
            let of_role = means.means.get(role_name(role))?;
            let near: &[&str] = match language {
                Some(Language::Nn) => &["nn", "nb"],
                Some(Language::Fo) => &["fo", "is"],
                Some(other) => &[other.code()],
                None => &[],
            };
            near.iter().find_map(|code| of_role.get(*code)).or_else(|| of_role.get("*"))
        });
        match mean {
            Some(mean) => unit(vector.iter().zip(mean).map(|(x, m)| x - m).collect()),
            None => vector.to_vec(),
        }
    }
}

/// A vector brought to length 1; one without length stays as it is.
pub fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}
