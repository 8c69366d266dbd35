//! Reasons, objections and verdicts in the reader's language. The ranking speaks in codes with facts; here each becomes a
//! sentence of the Fluent files in `locales/`, its facts named by the labels of the vocabularies.

use fluent_templates::fluent_bundle::FluentValue;
use innocap_domain::suggestion::{Objection, Reason, Verdict};
use innocap_domain::{Labels, Language, LanguageTag, Scheme};

use crate::Innocap;
use crate::locales::Messages;
use crate::needs::OpenNeeds;
use crate::suggestions::Answer;

/// The sentences of one language.
pub struct Phrases<'a> {
    messages: Messages,
    labels: &'a Labels,
}

impl<'a> Phrases<'a> {
    /// The sentences of a reader's language, or where there are none those of the nearest: bokmål for nynorsk, Danish
    /// for Faroese, else English.
    pub fn new(reader: Language, labels: &'a Labels) -> Self {
        Self { messages: Messages::new(reader), labels }
    }

    /// The language that is spoken.
    pub fn language(&self) -> Language {
        self.messages.language()
    }

    /// A verdict.
    pub fn verdict(&self, verdict: Verdict) -> String {
        self.text(match verdict {
            Verdict::Fit => "verdict-fit",
            Verdict::Partial => "verdict-partial",
            Verdict::None => "verdict-none",
        })
    }

    /// That others say nearly the same.
    pub fn alike(&self, count: usize) -> String {
        self.with("alike", &[("count", FluentValue::from(count))])
    }

    /// Why a suggestion stands before better ones.
    pub fn lifted(&self) -> String {
        self.text("lifted")
    }

    /// A kind of solution.
    pub fn kind(&self, kind: &str) -> String {
        self.messages.find(&format!("kind-{kind}")).unwrap_or_else(|| kind.to_owned())
    }

    /// A language's name; its tag where it has none here.
    pub fn language_name(&self, tag: &LanguageTag) -> String {
        let known = tag.language().and_then(|l| self.messages.find(&format!("language-{l}")));
        known.unwrap_or_else(|| tag.to_string())
    }

    /// That something is delivered anywhere.
    pub fn anywhere(&self) -> String {
        self.text("fact-anywhere")
    }

    /// A reason in a sentence.
    pub fn reason(&self, reason: &Reason) -> String {
        let facts: Vec<String> = reason.facts.iter().map(|fact| self.fact(&reason.code, fact)).collect();
        let unknown = matches!(reason.code.as_str(), "place" | "maturity" | "language" | "connection");
        if facts.is_empty() && unknown {
            return self.text(&format!("reason-{}-unknown", reason.code));
        }
        if facts.is_empty() && reason.code == "alignment" {
            return self.text("reason-alignment-unnamed");
        }
        self.with(&format!("reason-{}", reason.code), &[("facts", joined(&facts))])
    }

    /// What speaks against a suggestion, in a sentence.
    pub fn objection(&self, objection: &Objection) -> String {
        let fact = |place: usize| FluentValue::from(objection.facts.get(place).cloned().unwrap_or_default());
        match (objection.code.as_str(), objection.facts.len()) {
            ("not_ripe_enough", 2) => self.with("against-not-ripe-enough", &[("level", fact(0)), ("asked", fact(1))]),
            ("not_ripe_enough", _) => self.with("against-not-yet-mature", &[("level", fact(0))]),
            ("needs_connection", 1..) => self.with("against-needs-connection-of", &[("kbit", fact(0))]),
            (code, _) => {
                let facts: Vec<String> = objection.facts.iter().map(|fact| self.fact(code, fact)).collect();
                self.with(&format!("against-{}", code.replace('_', "-")), &[("facts", joined(&facts))])
            }
        }
    }

    /// A fact as a reader knows it: a code with its label, a place or a language by its name.
    fn fact(&self, code: &str, fact: &str) -> String {
        let label = |scheme| self.labels.label(scheme, fact, self.language());
        let named = |id: String| self.messages.find(&id);
        match code {
            "labels" | "codes" => label(Scheme::Cpv).map_or_else(|| fact.to_owned(), |label| format!("{fact} {label}")),
            "function" => label(Scheme::Function).unwrap_or(fact).to_owned(),
            "place" | "not_delivered_here" if fact == "*" => self.text("fact-anywhere"),
            "place" | "not_delivered_here" | "evidence" => label(Scheme::Region).unwrap_or(fact).to_owned(),
            "language" | "other_language" => named(format!("language-{fact}")).unwrap_or_else(|| fact.to_owned()),
            "other_kind" | "other_nature" => self.kind(fact),
            "connection" => match fact.split_once(':') {
                Some((_, kbit)) => self.with("fact-bandwidth", &[("kbit", FluentValue::from(kbit.to_owned()))]),
                None if fact == "remote" => self.text("fact-remote"),
                None => self.text("fact-works-offline"),
            },
            _ => fact.to_owned(),
        }
    }

    fn text(&self, id: &str) -> String {
        self.messages.text(id)
    }

    fn with(&self, id: &str, arguments: &[(&'static str, FluentValue<'static>)]) -> String {
        self.messages.with(id, arguments)
    }
}

fn joined(facts: &[String]) -> FluentValue<'static> {
    FluentValue::from(facts.join(", "))
}

impl Innocap {
    /// The answer with its verdict, reasons and objections in the reader's language.
    pub fn phrase(&self, mut answer: Answer, reader: Language) -> Answer {
        let labels = self.labels();
        let phrases = Phrases::new(reader, &labels);
        answer.verdict_text = phrases.verdict(answer.verdict);
        for suggestion in &mut answer.suggestions {
            phrase_parts(&phrases, &mut suggestion.reasons, &mut suggestion.against);
        }
        answer
    }

    /// The same for open needs.
    pub fn phrase_needs(&self, mut needs: OpenNeeds, reader: Language) -> OpenNeeds {
        let labels = self.labels();
        let phrases = Phrases::new(reader, &labels);
        for need in &mut needs.challenges {
            phrase_parts(&phrases, &mut need.reasons, &mut need.against);
        }
        needs
    }
}

fn phrase_parts(phrases: &Phrases<'_>, reasons: &mut [Reason], against: &mut [Objection]) {
    for reason in reasons {
        reason.text = phrases.reason(reason);
    }
    for objection in against {
        objection.text = phrases.objection(objection);
    }
}

#[cfg(test)]
mod tests {
    use innocap_domain::SolutionKind;

    use super::*;

    const REASONS: [(&str, &[&str]); 19] = [
        ("meaning", &[]),
        ("alignment", &[]),
        ("alignment", &["snørydding – ploughing", "gangveier – footpaths"]),
        ("words", &[]),
        ("title", &[]),
        ("labels", &["90620000"]),
        ("codes", &["90620000"]),
        ("function", &["04.5"]),
        ("place", &[]),
        ("place", &["*", "SE332"]),
        ("maturity", &[]),
        ("maturity", &["7"]),
        ("evidence", &["Bodø kommune", "NO071"]),
        ("language", &[]),
        ("language", &["sv", "se"]),
        ("connection", &[]),
        ("connection", &["works_offline", "bandwidth:512", "remote"]),
        ("connection", &["remote"]),
        ("evidence", &["FI"]),
    ];
    const OBJECTIONS: [(&str, &[&str]); 12] = [
        ("not_delivered_here", &["DK"]),
        ("delivery_unknown", &[]),
        ("not_ripe_enough", &["4", "7"]),
        ("not_ripe_enough", &["4"]),
        ("maturity_unknown", &[]),
        ("other_language", &["fi"]),
        ("needs_connection", &[]),
        ("needs_connection", &["2000"]),
        ("needs_staff_on_site", &[]),
        ("no_known_use", &[]),
        ("other_kind", &["test-bed"]),
        ("other_nature", &["expertise"]),
    ];

    fn owned(facts: &[&str]) -> Vec<String> {
        facts.iter().map(|fact| (*fact).to_owned()).collect()
    }

    /// Everything that there is to say in a language.
    fn all(phrases: &Phrases<'_>) -> Vec<String> {
        let reason = |code: &str, facts: Vec<String>| {
            let code = code.to_owned();
            phrases.reason(&Reason { code, share: 0.1, passages: Vec::new(), facts, text: String::new() })
        };
        let objection = |code: &str, facts: Vec<String>| {
            phrases.objection(&Objection { code: code.to_owned(), facts, text: String::new() })
        };
        let mut all = vec![phrases.lifted(), phrases.alike(1), phrases.alike(3)];
        all.extend([Verdict::Fit, Verdict::Partial, Verdict::None].map(|verdict| phrases.verdict(verdict)));
        all.extend(REASONS.iter().map(|(code, facts)| reason(code, owned(facts))));
        all.extend(OBJECTIONS.iter().map(|(code, facts)| objection(code, owned(facts))));
        all.extend(Language::ALL.iter().map(|language| reason("language", vec![language.to_string()])));
        all.extend(SolutionKind::ALL.iter().map(|kind| objection("other_kind", vec![kind.to_string()])));
        all
    }

    #[test]
    fn every_reason_and_objection_has_a_sentence_in_every_language_with_all_its_facts() {
        let labels = Labels::default();
        let spoken = [Language::En, Language::Sv, Language::Fi, Language::Nb, Language::Da, Language::Is];
        for language in spoken {
            let all = all(&Phrases::new(language, &labels));
            for text in &all {
                assert!(!text.contains("Unknown localization") && !text.contains(['{', '$']), "{language}: {text}");
            }
            let known = |fact: &str| all.iter().any(|text| text.contains(fact));
            for fact in ["gangveier – footpaths", "90620000", "SE332", "Bodø kommune", "512", "2000", " se", "4", "7"]
            {
                assert!(known(fact), "{language}: {fact}");
            }
            assert!(!known("test-bed") && !known("works_offline") && !known("*"), "{language}");
        }
    }

    #[test]
    fn every_sentence_is_spoken() {
        let labels = Labels::default();
        let all = all(&Phrases::new(Language::En, &labels));
        let mut sentences = 0;
        for line in include_str!("../locales/en/suggestions.ftl").lines() {
            // What stands before a fact is looked for; of numbers of things, the lines of the variants.
            let sentence = line.trim_start_matches([' ', '*']).split_once(['=', ']']).map(|(_, text)| text.trim());
            let Some(sentence) = sentence.filter(|text| !text.starts_with("{ $count ->")) else { continue };
            let spoken = |part: &str| all.iter().any(|text| text.contains(part.trim()));
            assert!(sentence.split(['{', '}']).step_by(2).all(spoken), "nobody says: {sentence}");
            sentences += 1;
        }
        assert!(sentences > 40, "{sentences}");
    }

    #[test]
    fn a_reader_without_sentences_of_their_own_gets_the_nearest() {
        let labels = Labels::default();
        for (reader, spoken) in
            [(Language::Nn, Language::Nb), (Language::Fo, Language::Da), (Language::Ga, Language::En)]
        {
            assert_eq!(Phrases::new(reader, &labels).language(), spoken);
        }
    }
}
