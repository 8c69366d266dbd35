//! What waits for review, and what moderators have decided.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::QueueQuery;
use innocap_domain::{RecordKind, ReviewDecision};
use serde_json::json;

use super::{desk, named, other_state};
use crate::api::records::id;
use crate::pages::desk::{Act, Desk, Section, done, list_pairs, minute, next_way, reason};
use crate::pages::visitor::{SafeForm, SignedIn, Visitor};
use crate::problem::Problem;
use crate::server::State;

async fn reviews_desk(state: &State, visitor: &Visitor, request: &HttpRequest) -> Result<Desk, Problem> {
    let mut desk = desk(visitor, request, "reviews-title")?;
    let texts = &desk.texts;
    let page = state.innocap.reviews(&visitor.caller, &QueueQuery::parse("reviews", &list_pairs(texts))?).await?;
    let mut lines = Vec::new();
    for review in &page.items {
        let mut line = named(state, visitor, texts, review.record_kind, review.record).await?;
        line.facts.push(minute(&review.created.to_rfc3339()));
        if review.record_kind != RecordKind::Organisation {
            let body = named(state, visitor, texts, RecordKind::Organisation, review.organisation.uuid()).await?;
            line.facts.push(body.title);
        }
        if let Some(decision) = review.decision {
            let approved = decision == ReviewDecision::Approved;
            line.facts.push(texts.get(if approved { "review-approved" } else { "review-refused" }));
            line.notes.extend(review.reason.clone());
        } else {
            let action = format!("/operator/reviews/{}", review.id);
            let approve = Act::new(action.clone(), texts.get("review-approve"), &line.title);
            let refuse = Act::new(action, texts.get("review-refuse"), &line.title);
            line.acts.push(approve.hiding("decision", "approved").loud());
            line.acts.push(refuse.hiding("decision", "refused").asking(reason(texts, &review.id.to_string())));
        }
        lines.push(line);
    }
    let mut ways = next_way(texts, "/operator/reviews", page.next);
    ways.push(other_state(texts, "/operator/reviews"));
    let empty = texts.get("nothing-waits");
    desk.sections.push(Section { lines, empty, ways, ..Section::default() });
    Ok(desk)
}

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    reviews_desk(&state, &visitor, &request).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn decide(
    state: web::Data<State>,
    sent: SafeForm,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut document = json!({ "decision": sent.form.text("decision") });
    if let Some(reason) = sent.form.get("reason") {
        document["reason"] = json!(reason);
    }
    match state.innocap.decide_review(&sent.visitor.caller, id(&path)?, &document).await {
        Ok(_) => Ok(done(&request, "/operator/reviews")),
        Err(error) => {
            let desk = reviews_desk(&state, &sent.visitor, &request).await?;
            desk.refused(error, request.path(), &sent.form, &state.innocap, &sent.visitor)
        }
    }
}
