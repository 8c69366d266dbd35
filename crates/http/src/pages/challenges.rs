//! One challenge: the need, where it is, how far it has come, what is asked, and needs alike elsewhere.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{Innocap, Linked, Phrases, paragraphs};
use innocap_domain::{Challenge, Content, LanguageTag, Record, Scheme, Status};

use super::cards::{Card, cards, contact_link, place_chain};
use super::formats::{self, Format};
use super::layout::render;
use super::lifecycle::{outcome_name, tools};
use super::linked::{DESCRIPTION, description, embedded};
use super::seats::{Locator, locator};
use super::suggestions::language_name;
use super::texts::InterfaceTexts;
use super::visitor::Visitor;
use crate::api::records::id;
use crate::problem::Problem;
use crate::server::State;

/// Similar needs that are shown.
const SIMILAR: usize = 4;

#[derive(Template)]
#[template(path = "challenge.html")]
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
    paragraphs: Vec<String>,
    /// Whose need it is: the address and the name.
    organisation: Option<(String, String)>,
    /// Where that body is turned to: address and text.
    contact: Option<(String, String)>,
    /// The place, and what it lies in.
    place: Vec<String>,
    map: Option<Locator>,
    functions: Vec<String>,
    codes: Vec<String>,
    /// What a solution has to put up with: what is asked, and the answer.
    wants: Vec<(String, String)>,
    timeline: Vec<Moment>,
    source: Option<(String, String)>,
    /// That it is closed or archived, and why.
    ended: Option<String>,
    /// What those can do whose it is, and what everyone can: address and label.
    tools: Vec<(String, String)>,
    /// Open needs that are about the same thing.
    similar: Vec<Card>,
}

/// A moment in the life of a challenge.
struct Moment {
    what: String,
    /// The day as it is stored, where it is known.
    day: String,
    note: String,
    /// Whether it is still to come.
    ahead: bool,
}

pub(crate) async fn detail(
    state: web::Data<State>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let (record, organisation) = state.innocap.find_whole(visitor.actor(), id::<Challenge>(&path)?).await?;
    let (labels, language) = (state.innocap.labels(), texts.language());
    let version = record.content.texts.best_for(&LanguageTag::from(language));
    let content = &record.content;
    let linked = Linked { base: state.innocap.public_url(), labels: &labels, language };
    // What is open no more leads to what is open, wherever it is; what is open to the same need elsewhere.
    let similar = if record.status.is_public() {
        state.innocap.similar_challenges(&record, record.status.is_open(), SIMILAR).await?
    } else {
        Vec::new()
    };
    let page = Detail {
        description: description(version, DESCRIPTION),
        linked: embedded(&linked.challenge(&record, organisation.as_deref())),
        formats: if record.status.is_public() { formats::of_challenge(&texts, record.id) } else { Vec::new() },
        way_on: texts.to(&format!("/challenges/{}/suggestions", record.id)),
        title: version.title.clone(),
        language: version.language.to_string(),
        language_name: language_name(&state.innocap, &texts, &version.language),
        paragraphs: paragraphs(&[&version.summary, &version.description]),
        contact: organisation.as_ref().and_then(|o| o.contact.as_deref().map(contact_link)),
        organisation: organisation
            .map(|o| (texts.to(&format!("/organisations/{}", content.organisation)), o.name.clone())),
        place: place_chain(&labels, &content.place, language),
        map: locator(&content.place),
        functions: named(&content.functions, |code| labels.label(Scheme::Function, code, language)),
        codes: coded(&content.cpv, |code| labels.label(Scheme::Cpv, code, language)),
        wants: wants(&state.innocap, &texts, content),
        timeline: timeline(&texts, &record, state.innocap.clock().now().date_naive()),
        source: content.source().map(|source| (source.url.clone().unwrap_or_default(), source.name.clone())),
        tools: tools(&visitor, &texts, Challenge::KIND, record.id.uuid(), content.organisation, record.status),
        similar: cards("challenges", &similar, &texts, &state.innocap),
        ended: (!record.status.is_open()).then(|| ended(&texts, record.status, record.status_reason.as_deref())),
        texts,
    };
    render(&page, page.texts.code())
}

/// What has become of a challenge and what is still to come, in the order of time.
fn timeline(texts: &InterfaceTexts, record: &Record<Challenge>, today: chrono::NaiveDate) -> Vec<Moment> {
    let moment = |what: &str, day: Option<chrono::NaiveDate>| Moment {
        what: texts.get(what),
        day: day.map(|day| day.to_string()).unwrap_or_default(),
        note: String::new(),
        ahead: false,
    };
    let content = &record.content;
    let changed = Some(record.updated.date_naive());
    let mut moments = Vec::new();
    if content.published.is_some() {
        moments.push(moment("fact-published", content.published));
    }
    if record.status == Status::InDialogue {
        moments.push(moment("status-is-in-dialogue", None));
    }
    if content.deadline.is_some() {
        let ahead = content.deadline >= Some(today);
        moments.push(Moment { ahead, ..moment("fact-deadline", content.deadline) });
    }
    match record.status {
        Status::Closed => {
            let note = content.outcome.map(|outcome| outcome_name(texts, outcome)).unwrap_or_default();
            moments.push(Moment { note, ..moment("status-is-closed", changed) });
        }
        Status::Archived => moments.push(moment("status-is-archived", changed)),
        // When a need was taken over from elsewhere says nothing of the need.
        _ if content.source.is_none() && changed > content.published => {
            let at = moments.len().min(1);
            moments.insert(at, moment("fact-changed", changed));
        }
        _ => {}
    }
    moments
}

/// What a challenge asks of a solution beyond its topic: the question, and the answer.
fn wants(innocap: &Innocap, texts: &InterfaceTexts, content: &Challenge) -> Vec<(String, String)> {
    let wants = &content.wants;
    let labels = innocap.labels();
    let phrases = Phrases::new(texts.language(), &labels);
    let truth = |truth: bool| texts.get(if truth { "yes" } else { "no" });
    let joined = |words: Vec<String>| (!words.is_empty()).then(|| words.join(", "));
    let asked = [
        ("want-offline", wants.works_offline.map(truth)),
        ("want-bandwidth", wants.bandwidth_at_most_kbit.map(|kbit| texts.number(kbit))),
        ("want-remote", wants.remote_support.map(truth)),
        ("want-trl", wants.trl_at_least.map(|trl| texts.count("trl-level", trl.level()))),
        ("want-languages", joined(wants.languages.iter().map(|tag| phrases.language_name(tag)).collect())),
        ("filter-kind", joined(wants.kinds.iter().map(|kind| phrases.kind(kind.as_str())).collect())),
    ];
    asked.into_iter().filter_map(|(question, answer)| Some((texts.get(question), answer?))).collect()
}

/// Codes by their labels.
pub(super) fn named<'l, T: ToString>(codes: &[T], label: impl Fn(&str) -> Option<&'l str>) -> Vec<String> {
    codes.iter().map(ToString::to_string).map(|code| label(&code).map_or(code.clone(), str::to_owned)).collect()
}

/// Codes with their labels.
pub(super) fn coded<'l, T: ToString>(codes: &[T], label: impl Fn(&str) -> Option<&'l str>) -> Vec<String> {
    let whole = |code: String| label(&code).map_or(code.clone(), |label| format!("{code} {label}"));
    codes.iter().map(ToString::to_string).map(whole).collect()
}

/// That a record is no longer open, and why.
pub(super) fn ended(texts: &InterfaceTexts, status: Status, reason: Option<&str>) -> String {
    let said = texts.get(match status {
        Status::Draft => "status-draft",
        Status::Closed => "status-closed",
        Status::Published | Status::InDialogue | Status::Archived => "status-archived",
    });
    reason.map_or(said.clone(), |reason| format!("{said} {reason}"))
}
