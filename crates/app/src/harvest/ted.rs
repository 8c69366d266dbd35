//! Notices of Tenders Electronic Daily in the XML of R2.0.9 (standard forms of Implementing Regulation (EU) 2015/1986):
//! prior information and contract notices are needs, award notices tell who supplies whom.

use innocap_domain::{Country, LanguageTag, RecordKind, Source};

use super::found::{Award, Found, Item, Need, Party, Text, cpv_codes, day, joined, national_number, place, website};
use super::privacy::without_contacts;
use super::xml::Element;
use super::{Origin, eforms};

/// Forms that tell of a need: prior information, contract notices, periodic indicative notices, contract notices of
/// utilities, design contests, social and other services, concessions.
const NEEDS: &[&str] = &["F01", "F02", "F04", "F05", "F12", "F21", "F22", "F23", "F24"];
/// Forms that tell of a contract that was awarded.
const AWARDS: &[&str] = &["F03", "F06", "F15", "F25"];

/// What a notice holds, in either XML of Tenders Electronic Daily.
pub(super) fn notice(origin: &Origin, body: &[u8]) -> Result<Vec<Found>, String> {
    let root = Element::parse(body)?;
    match root.name.as_str() {
        "TED_EXPORT" => Ok(read(origin, &root)),
        "PriorInformationNotice" | "ContractNotice" | "ContractAwardNotice" => Ok(eforms::read(origin, &root)),
        other => Err(format!("a notice begins with TED_EXPORT or is of eForms, this begins with {other:?}")),
    }
}

fn read(origin: &Origin, root: &Element) -> Vec<Found> {
    let Some(id) = root.attribute("DOC_ID").filter(|id| !id.is_empty()) else {
        return vec![Found::Fault { at: String::new(), why: "the notice has no DOC_ID".to_owned() }];
    };
    let forms: Vec<&Element> = root
        .all("FORM_SECTION")
        .into_iter()
        .flat_map(Element::all_children)
        .filter(|form| form.attribute("FORM").is_some())
        .collect();
    let Some(original) =
        forms.iter().find(|form| form.attribute("CATEGORY") != Some("TRANSLATION")).or(forms.first()).copied()
    else {
        return vec![Found::Fault { at: id.to_owned(), why: "the notice holds no form".to_owned() }];
    };
    let form = original.attribute("FORM").unwrap_or_default();
    let coded = root.at("CODED_DATA_SECTION");
    let document_type = coded.and_then(|coded| coded.attribute_at("CODIF_DATA/TD_DOCUMENT_TYPE", "CODE"));
    let notice = Notice { origin, id, coded, forms, original };
    match form {
        _ if AWARDS.contains(&form) || document_type == Some("7") => notice.awards(),
        _ if NEEDS.contains(&form) => notice.needs(),
        other => vec![Found::Note {
            at: id.to_owned(),
            why: format!("form {other} is neither prior information nor a contract notice nor an award"),
        }],
    }
}

struct Notice<'n> {
    origin: &'n Origin,
    id: &'n str,
    coded: Option<&'n Element>,
    /// The form in each of its languages.
    forms: Vec<&'n Element>,
    original: &'n Element,
}

impl Notice<'_> {
    fn needs(&self) -> Vec<Found> {
        let Some(buyer) = self.buyer() else { return vec![self.without_buyer()] };
        let objects = self.original.all("OBJECT_CONTRACT");
        let several = objects.len() > 1;
        let mut found = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            let id = if several { format!("{}/{}", self.id, number + 1) } else { self.id.to_owned() };
            let texts = self.forms.iter().filter_map(|form| self.text(form, number)).collect();
            let nuts = object.everywhere("NUTS");
            let country = buyer.place.country;
            let need = Need {
                texts,
                cpv: cpv_codes(object.everywhere("CPV_CODE").into_iter().filter_map(|code| code.attribute("CODE"))),
                place: place(country, nuts.first().and_then(|nuts| nuts.attribute("CODE"))),
                published: self.published(),
                deadline: self.deadline(),
                source: self.source(&id),
            };
            let document = need.document(&buyer);
            let stamp = self.published().map(|day| day.to_string());
            let kind = RecordKind::Challenge;
            found.push(Found::Item(Box::new(Item { kind, id, stamp, document, closed: None })));
        }
        if found.is_empty() {
            found.push(Found::Fault { at: self.id.to_owned(), why: "the notice tells of no object".to_owned() });
        }
        found
    }

    fn awards(&self) -> Vec<Found> {
        let Some(buyer) = self.buyer() else { return vec![self.without_buyer()] };
        let mut found = Vec::new();
        let object = self.original.at("OBJECT_CONTRACT");
        let cpv = object.map(|object| object.everywhere("CPV_CODE")).unwrap_or_default();
        let cpv = cpv_codes(cpv.into_iter().filter_map(|code| code.attribute("CODE")));
        let nuts = object.map(|object| object.everywhere("NUTS")).unwrap_or_default();
        let place = place(buyer.place.country, nuts.first().and_then(|nuts| nuts.attribute("CODE")));
        let whole = object.and_then(|object| object.text_at("TITLE")).unwrap_or_default();
        for (number, contract) in self.original.all("AWARD_CONTRACT").into_iter().enumerate() {
            let title = contract.text_at("TITLE").unwrap_or_else(|| whole.clone());
            let date = contract.text_at("AWARDED_CONTRACT/DATE_CONCLUSION_CONTRACT").and_then(|text| day(&text));
            for (place_of, address) in contract.everywhere("ADDRESS_CONTRACTOR").into_iter().enumerate() {
                let id = format!("{}/{}/{}", self.id, number + 1, place_of + 1);
                let Some(supplier) = party(address) else { continue };
                found.push(Found::Award(Box::new(Award {
                    id,
                    buyer: Some(buyer.clone()),
                    supplier,
                    title: without_contacts(&joined([title.clone()]), &[]),
                    cpv: cpv.clone(),
                    place: place.clone(),
                    date: date.or_else(|| self.published()),
                })));
            }
        }
        if found.is_empty() {
            found.push(Found::Note { at: self.id.to_owned(), why: "no contract was awarded".to_owned() });
        } else if let Some(earlier) = self.earlier() {
            found.push(Found::Met(earlier));
        }
        found
    }

    fn without_buyer(&self) -> Found {
        Found::Fault { at: self.id.to_owned(), why: "the notice names no buyer".to_owned() }
    }

    fn buyer(&self) -> Option<Party> {
        let address = self.original.at("CONTRACTING_BODY/ADDRESS_CONTRACTING_BODY");
        address.and_then(party).or_else(|| {
            let name = self.coded?.text_at("NOTICE_DATA/CA_NAME")?;
            Some(Party { name, ..Party::default() })
        })
    }

    /// The object of this number in the language of a form.
    fn text(&self, form: &Element, number: usize) -> Option<Text> {
        let language = LanguageTag::parse(&form.attribute("LG")?.to_lowercase()).ok()?;
        let object = *form.all("OBJECT_CONTRACT").get(number)?;
        let contacts: Vec<String> = form.everywhere("CONTACT_POINT").into_iter().map(Element::text).collect();
        let mut pieces: Vec<String> = object.text_at("SHORT_DESCR").into_iter().collect();
        for lot in object.all("OBJECT_DESCR") {
            pieces.extend(lot.text_at("TITLE"));
            pieces.extend(lot.text_at("SHORT_DESCR"));
        }
        let title = object.text_at("TITLE").unwrap_or_default();
        Some(Text {
            language,
            title: without_contacts(&joined([title]), &contacts).replace('\n', " "),
            description: without_contacts(&joined(pieces), &contacts),
        })
    }

    fn published(&self) -> Option<chrono::NaiveDate> {
        day(&self.coded?.text_at("REF_OJS/DATE_PUB")?)
    }

    fn deadline(&self) -> Option<chrono::NaiveDate> {
        let received = self.original.text_at("PROCEDURE/DATE_RECEIPT_TENDERS");
        let coded = || self.coded?.text_at("CODIF_DATA/DT_DATE_FOR_SUBMISSION");
        received.or_else(coded).and_then(|text| day(&text))
    }

    /// The identifier of the notice that this one follows: `2021/S 204-533068` is 533068-2021.
    fn earlier(&self) -> Option<String> {
        let given = self.original.text_at("PROCEDURE/NOTICE_NUMBER_OJ");
        let given = given.or_else(|| self.coded?.text_at("NOTICE_DATA/REF_NOTICE/NO_DOC_OJS"))?;
        let (year, rest) = given.split_once('/')?;
        Some(format!("{}-{}", rest.rsplit('-').next()?.trim(), year.trim()))
    }

    fn source(&self, id: &str) -> Source {
        let url = format!("https://ted.europa.eu/en/notice/-/detail/{}", self.id);
        self.origin.source(id, Some(url))
    }
}

/// An organisation by its address; contact points, numbers and mail addresses are not looked at.
fn party(address: &Element) -> Option<Party> {
    let name = joined([address.text_at("OFFICIALNAME")?]).replace('\n', " ");
    let country = address.attribute_at("COUNTRY", "VALUE").and_then(|code| Country::parse(code).ok());
    let number = address.text_at("NATIONALID").and_then(|text| national_number(country, &text));
    let site = address.text_at("URL_GENERAL").or_else(|| address.text_at("URL"));
    Some(Party {
        name,
        number,
        place: place(country, address.attribute_at("NUTS", "CODE")),
        website: site.and_then(|text| website(&text)),
        size: None,
        is_person: false,
    })
}
