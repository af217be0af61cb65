//! The passes without a daemon: goldens and parity.

mod compiled;
mod converted;
mod corpus;
mod digests;
mod docs;
mod examples;
mod format;
mod generated;
mod golden;
mod ignore;
mod parity;
mod parity_contexts;
mod parity_page;
mod renovate;
mod schema;
mod tidy;
mod written;
