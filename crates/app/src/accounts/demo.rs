//! The accounts of the demo: a municipality, a company, a university, an integrator and an operator, ready to sign in.
//! Their passwords are new at each start. Outside the demo they are refused, whatever data folder it is.

use innocap_domain::{
    EmailAddress, Id, Language, Organisation, OrganisationId, OrganisationKind, Person, Role, ServiceRole, Source,
    Status, VerifiedBy,
};
use innocap_registry::Write;
use serde_json::{Value, json};

use crate::Innocap;
use crate::caller::Caller;
use crate::error::AppError;
use crate::records::read_content;

/// The domain of the demo's addresses; nobody has mail at `.example` (RFC 2606).
pub const DEMO_DOMAIN: &str = "demo.innocap.example";
/// The source that the demo's organisations stand under.
const SOURCE: &str = "Innocap demo";
/// The name of the integrator's client.
const CLIENT: &str = "Demo integrator";

/// An organisation of the demo: its name, kind and country.
type Body = (&'static str, OrganisationKind, &'static str);

/// Who is who: the name before the domain, what they are called, and their organisation.
const PEOPLE: [(&str, &str, Option<Body>); 4] = [
    ("municipality", "Municipality", Some(("Demo municipality", OrganisationKind::PublicBody, "SE"))),
    ("company", "Company", Some(("Demo company", OrganisationKind::Company, "FI"))),
    ("university", "University", Some(("Demo university", OrganisationKind::HigherEducation, "NO"))),
    ("operator", "Operator", None),
];

/// One account of the demo.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    /// What it is: municipality, company, university, operator or integrator.
    pub what: &'static str,
    /// The e-mail address, or the client's identifier.
    pub name: String,
    /// The password, or the client's secret.
    pub secret: String,
}

impl Innocap {
    /// Whether an address is one of the demo's and this is no demo.
    pub(crate) fn is_shut_out(&self, email: &EmailAddress) -> bool {
        !self.accounts().demo && email.domain() == DEMO_DOMAIN
    }

    /// Makes the demo's accounts ready; what is there is kept, with new passwords.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] outside the demo; what the registry says.
    pub async fn open_demo(&self) -> Result<Vec<DemoAccount>, AppError> {
        if !self.accounts().demo {
            return Err(AppError::Forbidden("the demo's accounts are for the demo alone"));
        }
        let mut accounts = Vec::new();
        for (what, name, organisation) in PEOPLE {
            let password = innocap_access::Secret::generate(innocap_access::SecretKind::Code)?;
            // As many characters as nobody guesses and somebody may still type.
            let password: String = password.expose().chars().skip(4).take(20).collect();
            let person = self.demo_person(what, name, organisation.is_none(), &password).await?;
            if let Some((title, kind, country)) = organisation {
                let id = self.demo_organisation(what, title, kind, country).await?;
                if self.registry().role_in(person.id, id).await?.is_none() {
                    self.add_member(person.id, id, Role::Owner).await?;
                }
                if what == "municipality" {
                    accounts.push(self.demo_client(id).await?);
                }
            }
            accounts.push(DemoAccount { what, name: person.email.as_str().to_owned(), secret: password });
        }
        Ok(accounts)
    }

    /// Takes from the data of an earlier demo what would open them: its clients. Its people are refused by their address.
    ///
    /// # Errors
    /// What the registry says.
    pub async fn close_demo(&self) -> Result<(), AppError> {
        for (what, ..) in PEOPLE {
            if let Some(found) = self.registry().find_by_source::<Organisation>(SOURCE, what).await? {
                self.remove_demo_clients(found.id).await?;
            }
        }
        Ok(())
    }

    async fn demo_person(&self, what: &str, name: &str, operates: bool, password: &str) -> Result<Person, AppError> {
        let email =
            EmailAddress::parse(&format!("{what}@{DEMO_DOMAIN}")).map_err(|e| AppError::Internal(e.to_string()))?;
        if let Some(person) = self.registry().person_by_email(&email).await? {
            let parsed = innocap_access::Password::parse(password).map_err(|e| AppError::Internal(e.to_string()))?;
            let hash = innocap_domain::Secret::new(self.hash_password(parsed).await?.as_str());
            let trace = Caller::shell().trace(None, self.clock().now());
            self.registry().set_password(person.id, Some(hash), None, &trace).await?;
            return Ok(person);
        }
        let role = if operates { ServiceRole::Operator } else { ServiceRole::None };
        Ok(self.enter_person(email, name.to_owned(), Language::En.into(), role, Some(password)).await?.0)
    }

    async fn demo_organisation(
        &self,
        what: &str,
        name: &str,
        kind: OrganisationKind,
        country: &str,
    ) -> Result<OrganisationId, AppError> {
        if let Some(found) = self.registry().find_by_source::<Organisation>(SOURCE, what).await? {
            return Ok(found.id);
        }
        let document: Value = json!({ "name": name, "kind": kind, "country": country });
        let mut content: Organisation = read_content(document)?;
        content.source = Some(Source { name: SOURCE.to_owned(), id: what.to_owned(), url: None, licence: None });
        let at = self.clock().now();
        let trace = Caller::shell().trace(None, at);
        let write = Write::Create { id: None, status: Status::Published, content, at };
        let record = self.registry().write_traced(write, &trace).await?;
        self.registry().verify_organisation(record.id, VerifiedBy::Operator, Vec::new(), &trace).await?;
        Ok(Id::from_uuid(record.id.uuid()))
    }

    async fn demo_client(&self, organisation: OrganisationId) -> Result<DemoAccount, AppError> {
        self.remove_demo_clients(organisation).await?;
        let scopes: Vec<&str> = innocap_domain::Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let document = json!({ "name": CLIENT, "scopes": scopes });
        let made = self.create_client(&Caller::shell(), organisation, &document).await?;
        Ok(DemoAccount { what: "integrator", name: made.client.id.to_string(), secret: made.secret })
    }

    async fn remove_demo_clients(&self, organisation: OrganisationId) -> Result<(), AppError> {
        let trace = Caller::shell().trace(Some(organisation), self.clock().now());
        for known in self.registry().clients(organisation).await? {
            if known.client.name == CLIENT {
                self.registry().delete_client(organisation, known.client.id, &trace).await?;
                self.forget_client(known.client.id);
            }
        }
        Ok(())
    }
}
