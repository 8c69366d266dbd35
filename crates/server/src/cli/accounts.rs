//! What the operator's shell can do about people, organisations, keys and the audit log. All of it works beside a
//! running server.

use clap::{Args, Subcommand};

/// See [`super::Command::User`].
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Enters a person with a confirmed address and prints the link at which they set their password
    Add {
        /// Their e-mail address
        email: String,
        /// What they are called
        #[arg(long)]
        name: String,
        /// The language that mail is written in (BCP-47)
        #[arg(long, default_value = "en")]
        language: String,
        /// What they are to the service: none, moderator or operator
        #[arg(long, default_value = "none")]
        role: String,
    },
    /// Lists people, the newest first
    List,
    /// Changes what a person is to the service
    Role {
        /// Their e-mail address
        email: String,
        /// none, moderator or operator
        role: String,
    },
    /// Shuts a person out
    Suspend {
        /// Their e-mail address
        email: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Lets a person in again
    Restore {
        /// Their e-mail address
        email: String,
    },
    /// Prints a link at which a person sets a new password
    Password {
        /// Their e-mail address
        email: String,
    },
    /// Prints an access token for a person, for trying the API; it holds a quarter of an hour
    Token {
        /// Their e-mail address
        email: String,
    },
    /// Prints everything held about a person as JSON
    Export {
        /// Their e-mail address
        email: String,
    },
    /// Erases a person's account; what their organisations published stays
    Erase {
        /// Their e-mail address
        email: String,
    },
}

/// See [`super::Command::Organisation`].
#[derive(Debug, Subcommand)]
pub enum OrganisationCommand {
    /// Verifies an organisation, and shows it if it was new
    Verify {
        /// Its identifier
        id: String,
    },
    /// Takes an organisation's verification back
    Unverify {
        /// Its identifier
        id: String,
        /// Why, for its owners to read
        #[arg(long)]
        reason: String,
    },
    /// Takes an organisation with its listings from the public
    Suspend {
        /// Its identifier
        id: String,
        /// Why, for its owners to read
        #[arg(long)]
        reason: String,
    },
    /// Gives it back
    Restore {
        /// Its identifier
        id: String,
        /// Why, for its owners to read
        #[arg(long)]
        reason: String,
    },
    /// Lists its members
    Members {
        /// Its identifier
        id: String,
    },
    /// Makes a person its member
    AddMember {
        /// Its identifier
        id: String,
        /// The person's e-mail address
        email: String,
        /// As what: viewer, editor or owner
        #[arg(long, default_value = "owner")]
        role: String,
    },
    /// Makes an API client for it and prints its identifier and secret
    Client(ClientMade),
}

/// See [`OrganisationCommand::Client`].
#[derive(Debug, Args)]
pub struct ClientMade {
    /// The organisation's identifier
    pub id: String,
    /// What the client is called, such as case-system
    #[arg(long)]
    pub name: String,
    /// What it may do, several separated by commas, such as challenges:read,challenges:write
    #[arg(long, value_delimiter = ',', required = true)]
    pub scope: Vec<String>,
}

/// See [`super::Command::Keys`].
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Rotates them: the next key signs from now on, the one that signed verifies until its last token has ended
    Rotate,
    /// Prints the published keys (JSON Web Key Set)
    List,
}

/// See [`super::Command::Audit`].
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Checks the chain of the log from its first line to its last
    Verify,
    /// Prints the newest lines as JSON, one a line
    List {
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}
