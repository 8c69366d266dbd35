//! What the operator's shell can do about catalogues that are harvested. All of it works beside a running server.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// See [`super::Command::Harvest`].
#[derive(Debug, Subcommand)]
pub enum HarvestCommand {
    /// Sets up a source
    Add(HarvestAdd),
    /// Lists the sources: when each ran last and what it has done
    List {
        /// The whole of it as JSON, a source a line
        #[arg(long)]
        json: bool,
    },
    /// Harvests a source now, or all of them one after the other
    Run {
        /// Its name; all where none is given
        name: Option<String>,
        /// Read everything, write nothing, and tell what would be created, changed and archived
        #[arg(long)]
        dry_run: bool,
    },
    /// Removes a source; the records that came from it stay
    Remove {
        /// Its name
        name: String,
    },
    /// Lists solutions that may be one, oldest proposal first
    Duplicates,
    /// Says of two solutions that they are one: the first is kept with the provenance of both, the second archived
    Same {
        /// The proposal's identifier
        id: String,
    },
    /// Says of two solutions that they are two; they are not proposed again
    Different {
        /// The proposal's identifier
        id: String,
    },
}

/// See [`HarvestCommand::Add`].
#[derive(Debug, Args)]
pub struct HarvestAdd {
    /// Its name, which stands as provenance at every record that comes from it
    pub name: String,
    /// Where it is
    pub address: String,
    /// What it answers: publiccode, publiccode-list, software-catalogue, ocds, ted, ted-list, csv or json-lines
    #[arg(long)]
    pub format: String,
    /// A mapping file for csv and json-lines; see mappings/
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Under which terms its records may be reused
    #[arg(long)]
    pub licence: Option<String>,
    /// Hours from the end of a run to the next, by a running server; without it the source runs when asked
    #[arg(long, value_name = "HOURS")]
    pub every: Option<f64>,
    /// It stands at a private address, and may
    #[arg(long)]
    pub allow_private: bool,
    /// It names everything it has each time, so that what it names no longer is archived; so by default all but ocds,
    /// ted and ted-list
    #[arg(long, conflicts_with = "news")]
    pub whole: bool,
    /// It names what is new, so that nothing is archived
    #[arg(long)]
    pub news: bool,
}
