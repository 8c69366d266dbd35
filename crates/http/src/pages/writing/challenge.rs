//! Writing a challenge: the problem rather than a product, for whom, where, how many, by when, and under which
//! constraints.

use innocap_app::{Ask, Phrases, View};
use innocap_domain::{Challenge, Content, limits};
use serde_json::{Map, Value, json};

use super::super::forms::Field;
use super::super::layout::{countries, functions, languages};
use super::aside::{Aside, codes, matches, near};
use super::documents::{
    common, flat, given_codes, given_languages, known_languages, number, put, region, ticked, truth, versions,
};
use super::fields::{levels, or_none, organisation, yes_or_no};
use super::{Context, Step, Written, without_nulls};
use crate::extract::Form;
use crate::problem::Problem;

/// Characters from which a description says enough to be matched.
const ENOUGH: usize = 20;
/// Characters below which a description is short.
const SHORT: usize = 200;

impl Written for Challenge {
    const RESOURCE: &'static str = "challenges";
    const TITLES: (&'static str, &'static str) = ("challenge-new", "challenge-edit");

    fn suits(organisation: &Value) -> bool {
        organisation["kind"] == "public-body"
    }

    fn typed(view: &View) -> Vec<(String, String)> {
        let mut pairs = common(view);
        let view = Value::Object(view.clone());
        pairs.extend(flat(&view, &["country", "region", "deadline", "functions", "cpv"]));
        let wants = ["trl_at_least", "works_offline", "bandwidth_at_most_kbit", "remote_support"];
        pairs.extend(flat(&view["wants"], &wants));
        pairs.extend(known_languages(&view["wants"]["languages"]));
        pairs
    }

    fn steps(context: &Context<'_>) -> Vec<Step> {
        let texts = context.texts;
        let field = |name, kind, label: &str| Field::new(name, kind, texts.get(label), "");
        let select = |name, label: &str, choices| field(name, "select", label).optional().choosing(choices);
        let problem = vec![
            organisation(context),
            field("title", "text", "challenge-field-title")
                .hinted(texts.get("challenge-title-hint"))
                .within(limits::TITLE),
            field("description", "textarea", "challenge-field-description")
                .hinted(texts.get("challenge-description-hint"))
                .rows(12)
                .within(limits::DESCRIPTION),
            field("summary", "textarea", "field-summary")
                .hinted(texts.get("field-summary-hint"))
                .rows(2)
                .within(limits::SUMMARY)
                .optional(),
            field("language", "select", "fact-language").choosing(languages(context.innocap, texts, "-")),
        ];
        let places = or_none(texts, countries(context.innocap, texts.language(), "-"));
        let place = vec![
            select("country", "filter-country", places),
            field("region", "text", "field-region").hinted(texts.get("field-region-hint")).within(100).optional(),
            field("deadline", "date", "fact-deadline").optional(),
            field("functions", "checkboxes", "fact-function").choosing(functions(
                context.innocap,
                texts.language(),
                "-",
            )),
        ];
        let constraints = vec![
            select("works_offline", "want-offline", yes_or_no(texts)),
            field("bandwidth_at_most_kbit", "number", "want-bandwidth").optional(),
            select("remote_support", "want-remote", yes_or_no(texts)),
            select("trl_at_least", "want-trl", levels(texts)),
            field("languages", "checkboxes", "want-languages").choosing(languages(context.innocap, texts, "-")),
            field("more_languages", "text", "field-more-languages").optional().within(200),
        ];
        vec![
            Step {
                heading: texts.get("challenge-step-problem"),
                lead: texts.get("challenge-step-problem-lead"),
                fields: problem,
            },
            Step { heading: texts.get("challenge-step-place"), lead: String::new(), fields: place },
            Step {
                heading: texts.get("challenge-step-constraints"),
                lead: texts.get("challenge-step-constraints-lead"),
                fields: constraints,
            },
        ]
    }

    fn document(typed: &Form, before: Option<&View>, context: &Context<'_>) -> Map<String, Value> {
        let mut document = Map::new();
        put(&mut document, typed, &["organisation", "country", "deadline"]);
        document.insert("texts".to_owned(), versions(typed, before));
        document.insert("region".to_owned(), region(typed, context));
        document.insert("functions".to_owned(), json!(ticked(typed, "functions")));
        document.insert("cpv".to_owned(), json!(given_codes(typed)));
        let wants = json!({
            "trl_at_least": number(typed, "trl_at_least"),
            "languages": given_languages(typed),
            "works_offline": truth(typed, "works_offline"),
            "bandwidth_at_most_kbit": number(typed, "bandwidth_at_most_kbit"),
            "remote_support": truth(typed, "remote_support"),
        });
        // A new document holds no nulls, at any depth.
        let wants =
            if before.is_some() { wants } else { without_nulls(wants.as_object().cloned().unwrap_or_default()) };
        document.insert("wants".to_owned(), wants);
        document
    }

    async fn aside(typed: &Form, document: &Value, context: &Context<'_>) -> Result<Aside, Problem> {
        let (innocap, texts) = (context.innocap, context.texts);
        let given = given_codes(typed);
        let text = [typed.text("title"), typed.text("summary"), typed.text("description")].join("\n");
        let mut aside =
            Aside { tips: tips(typed, context), codes: codes(innocap, texts, &given, &[]), ..Aside::default() };
        if text.trim().chars().count() < ENOUGH {
            aside.heading = texts.get("aside-write-on");
            return Ok(aside);
        }
        let mut asked = json!({ "text": text.chars().take(limits::FREE_TEXT).collect::<String>(), "mix": true });
        for name in ["country", "region", "functions", "cpv", "wants"] {
            if document[name].as_array().is_none_or(|values| !values.is_empty()) && !document[name].is_null() {
                asked[name] = document[name].clone();
            }
        }
        // What cannot be read yet is said when it is saved.
        let Ok(ask) = Ask::read(&asked) else { return Ok(aside) };
        let answer = innocap.suggest(ask).await?;
        let found = answer.suggestions.iter().map(|suggestion| (&suggestion.solution, suggestion.score));
        let found = near(found);
        let labels = innocap.labels();
        aside.heading = if found.is_empty() {
            texts.get("aside-no-match")
        } else {
            Phrases::new(texts.language(), &labels).verdict(answer.verdict)
        };
        let proposed = innocap.propose_codes(Challenge::KIND, &text, &found, &given).await?;
        aside.codes = codes(innocap, texts, &given, &proposed);
        aside.matches = matches(innocap, texts, "solutions", &found);
        Ok(aside)
    }
}

/// What a reader of the need would ask first.
fn tips(typed: &Form, context: &Context<'_>) -> Vec<String> {
    let texts = context.texts;
    let description = typed.text("description");
    let mut tips = Vec::new();
    if description.chars().count() < SHORT {
        tips.push(texts.get("tip-whom"));
    }
    if !description.chars().any(|c| c.is_ascii_digit()) {
        tips.push(texts.get("tip-how-many"));
    }
    if typed.text("country").is_empty() {
        tips.push(texts.get("tip-where"));
    }
    if typed.text("deadline").is_empty() {
        tips.push(texts.get("tip-when"));
    }
    if ["works_offline", "bandwidth_at_most_kbit", "remote_support"].iter().all(|name| typed.text(name).is_empty()) {
        tips.push(texts.get("tip-constraints"));
    }
    tips
}
