//! Armored age texts that stand in a spec.

use crate::age::dedent_armor;
use crate::source::Span;
use crate::spec::Spec;
use crate::spec::value::{Fetch, How, Source, Value};

#[derive(Clone, Debug)]
pub(crate) struct ArmoredText {
    /// The string in the spec, quotes included.
    pub span: Span,
    /// As a file would have it.
    pub text: String,
}

/// All of them, in the order of the spec.
pub(crate) fn armored_texts(spec: &Spec) -> Vec<ArmoredText> {
    let mut found = Vec::new();
    let mut note = |value: &Value| {
        if let Source::Fetch(Fetch { how: How::Armor, what }) = &value.source {
            found.push(ArmoredText { span: what.span, text: dedent_armor(&what.value) });
        }
    };
    for (_, source) in spec.sources() {
        note(source);
    }
    for entry in &spec.entries {
        entry.each_value(&mut |_, value| note(value));
    }
    found.sort_by_key(|text| text.span);
    found
}
