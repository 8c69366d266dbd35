//! The client asks only what it may, and an embedding endpoint is held to its word; against a real socket.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use crate::client::{Client, ClientError, Limits};
use crate::embeddings::{EmbeddingsClient, EmbeddingsConfig};

/// Answers each connection with the next of `answers` and gives its address.
async fn serve(answers: Vec<String>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/embeddings", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 65536];
            let _ = socket.read(&mut buffer).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    Url::parse(&url).unwrap()
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn config(url: Url) -> EmbeddingsConfig {
    EmbeddingsConfig {
        url,
        model: "m".into(),
        token: Some("secret".into()),
        query_prefix: String::new(),
        passage_prefix: String::new(),
        allow_private: true,
    }
}

#[tokio::test]
async fn a_private_address_is_refused_by_number_and_by_name_unless_allowed() {
    let client = Client::new(Limits::default()).unwrap();
    for address in ["http://127.0.0.1:9/", "http://localhost:9/", "ftp://example.org/", "http://u:p@example.org/"] {
        let answer = client.post_json(&Url::parse(address).unwrap(), None, &serde_json::json!({})).await;
        assert!(matches!(answer, Err(ClientError::Refused(_) | ClientError::Unreachable(_))), "{address}: {answer:?}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_and_an_endless_redirect_are_cut_off() {
    let limits = Limits { allow_private: true, body_bytes: 100, ..Limits::default() };
    let client = Client::new(limits).unwrap();
    let url = serve(vec![ok(&format!("\"{}\"", "x".repeat(1000)))]).await;
    assert!(matches!(client.post_json(&url, None, &serde_json::json!({})).await, Err(ClientError::TooLarge(100))));
    let redirect =
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let url = serve(vec![redirect.to_owned(); 10]).await;
    assert!(matches!(client.post_json(&url, None, &serde_json::json!({})).await, Err(ClientError::Unreachable(_))));
}

#[tokio::test]
async fn an_endpoint_gives_unit_vectors_in_the_order_of_the_texts() {
    let probe = ok(r#"{"data":[{"index":0,"embedding":[1.0,0.0]}]}"#);
    let answer = ok(r#"{"data":[{"index":1,"embedding":[0.0,2.0]},{"index":0,"embedding":[3.0,0.0]}]}"#);
    let client = EmbeddingsClient::connect(config(serve(vec![probe, answer]).await)).await.unwrap();
    assert_eq!(client.dimensions(), 2);
    let vectors = client.embed(&["a".to_owned(), "b".to_owned()]).await.unwrap();
    assert_eq!(vectors, vec![vec![1.0, 0.0], vec![0.0, 1.0]]);
}

#[tokio::test]
async fn an_endpoint_that_leaves_out_a_text_or_changes_its_width_is_refused() {
    let probe = || ok(r#"{"data":[{"index":0,"embedding":[1.0,0.0]}]}"#);
    let short = ok(r#"{"data":[{"index":0,"embedding":[1.0,0.0]}]}"#);
    let client = EmbeddingsClient::connect(config(serve(vec![probe(), short]).await)).await.unwrap();
    assert!(matches!(client.embed(&["a".to_owned(), "b".to_owned()]).await, Err(ClientError::Malformed(_))));
    let wide = ok(r#"{"data":[{"index":0,"embedding":[1.0,0.0,0.0]}]}"#);
    let client = EmbeddingsClient::connect(config(serve(vec![probe(), wide]).await)).await.unwrap();
    assert!(matches!(client.embed(&["a".to_owned()]).await, Err(ClientError::Malformed(_))));
    let status = "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned();
    assert!(matches!(
        EmbeddingsClient::connect(config(serve(vec![status]).await)).await,
        Err(ClientError::Status(500))
    ));
}
