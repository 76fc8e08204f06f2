//! What some bytes are: tokens of known services, keys, passwords in URLs.

pub(crate) mod shapes;
pub(crate) mod tokens;
