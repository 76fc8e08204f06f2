//! What is wrong with a Secret: the API server's verdict on it, and what no consumer could use.
//!
//! The modules here find problems and give them as facts; those named `*_words` put the facts into sentences.

pub mod api;
pub mod api_words;
pub mod calendar;
mod data;
pub mod docker;
pub mod docker_words;
pub mod field;
pub mod finding;
pub mod go_json;
pub mod go_time;
pub mod key_words;
pub mod known_hosts;
pub mod known_hosts_words;
mod metadata;
pub mod more_metadata;
pub mod pem;
mod repair;
pub mod shape;
pub mod ssh;
pub mod ssh_lint_words;
pub mod tls;
pub mod tls_chain_words;
pub mod tls_form_words;
pub mod tls_lint_words;
pub mod tls_lints;
pub mod token;
pub mod token_words;
pub mod types;
pub mod verdict;

pub use api::Unknown;
