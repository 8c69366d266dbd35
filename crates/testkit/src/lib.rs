//! What the integration tests stand on: a running instance on a free port, with SQLite or PostgreSQL, clients for
//! each role, a catalogue to be harvested, and a check of every answer against the contract.

mod catalogue;
mod client;
mod contract;
mod instance;

pub use catalogue::{Catalogue, Misbehaviour};
pub use client::{Answer, Client};
pub use contract::Contract;
pub use instance::{Backend, Instance, free_port, on_every_backend};
