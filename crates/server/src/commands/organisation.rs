//! `innocap organisation`: organisations, at the operator's shell.

use innocap_app::Caller;
use innocap_domain::{OrganisationId, Role};
use serde_json::json;

use super::{print, user};
use crate::cli::{OrganisationCommand, Settings};
use crate::{Failure, wiring};

pub async fn run(settings: &Settings, command: OrganisationCommand) -> Result<(), Failure> {
    let office = wiring::office(settings).await?;
    let innocap = &office.innocap;
    let shell = Caller::shell();
    match command {
        OrganisationCommand::Verify { id } => innocap.verify(&shell, id_of(&id)?).await?,
        OrganisationCommand::Unverify { id, reason } => {
            innocap.unverify(&shell, id_of(&id)?, &json!({ "reason": reason })).await?;
        }
        OrganisationCommand::Suspend { id, reason } => {
            innocap.suspend(&shell, id_of(&id)?, &json!({ "reason": reason })).await?;
        }
        OrganisationCommand::Restore { id, reason } => {
            innocap.restore(&shell, id_of(&id)?, &json!({ "reason": reason })).await?;
        }
        OrganisationCommand::Members { id } => {
            for member in innocap.members(&shell, id_of(&id)?).await? {
                let text = |name: &str| member[name].as_str().unwrap_or_default().to_owned();
                print(&format!("{}\t{}\t{}\n", text("person"), text("email"), text("role")))?;
            }
            return Ok(());
        }
        OrganisationCommand::AddMember { id, email, role } => {
            let person = user::person(innocap, &email).await?;
            innocap.add_member(person.id, id_of(&id)?, Role::parse(&role)?).await?;
        }
        OrganisationCommand::Client(made) => {
            let document = json!({ "name": made.name, "scopes": made.scope });
            let made = innocap.create_client(&shell, id_of(&made.id)?, &document).await?;
            return print(&format!("client_id={}\nclient_secret={}\n", made.client.id, made.secret));
        }
    }
    print("done\n")
}

fn id_of(text: &str) -> Result<OrganisationId, Failure> {
    Ok(text.parse()?)
}
