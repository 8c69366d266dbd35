//! `innocap serve`: the API, and beside it the indexer, the housekeeping and the sending to webhooks.

use std::time::Duration;

use innocap_app::{Clock, Innocap};
use innocap_http::{HttpOptions, RateLimits, Server};

use super::print;
use crate::cli::Settings;
use crate::{Failure, wiring};

pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let innocap = wiring::start(settings, Clock::system()).await?;
    innocap.close_demo().await?;
    serve(settings, innocap).await
}

/// Serves until the process is asked to end (SIGTERM, SIGINT), then answers what is under way and stops.
pub async fn serve(settings: &Settings, innocap: Innocap) -> Result<(), Failure> {
    let running = Running::start(settings, innocap).await?;
    print(&format!("\nInnocap answers on http://{}/ (Ctrl-C ends it)\n", running.address))?;
    tokio::select! {
        () = terminated() => tracing::info!("asked to end"),
        () = running.server.ended() => tracing::warn!("the server has ended by itself"),
    }
    running.stop().await;
    Ok(())
}

/// A server with its indexer, its housekeeping, its sending to webhooks and its harvests.
pub struct Running {
    /// Where it listens.
    pub address: std::net::SocketAddr,
    /// What it serves.
    pub innocap: Innocap,
    server: Server,
    indexer: tokio::task::JoinHandle<()>,
    house: tokio::task::JoinHandle<()>,
    webhooks: tokio::task::JoinHandle<()>,
    harvests: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Starts listening and indexing.
    ///
    /// # Errors
    /// An address that cannot be listened on.
    pub async fn start(settings: &Settings, innocap: Innocap) -> Result<Self, Failure> {
        let options = HttpOptions {
            listen: settings.listen,
            workers: settings.workers,
            behind_proxy: settings.behind_proxy,
            rate_limits: RateLimits {
                client: settings.rate_client,
                person: settings.rate_person,
                address: settings.rate_address,
                pages: settings.rate_pages,
            },
            time_limit: Duration::from_secs(settings.time_limit),
            cors_origins: settings.cors_origins()?,
        };
        let server = innocap_http::start(innocap.clone(), &options)
            .map_err(|e| Failure::unavailable(format!("cannot listen on {} (INNOCAP_LISTEN): {e}", settings.listen)))?;
        let indexer = innocap.follow();
        let house = innocap.keep_house();
        let webhooks = innocap.deliver_webhooks();
        let harvests = innocap.keep_harvesting();
        Ok(Self { address: server.address(), innocap, server, indexer, house, webhooks, harvests })
    }

    /// Answers what is under way, then stops.
    pub async fn stop(self) {
        self.innocap.stop();
        self.server.stop().await;
        let _ = self.indexer.await;
        let _ = self.house.await;
        let _ = self.webhooks.await;
        let _ = self.harvests.await;
    }
}

async fn terminated() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
