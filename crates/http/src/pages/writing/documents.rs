//! From a form to the document it stands for, and from a stored record to the form.

use innocap_app::View;
use innocap_domain::Scheme;
use serde_json::{Map, Value};

use super::super::layout::meant;
use super::Context;
use crate::extract::Form;

/// The members of a document that are single values of a form, under the same names.
pub(super) fn put(document: &mut Map<String, Value>, typed: &Form, names: &[&str]) {
    for name in names {
        let value = Some(typed.text(name).trim()).filter(|value| !value.is_empty());
        document.insert((*name).to_owned(), value.map_or(Value::Null, Value::from));
    }
}

/// A number, or as it was typed where it is none, so that what is wrong with it is said.
pub(super) fn number(typed: &Form, name: &str) -> Value {
    let text = typed.text(name).trim();
    if text.is_empty() {
        return Value::Null;
    }
    text.replace([' ', '\u{a0}'], "").parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
}

/// Yes, no or not known.
pub(super) fn truth(typed: &Form, name: &str) -> Value {
    match typed.text(name) {
        "yes" => Value::Bool(true),
        "no" => Value::Bool(false),
        _ => Value::Null,
    }
}

/// The values of a field that may be ticked several times, without repetition.
pub(super) fn ticked(typed: &Form, name: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in typed.all(name) {
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    values
}

/// The language versions: the first one as the form has it, the others as they are.
pub(super) fn versions(typed: &Form, before: Option<&View>) -> Value {
    let stored = before.and_then(|view| view.get("texts")).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut first = stored.first().and_then(Value::as_object).cloned().unwrap_or_default();
    for name in ["language", "title", "summary", "description"] {
        let text = typed.text(name).trim().replace("\r\n", "\n");
        if text.is_empty() {
            first.remove(name);
        } else {
            first.insert(name.to_owned(), Value::from(text));
        }
    }
    let others = stored.into_iter().skip(1);
    Value::Array(std::iter::once(Value::Object(first)).chain(others).collect())
}

/// The pairs of a form for the members of a view that are texts, numbers or truths, or lists of texts.
pub(super) fn flat(view: &Value, names: &[&str]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut push = |name: &str, value: &Value| match value {
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Number(number) => pairs.push((name.to_owned(), number.to_string())),
        Value::Bool(truth) => pairs.push((name.to_owned(), String::from(if *truth { "yes" } else { "no" }))),
        _ => {}
    };
    for name in names {
        match &view[*name] {
            Value::Array(values) => values.iter().for_each(|value| push(name, value)),
            value => push(name, value),
        }
    }
    pairs
}

/// The organisation and the first language version of a stored record, as a form.
pub(super) fn common(view: &View) -> Vec<(String, String)> {
    let view = Value::Object(view.clone());
    let mut pairs = flat(&view["texts"][0], &["language", "title", "summary", "description"]);
    let organisation = view["organisation"]["id"].as_str().unwrap_or_default();
    pairs.push(("organisation".to_owned(), organisation.to_owned()));
    pairs
}

/// Languages that have a choice of their own, and the others as one text.
pub(super) fn known_languages(tags: &Value) -> Vec<(String, String)> {
    let tags = tags.as_array().into_iter().flatten().filter_map(Value::as_str);
    let (known, others): (Vec<&str>, Vec<&str>) =
        tags.partition(|tag| innocap_domain::Language::ALL.iter().any(|language| language.code() == *tag));
    let known = known.into_iter().map(|tag| ("languages".to_owned(), tag.to_owned()));
    known.chain(std::iter::once(("more_languages".to_owned(), others.join(", ")))).collect()
}

/// The languages ticked and those typed.
pub(super) fn given_languages(typed: &Form) -> Vec<String> {
    let mut languages = ticked(typed, "languages");
    languages.extend(words(typed.text("more_languages")).map(str::to_owned));
    languages
}

/// What stands between commas, semicolons and blanks.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).filter(|word| !word.is_empty())
}

/// A region by its code, or by its name as the reader knows it.
pub(super) fn region(typed: &Form, context: &Context<'_>) -> Value {
    let text = typed.text("region").trim();
    if text.is_empty() {
        return Value::Null;
    }
    let language = context.texts.language();
    Value::from(meant(context.innocap, language, Scheme::Region, text, typed.text("country")))
}

/// The codes ticked and those typed, one a line or parted by commas; a line may go on with the code's label.
pub(super) fn given_codes(typed: &Form) -> Vec<String> {
    let mut given = ticked(typed, "cpv");
    let more = typed.text("more_codes").split(['\n', ',', ';']).map(str::trim).filter(|part| !part.is_empty());
    for code in more.filter_map(|part| part.split_whitespace().next()) {
        if !given.iter().any(|known| known == code) {
            given.push(code.to_owned());
        }
    }
    given
}
