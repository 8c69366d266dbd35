//! Embeddings from an OpenAI-compatible endpoint (`POST …/v1/embeddings`), in place of the model in the program.

use serde::Deserialize;
use url::Url;

use crate::client::{Client, ClientError, Limits};

/// Where the endpoint is and what it expects.
#[derive(Clone)]
pub struct EmbeddingsConfig {
    /// The endpoint's whole address, such as `https://models.example/v1/embeddings`.
    pub url: Url,
    /// The model's name as the endpoint knows it.
    pub model: String,
    /// A bearer token, where the endpoint asks for one.
    pub token: Option<String>,
    /// Put before the text of a need.
    pub query_prefix: String,
    /// Put before the text of a solution.
    pub passage_prefix: String,
    /// Whether the endpoint may be at a private address.
    pub allow_private: bool,
}

/// A client of one endpoint and model.
pub struct EmbeddingsClient {
    client: Client,
    config: EmbeddingsConfig,
    model_id: String,
    dimensions: usize,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    index: usize,
    embedding: Vec<f32>,
}

impl EmbeddingsClient {
    /// Connects: asks for one vector, which tells the width.
    ///
    /// # Errors
    /// [`ClientError`] where the endpoint does not answer as it should.
    pub async fn connect(config: EmbeddingsConfig) -> Result<Self, ClientError> {
        let client = Client::new(Limits { allow_private: config.allow_private, ..Limits::default() })?;
        let host = config.url.host_str().unwrap_or_default().to_owned();
        let model_id = format!("{}@{host}", config.model);
        let mut connected = Self { client, config, model_id, dimensions: 0 };
        let probe = connected.request(&["innocap".to_owned()]).await?;
        connected.dimensions = probe[0].len();
        Ok(connected)
    }

    /// The name under which its vectors are kept.
    pub fn model_id(&self) -> &str {
        &self.model_id
    }

    /// The vectors' width.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Put before the text of a need.
    pub fn query_prefix(&self) -> &str {
        &self.config.query_prefix
    }

    /// Put before the text of a solution.
    pub fn passage_prefix(&self) -> &str {
        &self.config.passage_prefix
    }

    /// The unit vectors of some texts, in their order.
    ///
    /// # Errors
    /// [`ClientError`], [`ClientError::Malformed`] where a vector is missing or of another width.
    pub async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ClientError> {
        let vectors = self.request(texts).await?;
        match vectors.iter().find(|vector| vector.len() != self.dimensions) {
            Some(vector) => Err(ClientError::Malformed(format!(
                "a vector has {} dimensions, the first had {}",
                vector.len(),
                self.dimensions
            ))),
            None => Ok(vectors),
        }
    }

    async fn request(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ClientError> {
        let body = serde_json::json!({"model": self.config.model, "input": texts, "encoding_format": "float"});
        let answer = self.client.post_json(&self.config.url, self.config.token.as_deref(), &body).await?;
        let mut answer: Answer = serde_json::from_value(answer).map_err(|e| ClientError::Malformed(e.to_string()))?;
        answer.data.sort_by_key(|row| row.index);
        let in_order =
            answer.data.len() == texts.len() && answer.data.iter().enumerate().all(|(i, row)| row.index == i);
        if !in_order {
            return Err(ClientError::Malformed("not one vector for each text".to_owned()));
        }
        answer.data.into_iter().map(|row| normalise(row.embedding)).collect()
    }
}

fn normalise(mut vector: Vec<f32>) -> Result<Vec<f32>, ClientError> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if !length.is_finite() || length <= 0.0 {
        return Err(ClientError::Malformed("a vector is zero or not finite".to_owned()));
    }
    vector.iter_mut().for_each(|x| *x /= length);
    Ok(vector)
}
