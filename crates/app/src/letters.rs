//! The letters that are sent by mail: what each says, in the reader's language, as plain text and as HTML. The sentences
//! stand in the Fluent files `locales/*/letters.ftl`.

#[cfg(test)]
mod tests;

use askama::Template;
use fluent_templates::fluent_bundle::FluentValue;
use innocap_domain::{Language, LanguageTag, Role};

use crate::locales::Messages;

/// The most characters of a subject that a name or title may take.
const NAME: usize = 120;

/// What is written about.
pub(crate) enum Letter<'a> {
    /// To somebody who signs up.
    ConfirmAddress { link: &'a str, hours: i64 },
    /// Somebody signed up with the address of an account that is there.
    AccountExists { sign_in: &'a str },
    /// To somebody who asks for a new password.
    ResetPassword { link: &'a str, minutes: i64 },
    /// To the address that is to become an account's.
    ChangeAddress { link: &'a str, hours: i64 },
    /// To the address that was an account's; the new one is not quoted.
    AddressChanged,
    /// The password was changed.
    PasswordChanged { reset: &'a str },
    /// A refresh token was used twice, and everything of that sign-in was ended.
    SignInStopped { account: &'a str },
    /// Somebody is invited.
    Invitation { organisation: &'a str, inviter: Option<&'a str>, role: Role, link: &'a str, days: i64 },
    /// An organisation was verified.
    OrganisationVerified { organisation: &'a str, link: &'a str },
    /// A new organisation was not.
    OrganisationRefused { organisation: &'a str, reason: &'a str, link: &'a str },
    /// Its verification was taken back.
    OrganisationUnverified { organisation: &'a str, reason: &'a str, link: &'a str },
    /// It was taken from the public.
    OrganisationSuspended { organisation: &'a str, reason: &'a str, link: &'a str },
    /// It was given back.
    OrganisationRestored { organisation: &'a str, reason: &'a str, link: &'a str },
    /// An organisation's first listing was published.
    ListingApproved { title: &'a str, link: &'a str },
    /// It was not.
    ListingRefused { title: &'a str, reason: &'a str, link: &'a str },
    /// A listing was taken from the public.
    ListingSuspended { title: &'a str, reason: &'a str, link: &'a str },
    /// It was given back.
    ListingRestored { title: &'a str, reason: &'a str, link: &'a str },
    /// A webhook has failed for days and is disabled. Of its address the host alone is told.
    WebhookFailing { host: &'a str, link: &'a str, days: i64 },
    /// The receiver of a webhook has said that it is gone.
    WebhookGone { host: &'a str, link: &'a str },
    /// The account is gone.
    AccountErased,
}

/// A letter as it is sent.
pub(crate) struct Rendered {
    /// What it is about, in a word for the outbox.
    pub(crate) template: &'static str,
    /// The language it is written in.
    pub(crate) language: LanguageTag,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// The parts of a letter.
struct Parts<'a> {
    template: &'static str,
    subject: String,
    paragraphs: Vec<String>,
    /// A moderator's words, quoted.
    reason: Option<&'a str>,
    link: Option<&'a str>,
    /// Whether somebody else may have asked for it.
    unasked: bool,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    language: &'static str,
    subject: &'a str,
    hello: &'a str,
    paragraphs: &'a [String],
    reason_intro: &'a str,
    reason: &'a [&'a str],
    link: Option<&'a str>,
    open: &'a str,
    address: &'a str,
    ignore: Option<&'a str>,
    footer: &'a str,
}

impl Letter<'_> {
    /// The letter for a reader of this language, greeted by name where it is known.
    pub(crate) fn render(&self, reader: &LanguageTag, name: Option<&str>) -> Rendered {
        let messages = Messages::new(reader.language().unwrap_or(Language::En));
        let parts = self.parts(&messages);
        let hello = match name {
            Some(name) => messages.with("letter-hello", &[("name", text(name))]),
            None => messages.text("letter-hello-you"),
        };
        let (open, address) = (messages.text("letter-open"), messages.text("letter-address"));
        let (intro, footer) = (messages.text("letter-reason"), messages.text("letter-footer"));
        let ignore = parts.unasked.then(|| messages.text("letter-ignore"));
        let reason: Vec<&str> = parts.reason.unwrap_or_default().lines().collect();
        let html = Html {
            language: messages.language().code(),
            subject: &parts.subject,
            hello: &hello,
            paragraphs: &parts.paragraphs,
            reason_intro: &intro,
            reason: &reason,
            link: parts.link,
            open: &open,
            address: &address,
            ignore: ignore.as_deref(),
            footer: &footer,
        };
        // The template is compiled in; it can only fail where there is no memory left.
        let html = html.render().unwrap_or_default();
        let mut blocks = vec![hello];
        blocks.extend(parts.paragraphs);
        if !reason.is_empty() {
            let quoted: Vec<String> = reason.iter().map(|line| format!("> {line}")).collect();
            blocks.push(format!("{intro}\n{}", quoted.join("\n")));
        }
        blocks.extend(parts.link.map(str::to_owned));
        blocks.extend(ignore);
        blocks.push(format!("-- \n{footer}"));
        Rendered {
            template: parts.template,
            language: LanguageTag::from(messages.language()),
            subject: parts.subject,
            text: blocks.join("\n\n") + "\n",
            html,
        }
    }

    fn parts(&self, messages: &Messages) -> Parts<'_> {
        let plain = |template: &'static str, link| Parts {
            template,
            subject: messages.text(&format!("letter-{template}-subject")),
            paragraphs: vec![messages.text(&format!("letter-{template}-body"))],
            reason: None,
            link,
            unasked: false,
        };
        let counted = |template: &'static str, link, count: i64| Parts {
            paragraphs: vec![messages.with(&format!("letter-{template}-body"), &[("count", FluentValue::from(count))])],
            unasked: true,
            ..plain(template, Some(link))
        };
        let about = |template: &'static str, subject: &str, title: &str, link| Parts {
            subject: messages.with(&format!("letter-{subject}-subject"), &[("title", text(title))]),
            paragraphs: vec![messages.text(&format!("letter-{template}-body"))],
            template,
            reason: None,
            link: Some(link),
            unasked: false,
        };
        match self {
            Self::ConfirmAddress { link, hours } => counted("confirm-address", link, *hours),
            Self::AccountExists { sign_in } => Parts { unasked: true, ..plain("account-exists", Some(sign_in)) },
            Self::ResetPassword { link, minutes } => counted("reset-password", link, *minutes),
            Self::ChangeAddress { link, hours } => counted("change-address", link, *hours),
            Self::AddressChanged => plain("address-changed", None),
            Self::PasswordChanged { reset } => plain("password-changed", Some(reset)),
            Self::SignInStopped { account } => plain("sign-in-stopped", Some(account)),
            Self::Invitation { organisation, inviter, role, link, days } => {
                let role = messages.text(&format!("letter-role-{role}"));
                let facts =
                    [("organisation", text(organisation)), ("role", text(&role)), ("count", FluentValue::from(*days))];
                let mut paragraphs = vec![messages.with("letter-invitation-body", &facts)];
                paragraphs.extend(inviter.map(|name| messages.with("letter-invitation-from", &[("name", text(name))])));
                let subject = messages.with("letter-invitation-subject", &facts[..1]);
                Parts { template: "invitation", subject, paragraphs, reason: None, link: Some(link), unasked: true }
            }
            Self::OrganisationVerified { organisation, link } => {
                about("organisation-verified", "organisation-verified", organisation, link)
            }
            Self::OrganisationRefused { organisation, reason, link } => Parts {
                reason: Some(reason),
                ..about("organisation-refused", "organisation-refused", organisation, link)
            },
            Self::OrganisationUnverified { organisation, reason, link } => Parts {
                reason: Some(reason),
                ..about("organisation-unverified", "organisation-unverified", organisation, link)
            },
            Self::OrganisationSuspended { organisation, reason, link } => {
                Parts { reason: Some(reason), ..about("organisation-suspended", "suspended", organisation, link) }
            }
            Self::OrganisationRestored { organisation, reason, link } => {
                Parts { reason: Some(reason), ..about("organisation-restored", "restored", organisation, link) }
            }
            Self::ListingApproved { title, link } => about("listing-approved", "listing-approved", title, link),
            Self::ListingRefused { title, reason, link } => {
                Parts { reason: Some(reason), ..about("listing-refused", "listing-refused", title, link) }
            }
            Self::ListingSuspended { title, reason, link } => {
                Parts { reason: Some(reason), ..about("listing-suspended", "suspended", title, link) }
            }
            Self::ListingRestored { title, reason, link } => {
                Parts { reason: Some(reason), ..about("listing-restored", "restored", title, link) }
            }
            Self::WebhookFailing { host, link, days } => Parts {
                paragraphs: vec![
                    messages.with("letter-webhook-failing-body", &[("count", FluentValue::from(*days))]),
                    messages.text("letter-webhook-again"),
                ],
                ..about("webhook-failing", "webhook-disabled", host, link)
            },
            Self::WebhookGone { host, link } => Parts {
                paragraphs: vec![messages.text("letter-webhook-gone-body"), messages.text("letter-webhook-again")],
                ..about("webhook-gone", "webhook-disabled", host, link)
            },
            Self::AccountErased => plain("account-erased", None),
        }
    }
}

/// A name or title on one line, as a fact of a sentence: what people wrote begins no line of its own.
fn text(name: &str) -> FluentValue<'static> {
    let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > NAME {
        words = words.chars().take(NAME - 1).chain(['…']).collect();
    }
    FluentValue::from(words)
}
