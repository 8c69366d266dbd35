//! Cards: a record in brief, and a suggestion with its reasons, as a page shows them.

use innocap_app::{Innocap, Phrases, View, cut};
use innocap_domain::suggestion::{Objection, Passage, Reason};
use innocap_domain::{Labels, Language, LanguageTag, Place, Scheme, Texts};
use serde_json::Value;

use super::texts::InterfaceTexts;

/// A record in brief.
pub(crate) struct Card {
    pub id: String,
    pub href: String,
    pub title: String,
    /// The language of title and summary.
    pub language: String,
    pub summary: String,
    /// Whose it is, where, and what it is.
    pub byline: Vec<String>,
    /// When it was published or is due, as written.
    pub date: String,
}

/// A suggestion, or an open need, with its reasons.
pub(crate) struct Suggested {
    /// The identifier of what is suggested.
    pub id: String,
    pub card: Card,
    /// Of 100.
    pub score: u32,
    pub reasons: Vec<ReasonLine>,
    pub against: Vec<String>,
    /// The language it was found in, where it is not the reader's.
    pub found_in: Option<String>,
    pub alike: Option<String>,
    pub lifted: Option<String>,
    /// Who runs it already, those in the country of the need first; empty where nobody is known to.
    pub runs: String,
}

/// A reason as a line with a bar.
pub(crate) struct ReasonLine {
    pub text: String,
    /// Of 100.
    pub share: u32,
    pub passages: Vec<PassageLine>,
}

/// A passage, cut where words are marked.
pub(crate) struct PassageLine {
    pub language: String,
    pub spans: Vec<Span>,
}

/// A piece of a passage.
pub(crate) struct Span {
    pub text: String,
    pub marked: bool,
}

/// Those who run a solution that are named in a list of suggestions.
const RUNNERS: usize = 3;
/// Characters of a summary in a list.
const SUMMARY: usize = 280;

fn text_of<'a>(view: &'a View, name: &str) -> &'a str {
    view.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A place by its name.
pub(crate) fn place_name(labels: &Labels, code: &str, language: Language) -> String {
    labels.label(Scheme::Region, code, language).unwrap_or(code).to_owned()
}

/// A place by its name, with the regions it lies in and its country, from small to large; what has no name is left out.
pub(crate) fn place_chain(labels: &Labels, place: &Place, language: Language) -> Vec<String> {
    let mut codes = Vec::new();
    if let Some(region) = &place.region {
        let code = region.as_str();
        codes.push(code.to_owned());
        // NUTS nests by prefix (Regulation (EC) No 1059/2003), ISO 3166-2 does not.
        if !code.contains('-') {
            codes.extend((3..code.len()).rev().map(|length| code[..length].to_owned()));
        }
    }
    codes.extend(place.country.map(|country| country.to_string()));
    let mut names: Vec<String> = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let name = labels.label(Scheme::Region, code, language).map(str::to_owned);
        // The place itself is told by its code where it has no name.
        let name = name.or_else(|| (at == 0).then(|| code.clone()));
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

/// Where somebody is turned to, as a link: an address of mail, or of a page.
pub(crate) fn contact_link(contact: &str) -> (String, String) {
    let href = if contact.contains("://") { contact.to_owned() } else { format!("mailto:{contact}") };
    (href, contact.to_owned())
}

impl Card {
    /// A record's view, whole or in brief.
    pub(crate) fn of_view(resource: &str, view: &View, texts: &InterfaceTexts, labels: &Labels) -> Self {
        let language = texts.language();
        let reader = LanguageTag::from(language);
        let (title, summary, written_in) = match view.get("texts").cloned().map(serde_json::from_value::<Texts>) {
            Some(Ok(all)) => {
                let version = all.best_for(&reader);
                let summary = if version.summary.is_empty() { &version.description } else { &version.summary };
                (version.title.clone(), summary.clone(), version.language.to_string())
            }
            _ => {
                let (title, summary) = (text_of(view, "title").to_owned(), text_of(view, "summary").to_owned());
                (title, summary, text_of(view, "language").to_owned())
            }
        };
        let organisation = view.get("organisation").and_then(Value::as_object);
        let of_organisation = |name: &str| organisation.map_or("", |organisation| text_of(organisation, name));
        let country = Some(text_of(view, "country")).filter(|code| !code.is_empty());
        let country = country.unwrap_or_else(|| of_organisation("country"));
        let mut byline = vec![of_organisation("name").to_owned()];
        if !country.is_empty() {
            byline.push(place_name(labels, country, language));
        }
        let kind = text_of(view, "kind");
        if resource == "solutions" && !kind.is_empty() {
            byline.push(Phrases::new(language, labels).kind(kind));
        }
        byline.retain(|part| !part.is_empty());
        Self {
            id: text_of(view, "id").to_owned(),
            href: texts.to(&format!("/{resource}/{}", text_of(view, "id"))),
            title,
            language: written_in,
            summary: cut(&summary, SUMMARY),
            byline,
            date: text_of(view, "published").to_owned(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shares lie between 0 and 1")]
pub(crate) fn percent(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u32
}

impl Suggested {
    /// What was suggested, with its reasons as the app has phrased them.
    pub(crate) fn new(
        card: Card,
        score: f64,
        reasons: &[Reason],
        against: &[Objection],
        match_language: &LanguageTag,
        phrases: &Phrases<'_>,
    ) -> Self {
        let foreign = match_language.language() != Some(phrases.language());
        Self {
            id: card.id.clone(),
            card,
            score: percent(score),
            reasons: reasons.iter().map(ReasonLine::of).collect(),
            against: against.iter().map(|objection| objection.text.clone()).collect(),
            found_in: foreign.then(|| phrases.language_name(match_language)),
            alike: None,
            lifted: None,
            runs: String::new(),
        }
    }
}

impl ReasonLine {
    fn of(reason: &Reason) -> Self {
        let passages = reason.passages.iter().take(2).map(PassageLine::of).collect();
        Self { text: reason.text.clone(), share: percent(reason.share), passages }
    }
}

impl PassageLine {
    fn of(passage: &Passage) -> Self {
        let characters: Vec<char> = passage.text.chars().collect();
        let mut spans = Vec::new();
        let mut from = 0;
        let piece = |from: usize, to: usize, marked| Span { text: characters[from..to].iter().collect(), marked };
        for &(start, end) in &passage.highlights {
            if start >= from && end <= characters.len() && start < end {
                spans.push(piece(from, start, false));
                spans.push(piece(start, end, true));
                from = end;
            }
        }
        spans.push(piece(from, characters.len(), false));
        spans.retain(|span| !span.text.is_empty());
        Self { language: passage.language.to_string(), spans }
    }
}

/// Who runs a solution already, by name or else by place, those in `country` first.
pub(crate) fn runners(view: &View, labels: &Labels, language: Language, country: &str) -> String {
    let mut deployments: Vec<&Value> =
        view.get("deployments").and_then(Value::as_array).into_iter().flatten().collect();
    deployments.sort_by_key(|deployment| country.is_empty() || deployment["country"] != country);
    let mut names: Vec<String> = Vec::new();
    for deployment in deployments {
        let text = |name: &str| deployment[name].as_str().filter(|text| !text.is_empty());
        let place = || text("region").or(text("country")).map(|code| place_name(labels, code, language));
        if let Some(name) = text("organisation").map(str::to_owned).or_else(place).filter(|name| !names.contains(name))
        {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(RUNNERS);
    names.truncate(RUNNERS);
    if more > 0 {
        names.push(format!("+{more}"));
    }
    names.join(", ")
}

/// Cards of a page of a list.
pub(crate) fn cards(resource: &str, views: &[View], texts: &InterfaceTexts, innocap: &Innocap) -> Vec<Card> {
    let labels = innocap.labels();
    views.iter().map(|view| Card::of_view(resource, view, texts, &labels)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_with_what_it_lies_in() {
        let chain = |region: &str| {
            let place = Place::new(None, Some(innocap_domain::Region::parse(region).unwrap()));
            place_chain(Labels::bundled(), &place, Language::En)
        };
        assert_eq!(chain("SE332"), ["Norrbotten", "Upper Norrland", "Northern Sweden", "Sweden"]);
        assert_eq!(chain("IS002"), ["Iceland outside the capital area", "Iceland"]);
        assert_eq!(chain("GB-ZET"), ["Shetland Islands", "United Kingdom"]);
    }

    #[test]
    fn marked_words_are_cut_out_and_the_rest_is_kept() {
        let passage = Passage {
            field: "title".to_owned(),
            language: LanguageTag::parse("sv").unwrap(),
            text: "Snö på vägen".to_owned(),
            share: None,
            highlights: vec![(0, 3), (7, 12)],
            words: Vec::new(),
        };
        let line = PassageLine::of(&passage);
        let whole: String = line.spans.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(whole, passage.text);
        let marked: Vec<_> = line.spans.iter().filter(|span| span.marked).map(|span| span.text.as_str()).collect();
        assert_eq!(marked, ["Snö", "vägen"]);
    }
}
