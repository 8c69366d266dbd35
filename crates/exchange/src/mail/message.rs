//! One message: what stands in its headers and parts.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use innocap_domain::{EmailAddress, LanguageTag};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use url::Host;

/// A message to one person. Line breaks and other control characters in what becomes a header are taken as blanks.
#[derive(Clone)]
pub struct OutgoingMail {
    /// Who gets it.
    pub to: EmailAddress,
    /// The subject.
    pub subject: String,
    /// The message as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The same at each try, so that a message sent twice is seen once: `left@right`, without angle brackets.
    pub message_id: String,
    /// The language it is written in.
    pub language: LanguageTag,
}

impl std::fmt::Debug for OutgoingMail {
    /// Who is written to about what stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingMail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// A message as RFC 5322 has it, dated `at`; `None` where it cannot be one.
pub(super) fn compose(mail: &OutgoingMail, sender: &Mailbox, at: DateTime<Utc>) -> Option<Message> {
    let header =
        |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let mut builder = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(None, address(&mail.to)?))
        .subject(one_line(&mail.subject))
        .date(SystemTime::from(at))
        .message_id(Some(format!("<{}>", message_id(&mail.message_id)?)));
    for (name, value) in [
        ("Content-Language", mail.language.as_str()),
        // Nobody's absence note is to answer (RFC 3834, section 5); the second is what Exchange heeds.
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ] {
        builder = builder.raw_header(header(name, value));
    }
    let part = |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(text.to_owned());
    let body = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html));
    builder.multipart(body).ok()
}

/// The address as SMTP has it: the domain in ASCII (IDNA), so that only a local part beyond ASCII asks more of servers.
pub(super) fn address(address: &EmailAddress) -> Option<lettre::Address> {
    let (local, domain) = address.as_str().rsplit_once('@')?;
    match Host::parse(domain) {
        Ok(Host::Domain(domain)) => lettre::Address::new(local, domain).ok(),
        _ => None,
    }
}

/// Takes control characters, line breaks above all, as blanks: nothing may begin a header of its own.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ").trim().to_owned()
}

/// A message identifier: two dot-atoms (RFC 5322, section 3.6.4).
fn message_id(text: &str) -> Option<&str> {
    let atom = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
    };
    let (left, right) = text.split_once('@')?;
    (text.len() <= 250 && atom(left) && atom(right)).then_some(text)
}
