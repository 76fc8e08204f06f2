//! What some bytes are: tokens of known services, keys, passwords in URLs.

pub mod shapes;
pub mod tokens;
