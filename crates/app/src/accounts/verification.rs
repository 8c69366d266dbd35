//! Finding out whether an organisation is who it says: an operator looks, or an owner's confirmed address is at the
//! domain of its website.

use innocap_access::Action;
use innocap_domain::{Organisation, OrganisationId, Reader, Record, RecordKind, Status, VerifiedBy, limits};
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::letters::Letter;

/// Domains at which anyone has an address: they prove nothing about an organisation. The large ones of the area; that
/// an organisation's own website stands there is in any case unlikely.
const FREE_MAIL: [&str; 16] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "aol.com",
    "gmx.net",
    "online.no",
    "telia.com",
    "luukku.com",
    "simnet.is",
];

impl Innocap {
    /// Verifies an organisation, or, where it waits for that, shows it to everyone.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everyone but the operator.
    pub async fn verify(&self, caller: &Caller, organisation: OrganisationId) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::Verify, organisation).await?;
        self.set_verified(caller, organisation, VerifiedBy::Operator).await
    }

    /// Takes an organisation's verification back, with a reason that its owners are told.
    ///
    /// # Errors
    /// As [`Self::verify`]; [`AppError::NotFound`] where it is not verified.
    pub async fn unverify(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        document: &Value,
    ) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::Verify, organisation).await?;
        let reason = reason_of(document)?;
        let name = self.organisation_record(organisation).await?.content.name;
        let link = self.record_link(RecordKind::Organisation, organisation.uuid());
        let letter = Letter::OrganisationUnverified { organisation: &name, reason: &reason, link: &link };
        let mails = self.letters_to_owners(organisation, &letter).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        Ok(self.registry().unverify_organisation(organisation, &reason, mails, &trace).await?)
    }

    /// Verifies an organisation by the caller's own address: it is confirmed, and at the domain of the organisation's
    /// website.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where that proves nothing.
    pub async fn prove_domain(&self, caller: &Caller, organisation: OrganisationId) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::ProveDomain, organisation).await?;
        let person = self.own_account(caller, Action::ReadAccount).await?;
        let website = self.organisation_record(organisation).await?.content.website;
        let host = website.as_deref().and_then(host_of);
        let domain = person.email.domain();
        let proves = host.is_some_and(|host| host == domain || host.ends_with(&format!(".{domain}")));
        if !proves || FREE_MAIL.contains(&domain.as_str()) {
            return Err(AppError::Conflict(
                "your address is not at the domain of the organisation's website; a moderator will look".to_owned(),
            ));
        }
        self.set_verified(caller, organisation, VerifiedBy::EmailDomain(domain)).await
    }

    async fn set_verified(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        by: VerifiedBy,
    ) -> Result<(), AppError> {
        let record = self.organisation_record(organisation).await?;
        let link = self.record_link(RecordKind::Organisation, organisation.uuid());
        let letter = Letter::OrganisationVerified { organisation: &record.content.name, link: &link };
        let mails = self.letters_to_owners(organisation, &letter).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        self.registry().verify_organisation(organisation, by, mails, &trace).await?;
        // A new organisation is shown once it is verified.
        if record.status == Status::Draft {
            self.set_status(caller, &record, None, Status::Published, None).await?;
        }
        Ok(())
    }

    async fn organisation_record(&self, id: OrganisationId) -> Result<Record<Organisation>, AppError> {
        self.registry().find(id).await?.ok_or(AppError::NotFound)
    }

    /// How an organisation stands, for those who belong to it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everyone else.
    pub async fn standing_view(&self, caller: &Caller, organisation: OrganisationId) -> Result<Value, AppError> {
        self.inside(&caller.actor, Action::ListMembers, organisation).await?;
        let standing = self.registry().standing(organisation).await?;
        let reviews = self.registry().reviews_of(organisation).await?;
        let reviews: Vec<Value> = reviews
            .iter()
            .map(|review| {
                json!({
                    "id": review.id,
                    "kind": review.kind,
                    "record_kind": review.record_kind,
                    "record": review.record,
                    "created": review.created,
                    "decision": review.decision,
                    "reason": review.reason,
                    "decided": review.decided,
                })
            })
            .collect();
        Ok(json!({
            "verified": standing.verified,
            "suspended": standing.suspended,
            "may_publish": standing.may_publish(),
            "reviews": reviews,
        }))
    }
}

/// A reason that somebody is told.
pub(crate) fn reason_of(document: &Value) -> Result<String, AppError> {
    Ok(Reader::document(document, |r| r.required_text("reason", limits::NOTE))?)
}

/// The host of a web address, in lower case, without `www.`.
fn host_of(address: &str) -> Option<String> {
    let rest = address.split_once("://")?.1;
    let host = rest.split(['/', '?', '#']).next()?;
    // Somebody's address before an @ is not the host.
    let host = host.rsplit('@').next()?.split(':').next()?.to_lowercase();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_website_is_what_stands_before_path_port_and_after_any_at_sign() {
        for (address, host) in [
            ("https://www.Example.se/om-oss", "example.se"),
            ("http://example.fi:8080?q=1", "example.fi"),
            ("https://example.no@attacker.example/", "attacker.example"),
            ("https://sub.example.is#top", "sub.example.is"),
        ] {
            assert_eq!(host_of(address).as_deref(), Some(host));
        }
        assert_eq!(host_of("example.se"), None);
    }
}
