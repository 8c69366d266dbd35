//! Registering a solution: what it is, whom it serves, where it is delivered, and who runs it already.

use innocap_app::{AppError, Caller, Innocap, Options, Part, View, completeness};
use innocap_domain::{Content, Reader, Solution, limits};
use serde_json::{Map, Value, json};

use super::super::forms::Field;
use super::super::layout::{Choice, countries, functions, languages};
use super::super::suggestions::kinds;
use super::aside::{Aside, codes, matches, near};
use super::documents::{
    common, flat, given_codes, given_languages, known_languages, number, put, ticked, truth, versions, words,
};
use super::fields::{levels, organisation, yes_or_no};
use super::{Context, Step, Written, without_nulls};
use crate::extract::Form;
use crate::problem::Problem;

impl Written for Solution {
    const RESOURCE: &'static str = "solutions";
    const DESCRIBED: bool = true;
    const TITLES: (&'static str, &'static str) = ("solution-new", "solution-edit");

    fn suits(_: &Value) -> bool {
        true
    }

    fn typed(view: &View) -> Vec<(String, String)> {
        let mut pairs = common(view);
        let view = Value::Object(view.clone());
        pairs.extend(flat(&view, &["kind", "trl", "functions", "cpv", "licence", "link"]));
        pairs.extend(known_languages(&view["languages"]));
        let needs = ["works_offline", "least_bandwidth_kbit", "remote_setup", "remote_support", "staff_on_site"];
        pairs.extend(flat(&view["requirements"], &needs));
        let areas = view["delivery"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let (regions, whole): (Vec<&str>, Vec<&str>) = areas.partition(|area| area.len() > 2);
        pairs.extend(whole.into_iter().map(|area| ("delivery".to_owned(), area.to_owned())));
        pairs.push(("delivery_regions".to_owned(), regions.join(", ")));
        let lines: Vec<String> = view["deployments"].as_array().into_iter().flatten().map(line).collect();
        pairs.push(("deployments".to_owned(), lines.join("\n")));
        pairs
    }

    fn steps(context: &Context<'_>) -> Vec<Step> {
        let texts = context.texts;
        let publiccode = Field::new("publiccode", "textarea", texts.get("field-publiccode"), "").rows(2).optional();
        let field = |name, kind, label: &str| Field::new(name, kind, texts.get(label), "");
        let select = |name, label: &str, choices| field(name, "select", label).optional().choosing(choices);
        let language = texts.language();
        let what = vec![
            organisation(context),
            field("title", "text", "solution-field-title")
                .hinted(texts.get("solution-title-hint"))
                .within(limits::TITLE),
            field("kind", "select", "fact-kind").choosing(kinds(context.innocap, texts, "-")),
            field("summary", "textarea", "field-summary")
                .hinted(texts.get("field-summary-hint"))
                .rows(2)
                .within(limits::SUMMARY)
                .optional(),
            field("description", "textarea", "solution-field-description")
                .hinted(texts.get("solution-description-hint"))
                .rows(10)
                .within(limits::DESCRIPTION)
                .optional(),
            field("language", "select", "fact-language").choosing(languages(context.innocap, texts, "-")),
            field("functions", "checkboxes", "fact-function").choosing(functions(context.innocap, language, "-")),
            publiccode.hinted(texts.get("field-publiccode-hint")),
        ];
        let mut areas = vec![Choice::new("*", texts.get("delivery-anywhere"), "-")];
        areas.extend(countries(context.innocap, language, "-"));
        let place = vec![
            field("delivery", "checkboxes", "fact-delivery").choosing(areas),
            field("delivery_regions", "text", "field-delivery-regions")
                .hinted(texts.get("field-region-hint"))
                .optional(),
            field("languages", "checkboxes", "fact-speaks").choosing(languages(context.innocap, texts, "-")),
            field("more_languages", "text", "field-more-languages").optional().within(200),
            select("trl", "fact-maturity", levels(texts)),
            field("deployments", "textarea", "fact-deployments")
                .hinted(texts.get("field-deployments-hint"))
                .rows(4)
                .optional(),
        ];
        let needs = vec![
            select("works_offline", "need-offline", yes_or_no(texts)),
            field("least_bandwidth_kbit", "number", "need-bandwidth").optional(),
            select("remote_setup", "need-remote-setup", yes_or_no(texts)),
            select("remote_support", "need-remote-support", yes_or_no(texts)),
            select("staff_on_site", "need-staff", yes_or_no(texts)),
            field("licence", "text", "fact-licence").hinted(texts.get("field-licence-hint")).within(100).optional(),
            field("link", "url", "fact-link").within(limits::ADDRESS).optional(),
        ];
        vec![
            Step { heading: texts.get("solution-step-what"), lead: texts.get("solution-step-what-lead"), fields: what },
            Step { heading: texts.get("solution-step-place"), lead: String::new(), fields: place },
            Step {
                heading: texts.get("solution-step-needs"),
                lead: texts.get("solution-step-needs-lead"),
                fields: needs,
            },
        ]
    }

    async fn described(
        innocap: &Innocap,
        caller: &Caller,
        description: &str,
    ) -> Result<Vec<(String, String)>, AppError> {
        let document = innocap.read_publiccode(caller, description).await?;
        let pairs = Self::typed(&document);
        Ok(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    fn document(typed: &Form, before: Option<&View>, _: &Context<'_>) -> Map<String, Value> {
        let mut document = Map::new();
        put(&mut document, typed, &["organisation", "kind", "licence", "link"]);
        document.insert("texts".to_owned(), versions(typed, before));
        document.insert("trl".to_owned(), number(typed, "trl"));
        document.insert("functions".to_owned(), json!(ticked(typed, "functions")));
        document.insert("cpv".to_owned(), json!(given_codes(typed)));
        let mut delivery = ticked(typed, "delivery");
        delivery.extend(words(typed.text("delivery_regions")).map(str::to_uppercase));
        document.insert("delivery".to_owned(), json!(delivery));
        document.insert("languages".to_owned(), json!(given_languages(typed)));
        let requirements = json!({
            "works_offline": truth(typed, "works_offline"),
            "least_bandwidth_kbit": number(typed, "least_bandwidth_kbit"),
            "remote_setup": truth(typed, "remote_setup"),
            "remote_support": truth(typed, "remote_support"),
            "staff_on_site": truth(typed, "staff_on_site"),
        });
        let requirements = if before.is_some() {
            requirements
        } else {
            without_nulls(requirements.as_object().cloned().unwrap_or_default())
        };
        document.insert("requirements".to_owned(), requirements);
        let stored =
            before.and_then(|view| view.get("deployments")).and_then(Value::as_array).cloned().unwrap_or_default();
        let lines = typed.text("deployments").lines().map(str::trim).filter(|line| !line.is_empty());
        let deployments: Vec<Value> = lines.map(|text| deployment(text, &stored)).collect();
        document.insert("deployments".to_owned(), json!(deployments));
        document
    }

    async fn aside(typed: &Form, document: &Value, context: &Context<'_>) -> Result<Aside, Problem> {
        let (innocap, texts) = (context.innocap, context.texts);
        let given = given_codes(typed);
        let none = codes(innocap, texts, &given, &[]);
        let mut aside = Aside { codes: none, heading: texts.get("aside-write-on"), ..Aside::default() };
        // What cannot be read yet is said when it is saved.
        let read = Reader::document(document, <Solution as Content>::read);
        let Ok(Some(solution)) = read else { return Ok(aside) };
        let parts = completeness(&solution);
        let there = parts.iter().filter(|(_, there)| *there).count();
        aside.meter = Some((there, parts.len()));
        aside.tips = parts.iter().filter(|(_, there)| !there).map(|(part, _)| texts.get(tip(*part))).collect();
        let options = Options { limit: 10, ..Options::default() };
        let needs = innocap.challenges_for_draft(solution, options).await?;
        let found = near(needs.challenges.iter().map(|need| (&need.challenge, need.score)));
        aside.heading = texts.count("aside-needs", found.len());
        let text = [typed.text("title"), typed.text("summary"), typed.text("description")].join("\n");
        let proposed = innocap.propose_codes(Solution::KIND, &text, &found, &given).await?;
        aside.codes = codes(innocap, texts, &given, &proposed);
        aside.matches = matches(innocap, texts, "challenges", &found);
        Ok(aside)
    }
}

/// What a part that is not there would help.
const fn tip(part: Part) -> &'static str {
    match part {
        Part::Summary => "tip-summary",
        Part::Description => "tip-description",
        Part::Functions => "tip-functions",
        Part::Codes => "tip-codes",
        Part::Delivery => "tip-delivery",
        Part::Languages => "tip-languages",
        Part::Maturity => "tip-maturity",
        Part::Requirements => "tip-requirements",
        Part::Deployments => "tip-deployments",
        Part::Link => "tip-link",
    }
}

/// A deployment as a line: who; where; since when; what came of it.
fn line(deployment: &Value) -> String {
    let text = |name: &str| deployment[name].as_str().unwrap_or_default();
    let place = if text("region").is_empty() { text("country") } else { text("region") };
    let parts =
        [text("organisation"), place, text("since"), text("outcome")].map(|part| part.replace([';', '\n'], ","));
    parts.join("; ").trim_end_matches([';', ' ']).to_owned()
}

/// The deployment that a line stands for. One that stands there as it did before keeps what the line does not say.
fn deployment(text: &str, stored: &[Value]) -> Value {
    if let Some(known) = stored.iter().find(|known| line(known) == text) {
        return known.clone();
    }
    let mut parts = text.splitn(4, ';').map(str::trim);
    let mut document = Map::new();
    for name in ["organisation", "place", "since", "outcome"] {
        let Some(value) = parts.next().filter(|value| !value.is_empty()) else { continue };
        let name = match name {
            "place" if value.len() > 2 => "region",
            "place" => "country",
            name => name,
        };
        let value = if matches!(name, "region" | "country") { value.to_uppercase() } else { value.to_owned() };
        document.insert(name.to_owned(), Value::from(value));
    }
    Value::Object(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_that_is_not_touched_keeps_what_its_line_does_not_say() {
        let stored = json!({"organisation": "Storuman; kommun", "country": "SE", "since": "2021", "population": 5_800});
        assert_eq!(line(&stored), "Storuman, kommun; SE; 2021");
        assert_eq!(deployment("Storuman, kommun; SE; 2021", std::slice::from_ref(&stored)), stored);
        let new = deployment("Inari; fi; 2023; fewer journeys; and calmer", &[]);
        let expected =
            json!({"organisation": "Inari", "country": "FI", "since": "2023", "outcome": "fewer journeys; and calmer"});
        assert_eq!(new, expected);
    }
}
