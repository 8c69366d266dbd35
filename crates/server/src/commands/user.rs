//! `innocap user`: people, at the operator's shell.

use innocap_access::Subject;
use innocap_app::{Caller, Innocap, PeopleQuery};
use innocap_domain::{EmailAddress, LanguageTag, Person, ServiceRole};
use serde_json::json;

use super::print;
use crate::cli::{Settings, UserCommand};
use crate::{Failure, wiring};

pub async fn run(settings: &Settings, command: UserCommand) -> Result<(), Failure> {
    let office = wiring::office(settings).await?;
    let innocap = &office.innocap;
    let shell = Caller::shell();
    match command {
        UserCommand::Add { email, name, language, role } => {
            let (language, role) = (LanguageTag::parse(&language)?, ServiceRole::parse(&role)?);
            let name = name.trim();
            if name.is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
                return Err(Failure { message: "a name has 1 to 100 characters on one line".to_owned(), code: 2 });
            }
            let (person, link) = innocap.enter_person(address(&email)?, name.to_owned(), language, role, None).await?;
            print(&format!("{}\nPassword (the link holds two days): {link}\n", person.id))
        }
        UserCommand::List => list(innocap, &shell).await,
        UserCommand::Role { email, role } => {
            let person = person(innocap, &email).await?;
            ServiceRole::parse(&role)?;
            innocap.set_service_role(&shell, person.id, &json!({ "service_role": role })).await?;
            print("done\n")
        }
        UserCommand::Suspend { email, reason } => {
            let person = person(innocap, &email).await?;
            innocap.suspend_person(&shell, person.id, &json!({ "reason": reason })).await?;
            print("done\n")
        }
        UserCommand::Restore { email } => {
            let person = person(innocap, &email).await?;
            innocap.restore_person(&shell, person.id).await?;
            print("done\n")
        }
        UserCommand::Password { email } => {
            let person = person(innocap, &email).await?;
            print(&format!("{}\n", innocap.password_link(person.id).await?))
        }
        UserCommand::Token { email } => {
            let person = person(innocap, &email).await?;
            print(&format!("{}\n", innocap.token_for(Subject::Person(person.id)).await?))
        }
        UserCommand::Export { email } => {
            let person = person(innocap, &email).await?;
            let data = innocap.registry().personal_data(person.id).await?;
            print(&format!("{}\n", serde_json::to_string_pretty(&data)?))
        }
        UserCommand::Erase { email } => {
            let person = person(innocap, &email).await?;
            let erased = innocap.erase_person(person.id).await?;
            print("done\n")?;
            for organisation in erased {
                print(&format!("The organisation {organisation} has no owner now.\n"))?;
            }
            Ok(())
        }
    }
}

async fn list(innocap: &Innocap, shell: &Caller) -> Result<(), Failure> {
    let mut cursor: Option<String> = None;
    loop {
        let mut pairs = vec![("limit".to_owned(), "100".to_owned())];
        pairs.extend(cursor.take().map(|cursor| ("cursor".to_owned(), cursor)));
        let page = innocap.people(shell, &PeopleQuery::parse(&pairs)?).await?;
        for person in &page.items {
            let text = |member: &str| person[member].as_str().unwrap_or_default().to_owned();
            let suspended = if person["suspended"].is_null() { "" } else { "\tsuspended" };
            print(&format!("{}\t{}\t{}{suspended}\n", text("id"), text("email"), text("service_role")))?;
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

pub(super) fn address(text: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(text).map_err(|e| Failure { message: format!("expected {}", e.expected), code: 2 })
}

pub(super) async fn person(innocap: &Innocap, email: &str) -> Result<Person, Failure> {
    let found = innocap.registry().person_by_email(&address(email)?).await?;
    found.ok_or_else(|| Failure::new("there is no account with this address"))
}
