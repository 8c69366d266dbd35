//! People: their roles in the service, and who is shut out.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::PeopleQuery;
use serde_json::{Value, json};

use super::desk;
use crate::api::records::id;
use crate::pages::desk::{Act, Desk, Line, Section, done, list_pairs, minute, next_way, reason, text};
use crate::pages::forms::Field;
use crate::pages::layout::Choice;
use crate::pages::texts::InterfaceTexts;
use crate::pages::visitor::{SafeForm, SignedIn, Visitor};
use crate::problem::Problem;
use crate::server::State;

async fn people_desk(state: &State, visitor: &Visitor, request: &HttpRequest) -> Result<Desk, Problem> {
    let mut desk = desk(visitor, request, "people-title")?;
    let texts = &desk.texts;
    let page = state.innocap.people(&visitor.caller, &PeopleQuery::parse(&list_pairs(texts))?).await?;
    let own = visitor.caller.person().map(|id| id.to_string());
    let line = |person: &Value| {
        let (name, number) = (text(&person["email"]), text(&person["id"]));
        let mut facts = vec![text(&person["name"]), minute(&text(&person["created"]))];
        let role = text(&person["service_role"]);
        if role != "none" {
            facts.push(role_name(texts, &role));
        }
        let suspended = person["suspended"].is_object();
        let notes = if suspended {
            vec![texts.with("person-suspended", "reason", text(&person["suspended"]["reason"]))]
        } else {
            Vec::new()
        };
        let action = format!("/operator/people/{number}");
        let mut acts = Vec::new();
        if own.as_deref() != Some(number.as_str()) {
            let roles = ["none", "moderator", "operator"].map(|word| Choice::new(word, role_name(texts, word), &role));
            let field = Field::new("service_role", "select", texts.get("field-role"), "").choosing(roles.into());
            let change = Act::new(action.clone(), texts.get("save"), &name).hiding("do", "role");
            acts.push(change.asking(field.of_form(&number)));
            acts.push(if suspended {
                Act::new(action, texts.get("person-restore"), &name).hiding("do", "restore")
            } else {
                let suspend = Act::new(action, texts.get("person-suspend"), &name).hiding("do", "suspend");
                suspend.asking(reason(texts, &number))
            });
        }
        Line { title: name, facts, notes, acts, ..Line::default() }
    };
    let lines = page.items.iter().map(line).collect();
    let ways = next_way(texts, "/operator/people", page.next);
    desk.sections.push(Section { lines, empty: texts.get("nothing-here"), ways, ..Section::default() });
    Ok(desk)
}

fn role_name(texts: &InterfaceTexts, role: &str) -> String {
    match role {
        "operator" => texts.get("role-operator"),
        "moderator" => texts.get("role-moderator"),
        _ => texts.get("role-none"),
    }
}

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    people_desk(&state, &visitor, &request).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn change(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller, form) = (&state.innocap, &sent.visitor.caller, &sent.form);
    let person = id(&path)?;
    let taken = match form.text("do") {
        "role" => innocap.set_service_role(caller, person, &json!({ "service_role": form.text("service_role") })).await,
        "suspend" => innocap.suspend_person(caller, person, &json!({ "reason": form.text("reason") })).await,
        "restore" => innocap.restore_person(caller, person).await,
        _ => return Err(Problem::new("invalid_query", "the form does not say what to do")),
    };
    match taken {
        Ok(()) => Ok(done(&request, "/operator/people")),
        Err(error) => {
            let desk = people_desk(&state, &sent.visitor, &request).await?;
            desk.refused(error, request.path(), form, innocap, &sent.visitor)
        }
    }
}
