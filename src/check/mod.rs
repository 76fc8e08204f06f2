//! What is wrong with a Secret: the API server's verdict on it, and what no consumer could use.
//!
//! The modules here find problems; those named `messages` have the sentences.

pub(crate) mod api;
pub(crate) mod content;
pub(crate) mod finding;
pub(crate) mod practice;
pub(crate) mod registry;
pub(crate) mod ssh;
pub(crate) mod subject;
pub(crate) mod tls;
pub(crate) mod token;
pub(crate) mod type_name;
pub(crate) mod value;
pub(crate) mod verdict;
