//! Encrypted files: who may read each by the rules of specs, who can, and writing them so.
//! [`rules`] says for whom a path is encrypted, [`readers`] compares a file with that, and
//! [`store`] opens and writes files. Which specs hold the rules of a path is for `os` to find.

pub(crate) mod armored;
pub(crate) mod changed;
pub(crate) mod consent;
pub(crate) mod declared;
pub(crate) mod generate;
pub(crate) mod head;
pub(crate) mod held;
pub(crate) mod literals;
pub(crate) mod locate;
pub(crate) mod look;
pub(crate) mod making;
pub(crate) mod messages;
pub(crate) mod readers;
pub(crate) mod registry;
pub(crate) mod rules;
pub(crate) mod spelling;
pub(crate) mod store;
pub(crate) mod target;
pub(crate) mod trial;

pub(crate) use rules::{Audience, RuleFault, Rules, is_reserved};
pub(crate) use store::{Opened, ReaderChange, Store};
