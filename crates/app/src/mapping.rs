//! Mapping files: how the rows of any JSON Lines or CSV file become records of our own form.
//!
//! A mapping is a TOML file. `kind` says what a row becomes; `[constants]` and `[fields]` name members of our form by
//! their path (`texts.0.title`, `organisation.name`, `cpv`) and say where the value comes from. The mappings that come
//! with Innocap stand in `mappings/` and show every rule.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use innocap_domain::{Country, CpvCode, LanguageTag, Licence, RecordKind, Region};
use serde::Deserialize;
use serde_json::{Map, Value};

/// How rows become records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What each row becomes.
    pub kind: RecordKind,
    /// Members with the same value in every record.
    #[serde(default)]
    constants: BTreeMap<String, Value>,
    /// Members taken from the row.
    #[serde(default)]
    fields: BTreeMap<String, Rule>,
}

/// Where a member's value comes from and what is done with it, in the order of the fields here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// One column, or several whose values follow each other. A path with dots reaches into objects and lists.
    #[serde(default)]
    from: From,
    /// A text in which `{column}` is replaced, in place of `from`; empty where a column is.
    template: Option<String>,
    /// Splits each text at this separator.
    split: Option<String>,
    /// Replaces values; what is not named stays.
    #[serde(default)]
    map: BTreeMap<String, String>,
    /// Drops values that are not named in `map`.
    #[serde(default)]
    only_mapped: bool,
    /// Replaces a value by the second of the first pair whose first it contains, in any case.
    #[serde(default)]
    contains: Vec<(String, String)>,
    /// What a value becomes that none of `contains` fits.
    otherwise: Option<String>,
    /// Reads dates in one of these forms (`%d.%m.%Y`), drops what is none.
    #[serde(default)]
    date: Vec<String>,
    /// Keeps only values that are valid: `cpv`, `licence`, `country`, `region`, `language`, `address`.
    valid: Option<Valid>,
    /// Joins the values into one text with this between them.
    join: Option<String>,
    /// Cuts each text at a word's end to at most so many characters.
    cut: Option<usize>,
    /// Makes a list even of one value.
    #[serde(default)]
    list: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
enum From {
    #[default]
    Nothing,
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Valid {
    Cpv,
    Licence,
    Country,
    Region,
    Language,
    Address,
}

impl Valid {
    fn accepts(self, text: &str) -> bool {
        match self {
            Self::Cpv => CpvCode::parse(text).is_ok(),
            Self::Licence => Licence::parse(text).is_ok(),
            Self::Country => Country::parse(text).is_ok(),
            Self::Region => Region::parse(text).is_ok(),
            Self::Language => LanguageTag::parse(text).is_ok(),
            Self::Address => text.starts_with("https://") || text.starts_with("http://"),
        }
    }
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }

    /// The record that a row becomes, in our own form.
    pub fn apply(&self, row: &Value) -> Value {
        let mut record = Value::Object(Map::new());
        for (path, value) in &self.constants {
            set(&mut record, path, value.clone());
        }
        for (path, rule) in &self.fields {
            if let Some(value) = rule.value(row) {
                set(&mut record, path, value);
            }
        }
        record["type"] = Value::from(self.kind.as_str());
        record
    }
}

impl Rule {
    fn value(&self, row: &Value) -> Option<Value> {
        let mut values: Vec<String> = match (&self.template, &self.from) {
            (Some(template), _) => fill(template, row).into_iter().collect(),
            (None, From::Nothing) => Vec::new(),
            (None, From::One(column)) => column_values(row, column),
            (None, From::Several(columns)) => columns.iter().flat_map(|column| column_values(row, column)).collect(),
        };
        if let Some(separator) = &self.split {
            values = values.iter().flat_map(|text| text.split(separator.as_str())).map(str::to_owned).collect();
        }
        values = values.iter().map(|text| clean(text)).filter(|text| !text.is_empty()).collect();
        if !self.map.is_empty() {
            values = values
                .into_iter()
                .filter_map(|text| match self.map.get(&text) {
                    Some(mapped) => Some(mapped.clone()),
                    None => (!self.only_mapped).then_some(text),
                })
                .filter(|text| !text.is_empty())
                .collect();
        }
        if !self.contains.is_empty() {
            values = values.iter().filter_map(|text| self.contained(text)).collect();
        }
        if !self.date.is_empty() {
            values = values.iter().filter_map(|text| date(text, &self.date)).collect();
        }
        if let Some(valid) = self.valid {
            values.retain(|text| valid.accepts(text));
        }
        let mut seen = std::collections::HashSet::new();
        values.retain(|text| seen.insert(text.clone()));
        if let Some(between) = &self.join {
            values = vec![values.join(between)];
        }
        if let Some(most) = self.cut {
            values = values.iter().map(|text| cut(text, most)).collect();
        }
        values.retain(|text| !text.is_empty());
        match values.len() {
            0 => None,
            1 if !self.list && self.split.is_none() => values.pop().map(Value::from),
            _ if !self.list && self.split.is_none() && self.join.is_none() => {
                values.into_iter().next().map(Value::from)
            }
            _ => Some(Value::from(values)),
        }
    }
}

impl Rule {
    fn contained(&self, text: &str) -> Option<String> {
        // Spaces at both ends let a needle such as " AB " match at the end of a name.
        let text = format!(" {} ", text.to_lowercase());
        let found = self.contains.iter().find(|(needle, _)| text.contains(&needle.to_lowercase()));
        found.map(|(_, value)| value.clone()).or_else(|| self.otherwise.clone())
    }
}

/// The texts of a column; a list gives each of its entries.
fn column_values(row: &Value, column: &str) -> Vec<String> {
    fn texts(value: &Value) -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Number(number) => vec![number.to_string()],
            Value::Bool(yes) => vec![yes.to_string()],
            Value::Array(items) => items.iter().flat_map(texts).collect(),
            Value::Null | Value::Object(_) => Vec::new(),
        }
    }
    if let Some(value) = row.get(column) {
        return texts(value);
    }
    let found = column.split('.').try_fold(row, |value, step| match step.parse::<usize>() {
        Ok(place) => value.get(place),
        Err(_) => value.get(step),
    });
    found.map(texts).unwrap_or_default()
}

/// A template with its columns filled in; `None` where one of them is empty.
fn fill(template: &str, row: &Value) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let end = rest[start..].find('}')? + start;
        filled.push_str(&rest[..start]);
        filled.push_str(column_values(row, &rest[start + 1..end]).first().filter(|text| !text.is_empty())?);
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    Some(filled)
}

/// A text without control characters and with its spaces in order.
fn clean(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c == '\u{a0}' || (c.is_control() && c != '\n') { ' ' } else { c }).collect();
    let lines = spaced.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn date(text: &str, forms: &[String]) -> Option<String> {
    let found = forms.iter().find_map(|form| {
        NaiveDate::parse_from_str(text, form)
            .ok()
            .or_else(|| NaiveDateTime::parse_from_str(text, form).ok().map(|time| time.date()))
    });
    found.map(|date| date.format("%Y-%m-%d").to_string())
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    let end = head.rfind(char::is_whitespace).unwrap_or(head.len());
    format!("{}…", head[..end].trim_end())
}

/// Puts a value at a path, making objects and lists on the way.
pub(crate) fn set(target: &mut Value, path: &str, value: Value) {
    let mut here = target;
    for step in path.split('.') {
        here = match step.parse::<usize>() {
            Ok(place) => {
                if !here.is_array() {
                    *here = Value::Array(Vec::new());
                }
                let Value::Array(items) = here else { unreachable!("it has just been made a list") };
                while items.len() <= place.min(100) {
                    items.push(Value::Null);
                }
                &mut items[place.min(100)]
            }
            Err(_) => {
                if !here.is_object() {
                    *here = Value::Object(Map::new());
                }
                &mut here[step]
            }
        };
    }
    *here = value;
}
