//! A small tree of an XML document: local names, attributes, texts. No document type, so neither external entities nor
//! expansions; bounded in size, depth and number of elements.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Bytes of a document; the longest notices of Tenders Electronic Daily are some 5 MB.
const BYTES: usize = 20 * 1024 * 1024;
/// Elements inside each other; eForms has some 15.
const DEPTH: usize = 60;
/// Elements of a document.
const ELEMENTS: usize = 500_000;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name without prefix.
    pub(super) name: String,
    /// Names without prefix, and values.
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    /// The text that stands in it directly.
    text: String,
}

impl Element {
    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong with it; the text quotes nothing of it but the names of elements.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > BYTES {
            return Err(format!("an XML document may hold {BYTES} bytes"));
        }
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
            .map_err(|_| "the document is not UTF-8".to_owned())?;
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Element> = Vec::new();
        let mut count = 0;
        loop {
            match reader.read_event().map_err(|error| format!("the document is not well-formed XML: {error}"))? {
                Event::Start(start) => {
                    count += 1;
                    if count > ELEMENTS || open.len() >= DEPTH {
                        return Err("the document has too many elements, or too many inside each other".to_owned());
                    }
                    open.push(Self::started(&start)?);
                }
                Event::Empty(start) => {
                    count += 1;
                    let element = Self::started(&start)?;
                    match open.last_mut() {
                        Some(_) if count > ELEMENTS => return Err("the document has too many elements".to_owned()),
                        Some(parent) => parent.children.push(element),
                        None => return Ok(element),
                    }
                }
                Event::End(_) => {
                    let element = open.pop().ok_or("the document is not well-formed XML")?;
                    match open.last_mut() {
                        Some(parent) => parent.children.push(element),
                        None => return Ok(element),
                    }
                }
                Event::Text(piece) => push(&mut open, &piece),
                Event::CData(piece) => push(&mut open, &piece),
                Event::GeneralRef(reference) => {
                    let character = match &*reference {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => reference
                            .resolve_char_ref()
                            .ok()
                            .flatten()
                            .ok_or("the document names an entity, which is not looked up")?,
                    };
                    push(&mut open, character.encode_utf8(&mut [0; 4]));
                }
                Event::DocType(_) => return Err("a document with a document type is not read".to_owned()),
                Event::Eof => return Err("the document ends before its last element does".to_owned()),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
    }

    fn started(start: &BytesStart<'_>) -> Result<Self, String> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| format!("the document is not well-formed XML: {error}"))?;
            let value = quick_xml::escape::unescape(&attribute.value)
                .map_err(|_| "the document names an entity, which is not looked up".to_owned())?;
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self { name: start.local_name().as_ref().to_owned(), attributes, ..Self::default() })
    }

    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The children of this name.
    pub(super) fn children<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// All children.
    pub(super) fn all_children(&self) -> &[Element] {
        &self.children
    }

    /// The first element at a path of names.
    pub(super) fn at(&self, path: &str) -> Option<&Element> {
        path.split('/').try_fold(self, |element, name| element.children.iter().find(|child| child.name == name))
    }

    /// All elements at a path of names.
    pub(super) fn all<'e>(&'e self, path: &str) -> Vec<&'e Element> {
        let mut here = vec![self];
        for name in path.split('/') {
            here = here
                .into_iter()
                .flat_map(|element| element.children.iter().filter(move |child| child.name == name))
                .collect();
        }
        here
    }

    /// All elements of this name, however deep.
    pub(super) fn everywhere<'e>(&'e self, name: &str) -> Vec<&'e Element> {
        let mut found = Vec::new();
        let mut ahead = vec![self];
        while let Some(element) = ahead.pop() {
            if element.name == name {
                found.push(element);
            }
            ahead.extend(element.children.iter().rev());
        }
        found
    }

    /// The text in it, that of its children below each other.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![self.text.trim().to_owned()];
        lines.extend(self.children.iter().map(Element::text));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// The text at a path; nothing where it is empty.
    pub(super) fn text_at(&self, path: &str) -> Option<String> {
        self.at(path).map(Element::text).filter(|text| !text.is_empty())
    }

    /// An attribute of what stands at a path.
    pub(super) fn attribute_at(&self, path: &str, name: &str) -> Option<&str> {
        self.at(path).and_then(|element| element.attribute(name))
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_prefix_and_texts_keep_their_characters() {
        let xml =
            "<?xml version=\"1.0\"?><a:b xmlns:a='x'><c d='1 &amp; 2'>l&#246;n &lt; <![CDATA[<p>]]></c><c/></a:b>";
        let tree = Element::parse(xml.as_bytes()).unwrap();
        assert_eq!((tree.name.as_str(), tree.all("c").len()), ("b", 2));
        assert_eq!(tree.text_at("c").unwrap(), "lön < <p>");
        assert_eq!(tree.attribute_at("c", "d"), Some("1 & 2"));
    }

    #[test]
    fn neither_a_document_type_nor_an_entity_nor_a_deep_or_broken_document_is_read() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>";
        let outside = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
        let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
        for xml in [bomb, outside, "<a>&x;</a>", "<a b='&x;'/>", deep.as_str(), "<a><b></a>", "<a>", "", "words"] {
            assert!(Element::parse(xml.as_bytes()).is_err(), "{xml}");
        }
        assert!(Element::parse(b"<a>\xff</a>").is_err());
    }
}
