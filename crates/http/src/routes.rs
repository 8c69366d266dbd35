//! All routes, in one list, grouped by who calls them.

use actix_web::Route;
use actix_web::web::{self, ServiceConfig};
use innocap_domain::{Challenge, Organisation, Solution};

use crate::api::{
    accounts, bulk, documents, feedback, formats, health, inside, me, moderation, oauth, operation, records, shortlist,
    suggestions, vocabularies, webhooks,
};
use crate::pages::lifecycle::{Archive, Close, Dialogue, Publish, Renew, Report};
use crate::pages::{
    about, account, challenges, docs, feeds, inside as desks, lifecycle, lists, my, operator, organisations, picture,
    shortlists, sign_in, sitemap, solutions, start, suggestions as ask, webhooks as hooks, writing,
};

/// Where what programs ask begins.
const API: &str = "/api/v1";

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
            // Routes are tried one after another: programs, which ask most, are not to be led past all pages.
            let mut api = web::scope(API);
            let mut others = Vec::new();
            let mut add = |path: &'static str, route: Route| match path.strip_prefix(API) {
                Some(rest) => api = std::mem::replace(&mut api, web::scope("")).route(rest, route),
                None => others.push((path, route)),
            };
            $(add($path, web::$method().to($handler));)*
            $(add($page_path, web::$page_method().to($page));)*
            config.service(api);
            for (path, route) in others {
                config.route(path, route);
            }
        }
    };
}

routes! {
pages {
    // People with a browser.
    get "/suggestions" => ask::for_text;
    get "/challenges" => lists::challenges;
    get "/challenges/new" => writing::new_challenge;
    post "/challenges/new" => writing::create_challenge;
    get "/challenges/{id}" => challenges::detail;
    get "/challenges/{id}/edit" => writing::edit_challenge;
    post "/challenges/{id}/edit" => writing::change_challenge;
    get "/challenges/{id}/suggestions" => ask::for_challenge;
    get "/compare" => shortlists::compare;
    get "/solutions" => lists::solutions;
    get "/solutions/new" => writing::new_solution;
    post "/solutions/new" => writing::create_solution;
    get "/solutions/{id}" => solutions::detail;
    get "/solutions/{id}/edit" => writing::edit_solution;
    post "/solutions/{id}/edit" => writing::change_solution;
    get "/solutions/{id}/challenges" => solutions::needs;
    get "/organisations/new" => writing::new_organisation;
    post "/organisations/new" => writing::create_organisation;
    get "/organisations/{id}" => organisations::detail;
    get "/organisations/{id}/edit" => writing::edit_organisation;
    post "/organisations/{id}/edit" => writing::change_organisation;

    // What the service is and does.
    get "/icon.svg" => start::icon;
    get "/picture" => picture::page;
    get "/ranking" => about::ranking;
    get "/accessibility" => about::accessibility;
    get "/privacy" => about::privacy;

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
    get "/writing.js" => writing::script;

    // Whoever belongs to an organisation.
    get "/my" => my::page;
    get "/organisations/{id}/members" => desks::members;
    post "/organisations/{id}/members/{person}" => desks::change_member;
    post "/organisations/{id}/invitations" => desks::invite;
    post "/organisations/{id}/invitations/{invitation}" => desks::withdraw_invitation;
    get "/organisations/{id}/clients" => desks::clients;
    post "/organisations/{id}/clients" => desks::create_client;
    post "/organisations/{id}/clients/{client}" => desks::change_client;
    get "/organisations/{id}/webhooks" => hooks::page;
    post "/organisations/{id}/webhooks" => hooks::create;
    post "/organisations/{id}/webhooks/{webhook}" => hooks::change;
    get "/organisations/{id}/webhooks/{webhook}/deliveries" => hooks::deliveries;
    post "/organisations/{id}/webhooks/{webhook}/deliveries" => hooks::replay_parked;
    post "/organisations/{id}/webhooks/{webhook}/deliveries/{delivery}" => hooks::replay;
    get "/organisations/{id}/standing" => desks::standing;
    post "/organisations/{id}/standing" => desks::prove_domain;
    get "/organisations/{id}/audit" => desks::audit;

    get "/challenges/{id}/shortlist" => shortlists::page;
    get "/challenges/{id}/shortlist.csv" => shortlists::table;
    get "/challenges/{id}/shortlist.json" => shortlists::document;
    post "/challenges/{id}/shortlist/{solution}" => shortlists::change;
    post "/challenges/{id}/suggestions/{solution}" => shortlists::judge;
    get "/challenges/{id}/publish" => lifecycle::form::<Challenge, Publish>;
    post "/challenges/{id}/publish" => lifecycle::take::<Challenge, Publish>;
    get "/challenges/{id}/dialogue" => lifecycle::form::<Challenge, Dialogue>;
    post "/challenges/{id}/dialogue" => lifecycle::take::<Challenge, Dialogue>;
    get "/challenges/{id}/close" => lifecycle::form::<Challenge, Close>;
    post "/challenges/{id}/close" => lifecycle::take::<Challenge, Close>;
    get "/challenges/{id}/archive" => lifecycle::form::<Challenge, Archive>;
    post "/challenges/{id}/archive" => lifecycle::take::<Challenge, Archive>;
    get "/solutions/{id}/publish" => lifecycle::form::<Solution, Publish>;
    post "/solutions/{id}/publish" => lifecycle::take::<Solution, Publish>;
    get "/solutions/{id}/renew" => lifecycle::form::<Solution, Renew>;
    post "/solutions/{id}/renew" => lifecycle::take::<Solution, Renew>;
    get "/solutions/{id}/archive" => lifecycle::form::<Solution, Archive>;
    post "/solutions/{id}/archive" => lifecycle::take::<Solution, Archive>;

    // Anyone who sees something wrong.
    get "/challenges/{id}/report" => lifecycle::open_form::<Challenge, Report>;
    post "/challenges/{id}/report" => lifecycle::take::<Challenge, Report>;
    get "/solutions/{id}/report" => lifecycle::open_form::<Solution, Report>;
    post "/solutions/{id}/report" => lifecycle::take::<Solution, Report>;
    get "/organisations/{id}/report" => lifecycle::open_form::<Organisation, Report>;
    post "/organisations/{id}/report" => lifecycle::take::<Organisation, Report>;

    // Moderators and the operator.
    get "/operator" => operator::overview;
    get "/operator/reviews" => operator::reviews::page;
    post "/operator/reviews/{id}" => operator::reviews::decide;
    get "/operator/reports" => operator::reports::page;
    post "/operator/reports/{id}" => operator::reports::decide;
    get "/operator/people" => operator::people::page;
    post "/operator/people/{id}" => operator::people::change;
    get "/operator/outbox" => operator::outbox::page;
    post "/operator/outbox/{id}" => operator::outbox::change;
    get "/operator/index" => operator::index::page;
    post "/operator/index" => operator::index::rebuild;
    get "/operator/sources" => operator::sources::page;
    post "/operator/sources" => operator::sources::change;
    get "/operator/audit" => operator::audit::page;

    // Programs that read what pages say: search engines, feed readers.
    get "/integrators.md" => docs::guide;
    get "/robots.txt" => sitemap::robots;
    get "/sitemap.xml" => sitemap::index;
    get "/challenges.atom" => feeds::challenges;
    get "/solutions.atom" => feeds::solutions;
    get "/sitemap/{part}/{number}" => sitemap::part;
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

    // Integrators: many records at once, and a full copy that is kept up.
    post "/api/v1/imports" => bulk::import;
    get "/api/v1/imports/templates/{file}" => bulk::template;
    get "/api/v1/exports/{file}" => bulk::export;
    get "/api/v1/changes" => bulk::changes;

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
    post "/api/v1/challenges/{id}/dialogue" => records::begin_dialogue;
    post "/api/v1/challenges/{id}/close" => records::close;
    get "/api/v1/challenges/{id}/suggestions" => suggestions::for_challenge;
    get "/api/v1/challenges/{id}/shortlist" => shortlist::find;
    put "/api/v1/challenges/{id}/shortlist/{solution}" => shortlist::put;
    delete "/api/v1/challenges/{id}/shortlist/{solution}" => shortlist::take;
    put "/api/v1/challenges/{id}/suggestions/{solution}/feedback" => feedback::give;
    delete "/api/v1/challenges/{id}/suggestions/{solution}/feedback" => feedback::withdraw;

    // Integrators: solutions.
    get "/api/v1/solutions" => records::list::<Solution>;
    post "/api/v1/solutions" => records::create::<Solution>;
    get "/api/v1/solutions/{id}" => records::find::<Solution>;
    put "/api/v1/solutions/{id}" => records::replace::<Solution>;
    patch "/api/v1/solutions/{id}" => records::patch::<Solution>;
    post "/api/v1/solutions/{id}/publish" => records::publish::<Solution>;
    post "/api/v1/solutions/{id}/renew" => records::renew;
    post "/api/v1/solutions/{id}/archive" => records::archive::<Solution>;
    get "/api/v1/solutions/{id}/challenges" => suggestions::for_solution;

    // Integrators: records in the field's formats.
    get "/api/v1/challenges/{id}/ocds" => formats::ocds;
    get "/api/v1/challenges/{id}/eforms" => formats::eforms;
    get "/api/v1/challenges/{id}/jsonld" => formats::challenge_linked;
    get "/api/v1/solutions/{id}/jsonld" => formats::solution_linked;
    get "/api/v1/solutions/{id}/publiccode.yml" => formats::publiccode;

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
    get "/api/v1/organisations/{id}/webhooks" => webhooks::list;
    post "/api/v1/organisations/{id}/webhooks" => webhooks::create;
    get "/api/v1/organisations/{id}/webhooks/{webhook}" => webhooks::find;
    patch "/api/v1/organisations/{id}/webhooks/{webhook}" => webhooks::change;
    delete "/api/v1/organisations/{id}/webhooks/{webhook}" => webhooks::delete;
    post "/api/v1/organisations/{id}/webhooks/{webhook}/secret" => webhooks::rotate_secret;
    post "/api/v1/organisations/{id}/webhooks/{webhook}/ping" => webhooks::ping;
    get "/api/v1/organisations/{id}/webhooks/{webhook}/deliveries" => webhooks::deliveries;
    post "/api/v1/organisations/{id}/webhooks/{webhook}/deliveries/replay" => webhooks::replay_parked;
    get "/api/v1/organisations/{id}/webhooks/{webhook}/deliveries/{delivery}" => webhooks::find_delivery;
    post "/api/v1/organisations/{id}/webhooks/{webhook}/deliveries/{delivery}/replay" => webhooks::replay;
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
    get "/api/v1/index" => operation::index_state;
    post "/api/v1/index/rebuild" => operation::rebuild_index;
    get "/api/v1/index/sources" => operation::index_sources;
    get "/api/v1/sources" => operation::sources;
    post "/api/v1/sources/{name}/run" => operation::run_source;
    get "/api/v1/duplicates" => operation::duplicates;
    post "/api/v1/duplicates/{id}/decision" => operation::decide_duplicate;
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
    let known = PAGES.iter().chain(ROUTES).filter(|(_, pattern)| matches(pattern));
    // Whoever may get a thing may ask whether it is there.
    let mut methods = Vec::new();
    for (method, _) in known {
        methods.push(method.to_uppercase());
        if *method == "get" {
            methods.push("HEAD".to_owned());
        }
    }
    methods
}
