//! Two sets of Secrets, compared: what `build` would change in a folder, a file, or what a cluster gives. Facts here; the renderers beside
//! this file show them, with values masked so that nothing can be guessed from the mask.

pub mod change;
pub mod json;
pub mod lines;
pub mod markdown;
pub mod pairs;
pub mod text;

pub use change::{Change, ChangeKind, ChangedField, Datum, Plain, Refusal};
pub use pairs::{Comparison, Rules, compare};

/// What stands for a value that is not shown. The same for all, so that neither length nor equality of two values can be told.
pub const MASK: &str = "***";
