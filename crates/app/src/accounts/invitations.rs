//! Invitations into an organisation: sent to an address, good for whoever has it, once.

use chrono::TimeDelta;
use innocap_access::{Action, Secret, SecretKind, Target};
use innocap_domain::{Invitation, InvitationId, Membership, Organisation, OrganisationId, Reader, Role};
use innocap_registry::{NewInvitation, NewMail, OpenInvitation};
use serde_json::{Value, json};

use super::codes::{code_of, used};
use super::passwords::address_of;
use super::sign_in::wait;
use super::{links, mail_to_address, stored};
use crate::Innocap;
use crate::caller::{Caller, allow};
use crate::error::AppError;
use crate::letters::Letter;

/// How long an invitation holds.
const LIFETIME: TimeDelta = TimeDelta::days(14);

impl Innocap {
    /// The invitations of an organisation that have not ended.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Forbidden`] for everyone but its owners.
    pub async fn invitations(&self, caller: &Caller, organisation: OrganisationId) -> Result<Vec<Value>, AppError> {
        self.inside(&caller.actor, Action::ListInvitations, organisation).await?;
        let open = self.registry().invitations(organisation, self.clock().now()).await?;
        Ok(open.iter().map(open_view).collect())
    }

    /// Invites somebody by mail; an earlier invitation to the same address ends.
    ///
    /// # Errors
    /// [`AppError::Invalid`]; [`AppError::TooMany`].
    pub async fn invite(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        document: &Value,
    ) -> Result<Value, AppError> {
        self.inside(&caller.actor, Action::Invite, organisation).await?;
        let email = address_of(document, "email")?;
        let role = Reader::document(document, |r| {
            r.skip("email");
            r.required_code("role", Role::parse)
        })?;
        let role = role.ok_or_else(|| AppError::Internal("a role without fault is missing".to_owned()))?;
        if let Some(long) = self.mail_wait(&email).await? {
            wait(long)?;
        }
        let name = self.registry().find::<Organisation>(organisation).await?.ok_or(AppError::NotFound)?.content.name;
        let inviter = match caller.person() {
            Some(id) => self.registry().person(id).await?,
            None => None,
        };
        let invited = self.registry().person_by_email(&email).await?;
        let language = invited.as_ref().or(inviter.as_ref()).map(|person| person.language.clone());
        let language = language.unwrap_or_else(|| innocap_domain::Language::En.into());
        let now = self.clock().now();
        let secret = Secret::generate(SecretKind::Invitation)?;
        let link = self.link_with(links::INVITATION, &secret);
        let letter = Letter::Invitation {
            organisation: &name,
            inviter: inviter.as_ref().map(|person| person.name.as_str()),
            role,
            link: &link,
            days: LIFETIME.num_days(),
        };
        let mail = mail_to_address(&email, &language, None, &letter);
        let mail = NewMail { person: invited.map(|person| person.id), ..mail };
        let new = NewInvitation {
            organisation,
            email,
            role,
            inviter: caller.person(),
            secret_hash: stored(&secret.digest()),
            expires: now + LIFETIME,
        };
        let trace = caller.trace(Some(organisation), now);
        let invitation = self.registry().create_invitation(new, vec![mail], &trace).await?;
        Ok(view(&invitation))
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is another organisation's.
    pub async fn withdraw_invitation(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        id: InvitationId,
    ) -> Result<(), AppError> {
        self.inside(&caller.actor, Action::WithdrawInvitation, organisation).await?;
        let trace = caller.trace(Some(organisation), self.clock().now());
        Ok(self.registry().delete_invitation(organisation, id, &trace).await?)
    }

    /// What a code invites to, for the page on which it is accepted: organisation, role and the address it was sent to.
    ///
    /// # Errors
    /// [`AppError::Ended`] where the code is no good.
    pub async fn invitation(&self, code: &str) -> Result<(String, OpenInvitation), AppError> {
        let secret = Secret::parse(SecretKind::Invitation, code).ok_or(AppError::Ended)?;
        let found = self.registry().invitation_by_secret(&stored(&secret.digest()), self.clock().now()).await?;
        let open = found.ok_or(AppError::Ended)?;
        let organisation = self.registry().find::<Organisation>(open.invitation.organisation).await?;
        Ok((organisation.ok_or(AppError::Ended)?.content.name, open))
    }

    /// Accepts an invitation: whoever is signed in joins, if it was sent to their address.
    ///
    /// # Errors
    /// [`AppError::Ended`] where the code is no good, or was sent to another address.
    pub async fn accept_invitation(&self, caller: &Caller, document: &Value) -> Result<Membership, AppError> {
        let person = self.own_account(caller, Action::ChangeAccount).await?;
        // Who has the code has read the mail: their address is confirmed by accepting, if it was not before.
        if person.email_confirmed {
            allow(&caller.actor, Action::AcceptInvitation, &Target::Service)?;
        }
        let digest = code_of(document, SecretKind::Invitation)?;
        let trace = caller.trace(None, self.clock().now());
        let membership = used(self.registry().accept_invitation(&digest, person.id, &trace).await)?;
        self.forget_person(person.id);
        Ok(membership)
    }
}

fn open_view(open: &OpenInvitation) -> Value {
    let mut value = view(&open.invitation);
    value["created"] = json!(open.created);
    value["expires"] = json!(open.expires);
    value
}

fn view(invitation: &Invitation) -> Value {
    json!({ "id": invitation.id, "email": invitation.email, "role": invitation.role })
}
