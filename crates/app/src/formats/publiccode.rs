//! Open software as a `publiccode.yml`, in the standard's version 0: what is known of it, in the standard's words and
//! order, and at the top which of the required keys nobody here knows. What is written is read again by
//! [`crate::publiccode`] as the same solution, as far as the standard has words for it.

use innocap_domain::{DeliveryArea, Organisation, PublicFunction, Record, Solution, TextVersion, Trl};
use serde_json::{Map, Value, json};

use crate::brief::within;

/// How ripe software is, by `developmentStatus`: the readiness level (ISO 16290) that it is read as, and the highest that
/// is written so.
pub(crate) const STATUS: [(&str, u8, u8); 4] =
    [("concept", 2, 3), ("development", 5, 6), ("beta", 7, 8), ("stable", 9, 9)];

/// The fields of government of `intendedAudience.scope`, by public function. Of several functions with one word it is
/// read as the first.
pub(crate) const SCOPES: [(&str, &str); 17] = [
    ("gen-pub", "government"),
    ("defence", "defence"),
    ("pub-os", "security"),
    ("econ-aff", "finance-and-economic-development"),
    ("env-pro", "environment"),
    ("hc-am", "local-authorities"),
    ("health", "healthcare"),
    ("rcr", "culture"),
    ("education", "education"),
    ("soc-pro", "welfare"),
    ("electricity", "energy"),
    ("gas-heat", "energy"),
    ("urttb", "transportation"),
    ("rail", "transportation"),
    ("airport", "transportation"),
    ("port", "transportation"),
    ("water", "infrastructures"),
];

/// Characters of `shortDescription` and `longDescription` at most.
const SHORT: usize = 150;
const LONG: usize = 10_000;

/// What the standard requires, as paths within the file; `*` stands for every language of the description.
pub(super) const REQUIRED: [&str; 14] = [
    "publiccodeYmlVersion",
    "name",
    "url",
    "platforms",
    "developmentStatus",
    "softwareType",
    "description/*/shortDescription",
    "description/*/longDescription",
    "description/*/features",
    "legal/license",
    "maintenance/type",
    "maintenance/contacts",
    "localisation/localisationReady",
    "localisation/availableLanguages",
];

/// The file.
///
/// # Errors
/// Where the YAML cannot be written.
pub(super) fn written(
    record: &Record<Solution>,
    organisation: Option<&Organisation>,
    base: &str,
) -> Result<String, serde_saphyr::SerializeError> {
    let file = file(record, organisation, base);
    let page = format!("{base}/solutions/{}", record.id);
    let missing = missing(&file);
    let mut text = format!("# Written from {page}\n");
    if !missing.is_empty() {
        text.push_str("# The standard requires more than is known there. To be added:\n");
        for key in missing {
            text.push_str(&format!("#   {key}\n"));
        }
    }
    text.push_str(&serde_saphyr::to_string(&file)?);
    Ok(text)
}

/// The required keys that a file lacks.
pub(super) fn missing(file: &Value) -> Vec<&'static str> {
    let has = |path: &str| match path.split_once("/*/") {
        Some((list, key)) => {
            file[list].as_object().is_some_and(|all| !all.is_empty() && all.values().all(|one| one.get(key).is_some()))
        }
        None => file.pointer(&format!("/{path}")).is_some(),
    };
    REQUIRED.into_iter().filter(|path| !has(path)).collect()
}

/// What is known, in the order of the standard's example.
pub(super) fn file(record: &Record<Solution>, organisation: Option<&Organisation>, base: &str) -> Value {
    let content = &record.content;
    let original = content.texts.original();
    let mut file = Map::new();
    let mut put = |key: &str, value: Option<Value>| file.extend(value.map(|value| (key.to_owned(), value)));
    put("publiccodeYmlVersion", Some(json!("0")));
    put("name", Some(json!(original.title)));
    let source = content.source.as_ref().and_then(|source| source.url.as_deref());
    let repository = [content.link.as_deref(), source].into_iter().flatten().find(|address| is_repository(address));
    put("url", repository.map(|address| json!(address)));
    let landing = content.link.as_deref().filter(|link| repository != Some(*link));
    put("landingURL", landing.map(|address| json!(address)));
    let users: Vec<&str> = content.deployments.iter().filter_map(|user| user.organisation.as_deref()).collect();
    put("usedBy", (!users.is_empty()).then(|| json!(users)));
    put("developmentStatus", content.trl.map(|trl| json!(status(trl))));
    put("intendedAudience", audience(content));
    let described = content
        .texts
        .versions()
        .iter()
        .map(|version| (version.language.to_string(), Value::Object(description(version, &original.title))));
    put("description", Some(Value::Object(described.collect())));
    put("legal", content.licence.as_ref().map(|licence| json!({ "license": licence })));
    put(
        "localisation",
        (!content.languages.is_empty()).then(|| {
            let mut localisation = json!({ "availableLanguages": content.languages });
            if content.languages.len() > 1 {
                localisation["localisationReady"] = json!(true);
            }
            localisation
        }),
    );
    put(
        "organisation",
        organisation.map(|organisation| {
            let own = || format!("{base}/organisations/{}", content.organisation);
            json!({ "uri": organisation.website.clone().unwrap_or_else(own), "name": organisation.name })
        }),
    );
    Value::Object(file)
}

/// One language's description. A summary that is too long for the standard stands whole at the beginning of the long one.
fn description(version: &TextVersion, name: &str) -> Map<String, Value> {
    let mut description = Map::new();
    let mut put = |key: &str, text: &str| {
        if !text.is_empty() {
            description.insert(key.to_owned(), json!(text));
        }
    };
    if version.title != name {
        put("localisedName", &version.title);
    }
    let short = within(&version.summary, SHORT);
    put("shortDescription", &short);
    let long = if short == version.summary {
        version.description.clone()
    } else {
        format!("{}\n{}", version.summary, version.description).trim().to_owned()
    };
    put("longDescription", &within(&long, LONG));
    description
}

/// For whom it is meant: fields of government and countries; of a region the country that it lies in.
fn audience(content: &Solution) -> Option<Value> {
    let mut audience = Map::new();
    let mut scopes = Vec::new();
    for scope in content.functions.iter().filter_map(scope) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if !scopes.is_empty() {
        audience.insert("scope".to_owned(), json!(scopes));
    }
    let anywhere = content.delivery.contains(&DeliveryArea::Anywhere);
    let mut countries = Vec::new();
    for area in content.delivery.iter().filter(|_| !anywhere) {
        let country = match area {
            DeliveryArea::Anywhere => continue,
            DeliveryArea::Country(country) => *country,
            DeliveryArea::Region(region) => region.country(),
        };
        if !countries.contains(&country) {
            countries.push(country);
        }
    }
    if !countries.is_empty() {
        audience.insert("countries".to_owned(), json!(countries));
    }
    (!audience.is_empty()).then_some(Value::Object(audience))
}

fn scope(function: &PublicFunction) -> Option<&'static str> {
    SCOPES.iter().find(|(code, _)| *code == function.as_str()).map(|(_, scope)| *scope)
}

fn status(trl: Trl) -> &'static str {
    STATUS.iter().find(|(.., most)| trl.level() <= *most).map_or("stable", |(word, ..)| word)
}

/// Whether source code is kept at an address, as far as its form tells.
fn is_repository(address: &str) -> bool {
    const HOSTS: [&str; 5] = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.sr.ht"];
    let Some((_, rest)) = address.split_once("://") else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let named = HOSTS.contains(&host) || host.starts_with("git.") || host.starts_with("gitlab.");
    let path = path.trim_end_matches('/');
    path.ends_with(".git") || (named && path.contains('/'))
}
