//! The indexes, and where the records come from.

use actix_web::{HttpRequest, HttpResponse, web};
use innocap_domain::SourceCount;

use super::desk;
use crate::pages::desk::{Act, Line, Section, done, kind_name, minute};
use crate::pages::visitor::{SafeForm, SignedIn};
use crate::problem::Problem;
use crate::server::State;

pub(crate) async fn page(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut desk = desk(&visitor, &request, "index-title")?;
    let texts = &desk.texts;
    let index = state.innocap.index_state(&visitor.caller).await?;
    let fact = |label: &str, value: String| Line { title: texts.get(label), facts: vec![value], ..Line::default() };
    let lines = vec![
        fact("solutions-title", index.solutions.to_string()),
        fact("challenges-title", index.challenges.to_string()),
        fact("index-model", index.model.clone()),
        fact("index-indexed", format!("{} / {}", index.progress.indexed, index.progress.latest)),
        fact("index-without-vector", index.progress.without_vector.to_string()),
    ];
    let rebuild = Act::new("/operator/index".to_owned(), texts.get("index-rebuild"), "");
    let lead = if index.rebuilding { texts.get("index-rebuilding") } else { texts.get("index-lead") };
    let act = (!index.rebuilding).then_some(rebuild);
    let whole = Section { lead, lines, act, ..Section::default() };
    let source = |source: &SourceCount| {
        let facts = vec![
            kind_name(texts, source.kind),
            texts.count("list-found", source.records),
            minute(&source.updated.to_rfc3339()),
        ];
        Line { title: source.name.clone(), facts, ..Line::default() }
    };
    let sources = state.innocap.sources(&visitor.caller).await?;
    let (heading, empty) = (texts.get("sources-title"), texts.get("nothing-here"));
    let sources = Section { heading, empty, lines: sources.iter().map(source).collect(), ..Section::default() };
    desk.sections = vec![whole, sources];
    desk.answer(&state.innocap, &visitor)
}

pub(crate) async fn rebuild(
    state: web::Data<State>,
    sent: SafeForm,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    state.innocap.rebuild_index(&sent.visitor.caller)?;
    Ok(done(&request, "/operator/index"))
}
