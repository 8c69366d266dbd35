//! The shortlist of a challenge with its notes, for printing and for the procurement file; solutions side by side; and
//! what the body whose need it is thinks of a suggestion.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{AppError, Options, Phrases, Shortlisted, shortlist_table};
use innocap_domain::{Challenge, ChallengeId, Id, LanguageTag, Solution, limits};
use serde_json::{Value, json};

use super::cards::{Card, Suggested, percent, place_name};
use super::desk::{Act, Desk, Line, Section, done, minute};
use super::forms::{Field, see};
use super::layout::render;
use super::texts::InterfaceTexts;
use super::visitor::{SafeForm, SignedIn, Visitor};
use crate::api::records::id;
use crate::problem::Problem;
use crate::server::State;

/// Solutions side by side at most.
const ABREAST: usize = 4;

type One = web::Path<String>;
type Two = web::Path<(String, String)>;

async fn shortlist_desk(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    challenge: ChallengeId,
) -> Result<Desk, Problem> {
    let texts = InterfaceTexts::of(request);
    let (_, view) = state.innocap.find::<Challenge>(visitor.actor(), challenge).await?;
    let need = Card::of_view("challenges", &view, &texts, &state.innocap.labels());
    let title = texts.get("shortlist-title");
    let mut desk = Desk::new(texts, visitor, title)?;
    let texts = &desk.texts;
    let list = state.innocap.shortlist(&visitor.caller, challenge).await?;
    let lines = list.iter().map(|one| line(state, texts, challenge, one)).collect();
    let base = format!("/challenges/{challenge}");
    let mut ways = vec![
        (texts.to(&base), need.title.clone()),
        (texts.to(&format!("{base}/suggestions")), texts.get("challenge-suggestions")),
    ];
    if !list.is_empty() {
        let chosen: Vec<_> = list.iter().take(ABREAST).map(|one| format!("solution={}", one.entry.solution)).collect();
        ways.push((texts.to(&format!("/compare?challenge={challenge}&{}", chosen.join("&"))), texts.get("compare")));
        ways.push((format!("{base}/shortlist.csv"), texts.get("shortlist-csv")));
        ways.push((format!("{base}/shortlist.json"), texts.get("shortlist-json")));
    }
    desk.lead = need.title;
    desk.ways = ways;
    let version =
        list.last().map(|one| texts.with("suggestions-version", "version", one.entry.ranking_version.clone()));
    let empty = texts.get("shortlist-empty");
    desk.sections = vec![Section { lead: texts.get("shortlist-lead"), lines, empty, ..Section::default() }];
    desk.foot = version.map(|version| format!("{version} {}", minute(&state.innocap.clock().now().to_rfc3339())));
    Ok(desk)
}

fn line(state: &State, texts: &InterfaceTexts, challenge: ChallengeId, one: &Shortlisted) -> Line {
    let entry = &one.entry;
    let mut facts = Vec::new();
    if let Some(score) = entry.score {
        facts.push(texts.count("suggestion-score", percent(score)));
    }
    facts.push(minute(&entry.added.to_rfc3339()));
    let (title, language, href) = match &one.record {
        Some(view) => {
            let card = Card::of_view("solutions", view, texts, &state.innocap.labels());
            facts.extend(card.byline);
            (card.title, card.language, Some(card.href))
        }
        None => (texts.get("shortlist-gone"), String::new(), None),
    };
    let action = format!("/challenges/{challenge}/shortlist/{}", entry.solution);
    let mut note =
        Field::new("note", "textarea", texts.get("shortlist-note"), "").rows(3).within(limits::NOTE).optional();
    note = note.of_form(&entry.solution.to_string()).with(entry.note.as_deref().unwrap_or_default());
    let save = Act::new(action.clone(), texts.get("save"), &title).hiding("do", "note").asking(note);
    let take = Act::new(action, texts.get("remove"), &title).hiding("do", "take");
    Line { acts: vec![save, take], title, language, href, facts, ..Line::default() }
}

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    shortlist_desk(&state, &visitor, &request, id(&path)?).await?.answer(&state.innocap, &visitor)
}

/// Puts a solution on the shortlist, writes its note, or takes it away (`do`).
pub(crate) async fn change(
    state: web::Data<State>,
    sent: SafeForm,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (challenge, solution) = (id::<Challenge>(&path.0)?, id::<Solution>(&path.1)?);
    let (innocap, caller, form) = (&state.innocap, &sent.visitor.caller, &sent.form);
    let note = form.get("note").map_or_else(|| json!({}), |note| json!({ "note": note }));
    let taken = match form.text("do") {
        "take" => innocap.take_from_shortlist(caller, challenge, solution).await,
        "note" => innocap.put_on_shortlist(caller, challenge, solution, &note).await.map(drop),
        "put" => innocap.keep_on_shortlist(caller, challenge, solution).await,
        _ => return Err(Problem::new("invalid_query", "the form does not say what to do")),
    };
    match taken {
        Ok(()) => Ok(done(&request, &format!("/challenges/{challenge}/shortlist"))),
        // Sent twice, or taken away by somebody else.
        Err(AppError::NotFound) if form.text("do") == "take" => {
            Ok(see(&InterfaceTexts::of(&request).to(&format!("/challenges/{challenge}/shortlist"))))
        }
        Err(error) => {
            let desk = shortlist_desk(&state, &sent.visitor, &request, challenge).await?;
            desk.refused(error, request.path(), form, innocap, &sent.visitor)
        }
    }
}

/// The list as a file that the browser keeps.
fn file(name: &str, media_type: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .content_type(media_type)
        .body(body)
}

pub(crate) async fn table(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
) -> Result<HttpResponse, Problem> {
    let list = state.innocap.shortlist(&visitor.caller, id(&path)?).await?;
    Ok(file("innocap-shortlist.csv", "text/csv; charset=utf-8", shortlist_table(&list)?))
}

pub(crate) async fn document(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
) -> Result<HttpResponse, Problem> {
    let challenge = id::<Challenge>(&path)?;
    let (_, need) = state.innocap.find(visitor.actor(), challenge).await?;
    let items = state.innocap.shortlist(&visitor.caller, challenge).await?;
    let exported = state.innocap.clock().now();
    let whole = json!({ "challenge": need, "exported": exported, "items": items });
    let text = serde_json::to_vec_pretty(&whole).map_err(|error| {
        tracing::error!(%error, "a shortlist cannot be written");
        Problem::new("internal", "an internal error")
    })?;
    Ok(file("innocap-shortlist.json", "application/json", text))
}

/// What the body thinks of a suggestion: `relevant`, or the word of the reason why not.
pub(crate) async fn judge(
    state: web::Data<State>,
    sent: SafeForm,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (challenge, solution) = (id::<Challenge>(&path.0)?, id::<Solution>(&path.1)?);
    let opinion = match sent.form.text("judgement") {
        "relevant" => json!({ "relevant": true }),
        why => json!({ "relevant": false, "why": why }),
    };
    state.innocap.give_feedback(&sent.visitor.caller, challenge, solution, &opinion).await?;
    Ok(done(&request, &format!("/challenges/{challenge}/suggestions")))
}

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare {
    texts: InterfaceTexts,
    /// The challenge they are compared for.
    challenge: Option<Card>,
    columns: Vec<Card>,
    /// Each row's heading, with a cell for each column.
    rows: Vec<(String, Vec<Vec<String>>)>,
    /// That more were chosen than fit.
    too_many: bool,
}

/// Solutions side by side: `?solution=…&solution=…&challenge=…`.
pub(crate) async fn compare(
    state: web::Data<State>,
    visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = InterfaceTexts::of(&request);
    let labels = state.innocap.labels();
    let pairs = texts.parameters();
    let chosen: Vec<&str> = pairs.iter().filter(|(name, _)| name == "solution").map(|(_, id)| id.as_str()).collect();
    let challenge = match texts.parameter("challenge") {
        "" => None,
        given => Some(id::<Challenge>(given)?),
    };
    let suggested = match challenge {
        Some(challenge) => suggestions(&state, &visitor, &texts, challenge).await?,
        None => Vec::new(),
    };
    let mut columns: Vec<Card> = Vec::new();
    let mut cells: Vec<Vec<Vec<String>>> = Vec::new();
    for one in chosen.iter().take(ABREAST) {
        let solution: Id<Solution> = id(one)?;
        let (_, view) = state.innocap.find(visitor.actor(), solution).await?;
        let card = Card::of_view("solutions", &view, &texts, &labels);
        let found = suggested.iter().find(|(id, _)| *id == solution.to_string()).map(|(_, found)| found);
        cells.push(facts(&state, &texts, &Value::Object(view), found));
        columns.push(card);
    }
    let headings = [
        "compare-score",
        "suggestion-why",
        "suggestion-against",
        "fact-provider",
        "fact-kind",
        "fact-maturity",
        "fact-delivery",
        "fact-speaks",
        "fact-deployments",
        "compare-needs",
        "fact-licence",
        "fact-link",
    ];
    let row = |(place, heading): (usize, &&str)| {
        let row: Vec<Vec<String>> = cells.iter().map(|column| column[place].clone()).collect();
        row.iter().any(|cell| !cell.is_empty()).then(|| (texts.get(heading), row))
    };
    let rows = headings.iter().enumerate().filter_map(row).collect();
    let need = match challenge {
        Some(challenge) => {
            let (_, view) = state.innocap.find(visitor.actor(), challenge).await?;
            Some(Card::of_view("challenges", &view, &texts, &labels))
        }
        None => None,
    };
    let page = Compare { challenge: need, columns, rows, too_many: chosen.len() > ABREAST, texts };
    render(&page, page.texts.code())
}

/// The suggestions for a challenge by the solutions' identifiers.
async fn suggestions(
    state: &State,
    visitor: &Visitor,
    texts: &InterfaceTexts,
    challenge: ChallengeId,
) -> Result<Vec<(String, Suggested)>, Problem> {
    let options = Options { limit: innocap_app::MOST_SUGGESTIONS, collapse: false, ..Options::default() };
    let answer = state.innocap.suggest_for_challenge(visitor.actor(), challenge, options).await?;
    let answer = state.innocap.phrase(answer, texts.language());
    let labels = state.innocap.labels();
    let phrases = Phrases::new(texts.language(), &labels);
    let one = |suggestion: &innocap_app::Suggestion| {
        let view = suggestion.solution.as_object().cloned().unwrap_or_default();
        let card = Card::of_view("solutions", &view, texts, &labels);
        let (reasons, against) = (&suggestion.reasons, &suggestion.against);
        let shown = Suggested::new(card, suggestion.score, reasons, against, &suggestion.match_language, &phrases);
        (suggestion.solution["id"].as_str().unwrap_or_default().to_owned(), shown)
    };
    Ok(answer.suggestions.iter().map(one).collect())
}

/// The cells of a solution, in the order of the headings.
fn facts(state: &State, texts: &InterfaceTexts, view: &Value, found: Option<&Suggested>) -> Vec<Vec<String>> {
    let labels = state.innocap.labels();
    let phrases = Phrases::new(texts.language(), &labels);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let place = |code: &str| match code {
        "*" => phrases.anywhere(),
        code => place_name(&labels, code, texts.language()),
    };
    let languages = list(&view["languages"]).into_iter().filter_map(|tag| LanguageTag::parse(&tag).ok());
    let deployments = view["deployments"].as_array().into_iter().flatten().take(5).map(|deployment| {
        let parts = [
            text(&deployment["organisation"]),
            text(&deployment["country"]).map(|code| place(&code)),
            text(&deployment["since"]),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let needs = &view["requirements"];
    let asked = [
        ("works_offline", "need-offline"),
        ("remote_setup", "need-remote-setup"),
        ("remote_support", "need-remote-support"),
        ("staff_on_site", "need-staff"),
    ];
    let needs = asked.into_iter().filter_map(|(name, label)| {
        let answer = needs[name].as_bool()?;
        Some(format!("{} {}", texts.get(label), texts.get(if answer { "yes" } else { "no" })))
    });
    vec![
        found.map(|found| texts.count("suggestion-score", found.score)).into_iter().collect(),
        found.map(|found| found.reasons.iter().take(4).map(|reason| reason.text.clone()).collect()).unwrap_or_default(),
        found.map(|found| found.against.clone()).unwrap_or_default(),
        text(&view["organisation"]["name"]).into_iter().collect(),
        text(&view["kind"]).map(|kind| phrases.kind(&kind)).into_iter().collect(),
        view["trl"].as_u64().map(|level| texts.count("solution-trl", level)).into_iter().collect(),
        list(&view["delivery"]).iter().map(|code| place(code)).collect(),
        languages.map(|tag| phrases.language_name(&tag)).collect(),
        deployments.collect(),
        needs.collect(),
        text(&view["licence"]).into_iter().collect(),
        text(&view["link"]).into_iter().collect(),
    ]
}
