//! Forms for people: what is asked, what was typed, and what is wrong with it, on one page.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use innocap_app::{AppError, Innocap};

use super::layout::{Choice, render_as};
use super::texts::InterfaceTexts;
use super::visitor::Visitor;
use crate::problem::Problem;

/// A field of a form.
pub(crate) struct Field {
    pub name: &'static str,
    /// What it is called on the page, which may hold several forms.
    pub id: String,
    /// The type of the input, or `select`, `textarea`, `checkboxes`.
    pub kind: &'static str,
    pub label: String,
    pub hint: Option<String>,
    pub value: String,
    pub fault: Option<String>,
    pub autocomplete: &'static str,
    pub choices: Vec<Choice>,
    pub required: bool,
    /// Characters at most; zero where nothing is said.
    pub longest: usize,
    /// Lines of a `textarea`.
    pub rows: usize,
}

impl Field {
    pub(super) fn new(name: &'static str, kind: &'static str, label: String, autocomplete: &'static str) -> Self {
        let (value, choices) = (String::new(), Vec::new());
        let (hint, fault, id) = (None, None, name.to_owned());
        Self { name, id, kind, label, hint, value, fault, autocomplete, choices, required: true, longest: 0, rows: 4 }
    }

    /// A field that may stay empty.
    pub(super) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// A field of at most so many characters.
    pub(super) fn within(mut self, longest: usize) -> Self {
        self.longest = longest;
        self
    }

    /// A text of so many lines.
    pub(super) fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// The same field in one of several forms of a page.
    pub(super) fn of_form(mut self, form: &str) -> Self {
        self.id = format!("{}-{form}", self.name);
        self
    }

    /// The field with what was typed. Passwords are typed again.
    pub(super) fn with(mut self, value: &str) -> Self {
        if self.kind != "password" {
            value.clone_into(&mut self.value);
        }
        self
    }

    pub(super) fn hinted(mut self, hint: String) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(super) fn choosing(mut self, choices: Vec<Choice>) -> Self {
        self.choices = choices;
        self
    }

    /// What was sent for this field.
    pub(super) fn fill(&mut self, sent: &crate::extract::Form) {
        let values: Vec<&str> =
            sent.0.iter().filter(|(name, _)| name == self.name).map(|(_, value)| value.as_str()).collect();
        for choice in &mut self.choices {
            choice.chosen = values.contains(&choice.value.as_str());
        }
        if self.kind != "password" {
            values.first().copied().unwrap_or_default().clone_into(&mut self.value);
        }
    }

    pub(super) fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let fault = self.fault.as_ref().map(|_| format!("{}-fault", self.id));
        hint.into_iter().chain(fault).collect::<Vec<_>>().join(" ")
    }
}

/// A page with one form, or where there is nothing to fill in with a message alone.
#[derive(Template)]
#[template(path = "form.html")]
pub(super) struct FormPage {
    pub texts: InterfaceTexts,
    pub title: String,
    pub lead: Vec<String>,
    /// Where the form goes; without one there is no form.
    pub action: Option<String>,
    pub token: String,
    pub hidden: Vec<(String, String)>,
    pub fields: Vec<Field>,
    pub button: String,
    /// What is wrong with all of it.
    pub fault: Option<String>,
    /// Other ways on: address and label.
    pub links: Vec<(String, String)>,
    /// Identity providers to sign in with: where the form goes, and the name to show.
    pub providers: Vec<(String, String)>,
    pub passkeys: bool,
    /// What is said where things stand in the way.
    pub conflict: &'static str,
}

impl FormPage {
    pub(super) fn new(texts: InterfaceTexts, visitor: &Visitor, title: &str) -> Result<Self, Problem> {
        Ok(Self {
            title: texts.get(title),
            texts,
            lead: Vec::new(),
            action: None,
            token: visitor.form_token()?,
            hidden: Vec::new(),
            fields: Vec::new(),
            button: String::new(),
            fault: None,
            links: Vec::new(),
            providers: Vec::new(),
            passkeys: false,
            conflict: "fault-conflict",
        })
    }

    /// The form, sent to `action` by a button with this label.
    pub(super) fn asking(mut self, action: &str, button: &str, fields: Vec<Field>) -> Self {
        self.action = Some(action.to_owned());
        self.button = self.texts.get(button);
        self.fields = fields;
        self
    }

    pub(super) fn saying(mut self, message: &str) -> Self {
        self.lead.push(self.texts.get(message));
        self
    }

    pub(super) fn leading(mut self, address: &str, label: &str) -> Self {
        self.links.push((self.texts.to(address), self.texts.get(label)));
        self
    }

    /// The fields that have a fault.
    fn faulty(&self) -> Vec<&Field> {
        self.fields.iter().filter(|field| field.fault.is_some()).collect()
    }

    pub(super) fn answer(&self, innocap: &Innocap, visitor: &Visitor) -> Result<HttpResponse, Problem> {
        self.answer_as(StatusCode::OK, innocap, visitor)
    }

    fn answer_as(&self, status: StatusCode, innocap: &Innocap, visitor: &Visitor) -> Result<HttpResponse, Problem> {
        Ok(visitor.with_cookies(innocap, render_as(status, self, self.texts.code())?))
    }

    /// The same form again, with what is wrong. What only the service can mend becomes an error page.
    pub(super) fn refused(
        mut self,
        error: AppError,
        innocap: &Innocap,
        visitor: &Visitor,
    ) -> Result<HttpResponse, Problem> {
        let (status, whole) = explain(&self.texts, error, self.conflict, &mut self.fields)?;
        self.fault = whole.or(self.fault);
        self.answer_as(status, innocap, visitor)
    }
}

/// What is said of an error that whoever filled in a form can mend: its status, and what is wrong with all of it. Faults of
/// single fields are written to those. Any other error is handed back for an error page.
pub(super) fn explain(
    texts: &InterfaceTexts,
    error: AppError,
    conflict: &str,
    fields: &mut [Field],
) -> Result<(StatusCode, Option<String>), Problem> {
    let says = |status, message: &str| Ok((status, Some(texts.get(message))));
    match &error {
        AppError::Invalid(violations) => {
            let mut whole = None;
            for violation in &violations.0 {
                let text = fault(texts, violation.code);
                match fields.iter_mut().find(|field| is_about(field.name, &violation.pointer)) {
                    Some(field) => field.fault = Some(text),
                    None => whole = Some(text),
                }
            }
            Ok((StatusCode::UNPROCESSABLE_ENTITY, whole))
        }
        AppError::WrongCredentials => says(StatusCode::UNAUTHORIZED, "fault-wrong-credentials"),
        AppError::Ended => says(StatusCode::GONE, "fault-ended"),
        AppError::Conflict(_) => says(StatusCode::CONFLICT, conflict),
        AppError::Forbidden(_) => says(StatusCode::FORBIDDEN, "fault-forbidden"),
        AppError::TooMany { seconds } => {
            Ok((StatusCode::TOO_MANY_REQUESTS, Some(texts.count("fault-too-many", *seconds))))
        }
        _ => Err(error.into()),
    }
}

/// Whether a fault at `pointer` of the document is one of the field of this name, which stands for that member or for all
/// below it.
fn is_about(name: &str, pointer: &str) -> bool {
    pointer.split('/').any(|part| part == name)
}

/// What is wrong with a field, by the code of its fault.
fn fault(texts: &InterfaceTexts, code: &str) -> String {
    texts.get(match code {
        "required" => "fault-required",
        "too_short" => "fault-too-short",
        "too_long" => "fault-too-long",
        "common_password" => "fault-common-password",
        "personal_password" => "fault-personal-password",
        "not_applicable" | "wrong_country" => "fault-not-applicable",
        "out_of_range" => "fault-out-of-range",
        "invalid_code" | "wrong_type" | "invalid_date" | "invalid_address" | "check_digit" => "fault-form",
        _ => "fault-other",
    })
}

/// Sends the browser on after a form was taken, so that going back or loading again sends nothing twice.
pub(super) fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// An address on this site to go on to: a path, and nothing that a browser would take for another site.
pub(super) fn safe_next(next: &str) -> &str {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control())
        && next.len() <= 500;
    if plain { next } else { "/account" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        for next in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:x",
            "",
            "/a\r\nb",
        ] {
            assert_eq!(safe_next(next), "/account", "{next:?}");
        }
        assert_eq!(safe_next("/challenges/1?lang=sv"), "/challenges/1?lang=sv");
    }
}
