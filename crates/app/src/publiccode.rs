//! A `publiccode.yml` (the standard of the Foundation for Public Code's and Developers Italia's catalogues, version 0.4) as
//! the beginning of a solution.

use innocap_access::{Action, Target};
use innocap_domain::{Country, LanguageTag, Licence, limits};
use innocap_exchange::fetch_publiccode;
use serde_json::{Map, Value, json};

use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::records::View;

/// How ripe software is, by `developmentStatus`: the nearest technology readiness level (ISO 16290).
const STATUS: [(&str, u8); 4] = [("concept", 2), ("development", 5), ("beta", 7), ("stable", 9)];

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

fn read(text: &str) -> Result<View, AppError> {
    let unread = |detail: String| AppError::at("/publiccode", "wrong_type", detail);
    let file = parse(text).map_err(unread)?;
    solution(&file).map_err(unread)
}

/// The file as JSON. Aliases are followed within the parser's own bounds.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string().chars().take(300).collect())
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
    document.insert("trl".to_owned(), json!(STATUS.iter().find(|(word, _)| *word == status).map(|(_, trl)| trl)));
    let languages = words(&file["localisation"]["availableLanguages"]);
    let languages: Vec<_> =
        languages.filter_map(|tag| LanguageTag::parse(tag).ok()).map(|tag| tag.to_string()).collect();
    document.insert("languages".to_owned(), json!(languages));
    let countries = words(&file["intendedAudience"]["countries"]);
    let countries: Vec<_> =
        countries.filter_map(|code| Country::parse(&code.to_uppercase()).ok()).map(|c| c.to_string()).collect();
    // Open software that is meant for no country in particular may be had anywhere.
    document.insert("delivery".to_owned(), if countries.is_empty() { json!(["*"]) } else { json!(countries) });
    let users: Vec<Value> = words(&file["usedBy"]).map(|name| json!({ "organisation": name })).collect();
    document.insert("deployments".to_owned(), json!(users));
    document.retain(|_, value| !value.is_null());
    Ok(document)
}

fn words(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// One language's description.
fn version(name: &str, (language, description): (&String, &Value)) -> Option<Value> {
    let language = LanguageTag::parse(language).ok()?;
    let text = |member: &str| description[member].as_str().unwrap_or_default().trim().to_owned();
    let generic = text("genericName");
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
    fn what_is_no_such_file_is_told_so() {
        for text in ["", "name: [", "just words", "url: https://example.org", "a: &a [*a, *a]"] {
            assert!(matches!(read(text), Err(AppError::Invalid(_))), "{text:?}");
        }
    }
}
