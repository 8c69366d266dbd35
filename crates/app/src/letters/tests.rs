//! Every letter, in every language.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const LANGUAGES: [&str; 6] = ["en", "sv", "fi", "nb", "da", "is"];
const LINK: &str = "https://innocap.example.org/confirm?code=icc_abc";
const HOSTILE: &str = "<script>alert(1)</script>\r\nBcc: x@example.org";

fn letters() -> Vec<Letter<'static>> {
    let (organisation, title, reason, link) = (HOSTILE, HOSTILE, "One <b>reason</b>\nof two lines", LINK);
    vec![
        Letter::ConfirmAddress { link, hours: 48 },
        Letter::AccountExists { sign_in: link },
        Letter::ResetPassword { link, minutes: 30 },
        Letter::ChangeAddress { link, hours: 48 },
        Letter::AddressChanged,
        Letter::PasswordChanged { reset: link },
        Letter::SignInStopped { account: link },
        Letter::Invitation { organisation, inviter: Some(HOSTILE), role: Role::Viewer, link, days: 14 },
        Letter::Invitation { organisation, inviter: None, role: Role::Editor, link, days: 14 },
        Letter::Invitation { organisation, inviter: None, role: Role::Owner, link, days: 14 },
        Letter::OrganisationVerified { organisation, link },
        Letter::OrganisationRefused { organisation, reason, link },
        Letter::OrganisationUnverified { organisation, reason, link },
        Letter::OrganisationSuspended { organisation, reason, link },
        Letter::OrganisationRestored { organisation, reason, link },
        Letter::ListingApproved { title, link },
        Letter::ListingRefused { title, reason, link },
        Letter::ListingSuspended { title, reason, link },
        Letter::ListingRestored { title, reason, link },
        Letter::WebhookFailing { host: "hooks.example.org", link, days: 5 },
        Letter::WebhookGone { host: "hooks.example.org", link },
        Letter::AccountErased,
    ]
}

fn tag(language: &str) -> LanguageTag {
    LanguageTag::parse(language).unwrap()
}

#[test]
fn every_letter_is_written_in_every_language_with_nothing_left_open() {
    for language in LANGUAGES {
        for letter in letters() {
            let rendered = letter.render(&tag(language), Some("Eva"));
            assert_eq!(rendered.language, tag(language));
            for text in [&rendered.subject, &rendered.text, &rendered.html] {
                assert!(!text.is_empty() && !text.contains("letter-") && !text.contains("{ $"), "{language}: {text}");
            }
            assert!(rendered.html.contains(&format!("lang=\"{language}\"")));
            assert!(rendered.text.contains("Eva"));
            let english = letter.render(&tag("en"), None);
            assert!(language == "en" || rendered.subject != english.subject, "{language}: {}", rendered.subject);
        }
    }
}

#[test]
fn what_people_wrote_leaves_neither_its_line_nor_its_quotation() {
    for letter in letters() {
        let rendered = letter.render(&tag("sv"), Some(HOSTILE));
        assert!(!rendered.html.contains("<script") && !rendered.html.contains("<b>"), "{}", rendered.html);
        assert!(!rendered.subject.contains(char::is_control), "{:?}", rendered.subject);
        assert!(rendered.text.lines().all(|line| !line.starts_with("Bcc") && !line.starts_with("of two")));
        if rendered.text.contains("reason") {
            assert!(rendered.text.contains("> One <b>reason</b>\n> of two lines"), "{}", rendered.text);
        }
    }
}

#[test]
fn a_link_stands_unbroken_on_a_line_of_its_own_and_once_as_a_link() {
    for letter in letters() {
        let rendered = letter.render(&tag("fi"), None);
        let has_link = rendered.text.contains(LINK);
        assert_eq!(rendered.text.lines().filter(|line| *line == LINK).count(), usize::from(has_link));
        assert_eq!(rendered.html.matches(&format!("href=\"{LINK}\"")).count(), usize::from(has_link));
    }
}

#[test]
fn the_languages_have_the_same_messages_and_each_is_used() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let messages: BTreeMap<&str, BTreeSet<String>> = LANGUAGES
        .into_iter()
        .map(|language| {
            let file = folder.join("locales").join(language).join("letters.ftl");
            let text = std::fs::read_to_string(file).unwrap();
            let names = text.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.to_owned());
            (language, names.collect())
        })
        .collect();
    for (language, names) in &messages {
        assert_eq!(names, &messages["en"], "{language}");
    }
    // A message is used by its whole name, or as the subject or body of a letter that is named.
    let source = std::fs::read_to_string(folder.join("src/letters.rs")).unwrap();
    for name in &messages["en"] {
        let letter = name.trim_start_matches("letter-");
        let part = letter.strip_suffix("-subject").or(letter.strip_suffix("-body")).unwrap_or(letter);
        let named = source.contains(&format!("\"{name}\"")) || source.contains(&format!("\"{part}\""));
        assert!(named || letter.starts_with("role-"), "{name} is used nowhere");
    }
}
