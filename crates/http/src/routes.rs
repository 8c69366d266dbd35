//! All routes, in one list, grouped by who calls them.

use actix_web::web::{self, ServiceConfig};
use innocap_domain::{Challenge, Organisation, Solution};

use crate::api::{documents, feedback, health, records, suggestions, vocabularies};
use crate::pages::{challenges, docs, organisations, solutions, start, suggestions as ask};

/// Registers each route and keeps the lists: of the pages, and of what the specification describes.
macro_rules! routes {
    (
        pages { $($page_method:ident $page_path:literal => $page:expr;)* }
        contract { $($method:ident $path:literal => $handler:expr;)* }
    ) => {
        /// The pages for people: method in lower case and path.
        pub const PAGES: &[(&str, &str)] = &[$((stringify!($page_method), $page_path)),*];
        /// Every route of the contract: method in lower case and path.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        pub(crate) fn configure(config: &mut ServiceConfig) {
            $(config.route($page_path, web::$page_method().to($page));)*
            $(config.route($path, web::$method().to($handler));)*
        }
    };
}

routes! {
pages {
    // People with a browser.
    get "/suggestions" => ask::for_text;
    get "/challenges" => challenges::list;
    get "/challenges/{id}" => challenges::detail;
    get "/challenges/{id}/suggestions" => ask::for_challenge;
    get "/solutions" => solutions::list;
    get "/solutions/{id}" => solutions::detail;
    get "/solutions/{id}/challenges" => solutions::needs;
    get "/organisations/{id}" => organisations::detail;

    // Search engines.
    get "/robots.txt" => start::robots;
}
contract {
    // People with a browser.
    get "/" => start::page;
    get "/api/v1/docs" => docs::page;
    get "/style.css" => start::style;

    // Whoever watches over the process.
    get "/health/live" => health::live;
    get "/health/ready" => health::ready;

    // Integrators: the contract.
    get "/api/v1/openapi.json" => documents::openapi;
    get "/api/v1/errors" => documents::errors;

    // Integrators: organisations.
    get "/api/v1/organisations" => records::list::<Organisation>;
    post "/api/v1/organisations" => records::create::<Organisation>;
    get "/api/v1/organisations/{id}" => records::find::<Organisation>;
    put "/api/v1/organisations/{id}" => records::replace::<Organisation>;
    patch "/api/v1/organisations/{id}" => records::patch::<Organisation>;
    post "/api/v1/organisations/{id}/publish" => records::publish::<Organisation>;
    post "/api/v1/organisations/{id}/archive" => records::archive::<Organisation>;

    // Integrators: challenges.
    get "/api/v1/challenges" => records::list::<Challenge>;
    post "/api/v1/challenges" => records::create::<Challenge>;
    get "/api/v1/challenges/{id}" => records::find::<Challenge>;
    put "/api/v1/challenges/{id}" => records::replace::<Challenge>;
    patch "/api/v1/challenges/{id}" => records::patch::<Challenge>;
    post "/api/v1/challenges/{id}/publish" => records::publish::<Challenge>;
    post "/api/v1/challenges/{id}/archive" => records::archive::<Challenge>;
    get "/api/v1/challenges/{id}/suggestions" => suggestions::for_challenge;
    put "/api/v1/challenges/{id}/suggestions/{solution}/feedback" => feedback::give;
    delete "/api/v1/challenges/{id}/suggestions/{solution}/feedback" => feedback::withdraw;

    // Integrators: solutions.
    get "/api/v1/solutions" => records::list::<Solution>;
    post "/api/v1/solutions" => records::create::<Solution>;
    get "/api/v1/solutions/{id}" => records::find::<Solution>;
    put "/api/v1/solutions/{id}" => records::replace::<Solution>;
    patch "/api/v1/solutions/{id}" => records::patch::<Solution>;
    post "/api/v1/solutions/{id}/publish" => records::publish::<Solution>;
    post "/api/v1/solutions/{id}/archive" => records::archive::<Solution>;
    get "/api/v1/solutions/{id}/challenges" => suggestions::for_solution;

    // Integrators: suggestions for a need that is not stored, and the codes.
    post "/api/v1/suggestions" => suggestions::for_text;
    get "/api/v1/vocabularies/{scheme}" => vocabularies::list;
    get "/api/v1/vocabularies/{scheme}/{code}" => vocabularies::find;

    // The operator.
    get "/api/v1/feedback" => feedback::list;
}
}

/// The methods that a path knows, in upper case; empty where there is no such path.
pub(crate) fn methods_of(path: &str) -> Vec<String> {
    let matches = |pattern: &str| {
        let (mut given, mut wanted) = (path.split('/'), pattern.split('/'));
        loop {
            match (given.next(), wanted.next()) {
                (None, None) => return true,
                (Some(part), Some(pattern)) if part == pattern || (pattern.starts_with('{') && !part.is_empty()) => {}
                _ => return false,
            }
        }
    };
    PAGES
        .iter()
        .chain(ROUTES)
        .filter(|(_, pattern)| matches(pattern))
        .map(|(method, _)| method.to_uppercase())
        .collect()
}
