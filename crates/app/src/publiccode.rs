//! A `publiccode.yml` (the standard of the Foundation for Public Code's and Developers Italia's catalogues, version 0.4) as
//! the beginning of a solution.

use innocap_access::{Action, Target};
use innocap_domain::{Country, LanguageTag, Licence, limits};
use innocap_exchange::fetch_publiccode;
use serde_json::{Map, Value, json};

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::formats::publiccode::{SCOPES, STATUS};
use crate::views::View;

impl Innocap {
    /// What a `publiccode.yml` says of a solution: its text, or the address where it is.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] without signing in: nobody unknown has the service fetch anything;
    /// [`AppError::Invalid`] at `/publiccode` where there is no such file or it cannot be read.
    pub async fn read_publiccode(&self, caller: &Caller, given: &str) -> Result<View, AppError> {
        allow(&caller.actor, Action::ReadAccount, &Target::Account(caller.person().ok_or(AppError::Unauthenticated)?))?;
        let given = given.trim();
        let is_address = !given.contains('\n') && (given.starts_with("http://") || given.starts_with("https://"));
        let text = if is_address {
            let fetched = fetch_publiccode(given).await;
            fetched.map_err(|error| AppError::at("/publiccode", "invalid_address", error.to_string()))?
        } else {
            given.to_owned()
        };
        read(&text)
    }
}

pub(crate) fn read(text: &str) -> Result<View, AppError> {
    let unread = |detail: String| AppError::at("/publiccode", "wrong_type", detail);
    let file = parse(text).map_err(unread)?;
    solution(&file).map_err(unread)
}

/// The file as JSON.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    yaml(text).map_err(|fault| fault.chars().take(300).collect())
}

/// What a file says of a solution, in our own form, without whose it is.
pub(crate) fn solution(file: &Value) -> Result<View, String> {
    let name = file["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| "a publiccode.yml has a name".to_owned())?;
    let mut document = Map::new();
    document.insert("kind".to_owned(), json!("open-source-software"));
    let texts: Vec<Value> =
        file["description"].as_object().into_iter().flatten().filter_map(|d| version(name, d)).collect();
    document.insert("texts".to_owned(), if texts.is_empty() { json!([{ "title": name }]) } else { json!(texts) });
    let link = file["landingURL"].as_str().or(file["url"].as_str());
    document.insert("link".to_owned(), json!(link));
    let licence = file["legal"]["license"].as_str().filter(|licence| Licence::parse(licence).is_ok());
    document.insert("licence".to_owned(), json!(licence));
    let status = file["developmentStatus"].as_str().unwrap_or_default();
    document.insert("trl".to_owned(), json!(STATUS.iter().find(|(word, ..)| *word == status).map(|(_, trl, _)| trl)));
    let languages = words(&file["localisation"]["availableLanguages"]);
    let languages: Vec<_> =
        languages.filter_map(|tag| LanguageTag::parse(tag).ok()).map(|tag| tag.to_string()).collect();
    document.insert("languages".to_owned(), json!(languages));
    let countries = words(&file["intendedAudience"]["countries"]);
    let countries: Vec<_> =
        countries.filter_map(|code| Country::parse(&code.to_uppercase()).ok()).map(|c| c.to_string()).collect();
    // Open software that is meant for no country in particular may be had anywhere.
    document.insert("delivery".to_owned(), if countries.is_empty() { json!(["*"]) } else { json!(countries) });
    let function = |word: &str| SCOPES.iter().find(|(_, scope)| *scope == word).map(|(function, _)| *function);
    let functions: Vec<&str> = words(&file["intendedAudience"]["scope"]).filter_map(function).collect();
    if !functions.is_empty() {
        document.insert("functions".to_owned(), json!(functions));
    }
    let users: Vec<Value> = words(&file["usedBy"]).map(|name| json!({ "organisation": name })).collect();
    document.insert("deployments".to_owned(), json!(users));
    document.retain(|_, value| !value.is_null());
    Ok(document)
}

/// YAML from strangers: what it comes to is bounded, however its aliases refer to each other. The files in use hold a few
/// hundred nodes and no alias.
fn yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: 20_000,
            max_depth: 32,
            max_documents: 1,
            max_anchors: 100,
            max_aliases: 100,
            max_recorded_anchor_events: 10_000,
            max_merge_keys: 100,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
            max_replay_stack_depth: 8,
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|fault| fault.to_string())
}

fn words(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// One language's description.
fn version(name: &str, (language, description): (&String, &Value)) -> Option<Value> {
    let language = LanguageTag::parse(language).ok()?;
    let text = |member: &str| description[member].as_str().unwrap_or_default().trim().to_owned();
    let (localised, generic) = (text("localisedName"), text("genericName"));
    let name = if localised.is_empty() { name } else { &localised };
    let title = if generic.is_empty() { name.to_owned() } else { format!("{name}: {generic}") };
    let features: Vec<&str> = words(&description["features"]).collect();
    let whole = [text("longDescription"), features.join("\n")].join("\n").trim().to_owned();
    let cut = |text: String, most: usize| text.chars().take(most).collect::<String>();
    Some(json!({
        "language": language,
        "title": cut(title, limits::TITLE),
        "summary": cut(text("shortDescription"), limits::SUMMARY),
        "description": cut(whole, limits::DESCRIPTION),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_of_software_begins_a_solution() {
        let file = "publiccodeYmlVersion: \"0.4\"\nname: Nattvakt\nurl: https://git.example.org/nattvakt.git\n\
                    developmentStatus: beta\nlegal:\n  license: EUPL-1.2\nlocalisation:\n  localisationReady: true\n  \
                    availableLanguages: [sv, fi]\nusedBy:\n  - Inari\ndescription:\n  en:\n    shortDescription: Watches at night.\n    \
                    longDescription: >\n      A camera that\n      looks in.\n    features:\n      - Works offline\n";
        let read = Value::Object(read(file).unwrap());
        assert_eq!(read["texts"][0]["title"], "Nattvakt");
        assert_eq!(read["texts"][0]["description"], "A camera that looks in.\nWorks offline");
        assert_eq!((&read["trl"], &read["licence"]), (&json!(7), &json!("EUPL-1.2")));
        assert_eq!(read["languages"], json!(["sv", "fi"]));
        assert_eq!(read["deployments"], json!([{ "organisation": "Inari" }]));
        assert_eq!(read["link"], "https://git.example.org/nattvakt.git");
    }

    #[test]
    fn a_file_that_grows_when_it_is_read_is_refused() {
        let doubled = |levels: usize| {
            let mut text = "a0: &a0 [snow, snow, snow, snow, snow, snow, snow, snow, snow, snow]\n".to_owned();
            for level in 1..=levels {
                let below = format!("*a{}", level - 1);
                text += &format!("a{level}: &a{level} [{}]\n", [below.as_str(); 10].join(", "));
            }
            text + "name: Bomb\n"
        };
        assert!(read(&doubled(1)).is_ok(), "a few aliases are no bomb");
        // Ten of ten of ten …: a hundred million words from six lines.
        let started = std::time::Instant::now();
        let merged = format!("{}m: {{<<: [{}]}}\n", "a: &a {x: 1}\n", ["*a"; 200].join(", "));
        let deep = format!("name: {}{}", "[".repeat(5_000), "]".repeat(5_000));
        let wide = format!("name: Wide\nusedBy: [{}]\n", "x, ".repeat(50_000));
        for text in [doubled(7), merged, deep, wide] {
            assert!(matches!(read(&text), Err(AppError::Invalid(_))), "{}", &text[..60]);
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
    }

    #[test]
    fn a_name_of_its_own_in_a_language_and_the_field_of_government_are_read() {
        let file = "name: Nattvakt\nintendedAudience:\n  scope: [healthcare, tourism]\ndescription:\n  fi:\n    \
                    localisedName: Yövahti\n  en:\n    genericName: alarm\n";
        let read = Value::Object(read(file).unwrap());
        let title = |place: usize| read["texts"][place]["title"].as_str().unwrap();
        assert_eq!((title(0), title(1)), ("Yövahti", "Nattvakt: alarm"));
        assert_eq!(read["functions"], json!(["health"]));
    }

    #[test]
    fn what_is_no_such_file_is_told_so() {
        for text in ["", "name: [", "just words", "url: https://example.org", "a: &a [*a, *a]"] {
            assert!(matches!(read(text), Err(AppError::Invalid(_))), "{text:?}");
        }
    }
}
