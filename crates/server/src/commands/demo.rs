//! `innocap demo`: the bundled catalogue, worked examples in five languages, and the API.

use innocap_app::{Clock, Innocap, Options, Phrases};
use innocap_domain::{Challenge, Language, Record, Status, Texts};
use innocap_registry::{FacetMatch, Filter};

use super::{print, report, serve};
use crate::cli::{Demo, Settings};
use crate::{Failure, bundle, wiring};

/// The worked examples: a language and the bundled need (by its identifier at the source) that is told in it.
const EXAMPLES: &[(Language, &str)] = &[
    (Language::Nb, "doffin-754"),
    (Language::Sv, "304233-2019"),
    (Language::Fi, "263983-2021"),
    (Language::Is, "doffin-446"),
    (Language::En, "1141"),
];

pub async fn run(settings: &Settings, options: &Demo) -> Result<(), Failure> {
    let innocap = wiring::start_demo(settings, Clock::system()).await?;
    let loaded = bundle::load(&innocap).await?;
    innocap.catch_up().await?;
    let solutions = innocap.solutions_index().status().records;
    let needs = innocap.challenges_index().status().records;
    print(&format!(
        "Innocap holds {solutions} solutions and {needs} needs ({} records of the bundle are new).\n",
        loaded.created
    ))?;
    for (language, source) in EXAMPLES {
        if let Some(need) = example(&innocap, *language, source).await? {
            worked_example(&innocap, *language, &need).await?;
        }
    }
    if options.no_serve {
        return Ok(());
    }
    print(&format!(
        "\n{}\nReady to sign in, in this demo alone; the passwords are new at each start:\n\n",
        "─".repeat(100)
    ))?;
    for account in innocap.open_demo().await? {
        print(&format!("  {:<13} {:<45} {}\n", account.what, account.name, account.secret))?;
    }
    serve::serve(settings, innocap).await
}

/// The need of an example; where the bundle was changed in the registry, any published need in that language.
async fn example(innocap: &Innocap, language: Language, source: &str) -> Result<Option<Record<Challenge>>, Failure> {
    for catalogue in ["Doffin", "TED", "Challenge.gov"] {
        if let Some(record) = innocap.registry().find_by_source::<Challenge>(catalogue, source).await?
            && record.status == Status::Published
        {
            return Ok(Some(record));
        }
    }
    let filter = Filter {
        statuses: vec![Status::Published],
        facets: vec![("language".to_owned(), FacetMatch::Any(vec![language.code().to_owned()]))],
        ..Filter::default()
    };
    Ok(innocap.registry().list::<Challenge>(&filter, None, 1).await?.pop())
}

async fn worked_example(innocap: &Innocap, language: Language, need: &Record<Challenge>) -> Result<(), Failure> {
    // The need as a reader of this language would have posted it.
    let version = need.content.texts.best_for(&language.into()).clone();
    let mut asked = need.clone();
    asked.content.texts = Texts::new(vec![version.clone()]).unwrap_or(asked.content.texts);
    let options = Options { limit: 2, ..Options::default() };
    let answer = innocap.suggest_for_record(&asked, options).await?;
    let source = need.content.source.as_ref().map(|s| format!(" ({}, {})", s.name, s.id)).unwrap_or_default();
    let rule = "─".repeat(100);
    print(&format!(
        "\n{rule}\nNeed [{}]: {}{source}\n  {}\n{}",
        version.language,
        version.title,
        version.summary,
        report::answer(&answer, &Phrases::new(Language::En, &innocap.labels()))
    ))
}
