//! What of a spec is encrypted: armored age texts in it, and age files that it reads.

use crate::age::dedent_armor;
use crate::content::shapes::without_expressions;
use crate::source::Span;
use crate::spec::Spec;
use crate::spec::path_pattern::{PathPattern, normal};
use crate::spec::value::{Fetch, How, Source, Value};
use crate::template::Engine;

#[derive(Clone, Debug)]
pub(crate) struct ArmoredText {
    /// The string in the spec, quotes included.
    pub span: Span,
    /// As a file would have it.
    pub text: String,
}

/// The paths of age files that a spec reads, those that templates make aside.
pub(crate) fn age_files(spec: &Spec) -> Vec<&str> {
    let mut found = Vec::new();
    each_fetch(spec, &mut |fetch| {
        if fetch.how == How::Age && !Engine::is_template(&fetch.what.value) {
            found.push(fetch.what.value.as_str());
        }
    });
    found
}

/// Those that templates make, as far as they are inside of the spec's folder: what they may be.
pub(crate) fn age_file_patterns(spec: &Spec) -> Vec<PathPattern> {
    let mut found = Vec::new();
    each_fetch(spec, &mut |fetch| {
        if fetch.how == How::Age && Engine::is_template(&fetch.what.value) {
            let path = without_expressions(&fetch.what.value);
            found.extend(normal(&path).map(|path| PathPattern::new(&path)));
        }
    });
    found
}

/// All armored texts, in the order of the spec.
pub(crate) fn armored_texts(spec: &Spec) -> Vec<ArmoredText> {
    let mut found = Vec::new();
    each_fetch(spec, &mut |Fetch { how, what }| {
        if *how == How::Armor {
            found.push(ArmoredText { span: what.span, text: dedent_armor(&what.value) });
        }
    });
    found.sort_by_key(|text| text.span);
    found
}

fn each_fetch<'s>(spec: &'s Spec, visit: &mut dyn FnMut(&'s Fetch)) {
    let mut note = |value: &'s Value| {
        if let Source::Fetch(fetch) = &value.source {
            visit(fetch);
        }
    };
    for (_, source) in spec.sources() {
        note(source);
    }
    for entry in &spec.entries {
        entry.each_value(&mut |_, value| note(value));
    }
}
