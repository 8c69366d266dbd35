//! What the formats have in common: what is found in a document, in our own form, and the organisations in it.

use chrono::NaiveDate;
use innocap_domain::{
    Country, CpvCode, LanguageTag, NumberScheme, OrganisationNumber, Outcome, Place, RecordKind, Region, Source, limits,
};
use serde_json::{Map, Value, json};

use super::privacy;

/// What a document of a source holds.
#[derive(Debug)]
pub(super) enum Found {
    /// A record.
    Item(Box<Item>),
    /// A contract that somebody got.
    Award(Box<Award>),
    /// A need that has been met by a contract: its identifier at the source.
    Met(String),
    /// Something that is no record and cannot become one.
    Fault {
        /// Where in the document.
        at: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something that is left out, and why.
    Note {
        /// Where in the document.
        at: String,
        /// Why.
        why: String,
    },
}

/// A record of a source.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) kind: RecordKind,
    /// Its identifier at the source.
    pub(super) id: String,
    /// The source's own time of it, in a form that sorts.
    pub(super) stamp: Option<String>,
    /// In our own form, the organisation as an object.
    pub(super) document: Value,
    /// How a need has ended, where it has.
    pub(super) closed: Option<Outcome>,
}

/// A contract that somebody got.
#[derive(Debug)]
pub(super) struct Award {
    /// Its identifier at the source.
    pub(super) id: String,
    pub(super) buyer: Option<Party>,
    pub(super) supplier: Party,
    pub(super) title: String,
    pub(super) cpv: Vec<CpvCode>,
    pub(super) place: Place,
    pub(super) date: Option<NaiveDate>,
}

/// An organisation in a notice or a release: who needs, or who supplies. Nothing of the people there is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Party {
    pub(super) name: String,
    pub(super) number: Option<OrganisationNumber>,
    pub(super) place: Place,
    pub(super) website: Option<String>,
    pub(super) size: Option<&'static str>,
    /// Whether the source says that it is a person.
    pub(super) is_person: bool,
}

impl Party {
    /// Whether it is known to be a body: by its number in a register, or by its name.
    pub(super) fn is_body(&self) -> bool {
        if self.is_person || self.number.as_ref().is_some_and(OrganisationNumber::is_personal) {
            return false;
        }
        self.number.is_some() || privacy::names_a_body(&self.name)
    }

    /// In our own form, as an organisation of this kind.
    pub(super) fn document(&self, kind: &str) -> Value {
        let mut document = Map::new();
        document.insert("name".to_owned(), json!(cut(&self.name, limits::NAME)));
        document.insert("kind".to_owned(), json!(kind));
        if let Some(country) = self.place.country {
            document.insert("country".to_owned(), json!(country));
        }
        if let Some(region) = &self.place.region {
            document.insert("region".to_owned(), json!(region));
        }
        if let Some(number) = self.number.as_ref().filter(|number| !number.is_personal()) {
            document.insert("number".to_owned(), json!(number));
        }
        if let Some(website) = &self.website {
            document.insert("website".to_owned(), json!(website));
        }
        if let Some(size) = self.size.filter(|_| kind == "company") {
            document.insert("size".to_owned(), json!(size));
        }
        Value::Object(document)
    }

    /// What kind of organisation a supplier is, by its name.
    pub(super) fn kind_of_supplier(&self) -> &'static str {
        let name = self.name.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if says(&["universit", "högskol", "yliopisto", "háskól", "ammattikorkea", "college", "research institute"]) {
            "higher-education"
        } else {
            "company"
        }
    }
}

/// A need in our own form, before it is known whose it is.
pub(super) struct Need {
    pub(super) texts: Vec<Text>,
    pub(super) cpv: Vec<CpvCode>,
    pub(super) place: Place,
    pub(super) published: Option<NaiveDate>,
    pub(super) deadline: Option<NaiveDate>,
    pub(super) source: Source,
}

/// A text in one language.
pub(super) struct Text {
    pub(super) language: LanguageTag,
    pub(super) title: String,
    pub(super) description: String,
}

impl Need {
    pub(super) fn document(&self, buyer: &Party) -> Value {
        let mut document = Map::new();
        document.insert("organisation".to_owned(), buyer.document("public-body"));
        document.insert("texts".to_owned(), texts(&self.texts));
        document.insert("cpv".to_owned(), json!(self.cpv.iter().take(limits::CPV_CODES).collect::<Vec<_>>()));
        if let Some(country) = self.place.country {
            document.insert("country".to_owned(), json!(country));
        }
        if let Some(region) = &self.place.region {
            document.insert("region".to_owned(), json!(region));
        }
        // A deadline before the day of publication is that of an earlier step.
        let deadline = self.deadline.filter(|deadline| self.published.is_none_or(|published| *deadline >= published));
        if let Some(published) = self.published {
            document.insert("published".to_owned(), json!(published));
        }
        if let Some(deadline) = deadline {
            document.insert("deadline".to_owned(), json!(deadline));
        }
        document.insert("source".to_owned(), json!(self.source));
        Value::Object(document)
    }
}

fn texts(texts: &[Text]) -> Value {
    let mut versions: Vec<Value> = Vec::new();
    for text in texts.iter().filter(|text| !text.title.trim().is_empty()) {
        if versions.len() < limits::TEXT_VERSIONS
            && !versions.iter().any(|version| version["language"] == text.language.as_str())
        {
            versions.push(json!({
                "language": text.language,
                "title": cut(text.title.trim(), limits::TITLE),
                "description": cut(text.description.trim(), limits::DESCRIPTION),
            }));
        }
    }
    Value::Array(versions)
}

/// Pieces of text below each other, each once.
pub(super) fn joined(pieces: impl IntoIterator<Item = String>) -> String {
    let mut kept: Vec<String> = Vec::new();
    for piece in pieces {
        let piece = clean(&piece);
        if !piece.is_empty() && !kept.contains(&piece) {
            kept.push(piece);
        }
    }
    kept.join("\n")
}

/// A text without control characters and with its spaces in order.
pub(super) fn clean(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let lines = plain.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A text of at most so many characters, cut at a word's end.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most - 1).collect();
    let end = head.rfind(char::is_whitespace).unwrap_or(head.len());
    format!("{}…", head[..end].trim_end())
}

/// The day that a text begins with: `2021-03-26`, `20210326`, or the same with a time or a zone after it.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let dashed = text.get(..10).and_then(|day| day.parse().ok());
    dashed.or_else(|| NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d").ok())
}

/// An address of a page, with a scheme where it came without one.
pub(super) fn website(text: &str) -> Option<String> {
    let text = text.trim();
    let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = url::Url::parse(&address).ok()?;
    let has_domain = url.domain().is_some_and(|domain| domain.contains('.'));
    let is_plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (has_domain && is_plain && url.as_str().len() <= limits::ADDRESS).then(|| address.replace(' ', "%20"))
}

/// The codes that are CPV codes, each once, with or without the check digit that some write behind them.
pub(super) fn cpv_codes<'c>(codes: impl IntoIterator<Item = &'c str>) -> Vec<CpvCode> {
    let mut kept = Vec::new();
    for code in codes {
        let code = code.trim().split('-').next().unwrap_or_default();
        if let Ok(code) = CpvCode::parse(code)
            && !kept.contains(&code)
        {
            kept.push(code);
        }
    }
    kept
}

/// The place of a country and a region's NUTS code. A code of another version of NUTS is read as the region around it that
/// is known; a region of another country than the one given is left out.
pub(super) fn place(country: Option<Country>, nuts: Option<&str>) -> Place {
    let code = nuts.unwrap_or_default().trim();
    let known = (3..=code.len().min(5)).rev().filter_map(|length| code.get(..length));
    let region = known.filter_map(|code| Region::parse(code).ok()).next();
    let region = region.filter(|region| country.is_none_or(|country| region.country() == country));
    let country = country.or_else(|| Country::parse(code.get(..2)?).ok());
    Place::new(country, region)
}

/// An organisation's number as a notice gives it: without its register, sometimes as the number for value-added tax.
/// Nothing where it is none of the country's main register.
pub(super) fn national_number(country: Option<Country>, text: &str) -> Option<OrganisationNumber> {
    let country = country?;
    let schemes: &[&str] = match country.as_str() {
        "SE" => &["SE-ON"],
        "FI" => &["FI-PRO"],
        "NO" => &["NO-BRC"],
        "DK" => &["DK-CVR"],
        "IS" => &["IS-KEN"],
        "EE" => &["EE-RIK"],
        "LV" => &["LV-RE"],
        "LT" => &["LT-RC"],
        "GB" => &["GB-COH"],
        "IE" => &["IE-CRO"],
        "NL" => &["NL-KVK"],
        "BE" => &["BE-BCE_KBO"],
        "FR" => &["FR-SIREN", "FR-SIRET"],
        _ => return None,
    };
    let text = text.trim();
    let bare = text.strip_prefix(country.as_str()).unwrap_or(text);
    // A Swedish number for value-added tax has 01 behind the organisation's.
    let shorter = (country.as_str() == "SE" && bare.len() == 12).then(|| bare.strip_suffix("01")).flatten();
    let ways = [Some(bare), shorter];
    schemes.iter().find_map(|scheme| {
        let scheme = NumberScheme::parse(scheme).ok()?;
        ways.iter().flatten().find_map(|text| OrganisationNumber::parse(scheme.clone(), text).ok())
    })
}
