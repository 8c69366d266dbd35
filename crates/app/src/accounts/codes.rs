//! One-time codes: made for an address, brought there by a link, read from what comes back.

use chrono::TimeDelta;
use innocap_access::{Secret, SecretKind};
use innocap_domain::{CodePurpose, EmailAddress};
use innocap_registry::{NewCode, RegistryError};
use serde_json::Value;

use super::{links, secret_text, stored};
use crate::Innocap;
use crate::error::AppError;

/// How long a code that confirms an address holds, and one that was made at the operator's shell.
pub(super) const CONFIRM_LIFETIME: TimeDelta = TimeDelta::hours(48);

impl Innocap {
    /// A new code for an address, and the link that brings it.
    pub(super) fn new_code(
        &self,
        purpose: CodePurpose,
        email: &EmailAddress,
        lifetime: TimeDelta,
    ) -> Result<(NewCode, String), AppError> {
        let page = match purpose {
            CodePurpose::ConfirmEmail => links::CONFIRM,
            CodePurpose::ResetPassword => links::RESET,
            CodePurpose::ChangeEmail => links::CONFIRM_ADDRESS,
        };
        let secret = Secret::generate(SecretKind::Code)?;
        let code = NewCode {
            purpose,
            secret_hash: stored(&secret.digest()),
            email: email.clone(),
            expires: self.clock().now() + lifetime,
        };
        Ok((code, self.link_with(page, &secret)))
    }
}

/// What is stored of the code that a document brings.
pub(super) fn code_of(document: &Value, kind: SecretKind) -> Result<String, AppError> {
    let code = Secret::parse(kind, secret_text(document, "code")?).ok_or(AppError::Ended)?;
    Ok(stored(&code.digest()))
}

/// What became of a code that was used: one that is not there has ended.
pub(super) fn used<T>(result: Result<T, RegistryError>) -> Result<T, AppError> {
    result.map_err(|error| match error {
        RegistryError::NotFound => AppError::Ended,
        other => other.into(),
    })
}
