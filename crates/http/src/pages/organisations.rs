//! An organisation's public page: what it is, what it needs, what it offers and what it runs.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{Linked, ListQuery, Resource};
use innocap_domain::{Challenge, Organisation, OrganisationKind, Record, Role, Solution};

use super::cards::{Card, cards, contact_link, place_chain};
use super::layout::render;
use super::linked::embedded;
use super::texts::InterfaceTexts;
use crate::api::records::id;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

/// Solutions of others that are shown to run there.
const RUNS: usize = 20;

#[derive(Template)]
#[template(path = "organisation.html")]
struct Detail {
    texts: InterfaceTexts,
    name: String,
    /// What the page is about, in a sentence, and as linked data.
    description: String,
    linked: String,
    kind: String,
    /// Whether it is of a kind that has needs of its own here.
    asks: bool,
    place: Vec<String>,
    website: String,
    /// Where it is turned to: address and text.
    contact: Option<(String, String)>,
    challenges: Vec<Card>,
    solutions: Vec<Card>,
    /// Solutions of others that run there.
    runs: Vec<Card>,
    /// The lists of all of them, where there are more than are shown.
    more_challenges: Option<String>,
    more_solutions: Option<String>,
    /// What its members can do, and what everyone can: address and label.
    tools: Vec<(String, String)>,
}

pub(crate) async fn detail(
    state: web::Data<State>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let (record, _) = state.innocap.find_whole(visitor.actor(), id::<Organisation>(&path)?).await?;
    let labels = state.innocap.labels();
    let place = &record.content.place;
    let (challenges, more_challenges) =
        of::<Challenge>(&state, &visitor, &texts, "challenges", &record.id.to_string()).await?;
    let (solutions, more_solutions) =
        of::<Solution>(&state, &visitor, &texts, "solutions", &record.id.to_string()).await?;
    let kind = kind_name(&texts, record.content.kind);
    let place = place_chain(&labels, place, texts.language());
    let runs = state.innocap.run_by(&record, RUNS).await?;
    let linked = Linked { base: state.innocap.public_url(), labels: &labels, language: texts.language() };
    let facts = [&record.content.name, &kind].into_iter().chain(&place).map(String::as_str).collect::<Vec<_>>();
    let page = Detail {
        name: record.content.name.clone(),
        description: facts.join(", "),
        linked: embedded(&linked.organisation(&record)),
        asks: record.content.kind == OrganisationKind::PublicBody,
        kind,
        place,
        website: record.content.website.clone().unwrap_or_default(),
        contact: record.content.contact.as_deref().map(contact_link),
        runs: cards("solutions", &runs, &texts, &state.innocap),
        challenges,
        solutions,
        more_challenges,
        more_solutions,
        tools: tools(&visitor, &texts, &record),
        texts,
    };
    render(&page, page.texts.code())
}

/// What its members can do with an organisation, and what everyone can.
fn tools(visitor: &Visitor, texts: &InterfaceTexts, record: &Record<Organisation>) -> Vec<(String, String)> {
    let way = |what: &str, label: &str| (texts.to(&format!("/organisations/{}/{what}", record.id)), texts.get(label));
    let mut tools = Vec::new();
    if visitor.actor().is_operator() || visitor.actor().role_in(record.id).is_some() {
        tools.push(way("members", "members-title"));
        tools.push(way("standing", "standing-title"));
    }
    if visitor.actor().is_operator() || visitor.actor().role_in(record.id) == Some(Role::Owner) {
        tools.push(way("edit", "edit"));
    }
    if record.status.is_public() {
        tools.push(way("report", "report-title"));
    }
    tools
}

/// What kind of organisation it is.
pub(super) fn kind_name(texts: &InterfaceTexts, kind: OrganisationKind) -> String {
    match kind {
        OrganisationKind::PublicBody => texts.get("organisation-public-body"),
        OrganisationKind::Company => texts.get("organisation-company"),
        OrganisationKind::HigherEducation => texts.get("organisation-higher-education"),
        OrganisationKind::Association => texts.get("organisation-association"),
    }
}

/// The newest of an organisation's records, and the address of the list of all where there are more.
async fn of<C: Resource>(
    state: &State,
    visitor: &Visitor,
    texts: &InterfaceTexts,
    resource: &str,
    organisation: &str,
) -> Result<(Vec<Card>, Option<String>), Problem> {
    let pairs = [("organisation".to_owned(), organisation.to_owned()), ("limit".to_owned(), "10".to_owned())];
    let query = ListQuery::parse(C::KIND, &pairs)?;
    let page = state.innocap.list::<C>(visitor.actor(), &query).await?;
    let more = page.next.map(|_| texts.to(&format!("/{resource}?organisation={organisation}")));
    Ok((cards(resource, &page.items, texts, &state.innocap), more))
}
