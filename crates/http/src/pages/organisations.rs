//! An organisation's public page: what it is, what it needs and what it offers.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{ListQuery, Resource};
use innocap_domain::{Challenge, Organisation, OrganisationKind, Solution};

use super::cards::{Card, cards, place_name};
use super::layout::render;
use super::texts::InterfaceTexts;
use crate::api::records::id;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

#[derive(Template)]
#[template(path = "organisation.html")]
struct Detail {
    texts: InterfaceTexts,
    name: String,
    kind: String,
    place: Vec<String>,
    website: String,
    challenges: Vec<Card>,
    solutions: Vec<Card>,
    /// The lists of all of them, where there are more than are shown.
    more_challenges: Option<String>,
    more_solutions: Option<String>,
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
    let codes = [place.region.as_ref().map(ToString::to_string), place.country.map(|country| country.to_string())];
    let (challenges, more_challenges) =
        of::<Challenge>(&state, &visitor, &texts, "challenges", &record.id.to_string()).await?;
    let (solutions, more_solutions) =
        of::<Solution>(&state, &visitor, &texts, "solutions", &record.id.to_string()).await?;
    let page = Detail {
        name: record.content.name.clone(),
        kind: texts.get(match record.content.kind {
            OrganisationKind::PublicBody => "organisation-public-body",
            OrganisationKind::Company => "organisation-company",
            OrganisationKind::HigherEducation => "organisation-higher-education",
            OrganisationKind::Association => "organisation-association",
        }),
        place: codes.iter().flatten().map(|code| place_name(&labels, code, texts.language())).collect(),
        website: record.content.website.clone().unwrap_or_default(),
        challenges,
        solutions,
        more_challenges,
        more_solutions,
        texts,
    };
    render(&page, page.texts.code())
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
