//! A browser as far as tests of sessions need one.

use innocap_testkit::{Answer, Instance};

/// The password of whoever signs in here.
pub const PASSWORD: &str = "seventeen reindeer on thin ice";

/// It keeps cookies and sends forms.
pub struct Browser<'a> {
    instance: &'a Instance,
    pub cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub fn new(instance: &'a Instance) -> Self {
        Self { instance, cookies: Vec::new() }
    }

    pub fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn keep(&mut self, answer: &Answer) {
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
                "{cookie}"
            );
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        let cookie = self.cookie();
        let answer = self.instance.anonymous().send("GET", path, &[("cookie", &cookie)], None);
        self.keep(&answer);
        answer
    }

    /// Sends a form without opening its page.
    pub fn send(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = fields.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect::<Vec<_>>().join("&");
        let cookie = self.cookie();
        let mut all = vec![("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        let answer = self.instance.anonymous().send("POST", path, &all, Some(&body));
        self.keep(&answer);
        answer
    }

    /// Opens a page, fills in its form and sends it.
    pub fn fill(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = token_of(&self.get(page).expect(200).text);
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        self.send(path, &all, &[])
    }

    pub fn sign_in(&mut self, next: &str) -> Answer {
        self.fill("/sign-in", "/sign-in", &[("email", "eva@example.org"), ("password", PASSWORD), ("next", next)])
    }
}

/// The token of a page's form.
pub fn token_of(page: &str) -> String {
    let rest = page.split("name=\"form_token\" value=\"").nth(1).expect("the page has a form");
    rest.split('"').next().unwrap().to_owned()
}

/// Percent-encoding of everything.
pub fn encode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}
