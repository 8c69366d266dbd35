//! All routes, in one list, grouped by who calls them.

use actix_web::web::{self, ServiceConfig};
use innocap_domain::{Challenge, Organisation, Solution};

use crate::api::{
    accounts, documents, feedback, health, inside, me, moderation, oauth, operation, records, suggestions, vocabularies,
};
use crate::pages::{account, challenges, docs, organisations, sign_in, solutions, start, suggestions as ask};

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

    // Whoever is not signed in yet, and the links in mails.
    get "/sign-in" => sign_in::sign_in_form;
    post "/sign-in" => sign_in::sign_in;
    post "/sign-in/provider/{id}" => sign_in::provider;
    get "/sign-in/callback" => sign_in::provider_back;
    post "/sign-in/passkey/options" => sign_in::passkey_options;
    post "/sign-in/passkey" => sign_in::passkey;
    post "/sign-out" => sign_in::sign_out;
    get "/sign-up" => sign_in::sign_up_form;
    post "/sign-up" => sign_in::sign_up;
    get "/confirm" => sign_in::confirm_form;
    post "/confirm" => sign_in::confirm;
    get "/confirm-address" => sign_in::confirm_address_form;
    post "/confirm-address" => sign_in::confirm_address;
    get "/forgot" => sign_in::forgot_form;
    post "/forgot" => sign_in::forgot;
    get "/reset" => sign_in::reset_form;
    post "/reset" => sign_in::reset;
    get "/invitation" => account::invitation_form;
    post "/invitation" => account::invitation;

    // One's own account.
    get "/account" => account::page;
    get "/account/name" => account::name_form;
    post "/account/name" => account::name;
    get "/account/password" => account::password_form;
    post "/account/password" => account::password;
    get "/account/address" => account::address_form;
    post "/account/address" => account::address;
    get "/account/erase" => account::erase_form;
    post "/account/erase" => account::erase;
    get "/account/data" => account::data;
    post "/account/confirmation" => account::resend;
    post "/account/sessions" => account::end_session;
    post "/account/passkeys/remove" => account::remove_passkey;
    post "/account/identities/remove" => account::unlink;
    get "/passkeys.js" => start::passkeys;

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

    // Programs that get and check tokens.
    post "/oauth/token" => oauth::token;
    post "/oauth/revoke" => oauth::revoke;
    get "/.well-known/jwks.json" => oauth::keys;
    get "/.well-known/oauth-authorization-server" => oauth::metadata;

    // People who are not signed in yet.
    post "/api/v1/accounts" => accounts::sign_up;
    post "/api/v1/accounts/confirm" => accounts::confirm;
    post "/api/v1/accounts/reset" => accounts::request_reset;
    post "/api/v1/accounts/reset/confirm" => accounts::reset;
    post "/api/v1/accounts/address/confirm" => accounts::change_address;
    post "/api/v1/sign-in" => accounts::sign_in;

    // People with an account.
    get "/api/v1/me" => me::find;
    patch "/api/v1/me" => me::update;
    post "/api/v1/me/erase" => me::erase;
    get "/api/v1/me/data" => me::data;
    post "/api/v1/me/password" => me::change_password;
    post "/api/v1/me/address" => me::change_address;
    post "/api/v1/me/confirmation" => me::resend_confirmation;
    get "/api/v1/me/sessions" => me::sessions;
    delete "/api/v1/me/sessions" => me::end_sessions;
    delete "/api/v1/me/sessions/{id}" => me::end_session;
    get "/api/v1/me/passkeys" => me::passkeys;
    delete "/api/v1/me/passkeys/{id}" => me::remove_passkey;
    post "/api/v1/me/invitations" => me::accept_invitation;

    // Members of an organisation.
    get "/api/v1/organisations/{id}/standing" => inside::standing;
    post "/api/v1/organisations/{id}/domain" => inside::prove_domain;
    get "/api/v1/organisations/{id}/members" => inside::members;
    patch "/api/v1/organisations/{id}/members/{person}" => inside::change_member;
    delete "/api/v1/organisations/{id}/members/{person}" => inside::remove_member;
    get "/api/v1/organisations/{id}/invitations" => inside::invitations;
    post "/api/v1/organisations/{id}/invitations" => inside::invite;
    delete "/api/v1/organisations/{id}/invitations/{invitation}" => inside::withdraw_invitation;
    get "/api/v1/organisations/{id}/clients" => inside::clients;
    post "/api/v1/organisations/{id}/clients" => inside::create_client;
    put "/api/v1/organisations/{id}/clients/{client}" => inside::change_client;
    delete "/api/v1/organisations/{id}/clients/{client}" => inside::delete_client;
    post "/api/v1/organisations/{id}/clients/{client}/secret" => inside::renew_secret;
    get "/api/v1/organisations/{id}/audit" => inside::audit;

    // Anyone who sees something wrong.
    post "/api/v1/organisations/{id}/reports" => moderation::report::<Organisation>;
    post "/api/v1/challenges/{id}/reports" => moderation::report::<Challenge>;
    post "/api/v1/solutions/{id}/reports" => moderation::report::<Solution>;

    // Moderators.
    get "/api/v1/reviews" => moderation::reviews;
    post "/api/v1/reviews/{id}/decision" => moderation::decide_review;
    get "/api/v1/reports" => moderation::reports;
    post "/api/v1/reports/{id}/decision" => moderation::decide_report;
    post "/api/v1/organisations/{id}/suspend" => moderation::suspend::<Organisation>;
    post "/api/v1/organisations/{id}/restore" => moderation::restore::<Organisation>;
    post "/api/v1/challenges/{id}/suspend" => moderation::suspend::<Challenge>;
    post "/api/v1/challenges/{id}/restore" => moderation::restore::<Challenge>;
    post "/api/v1/solutions/{id}/suspend" => moderation::suspend::<Solution>;
    post "/api/v1/solutions/{id}/restore" => moderation::restore::<Solution>;

    // The operator.
    get "/api/v1/feedback" => feedback::list;
    post "/api/v1/organisations/{id}/verify" => moderation::verify;
    post "/api/v1/organisations/{id}/unverify" => moderation::unverify;
    get "/api/v1/people" => operation::people;
    patch "/api/v1/people/{id}" => operation::set_role;
    post "/api/v1/people/{id}/suspend" => operation::suspend_person;
    post "/api/v1/people/{id}/restore" => operation::restore_person;
    get "/api/v1/audit" => operation::audit;
    get "/api/v1/outbox" => operation::outbox;
    post "/api/v1/outbox/{id}/retry" => operation::retry_mail;
    delete "/api/v1/outbox/{id}" => operation::delete_mail;
    post "/api/v1/keys/rotate" => operation::rotate_keys;
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
