//! Stand-in until the letters come.
use innocap_domain::{LanguageTag, Role};
pub(crate) enum Letter<'a> {
    ConfirmAddress { link: &'a str, hours: i64 },
    AccountExists { sign_in: &'a str, reset: &'a str },
    ResetPassword { link: &'a str, minutes: i64 },
    ChangeAddress { link: &'a str, hours: i64 },
    AddressChanged,
    PasswordChanged { reset: &'a str },
    SignInStopped { account: &'a str },
    Invitation { organisation: &'a str, inviter: Option<&'a str>, role: Role, link: &'a str, days: i64 },
    OrganisationVerified { organisation: &'a str, link: &'a str },
    OrganisationRefused { organisation: &'a str, reason: &'a str, link: &'a str },
    OrganisationUnverified { organisation: &'a str, reason: &'a str, link: &'a str },
    OrganisationSuspended { organisation: &'a str, reason: &'a str, link: &'a str },
    OrganisationRestored { organisation: &'a str, reason: &'a str, link: &'a str },
    ListingApproved { title: &'a str, link: &'a str },
    ListingRefused { title: &'a str, reason: &'a str, link: &'a str },
    ListingSuspended { title: &'a str, reason: &'a str, link: &'a str },
    ListingRestored { title: &'a str, reason: &'a str, link: &'a str },
    AccountErased,
}
pub(crate) struct Rendered {
    pub(crate) template: &'static str,
    pub(crate) language: LanguageTag,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}
impl Letter<'_> {
    pub(crate) fn render(&self, reader: &LanguageTag, _person: Option<&str>) -> Rendered {
        Rendered {
            template: "x",
            language: reader.clone(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
        }
    }
}
