//! Starting and stopping the HTTP server; what surrounds every request.

use std::net::SocketAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{App, HttpMessage, HttpRequest, HttpResponse, HttpServer, web};
use innocap_app::Innocap;
use tokio::sync::watch;
use tracing::Instrument;
use uuid::Uuid;

use crate::pages::errors;
use crate::pages::visitor::SignedInMark;
use crate::problem::Problem;
use crate::routes;

/// Seconds that requests under way are given when the server stops.
const SHUTDOWN_SECONDS: u64 = 10;
/// Longest identifier of a request that is taken over from a proxy.
const REQUEST_ID_MOST: usize = 100;

/// How the server listens.
#[derive(Debug, Clone, Copy)]
pub struct HttpOptions {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Threads that answer; 0 takes one for each core.
    pub workers: usize,
    /// Whether a proxy stands before it, which adds the address of whoever asks to X-Forwarded-For.
    pub behind_proxy: bool,
}

/// What handlers share.
pub(crate) struct State {
    pub innocap: Innocap,
    pub behind_proxy: bool,
}

/// A running server.
pub struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    ended: watch::Receiver<bool>,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers what is under way, then stops.
    pub async fn stop(&self) {
        self.handle.stop(true).await;
    }

    /// Returns when the server has ended.
    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

/// Starts a server in threads of its own.
///
/// # Errors
/// An address that cannot be listened on.
pub fn start(innocap: Innocap, options: &HttpOptions) -> std::io::Result<Server> {
    let state = web::Data::new(State { innocap, behind_proxy: options.behind_proxy });
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(from_fn(surround))
            .wrap(Compress::default())
            .configure(routes::configure)
            .default_service(web::to(unknown))
    })
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .client_request_timeout(std::time::Duration::from_secs(10))
    // The program listens to signals itself: the indexer must stop as well.
    .disable_signals();
    if options.workers > 0 {
        server = server.workers(options.workers);
    }
    let server = server.bind(options.listen)?;
    let address = server.addrs().first().copied().unwrap_or(options.listen);
    let running = server.run();
    let handle = running.handle();
    let (tell, ended) = watch::channel(false);
    // actix runs on a runtime of its own kind, in a thread of its own.
    std::thread::Builder::new().name("http".to_owned()).spawn(move || {
        if let Err(error) = actix_web::rt::System::new().block_on(running) {
            tracing::error!(%error, "the server failed");
        }
        tell.send_replace(true);
    })?;
    Ok(Server { address, handle, ended })
}

/// What no route knows: another method of a known path, or nothing.
async fn unknown(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let methods = routes::methods_of(request.path());
    Err(if methods.is_empty() {
        Problem::new("not_found", "there is nothing at this address; /api/v1/docs lists what there is")
    } else {
        Problem::method_not_allowed(&methods)
    })
}

fn is_html(response: &ServiceResponse<impl MessageBody>) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("text/html"))
}

/// Gives each request an identifier and a log line, and each answer its security headers.
async fn surround(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let name = HeaderName::from_static("x-request-id");
    let given = request.headers().get(&name).and_then(|v| v.to_str().ok());
    let usable = given.filter(|id| id.len() <= REQUEST_ID_MOST && id.bytes().all(|b| b.is_ascii_graphic()));
    let id = usable.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
    let span = tracing::info_span!("request", request.id = id);
    let method = request.method().clone();
    // The pattern, not the path: query strings hold what people wrote.
    let route = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let started = std::time::Instant::now();
    let is_page =
        !["/api/", "/health/", "/oauth/", "/.well-known/"].iter().any(|start| request.path().starts_with(start));
    let response = next.call(request).instrument(span.clone()).await?;
    let status = response.status();
    // People get a page with a way on, in place of the problem document that programs get.
    let page = (is_page && status.as_u16() >= 400 && !is_html(&response))
        .then(|| errors::page(response.request(), status))
        .flatten();
    let mut response = match page {
        Some(page) => {
            let allow = response.headers().get(header::ALLOW).cloned();
            let mut response = response.into_response(page).map_into_right_body();
            if let Some(allow) = allow {
                response.headers_mut().insert(header::ALLOW, allow);
            }
            response
        }
        None => response.map_into_left_body(),
    };
    let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
    let status = status.as_u16();
    span.in_scope(|| tracing::info!(%method, route, status, duration_ms, "answered"));
    let is_signed_in = response.request().extensions().contains::<SignedInMark>();
    let headers = response.headers_mut();
    // What somebody sees who is signed in is nobody else's to keep.
    if is_signed_in && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(name, value);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
