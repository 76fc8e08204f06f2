//! Looks at Secrets that are compiled: what there is, what would change, how a Pod uses it, who can
//! read which encrypted file.

pub(crate) mod columns;
pub(crate) mod compare;
pub(crate) mod inspect;
pub(crate) mod masked;
pub(crate) mod readers;
pub(crate) mod usage;
pub(crate) mod value;
