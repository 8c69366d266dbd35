//! JSON documents: merge patches, and the difference between what is stored and what a reader sees.

use innocap_domain::{Organisation, OrganisationId};
use serde_json::{Map, Value, json};

/// Members of a view that the service writes itself.
const OWN_MEMBERS: [&str; 11] = [
    "id",
    "version",
    "status",
    "status_reason",
    "created",
    "updated",
    "type",
    "verified",
    "in_review",
    "suspended",
    "provenance",
];

/// Applies a JSON Merge Patch (RFC 7396, section 2).
pub(crate) fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(members) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(target) = target {
        for (name, value) in members {
            if value.is_null() {
                target.remove(name);
            } else {
                merge_patch(target.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

/// Takes out of a view what the service wrote into it, and puts an organisation's identifier in place of its summary.
pub(crate) fn strip_view(document: &mut Value) {
    let Some(members) = document.as_object_mut() else {
        return;
    };
    for name in OWN_MEMBERS {
        members.remove(name);
    }
    let id = members.get("organisation").and_then(|o| o.get("id")).cloned();
    if let Some(id) = id {
        members.insert("organisation".to_owned(), id);
    }
}

/// What a reader sees of the organisation behind a record.
pub(crate) fn organisation_summary(id: OrganisationId, organisation: &Organisation) -> Value {
    let mut summary = json!({"id": id, "name": organisation.name, "kind": organisation.kind});
    if let Some(country) = organisation.place.country {
        summary["country"] = json!(country);
    }
    if let Some(region) = &organisation.place.region {
        summary["region"] = json!(region);
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_follows_the_examples_of_rfc_7396() {
        let cases = [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ];
        for (mut target, patch, expected) in cases {
            merge_patch(&mut target, &patch);
            assert_eq!(target, expected);
        }
    }
}
