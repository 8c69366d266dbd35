//! Where the database is. The password in the address is for the database alone: nothing prints it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::RegistryError;

/// The address of a database: `sqlite:PATH`, `sqlite:///absolute/path`, a plain path, `postgres://…` or
/// `postgresql://…`. Printed with `***` in place of the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Target);

#[derive(Clone, PartialEq, Eq)]
enum Target {
    Sqlite(PathBuf),
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses an address; nothing is opened.
    ///
    /// # Errors
    /// [`RegistryError::Unavailable`] for an empty path, an unknown scheme or a database in memory.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let text = text.trim();
        let refuse = |why: &str| Err(RegistryError::Unavailable(why.to_owned()));
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self(Target::Postgres(text.to_owned())));
        }
        let path = match text.strip_prefix("sqlite:") {
            Some(path) => path.strip_prefix("//").unwrap_or(path),
            None if text.contains("://") || text.starts_with("file:") => {
                return refuse("the address must begin with sqlite: or postgres://, or be a path");
            }
            None => text,
        };
        match path {
            "" => refuse("the address names no file"),
            // Each connection of the pool would open a memory of its own.
            ":memory:" => refuse("a database in memory is not supported; name a file"),
            path => Ok(Self(Target::Sqlite(PathBuf::from(path)))),
        }
    }

    /// The file of a SQLite database.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &self.0 {
            Target::Sqlite(path) => Some(path),
            Target::Postgres(_) => None,
        }
    }

    /// The address for libpq, password included.
    pub(crate) fn postgres_address(&self) -> Option<&str> {
        match &self.0 {
            Target::Sqlite(_) => None,
            Target::Postgres(address) => Some(address),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = RegistryError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Target::Postgres(address) => f.write_str(&without_password(address)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// The address with `***` for a password after the user and for one among the parameters. Rather too much is hidden
/// than too little: a password with an unescaped `@`, `/` or `?` makes the address invalid, and is hidden all the same.
fn without_password(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let shown = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let shown = match shown.split_once('?') {
        Some((front, parameters)) => {
            let parameters: Vec<_> = parameters.split('&').map(shown_parameter).collect();
            format!("{front}?{}", parameters.join("&"))
        }
        None => shown,
    };
    format!("{scheme}://{shown}")
}

/// Parameters of libpq that hold a secret are `password` and `sslpassword`; a name may be percent-encoded.
fn shown_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.contains('%') || name.to_lowercase().contains("password") => {
            format!("{name}=***")
        }
        _ => parameter.to_owned(),
    }
}
