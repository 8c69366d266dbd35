//! The registry on both databases: each test runs on SQLite and on PostgreSQL and does not know on which.

mod support;

mod accounts;
mod changes;
mod embeddings;
mod feedback;
mod harvest;
mod idempotency;
mod labels;
mod lists;
mod migrations;
mod opening;
mod seen;
mod settings;
mod shortlist;
mod speed;
mod webhooks;
mod writes;
