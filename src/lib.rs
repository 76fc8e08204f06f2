//! mintage
pub mod bounded_read;
pub mod check;
pub mod crypt;
pub mod diag;
pub mod emit;
pub mod identity_files;
pub mod manifest;
pub mod os_world;
pub mod output;
pub mod sandbox;
pub mod secret_bytes;
pub mod signals;
pub mod source;
pub mod structure;
pub mod terminal;
pub mod world;
