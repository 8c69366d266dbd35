//! Countries and languages as the EU's Publications Office codes them in its authority tables, which eForms uses:
//! ISO 3166-1 alpha-3 and ISO 639-3 with a few codes of its own.

use innocap_domain::{Country, LanguageTag};

/// ISO 3166-1: alpha-2, colon, alpha-3; Kosovo has a code of the Publications Office.
const COUNTRIES: &str = "\
AD:AND AE:ARE AF:AFG AG:ATG AI:AIA AL:ALB AM:ARM AO:AGO AQ:ATA AR:ARG AS:ASM AT:AUT AU:AUS AW:ABW AX:ALA AZ:AZE \
BA:BIH BB:BRB BD:BGD BE:BEL BF:BFA BG:BGR BH:BHR BI:BDI BJ:BEN BL:BLM BM:BMU BN:BRN BO:BOL BQ:BES BR:BRA BS:BHS \
BT:BTN BV:BVT BW:BWA BY:BLR BZ:BLZ CA:CAN CC:CCK CD:COD CF:CAF CG:COG CH:CHE CI:CIV CK:COK CL:CHL CM:CMR CN:CHN \
CO:COL CR:CRI CU:CUB CV:CPV CW:CUW CX:CXR CY:CYP CZ:CZE DE:DEU DJ:DJI DK:DNK DM:DMA DO:DOM DZ:DZA EC:ECU EE:EST \
EG:EGY EH:ESH ER:ERI ES:ESP ET:ETH FI:FIN FJ:FJI FK:FLK FM:FSM FO:FRO FR:FRA GA:GAB GB:GBR GD:GRD GE:GEO GF:GUF \
GG:GGY GH:GHA GI:GIB GL:GRL GM:GMB GN:GIN GP:GLP GQ:GNQ GR:GRC GS:SGS GT:GTM GU:GUM GW:GNB GY:GUY HK:HKG HM:HMD \
HN:HND HR:HRV HT:HTI HU:HUN ID:IDN IE:IRL IL:ISR IM:IMN IN:IND IO:IOT IQ:IRQ IR:IRN IS:ISL IT:ITA JE:JEY JM:JAM \
JO:JOR JP:JPN KE:KEN KG:KGZ KH:KHM KI:KIR KM:COM KN:KNA KP:PRK KR:KOR KW:KWT KY:CYM KZ:KAZ LA:LAO LB:LBN LC:LCA \
LI:LIE LK:LKA LR:LBR LS:LSO LT:LTU LU:LUX LV:LVA LY:LBY MA:MAR MC:MCO MD:MDA ME:MNE MF:MAF MG:MDG MH:MHL MK:MKD \
ML:MLI MM:MMR MN:MNG MO:MAC MP:MNP MQ:MTQ MR:MRT MS:MSR MT:MLT MU:MUS MV:MDV MW:MWI MX:MEX MY:MYS MZ:MOZ NA:NAM \
NC:NCL NE:NER NF:NFK NG:NGA NI:NIC NL:NLD NO:NOR NP:NPL NR:NRU NU:NIU NZ:NZL OM:OMN PA:PAN PE:PER PF:PYF PG:PNG \
PH:PHL PK:PAK PL:POL PM:SPM PN:PCN PR:PRI PS:PSE PT:PRT PW:PLW PY:PRY QA:QAT RE:REU RO:ROU RS:SRB RU:RUS RW:RWA \
SA:SAU SB:SLB SC:SYC SD:SDN SE:SWE SG:SGP SH:SHN SI:SVN SJ:SJM SK:SVK SL:SLE SM:SMR SN:SEN SO:SOM SR:SUR SS:SSD \
ST:STP SV:SLV SX:SXM SY:SYR SZ:SWZ TC:TCA TD:TCD TF:ATF TG:TGO TH:THA TJ:TJK TK:TKL TL:TLS TM:TKM TN:TUN TO:TON \
TR:TUR TT:TTO TV:TUV TW:TWN TZ:TZA UA:UKR UG:UGA UM:UMI US:USA UY:URY UZ:UZB VA:VAT VC:VCT VE:VEN VG:VGB VI:VIR \
VN:VNM VU:VUT WF:WLF WS:WSM YE:YEM YT:MYT ZA:ZAF ZM:ZMB ZW:ZWE XK:1A0";

/// Languages of Europe, official or of its regions: the primary subtag and the Publications Office's code. Notices of
/// Norway name Norwegian, whichever of its written forms they are in.
const LANGUAGES: [(&str, &str); 52] = [
    ("ar", "ARA"),
    ("bg", "BUL"),
    ("bs", "BOS"),
    ("ca", "CAT"),
    ("cs", "CES"),
    ("cy", "CYM"),
    ("da", "DAN"),
    ("de", "DEU"),
    ("el", "ELL"),
    ("en", "ENG"),
    ("es", "SPA"),
    ("et", "EST"),
    ("eu", "EUS"),
    ("fi", "FIN"),
    ("fo", "FAO"),
    ("fr", "FRA"),
    ("fy", "FRY"),
    ("ga", "GLE"),
    ("gd", "GLA"),
    ("gl", "GLG"),
    ("gv", "GLV"),
    ("hr", "HRV"),
    ("hu", "HUN"),
    ("is", "ISL"),
    ("it", "ITA"),
    ("kl", "KAL"),
    ("kw", "COR"),
    ("lb", "LTZ"),
    ("lt", "LIT"),
    ("lv", "LAV"),
    ("mk", "MKD"),
    ("mt", "MLT"),
    ("nb", "NOR"),
    ("nl", "NLD"),
    ("nn", "NOR"),
    ("no", "NOR"),
    ("oc", "OCI"),
    ("pl", "POL"),
    ("pt", "POR"),
    ("rm", "ROH"),
    ("ro", "RON"),
    ("ru", "RUS"),
    ("se", "SME"),
    ("sk", "SLK"),
    ("sl", "SLV"),
    ("sq", "SQI"),
    ("sr", "SRP"),
    ("sv", "SWE"),
    ("tr", "TUR"),
    ("uk", "UKR"),
    ("yi", "YID"),
    ("zh", "ZHO"),
];

/// A country's code, such as `SWE`.
pub(super) fn country(country: Country) -> &'static str {
    let alpha2 = country.as_str();
    COUNTRIES.split_ascii_whitespace().find_map(|pair| pair.strip_prefix(alpha2)?.strip_prefix(':')).unwrap_or_default()
}

/// A language's code, such as `SWE`; `UND` where the tables of European languages have none.
pub(super) fn language(tag: &LanguageTag) -> String {
    let primary = tag.as_str().split('-').next().unwrap_or_default().to_ascii_lowercase();
    match LANGUAGES.iter().find(|(known, _)| *known == primary) {
        Some((_, code)) => (*code).to_owned(),
        // A tag with three letters is an ISO 639-3 code already.
        None if primary.len() == 3 => primary.to_ascii_uppercase(),
        None => "UND".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_a_code_and_no_two_have_the_same() {
        let mut codes = std::collections::BTreeSet::new();
        let mut known = 0;
        for first in b'A'..=b'Z' {
            for second in b'A'..=b'Z' {
                let text = String::from_utf8(vec![first, second]).unwrap();
                // UK and EL are read as GB and GR.
                let Ok(read) = Country::parse(&text) else { continue };
                if read.as_str() == text {
                    known += 1;
                    assert_eq!(country(read).len(), 3, "{read}");
                    codes.insert(country(read));
                }
            }
        }
        assert_eq!((known, codes.len()), (250, 250));
        for (alpha2, alpha3) in [("SE", "SWE"), ("GB", "GBR"), ("GR", "GRC"), ("IS", "ISL"), ("XK", "1A0")] {
            assert_eq!(country(Country::parse(alpha2).unwrap()), alpha3);
        }
    }

    #[test]
    fn languages_are_named_by_three_letters() {
        for (tag, code) in [("sv", "SWE"), ("nb-NO", "NOR"), ("en-GB", "ENG"), ("sma", "SMA"), ("ja", "UND")] {
            assert_eq!(language(&LanguageTag::parse(tag).unwrap()), code);
        }
    }
}
