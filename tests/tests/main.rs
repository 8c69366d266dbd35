//! The integration tests: one program, a file for each resource or concern, over real sockets, databases and pages.

mod accessible;
mod accounts;
mod authorization;
mod bad_input;
mod browser;
mod bundle;
mod challenges;
mod contract;
mod desks;
mod detail;
mod feedback;
mod index;
mod journeys;
mod lists;
mod neighbours;
mod open;
mod pages;
mod program;
mod reasons;
mod sessions;
mod shared;
mod solutions;
mod suggestions;
mod support;
mod tokens;
mod writing;
