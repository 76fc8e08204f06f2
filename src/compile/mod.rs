//! From a spec to Secrets: environment, for-each, values, judgement, lints.

pub mod environment;
pub mod expand;
pub mod identities;
pub mod judge;
pub mod lints;
pub mod options;
pub mod render;
pub mod resolve;
