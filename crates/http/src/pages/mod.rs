//! Pages for people: a typed struct and a template file each; every text through Fluent.

pub(crate) mod about;
pub(crate) mod account;
pub(crate) mod archive;
mod cards;
pub(crate) mod challenges;
mod desk;
pub(crate) mod docs;
pub(crate) mod errors;
pub(crate) mod feeds;
mod forms;
pub(crate) mod inside;
mod layout;
pub(crate) mod lifecycle;
mod linked;
pub(crate) mod my;
pub(crate) mod operator;
pub(crate) mod organisations;
pub(crate) mod picture;
pub(crate) mod shortlists;
pub(crate) mod sign_in;
pub(crate) mod sitemap;
pub(crate) mod solutions;
pub(crate) mod start;
pub(crate) mod suggestions;
mod texts;
pub(crate) mod visitor;
pub(crate) mod writing;
