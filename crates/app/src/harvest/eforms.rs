//! Notices in eForms (Implementing Regulation (EU) 2019/1780), UBL 2.3 with the extension of the eForms SDK: business
//! terms as the SDK's fields name them.

use std::collections::HashMap;

use innocap_domain::{Country, LanguageTag, Place, RecordKind, Source};

use super::Origin;
use super::found::{
    Award, Found, Item, Need, Party, Text, clean, cpv_codes, day, joined, national_number, place, website,
};
use super::privacy::without_contacts;
use super::xml::Element;

const EXTENSION: &str = "UBLExtensions/UBLExtension/ExtensionContent/EformsExtension";

pub(super) fn read(origin: &Origin, root: &Element) -> Vec<Found> {
    let Some(own) = root.text_at("ID") else {
        return vec![Found::Fault { at: String::new(), why: "the notice has no identifier (BT-701)".to_owned() }];
    };
    let extension = root.at(EXTENSION);
    let mut parties = HashMap::new();
    for organisation in extension.map(|e| e.all("Organizations/Organization")).unwrap_or_default() {
        if let Some(id) = organisation.text_at("Company/PartyIdentification/ID") {
            parties.insert(id, organisation);
        }
    }
    let notice = Notice { origin, root, own, extension, parties, language: root.text_at("NoticeLanguageCode") };
    let subtype = extension.and_then(|e| e.text_at("NoticeSubType/SubTypeCode")).unwrap_or_default();
    match root.name.as_str() {
        // What is changed in a contract that runs, and what ends one, tells of no new supplier.
        "ContractAwardNotice" if matches!(subtype.as_str(), "38" | "39" | "40") => {
            vec![Found::Note { at: notice.own, why: format!("subtype {subtype} changes a contract that runs") }]
        }
        "ContractAwardNotice" => notice.awards(),
        _ => notice.needs(),
    }
}

struct Notice<'n> {
    origin: &'n Origin,
    root: &'n Element,
    /// The notice's identifier.
    own: String,
    extension: Option<&'n Element>,
    /// Organisations by their technical identifier.
    parties: HashMap<String, &'n Element>,
    language: Option<String>,
}

impl Notice<'_> {
    /// The procedure's identifier (BT-04), which its notices share; where there is none, the notice's own.
    fn id(&self) -> String {
        self.root.text_at("ContractFolderID").unwrap_or_else(|| self.own.clone())
    }

    fn needs(&self) -> Vec<Found> {
        let id = self.id();
        let Some(buyer) = self.buyer() else {
            return vec![Found::Fault { at: id, why: "the notice names no buyer (BT-500)".to_owned() }];
        };
        let Some(project) =
            self.root.at("ProcurementProject").or_else(|| self.root.at("ProcurementProjectLot/ProcurementProject"))
        else {
            return vec![Found::Fault { at: id, why: "the notice tells of no purchase".to_owned() }];
        };
        let need = Need {
            texts: self.texts(project),
            cpv: self.cpv(),
            place: self.place(project, &buyer),
            published: self.root.text_at("IssueDate").and_then(|text| day(&text)),
            deadline: self.deadline(),
            source: self.source(&id),
        };
        let version = self.root.text_at("VersionID").unwrap_or_default();
        let stamp = self.root.text_at("IssueDate").map(|date| format!("{} {version}", date.get(..10).unwrap_or(&date)));
        let document = need.document(&buyer);
        vec![Found::Item(Box::new(Item { kind: RecordKind::Challenge, id, stamp, document, closed: None }))]
    }

    fn awards(&self) -> Vec<Found> {
        let id = self.id();
        let (Some(buyer), Some(result)) = (self.buyer(), self.extension.and_then(|e| e.at("NoticeResult"))) else {
            return vec![Found::Fault { at: id, why: "the notice names no buyer or no result".to_owned() }];
        };
        let titles: HashMap<String, String> = self
            .root
            .all("ProcurementProjectLot")
            .into_iter()
            .filter_map(|lot| Some((lot.text_at("ID")?, self.name_of(lot.at("ProcurementProject")?))))
            .collect();
        let whole = self.root.at("ProcurementProject").map(|project| self.name_of(project)).unwrap_or_default();
        let place =
            self.root.at("ProcurementProject").map_or_else(Place::default, |project| self.place(project, &buyer));
        let mut found = Vec::new();
        // Tenders that won: those of results that say so (BT-142).
        let won = result
            .children("LotResult")
            .filter(|lot| lot.text_at("TenderResultCode").is_none_or(|code| code == "selec-w"));
        let mut told = Vec::new();
        for tender in won.flat_map(|lot| lot.all("LotTender/ID")).map(Element::text) {
            if told.contains(&tender) {
                continue;
            }
            told.push(tender.clone());
            let Some(details) =
                result.children("LotTender").find(|known| known.text_at("ID").as_ref() == Some(&tender))
            else {
                continue;
            };
            let title = details.text_at("TenderLot/ID").and_then(|lot| titles.get(&lot).cloned());
            let title = title.filter(|title| !title.is_empty()).unwrap_or_else(|| whole.clone());
            let date = self.signed(result, &tender);
            for (number, supplier) in self.suppliers(result, details).into_iter().enumerate() {
                found.push(Found::Award(Box::new(Award {
                    id: format!("{id}/{tender}/{}", number + 1),
                    buyer: Some(buyer.clone()),
                    supplier,
                    title: title.clone(),
                    cpv: self.cpv(),
                    place: place.clone(),
                    date,
                })));
            }
        }
        if found.is_empty() {
            found.push(Found::Note { at: id, why: "no contract was awarded".to_owned() });
        } else if let Some(procedure) = self.root.text_at("ContractFolderID") {
            found.push(Found::Met(procedure));
        }
        found
    }

    /// Who stands behind a tender (OPT-300-Tenderer).
    fn suppliers(&self, result: &Element, tender: &Element) -> Vec<Party> {
        let Some(party) = tender.text_at("TenderingParty/ID") else { return Vec::new() };
        let behind = result.children("TenderingParty").find(|known| known.text_at("ID").as_ref() == Some(&party));
        let ids = behind.map(|behind| behind.all("Tenderer/ID")).unwrap_or_default();
        ids.into_iter().filter_map(|id| self.party(&id.text())).collect()
    }

    /// When the contract with a tender was signed or decided (BT-145, BT-1451), else when the notice was sent.
    fn signed(&self, result: &Element, tender: &str) -> Option<chrono::NaiveDate> {
        let of = |contract: &&Element| contract.all("LotTender/ID").iter().any(|id| id.text() == tender);
        let contract = result.children("SettledContract").find(of);
        let signed = contract.and_then(|c| c.text_at("IssueDate").or_else(|| c.text_at("AwardDate")));
        signed.or_else(|| self.root.text_at("IssueDate")).and_then(|text| day(&text))
    }

    fn buyer(&self) -> Option<Party> {
        self.party(&self.root.text_at("ContractingParty/Party/PartyIdentification/ID")?)
    }

    /// An organisation by its technical identifier. Of its contact (BT-502, BT-503, BT-506) nothing is read.
    fn party(&self, id: &str) -> Option<Party> {
        let organisation = self.parties.get(id)?;
        let company = organisation.at("Company")?;
        let names = company.all("PartyName/Name");
        let named = names.iter().find(|name| name.attribute("languageID") == self.language.as_deref());
        let name = clean(&named.or(names.first())?.text()).replace('\n', " ");
        let country = company.text_at("PostalAddress/Country/IdentificationCode").and_then(|code| country(&code));
        let nuts = company.text_at("PostalAddress/CountrySubentityCode");
        let number = company.text_at("PartyLegalEntity/CompanyID").and_then(|text| national_number(country, &text));
        let size = match company.text_at("CompanySizeCode").as_deref() {
            Some("micro") => Some("micro"),
            Some("small") => Some("small"),
            Some("medium") => Some("medium"),
            Some("large") => Some("large"),
            _ => None,
        };
        Some(Party {
            name,
            number,
            place: place(country, nuts.as_deref()),
            website: company.text_at("WebsiteURI").and_then(|text| website(&text)),
            size,
            is_person: organisation.text_at("NaturalPersonIndicator").as_deref() == Some("true"),
        })
    }

    /// The purchase in each language that it is told in, the notice's own first.
    fn texts(&self, project: &Element) -> Vec<Text> {
        let contacts: Vec<String> =
            self.root.everywhere("Contact").into_iter().filter_map(|contact| contact.text_at("Name")).collect();
        let mut languages: Vec<&str> = self.language.as_deref().into_iter().collect();
        languages.extend(project.children("Name").filter_map(|name| name.attribute("languageID")));
        let mut texts: Vec<Text> = Vec::new();
        for code in languages {
            let Some(language) = language(code) else { continue };
            if texts.iter().any(|text| text.language == language) {
                continue;
            }
            let said = |project: &Element, name: &str| -> Option<String> {
                let said =
                    project.children(name).find(|text| text.attribute("languageID").is_none_or(|given| given == code));
                said.map(Element::text)
            };
            let Some(title) = said(project, "Name") else { continue };
            let mut pieces: Vec<String> = said(project, "Description").into_iter().collect();
            for lot in self.root.all("ProcurementProjectLot/ProcurementProject") {
                pieces.extend(said(lot, "Name").filter(|name| *name != title));
                pieces.extend(said(lot, "Description"));
            }
            texts.push(Text {
                language,
                title: without_contacts(&clean(&title), &contacts).replace('\n', " "),
                description: without_contacts(&joined(pieces), &contacts),
            });
        }
        texts
    }

    fn name_of(&self, project: &Element) -> String {
        let own = project.children("Name").find(|name| name.attribute("languageID") == self.language.as_deref());
        let name = own.or_else(|| project.children("Name").next()).map(Element::text);
        without_contacts(&clean(&name.unwrap_or_default()), &[]).replace('\n', " ")
    }

    fn cpv(&self) -> Vec<innocap_domain::CpvCode> {
        let codes = self.root.everywhere("ItemClassificationCode");
        let codes: Vec<String> = codes
            .into_iter()
            .filter(|code| code.attribute("listName").is_none_or(|list| list == "cpv"))
            .map(Element::text)
            .collect();
        cpv_codes(codes.iter().map(String::as_str))
    }

    fn place(&self, project: &Element, buyer: &Party) -> Place {
        let lot = self.root.at("ProcurementProjectLot/ProcurementProject");
        let address = project.at("RealizedLocation/Address").or_else(|| lot?.at("RealizedLocation/Address"));
        let Some(address) = address else { return Place::new(buyer.place.country, None) };
        let there = address.text_at("Country/IdentificationCode").and_then(|code| country(&code));
        place(there.or(buyer.place.country), address.text_at("CountrySubentityCode").as_deref())
    }

    fn deadline(&self) -> Option<chrono::NaiveDate> {
        let process = self.root.all("ProcurementProjectLot/TenderingProcess");
        let until = |process: &&Element| {
            let end = process.text_at("TenderSubmissionDeadlinePeriod/EndDate");
            let end = end.or_else(|| process.text_at("ParticipationRequestReceptionPeriod/EndDate"));
            end.or_else(|| process.at(EXTENSION)?.text_at("AnswerReceptionPeriod/EndDate")).and_then(|text| day(&text))
        };
        process.iter().filter_map(until).max()
    }

    fn source(&self, id: &str) -> Source {
        let number = self.extension.and_then(|e| e.text_at("Publication/NoticePublicationID"));
        let url =
            number.map(|number| format!("https://ted.europa.eu/en/notice/-/detail/{}", number.trim_start_matches('0')));
        self.origin.source(id, url)
    }
}

/// A language by ISO 639-2 as the authority list of the Publications Office has it.
fn language(code: &str) -> Option<LanguageTag> {
    const LANGUAGES: &str = "bul bg ces cs dan da deu de ell el eng en est et fin fi fra fr gle ga hrv hr hun hu ita it lav lv \
lit lt mlt mt nld nl pol pl por pt ron ro slk sk slv sl spa es swe sv nor nb nob nb nno nn isl is fao fo cat ca glg gl eus eu \
srp sr mkd mk sqi sq tur tr ukr uk rus ru zho zh ara ar cym cy gla gd sme se ltz lb bos bs";
    LanguageTag::parse(paired(LANGUAGES, &code.to_lowercase())?).ok()
}

/// A country by ISO 3166-1 alpha-3; those that notices of the Union name, others are not told.
fn country(code: &str) -> Option<Country> {
    const COUNTRIES: &str = "AUT AT BEL BE BGR BG CYP CY CZE CZ DEU DE DNK DK ESP ES EST EE FIN FI FRA FR GRC GR HRV HR HUN HU \
IRL IE ITA IT LTU LT LUX LU LVA LV MLT MT NLD NL POL PL PRT PT ROU RO SVK SK SVN SI SWE SE ISL IS LIE LI NOR NO CHE CH GBR GB \
FRO FO GRL GL ALA AX JEY JE GGY GG IMN IM GIB GI MCO MC AND AD SMR SM VAT VA ALB AL BIH BA MKD MK MNE ME SRB RS 1A0 XK XKX XK \
TUR TR UKR UA MDA MD GEO GE ARM AM AZE AZ BLR BY RUS RU USA US CAN CA MEX MX BRA BR ARG AR CHL CL COL CO PER PE URY UY PRY PY \
AUS AU NZL NZ JPN JP KOR KR CHN CN HKG HK TWN TW SGP SG IND IN PAK PK BGD BD LKA LK THA TH VNM VN MYS MY IDN ID PHL PH ISR IL \
ARE AE SAU SA QAT QA KWT KW JOR JO LBN LB EGY EG MAR MA TUN TN DZA DZ ZAF ZA NGA NG KEN KE GHA GH ETH ET TZA TZ UGA UG RWA RW \
SEN SN CIV CI CMR CM MUS MU GLP GP MTQ MQ GUF GF REU RE MYT YT SPM PM NCL NC PYF PF";
    if code.len() == 2 {
        return Country::parse(code).ok();
    }
    Country::parse(paired(COUNTRIES, &code.to_uppercase())?).ok()
}

/// The word after `first` in a list of pairs.
fn paired(list: &'static str, first: &str) -> Option<&'static str> {
    let mut words = list.split_ascii_whitespace();
    while let (Some(known), Some(other)) = (words.next(), words.next()) {
        if known == first {
            return Some(other);
        }
    }
    None
}
