//! `innocap keys` and `innocap audit`.

use innocap_app::{AuditQuery, Caller};

use super::print;
use crate::cli::{AuditCommand, KeysCommand, Settings};
use crate::{Failure, wiring};

pub async fn keys(settings: &Settings, command: &KeysCommand) -> Result<(), Failure> {
    let office = wiring::office(settings).await?;
    match command {
        KeysCommand::Rotate => {
            let current = office.innocap.rotate_keys(&Caller::shell()).await?;
            print(&format!("{current} signs now; running servers know within half a minute\n"))
        }
        KeysCommand::List => print(&format!("{}\n", serde_json::to_string_pretty(&office.innocap.published_keys()?)?)),
    }
}

pub async fn audit(settings: &Settings, command: &AuditCommand) -> Result<(), Failure> {
    let office = wiring::office(settings).await?;
    match command {
        AuditCommand::Verify => {
            let check = office.innocap.verify_audit().await?;
            match check.first_broken {
                None => print(&format!("{} lines, all as they were written; head {}\n", check.entries, check.head)),
                Some(line) => Err(Failure::new(format!(
                    "the audit log is not as it was written: line {line} of {} is the first that differs",
                    check.entries
                ))),
            }
        }
        AuditCommand::List { limit } => {
            let pairs = [("limit".to_owned(), (*limit).clamp(1, 100).to_string())];
            let page = office.innocap.audit(&Caller::shell(), &AuditQuery::parse(&pairs)?).await?;
            for line in &page.items {
                print(&format!("{line}\n"))?;
            }
            Ok(())
        }
    }
}
