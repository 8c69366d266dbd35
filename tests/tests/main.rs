//! The integration tests: one program, a file for each resource or concern, over real sockets, databases and pages.

mod authorization;
mod bad_input;
mod bundle;
mod challenges;
mod contract;
mod feedback;
mod index;
mod lists;
mod pages;
mod program;
mod reasons;
mod shared;
mod solutions;
mod suggestions;
mod support;
