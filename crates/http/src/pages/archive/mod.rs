//! The archive: everything public as a website of plain files, which needs no service and no search to be read. Each
//! record has a page and a JSON file beside it; lists lead to them by kind, place and public function. All links are
//! relative, so that the folder can be opened from a disk, moved, or put on any web server.

mod facts;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use askama::Template;
use innocap_app::{AppError, Exported, Innocap, Provenance, Resource};
use innocap_domain::{Challenge, Id, Organisation, Scheme, Solution};
use uuid::Uuid;

use self::facts::{Described, Fact, Version};
use super::cards::place_name;
use super::texts::InterfaceTexts;

/// Records of one page of a list.
const PAGE: usize = 200;

/// A record as lists name it.
#[derive(Debug, Clone)]
struct Entry {
    /// Its address from the archive's folder.
    href: String,
    title: String,
    language: String,
    /// Whose it is, and where.
    byline: Vec<String>,
}

/// A source with the terms of what comes from it.
struct Source {
    name: String,
    terms: String,
    records: usize,
}

#[derive(Template)]
#[template(path = "archive/index.html")]
struct Index<'a> {
    texts: &'a InterfaceTexts,
    root: &'static str,
    made: &'a str,
    kinds: Vec<(String, String)>,
    functions: Vec<(String, String)>,
    places: Vec<(String, String)>,
    sources: Vec<Source>,
}

#[derive(Template)]
#[template(path = "archive/list.html")]
struct List<'a> {
    texts: &'a InterfaceTexts,
    root: &'static str,
    made: &'a str,
    title: &'a str,
    found: String,
    entries: &'a [Entry],
    page: usize,
    pages: usize,
    /// Every page: its address, its number, and whether it is this one.
    links: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "archive/record.html")]
struct Page<'a> {
    texts: &'a InterfaceTexts,
    root: &'static str,
    made: &'a str,
    title: String,
    language: String,
    said: String,
    versions: Vec<Version>,
    facts: Vec<Fact>,
    lists: Vec<(String, Vec<Entry>)>,
    json: String,
}

/// Writes the archive into a folder, which is new or empty; how many records are in it. `language` is that of the
/// pages, one of the interface's; the records keep their own.
///
/// # Errors
/// [`AppError::Conflict`] where the folder holds something; where the registry or the disk fails. Then no half of an
/// archive is left.
pub async fn write(innocap: &Innocap, folder: &Path, language: &str) -> Result<usize, AppError> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(AppError::Conflict(format!("{} is not empty", folder.display())));
    }
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("archive");
    let part = folder.with_file_name(format!(".{name}.part"));
    let _ = fs::remove_dir_all(&part);
    let texts = InterfaceTexts::in_language(language);
    let day = innocap.clock().now().date_naive().to_string();
    let made = format!("{} {day} · {}", texts.get("files-made"), innocap.public_url());
    let mut archive = Archive {
        innocap,
        folder: part.clone(),
        texts: &texts,
        made: &made,
        organisations: BTreeMap::new(),
        solutions: Vec::new(),
        challenges: Vec::new(),
        offers: BTreeMap::new(),
        needs: BTreeMap::new(),
        places: BTreeMap::new(),
        functions: BTreeMap::new(),
        sources: BTreeMap::new(),
    };
    let written = match archive.write().await {
        Ok(written) => fs::rename(&part, folder).map(|()| written).map_err(|e| failed(folder, &e)),
        Err(error) => Err(error),
    };
    if written.is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    written
}

/// An archive that is being written. What lists need stays in memory, some hundred bytes for each record.
struct Archive<'a> {
    innocap: &'a Innocap,
    folder: PathBuf,
    texts: &'a InterfaceTexts,
    made: &'a str,
    organisations: BTreeMap<Uuid, Entry>,
    solutions: Vec<Entry>,
    challenges: Vec<Entry>,
    /// By organisation.
    offers: BTreeMap<Uuid, Vec<Entry>>,
    needs: BTreeMap<Uuid, Vec<Entry>>,
    /// By code.
    places: BTreeMap<String, Vec<Entry>>,
    functions: BTreeMap<String, Vec<Entry>>,
    /// How many records, by source and terms.
    sources: BTreeMap<(String, String), usize>,
}

impl Archive<'_> {
    async fn write(&mut self) -> Result<usize, AppError> {
        self.put("style.css", include_str!("../../../templates/style.css"))?;
        // The others name their organisations, whose pages list the others: so these are read twice.
        self.each::<Organisation>(Self::know).await?;
        self.each::<Solution>(Self::solution).await?;
        self.each::<Challenge>(Self::challenge).await?;
        self.each::<Organisation>(Self::organisation).await?;
        let organisations: Vec<Entry> = self.organisations.values().cloned().collect();
        let (solutions, challenges) = (std::mem::take(&mut self.solutions), std::mem::take(&mut self.challenges));
        let written = organisations.len() + solutions.len() + challenges.len();
        let kinds = vec![
            self.list("challenges", &self.texts.get("challenges-title"), challenges)?,
            self.list("solutions", &self.texts.get("solutions-title"), solutions)?,
            self.list("organisations", &self.texts.get("files-organisations"), organisations)?,
        ];
        let labels = self.innocap.labels();
        let language = self.texts.language();
        let function = |code: &str| labels.label(Scheme::Function, code, language).unwrap_or(code).to_owned();
        let (by_function, by_place) = (std::mem::take(&mut self.functions), std::mem::take(&mut self.places));
        let functions = self.lists("functions", by_function, function)?;
        let place = |code: &str| place_name(&labels, code, language);
        let places = self.lists("places", by_place, place)?;
        let sources = std::mem::take(&mut self.sources).into_iter();
        let sources = sources.map(|((name, terms), records)| Source { name, terms, records }).collect();
        let (texts, made) = (self.texts, self.made);
        self.render("index.html", &Index { texts, root: "", made, kinds, functions, places, sources })?;
        Ok(written)
    }

    /// Goes through all public records of a kind.
    async fn each<C: Resource>(
        &mut self,
        mut work: impl FnMut(&mut Self, Exported<C>) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let mut after: Option<Id<C>> = None;
        loop {
            let page = self.innocap.public_page::<C>(after).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.record.id);
            page.into_iter().try_for_each(|one| work(self, one))?;
        }
    }

    fn know(&mut self, one: Exported<Organisation>) -> Result<(), AppError> {
        let described = facts::organisation(&one.record, self.texts, &self.innocap.labels());
        let entry = Entry {
            href: address("organisations", one.record.id.uuid()),
            title: one.record.content.name,
            language: self.texts.code().to_owned(),
            byline: described.byline,
        };
        self.organisations.insert(one.record.id.uuid(), entry);
        Ok(())
    }

    fn organisation(&mut self, one: Exported<Organisation>) -> Result<(), AppError> {
        let described = facts::organisation(&one.record, self.texts, &self.innocap.labels());
        let id = one.record.id.uuid();
        let lists = vec![
            (self.texts.get("organisation-needs"), self.needs.remove(&id).unwrap_or_default()),
            (self.texts.get("organisation-offers"), self.offers.remove(&id).unwrap_or_default()),
        ];
        self.count(one.provenance.as_ref());
        self.page("organisations", &one, described, lists)
    }

    fn solution(&mut self, one: Exported<Solution>) -> Result<(), AppError> {
        let owner = one.record.content.organisation.uuid();
        let described =
            facts::solution(&one.record, self.organisations.get(&owner), self.texts, &self.innocap.labels());
        let entry = self.entry("solutions", one.record.id.uuid(), &described);
        self.sort_in(&entry, &described);
        self.solutions.push(entry.clone());
        self.offers.entry(owner).or_default().push(entry);
        self.count(one.provenance.as_ref());
        self.page("solutions", &one, described, Vec::new())
    }

    fn challenge(&mut self, one: Exported<Challenge>) -> Result<(), AppError> {
        let owner = one.record.content.organisation.uuid();
        let described =
            facts::challenge(&one.record, self.organisations.get(&owner), self.texts, &self.innocap.labels());
        let entry = self.entry("challenges", one.record.id.uuid(), &described);
        self.sort_in(&entry, &described);
        self.challenges.push(entry.clone());
        self.needs.entry(owner).or_default().push(entry);
        self.count(one.provenance.as_ref());
        self.page("challenges", &one, described, Vec::new())
    }

    fn entry(&self, resource: &str, id: Uuid, described: &Described) -> Entry {
        Entry {
            href: address(resource, id),
            title: described.title.clone(),
            language: described.language.clone(),
            byline: described.byline.clone(),
        }
    }

    fn sort_in(&mut self, entry: &Entry, described: &Described) {
        for place in &described.places {
            self.places.entry(place.clone()).or_default().push(entry.clone());
        }
        for function in &described.functions {
            self.functions.entry(function.clone()).or_default().push(entry.clone());
        }
    }

    fn count(&mut self, provenance: Option<&Provenance>) {
        if let Some(from) = provenance {
            let key = (from.name.clone(), from.licence.clone().unwrap_or_default());
            *self.sources.entry(key).or_default() += 1;
        }
    }

    /// A record's page, and its JSON file beside it.
    fn page<C: Resource>(
        &self,
        resource: &str,
        one: &Exported<C>,
        mut described: Described,
        lists: Vec<(String, Vec<Entry>)>,
    ) -> Result<(), AppError> {
        let id = one.record.id.uuid();
        described.facts.extend(facts::provenance(one.provenance.as_ref(), self.texts));
        let page = Page {
            texts: self.texts,
            root: "../../",
            made: self.made,
            title: described.title,
            language: described.language,
            said: described.said,
            versions: described.versions,
            facts: described.facts,
            lists,
            json: format!("{id}.json"),
        };
        self.render(&address(resource, id), &page)?;
        let json = serde_json::to_string_pretty(one).map_err(|e| AppError::Internal(e.to_string()))?;
        self.put(&address(resource, id).replace(".html", ".json"), &(json + "\n"))
    }

    /// The pages of one list, in the order of titles; its address and its label with their number.
    fn list(&self, path: &str, title: &str, mut entries: Vec<Entry>) -> Result<(String, String), AppError> {
        entries.sort_by_cached_key(|entry| (entry.title.to_lowercase(), entry.href.clone()));
        let pages = entries.len().div_ceil(PAGE).max(1);
        let name = |page: usize| if page == 1 { "index.html".to_owned() } else { format!("page-{page}.html") };
        let root = if path.contains('/') { "../../" } else { "../" };
        let mut parts = entries.chunks(PAGE);
        for page in 1..=pages {
            let links = (1..=pages).map(|other| (name(other), other.to_string(), other == page)).collect();
            let (texts, made, found) = (self.texts, self.made, self.texts.count("list-found", entries.len()));
            let entries = parts.next().unwrap_or_default();
            let list = List { texts, root, made, title, found, entries, page, pages, links };
            self.render(&format!("{path}/{}", name(page)), &list)?;
        }
        Ok((format!("{path}/index.html"), format!("{title} ({})", entries.len())))
    }

    /// A list for each code, in the order of their names.
    fn lists(
        &self,
        path: &str,
        by_code: BTreeMap<String, Vec<Entry>>,
        name: impl Fn(&str) -> String,
    ) -> Result<Vec<(String, String)>, AppError> {
        let mut links = by_code
            .into_iter()
            .map(|(code, entries)| self.list(&format!("{path}/{}", code.to_lowercase()), &name(&code), entries))
            .collect::<Result<Vec<_>, _>>()?;
        links.sort_by_cached_key(|(_, label)| label.to_lowercase());
        Ok(links)
    }

    fn render(&self, path: &str, page: &impl Template) -> Result<(), AppError> {
        let html = page.render().map_err(|e| AppError::Internal(format!("a page cannot be rendered: {e}")))?;
        self.put(path, &html)
    }

    fn put(&self, path: &str, text: &str) -> Result<(), AppError> {
        let path = self.folder.join(path);
        let write = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::File::create(&path)?.write_all(text.as_bytes())
        };
        write().map_err(|e| failed(&path, &e))
    }
}

/// The address of a record's page: in a folder by the end of its identifier, so that no folder holds too many.
fn address(resource: &str, id: Uuid) -> String {
    let id = id.to_string();
    format!("{resource}/{}/{id}.html", &id[id.len() - 2..])
}

fn failed(path: &Path, error: &std::io::Error) -> AppError {
    AppError::Conflict(format!("{} cannot be written: {error}", path.display()))
}
