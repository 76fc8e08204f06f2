//! Looks at Secrets that are compiled: what there is, what would change, how a Pod uses it.

pub mod compare;
pub mod inspect;
pub mod usage;
pub mod value;
