//! From a spec to Secrets: environment, for-each, values, judgement, lints.

pub(crate) mod budget;
pub(crate) mod environment;
pub(crate) mod expand;
pub(crate) mod judge;
pub(crate) mod lints;
pub(crate) mod options;
pub(crate) mod resolve;
pub(crate) mod rules_above;
pub(crate) mod run;
