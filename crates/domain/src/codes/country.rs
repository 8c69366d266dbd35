//! Countries by ISO 3166-1 alpha-2.

use super::{nearest, text_code};
use crate::error::CodeError;

/// An ISO 3166-1 alpha-2 country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

/// The officially assigned codes of ISO 3166-1, and XK (Kosovo, user-assigned, used by the EU).
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG \
GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ \
LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR \
NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ \
TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK";

impl Country {
    /// Parses a code in any case; `UK` and `EL`, which EU data uses, are read as `GB` and `GR`.
    ///
    /// # Errors
    /// [`CodeError`] for anything that is not assigned.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim().to_uppercase();
        let code = match code.as_str() {
            "UK" => "GB",
            "EL" => "GR",
            other => other,
        };
        CODES
            .split_ascii_whitespace()
            .find(|known| *known == code)
            .map(|known| Self([known.as_bytes()[0], known.as_bytes()[1]]))
            .ok_or_else(|| {
                CodeError::new("country", text, "an ISO 3166-1 alpha-2 code such as SE, NO or GB")
                    .with_nearest(nearest(code, CODES.split_ascii_whitespace(), 3))
            })
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("country codes are ASCII letters")
    }
}

text_code!(Country);
