//! Challenges: service needs of public bodies.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::codes::{CpvCode, PublicFunction, Trl};
use crate::ids::OrganisationId;
use crate::language::LanguageTag;
use crate::limits;
use crate::organisation::{read_place, word_enum};
use crate::place::Place;
use crate::reader::Reader;
use crate::record::{Content, Facet, RecordKind};
use crate::solution::SolutionKind;
use crate::source::Source;
use crate::text::Texts;

word_enum! {
    /// How a challenge ended.
    Outcome, "outcome" {
        /// Something was tried.
        Piloted = "piloted",
        /// Something was bought.
        Procured = "procured",
        /// Something that exists was taken into use.
        Adopted = "adopted",
        /// Nothing came of it.
        None = "none",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
    }
}

/// What the public body asks of a solution beyond its topic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wants {
    /// At least this ripe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trl_at_least: Option<Trl>,
    /// In one of these languages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<LanguageTag>,
    /// One of these kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<SolutionKind>,
    /// It must work without a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub works_offline: Option<bool>,
    /// The connection there is, in kbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth_at_most_kbit: Option<i64>,
    /// Set-up and support must be possible from afar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_support: Option<bool>,
}

impl Wants {
    /// Reads the members of `wants`.
    pub fn read(r: &mut Reader<'_>) -> Self {
        Self {
            trl_at_least: read_trl(r, "trl_at_least"),
            languages: r.codes("languages", limits::LANGUAGES, LanguageTag::parse),
            kinds: r.codes("kinds", SolutionKind::ALL.len(), SolutionKind::parse),
            works_offline: r.boolean("works_offline"),
            bandwidth_at_most_kbit: r.integer("bandwidth_at_most_kbit", 1..=1_000_000_000),
            remote_support: r.boolean("remote_support"),
        }
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(crate) fn read_trl(r: &mut Reader<'_>, name: &'static str) -> Option<Trl> {
    let level = r.integer(name, 1..=9)?;
    u8::try_from(level).ok().and_then(|level| Trl::try_from(level).ok())
}

/// A service need of a public body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Whose need it is.
    pub organisation: OrganisationId,
    /// What it is, in one or more languages.
    pub texts: Texts,
    /// What would be bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpv: Vec<CpvCode>,
    /// Which public functions it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<PublicFunction>,
    /// Where the need is.
    #[serde(flatten)]
    pub place: Place,
    /// When it was first made public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<NaiveDate>,
    /// By when answers are wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<NaiveDate>,
    /// What else is asked.
    #[serde(default, skip_serializing_if = "Wants::is_empty")]
    pub wants: Wants,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Where the record comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl Content for Challenge {
    const KIND: RecordKind = RecordKind::Challenge;

    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let organisation = r.required_code("organisation", |text| text.parse::<OrganisationId>());
        let texts = Texts::read(r);
        let cpv = r.codes("cpv", limits::CPV_CODES, CpvCode::parse);
        let functions = r.codes("functions", limits::FUNCTIONS, PublicFunction::parse);
        let place = read_place(r);
        let published = r.date("published");
        let deadline = r.date("deadline");
        let wants = r.object("wants", Wants::read).unwrap_or_default();
        let outcome = r.code("outcome", Outcome::parse);
        let source = r.object("source", Source::read);
        if let (Some(published), Some(deadline)) = (published, deadline)
            && deadline < published
        {
            r.fault("deadline", "out_of_range", "the deadline lies before the day of publication");
        }
        Some(Self {
            organisation: organisation?,
            texts: texts?,
            cpv,
            functions,
            place,
            published,
            deadline,
            wants,
            outcome,
            source,
        })
    }

    fn facets(&self) -> Vec<Facet> {
        let mut facets: Vec<_> = self.cpv.iter().map(|c| Facet::new("cpv", c.as_str())).collect();
        facets.extend(self.functions.iter().map(|f| Facet::new("function", f.as_str())));
        facets.extend(self.texts.versions().iter().map(|t| Facet::new("language", t.language.as_str())));
        facets.extend(Facet::of_place(&self.place));
        facets.extend(self.deadline.map(|day| Facet::new("deadline", day.to_string())));
        facets
    }

    fn organisation(&self) -> Option<OrganisationId> {
        Some(self.organisation)
    }

    fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    fn texts(&self) -> Option<&Texts> {
        Some(&self.texts)
    }
}
