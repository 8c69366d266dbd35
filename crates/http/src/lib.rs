//! HTTP: the JSON API and the pages over the same use cases. The only crate that names actix-web.
//!
//! A handler extracts, calls the app layer once, and answers. All routes stand in [`routes`].

mod api;
mod extract;
mod middleware;
mod pages;
mod problem;
mod reader;
mod routes;
mod server;
mod spec;

/// The archive of plain files.
pub mod archive {
    pub use crate::pages::archive::write;
}

pub use middleware::quotas::RateLimits;
pub use routes::{PAGES, ROUTES};
pub use server::{HttpOptions, Server, start};
pub use spec::OPENAPI_YAML;
