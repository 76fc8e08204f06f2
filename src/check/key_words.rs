//! temporary
use crate::diag::{Diagnostic,codes};
pub fn tls(f:&super::tls::TlsFault)->Diagnostic{ Diagnostic::new(&codes::TLS_PAIR, format!("{f:?}")) }
pub fn ssh(f:&super::ssh::SshFault)->Diagnostic{ Diagnostic::new(&codes::SSH_KEY, format!("{f:?}")) }
