//! The desk of an organisation's webhooks: which there are, what was sent to each and what it answered.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_app::{AppError, DeliveryQuery};
use innocap_domain::{OrganisationId, WebhookEventKind, WebhookId, limits};
use serde_json::{Value, json};

use super::desk::{Act, Desk, Line, Section, after, done, list_pairs, minute, next_way, text};
use super::forms::Field;
use super::inside::desk;
use super::layout::Choice;
use super::texts::InterfaceTexts;
use super::visitor::{SafeForm, SignedIn, Visitor};
use crate::api::records::id;
use crate::problem::Problem;
use crate::server::State;

type One = web::Path<String>;
type Two = web::Path<(String, String)>;
type Three = web::Path<(String, String, String)>;

fn event_name(texts: &InterfaceTexts, event: &str) -> String {
    texts.get(match event {
        "challenge.published" => "webhook-challenge-published",
        "challenge.closed" => "webhook-challenge-closed",
        "challenge.archived" => "webhook-challenge-archived",
        "solution.published" => "webhook-solution-published",
        "solution.archived" => "webhook-solution-archived",
        "organisation.verified" => "webhook-organisation-verified",
        "match.created" => "webhook-match-created",
        _ => "webhook-ping",
    })
}

/// What a webhook is called on pages.
fn name(webhook: &Value) -> String {
    webhook["description"].as_str().map_or_else(|| text(&webhook["address"]), str::to_owned)
}

/// Where a webhook stands, in a few words.
fn standing(texts: &InterfaceTexts, webhook: &Value) -> Vec<String> {
    let mut facts = vec![match webhook["disabled"]["reason"].as_str() {
        None => texts.get("webhook-enabled"),
        Some("failing") => texts.get("webhook-disabled-failing"),
        Some("gone") => texts.get("webhook-disabled-gone"),
        Some(_) => texts.get("webhook-disabled"),
    }];
    facts.push(match webhook["delivered"].as_str() {
        Some(at) => texts.with("webhook-delivered", "time", minute(at)),
        None => texts.get("webhook-nothing-delivered"),
    });
    if let Some(failures @ 1..) = webhook["failures"].as_i64() {
        facts.push(texts.count("webhook-failures", failures));
    }
    if let Some(until) = webhook["previous_secret_until"].as_str() {
        facts.push(texts.with("webhook-previous-secret", "time", minute(until)));
    }
    facts
}

/// What a webhook is asked for, filled in with what it is.
fn asked(texts: &InterfaceTexts, webhook: &Value) -> [Field; 3] {
    let is_told = |event: &str| webhook["events"].as_array().is_some_and(|told| told.iter().any(|one| one == event));
    let choice = |kind: &WebhookEventKind| {
        let choice = Choice::new(kind.as_str(), event_name(texts, kind.as_str()), "");
        Choice { chosen: is_told(kind.as_str()), ..choice }
    };
    let choices = WebhookEventKind::ALL.iter().filter(|kind| kind.is_chosen()).map(choice).collect();
    let address = Field::new("address", "url", texts.get("webhook-address"), "off").within(limits::ADDRESS);
    let description = Field::new("description", "text", texts.get("webhook-description"), "off").optional().within(200);
    [
        address.hinted(texts.get("webhook-address-hint")).with(webhook["address"].as_str().unwrap_or_default()),
        description.with(webhook["description"].as_str().unwrap_or_default()),
        Field::new("events", "checkboxes", texts.get("webhook-events"), "").choosing(choices),
    ]
}

/// A webhook as it was asked for.
fn document(sent: &SafeForm) -> Value {
    let events: Vec<&str> = sent.form.all("events").collect();
    json!({ "address": sent.form.text("address"), "description": sent.form.text("description"), "events": events })
}

async fn webhooks_desk(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    organisation: OrganisationId,
) -> Result<Desk, Problem> {
    let mut desk = desk(state, visitor, request, organisation, "webhooks-title").await?;
    let texts = &desk.texts;
    let webhooks = state.innocap.webhooks(&visitor.caller, organisation).await?;
    let line = |webhook: &Value| {
        let (title, number) = (name(webhook), text(&webhook["id"]));
        let path = format!("/organisations/{organisation}/webhooks/{number}");
        let act = |what: &str, label: &str| Act::new(path.clone(), texts.get(label), &title).hiding("do", what);
        let enabled = webhook["enabled"] == true;
        let mut acts = vec![];
        if enabled {
            acts.push(act("ping", "webhook-try"));
        }
        acts.push(act("secret", "client-renew"));
        acts.push(if enabled { act("disable", "webhook-disable") } else { act("enable", "webhook-enable") });
        acts.push(act("delete", "remove"));
        let events = webhook["events"].as_array().into_iter().flatten();
        let events: Vec<String> = events.map(|event| event_name(texts, event.as_str().unwrap_or_default())).collect();
        let ways = vec![(texts.to(&format!("{path}/deliveries")), texts.get("webhook-log"))];
        Line {
            facts: standing(texts, webhook),
            notes: vec![text(&webhook["address"]), events.join(" · ")],
            title,
            acts,
            ways,
            ..Line::default()
        }
    };
    let lines = webhooks.iter().map(line).collect();
    let create = Act::new(format!("/organisations/{organisation}/webhooks"), texts.get("webhook-create"), "").loud();
    desk.sections.push(Section {
        lead: texts.get("webhooks-lead"),
        lines,
        empty: texts.get("nothing-here"),
        act: Some(asked(texts, &Value::Null).into_iter().fold(create, Act::asking)),
        ways: vec![(texts.to("/api/v1/docs"), texts.get("api-documentation"))],
        ..Section::default()
    });
    desk.conflict = "webhook-conflict";
    Ok(desk)
}

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    webhooks_desk(&state, &visitor, &request, id(&path)?).await?.answer(&state.innocap, &visitor)
}

/// The webhooks, with a secret that is shown this once, or with what was wrong.
async fn taken(
    state: &State,
    sent: &SafeForm,
    request: &HttpRequest,
    organisation: OrganisationId,
    taken: Result<Option<String>, AppError>,
) -> Result<HttpResponse, Problem> {
    let desk = webhooks_desk(state, &sent.visitor, request, organisation);
    after(state, sent, request, &format!("/organisations/{organisation}/webhooks"), desk, taken).await
}

pub(crate) async fn create(
    state: web::Data<State>,
    sent: SafeForm,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organisation = id(&path)?;
    let made = state.innocap.create_webhook(&sent.visitor.caller, organisation, &document(&sent)).await;
    taken(&state, &sent, &request, organisation, made.map(|webhook| Some(text(&webhook["secret"])))).await
}

pub(crate) async fn change(
    state: web::Data<State>,
    sent: SafeForm,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller) = (&state.innocap, &sent.visitor.caller);
    let (organisation, webhook): (OrganisationId, WebhookId) = (id(&path.0)?, id(&path.1)?);
    let enable = async |enabled: bool| {
        innocap.change_webhook(caller, organisation, webhook, &json!({ "enabled": enabled })).await.map(|_| None)
    };
    let answer = match sent.form.text("do") {
        "change" => {
            let changed = innocap.change_webhook(caller, organisation, webhook, &document(&sent)).await;
            return log_taken(&state, &sent, &request, (organisation, webhook), changed.map(drop)).await;
        }
        "delete" => innocap.delete_webhook(caller, organisation, webhook).await.map(|()| None),
        "disable" => enable(false).await,
        "enable" => enable(true).await,
        "secret" => {
            let changed = innocap.rotate_webhook_secret(caller, organisation, webhook).await;
            changed.map(|webhook| Some(text(&webhook["secret"])))
        }
        "ping" => match innocap.ping_webhook(caller, organisation, webhook).await {
            Ok(_) => {
                return Ok(done(&request, &format!("/organisations/{organisation}/webhooks/{webhook}/deliveries")));
            }
            Err(error) => Err(error),
        },
        _ => return Err(Problem::new("invalid_query", "the form does not say what to do")),
    };
    taken(&state, &sent, &request, organisation, answer).await
}

fn delivery_line(texts: &InterfaceTexts, log: &str, enabled: bool, delivery: &Value) -> Line {
    let title = event_name(texts, delivery["type"].as_str().unwrap_or_default());
    let happened = minute(&text(&delivery["happened"]));
    let answer = &delivery["answer"];
    let state = match delivery["state"].as_str() {
        Some("delivered") => texts.get("delivery-delivered"),
        Some("parked") => texts.get("delivery-parked"),
        _ => texts.with("delivery-waiting", "time", minute(&text(&delivery["due"]))),
    };
    let mut facts = vec![happened.clone(), state];
    if let Some(attempts @ 1..) = delivery["attempts"].as_i64() {
        facts.push(texts.count("delivery-attempts", attempts));
    }
    facts.extend(answer["status"].as_i64().map(|status| format!("HTTP {status}")));
    facts.extend(answer["problem"].as_str().map(|problem| {
        texts.get(match problem {
            "refused" => "delivery-refused",
            "time-out" => "delivery-time-out",
            _ => "delivery-unreachable",
        })
    }));
    facts.extend(answer["duration_ms"].as_i64().map(|milliseconds| format!("{milliseconds} ms")));
    let sent = serde_json::to_string_pretty(&delivery["payload"]).unwrap_or_default();
    let mut shown = format!("webhook-id: {}\n\n{sent}", text(&delivery["id"]));
    if let Some(body) = answer["body"].as_str() {
        shown = format!("{shown}\n\n{}\n{body}", texts.get("delivery-answer"));
    }
    let again = || {
        let act = Act::new(format!("{log}/{}", text(&delivery["id"])), texts.get("delivery-replay"), &title);
        Act { about: format!("{title}, {happened}"), ..act }
    };
    let acts = if enabled { vec![again()] } else { Vec::new() };
    Line { title, facts, text: Some(shown), acts, ..Line::default() }
}

async fn log_desk(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    organisation: OrganisationId,
    webhook: WebhookId,
) -> Result<Desk, Problem> {
    let mut desk = desk(state, visitor, request, organisation, "webhook-log").await?;
    let texts = &desk.texts;
    let (innocap, caller) = (&state.innocap, &visitor.caller);
    let shown = innocap.webhook(caller, organisation, webhook).await?;
    let query = DeliveryQuery::parse(&list_pairs(texts))?;
    let page = innocap.deliveries(caller, organisation, webhook, &query).await?;
    let log = format!("/organisations/{organisation}/webhooks/{webhook}/deliveries");
    let enabled = shown["enabled"] == true;
    let states = [("", "delivery-all"), ("waiting", "delivery-state-waiting"), ("parked", "delivery-state-parked")];
    let ways = states.map(|(state, label)| {
        let query = if state.is_empty() { String::new() } else { format!("?state={state}") };
        (texts.to(&format!("{log}{query}")), texts.get(label))
    });
    let facts = standing(texts, &shown);
    let about = Line { title: name(&shown), facts, notes: vec![text(&shown["address"])], ..Line::default() };
    let replay = enabled.then(|| {
        let since = Field::new("since", "date", texts.get("delivery-since"), "off");
        Act::new(log.clone(), texts.get("delivery-replay-parked"), "").asking(since)
    });
    let whole = Section { lines: vec![about], act: replay, ways: ways.into(), ..Section::default() };
    let lines = page.items.iter().map(|delivery| delivery_line(texts, &log, enabled, delivery)).collect();
    let (empty, ways) = (texts.get("nothing-here"), next_way(texts, &log, page.next));
    let deliveries = Section { heading: texts.get("deliveries-title"), lines, empty, ways, ..Section::default() };
    let change = Act::new(format!("/organisations/{organisation}/webhooks/{webhook}"), texts.get("save"), "");
    let change = asked(texts, &shown).into_iter().fold(change.hiding("do", "change"), Act::asking);
    let settings = Section { heading: texts.get("webhook-settings"), act: Some(change), ..Section::default() };
    desk.sections = vec![whole, deliveries, settings];
    desk.conflict = "webhook-conflict";
    Ok(desk)
}

pub(crate) async fn deliveries(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let desk = log_desk(&state, &visitor, &request, id(&path.0)?, id(&path.1)?).await?;
    desk.answer(&state.innocap, &visitor)
}

pub(crate) async fn replay(
    state: web::Data<State>,
    sent: SafeForm,
    path: Three,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (organisation, webhook) = (id(&path.0)?, id(&path.1)?);
    let again = state.innocap.replay_delivery(&sent.visitor.caller, organisation, webhook, id(&path.2)?).await;
    log_taken(&state, &sent, &request, (organisation, webhook), again.map(drop)).await
}

pub(crate) async fn replay_parked(
    state: web::Data<State>,
    sent: SafeForm,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (organisation, webhook) = (id(&path.0)?, id(&path.1)?);
    // A day begins at midnight, UTC; a day that is none is told as a time that is none.
    let since = sent.form.get("since").map(|day| format!("{day}T00:00:00Z"));
    let document = json!({ "since": since });
    let again = state.innocap.replay_parked(&sent.visitor.caller, organisation, webhook, &document).await;
    log_taken(&state, &sent, &request, (organisation, webhook), again.map(drop)).await
}

/// Back to the log, or to it with what was wrong.
async fn log_taken(
    state: &State,
    sent: &SafeForm,
    request: &HttpRequest,
    (organisation, webhook): (OrganisationId, WebhookId),
    taken: Result<(), AppError>,
) -> Result<HttpResponse, Problem> {
    let desk = log_desk(state, &sent.visitor, request, organisation, webhook);
    let path = format!("/organisations/{organisation}/webhooks/{webhook}/deliveries");
    after(state, sent, request, &path, desk, taken.map(|()| None)).await
}
