//! Progress bars, and answers as a person reads them in a terminal.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use innocap_app::{Answer, Innocap, Suggestion};
use innocap_domain::suggestion::{Objection, Reason, Verdict};
use innocap_domain::{Labels, Language, Scheme};

/// Columns of a line of text.
const WIDTH: usize = 100;

/// A bar over `total` steps.
pub fn bar(total: usize, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {per_sec} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total as u64).with_style(style).with_message(what.to_owned())
}

/// A counter without an end.
pub fn counter(what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg} {pos} {per_sec}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style).with_message(what.to_owned())
}

/// A bar that follows the indexing of `innocap` until it is finished or dropped.
pub fn indexing(innocap: &Innocap) -> ProgressBar {
    let bar = bar(0, "texts still to be read");
    let (watched, innocap) = (bar.clone(), innocap.clone());
    tokio::spawn(async move {
        let mut most = 0;
        while !watched.is_finished() {
            let left = innocap.progress().without_vector as u64;
            if left > most {
                most = left;
                watched.set_length(most);
            }
            watched.set_position(most - left);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    bar
}

/// An answer, for a terminal.
pub fn answer(answer: &Answer, labels: &Labels) -> String {
    let mut text = String::new();
    let language = answer.query_language.as_ref().and_then(|tag| tag.language()).unwrap_or(Language::En);
    let verdict = match answer.verdict {
        Verdict::Fit => "existing solutions fit",
        Verdict::Partial => "existing solutions fit in part",
        Verdict::None => "none found that fits",
    };
    let read_in =
        answer.query_language.as_ref().map_or("a language that could not be told".to_owned(), ToString::to_string);
    let _ = writeln!(
        text,
        "Verdict: {verdict}  ({} solutions looked at, need read in {read_in}, ranking {})",
        answer.considered, answer.ranking_version
    );
    if let Some(removed) = answer.removed.first().filter(|_| answer.suggestions.is_empty()) {
        let _ = writeln!(text, "The constraint {} removed most: {} solutions.", removed.constraint, removed.solutions);
    }
    if answer.verdict == Verdict::None && !answer.suggestions.is_empty() {
        let _ = writeln!(text, "The nearest, for the record:");
    }
    for (place, suggestion) in answer.suggestions.iter().enumerate() {
        one(&mut text, place + 1, suggestion, labels, language);
    }
    text
}

fn one(text: &mut String, place: usize, suggestion: &Suggestion, labels: &Labels, language: Language) {
    let of = |name: &str| suggestion.solution.get(name).and_then(|v| v.as_str()).unwrap_or_default();
    let organisation = &suggestion.solution["organisation"];
    let provider = organisation["name"].as_str().unwrap_or_default();
    let country = organisation["country"].as_str().map(|c| format!(", {c}")).unwrap_or_default();
    let _ = writeln!(text, "\n{place}. {:.2}  {}", suggestion.score, of("title"));
    let _ = writeln!(text, "   {provider}{country} · {} · found in {}", of("kind"), suggestion.match_language);
    if !of("link").is_empty() {
        let _ = writeln!(text, "   {}", of("link"));
    }
    for reason in &suggestion.reasons {
        let _ = writeln!(text, "   + {:.2} {}", reason.share, why(reason, labels, language));
        for passage in reason.passages.iter().take(2) {
            wrap(text, "         “", &format!("{}”", mark(&passage.text, &passage.highlights)));
        }
    }
    for objection in &suggestion.against {
        let _ = writeln!(text, "   – {}", against(objection));
    }
}

/// A reason in words; the terminal speaks English, codes are labelled in the language of the need.
fn why(reason: &Reason, labels: &Labels, language: Language) -> String {
    let code_label = |scheme, code: &String| {
        labels.label(scheme, code, language).map_or_else(|| code.clone(), |label| format!("{code} {label}"))
    };
    let facts = |scheme: Option<Scheme>| {
        let shown: Vec<String> = match scheme {
            Some(scheme) => reason.facts.iter().map(|code| code_label(scheme, code)).collect(),
            None => reason.facts.clone(),
        };
        if shown.is_empty() { String::new() } else { format!(": {}", shown.join(", ")) }
    };
    match reason.code.as_str() {
        "meaning" => "is about the same thing".to_owned(),
        "words" => "uses the same words".to_owned(),
        "title" => "its title uses the same words".to_owned(),
        "labels" => format!("its codes are named by words of the need{}", facts(Some(Scheme::Cpv))),
        "codes" => format!("shares procurement codes{}", facts(Some(Scheme::Cpv))),
        "function" => format!("serves the same public function{}", facts(Some(Scheme::Function))),
        "place" if reason.facts.is_empty() => "where it is delivered is not known".to_owned(),
        "place" => format!("is delivered here{}", facts(None)),
        "maturity" if reason.facts.is_empty() => "how ripe it is is not known".to_owned(),
        "maturity" => format!("technology readiness level{}", facts(None)),
        "evidence" => format!("runs already{}", facts(Some(Scheme::Region))),
        "language" if reason.facts.is_empty() => "which languages it speaks is not known".to_owned(),
        "language" => format!("speaks the language{}", facts(None)),
        "connection" => format!("works on the connection there is{}", facts(None)),
        other => other.to_owned(),
    }
}

fn against(objection: &Objection) -> String {
    let facts = objection.facts.join(", ");
    match objection.code.as_str() {
        "not_delivered_here" => format!("is delivered elsewhere only: {facts}"),
        "delivery_unknown" => "where it is delivered is not known".to_owned(),
        "not_ripe_enough" => format!("technology readiness level {}", objection.facts.join(", asked for ")),
        "maturity_unknown" => "how ripe it is is not known".to_owned(),
        "other_language" => format!("speaks another language: {facts}"),
        "needs_connection" => "needs a better connection".to_owned(),
        "needs_staff_on_site" => "needs staff on site".to_owned(),
        "no_known_use" => "nobody is known to run it yet".to_owned(),
        "other_kind" => format!("is another kind of solution: {facts}"),
        other => other.to_owned(),
    }
}

/// The passage with its matched words in brackets, which every terminal can show.
fn mark(passage: &str, highlights: &[(usize, usize)]) -> String {
    let mut marked = String::new();
    for (place, character) in passage.chars().enumerate() {
        if highlights.iter().any(|(start, _)| *start == place) {
            marked.push('[');
        }
        marked.push(if character == '\n' { ' ' } else { character });
        if highlights.iter().any(|(_, end)| *end == place + 1) {
            marked.push(']');
        }
    }
    marked
}

fn wrap(text: &mut String, first: &str, passage: &str) {
    let indent = " ".repeat(first.chars().count());
    let mut line = first.to_owned();
    for word in passage.split_whitespace() {
        if line.chars().count() + word.chars().count() + 1 > WIDTH {
            let _ = writeln!(text, "{}", line.trim_end());
            line.clone_from(&indent);
        }
        if !line.ends_with(['“', ' ']) {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(text, "{}", line.trim_end());
}
