//! The weights: one versioned file, compiled in; its version stands in every answer.

use std::sync::OnceLock;

use innocap_domain::Kinship;
use serde::{Deserialize, Serialize};

/// How much each part of the topic weighs: the factor by which what the index measures enters the score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicWeights {
    /// The part of a listing's hubness that is subtracted from its cosine.
    pub hubness: f64,
    /// The cosine of the meanings above which they count.
    pub from: f64,
    /// What a cosine above that weighs.
    pub meaning: f64,
    /// BM25 over the whole text.
    pub words: f64,
    /// BM25 over the title.
    pub title: f64,
    /// The query's words in the labels of the listing's codes.
    pub labels: f64,
    /// What they bring at most: a code's few words are soon all met.
    pub labels_at_most: f64,
    /// Overlap in the CPV tree.
    pub codes: f64,
    /// How they meet token by token; absent where they are not read so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<AlignmentWeights>,
}

/// How much it weighs that two texts meet token by token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignmentWeights {
    /// The likeness above which it counts: about what texts reach that have nothing to do with each other.
    pub from: f64,
    /// Of the need's tokens.
    pub need: f64,
    /// Of the tokens of its title.
    pub title: f64,
    /// Of the listing's tokens.
    pub listing: f64,
}

/// How much each part of the fit weighs; what is left to 1 belongs to the topic alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitWeights {
    /// Same public function.
    pub function: f64,
    /// Delivered here.
    pub place: f64,
    /// Ripe enough.
    pub maturity: f64,
    /// Runs already, best in a place like this one.
    pub evidence: f64,
    /// Speaks the language.
    pub language: f64,
    /// Works on the connection there is, supported from afar.
    pub connection: f64,
    /// What an offer loses at most whose kind cannot be what is bought: software where goods are.
    pub nature: f64,
}

/// The scores from which existing solutions are said to fit, and to fit in part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictThresholds {
    /// From here they fit.
    pub fit: f64,
    /// From here they fit in part; below, nothing was found.
    pub partial: f64,
    /// Suggestions below are not shown at all.
    pub shown: f64,
}

/// All weights of the ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Names this set of weights.
    pub version: String,
    /// Between texts of one language.
    pub same_language: TopicWeights,
    /// Between texts of languages written alike.
    pub near_language: TopicWeights,
    /// Between texts of different languages, where words are mostly noise.
    pub cross_language: TopicWeights,
    /// The parts of the fit.
    pub fit: FitWeights,
    /// When to say what.
    pub verdict: VerdictThresholds,
}

impl Weights {
    /// Those between texts whose languages stand to each other like this.
    pub fn of(&self, kinship: Kinship) -> &TopicWeights {
        match kinship {
            Kinship::Same => &self.same_language,
            Kinship::Near => &self.near_language,
            Kinship::Other => &self.cross_language,
        }
    }

    /// The weights that come with this version.
    ///
    /// # Panics
    /// Never: the file is compiled in and tested.
    pub fn bundled() -> &'static Self {
        static BUNDLED: OnceLock<Weights> = OnceLock::new();
        BUNDLED.get_or_init(|| serde_json::from_str(include_str!("../weights.json")).expect("weights.json is tested"))
    }
}
