//! The contract as a judge: every answer of a test must be one that the specification describes.

use std::sync::OnceLock;

use serde_json::{Value, json};

/// The committed specification.
pub struct Contract {
    spec: Value,
}

impl Contract {
    /// The specification of this version.
    ///
    /// # Panics
    /// Where it is no YAML.
    pub fn committed() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Self {
            spec: serde_saphyr::from_str(innocap_http::OPENAPI_YAML).expect("the specification is YAML"),
        })
    }

    /// The specification as JSON.
    pub fn spec(&self) -> &Value {
        &self.spec
    }

    /// Every operation: method in lower case, path, its description.
    pub fn operations(&self) -> Vec<(String, String, &Value)> {
        let mut operations = Vec::new();
        for (path, item) in self.spec["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten().filter(|(name, _)| *name != "parameters")
            {
                operations.push((method.clone(), path.clone(), operation));
            }
        }
        operations
    }

    /// Checks an answer; `body` is `None` where the caller wanted none.
    ///
    /// # Panics
    /// Where the specification does not describe it; the text says what differs.
    pub fn check(&self, method: &str, path: &str, status: u16, media_type: &str, body: Option<&Value>) {
        let path = path.split('?').next().unwrap_or_default();
        let Some(pattern) = self.pattern_of(path) else { return };
        let method = method.to_lowercase();
        let operation = &self.spec["paths"][&pattern][&method];
        if operation.is_null() || status == 405 {
            return; // An answer to a method that the contract does not have.
        }
        // The contract says what a fault of ours looks like, which is no leave to have one.
        assert_ne!(status, 500, "{method} {pattern}: {body:?}");
        let response = &operation["responses"][status.to_string()];
        let response = self.resolve(response);
        assert!(
            !response.is_null(),
            "{method} {pattern} answered {status}, which the contract does not describe: {body:?}"
        );
        let (Some(contents), Some(body)) = (response["content"].as_object(), body) else { return };
        let content = contents.get(media_type);
        let Some(content) = content else {
            panic!("{method} {pattern} {status} answered {media_type:?}, the contract has {:?}", contents.keys());
        };
        if !media_type.contains("json") {
            return;
        }
        let faults = self.faults(&content["schema"], body);
        assert!(faults.is_empty(), "{method} {pattern} {status} is not as the contract says: {faults:#?}\n{body:#}");
    }

    /// In what a document is not as a schema of the contract says.
    ///
    /// # Panics
    /// Where the schema is none.
    pub fn faults(&self, schema: &Value, document: &Value) -> Vec<String> {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": self.spec["components"],
            "allOf": [schema],
        });
        let validator = jsonschema::validator_for(&schema).expect("the contract's schemas are schemas");
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
        reference.and_then(|pointer| self.spec.pointer(pointer)).unwrap_or(value)
    }

    /// The path of the specification that an address belongs to; one without parameters first.
    fn pattern_of(&self, path: &str) -> Option<String> {
        let mut patterns: Vec<&String> = self.spec["paths"].as_object()?.keys().collect();
        patterns.sort_by_key(|pattern| pattern.contains('{'));
        let fits = |pattern: &str| {
            let (given, wanted): (Vec<_>, Vec<_>) = (path.split('/').collect(), pattern.split('/').collect());
            given.len() == wanted.len() && given.iter().zip(&wanted).all(|(g, w)| g == w || w.starts_with('{'))
        };
        patterns.into_iter().find(|pattern| fits(pattern)).cloned()
    }
}
