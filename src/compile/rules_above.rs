//! The rules for a spec that has none: those of the nearest spec above that has some.

use super::run::Run;
use crate::encrypted::rules::Rules;
use crate::spec;
use crate::world::{MAX_FILE_BYTES, SpecAbove};

/// The rules, and the spec that they are from. `None` if no spec above has any, or one on the way
/// is broken, which is for its own check to report.
pub(crate) fn rules_above(run: &mut Run<'_>) -> Option<(SpecAbove, Rules)> {
    for above in run.world.specs_above() {
        let file = run.sources.add(above.name.clone(), above.text.clone());
        let spec = spec::parse(file, run.sources, MAX_FILE_BYTES).0?;
        if let Some(rules) = Rules::of(&spec) {
            return Some((above, rules));
        }
    }
    None
}
