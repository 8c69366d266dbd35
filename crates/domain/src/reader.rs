//! Reads a JSON document into domain types and gathers every fault with its place, instead of stopping at the first.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::error::{CodeError, Violation, Violations};

/// The object a document without one is read as, so that reading goes on and gathers what is required.
static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);

/// Reads the members of one JSON object. Each accessor names a member; [`Reader::close`] reports the members that
/// nobody asked for. `null` counts as absent.
pub struct Reader<'a> {
    faults: &'a mut Vec<Violation>,
    pointer: String,
    members: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// Reads a whole document with `read`.
    ///
    /// # Errors
    /// All [`Violations`] found.
    pub fn document<T>(value: &Value, read: impl FnOnce(&mut Reader<'_>) -> T) -> Result<T, Violations> {
        let mut faults = Vec::new();
        let result = object(value, String::new(), &mut faults, read);
        if faults.is_empty() { Ok(result) } else { Err(Violations(faults)) }
    }

    /// Adds a fault at a member, or at the object itself where `member` is empty.
    pub fn fault(&mut self, member: &str, code: &'static str, detail: impl Into<String>) {
        let pointer = if member.is_empty() { self.pointer.clone() } else { self.at(member) };
        self.faults.push(Violation { pointer, code, detail: detail.into(), nearest: Vec::new() });
    }

    fn at(&self, member: &str) -> String {
        format!("{}/{}", self.pointer, member.replace('~', "~0").replace('/', "~1"))
    }

    /// How many faults have been found so far in the whole document.
    pub fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Whether the member is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|v| !v.is_null())
    }

    fn member(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.members.get(name).filter(|v| !v.is_null())
    }

    /// Accepts a member without reading it.
    pub fn skip(&mut self, name: &'static str) {
        self.known.push(name);
    }

    fn wrong_type(&mut self, name: &str, expected: &str) {
        self.fault(name, "wrong_type", format!("expected {expected}"));
    }

    /// A text of at most `max` characters, trimmed; empty counts as absent. Control characters other than line
    /// breaks and tabs are refused.
    pub fn text(&mut self, name: &'static str, max: usize) -> Option<String> {
        let value = self.member(name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(name, "a text");
            return None;
        };
        let pointer = self.at(name);
        check_text(text, max, pointer, self.faults)
    }

    /// A text that must be there.
    pub fn required_text(&mut self, name: &'static str, max: usize) -> String {
        let before = self.faults.len();
        let text = self.text(name, max);
        if text.is_none() && self.faults.len() == before {
            self.fault(name, "required", "this field is required and must not be empty");
        }
        text.unwrap_or_default()
    }

    /// A list of texts.
    pub fn texts(&mut self, name: &'static str, most: usize, max: usize) -> Vec<String> {
        self.items(name, most, |value, pointer, faults| match value.as_str() {
            Some(text) => check_text(text, max, pointer, faults),
            None => {
                faults.push(Violation {
                    pointer,
                    code: "wrong_type",
                    detail: "expected a text".into(),
                    nearest: vec![],
                });
                None
            }
        })
    }

    /// A code, parsed.
    pub fn code<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Result<T, CodeError>) -> Option<T> {
        let value = self.member(name)?;
        let pointer = self.at(name);
        parse_code(value, pointer, self.faults, &parse)
    }

    /// A code that must be there.
    pub fn required_code<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Result<T, CodeError>) -> Option<T> {
        if !self.has(name) {
            self.fault(name, "required", "this field is required");
        }
        self.code(name, parse)
    }

    /// A list of codes, parsed; a code given twice is kept once.
    pub fn codes<T: PartialEq>(
        &mut self,
        name: &'static str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, CodeError>,
    ) -> Vec<T> {
        let mut codes = Vec::new();
        for code in self.items(name, most, |value, pointer, faults| parse_code(value, pointer, faults, &parse)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }

    /// A whole number in a range.
    pub fn integer(&mut self, name: &'static str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.member(name)?;
        match value.as_i64() {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                self.fault(name, "out_of_range", format!("expected {} to {}", range.start(), range.end()));
                None
            }
            None => {
                self.wrong_type(name, "a whole number");
                None
            }
        }
    }

    /// Yes or no.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.member(name)?;
        if value.as_bool().is_none() {
            self.wrong_type(name, "true or false");
        }
        value.as_bool()
    }

    /// Yes or no, which must be said.
    pub fn required_boolean(&mut self, name: &'static str) -> Option<bool> {
        if !self.has(name) {
            self.fault(name, "required", "this field is required");
        }
        self.boolean(name)
    }

    /// A date, `2026-11-23`.
    pub fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        self.code(name, |text| {
            text.parse().map_err(|_| CodeError::new("date", text, "a date of the calendar such as 2026-11-23"))
        })
    }

    /// An absolute http or https address.
    pub fn address(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name, crate::limits::ADDRESS)?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if rest.is_none_or(|r| r.is_empty() || r.starts_with('/')) || text.contains(char::is_whitespace) {
            self.fault(name, "invalid_address", "expected an address that begins with https:// or http://");
            return None;
        }
        Some(text)
    }

    /// Where somebody is turned to: an address of mail, or of a page.
    pub fn contact(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name, crate::limits::ADDRESS)?;
        if let Ok(address) = crate::EmailAddress::parse(&text) {
            return Some(address.as_str().to_owned());
        }
        if !text.contains("://") {
            self.fault(name, "invalid_address", "expected an e-mail address, or an address that begins with https://");
            return None;
        }
        self.address(name)
    }

    /// An object, read with `read`; `None` where it is absent.
    pub fn object<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Reader<'_>) -> T) -> Option<T> {
        let value = self.member(name)?;
        let pointer = self.at(name);
        Some(object(value, pointer, self.faults, read))
    }

    /// A list of objects.
    pub fn objects<T>(&mut self, name: &'static str, most: usize, read: impl Fn(&mut Reader<'_>) -> T) -> Vec<T> {
        self.items(name, most, |value, pointer, faults| Some(object(value, pointer, faults, &read)))
    }

    fn items<T>(
        &mut self,
        name: &'static str,
        most: usize,
        read: impl Fn(&Value, String, &mut Vec<Violation>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.member(name) else {
            return Vec::new();
        };
        let Some(list) = value.as_array() else {
            self.wrong_type(name, "a list");
            return Vec::new();
        };
        if list.len() > most {
            self.fault(name, "too_many", format!("at most {most} entries, {} given", list.len()));
            return Vec::new();
        }
        let pointer = self.at(name);
        list.iter().enumerate().filter_map(|(i, item)| read(item, format!("{pointer}/{i}"), self.faults)).collect()
    }

    /// Reports the members that no accessor named.
    fn close(&mut self) {
        for name in self.members.keys() {
            if self.known.contains(&name.as_str()) {
                continue;
            }
            let mut near: Vec<_> = self.known.iter().map(|k| (strsim::levenshtein(k, name), *k)).collect();
            near.sort_unstable();
            let nearest = near.into_iter().filter(|(d, _)| *d <= 3).take(2).map(|(_, k)| k.to_owned()).collect();
            let shown: String = name.chars().take(80).collect();
            self.faults.push(Violation {
                pointer: self.at(&shown),
                code: "unknown_field",
                detail: "this field is not known here".into(),
                nearest,
            });
        }
    }
}

fn object<T>(
    value: &Value,
    pointer: String,
    faults: &mut Vec<Violation>,
    read: impl FnOnce(&mut Reader<'_>) -> T,
) -> T {
    let members = value.as_object();
    if members.is_none() {
        faults.push(Violation {
            pointer: pointer.clone(),
            code: "wrong_type",
            detail: "expected an object".into(),
            nearest: vec![],
        });
    }
    let before = faults.len();
    let mut reader = Reader { faults, pointer, members: members.unwrap_or(&EMPTY), known: Vec::new() };
    let result = read(&mut reader);
    reader.close();
    if members.is_none() {
        // One fault says it all: what is missing inside a thing that is no object is noise.
        faults.truncate(before);
    }
    result
}

fn parse_code<T>(
    value: &Value,
    pointer: String,
    faults: &mut Vec<Violation>,
    parse: &impl Fn(&str) -> Result<T, CodeError>,
) -> Option<T> {
    let Some(text) = value.as_str() else {
        faults.push(Violation { pointer, code: "wrong_type", detail: "expected a text".into(), nearest: vec![] });
        return None;
    };
    match parse(text) {
        Ok(code) => Some(code),
        Err(error) => {
            faults.push(Violation { pointer, code: "invalid_code", detail: error.to_string(), nearest: error.nearest });
            None
        }
    }
}

fn check_text(text: &str, max: usize, pointer: String, faults: &mut Vec<Violation>) -> Option<String> {
    let mut fault = |code, detail: String| {
        faults.push(Violation { pointer: pointer.clone(), code, detail, nearest: vec![] });
        None
    };
    let trimmed = text.trim();
    let length = trimmed.chars().count();
    if length > max {
        return fault("too_long", format!("at most {max} characters, {length} given"));
    }
    if let Some(bad) = trimmed.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return fault("control_character", format!("the control character U+{:04X} is not allowed", u32::from(bad)));
    }
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}
