//! What is wrong with a Secret: the API server's verdict on it, and what no consumer could use.
//!
//! The modules here find problems and give them as facts; those named `*_words` put the facts into sentences.

pub mod api;
pub mod api_words;
mod data;
pub mod docker;
pub mod docker_words;
pub mod field;
pub mod go_json;
pub mod go_time;
mod metadata;
mod repair;
pub mod shape;
pub mod token;
pub mod token_words;
pub mod types;
