//! What an issuer says about the person, and whether it is to be believed (OpenID Connect Core, section 3.1.3.7).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use innocap_domain::{EmailAddress, LanguageTag};
use openidconnect::core::{
    CoreErrorResponseType, CoreGenderClaim, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, ClientId, EmptyAdditionalClaims, EndUserEmail, EndUserName,
    LocalizedClaim, Nonce, OAuth2TokenResponse, RequestTokenError, SignatureVerificationError, StandardErrorResponse,
    TokenResponse, UserInfoError,
};

use super::issuer::{Issuer, Known};
use super::{Identity, LEEWAY, OidcError, Pending, TokenFault, code_only};
use crate::client::ClientError;

const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// Characters of a name.
const NAME: usize = 200;

/// Why a code was not exchanged.
pub(super) fn refusal(
    error: RequestTokenError<ClientError, StandardErrorResponse<CoreErrorResponseType>>,
) -> OidcError {
    match error {
        RequestTokenError::Request(error) => OidcError::Unreachable(error),
        RequestTokenError::ServerResponse(answer) => OidcError::Refused(code_only(answer.error().as_ref())),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => TokenFault::Malformed.into(),
    }
}

/// Who the answer of the token endpoint is about.
pub(super) async fn identity(
    issuer: &Issuer,
    mut known: Arc<Known>,
    answer: &CoreTokenResponse,
    pending: &Pending,
    at: DateTime<Utc>,
) -> Result<Identity, OidcError> {
    let token = answer.id_token().ok_or(TokenFault::Malformed)?;
    let claims = match believed(issuer, &known, token, answer, pending, at) {
        Err(TokenFault::UnknownKey) => {
            // The issuer may sign with a new key.
            known = issuer.newer(&known, at).await?.ok_or(TokenFault::UnknownKey)?;
            believed(issuer, &known, token, answer, pending, at)?
        }
        result => result?,
    };
    let mut identity = Identity {
        issuer: issuer.config.issuer.clone(),
        subject: claims.subject().to_string(),
        email: None,
        email_verified: false,
        name: name(claims.name()),
        locale: claims.locale().and_then(|tag| LanguageTag::parse(tag.as_str()).ok()),
    };
    if claims.email().is_some() {
        put_email(&mut identity, claims.email(), claims.email_verified());
    } else if let Some(told) = user_info(issuer, &known, answer, pending, claims).await? {
        // Many issuers tell only the subject in the token, and the rest to whoever brings the access token.
        put_email(&mut identity, told.email(), told.email_verified());
        identity.name = identity.name.or_else(|| name(told.name()));
        identity.locale =
            identity.locale.or_else(|| told.locale().and_then(|tag| LanguageTag::parse(tag.as_str()).ok()));
    }
    Ok(identity)
}

/// The claims of an ID token, where all that has to be true of it is.
fn believed<'a>(
    issuer: &Issuer,
    known: &Known,
    token: &'a CoreIdToken,
    answer: &CoreTokenResponse,
    pending: &Pending,
    at: DateTime<Utc>,
) -> Result<&'a CoreIdTokenClaims, TokenFault> {
    let client_id = ClientId::new(issuer.config.client_id.clone());
    // A verifier of a public client holds no secret, so that nothing signed with a shared one is ever accepted.
    let verifier = CoreIdTokenVerifier::new_public_client(
        client_id.clone(),
        known.metadata.issuer().clone(),
        known.metadata.jwks().clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || at - LEEWAY);
    let claims = token.claims(&verifier, &Nonce::new(pending.nonce.clone())).map_err(fault)?;
    // The library leaves this one to its users.
    if claims.authorized_party().is_some_and(|party| *party != client_id) {
        return Err(TokenFault::Audience);
    }
    let issued = claims.issue_time();
    if issued > at + LEEWAY || issued < pending.begun_at - LEEWAY {
        return Err(TokenFault::IssuedAt);
    }
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|_| TokenFault::Algorithm)?;
        let key = token.signing_key(&verifier).map_err(|_| TokenFault::Signature)?;
        let hash = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
        if hash.as_ref() != Ok(expected) {
            return Err(TokenFault::AccessTokenHash);
        }
    }
    Ok(claims)
}

fn fault(error: ClaimsVerificationError) -> TokenFault {
    match error {
        ClaimsVerificationError::Expired(_) => TokenFault::Expired,
        ClaimsVerificationError::InvalidAudience(_) => TokenFault::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => TokenFault::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => TokenFault::Nonce,
        ClaimsVerificationError::SignatureVerification(error) => match error {
            SignatureVerificationError::NoMatchingKey => TokenFault::UnknownKey,
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_)
            | SignatureVerificationError::NoSignature => TokenFault::Algorithm,
            _ => TokenFault::Signature,
        },
        _ => TokenFault::Malformed,
    }
}

/// What the issuer tells whoever brings the access token; `None` where it has no such endpoint.
async fn user_info(
    issuer: &Issuer,
    known: &Known,
    answer: &CoreTokenResponse,
    pending: &Pending,
    claims: &CoreIdTokenClaims,
) -> Result<Option<CoreUserInfoClaims>, OidcError> {
    let client = issuer.client(known, &pending.redirect);
    // That it is about the same person is checked by the library (OpenID Connect Core, section 5.3.2).
    let Ok(request) = client.user_info(answer.access_token().clone(), Some(claims.subject().clone())) else {
        return Ok(None);
    };
    let asker = issuer.asker();
    match request.request_async::<EmptyAdditionalClaims, _, CoreGenderClaim>(&asker).await {
        Ok(told) => Ok(Some(told)),
        Err(UserInfoError::Request(error)) => Err(OidcError::Unreachable(error)),
        Err(_) => Err(TokenFault::UserInfo.into()),
    }
}

/// An address and the word about it come from one source, or the word counts for nothing.
fn put_email(identity: &mut Identity, email: Option<&EndUserEmail>, verified: Option<bool>) {
    identity.email = email.and_then(|email| EmailAddress::parse(email).ok());
    identity.email_verified = identity.email.is_some() && verified == Some(true);
}

fn name(claim: Option<&LocalizedClaim<EndUserName>>) -> Option<String> {
    let claim = claim?;
    let (_, name) = claim.iter().find(|(tag, _)| tag.is_none()).or_else(|| claim.iter().next())?;
    let name = name.replace(char::is_control, " ");
    let name: String = name.trim().chars().take(NAME).collect();
    (!name.is_empty()).then_some(name)
}
