//! What the values of a Secret come out of: every file, age file and variable that the spec names
//! for them, also by way of `[sources]`.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::expand::Planned;
use crate::compile::resolve::{Reads, Wanted, slots};
use crate::source::Span;
use crate::spec::value::How;

/// Something that is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueOrigin {
    pub how: How,
    /// The path, the armored text or the variable's name.
    pub what: String,
}

impl ValueOrigin {
    /// `age PATH`, `file PATH`, `env-var NAME`; armored text is not repeated.
    pub fn words(&self) -> String {
        match self.how {
            How::File => format!("file {}", self.what),
            How::Age => format!("age {}", self.what),
            How::Armor => "armor".to_owned(),
            How::EnvVar => format!("env-var {}", self.what),
        }
    }

    /// The same, for who has read it.
    pub(crate) fn wanted(&self) -> Wanted {
        (self.how, self.what.clone())
    }
}

/// The origins of each place of a Secret that fills data keys; nothing for what is written in the
/// spec.
pub(crate) fn origins(
    planned: &Planned<'_>,
    reads: &Reads<'_>,
) -> BTreeMap<Span, BTreeSet<ValueOrigin>> {
    let mut all = BTreeMap::new();
    for slot in slots(planned) {
        let mut found = BTreeSet::new();
        slot.fill.each_value(&mut |value| reads.of(value, &planned.scope, &mut found));
        let found = found.into_iter().map(|(how, what)| ValueOrigin { how, what });
        all.insert(slot.span, found.collect());
    }
    all
}
