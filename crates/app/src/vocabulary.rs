//! Vocabularies: labels of codes as readers see them, and importing official lists.

use innocap_domain::{Country, CpvCode, Labels, Language, PublicFunction, Region, Scheme};
use innocap_registry::Registry;
use serde::Serialize;
use serde_json::Value;

use crate::Innocap;
use crate::error::AppError;

/// A code with its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VocabularyEntry {
    /// The code.
    pub code: String,
    /// Its label in the language asked for, or the nearest there is.
    pub label: String,
    /// What it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What an import of labels did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelImport {
    /// Codes whose labels were stored.
    pub codes: usize,
    /// Labels stored.
    pub labels: usize,
    /// Lines that were not taken, each with its number and why.
    pub refused: Vec<(usize, String)>,
}

/// The bundled labels with those in the registry on top.
///
/// # Errors
/// Where the registry fails.
pub async fn known_labels(registry: &Registry) -> Result<Labels, AppError> {
    let mut labels = Labels::bundled().clone();
    for (scheme, code, language, label) in registry.labels().await? {
        labels.insert(scheme, &code, &language, label);
    }
    Ok(labels)
}

/// Checks that a code belongs to its scheme.
fn check(scheme: Scheme, code: &str) -> Result<(), innocap_domain::CodeError> {
    match scheme {
        Scheme::Cpv => CpvCode::parse(code).map(drop),
        Scheme::Region if code.len() == 2 => Country::parse(code).map(drop),
        Scheme::Region => Region::parse(code).map(drop),
        Scheme::Function => PublicFunction::parse(code).map(drop),
    }
}

impl Innocap {
    /// Codes of a scheme whose label or code holds `text`, at most `limit`; all of them where `text` is empty.
    pub fn vocabulary(&self, scheme: Scheme, text: &str, language: Language, limit: usize) -> Vec<VocabularyEntry> {
        let labels = self.labels();
        let wanted = text.trim().to_lowercase();
        let entry = |code: &str| {
            Some(VocabularyEntry {
                code: code.to_owned(),
                label: labels.label(scheme, code, language)?.to_owned(),
                description: labels.description(scheme, code, language).map(str::to_owned),
            })
        };
        labels
            .codes(scheme)
            .into_iter()
            .filter_map(entry)
            .filter(|e| {
                wanted.is_empty()
                    || e.code.starts_with(&wanted.to_uppercase())
                    || e.code.starts_with(&wanted)
                    || e.label.to_lowercase().contains(&wanted)
            })
            .take(limit)
            .collect()
    }

    /// One code of a scheme with its labels in every language.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the scheme does not hold the code.
    pub fn vocabulary_code(&self, scheme: Scheme, code: &str) -> Result<Value, AppError> {
        check(scheme, code).map_err(|_| AppError::NotFound)?;
        let labels = self.labels();
        let mut entry =
            serde_json::json!({"code": code, "labels": labels.all(scheme, code).cloned().unwrap_or_default()});
        if let (Scheme::Cpv, Ok(code)) = (scheme, CpvCode::parse(code))
            && let Some(parent) = code.parent()
        {
            entry["parent"] = Value::from(parent.as_str());
        }
        Ok(entry)
    }

    /// Takes labels from JSON Lines: `{"code": …, "label": {"en": …, …}}`.
    ///
    /// # Errors
    /// Where the registry fails; faults of single lines are reported in the result.
    pub async fn import_labels(&self, scheme: Scheme, text: &str) -> Result<LabelImport, AppError> {
        let mut rows = Vec::new();
        let mut result = LabelImport::default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match label_line(scheme, line) {
                Ok((code, labels)) => {
                    result.codes += 1;
                    rows.extend(labels.into_iter().map(|(language, label)| (scheme, code.clone(), language, label)));
                }
                Err(why) => result.refused.push((number + 1, why)),
            }
        }
        self.store_labels(rows, result).await
    }

    /// Takes CPV labels in one language from the eForms SDK's translation file (`code_xx.xml`), whose entries have
    /// keys of the form `code|name|cpv.85312000`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the file names no CPV code at all.
    pub async fn import_eforms_labels(&self, language: Language, xml: &str) -> Result<LabelImport, AppError> {
        let mut rows = Vec::new();
        let mut result = LabelImport::default();
        for (key, label) in eforms_entries(xml).map_err(|e| AppError::at("", "invalid_xml", e))? {
            let mut parts = key.split('|');
            if parts.next() != Some("code") || parts.next() != Some("name") {
                continue;
            }
            let (scheme, code) = match parts.next().and_then(|code| code.split_once('.')) {
                Some(("cpv", code)) => (Scheme::Cpv, code),
                Some(("nuts" | "nuts-lvl3" | "country", code)) => (Scheme::Region, code),
                Some(("main-activity", code)) => (Scheme::Function, code),
                _ => continue,
            };
            if check(scheme, code).is_ok() {
                result.codes += 1;
                rows.push((scheme, code.to_owned(), language.code().to_owned(), label));
            }
        }
        if rows.is_empty() {
            return Err(AppError::at(
                "",
                "no_codes",
                "the file holds no entry with a key such as code|name|cpv.85312000",
            ));
        }
        self.store_labels(rows, result).await
    }

    async fn store_labels(
        &self,
        rows: Vec<(Scheme, String, String, String)>,
        mut result: LabelImport,
    ) -> Result<LabelImport, AppError> {
        result.labels = rows.len();
        self.registry().store_labels(rows).await?;
        self.set_labels(known_labels(self.registry()).await?);
        Ok(result)
    }
}

fn label_line(scheme: Scheme, line: &str) -> Result<(String, Vec<(String, String)>), String> {
    let value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let code = value.get("code").and_then(Value::as_str).ok_or("there is no code")?;
    // The utilities' regions "Z" and other statistical leftovers are part of NUTS and stay.
    check(scheme, code).map_err(|e| e.to_string())?;
    let labels = value.get("label").and_then(Value::as_object).ok_or("there is no object named label")?;
    let labels = labels.iter().filter_map(|(language, label)| {
        let label = label.as_str().map(str::trim).filter(|l| !l.is_empty() && l.chars().count() <= 500)?;
        let language = innocap_domain::LanguageTag::parse(language).ok()?;
        Some((language.as_str().to_owned(), label.to_owned()))
    });
    Ok((code.to_owned(), labels.collect()))
}

/// The entries of a Java properties file in XML, the form of the eForms SDK's translations.
fn eforms_entries(xml: &str) -> Result<Vec<(String, String)>, String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut entries = Vec::new();
    let mut open: Option<(String, String)> = None;
    loop {
        use quick_xml::events::Event;
        match reader.read_event().map_err(|e| format!("the file is not well-formed XML: {e}"))? {
            Event::Start(element) if element.name().as_ref() == "entry" => {
                let key =
                    element.attributes().flatten().find(|a| a.key.as_ref() == "key").map(|a| a.value.into_owned());
                open = key.map(|key| (key, String::new()));
            }
            Event::Text(text) => {
                if let Some((_, label)) = &mut open {
                    label.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some((_, label)) = &mut open {
                    label.push(match &*reference {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => reference.resolve_char_ref().ok().flatten().unwrap_or('\u{fffd}'),
                    });
                }
            }
            Event::End(element) if element.name().as_ref() == "entry" => entries.extend(open.take()),
            Event::Eof => return Ok(entries),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_a_file_are_neither_looked_up_nor_multiplied() {
        let mut declared = String::from("<!ENTITY a0 \"snow\"><!ENTITY x SYSTEM \"file:///etc/passwd\">");
        for level in 1..=9 {
            let below = format!("&a{};", level - 1).repeat(10);
            declared += &format!("<!ENTITY a{level} \"{below}\">");
        }
        let xml = format!(
            "<!DOCTYPE properties [{declared}]><properties><entry key=\"bomb\">&a9;</entry>\
             <entry key=\"inside\">&x;</entry><entry key=\"plain\">snow &amp; ice &#x2744;</entry></properties>"
        );
        let entries = eforms_entries(&xml).unwrap();
        let plain = |key: &str, label: &str| (key.to_owned(), label.to_owned());
        let expected = [plain("bomb", "\u{fffd}"), plain("inside", "\u{fffd}"), plain("plain", "snow & ice ❄")];
        assert_eq!(entries, expected);
    }
}
