//! Mail that waits or could not be sent.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::OutboxQuery;
use serde_json::Value;

use super::desk;
use crate::api::records::id;
use crate::pages::desk::{Act, Line, Section, done, list_pairs, minute, next_way, text};
use crate::pages::visitor::{SafeForm, SignedIn};
use crate::problem::Problem;
use crate::server::State;

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut desk = desk(&visitor, &request, "outbox-title")?;
    let texts = &desk.texts;
    let page = state.innocap.outbox(&visitor.caller, &OutboxQuery::parse(&list_pairs(texts))?).await?;
    let line = |mail: &Value| {
        let (to, number) = (text(&mail["recipient"]), text(&mail["id"]));
        let mut facts = vec![text(&mail["template"]), minute(&text(&mail["created"]))];
        let mail_state = text(&mail["state"]);
        facts.push(match mail_state.as_str() {
            "sent" => texts.get("mail-sent"),
            "parked" => texts.get("mail-parked"),
            _ => texts.get("mail-waiting"),
        });
        let notes = mail["problem"].as_str().map(str::to_owned).into_iter().collect();
        let act = |what: &str, label: &str| {
            Act::new(format!("/operator/outbox/{number}"), texts.get(label), &to).hiding("do", what)
        };
        let acts =
            if mail_state == "sent" { Vec::new() } else { vec![act("retry", "mail-retry"), act("delete", "remove")] };
        let subject = mail["subject"].as_str().map(|subject| format!("{subject}\n\n{}", text(&mail["text"])));
        Line { title: to.clone(), facts, notes, acts, text: subject, ..Line::default() }
    };
    let lines = page.items.iter().map(line).collect();
    let ways = next_way(texts, "/operator/outbox", page.next);
    let lead = if state.innocap.sends_mail() { String::new() } else { texts.get("outbox-no-mail") };
    desk.sections.push(Section { lead, lines, empty: texts.get("nothing-here"), ways, ..Section::default() });
    desk.answer(&state.innocap, &visitor)
}

pub(crate) async fn change(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller) = (&state.innocap, &sent.visitor.caller);
    match sent.form.text("do") {
        "delete" => innocap.delete_mail(caller, id(&path)?).await?,
        "retry" => innocap.retry_mail(caller, id(&path)?).await?,
        _ => return Err(Problem::new("invalid_query", "the form does not say what to do")),
    }
    Ok(done(&request, "/operator/outbox"))
}
