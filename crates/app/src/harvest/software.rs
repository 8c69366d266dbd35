//! Software described by `publiccode.yml`: single files, and pages of the Software Catalog API.

use chrono::{DateTime, SecondsFormat, Utc};
use innocap_domain::{RecordKind, limits};
use serde_json::{Value, json};
use url::Url;

use super::found::{Found, Item, Party, clean, cut, website};
use super::{Origin, Page, privacy};
use crate::publiccode;

/// One file. `address` is where it was found; the software's own address is its identifier.
pub(super) fn file(origin: &Origin, address: &str, body: &[u8]) -> Result<Page, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the file is not UTF-8".to_owned())?;
    let file = publiccode::parse(text)?;
    let id = file["url"].as_str().map_or_else(|| address.to_owned(), str::to_owned);
    let item = item(origin, &id, None, &file)?;
    Ok(Page { found: vec![Found::Item(Box::new(item))], next: None })
}

/// A page of the catalogue. What is not active there is not listed, so it counts as gone.
pub(super) fn catalogue(origin: &Origin, body: &[u8]) -> Result<Page, String> {
    let page: Value = serde_json::from_slice(body).map_err(|error| format!("not valid JSON: {error}"))?;
    let Some(entries) = page["data"].as_array() else {
        return Err("a page of the Software Catalog API has a list named data".to_owned());
    };
    let mut found = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let id = entry["id"].as_str().map_or_else(|| format!("data/{number}"), str::to_owned);
        if entry["active"].as_bool() == Some(false) {
            found.push(Found::Note { at: id, why: "it is not active in the catalogue".to_owned() });
            continue;
        }
        let updated = entry["updatedAt"].as_str().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        let stamp = updated.map(|time| time.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Micros, true));
        let read = entry["publiccodeYml"]
            .as_str()
            .ok_or_else(|| "it holds no publiccode.yml".to_owned())
            .and_then(publiccode::parse)
            .and_then(|mut file| {
                if file["url"].is_null() && file.is_object() {
                    file["url"] = entry["url"].clone();
                }
                item(origin, &id, stamp, &file)
            });
        found.push(match read {
            Ok(item) => Found::Item(Box::new(item)),
            Err(why) => Found::Fault { at: id, why },
        });
    }
    let next = page["links"]["next"].as_str().filter(|next| !next.is_empty()).map(str::to_owned);
    Ok(Page { found, next })
}

fn item(origin: &Origin, id: &str, stamp: Option<String>, file: &Value) -> Result<Item, String> {
    let mut document = publiccode::solution(file)?;
    let owner = owner(file).ok_or_else(|| "it tells neither an owner nor an address".to_owned())?;
    document.insert("organisation".to_owned(), owner.document(kind_of_owner(&owner.name)));
    let address = file["url"].as_str().and_then(website);
    document.insert("source".to_owned(), json!(origin.source(&cut(id, limits::NAME), address)));
    Ok(Item {
        kind: RecordKind::Solution,
        id: cut(id, limits::NAME),
        stamp,
        document: Value::Object(document),
        closed: None,
    })
}

/// Whose it is: the organisation, the owner of the repository or of the copyright where that is a body, else the account
/// that the repository belongs to. Maintainers and contacts, who are people, are not looked at.
fn owner(file: &Value) -> Option<Party> {
    let named = [&file["organisation"]["name"], &file["legal"]["repoOwner"], &file["legal"]["mainCopyrightOwner"]]
        .into_iter()
        .filter_map(Value::as_str)
        .map(clean)
        .find(|name| !name.is_empty() && privacy::names_a_body(name));
    let said = file["organisation"]["name"].as_str().map(clean).filter(|name| !name.is_empty());
    let repository = || {
        let url = Url::parse(file["url"].as_str().or(file["landingURL"].as_str())?).ok()?;
        let host = url.host_str()?.trim_start_matches("www.").to_owned();
        let account = url.path_segments()?.find(|part| !part.is_empty()).unwrap_or_default().to_owned();
        let account = account.trim_end_matches(".git");
        Some(if account.is_empty() { host } else { format!("{host}/{account}") })
    };
    let name = named.or(said).or_else(repository)?;
    Some(Party { name, ..Party::default() })
}

fn kind_of_owner(name: &str) -> &'static str {
    let name = format!(" {} ", name.to_lowercase());
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["universit", "högskol", "yliopisto", "háskól"]) {
        "higher-education"
    } else if says(&[
        "kommun",
        "kunta",
        "kaupunki",
        "council",
        "city of",
        "comune ",
        "ministr",
        "agenc",
        "region",
        "government",
        "gemeente",
        "agenzia",
        "dipartimento",
        "department",
        "authority",
    ]) {
        "public-body"
    } else if says(&[" ab ", " oy ", " as ", " a/s ", " ltd", " limited", " gmbh", " srl", " s.r.l", " spa ", " inc"]) {
        "company"
    } else {
        "association"
    }
}
