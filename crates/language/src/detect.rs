//! Which language a text is written in.
//!
//! lingua's trigram models give a first opinion; the stop words of each language, which tell bokmål, nynorsk and Danish
//! apart better than trigrams do and are all there is for Faroese, give a second. The two are added.

use std::sync::OnceLock;

use innocap_domain::Language;
use lingua::{Language as Known, LanguageDetector, LanguageDetectorBuilder};

use crate::analysis::is_stop_word;

/// Characters that are looked at: more say nothing new.
const LOOKED_AT: usize = 1_500;
/// What lingua's opinion weighs; the stop words weigh the rest.
const TRIGRAMS: f32 = 0.5;
/// Below this the best candidate is not believed.
const LEAST: f32 = 0.4;
/// So far the best candidate must be ahead of the next.
const LEAD: f32 = 0.05;
/// The same where it is Norwegian, whose two written forms add up.
const NORWEGIAN_LEAD: f32 = 0.15;

/// What [`detect`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// The language, or `None` where the text is too short or too ambiguous to say.
    pub language: Option<Language>,
    /// Confidence in the best candidate, 0 to 1.
    pub confidence: f32,
    /// The best candidates with their confidence, best first, at most three.
    pub candidates: Vec<(Language, f32)>,
}

/// lingua's name of each language; it has no Faroese.
const NAMES: &[(Known, Language)] = &[
    (Known::Swedish, Language::Sv),
    (Known::Finnish, Language::Fi),
    (Known::Bokmal, Language::Nb),
    (Known::Nynorsk, Language::Nn),
    (Known::Danish, Language::Da),
    (Known::Icelandic, Language::Is),
    (Known::Irish, Language::Ga),
    (Known::English, Language::En),
    (Known::French, Language::Fr),
    (Known::German, Language::De),
];

fn detector() -> &'static LanguageDetector {
    static DETECTOR: OnceLock<LanguageDetector> = OnceLock::new();
    DETECTOR.get_or_init(|| {
        let known: Vec<Known> = NAMES.iter().map(|(known, _)| *known).collect();
        LanguageDetectorBuilder::from_languages(&known).build()
    })
}

/// The language of a text; only its first 1,500 characters are looked at.
pub fn detect(text: &str) -> Detection {
    let text: String = text.chars().take(LOOKED_AT).collect();
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Detection { language: None, confidence: 0.0, candidates: Vec::new() };
    }
    let mut scores = [0f32; Language::ALL.len()];
    let place = |language: Language| Language::ALL.iter().position(|l| *l == language).unwrap_or(0);
    for (known, confidence) in detector().compute_language_confidence_values(text.as_str()) {
        if let Some((_, language)) = NAMES.iter().find(|(name, _)| *name == known) {
            #[expect(clippy::cast_possible_truncation, reason = "a confidence between 0 and 1")]
            let confidence = confidence as f32;
            scores[place(*language)] += TRIGRAMS * confidence;
        }
    }
    let shares = stop_word_shares(&words);
    let share_of = |language: Language| shares.iter().find(|(l, _)| *l == language).map_or(0.0, |(_, share)| *share);
    // To the trigrams Faroese is Icelandic; where its own words prevail, that opinion is about Faroese.
    if share_of(Language::Fo) > share_of(Language::Is) {
        scores.swap(place(Language::Is), place(Language::Fo));
    }
    for (language, share) in shares {
        scores[place(language)] += (1.0 - TRIGRAMS) * share;
    }
    let mut candidates: Vec<(Language, f32)> = Language::ALL.into_iter().zip(scores).collect();
    candidates.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (best, _) = candidates[0];
    // Bokmål and nynorsk share most of their words and one analysis: between the two the better one is good enough, and
    // what each has taken from the other counts for both against the rest.
    let norwegian = |language: Language| matches!(language, Language::Nb | Language::Nn);
    let alike = |language: Language| language == best || norwegian(language) && norwegian(best);
    let sum = |kin: bool| candidates.iter().filter(move |(l, _)| alike(*l) == kin);
    let confidence: f32 = sum(true).map(|(_, score)| score).sum();
    let ahead = confidence - sum(false).map(|(_, score)| *score).fold(0.0, f32::max);
    candidates.truncate(3);
    // One or two words are rarely a sentence: they must be told by both opinions.
    let least = if words.len() < 3 { 0.8 } else { LEAST };
    let language =
        (confidence >= least && ahead >= if norwegian(best) { NORWEGIAN_LEAD } else { LEAD }).then_some(best);
    candidates.retain(|(_, confidence)| *confidence > 0.05);
    Detection { language, confidence: confidence.min(1.0), candidates }
}

/// How the stop words of a text are shared out among the languages; a word that several languages have counts for each
/// by its part. Faroese is believed only where its own letters or words stand.
fn stop_word_shares(words: &[&str]) -> Vec<(Language, f32)> {
    let mut shares = [0f32; Language::ALL.len()];
    let mut total = 0.0;
    for word in words {
        let of: Vec<usize> = (0..Language::ALL.len()).filter(|&i| is_stop_word(word, Language::ALL[i])).collect();
        if of.is_empty() {
            continue;
        }
        // A word that fewer languages have says more.
        #[expect(clippy::cast_precision_loss, reason = "at most eleven")]
        let part = 1.0 / (of.len() * of.len()) as f32;
        for place in &of {
            shares[*place] += part;
        }
        total += part * of.len() as f32;
    }
    if total <= 0.0 {
        return Vec::new();
    }
    Language::ALL.into_iter().zip(shares.map(|share| share / total)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_its_language() {
        for (language, text) in [
            (Language::Sv, "Vi behöver någon som plogar och sandar kommunens vägar på vintern"),
            (Language::Fi, "Kunta tarvitsee apua vanhusten kotihoitoon pitkien välimatkojen vuoksi"),
            (Language::Nb, "Kommunen trenger brøyting av veier og plasser, og vi har ikke nok folk til det"),
            (Language::Nb, "Vi trenger alarm for eldre som bor hjemme"),
            (Language::Nn, "Kommunen treng hjelp til brøyting av vegane, og vi har ikkje nok folk til det sjølve"),
            (
                Language::Da,
                "Kommunen har brug for hjælp til ældre borgere, der bor langt fra byen og ikke selv kan køre",
            ),
            (Language::Is, "Sveitarfélagið þarf snjómokstur og hálkuvarnir á vegum allan veturinn"),
            (
                Language::Fo,
                "Kommunan hevur tørv á hjálp til eldri fólk, sum búgva langt burtur og ikki kunnu koyra sjálv",
            ),
            (Language::En, "We need a dentist who treats children at school"),
            (Language::Fr, "La commune a besoin d'une aide pour les personnes âgées qui vivent seules"),
            (Language::De, "Die Gemeinde braucht Hilfe für ältere Menschen, die allein auf dem Land wohnen"),
            (Language::Ga, "Tá cabhair ag teastáil ón gcomhairle do dhaoine scothaosta atá ina gcónaí leo féin"),
        ] {
            assert_eq!(detect(text).language, Some(language), "{text}: {:?}", detect(text));
        }
    }

    #[test]
    fn a_text_without_a_sentence_is_unsure() {
        for text in ["", "4711", "alarm 4711", "… !!", "LoRaWAN"] {
            assert_eq!(detect(text).language, None, "{text}: {:?}", detect(text));
        }
    }
}
