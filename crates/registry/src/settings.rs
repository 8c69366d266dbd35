//! Small facts about this installation, by name.

use diesel::prelude::*;

use crate::schema::setting;
use crate::transaction::Scope;
use crate::upserts;
use crate::{Registry, RegistryError};

impl Registry {
    /// The value of a setting.
    ///
    /// # Errors
    /// What the database says.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, RegistryError> {
        let name = name.to_owned();
        self.read(move |connection| {
            Ok(setting::table.find(name).select(setting::value).get_result(connection).optional()?)
        })
        .await
    }

    /// Writes a setting.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), RegistryError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.transact(Scope::Aside, move |connection| Ok(upserts::put_setting(connection, &name, &value)?)).await
    }
}
