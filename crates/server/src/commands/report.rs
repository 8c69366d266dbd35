//! Progress bars, and answers as a person reads them in a terminal.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use innocap_app::{Answer, Innocap, Phrases, Suggestion};
use innocap_domain::suggestion::Verdict;

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

/// An answer, for a terminal: what was found in the words of `phrases`, the frame around it in English.
pub fn answer(answer: &Answer, phrases: &Phrases<'_>) -> String {
    let mut text = String::new();
    let verdict = phrases.verdict(answer.verdict);
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
        one(&mut text, place + 1, suggestion, phrases);
    }
    text
}

fn one(text: &mut String, place: usize, suggestion: &Suggestion, phrases: &Phrases<'_>) {
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
        let _ = writeln!(text, "   + {:.2} {}", reason.share, phrases.reason(reason));
        for passage in reason.passages.iter().take(2) {
            wrap(text, "         “", &format!("{}”", mark(&passage.text, &passage.highlights)));
        }
    }
    for objection in &suggestion.against {
        let _ = writeln!(text, "   – {}", phrases.objection(objection));
    }
    if let Some(alike) = &suggestion.alike {
        let _ = writeln!(text, "   = {}", phrases.alike(alike.count));
    }
    if suggestion.lifted {
        let _ = writeln!(text, "   ^ {}", phrases.lifted());
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
