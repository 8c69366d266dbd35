//! One solution in detail, and the open needs that it could answer.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{Linked, Options, Phrases, paragraphs};
use innocap_domain::{Content, LanguageTag, Requirements, Scheme, Solution};

use super::cards::{Card, Suggested, cards, contact_link, place_name};
use super::challenges::{coded, ended, named};
use super::formats::{self, Format};
use super::layout::render;
use super::lifecycle::tools;
use super::linked::{DESCRIPTION, description, embedded};
use super::suggestions::language_name;
use super::texts::InterfaceTexts;
use crate::api::records::id;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

/// Similar solutions that are shown beside one that is offered no more.
const SIMILAR: usize = 3;

#[derive(Template)]
#[template(path = "solution.html")]
struct Detail {
    texts: InterfaceTexts,
    /// What the page is about, in a sentence or two, and as linked data.
    description: String,
    linked: String,
    /// Where it is to be had in other formats; of a draft nowhere.
    formats: Vec<Format>,
    /// Where its suggestions are.
    way_on: String,
    title: String,
    language: String,
    language_name: String,
    kind: String,
    paragraphs: Vec<String>,
    organisation: Option<(String, String)>,
    maturity: String,
    delivery: Vec<String>,
    languages: Vec<String>,
    functions: Vec<String>,
    codes: Vec<String>,
    deployments: Vec<String>,
    /// What it needs where it is used: what is asked, and the answer.
    needs: Vec<(String, String)>,
    /// Where its provider is turned to: address and text.
    contact: Option<(String, String)>,
    /// The day of the last change.
    updated: String,
    licence: String,
    link: String,
    source: Option<(String, String)>,
    ended: Option<String>,
    tools: Vec<(String, String)>,
    instead: Vec<Card>,
}

pub(crate) async fn detail(
    state: web::Data<State>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let (record, organisation) = state.innocap.find_whole(visitor.actor(), id::<Solution>(&path)?).await?;
    let (labels, language) = (state.innocap.labels(), texts.language());
    let version = record.content.texts.best_for(&LanguageTag::from(language));
    let content = &record.content;
    let phrases = Phrases::new(language, &labels);
    let place = |code: &str| match code {
        "*" => phrases.anywhere(),
        code => place_name(&labels, code, language),
    };
    let deployments = content.deployments.iter().map(|deployment| {
        let code = deployment.place.region.as_ref().map(ToString::to_string);
        let code = code.or_else(|| deployment.place.country.map(|country| country.to_string()));
        let since = deployment.since.as_ref().map(|since| since.as_str().to_owned());
        let parts = [deployment.organisation.clone(), code.map(|code| place(&code)), since, deployment.outcome.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let similar = if record.status.is_public() && !record.status.is_open() {
        state.innocap.similar_solutions(&record, SIMILAR).await?
    } else {
        Vec::new()
    };
    let linked = Linked { base: state.innocap.public_url(), labels: &labels, language };
    let page = Detail {
        description: description(version, DESCRIPTION),
        linked: embedded(&linked.solution(&record, organisation.as_deref())),
        formats: if record.status.is_public() { formats::of_solution(&texts, record.id, content) } else { Vec::new() },
        way_on: texts.to(&format!("/solutions/{}/challenges", record.id)),
        title: version.title.clone(),
        language: version.language.to_string(),
        language_name: language_name(&state.innocap, &texts, &version.language),
        kind: phrases.kind(content.kind.as_str()),
        paragraphs: paragraphs(&[&version.summary, &version.description]),
        organisation: organisation
            .as_ref()
            .map(|o| (texts.to(&format!("/organisations/{}", content.organisation)), o.name.clone())),
        maturity: content.trl.map(|trl| texts.count("solution-trl", trl.level())).unwrap_or_default(),
        delivery: content.delivery.iter().map(|area| place(area.as_str())).collect(),
        languages: content.languages.iter().map(|tag| phrases.language_name(tag)).collect(),
        functions: named(&content.functions, |code| labels.label(Scheme::Function, code, language)),
        codes: coded(&content.cpv, |code| labels.label(Scheme::Cpv, code, language)),
        deployments: deployments.collect(),
        needs: requirements(&texts, &content.requirements),
        contact: organisation.as_ref().and_then(|o| o.contact.as_deref().map(contact_link)),
        updated: record.updated.date_naive().to_string(),
        licence: content.licence.as_ref().map(ToString::to_string).unwrap_or_default(),
        link: content.link.clone().unwrap_or_default(),
        source: content.source().map(|source| (source.url.clone().unwrap_or_default(), source.name.clone())),
        tools: tools(&visitor, &texts, Solution::KIND, record.id.uuid(), content.organisation, record.status),
        instead: cards("solutions", &similar, &texts, &state.innocap),
        ended: (!record.status.is_open()).then(|| ended(&texts, record.status, record.status_reason.as_deref())),
        texts,
    };
    render(&page, page.texts.code())
}

/// What a solution needs where it is used: the question, and the answer.
fn requirements(texts: &InterfaceTexts, needs: &Requirements) -> Vec<(String, String)> {
    let truth = |truth: bool| texts.get(if truth { "yes" } else { "no" });
    let asked = [
        ("need-offline", needs.works_offline.map(truth)),
        ("need-bandwidth", needs.least_bandwidth_kbit.map(|kbit| texts.number(kbit))),
        ("need-remote-setup", needs.remote_setup.map(truth)),
        ("need-remote-support", needs.remote_support.map(truth)),
        ("need-staff", needs.staff_on_site.map(truth)),
    ];
    asked.into_iter().filter_map(|(question, answer)| Some((texts.get(question), answer?))).collect()
}

#[derive(Template)]
#[template(path = "needs.html")]
struct Needs {
    texts: InterfaceTexts,
    solution: Card,
    needs: Vec<Suggested>,
    considered: usize,
    ranking_version: String,
}

/// The open needs that a solution could answer.
pub(crate) async fn needs(
    state: web::Data<State>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let id = id::<Solution>(&path)?;
    let (_, view) = state.innocap.find(visitor.actor(), id).await?;
    let (record, _) = state.innocap.find_whole(visitor.actor(), id).await?;
    state.innocap.looked_at(&visitor.caller, record.content.organisation, id.uuid()).await?;
    let found = state.innocap.challenges_for_solution(visitor.actor(), id, Options::default()).await?;
    let found = state.innocap.phrase_needs(found, texts.language());
    let labels = state.innocap.labels();
    let phrases = Phrases::new(texts.language(), &labels);
    let needs = found.challenges.iter().map(|need| {
        let view = need.challenge.as_object().cloned().unwrap_or_default();
        let card = Card::of_view("challenges", &view, &texts, &labels);
        Suggested::new(card, need.score, &need.reasons, &need.against, &need.match_language, &phrases)
    });
    let page = Needs {
        solution: Card::of_view("solutions", &view, &texts, &labels),
        needs: needs.collect(),
        considered: found.considered,
        ranking_version: found.ranking_version,
        texts,
    };
    render(&page, page.texts.code())
}
