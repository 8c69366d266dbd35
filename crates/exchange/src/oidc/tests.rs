//! Sign-in at a real OpenID provider, and every way in which it must fail.

use super::*;
use innocap_neighbours::OidcProvider;
use serde_json::{Value, json};

use innocap_domain::Secret;

const REDIRECT: &str = "http://127.0.0.1:1/sign-in/callback";

/// The provider goes by the clock of this machine.
#[expect(clippy::disallowed_methods, reason = "the provider, a program of others, goes by the real clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn redirect() -> Url {
    Url::parse(REDIRECT).unwrap()
}

fn provider() -> OidcProvider {
    OidcProvider::start(&[REDIRECT])
}

fn config(id: &str, provider: &OidcProvider, client: &str) -> OidcIssuer {
    OidcIssuer {
        id: id.to_owned(),
        name: "Exempelby kommun".to_owned(),
        issuer: provider.issuer().to_owned(),
        client_id: client.to_owned(),
        client_secret: (client != "public").then(|| Secret::new(format!("{client}-secret"))),
        allow_private: true,
    }
}

fn party(provider: &OidcProvider, client: &str) -> RelyingParty {
    RelyingParty::new(vec![config("town", provider, client)]).unwrap()
}

fn returned(query: &innocap_neighbours::Callback) -> Callback {
    serde_json::from_value(serde_json::to_value(query).unwrap()).unwrap()
}

/// Begins a sign-in and has `login` do their part at the provider.
async fn halfway(party: &RelyingParty, provider: &OidcProvider, login: &str) -> (Pending, Callback) {
    let (url, pending) = party.begin("town", &redirect(), &Wishes::default(), now()).await.unwrap();
    (pending, returned(&provider.sign_in(&url, login)))
}

async fn sign_in(party: &RelyingParty, provider: &OidcProvider, login: &str) -> Result<Identity, OidcError> {
    let (pending, callback) = halfway(party, provider, login).await;
    party.complete(pending, &callback, now()).await
}

/// What was kept, with one field exchanged.
fn with(pending: &Pending, field: &str, value: Value) -> Pending {
    let mut kept = serde_json::to_value(pending).unwrap();
    kept[field] = value;
    serde_json::from_value(kept).unwrap()
}

#[tokio::test]
async fn someone_signs_in_at_an_issuer_with_each_algorithm_and_each_way_to_show_who_innocap_is() {
    let provider = provider();
    for client in ["RS256", "PS256", "ES256", "EdDSA", "post", "public"] {
        let identity = sign_in(&party(&provider, client), &provider, "eva").await.unwrap();
        let expected = Identity {
            issuer: provider.issuer().to_owned(),
            subject: "eva".to_owned(),
            email: Some(EmailAddress::parse("eva@example.org").unwrap()),
            email_verified: true,
            name: Some("eva Öberg".to_owned()),
            locale: Some(LanguageTag::parse("sv-SE").unwrap()),
        };
        assert!(identity == expected, "{client}");
        assert!(!format!("{identity:?}").contains("eva"));
    }
}

#[tokio::test]
async fn the_issuer_is_asked_with_pkce_a_state_a_nonce_and_the_exact_redirect_address() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let wishes = Wishes {
        login: Some(EmailAddress::parse("eva@example.org").unwrap()),
        language: Some(LanguageTag::parse("sv").unwrap()),
    };
    let (url, pending) = party.begin("town", &redirect(), &wishes, now()).await.unwrap();
    let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    assert_eq!((of("response_type"), of("client_id"), of("redirect_uri")), ("code", "RS256", REDIRECT));
    assert_eq!((of("code_challenge_method"), of("scope")), ("S256", "openid email profile"));
    assert_eq!((of("state"), of("login_hint"), of("ui_locales")), (pending.state(), "eva@example.org", "sv"));
    assert!(of("nonce").len() >= 43 && of("state").len() >= 43 && of("code_challenge").len() == 43);
    assert!(!url.as_str().contains("secret"));
    let (_, other) = party.begin("town", &redirect(), &wishes, now()).await.unwrap();
    assert_ne!(pending.state(), other.state());
    let kept = serde_json::to_string(&pending).unwrap();
    assert!(serde_json::from_str::<Pending>(&kept).unwrap() == pending);
    assert!(!format!("{pending:?} {:?}", config("town", &provider, "RS256")).contains(pending.state()));
    assert!(format!("{:?}", config("town", &provider, "RS256")).contains("client_secret: Some(***)"));
}

#[tokio::test]
async fn an_address_counts_as_confirmed_only_where_the_issuer_says_so() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let identity = sign_in(&party, &provider, "unverified-olle").await.unwrap();
    assert!(identity.email.is_some() && !identity.email_verified);
    let identity = sign_in(&party, &provider, "nomail-olle").await.unwrap();
    assert!(identity.email.is_none() && !identity.email_verified);
    provider.bend_id_token(&json!({"claims": {"email": "in@token.example"}}));
    let identity = sign_in(&party, &provider, "eva").await.unwrap();
    assert_eq!(identity.email, EmailAddress::parse("in@token.example").ok());
    assert!(!identity.email_verified, "what the issuer says of another address says nothing about this one");
    provider.bend_id_token(&json!({"claims": {"email": "a@b.example\r\nBcc: c@d.example", "email_verified": true}}));
    let identity = sign_in(&party, &provider, "eva").await.unwrap();
    assert!(identity.email.is_none() && !identity.email_verified);
}

#[tokio::test]
async fn an_answer_to_another_sign_in_is_refused() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let (pending, callback) = halfway(&party, &provider, "eva").await;
    let (_, other) = halfway(&party, &provider, "mallory").await;
    assert!(matches!(party.complete(pending.clone(), &other, now()).await, Err(OidcError::State)));
    let none = Callback { state: None, ..callback.clone() };
    assert!(matches!(party.complete(pending.clone(), &none, now()).await, Err(OidcError::State)));
    let late = party.complete(pending.clone(), &callback, now() + PENDING_LIFETIME).await;
    assert!(matches!(late, Err(OidcError::Expired)));
    assert!(party.complete(pending, &callback, now()).await.is_ok(), "none of this used the code up");
}

#[tokio::test]
async fn an_id_token_with_the_wrong_nonce_is_refused() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let (pending, callback) = halfway(&party, &provider, "eva").await;
    let pending = with(&pending, "nonce", json!("of-another-sign-in"));
    let result = party.complete(pending, &callback, now()).await;
    assert!(matches!(result, Err(OidcError::Token(TokenFault::Nonce))), "{result:?}");
}

#[tokio::test]
async fn a_stolen_code_is_of_no_use_in_another_sign_in() {
    let provider = provider();
    let party = party(&provider, "public");
    let (_, victim) = halfway(&party, &provider, "eva").await;
    let (pending, mallory) = halfway(&party, &provider, "mallory").await;
    let stolen = Callback { code: victim.code, ..mallory };
    let result = party.complete(pending, &stolen, now()).await;
    assert!(matches!(&result, Err(OidcError::Refused(code)) if code == "invalid_grant"), "{result:?}");
}

#[tokio::test]
async fn a_code_is_taken_once() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let (pending, callback) = halfway(&party, &provider, "eva").await;
    party.complete(pending.clone(), &callback, now()).await.unwrap();
    let result = party.complete(pending, &callback, now()).await;
    assert!(matches!(&result, Err(OidcError::Refused(code)) if code == "invalid_grant"), "{result:?}");
}

#[tokio::test]
async fn an_answer_from_another_issuer_than_the_one_asked_is_refused() {
    let (honest, other) = (provider(), provider());
    let issuers = vec![config("town", &honest, "RS256"), config("other", &other, "RS256")];
    let party = RelyingParty::new(issuers).unwrap();
    let (pending, callback) = halfway(&party, &honest, "eva").await;
    assert_eq!(callback.iss.as_deref(), Some(honest.issuer()));
    for iss in [Some(other.issuer().to_owned()), Some(format!("{}/", honest.issuer())), None] {
        let mixed = Callback { iss, ..callback.clone() };
        assert!(matches!(party.complete(pending.clone(), &mixed, now()).await, Err(OidcError::MixUp)));
    }
    // The person was sent to the other issuer, which sent them on to the honest one.
    let mixed = with(&with(&pending, "issuer_id", json!("other")), "issuer", json!(other.issuer()));
    assert!(matches!(party.complete(mixed, &callback, now()).await, Err(OidcError::MixUp)));
    assert!(party.complete(pending, &callback, now()).await.is_ok(), "no issuer was handed the code meanwhile");
}

#[tokio::test]
async fn an_issuer_that_does_not_name_itself_is_believed_without_but_not_under_another_name() {
    let provider = provider();
    provider.bend_discovery(&json!({"authorization_response_iss_parameter_supported": false}));
    let party = party(&provider, "RS256");
    let (pending, callback) = halfway(&party, &provider, "eva").await;
    let other = Callback { iss: Some("https://other.example".to_owned()), ..callback.clone() };
    assert!(matches!(party.complete(pending.clone(), &other, now()).await, Err(OidcError::MixUp)));
    let none = Callback { iss: None, ..callback };
    assert!(party.complete(pending, &none, now()).await.is_ok());
}

#[tokio::test]
async fn new_keys_of_an_issuer_are_found_but_not_looked_for_more_than_once_a_minute() {
    let provider = provider();
    let party = party(&provider, "RS256");
    sign_in(&party, &provider, "eva").await.unwrap();
    provider.rotate_keys();
    let (pending, callback) = halfway(&party, &provider, "eva").await;
    let soon = party.complete(pending, &callback, now()).await;
    assert!(matches!(soon, Err(OidcError::Token(TokenFault::UnknownKey))), "{soon:?}");
    let (pending, callback) = halfway(&party, &provider, "eva").await;
    assert!(party.complete(pending, &callback, now() + TimeDelta::seconds(61)).await.is_ok());
    assert!(sign_in(&party, &provider, "eva").await.is_ok(), "the new keys are kept");
}

#[tokio::test]
async fn an_id_token_that_is_forged_or_meant_for_another_is_refused() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let second = |off: i64| now().timestamp() + off;
    for (bend, fault) in [
        (json!({"claims": {"aud": "another"}}), TokenFault::Audience),
        (json!({"claims": {"aud": []}}), TokenFault::Audience),
        (json!({"claims": {"aud": ["RS256", "another"]}}), TokenFault::Audience),
        (json!({"claims": {"azp": "another"}}), TokenFault::Audience),
        (json!({"claims": {"iss": "https://another.example"}}), TokenFault::Issuer),
        (json!({"claims": {"iss": format!("{}/", provider.issuer())}}), TokenFault::Issuer),
        (json!({"claims": {"exp": second(-121)}}), TokenFault::Expired),
        (json!({"claims": {"iat": second(-600)}}), TokenFault::IssuedAt),
        (json!({"claims": {"iat": second(600)}}), TokenFault::IssuedAt),
        (json!({"claims": {"nonce": "another"}}), TokenFault::Nonce),
        (json!({"claims": {"nonce": null}}), TokenFault::Nonce),
        (json!({"claims": {"at_hash": "another"}}), TokenFault::AccessTokenHash),
        (json!({"claims": {"sub": "another"}}), TokenFault::UserInfo),
        (json!({"alg": "none"}), TokenFault::Algorithm),
        (json!({"alg": "HS256"}), TokenFault::Algorithm),
        (json!({"alg": "RS384"}), TokenFault::Algorithm),
        (json!({"foreign": true}), TokenFault::Signature),
    ] {
        provider.bend_id_token(&bend);
        let result = sign_in(&party, &provider, "eva").await;
        assert!(matches!(&result, Err(OidcError::Token(found)) if *found == fault), "{bend}: {result:?}");
    }
    assert!(sign_in(&party, &provider, "eva").await.is_ok());
}

#[tokio::test]
async fn an_id_token_signed_with_the_shared_secret_is_refused() {
    let provider = provider();
    let result = sign_in(&party(&provider, "HS256"), &provider, "eva").await;
    assert!(matches!(result, Err(OidcError::Token(TokenFault::Algorithm))), "{result:?}");
}

#[tokio::test]
async fn an_id_token_ends() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let (pending, callback) = halfway(&party, &provider, "eva").await;
    let tomorrow = now() + TimeDelta::days(1);
    let pending = with(&pending, "begun_at", json!(tomorrow));
    let result = party.complete(pending, &callback, tomorrow).await;
    assert!(matches!(result, Err(OidcError::Token(TokenFault::Expired))), "{result:?}");
}

#[tokio::test]
async fn someone_may_think_better_of_it_and_an_error_code_is_not_taken_for_more() {
    let provider = provider();
    let party = party(&provider, "RS256");
    let (url, pending) = party.begin("town", &redirect(), &Wishes::default(), now()).await.unwrap();
    let callback = returned(&provider.cancel(&url));
    assert!(matches!(party.complete(pending.clone(), &callback, now()).await, Err(OidcError::Denied)));
    for (given, told) in [("server_error", "server_error"), ("<script>eva@example.org</script>", "unknown")] {
        let callback = Callback { error: Some(given.to_owned()), ..callback.clone() };
        let result = party.complete(pending.clone(), &callback, now()).await;
        assert!(matches!(&result, Err(OidcError::Refused(code)) if code == told), "{result:?}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_apart() {
    let provider = provider();
    let wrong = OidcIssuer { client_secret: Some(Secret::new("wrong")), ..config("town", &provider, "RS256") };
    let result = sign_in(&RelyingParty::new(vec![wrong]).unwrap(), &provider, "eva").await;
    assert!(matches!(&result, Err(OidcError::Refused(code)) if code == "invalid_client"), "{result:?}");
}

#[tokio::test]
async fn an_issuer_must_be_exactly_who_it_is_configured_to_be() {
    let provider = provider();
    let slash = OidcIssuer { issuer: format!("{}/", provider.issuer()), ..config("town", &provider, "RS256") };
    let slash = RelyingParty::new(vec![slash]).unwrap();
    let result = slash.begin("town", &redirect(), &Wishes::default(), now()).await;
    assert!(matches!(result, Err(OidcError::Discovery("names another issuer"))), "{result:?}");
    provider.bend_discovery(&json!({"issuer": "https://another.example"}));
    let party = party(&provider, "RS256");
    let result = party.begin("town", &redirect(), &Wishes::default(), now()).await;
    assert!(matches!(result, Err(OidcError::Discovery("names another issuer"))), "{result:?}");
    provider.bend_discovery(&json!({}));
    let result = party.begin("town", &redirect(), &Wishes::default(), now()).await;
    assert!(matches!(result, Err(OidcError::Unreachable(_))), "an issuer at fault is left alone for a moment");
    let later = now() + TimeDelta::seconds(6);
    assert!(party.begin("town", &redirect(), &Wishes::default(), later).await.is_ok());
    let unknown = party.begin("elsewhere", &redirect(), &Wishes::default(), later).await;
    assert!(matches!(unknown, Err(OidcError::UnknownIssuer)));
}

#[tokio::test]
async fn a_code_and_a_secret_follow_no_redirect() {
    let (provider, other) = (provider(), tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap());
    let elsewhere = format!("http://{}/token", other.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut connections = 0;
        while let Ok(Ok((mut socket, _))) =
            tokio::time::timeout(std::time::Duration::from_secs(3), other.accept()).await
        {
            connections += 1;
            let _ = socket.read(&mut vec![0; 65536]).await;
            let answer = "HTTP/1.1 307 Elsewhere\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = socket.write_all(answer.as_bytes()).await;
        }
        connections
    });
    provider.bend_discovery(&json!({"token_endpoint": elsewhere}));
    let result = sign_in(&party(&provider, "RS256"), &provider, "eva").await;
    assert!(matches!(result, Err(OidcError::Unreachable(_))), "{result:?}");
    assert_eq!(asked.await.unwrap(), 1);
}

#[tokio::test]
async fn a_private_address_is_no_issuer_unless_allowed_and_a_public_one_needs_tls() {
    let provider = provider();
    let closed = OidcIssuer { allow_private: false, ..config("town", &provider, "RS256") };
    let address = |issuer: &str| OidcIssuer { issuer: issuer.to_owned(), ..closed.clone() };
    for issuer in [
        provider.issuer(),
        "http://issuer.example",
        "https://issuer.example?x",
        "https://issuer.example#x",
        "https://u:p@issuer.example",
        "issuer.example",
        "",
    ] {
        let result = RelyingParty::new(vec![address(issuer)]);
        assert_eq!(result.err(), Some(OidcConfigError::Address("town".to_owned())), "{issuer}");
    }
    let literal = RelyingParty::new(vec![address("https://127.0.0.1:1")]).unwrap();
    let result = literal.begin("town", &redirect(), &Wishes::default(), now()).await;
    assert!(matches!(result, Err(OidcError::Unreachable(ClientError::Refused(_)))), "{result:?}");
    let twice = vec![address("https://a.example"), address("https://b.example")];
    assert_eq!(RelyingParty::new(twice).err(), Some(OidcConfigError::Twice("town".to_owned())));
    let named = OidcIssuer { id: "../x".to_owned(), ..address("https://a.example") };
    assert_eq!(RelyingParty::new(vec![named]).err(), Some(OidcConfigError::Name("../x".to_owned())));
}

#[test]
fn the_settings_of_an_issuer_are_read_strictly_and_its_secret_is_never_printed() {
    let text = r#"{"id": "town", "name": "Exempelby", "issuer": "https://id.example", "client_id": "innocap",
        "client_secret": "hush"}"#;
    let issuer: OidcIssuer = serde_json::from_str(text).unwrap();
    assert!(!issuer.allow_private && issuer.client_secret.as_ref().is_some_and(|secret| secret.expose() == "hush"));
    assert!(!format!("{issuer:?}").contains("hush"));
    assert!(serde_json::from_str::<OidcIssuer>(&text.replace("client_secret", "clientsecret")).is_err());
}

#[test]
fn a_sign_in_and_a_message_may_be_waited_for_on_any_thread() {
    fn on_any_thread<T: Send>(_: Option<T>) {}
    fn waits(party: &RelyingParty, pending: Pending, mailer: &crate::Mailer, mail: &crate::OutgoingMail) {
        let (redirect, wishes, callback) = (redirect(), Wishes::default(), Callback::default());
        on_any_thread(Some(party.begin("town", &redirect, &wishes, now())));
        on_any_thread(Some(party.complete(pending, &callback, now())));
        on_any_thread(Some(mailer.send(mail, now())));
    }
    // That it compiles is the test.
    let _ = waits;
}
