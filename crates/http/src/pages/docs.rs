//! The API's documentation, rendered from the specification: works offline and without JavaScript.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use innocap_app::{CATALOGUE, ErrorEntry};
use serde_json::Value;

use super::layout::render;
use super::texts::InterfaceTexts;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::spec;

#[derive(Template)]
#[template(path = "docs.html")]
struct Page {
    texts: InterfaceTexts,
    introduction: Vec<String>,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
    errors: &'static [ErrorEntry],
}

struct Group {
    name: String,
    description: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    needs_token: bool,
    parameters: Vec<Parameter>,
    example: Option<String>,
    responses: Vec<(String, String)>,
}

struct Parameter {
    name: String,
    place: String,
    required: bool,
    description: String,
}

struct Schema {
    name: String,
    description: String,
    members: Vec<Member>,
}

struct Member {
    name: String,
    kind: String,
    required: bool,
    description: String,
}

pub(crate) async fn page(_visitor: Visitor, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let spec = spec::openapi();
    let page = Page {
        texts: InterfaceTexts::of(&request),
        introduction: paragraphs(&text(&spec["info"]["description"])),
        groups: groups(spec),
        schemas: schemas(spec),
        errors: CATALOGUE,
    };
    render(&page, page.texts.code())
}

/// How to begin, as it stands among the documents.
pub(crate) async fn guide() -> HttpResponse {
    const GUIDE: &str = include_str!("../../../../docs/integrators.md");
    HttpResponse::Ok().content_type("text/markdown; charset=utf-8").body(GUIDE)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|p| p.replace('\n', " ")).filter(|p| !p.is_empty()).collect()
}

/// Follows a `$ref` within the specification.
fn resolve<'a>(spec: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => spec.pointer(pointer).unwrap_or(value),
        None => value,
    }
}

fn groups(spec: &Value) -> Vec<Group> {
    let tags = spec["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut groups: Vec<Group> = tags
        .iter()
        .map(|tag| Group { name: text(&tag["name"]), description: text(&tag["description"]), operations: Vec::new() })
        .collect();
    for (path, item) in spec["paths"].as_object().into_iter().flatten() {
        let shared = item["parameters"].as_array().cloned().unwrap_or_default();
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !matches!(method.as_str(), "get" | "post" | "put" | "patch" | "delete") {
                continue;
            }
            let tag = text(&operation["tags"][0]);
            if let Some(group) = groups.iter_mut().find(|group| group.name == tag) {
                group.operations.push(read_operation(spec, method, path, &shared, operation));
            }
        }
    }
    groups.retain(|group| !group.operations.is_empty());
    groups
}

fn read_operation(spec: &Value, method: &str, path: &str, shared: &[Value], operation: &Value) -> Operation {
    let own = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let parameters = shared
        .iter()
        .chain(own)
        .map(|parameter| {
            let parameter = resolve(spec, parameter);
            Parameter {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                required: parameter["required"].as_bool().unwrap_or(false),
                description: text(&parameter["description"]),
            }
        })
        .collect();
    let contents = &operation["requestBody"]["content"];
    let body = contents.as_object().and_then(|contents| contents.values().next());
    let example = body.and_then(|body| {
        let first = body["examples"].as_object().and_then(|e| e.values().next()).map(|e| &e["value"]);
        let example = first.or_else(|| body.get("example"))?;
        serde_json::to_string_pretty(resolve(spec, example)).ok()
    });
    let responses = operation["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, response)| (status.clone(), text(&resolve(spec, response)["description"])))
        .collect();
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        // Where one of the ways in asks for nothing, a token shows more but is not needed.
        needs_token: operation["security"]
            .as_array()
            .is_some_and(|ways| !ways.is_empty() && ways.iter().all(|way| way.get("bearer").is_some())),
        parameters,
        example,
        responses,
    }
}

fn schemas(spec: &Value) -> Vec<Schema> {
    let of = |(name, schema): (&String, &Value)| {
        let mut members = Vec::new();
        collect_members(spec, schema, &mut members);
        Schema { name: name.clone(), description: text(&schema["description"]), members }
    };
    spec["components"]["schemas"].as_object().into_iter().flatten().map(of).collect()
}

fn collect_members(spec: &Value, schema: &Value, members: &mut Vec<Member>) {
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect_members(spec, resolve(spec, part), members);
    }
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        members.push(Member {
            name: name.clone(),
            kind: kind_of(member),
            required: required.contains(&name.as_str()),
            description: text(&resolve(spec, member)["description"]),
        });
    }
}

/// A schema's type in a few words: `string`, `list of CpvCode`.
fn kind_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return name.to_owned();
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("list of {}", kind_of(&schema["items"])),
        Value::String(kind) => kind.clone(),
        _ => "any".to_owned(),
    }
}
