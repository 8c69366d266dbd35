//! One's own page: for each organisation what waits, its drafts, what it has published, and what is new since one last
//! looked.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use innocap_app::{ListQuery, News, Resource, View};
use innocap_domain::{Challenge, Organisation, OrganisationId, OrganisationKind, RecordKind, Role, Solution};
use serde_json::Value;

use super::cards::Card;
use super::desk::{Act, Desk, Line, Section};
use super::inside::role_name;
use super::texts::InterfaceTexts;
use super::visitor::{SignedIn, Visitor};
use crate::problem::Problem;
use crate::server::State;

/// What nobody has looked at for so long may hold no more.
const OLD: TimeDelta = TimeDelta::days(365);
/// Records of one kind that are shown of an organisation.
const SHOWN: &str = "20";

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let me = state.innocap.me(&visitor.caller).await?;
    let title = texts.get("my-title");
    let mut desk = Desk::new(texts, &visitor, title)?;
    desk.lead = me["name"].as_str().unwrap_or_default().to_owned();
    desk.ways.push((desk.texts.to("/account"), desk.texts.get("account-title")));
    desk.ways.push((desk.texts.to("/organisations/new"), desk.texts.get("organisation-new")));
    if me["email_confirmed"] != true {
        let act = Act::new("/account/confirmation".to_owned(), desk.texts.get("account-resend"), "");
        desk.sections.push(Section {
            lead: desk.texts.get("account-unconfirmed"),
            act: Some(act),
            ..Section::default()
        });
    }
    let memberships = me["memberships"].as_array().cloned().unwrap_or_default();
    if memberships.is_empty() {
        let ways = vec![(desk.texts.to("/organisations/new"), desk.texts.get("organisation-new"))];
        desk.sections.push(Section { lead: desk.texts.get("my-no-organisation"), ways, ..Section::default() });
    }
    for membership in &memberships {
        let section = of_organisation(&state, &visitor, &desk.texts, membership).await?;
        desk.sections.extend(section);
    }
    desk.answer(&state.innocap, &visitor)
}

/// What one organisation has, and what can be done there.
async fn of_organisation(
    state: &State,
    visitor: &Visitor,
    texts: &InterfaceTexts,
    membership: &Value,
) -> Result<Vec<Section>, Problem> {
    let Ok(id) = membership["organisation"]["id"].as_str().unwrap_or_default().parse::<OrganisationId>() else {
        return Ok(Vec::new());
    };
    let (record, _) = state.innocap.find_whole::<Organisation>(visitor.actor(), id).await?;
    let role = visitor.actor().role_in(id);
    let writes = role.is_some_and(|role| role >= Role::Editor);
    let kind = record.content.kind;
    let (asks, offers) = (kind == OrganisationKind::PublicBody, true);
    let mut head = Section { heading: record.content.name.clone(), ..Section::default() };
    head.lead = role_name(texts, role.map_or("viewer", |role| role.as_str()));
    if membership["organisation"]["verified"] != true {
        head.lead = format!("{} · {}", head.lead, texts.get("organisation-unverified"));
    }
    if writes && asks {
        head.ways.push((texts.to(&format!("/challenges/new?organisation={id}")), texts.get("challenge-new")));
    }
    if writes && offers {
        head.ways.push((texts.to(&format!("/solutions/new?organisation={id}")), texts.get("solution-new")));
    }
    head.ways.push((texts.to(&format!("/organisations/{id}/members")), texts.get("members-title")));
    head.ways.push((texts.to(&format!("/organisations/{id}/standing")), texts.get("standing-title")));
    if role == Some(Role::Owner) {
        head.ways.push((texts.to(&format!("/organisations/{id}/clients")), texts.get("clients-title")));
    }
    let mut lines = records::<Challenge>(state, visitor, texts, "challenges", id, writes).await?;
    lines.append(&mut records::<Solution>(state, visitor, texts, "solutions", id, writes).await?);
    head.lines = lines;
    head.empty = texts.get("my-nothing");
    let mut sections = vec![head];
    let news = state.innocap.news(&visitor.caller, id).await?;
    if asks || !news.is_empty() {
        sections.push(Section {
            heading: format!("{}: {}", record.content.name, texts.get("my-news")),
            lead: texts.get("my-news-lead"),
            lines: news.iter().map(|news| news_line(state, texts, news)).collect(),
            empty: texts.get("my-news-nothing"),
            ..Section::default()
        });
    }
    Ok(sections)
}

/// What is new to one record: how much, since when, and the best of it.
fn news_line(state: &State, texts: &InterfaceTexts, news: &News) -> Line {
    let labels = state.innocap.labels();
    let (own, theirs, all, message) = match news.kind {
        RecordKind::Challenge => ("challenges", "solutions", "suggestions", "my-new-suggestions"),
        _ => ("solutions", "challenges", "challenges", "my-new-needs"),
    };
    let card = Card::of_view(own, &news.record, texts, &labels);
    let since = news.since.map(|since| texts.with("my-news-since", "day", texts.day(&since.date_naive().to_string())));
    let best = news.best.iter().map(|view| {
        let found = Card::of_view(theirs, view, texts, &labels);
        (found.href, found.title)
    });
    let way = texts.to(&format!("/{own}/{}/{all}", card.id));
    Line {
        facts: [Some(texts.count(message, news.count)), since].into_iter().flatten().collect(),
        title: card.title,
        language: card.language,
        href: Some(way),
        ways: best.collect(),
        ..Line::default()
    }
}

/// An organisation's records of one kind, drafts first, each with what comes next.
async fn records<C: Resource>(
    state: &State,
    visitor: &Visitor,
    texts: &InterfaceTexts,
    resource: &str,
    organisation: OrganisationId,
    writes: bool,
) -> Result<Vec<Line>, Problem> {
    let mut lines = Vec::new();
    for status in ["draft", "published,in-dialogue"] {
        let pairs =
            [("organisation", organisation.to_string()), ("status", status.to_owned()), ("limit", SHOWN.to_owned())];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
        let page = state.innocap.list::<C>(visitor.actor(), &ListQuery::parse(C::KIND, &pairs)?).await?;
        lines.extend(page.items.iter().map(|view| line(state, texts, resource, view, writes)));
    }
    Ok(lines)
}

fn line(state: &State, texts: &InterfaceTexts, resource: &str, view: &View, writes: bool) -> Line {
    let text = |name: &str| view.get(name).and_then(Value::as_str).unwrap_or_default();
    let card = Card::of_view(resource, view, texts, &state.innocap.labels());
    let kind = texts.get(if resource == "challenges" { "kind-challenge" } else { "kind-solution" });
    let status = match text("status") {
        "draft" if view.get("in_review") == Some(&Value::Bool(true)) => texts.get("review-waits"),
        "draft" => texts.get("status-is-draft"),
        "in-dialogue" => texts.get("status-is-in-dialogue"),
        _ => texts.get("status-is-published"),
    };
    let id = text("id");
    let mut ways = Vec::new();
    if resource == "challenges" {
        ways.push((texts.to(&format!("/challenges/{id}/suggestions")), texts.get("challenge-suggestions")));
        ways.push((texts.to(&format!("/challenges/{id}/shortlist")), texts.get("shortlist-title")));
    } else {
        ways.push((texts.to(&format!("/solutions/{id}/challenges")), texts.get("solution-needs")));
    }
    if writes {
        ways.push((texts.to(&format!("/{resource}/{id}/edit")), texts.get("edit")));
    }
    let mut notes = Vec::new();
    let is_old = text("updated").parse::<DateTime<Utc>>().is_ok_and(|at| state.innocap.clock().now() - at > OLD);
    if writes && resource == "solutions" && text("status") == "published" && is_old {
        notes.push(texts.with("my-renew", "day", texts.day(text("updated").get(..10).unwrap_or_default())));
        ways.push((texts.to(&format!("/solutions/{id}/renew")), texts.get("renew")));
    }
    Line {
        notes,
        title: card.title,
        language: card.language,
        href: Some(card.href),
        facts: vec![kind, status],
        ways,
        ..Line::default()
    }
}
