//! Linked data and descriptions in the heads of pages, for search engines and whoever else reads pages by program.

use innocap_app::{cut, paragraphs};
use innocap_domain::TextVersion;
use serde_json::Value;

/// Characters of a description that a search engine shows below a title.
pub(super) const DESCRIPTION: usize = 180;

/// What a text says in a few sentences.
pub(super) fn description(version: &TextVersion, most: usize) -> String {
    cut(&paragraphs(&[&version.summary, &version.description]).join(" "), most)
}

/// The document as it may stand in a page: no text in it can end the element it stands in.
pub(super) fn embedded(thing: &Value) -> String {
    thing.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_text_ends_the_element_that_the_data_stand_in() {
        let text = embedded(&json!({ "name": "</script><!-- & snow" }));
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["name"], "</script><!-- & snow");
    }
}
