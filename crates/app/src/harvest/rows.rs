//! Rows of CSV or JSON Lines, in our own form or through a mapping.

use innocap_domain::RecordKind;
use serde_json::{Value, json};

use super::found::{Found, Item};
use super::{Origin, Page};
use crate::import::{Form, Rows};
use crate::mapping::Mapping;

pub(super) fn read(origin: &Origin, form: Form, mapping: Option<&Mapping>, body: &[u8]) -> Page {
    let mut page = Page::default();
    let fault = |at: String, why: String| Found::Fault { at, why };
    let mut rows = match Rows::open(body, form, None, mapping.is_some(), 0) {
        Ok(rows) => rows,
        Err(error) => {
            page.found.push(fault("header".to_owned(), error.to_string()));
            return page;
        }
    };
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let read = row.content.map_err(|refusal| refusal.detail).and_then(|row| item(origin, mapping, row));
                page.found.push(match read {
                    Ok(item) => Found::Item(Box::new(item)),
                    Err(why) => fault(format!("line {}", row.line), why),
                });
            }
            Ok(None) => return page,
            Err(broken) => {
                page.found.push(fault("end".to_owned(), broken.detail));
                return page;
            }
        }
    }
}

fn item(origin: &Origin, mapping: Option<&Mapping>, row: Value) -> Result<Item, String> {
    let mut document = mapping.map_or_else(|| row.clone(), |mapping| mapping.apply(&row));
    let Some(members) = document.as_object_mut() else { return Err("expected a JSON object".to_owned()) };
    let kind = match members.remove("type") {
        Some(Value::String(word)) => RecordKind::parse(&word).map_err(|error| error.to_string())?,
        _ if members.contains_key("kind") && members.contains_key("texts") => RecordKind::Solution,
        _ if members.contains_key("texts") => RecordKind::Challenge,
        _ => RecordKind::Organisation,
    };
    let id = members.get("source").and_then(|source| source["id"].as_str()).map(str::trim).unwrap_or_default();
    if id.is_empty() {
        return Err("/source/id: a harvested row has the identifier that its source gives it".to_owned());
    }
    let id = id.to_owned();
    // Provenance is the source that the operator has set up, whatever the rows call it.
    let given = members.get("source").cloned().unwrap_or_default();
    let address = given["url"].as_str().map(str::to_owned);
    let mut source = json!(origin.source(&id, address));
    if origin.licence.is_none() && given["licence"].is_string() {
        source["licence"] = given["licence"].clone();
    }
    members.insert("source".to_owned(), source);
    for own in ["id", "version", "status", "status_reason", "created", "updated", "verified", "in_review", "suspended"]
    {
        members.remove(own);
    }
    Ok(Item { kind, id, stamp: None, document, closed: None })
}
