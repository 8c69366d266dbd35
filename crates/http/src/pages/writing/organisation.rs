//! Entering an organisation: who it is, where, and its number in a register.

use innocap_app::View;
use innocap_domain::{Organisation, OrganisationKind, Size, Urbanisation, limits};
use serde_json::{Map, Value, json};

use super::super::forms::Field;
use super::super::layout::{Choice, countries};
use super::super::organisations::kind_name;
use super::aside::Aside;
use super::documents::{flat, number, put, region};
use super::fields::or_none;
use super::{Context, Step, Written};
use crate::extract::Form;
use crate::problem::Problem;

/// The registers that are asked for first: those of the area, and the one of research organisations.
const SCHEMES: [&str; 11] =
    ["SE-ON", "FI-PRO", "NO-BRC", "IS-KEN", "DK-CVR", "FO-SKR", "IE-CRO", "GB-COH", "GL-CVR", "CA-CRA", "ROR"];

impl Written for Organisation {
    const RESOURCE: &'static str = "organisations";
    const LISTED: bool = false;
    const TITLES: (&'static str, &'static str) = ("organisation-new", "inside-edit");

    fn suits(_: &Value) -> bool {
        false
    }

    fn typed(view: &View) -> Vec<(String, String)> {
        let view = Value::Object(view.clone());
        let names = ["name", "kind", "size", "country", "region", "population", "urbanisation", "website", "contact"];
        let mut pairs = flat(&view, &names);
        pairs.extend(flat(&view["number"], &["scheme", "value"]));
        pairs
    }

    fn steps(context: &Context<'_>) -> Vec<Step> {
        let texts = context.texts;
        let field = |name, kind, label: &str| Field::new(name, kind, texts.get(label), "");
        let kinds = OrganisationKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind_name(texts, *kind), "-"));
        let sizes = Size::ALL.iter().map(|size| {
            let label = match size {
                Size::Micro => "size-micro",
                Size::Small => "size-small",
                Size::Medium => "size-medium",
                Size::Large => "size-large",
            };
            Choice::new(size.as_str(), texts.get(label), "-")
        });
        let degrees = Urbanisation::ALL.iter().map(|degree| {
            let label = match degree {
                Urbanisation::Cities => "urbanisation-cities",
                Urbanisation::Towns => "urbanisation-towns",
                Urbanisation::Rural => "urbanisation-rural",
            };
            Choice::new(degree.as_str(), texts.get(label), "-")
        });
        let schemes = SCHEMES.iter().map(|scheme| Choice::new(scheme, (*scheme).to_owned(), "-")).collect();
        let places = or_none(texts, countries(context.innocap, texts.language(), "-"));
        let who = vec![
            Field::new("name", "text", texts.get("organisation-field-name"), "organization").within(limits::NAME),
            field("kind", "select", "fact-kind").choosing(kinds.collect()),
            field("website", "url", "organisation-field-website")
                .hinted(texts.get("organisation-website-hint"))
                .within(limits::ADDRESS)
                .optional(),
            field("contact", "text", "fact-contact")
                .hinted(texts.get("organisation-contact-hint"))
                .within(limits::ADDRESS)
                .optional(),
            field("country", "select", "filter-country").optional().choosing(places),
            field("region", "text", "field-region").hinted(texts.get("field-region-hint")).within(100).optional(),
        ];
        let more = vec![
            field("scheme", "select", "organisation-field-scheme").optional().choosing(or_none(texts, schemes)),
            field("value", "text", "organisation-field-number").within(60).optional(),
            field("size", "select", "organisation-field-size").optional().choosing(or_none(texts, sizes.collect())),
            field("population", "number", "organisation-field-population").optional(),
            field("urbanisation", "select", "organisation-field-urbanisation")
                .optional()
                .choosing(or_none(texts, degrees.collect())),
        ];
        vec![
            Step {
                heading: texts.get("organisation-step-who"),
                lead: texts.get("organisation-step-who-lead"),
                fields: who,
            },
            Step {
                heading: texts.get("organisation-step-more"),
                lead: texts.get("organisation-step-more-lead"),
                fields: more,
            },
        ]
    }

    fn document(typed: &Form, _: Option<&View>, context: &Context<'_>) -> Map<String, Value> {
        let mut document = Map::new();
        put(&mut document, typed, &["name", "kind", "size", "country", "urbanisation", "website", "contact"]);
        document.insert("region".to_owned(), region(typed, context));
        document.insert("population".to_owned(), number(typed, "population"));
        let mut register = Map::new();
        put(&mut register, typed, &["scheme", "value"]);
        let known = register.values().any(|value| !value.is_null());
        register.retain(|_, value| !value.is_null());
        document.insert("number".to_owned(), if known { json!(register) } else { Value::Null });
        document
    }

    async fn aside(_: &Form, _: &Value, _: &Context<'_>) -> Result<Aside, Problem> {
        Ok(Aside::default())
    }
}
