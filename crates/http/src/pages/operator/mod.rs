//! The desks of those who moderate and operate the service; a file for each.

pub(crate) mod audit;
pub(crate) mod index;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod reports;
pub(crate) mod reviews;
pub(crate) mod sources;

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{AppError, OutboxQuery, QueueQuery};
use innocap_domain::{Challenge, Id, Organisation, RecordKind, Solution};
use uuid::Uuid;

use super::desk::{Desk, Line, Section, kind_name};
use super::texts::InterfaceTexts;
use super::visitor::{SignedIn, Visitor};
use crate::problem::Problem;
use crate::server::State;

/// A desk of the service, with the ways to the others that this visitor may see.
fn desk(visitor: &Visitor, request: &HttpRequest, title: &str) -> Result<Desk, Problem> {
    let texts = InterfaceTexts::of(request);
    let title = texts.get(title);
    let mut desk = Desk::new(texts, visitor, title)?;
    let mut way = |address: &str, label: &str| desk.ways.push((desk.texts.to(address), desk.texts.get(label)));
    way("/operator/reviews", "reviews-title");
    way("/operator/reports", "reports-title");
    if visitor.actor().is_operator() {
        way("/operator/people", "people-title");
        way("/operator/outbox", "outbox-title");
        way("/operator/index", "index-title");
        way("/operator/sources", "harvest-title");
        way("/operator/audit", "audit-title");
    }
    Ok(desk)
}

pub(crate) async fn overview(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller) = (&state.innocap, &visitor.caller);
    let waiting = innocap.reviews(caller, &QueueQuery::parse("reviews", &most())?).await?.items.len();
    let reported = innocap.reports(caller, &QueueQuery::parse("reports", &most())?).await?.items.len();
    let mut desk = desk(&visitor, &request, "operator-title")?;
    let texts = &desk.texts;
    let mut lines = vec![
        counted(texts, "reviews-open", waiting, "/operator/reviews"),
        counted(texts, "reports-open", reported, "/operator/reports"),
    ];
    if visitor.actor().is_operator() {
        let mail = innocap.outbox(caller, &OutboxQuery::parse(&most())?).await?.items;
        let unsent = mail.iter().filter(|mail| mail["state"] != "sent").count();
        lines.push(counted(texts, "outbox-open", unsent, "/operator/outbox"));
        let index = innocap.index_state(caller).await?;
        lines.push(counted(texts, "index-behind", usize::try_from(index.behind()).unwrap_or(0), "/operator/index"));
    }
    desk.sections.push(Section { lines, ..Section::default() });
    desk.answer(innocap, &visitor)
}

fn most() -> Vec<(String, String)> {
    vec![("limit".to_owned(), innocap_app::MOST.to_string())]
}

fn counted(texts: &InterfaceTexts, message: &str, count: usize, way: &str) -> Line {
    Line { title: texts.count(message, count), href: Some(texts.to(way)), ..Line::default() }
}

/// From what waits to what is decided, and back.
fn other_state(texts: &InterfaceTexts, path: &str) -> (String, String) {
    if texts.parameter("state") == "decided" {
        (texts.to(path), texts.get("queue-open"))
    } else {
        (texts.to(&format!("{path}?state=decided")), texts.get("queue-decided"))
    }
}

/// A record by its name, and where its page is; what has been deleted in the meantime is its identifier.
async fn named(
    state: &State,
    visitor: &Visitor,
    texts: &InterfaceTexts,
    kind: RecordKind,
    record: Uuid,
) -> Result<Line, Problem> {
    let actor = visitor.actor();
    let found = match kind {
        RecordKind::Organisation => {
            let found = state.innocap.find_whole::<Organisation>(actor, Id::from_uuid(record)).await;
            found.map(|(record, _)| (record.content.name, String::new(), "organisations"))
        }
        RecordKind::Challenge => {
            let found = state.innocap.find_whole::<Challenge>(actor, Id::from_uuid(record)).await;
            found.map(|(record, _)| (title_of(&record.content.texts), language_of(&record.content.texts), "challenges"))
        }
        RecordKind::Solution => {
            let found = state.innocap.find_whole::<Solution>(actor, Id::from_uuid(record)).await;
            found.map(|(record, _)| (title_of(&record.content.texts), language_of(&record.content.texts), "solutions"))
        }
    };
    match found {
        Ok((title, language, resource)) => {
            let href = Some(texts.to(&format!("/{resource}/{record}")));
            Ok(Line { title, language, href, facts: vec![kind_name(texts, kind)], ..Line::default() })
        }
        Err(AppError::NotFound | AppError::Forbidden(_)) => {
            Ok(Line { title: record.to_string(), facts: vec![kind_name(texts, kind)], ..Line::default() })
        }
        Err(error) => Err(error.into()),
    }
}

fn title_of(texts: &innocap_domain::Texts) -> String {
    texts.original().title.clone()
}

fn language_of(texts: &innocap_domain::Texts) -> String {
    texts.original().language.to_string()
}
