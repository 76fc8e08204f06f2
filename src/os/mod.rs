//! The machine: files, terminal, signals. Nothing else in the crate touches them, but for the command line.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this module is the machine")]

pub mod bounded_read;
pub mod identity_files;
pub mod inputs;
pub mod output;
pub mod sandbox;
pub mod signals;
pub mod stdin;
pub mod terminal;
pub mod world;
