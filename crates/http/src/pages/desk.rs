//! Desks: pages of sections of lines, each with what can be done about it. What waits for a moderator, an organisation's
//! members and one's own drafts are all desks.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use innocap_app::{AppError, Innocap};
use innocap_domain::{RecordKind, limits};
use serde_json::Value;

use super::forms::{Field, explain, see};
use super::layout::render_as;
use super::texts::{InterfaceTexts, encode_pairs};
use super::visitor::{SafeForm, Visitor};
use crate::problem::Problem;
use crate::server::State;

/// A form with one button beside a line or below a section.
pub(super) struct Act {
    pub action: String,
    pub hidden: Vec<(&'static str, String)>,
    pub fields: Vec<Field>,
    pub button: String,
    /// What the button is about, for who cannot see beside what it stands.
    pub about: String,
    /// A button beside others that is not the first choice.
    pub quiet: bool,
}

impl Act {
    pub(super) fn new(action: String, button: String, about: &str) -> Self {
        Self { action, hidden: Vec::new(), fields: Vec::new(), button, about: about.to_owned(), quiet: true }
    }

    pub(super) fn hiding(mut self, name: &'static str, value: &str) -> Self {
        self.hidden.push((name, value.to_owned()));
        self
    }

    pub(super) fn asking(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    pub(super) fn loud(mut self) -> Self {
        self.quiet = false;
        self
    }
}

/// One line of a section.
#[derive(Default)]
pub(super) struct Line {
    pub title: String,
    pub href: Option<String>,
    /// The title's language, where it is not the reader's.
    pub language: String,
    pub facts: Vec<String>,
    pub notes: Vec<String>,
    /// A text that is shown as it is.
    pub text: Option<String>,
    pub acts: Vec<Act>,
    /// Ways on: address and label.
    pub ways: Vec<(String, String)>,
}

/// Lines of one kind.
#[derive(Default)]
pub(super) struct Section {
    pub heading: String,
    pub lead: String,
    pub lines: Vec<Line>,
    /// What is said where there are no lines.
    pub empty: String,
    /// A form below the lines.
    pub act: Option<Act>,
    /// Ways on: address and label.
    pub ways: Vec<(String, String)>,
}

/// A page of sections.
#[derive(Template)]
#[template(path = "desk.html")]
pub(super) struct Desk {
    pub texts: InterfaceTexts,
    pub token: String,
    pub title: String,
    pub lead: String,
    /// What has just been done.
    pub done: Option<String>,
    /// Something that is shown this once.
    pub secret: Option<(String, String)>,
    pub fault: Option<String>,
    /// Ways to the neighbouring desks: address and label.
    pub ways: Vec<(String, String)>,
    pub sections: Vec<Section>,
    /// What is said at the end.
    pub foot: Option<String>,
    /// What is said where things stand in the way.
    pub conflict: &'static str,
}

impl Desk {
    pub(super) fn new(texts: InterfaceTexts, visitor: &Visitor, title: String) -> Result<Self, Problem> {
        Ok(Self {
            token: visitor.form_token()?,
            done: (texts.parameter("done") == "saved").then(|| texts.get("saved")),
            texts,
            title,
            lead: String::new(),
            secret: None,
            fault: None,
            ways: Vec::new(),
            sections: Vec::new(),
            foot: None,
            conflict: "fault-as-things-stand",
        })
    }

    /// The fields with a fault, of all forms.
    fn faulty(&self) -> Vec<&Field> {
        let acts = self
            .sections
            .iter()
            .flat_map(|section| section.lines.iter().flat_map(|line| &line.acts).chain(&section.act));
        acts.flat_map(|act| &act.fields).filter(|field| field.fault.is_some()).collect()
    }

    pub(super) fn answer(&self, innocap: &Innocap, visitor: &Visitor) -> Result<HttpResponse, Problem> {
        self.answer_as(StatusCode::OK, innocap, visitor)
    }

    fn answer_as(&self, status: StatusCode, innocap: &Innocap, visitor: &Visitor) -> Result<HttpResponse, Problem> {
        Ok(visitor.with_cookies(innocap, render_as(status, self, self.texts.code())?))
    }

    /// The page after something that was not taken: with what is wrong, and with what was typed into the form that goes
    /// to `action`.
    pub(super) fn refused(
        mut self,
        error: AppError,
        action: &str,
        typed: &crate::extract::Form,
        innocap: &Innocap,
        visitor: &Visitor,
    ) -> Result<HttpResponse, Problem> {
        self.done = None;
        let lines = self
            .sections
            .iter_mut()
            .flat_map(|section| section.lines.iter_mut().flat_map(|line| &mut line.acts).chain(&mut section.act));
        let sent =
            |act: &&mut Act| act.action == action && act.hidden.iter().all(|(name, value)| typed.text(name) == value);
        let mut nothing = Vec::new();
        let fields = lines.into_iter().find(sent).map_or(&mut nothing, |act| &mut act.fields);
        for field in fields.iter_mut() {
            field.fill(typed);
        }
        let (status, fault) = explain(&self.texts, error, self.conflict, fields)?;
        self.fault = fault;
        self.answer_as(status, innocap, visitor)
    }
}

/// After what was done at a desk that stands at `path`: back to it, which says so; or the desk with a secret that is shown
/// this once, or with what was wrong. The desk is asked for only where it is shown.
pub(super) async fn after(
    state: &State,
    sent: &SafeForm,
    request: &HttpRequest,
    path: &str,
    desk: impl Future<Output = Result<Desk, Problem>>,
    taken: Result<Option<String>, AppError>,
) -> Result<HttpResponse, Problem> {
    let (innocap, visitor) = (&state.innocap, &sent.visitor);
    match taken {
        Ok(None) => Ok(done(request, path)),
        Ok(Some(secret)) => {
            let mut desk = desk.await?;
            desk.secret = Some((desk.texts.get("client-secret"), secret));
            desk.answer(innocap, visitor)
        }
        Err(error) => desk.await?.refused(error, request.path(), &sent.form, innocap, visitor),
    }
}

/// Back to a desk that says that it is done, in the language of this page.
pub(super) fn done(request: &HttpRequest, path: &str) -> HttpResponse {
    see(&InterfaceTexts::of(request).to(&format!("{path}?done=saved")))
}

/// The way to the next page of a list.
pub(super) fn next_way(texts: &InterfaceTexts, path: &str, next: Option<String>) -> Vec<(String, String)> {
    let link = |cursor| {
        let mut query: Vec<_> = list_pairs(texts).into_iter().filter(|(name, _)| name != "cursor").collect();
        query.push(("cursor".to_owned(), cursor));
        (texts.to(&format!("{path}?{}", encode_pairs(&query))), texts.get("list-next"))
    };
    next.map(link).into_iter().collect()
}

/// The parameters of a list, without what only the page knows.
pub(super) fn list_pairs(texts: &InterfaceTexts) -> Vec<(String, String)> {
    texts.parameters().into_iter().filter(|(name, _)| name != "done").collect()
}

/// The day and minute of a time, in UTC.
pub(super) fn minute(time: &str) -> String {
    time.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// A text of a document; empty where there is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn kind_name(texts: &InterfaceTexts, kind: RecordKind) -> String {
    match kind {
        RecordKind::Organisation => texts.get("kind-organisation"),
        RecordKind::Challenge => texts.get("kind-challenge"),
        RecordKind::Solution => texts.get("kind-solution"),
    }
}

/// A reason that somebody is told.
pub(super) fn reason(texts: &InterfaceTexts, form: &str) -> Field {
    let field = Field::new("reason", "textarea", texts.get("field-reason"), "").rows(2).within(limits::NOTE);
    field.hinted(texts.get("field-reason-hint")).of_form(form)
}
