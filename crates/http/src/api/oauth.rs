//! OAuth 2.0: the token endpoint (RFC 6749), revocation (RFC 7009), the published keys (RFC 7517) and what a client
//! needs to know of all that (RFC 8414).

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{Grant, OAuthError};
use innocap_domain::Scope;
use serde_json::json;

use crate::extract::{Form, Stranger};
use crate::problem::Problem;
use crate::server::State;

/// The client's identifier and secret, in the header or in the form; never in both (RFC 6749, section 2.3).
fn credentials(request: &HttpRequest, form: &Form) -> Result<Option<(String, String)>, OAuthAnswer> {
    let in_form = form.get("client_id").zip(form.get("client_secret"));
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return Ok(in_form.map(|(id, secret)| (id.to_owned(), secret.to_owned())));
    };
    let basic = header.to_str().ok().and_then(basic_credentials);
    match (basic, in_form) {
        (Some(_), Some(_)) => Err(OAuthAnswer::bad("invalid_request", "the client proves itself in one way only")),
        (Some(found), None) => Ok(Some(found)),
        (None, _) => Err(OAuthAnswer::client()),
    }
}

/// The pair of `Authorization: Basic`, each half form-encoded (RFC 6749, section 2.3.1).
fn basic_credentials(header: &str) -> Option<(String, String)> {
    use base64::Engine;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 1_000 {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(&format!("v={text}")).ok()?.into_inner();
        pairs.into_iter().next().map(|(_, value)| value)
    };
    Some((decode(id)?, decode(secret)?))
}

/// A refusal in the form of RFC 6749, section 5.2.
struct OAuthAnswer {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl OAuthAnswer {
    fn bad(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.to_owned() }
    }

    fn client() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::bad("invalid_client", "the client or its secret is not right")
        }
    }

    fn of(error: OAuthError) -> Result<Self, Problem> {
        Ok(match error {
            OAuthError::Client => Self::client(),
            OAuthError::Grant => Self::bad("invalid_grant", "the refresh token is not known, was used, or has ended"),
            OAuthError::Scope => Self::bad("invalid_scope", "the client has no such scope"),
            OAuthError::Other(error) => return Err(error.into()),
        })
    }

    fn answer(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache"));
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"innocap\""));
        }
        response.json(json!({ "error": self.error, "error_description": self.description }))
    }
}

pub(crate) async fn token(
    state: web::Data<State>,
    stranger: Stranger,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let grant = match grant(&request, &form) {
        Ok(grant) => grant,
        Err(refusal) => return Ok(refusal.answer()),
    };
    match state.innocap.grant_token(&stranger.0, grant).await {
        Ok(answer) => Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(answer)),
        Err(error) => Ok(OAuthAnswer::of(error)?.answer()),
    }
}

fn grant(request: &HttpRequest, form: &Form) -> Result<Grant, OAuthAnswer> {
    let twice = form.0.iter().enumerate().any(|(place, (name, _))| form.0[..place].iter().any(|(n, _)| n == name));
    if twice {
        return Err(OAuthAnswer::bad("invalid_request", "a parameter is given twice"));
    }
    match form.get("grant_type") {
        Some("client_credentials") => {
            let (client, secret) = credentials(request, form)?.ok_or_else(OAuthAnswer::client)?;
            Ok(Grant::ClientCredentials { client, secret, scope: form.get("scope").map(str::to_owned) })
        }
        Some("refresh_token") => match form.get("refresh_token") {
            Some(token) => Ok(Grant::RefreshToken(token.to_owned())),
            None => Err(OAuthAnswer::bad("invalid_request", "refresh_token is missing")),
        },
        Some(_) => Err(OAuthAnswer::bad("unsupported_grant_type", "client_credentials and refresh_token are known")),
        None => Err(OAuthAnswer::bad("invalid_request", "grant_type is missing")),
    }
}

pub(crate) async fn revoke(state: web::Data<State>, stranger: Stranger, form: Form) -> Result<HttpResponse, Problem> {
    let Some(token) = form.get("token") else {
        return Ok(OAuthAnswer::bad("invalid_request", "token is missing").answer());
    };
    state.innocap.revoke_token(&stranger.0, token).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({})))
}

pub(crate) async fn keys(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "max-age=300")).json(state.innocap.published_keys()?))
}

pub(crate) async fn metadata(state: web::Data<State>) -> HttpResponse {
    let url = state.innocap.public_url();
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "max-age=300")).json(json!({
        "issuer": url,
        "token_endpoint": format!("{url}/oauth/token"),
        "revocation_endpoint": format!("{url}/oauth/revoke"),
        "jwks_uri": format!("{url}/.well-known/jwks.json"),
        "scopes_supported": Scope::ALL,
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "service_documentation": format!("{url}/api/v1/docs"),
    }))
}
