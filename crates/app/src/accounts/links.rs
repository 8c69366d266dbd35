//! Addresses of our pages, as mails and identity providers lead to them. A test holds them against the routes.

use innocap_domain::{OrganisationId, RecordKind};
use uuid::Uuid;

use crate::Innocap;

pub(super) const CONFIRM: &str = "/confirm";
pub(super) const CONFIRM_ADDRESS: &str = "/confirm-address";
pub(super) const RESET: &str = "/reset";
pub(super) const FORGOT: &str = "/forgot";
pub(super) const SIGN_IN: &str = "/sign-in";
pub(super) const SIGN_IN_BACK: &str = "/sign-in/callback";
pub(super) const ACCOUNT: &str = "/account";
pub(super) const INVITATION: &str = "/invitation";

/// All of them; records have pages of their kind.
pub const LINKED_PAGES: &[&str] = &[
    CONFIRM,
    CONFIRM_ADDRESS,
    RESET,
    FORGOT,
    SIGN_IN,
    SIGN_IN_BACK,
    ACCOUNT,
    INVITATION,
    "/organisations/{id}",
    "/organisations/{id}/webhooks",
    "/challenges/{id}",
    "/solutions/{id}",
];

impl Innocap {
    /// The address under which people reach the service, without a slash at its end.
    pub fn public_url(&self) -> &str {
        &self.accounts().public_url
    }

    /// Where people turn with questions about the service: an address of mail or of a page.
    pub fn contact(&self) -> Option<&str> {
        self.accounts().contact.as_deref()
    }

    /// The whole address of a page.
    pub(super) fn link(&self, page: &str) -> String {
        format!("{}{page}", self.public_url())
    }

    /// The whole address of a page with a code for it.
    pub(super) fn link_with(&self, page: &str, code: &innocap_access::Secret) -> String {
        format!("{}{page}?code={}", self.public_url(), code.expose())
    }

    /// The whole address of the page of an organisation's webhooks.
    pub(crate) fn webhooks_link(&self, organisation: OrganisationId) -> String {
        self.link(&format!("/organisations/{organisation}/webhooks"))
    }

    /// The whole address of a record's page.
    pub(crate) fn record_link(&self, kind: RecordKind, id: Uuid) -> String {
        let pages = match kind {
            RecordKind::Organisation => "organisations",
            RecordKind::Challenge => "challenges",
            RecordKind::Solution => "solutions",
        };
        format!("{}/{pages}/{id}", self.public_url())
    }
}
