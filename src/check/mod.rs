//! check
pub mod key_words;
pub mod pem;
pub mod ssh;
pub mod tls;
