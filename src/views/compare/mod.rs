//! Two sets of Secrets, compared: what `build` would change in a folder, a file, or what a cluster
//! gives. Facts here; the renderers beside this file show them, with values masked so that nothing
//! can be guessed from the mask.

pub(crate) mod change;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod markdown;
pub(crate) mod pairs;
pub(crate) mod text;

pub(crate) use change::{Change, ChangeKind, ChangedField, DataChange, MetadataChange};
pub(crate) use pairs::{CompareRules, Comparison, compare};

/// What stands for a value that is not shown. The same for all, so that neither length nor equality
/// of two values can be told.
pub(crate) const MASK: &str = "***";
