//! A challenge as the skeleton of an eForms notice of subtype E1, a voluntary pre-market consultation, in UBL 2.3 as the
//! eForms SDK 1.15 has it: what is known here stands in its business term (BT), and a remark at the top names what the
//! buyer's notice editor has still to add.

use std::collections::BTreeSet;
use std::io;

use chrono::NaiveDate;
use innocap_domain::{Challenge, CpvCode, Labels, Language, Nature, Organisation, Record, Region, Scheme, TextVersion};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::authority;
use crate::brief::{paragraphs, within, xml_text};

const SDK: &str = "eforms-sdk-1.15";
/// Characters of a description (BT-24) at most.
const DESCRIPTION: usize = 6_000;
/// The buyer's technical identifier within the notice.
const BUYER: &str = "ORG-0001";

const NAMESPACES: [(&str, &str); 8] = [
    ("xmlns", "urn:oasis:names:specification:ubl:schema:xsd:PriorInformationNotice-2"),
    ("xmlns:ext", "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"),
    ("xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"),
    ("xmlns:efext", "http://data.europa.eu/p27/eforms-ubl-extensions/1"),
    ("xmlns:efbc", "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1"),
    ("xmlns:efac", "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1"),
    ("xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
];

const REMARK: &str = " Skeleton of a voluntary pre-market consultation (E1). To be added before it is sent: the legal basis \
(BT-01), where answers are handed in (BT-18) and in which languages (BT-97), the contact point, and whatever else \
national rules ask for. ";

/// The notice, in the languages that the challenge is written in.
///
/// # Errors
/// None that is known of: it is written into memory.
pub(super) fn notice(
    record: &Record<Challenge>,
    organisation: Option<&Organisation>,
    base: &str,
    labels: &Labels,
) -> io::Result<String> {
    let mut xml = Xml(Writer::new_with_indent(Vec::new(), b'\t', 1));
    xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.0.write_event(Event::Comment(BytesText::from_escaped(REMARK)))?;
    let need = Need { record, versions: versions(record), base, labels };
    xml.within_root("PriorInformationNotice", |xml| {
        extensions(xml, organisation, &need)?;
        head(xml, &need)?;
        xml.within("cac:ContractingParty", |xml| xml.within("cac:Party", buyer_reference))?;
        need.project(xml, true)?;
        xml.within("cac:ProcurementProjectLot", |xml| {
            xml.leaf("cbc:ID", &[("schemeName", "Lot")], "LOT-0001")?;
            if let Some(deadline) = record.content.deadline {
                answers_until(xml, deadline)?;
            }
            need.project(xml, false)
        })
    })?;
    String::from_utf8(xml.0.into_inner()).map_err(io::Error::other)
}

/// The versions of the text, each with its language's code; of two with the same code (both written forms of Norwegian)
/// the first one, and what is in a language without a code only where there is nothing else.
fn versions(record: &Record<Challenge>) -> Vec<(String, &TextVersion)> {
    let mut seen = BTreeSet::new();
    let all = record.content.texts.versions().iter().map(|version| (authority::language(&version.language), version));
    let all: Vec<_> = all.filter(|(code, _)| seen.insert(code.clone())).collect();
    if all.len() > 1 { all.into_iter().filter(|(code, _)| code != "UND").collect() } else { all }
}

/// Subtype and organisations.
fn extensions(xml: &mut Xml, organisation: Option<&Organisation>, need: &Need<'_>) -> io::Result<()> {
    xml.extension(|xml| {
        xml.within("efac:NoticeSubType", |xml| xml.leaf("cbc:SubTypeCode", &[("listName", "notice-subtype")], "E1"))?;
        let Some(organisation) = organisation else { return Ok(()) };
        xml.within("efac:Organizations", |xml| {
            xml.within("efac:Organization", |xml| xml.within("efac:Company", |xml| company(xml, organisation, need)))
        })
    })
}

/// The buyer, in the order of UBL's Party. No contact (BT-502, 503, 506): persons do not go out.
fn company(xml: &mut Xml, organisation: &Organisation, need: &Need<'_>) -> io::Result<()> {
    if let Some(website) = &organisation.website {
        xml.leaf("cbc:WebsiteURI", &[], website)?; // BT-505
    }
    buyer_reference(xml)?; // OPT-200
    xml.within("cac:PartyName", |xml| {
        let language = need.versions.first().map_or("UND", |(code, _)| code.as_str());
        xml.leaf("cbc:Name", &[("languageID", language)], &organisation.name) // BT-500
    })?;
    if let Some(country) = organisation.place.country {
        xml.within("cac:PostalAddress", |xml| {
            if let Some(region) = organisation.place.region.as_ref().filter(|region| is_nuts(region)) {
                xml.leaf("cbc:CountrySubentityCode", &[("listName", "nuts")], region.as_str())?; // BT-507
            }
            xml.country(authority::country(country)) // BT-514
        })?;
    }
    if let Some(number) = &organisation.number {
        xml.within("cac:PartyLegalEntity", |xml| {
            xml.leaf("cbc:CompanyID", &[("schemeName", number.scheme.as_str())], &number.value) // BT-501
        })?;
    }
    Ok(())
}

fn buyer_reference(xml: &mut Xml) -> io::Result<()> {
    xml.within("cac:PartyIdentification", |xml| xml.leaf("cbc:ID", &[("schemeName", "organization")], BUYER))
}

/// What the notice is, from when and in which languages.
fn head(xml: &mut Xml, need: &Need<'_>) -> io::Result<()> {
    let written = need.record.updated;
    xml.leaf("cbc:UBLVersionID", &[], "2.3")?;
    xml.leaf("cbc:CustomizationID", &[], SDK)?; // OPT-002
    xml.leaf("cbc:ID", &[("schemeName", "notice-id")], &notice_identifier(need.record).to_string())?; // BT-701
    xml.leaf("cbc:IssueDate", &[], &written.format("%Y-%m-%d+00:00").to_string())?; // BT-05
    xml.leaf("cbc:IssueTime", &[], &written.format("%H:%M:%S+00:00").to_string())?;
    xml.leaf("cbc:VersionID", &[], "01")?; // BT-757
    xml.leaf("cbc:RegulatoryDomain", &[], "other")?; // BT-01
    xml.leaf("cbc:NoticeTypeCode", &[("listName", "consultation")], "pmc")?; // BT-03, BT-02
    let mut languages = need.versions.iter().map(|(code, _)| code);
    if let Some(first) = languages.next() {
        xml.leaf("cbc:NoticeLanguageCode", &[], first)?; // BT-702(a)
    }
    for further in languages {
        xml.within("cac:AdditionalNoticeLanguage", |xml| xml.leaf("cbc:ID", &[], further))?; // BT-702(b)
    }
    Ok(())
}

/// A notice is named by a random UUID (version 4). This one is taken from the challenge's, so that the same challenge
/// gives the same notice.
fn notice_identifier(record: &Record<Challenge>) -> Uuid {
    let digest = Sha256::digest(format!("eforms notice {}", record.id));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Until when answers are received (BT-800). The challenge knows the day; it ends with it.
fn answers_until(xml: &mut Xml, deadline: NaiveDate) -> io::Result<()> {
    xml.within("cac:TenderingProcess", |xml| {
        xml.extension(|xml| {
            xml.within("efac:AnswerReceptionPeriod", |xml| {
                xml.leaf("cbc:EndDate", &[], &format!("{deadline}+00:00"))?;
                xml.leaf("cbc:EndTime", &[], "23:59:59+00:00")
            })
        })
    })
}

/// What is needed, for the procedure and for its only lot.
struct Need<'a> {
    record: &'a Record<Challenge>,
    versions: Vec<(String, &'a TextVersion)>,
    base: &'a str,
    labels: &'a Labels,
}

impl Need<'_> {
    fn project(&self, xml: &mut Xml, procedure: bool) -> io::Result<()> {
        xml.within("cac:ProcurementProject", |xml| {
            let content = &self.record.content;
            if procedure {
                xml.leaf("cbc:ID", &[("schemeName", "InternalID")], &self.record.id.to_string())?; // BT-22
            }
            for (code, version) in &self.versions {
                xml.leaf("cbc:Name", &[("languageID", code)], &version.title)?; // BT-21
            }
            for (code, version) in &self.versions {
                let text = paragraphs(&[&version.summary, &version.description]).join("\n");
                if !text.is_empty() {
                    xml.leaf("cbc:Description", &[("languageID", code)], &within(&text, DESCRIPTION))?; // BT-24
                }
            }
            if let Some(main) = content.cpv.first() {
                xml.leaf("cbc:ProcurementTypeCode", &[("listName", "contract-nature")], nature(*main))?; // BT-23
            }
            if procedure {
                let page = format!("{}/challenges/{}", self.base, self.record.id);
                for (code, _) in &self.versions {
                    xml.leaf("cbc:Note", &[("languageID", code)], &page)?; // BT-300
                }
            }
            self.classifications(xml)?;
            self.place(xml)
        })
    }

    /// The first code as the main one (BT-262), the others as additional ones (BT-263).
    fn classifications(&self, xml: &mut Xml) -> io::Result<()> {
        let mut name = "cac:MainCommodityClassification";
        for code in &self.record.content.cpv {
            xml.within(name, |xml| xml.leaf("cbc:ItemClassificationCode", &[("listName", "cpv")], code.as_str()))?;
            name = "cac:AdditionalCommodityClassification";
        }
        Ok(())
    }

    /// Where: the region (BT-5071) of the country (BT-5141), or anywhere in the country (BT-727). What is no NUTS region
    /// is named in words (BT-728).
    fn place(&self, xml: &mut Xml) -> io::Result<()> {
        let place = &self.record.content.place;
        let Some(country) = place.country else { return Ok(()) };
        xml.within("cac:RealizedLocation", |xml| {
            if let Some(region) = place.region.as_ref().filter(|region| !is_nuts(region)) {
                for (code, version) in &self.versions {
                    let language = version.language.language().unwrap_or(Language::En);
                    let name = self.labels.label(Scheme::Region, region.as_str(), language);
                    xml.leaf("cbc:Description", &[("languageID", code)], name.unwrap_or(region.as_str()))?;
                }
            }
            xml.within("cac:Address", |xml| {
                match place.region.as_ref().filter(|region| is_nuts(region)) {
                    Some(region) => {
                        xml.leaf("cbc:CountrySubentityCode", &[("listName", "nuts")], region.as_str())?;
                    }
                    None => xml.leaf("cbc:Region", &[], "anyw-cou")?,
                }
                xml.country(authority::country(country))
            })
        })
    }
}

/// Whether a region is one of NUTS, not one of ISO 3166-2.
fn is_nuts(region: &Region) -> bool {
    !region.as_str().contains('-')
}

/// Works, supplies or services (code list `contract-nature`).
fn nature(code: CpvCode) -> &'static str {
    match code.nature() {
        Nature::Works => "works",
        Nature::Supplies => "supplies",
        // Packages are supplies, what is done with them is a service.
        Nature::Software if code.as_str().starts_with("48") => "supplies",
        Nature::Software | Nature::Services => "services",
    }
}

/// Writes elements, closes what was opened and escapes what is between.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn within_root(&mut self, name: &str, inside: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.0.write_event(Event::Start(BytesStart::new(name).with_attributes(NAMESPACES)))?;
        inside(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn within(&mut self, name: &str, inside: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.0.write_event(Event::Start(BytesStart::new(name)))?;
        inside(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// What eForms adds to UBL at this place.
    fn extension(&mut self, inside: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.within("ext:UBLExtensions", |xml| {
            xml.within("ext:UBLExtension", |xml| {
                xml.within("ext:ExtensionContent", |xml| xml.within("efext:EformsExtension", inside))
            })
        })
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.0.write_event(Event::Start(start))?;
        self.0.write_event(Event::Text(BytesText::new(&xml_text(text))))?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn country(&mut self, code: &str) -> io::Result<()> {
        self.within("cac:Country", |xml| xml.leaf("cbc:IdentificationCode", &[("listName", "country")], code))
    }
}
