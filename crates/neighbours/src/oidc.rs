//! oidc-provider: a real OpenID provider, and someone who signs in there with a browser. Accounts and clients stand in
//! `tests/oidc/server.mjs`.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use url::Url;

use crate::install::install_oidc;
use crate::program::Program;

/// What the provider sends back to the redirect address, by name.
pub type Callback = BTreeMap<String, String>;

/// A running OpenID provider at a loopback address; it ends when it is dropped.
pub struct OidcProvider {
    // Held for its end.
    _program: Program,
    issuer: String,
    agent: ureq::Agent,
}

impl OidcProvider {
    /// Starts a provider whose clients may be redirected to `redirects` and nowhere else.
    ///
    /// # Panics
    /// Where it cannot be installed or started: a test that needs it fails.
    pub fn start(redirects: &[&str]) -> Self {
        let (folder, node) = install_oidc().unwrap_or_else(|why| panic!("{why}"));
        let program = Program::start(Command::new(node).arg("server.mjs").args(redirects).current_dir(folder));
        let issuer = program.line();
        let agent = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into();
        Self { _program: program, issuer, agent }
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Makes new signing keys and forgets those before.
    pub fn rotate_keys(&self) {
        self.chore("rotate", &json!({}));
    }

    /// Bends the next ID token: `claims` replace its own, `alg` its algorithm, and `foreign` its key.
    pub fn bend_id_token(&self, how: &Value) {
        self.chore("id-token", how);
    }

    /// Replaces fields of the discovery document from now on; an empty object takes that back.
    pub fn bend_discovery(&self, fields: &Value) {
        self.chore("discovery", fields);
    }

    fn chore(&self, name: &str, body: &Value) {
        let answer = self.agent.post(format!("{}/test/{name}", self.issuer)).send_json(body);
        assert_eq!(answer.expect("the provider answers").status(), 200);
    }

    /// Opens an authorization address as a browser does, signs in as `login`, agrees to what is asked, and gives what
    /// the provider sends to the redirect address.
    ///
    /// # Panics
    /// Where the provider refuses the request.
    pub fn sign_in(&self, authorization: &Url, login: &str) -> Callback {
        self.browse(authorization, Some(login))
    }

    /// As [`Self::sign_in`], but the person thinks better of it.
    pub fn cancel(&self, authorization: &Url) -> Callback {
        self.browse(authorization, None)
    }

    fn browse(&self, authorization: &Url, login: Option<&str>) -> Callback {
        let mut cookies = BTreeMap::new();
        let mut next = (authorization.clone(), None);
        for _ in 0..20 {
            let (page, location) = self.open(&next.0, next.1.as_deref(), &mut cookies);
            next = match (location, login) {
                (Some(url), _) if !url.as_str().starts_with(&self.issuer) => {
                    return url.query_pairs().into_owned().collect();
                }
                (Some(url), _) => (url, None),
                (None, Some(login)) => {
                    let action = between(&page, "action=\"", "\"").unwrap_or_else(|| panic!("no form in {page}"));
                    let prompt = between(&page, "name=\"prompt\" value=\"", "\"").expect("a form says what it is for");
                    let form = url::form_urlencoded::Serializer::new(String::new())
                        .append_pair("prompt", prompt)
                        .append_pair("login", login)
                        .append_pair("password", "any")
                        .finish();
                    (Url::parse(action).expect("a form has an address"), Some(form))
                }
                (None, None) => {
                    let abort = page.split("href=\"").find(|part| part.contains("/abort")).expect("a way out");
                    (Url::parse(abort.split('"').next().unwrap_or_default()).expect("an address"), None)
                }
            };
        }
        panic!("the sign-in does not come to an end");
    }

    /// Opens one address, or posts a form to it: the page, or where it sends on to.
    fn open(&self, url: &Url, form: Option<&str>, cookies: &mut BTreeMap<String, String>) -> (String, Option<Url>) {
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let sent = sent.join("; ");
        let answer = match form {
            None => self.agent.get(url.as_str()).header("cookie", sent).call(),
            Some(form) => self
                .agent
                .post(url.as_str())
                .header("cookie", sent)
                .content_type("application/x-www-form-urlencoded")
                .send(form),
        };
        let mut answer = answer.expect("the provider answers");
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = cookie.split_once('=') {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer.headers().get("location").and_then(|to| to.to_str().ok());
        let location = location.map(|to| url.join(to).expect("a location is an address"));
        let status = answer.status();
        let page = answer.body_mut().read_to_string().unwrap_or_default();
        assert!(status.is_success() || location.is_some(), "{url} answers {status}: {page}");
        (page, location)
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}
