//! The machine: files, terminal, signals. Nothing else in the crate touches them, but for the
//! command line.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this module is the machine"
)]

pub(crate) mod age_files;
pub(crate) mod bounded_read;
pub(crate) mod can_write;
pub(crate) mod editor;
pub(crate) mod encrypted_files;
pub(crate) mod files;
pub(crate) mod hidden_input;
pub(crate) mod identity_command;
pub(crate) mod identity_files;
pub(crate) mod identity_permissions;
pub(crate) mod inputs;
pub(crate) mod key_variables;
pub(crate) mod line_file;
pub(crate) mod lock;
pub(crate) mod new_folders;
pub(crate) mod new_identity;
pub(crate) mod output;
pub(crate) mod passphrase;
pub(crate) mod paths;
pub(crate) mod plugins;
pub(crate) mod private_folder;
pub(crate) mod prompt;
pub(crate) mod random;
pub(crate) mod reading_specs;
pub(crate) mod repository;
pub(crate) mod reserved;
pub(crate) mod rule_files;
pub(crate) mod sandbox;
pub(crate) mod signals;
pub(crate) mod texts;
pub(crate) mod turn;
pub(crate) mod world;
