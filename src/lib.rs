//! mintage
pub mod check;
pub mod crypt;
pub mod diag;
pub mod emit;
pub mod manifest;
pub mod secret_bytes;
pub mod source;
pub mod structure;
pub mod world;
