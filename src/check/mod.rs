//! What is wrong with a Secret: the API server's verdict on it, and what no consumer could use.
//!
//! The modules here find problems and give them as facts; those named `*_words` put the facts into sentences.

pub mod api;
pub mod api_words;
pub mod apply_size;
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
pub mod practice;
mod practice_words;
pub mod registries;
pub mod registry_key;
mod registry_meant;
pub mod registry_server;
mod registry_words;
mod repair;
pub mod shape;
pub mod ssh;
pub mod ssh_lint_words;
pub mod ssh_readers;
pub mod ssh_words;
pub mod tls;
pub mod tls_chain_words;
pub mod tls_form_words;
pub mod tls_lint_words;
pub mod tls_lints;
pub mod token;
pub mod token_words;
pub mod type_names;
mod type_words;
pub mod types;
mod value_words;
pub mod values;
pub mod verdict;
mod versioned_name;
pub mod yaml_key;

pub use api::Unknown;
