//! What search engines may read, and where it is: robots.txt and the sitemaps.

use actix_web::{HttpResponse, web};
use askama::Template;
use innocap_app::{Innocap, Resource};
use innocap_domain::{Challenge, Organisation, Solution};

use super::layout::render_plain;
use crate::problem::Problem;
use crate::reader::LANGUAGES;
use crate::server::State;

/// The pages that are no record's. What has to be asked first or belongs to somebody is not among them.
const FIXED: &[&str] = &[
    "/",
    "/suggestions",
    "/challenges",
    "/solutions",
    "/picture",
    "/ranking",
    "/accessibility",
    "/privacy",
    "/api/v1/docs",
];
const SITEMAP: &str = "application/xml; charset=utf-8";

#[derive(Template)]
#[template(path = "robots.txt")]
struct Robots<'a> {
    base: &'a str,
    languages: &'a [(&'a str, &'a str)],
}

pub(crate) async fn robots(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let page = Robots { base: state.innocap.public_url(), languages: &LANGUAGES };
    render_plain("text/plain; charset=utf-8", &page)
}

#[derive(Template)]
#[template(path = "sitemap-index.xml")]
struct Index<'a> {
    base: &'a str,
    parts: Vec<String>,
}

/// The list of the sitemaps.
pub(crate) async fn index(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let innocap = &state.innocap;
    let numbers = [
        ("organisations", innocap.sitemap_parts::<Organisation>().await?),
        ("challenges", innocap.sitemap_parts::<Challenge>().await?),
        ("solutions", innocap.sitemap_parts::<Solution>().await?),
    ];
    let of_records = numbers.into_iter().flat_map(|(name, most)| (1..=most).map(move |part| format!("{name}/{part}")));
    let parts = std::iter::once("pages/1".to_owned()).chain(of_records).collect();
    render_plain(SITEMAP, &Index { base: innocap.public_url(), parts })
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Part<'a> {
    base: &'a str,
    languages: &'a [(&'a str, &'a str)],
    entries: Vec<Entry>,
}

struct Entry {
    path: String,
    /// When it was last written, where that is known.
    updated: Option<String>,
}

/// One sitemap: the fixed pages, or a part of the records of a kind.
pub(crate) async fn part(state: web::Data<State>, path: web::Path<(String, usize)>) -> Result<HttpResponse, Problem> {
    let (resource, part) = path.into_inner();
    let innocap = &state.innocap;
    let entries = match (resource.as_str(), part) {
        ("pages", 1) => FIXED.iter().map(|path| Entry { path: (*path).to_owned(), updated: None }).collect(),
        ("organisations", _) => records::<Organisation>(innocap, &resource, part).await?,
        ("challenges", _) => records::<Challenge>(innocap, &resource, part).await?,
        ("solutions", _) => records::<Solution>(innocap, &resource, part).await?,
        _ => return Err(Problem::new("not_found", "there is no such sitemap")),
    };
    render_plain(SITEMAP, &Part { base: innocap.public_url(), languages: &LANGUAGES, entries })
}

async fn records<C: Resource>(innocap: &Innocap, resource: &str, part: usize) -> Result<Vec<Entry>, Problem> {
    let records = innocap.sitemap_part::<C>(part).await?;
    let entries = records
        .into_iter()
        .map(|(id, updated)| Entry { path: format!("/{resource}/{id}"), updated: Some(updated.to_rfc3339()) });
    Ok(entries.collect())
}
