//! Starting and stopping the HTTP server; what surrounds every request.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use innocap_app::Innocap;
use tokio::sync::watch;

use crate::extract::MERGE_PATCH;
use crate::middleware::quotas::{Quotas, RateLimits};
use crate::middleware::{
    accept, compression, conditional, cors, idempotency, prefer, quotas as limits, surround, time,
};
use crate::problem::Problem;
use crate::routes;

/// Seconds that requests under way are given when the server stops.
const SHUTDOWN_SECONDS: u64 = 10;

/// How the server listens.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Threads that answer; 0 takes one for each core.
    pub workers: usize,
    /// Whether a proxy stands before it, which adds the address of whoever asks to X-Forwarded-For.
    pub behind_proxy: bool,
    /// How much one caller may ask.
    pub rate_limits: RateLimits,
    /// How long an answer may take, for operations to which the contract gives no time of their own.
    pub time_limit: Duration,
    /// The origins whose pages may call the API, `*` for all; none where it is empty.
    pub cors_origins: Vec<String>,
}

/// What handlers share.
pub(crate) struct State {
    pub innocap: Innocap,
    pub behind_proxy: bool,
    pub quotas: Quotas,
    pub time_limit: Duration,
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
    let quotas = Quotas::new(&options.rate_limits, innocap.clock());
    let (behind_proxy, time_limit) = (options.behind_proxy, options.time_limit);
    let state = web::Data::new(State { innocap, behind_proxy, quotas, time_limit });
    let origins = options.cors_origins.clone();
    let mut server = HttpServer::new(move || {
        let faults: Rc<[String]> = origins.clone().into();
        // The last is the outermost.
        App::new()
            .app_data(state.clone())
            .wrap(from_fn(idempotency::once))
            .wrap(from_fn(prefer::minimal))
            .wrap(from_fn(conditional::validate))
            .wrap(from_fn(time::limit))
            .wrap(from_fn(accept::check))
            .wrap(from_fn(limits::limit))
            .wrap(from_fn(surround::surround))
            .wrap(from_fn(compression::mark))
            .wrap(Compress::default())
            .wrap(from_fn(compression::unmark))
            .wrap(Condition::new(!origins.is_empty(), cors::allow(&origins)))
            .wrap(from_fn(move |request, next| cors::allow_faults(Rc::clone(&faults), request, next)))
            .configure(routes::configure)
            .default_service(web::to(unknown))
    })
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .client_request_timeout(Duration::from_secs(10))
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
    if methods.is_empty() {
        return Err(Problem::new("not_found", "there is nothing at this address; /api/v1/docs lists what there is"));
    }
    if request.method() != Method::OPTIONS {
        return Err(Problem::method_not_allowed(&methods));
    }
    let mut response = HttpResponse::NoContent();
    if methods.iter().any(|method| method == "PATCH") {
        response.insert_header(("accept-patch", MERGE_PATCH));
    }
    Ok(response.insert_header((ALLOW, methods.join(", "))).finish())
}
