//! The contract, compiled in: `api-spec/openapi.yaml`.

use std::sync::OnceLock;

use serde_json::Value;

/// The specification as committed.
pub const OPENAPI_YAML: &str = include_str!("../../../api-spec/openapi.yaml");

/// The specification as JSON.
pub(crate) fn openapi() -> &'static Value {
    static SPEC: OnceLock<Value> = OnceLock::new();
    SPEC.get_or_init(|| serde_saphyr::from_str(OPENAPI_YAML).expect("the committed specification is tested to parse"))
}
