//! Feedback: what the body whose need it is thinks of one suggestion.

use chrono::{DateTime, Utc};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::error::CodeError;
use crate::ids::{ChallengeId, FeedbackId, SolutionId};
use crate::limits;
use crate::organisation::word_enum;
use crate::reader::Reader;

word_enum! {
    /// Why a solution does not answer a challenge.
    WhyNot, "reason" {
        /// It is about something else.
        WrongTopic = "wrong_topic",
        /// It is about the same thing and not to be had there.
        WrongPlace = "wrong_place",
        /// It is about the same thing and not ready for use.
        NotRipe = "not_ripe",
        /// Anything else, or nothing that was said.
        Other = "other",
    }
}

/// Whether a solution answers a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// It does.
    Relevant,
    /// It does not.
    Not(WhyNot),
}

impl Judgement {
    const RELEVANT: &str = "relevant";

    /// `relevant`, or the word of the reason why not.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Relevant => Self::RELEVANT,
            Self::Not(why) => why.as_str(),
        }
    }

    /// Parses the word.
    ///
    /// # Errors
    /// [`CodeError`] for any other word.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text == Self::RELEVANT { Ok(Self::Relevant) } else { WhyNot::parse(text).map(Self::Not) }
    }

    /// Its grade beside the judgements of the ranking, which go from 0 to 3: 2 is an answer, 1 the right topic without
    /// being an answer, 0 something else. 3, exactly what was asked for, is more than yes or no can say.
    pub const fn grade(self) -> u8 {
        match self {
            Self::Relevant => 2,
            Self::Not(WhyNot::WrongPlace | WhyNot::NotRipe) => 1,
            Self::Not(WhyNot::WrongTopic | WhyNot::Other) => 0,
        }
    }
}

impl Serialize for Judgement {
    /// As the members `relevant` and, where it is not, `why`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Judgement", 2)?;
        members.serialize_field("relevant", &(*self == Self::Relevant))?;
        match self {
            Self::Relevant => members.skip_field("why")?,
            Self::Not(why) => members.serialize_field("why", why)?,
        }
        members.end()
    }
}

/// What is said about a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// Whether it answers the need.
    #[serde(flatten)]
    pub judgement: Judgement,
    /// What else there is to say, at most [`limits::NOTE`] characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Opinion {
    /// Reads the members `relevant`, `why` and `note`. Without `why` what is not relevant is so for another reason.
    pub fn read(r: &mut Reader<'_>) -> Option<Self> {
        let relevant = r.required_boolean("relevant");
        let why = r.code("why", WhyNot::parse);
        let note = r.text("note", limits::NOTE);
        if relevant == Some(true) && r.has("why") {
            r.fault("why", "not_applicable", "only what is not relevant has a reason why not");
        }
        let judgement = if relevant? { Judgement::Relevant } else { Judgement::Not(why.unwrap_or(WhyNot::Other)) };
        Some(Self { judgement, note })
    }
}

/// An opinion on one solution for one challenge. There is one for each challenge, solution and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Feedback {
    /// Its identifier, which stays when the same subject changes its opinion.
    pub id: FeedbackId,
    /// For which challenge.
    pub challenge: ChallengeId,
    /// Which solution.
    pub solution: SolutionId,
    /// What was said.
    #[serde(flatten)]
    pub opinion: Opinion,
    /// The version of the ranking that suggested it.
    pub ranking_version: String,
    /// When it was said last.
    pub given: DateTime<Utc>,
    /// By whom: the subject of the token, which names what the token is for and not a person.
    pub subject: String,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(document: &Value) -> Result<Opinion, Vec<(String, &'static str)>> {
        let read = Reader::document(document, Opinion::read);
        let faults = |faults: crate::Violations| faults.0.into_iter().map(|v| (v.pointer, v.code)).collect();
        read.map(|opinion| opinion.expect("no faults, so an opinion")).map_err(faults)
    }

    #[test]
    fn an_opinion_is_read_and_written_alike() {
        let relevant = json!({"relevant": true, "note": "Runs in the next valley."});
        assert_eq!(read(&relevant).unwrap().judgement, Judgement::Relevant);
        assert_eq!(serde_json::to_value(read(&relevant).unwrap()).unwrap(), relevant);
        for why in WhyNot::ALL {
            let document = json!({"relevant": false, "why": why});
            assert_eq!(read(&document).unwrap().judgement, Judgement::Not(*why));
            assert_eq!(serde_json::to_value(read(&document).unwrap()).unwrap(), document);
        }
    }

    #[test]
    fn what_is_not_relevant_for_no_reason_given_is_so_for_another_one() {
        let opinion = read(&json!({"relevant": false, "why": null, "note": "  "})).unwrap();
        assert_eq!(opinion, Opinion { judgement: Judgement::Not(WhyNot::Other), note: None });
    }

    #[test]
    fn an_opinion_that_contradicts_itself_or_says_nothing_is_refused() {
        let fault = |pointer: &str, code| Err(vec![(pointer.to_owned(), code)]);
        assert_eq!(read(&json!({})), fault("/relevant", "required"));
        assert_eq!(read(&json!({"relevant": "yes"})), fault("/relevant", "wrong_type"));
        assert_eq!(read(&json!({"relevant": true, "why": "other"})), fault("/why", "not_applicable"));
        assert_eq!(read(&json!({"relevant": false, "why": "relevant"})), fault("/why", "invalid_code"));
        let long = "x".repeat(limits::NOTE + 1);
        assert_eq!(read(&json!({"relevant": true, "note": long})), fault("/note", "too_long"));
    }

    #[test]
    fn a_judgement_is_found_again_by_its_word() {
        let whys = WhyNot::ALL.iter().map(|why| Judgement::Not(*why));
        for judgement in whys.chain([Judgement::Relevant]) {
            assert_eq!(Judgement::parse(judgement.as_str()), Ok(judgement));
        }
        assert!(Judgement::parse("nonsense").is_err());
    }
}
