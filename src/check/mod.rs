//! What is wrong with a Secret: the API server's verdict on it, and what no consumer could use.
//!
//! The modules here find problems and give them as facts; those named `*_words` put the facts into sentences.

pub mod api;
pub mod finding;
pub mod practice;
pub mod registry;
pub mod ssh;
pub mod subject;
pub mod tls;
pub mod token;
pub mod type_name;
pub mod value;
pub mod verdict;

pub use subject::{Origin, Subject, Unknown};
