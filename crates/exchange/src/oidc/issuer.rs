//! What an issuer publishes about itself, fetched when it is needed and kept for a while.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AsyncHttpClient, AuthType, ClientId, ClientSecret, DiscoveryError, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadata, RedirectUrl,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use super::{OidcConfigError, OidcError, OidcIssuer};
use crate::client::{Client, ClientError, Limits};

/// How long a discovery document and keys are taken for true: a key that the issuer withdrew is ours no longer then.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// How long an unknown key, or an issuer that does not answer, is not asked about again.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);
/// How long an issuer that did not answer is left alone. Shorter, since people wait for it.
const BREATH: TimeDelta = TimeDelta::seconds(5);

/// Fields beyond OpenID Connect Discovery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Extra {
    /// RFC 9207, section 3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub(super) type OidcClient =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What an issuer said about itself, its keys included.
pub(super) struct Known {
    pub(super) metadata: Metadata,
    fetched_at: DateTime<Utc>,
}

impl Known {
    /// Whether the issuer says that it names itself in its answers.
    pub(super) fn tells_issuer(&self) -> bool {
        self.metadata.additional_metadata().authorization_response_iss_parameter_supported
    }
}

#[derive(Default)]
struct Memory {
    known: Option<Arc<Known>>,
    failed_at: Option<DateTime<Utc>>,
}

/// One issuer.
pub(super) struct Issuer {
    pub(super) config: OidcIssuer,
    url: IssuerUrl,
    client: Client,
    // Held while asking, so that many who sign in at once ask once.
    memory: Mutex<Memory>,
}

impl Issuer {
    pub(super) fn new(config: OidcIssuer) -> Result<Self, OidcConfigError> {
        let url = IssuerUrl::new(config.issuer.clone()).map_err(|_| OidcConfigError::Address(config.id.clone()))?;
        let limits = Limits {
            timeout: Duration::from_secs(10),
            body_bytes: 1024 * 1024,
            // What is posted are a code and a secret, which are meant for one address only.
            redirects: Some(0),
            allow_private: config.allow_private,
        };
        let client = Client::new(limits).map_err(|_| OidcConfigError::Tls(config.id.clone()))?;
        Ok(Self { config, url, client, memory: Mutex::default() })
    }

    /// What the issuer says about itself, asked anew where that is old.
    pub(super) async fn known(&self, at: DateTime<Utc>) -> Result<Arc<Known>, OidcError> {
        let mut memory = self.memory.lock().await;
        match &memory.known {
            Some(known) if at - known.fetched_at < FRESH => Ok(known.clone()),
            _ if memory.failed_at.is_some_and(|failed| at - failed < BREATH) => {
                Err(ClientError::Unreachable("it was asked in vain a moment ago".to_owned()).into())
            }
            _ => self.fetch(&mut memory, at).await,
        }
    }

    /// What the issuer says by now, where `seen` lacks a key: `None` while it was asked less than a minute ago, so that
    /// tokens with made-up keys cost the issuer nothing.
    pub(super) async fn newer(&self, seen: &Known, at: DateTime<Utc>) -> Result<Option<Arc<Known>>, OidcError> {
        let mut memory = self.memory.lock().await;
        match &memory.known {
            Some(known) if known.fetched_at > seen.fetched_at => Ok(Some(known.clone())),
            _ if at - seen.fetched_at < PATIENCE || memory.failed_at.is_some_and(|failed| at - failed < PATIENCE) => {
                Ok(None)
            }
            _ => self.fetch(&mut memory, at).await.map(Some),
        }
    }

    async fn fetch(&self, memory: &mut Memory, at: DateTime<Utc>) -> Result<Arc<Known>, OidcError> {
        match Metadata::discover_async(self.url.clone(), &self.asker()).await {
            Ok(metadata) => {
                if !self.config.allow_private && metadata.authorization_endpoint().url().scheme() != "https" {
                    return Err(OidcError::Discovery("sends people to an address without TLS"));
                }
                let known = Arc::new(Known { metadata, fetched_at: at });
                *memory = Memory { known: Some(known.clone()), failed_at: None };
                Ok(known)
            }
            Err(error) => {
                memory.failed_at = Some(at);
                Err(match error {
                    DiscoveryError::Request(error) => OidcError::Unreachable(error),
                    DiscoveryError::Validation(_) => OidcError::Discovery("names another issuer"),
                    DiscoveryError::Response(status, ..) if !status.is_success() => {
                        OidcError::Unreachable(ClientError::Status(status.as_u16()))
                    }
                    _ => OidcError::Discovery("cannot be understood"),
                })
            }
        }
    }

    /// Innocap as a client of the issuer.
    pub(super) fn client(&self, known: &Known, redirect: &Url) -> OidcClient {
        let secret = self.config.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let methods = known.metadata.token_endpoint_auth_methods_supported();
        // An issuer that does not say takes basic authentication (OpenID Connect Discovery, section 3).
        let posts = methods.is_some_and(|methods| !methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        CoreClient::from_provider_metadata(known.metadata.clone(), ClientId::new(self.config.client_id.clone()), secret)
            .set_redirect_uri(RedirectUrl::from_url(redirect.clone()))
            .set_auth_type(if posts { AuthType::RequestBody } else { AuthType::BasicAuth })
    }

    /// Asks the issuer, within bounds.
    pub(super) fn asker(&self) -> Asker<'_> {
        Asker { client: &self.client, plain: self.config.allow_private }
    }
}

/// Our HTTP client as the library wants it.
pub(super) struct Asker<'a> {
    client: &'a Client,
    /// Whether an address may go without TLS; an issuer could otherwise name one for its token endpoint.
    plain: bool,
}

impl<'c> AsyncHttpClient<'c> for Asker<'_> {
    type Error = ClientError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ClientError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            if !self.plain && request.uri().scheme_str() != Some("https") {
                return Err(ClientError::Refused("an issuer is asked over https only".to_owned()));
            }
            self.client.send(request).await
        })
    }
}
