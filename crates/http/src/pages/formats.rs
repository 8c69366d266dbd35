//! Where a record is to be had in other formats, for the head of its page and for people who look for it.

use innocap_domain::{ChallengeId, Solution, SolutionId, SolutionKind};

use super::texts::InterfaceTexts;

/// A record in another format.
pub(super) struct Format {
    pub href: String,
    pub media_type: &'static str,
    pub label: String,
}

/// The formats of a challenge that everyone may see.
pub(super) fn of_challenge(texts: &InterfaceTexts, id: ChallengeId) -> Vec<Format> {
    let record = format!("/api/v1/challenges/{id}");
    vec![
        Format { href: record.clone(), media_type: "application/json", label: texts.get("format-json") },
        Format { href: format!("{record}/ocds"), media_type: "application/json", label: texts.get("format-ocds") },
        Format { href: format!("{record}/eforms"), media_type: "application/xml", label: texts.get("format-eforms") },
        linked(texts, &record),
    ]
}

/// The formats of a solution that everyone may see.
pub(super) fn of_solution(texts: &InterfaceTexts, id: SolutionId, content: &Solution) -> Vec<Format> {
    let record = format!("/api/v1/solutions/{id}");
    let mut formats = vec![
        Format { href: record.clone(), media_type: "application/json", label: texts.get("format-json") },
        linked(texts, &record),
    ];
    if content.kind == SolutionKind::OpenSourceSoftware {
        formats.push(Format {
            href: format!("{record}/publiccode.yml"),
            media_type: "application/yaml",
            label: texts.get("format-publiccode"),
        });
    }
    formats
}

fn linked(texts: &InterfaceTexts, record: &str) -> Format {
    Format {
        href: texts.to(&format!("{record}/jsonld")),
        media_type: "application/ld+json",
        label: texts.get("format-jsonld"),
    }
}
