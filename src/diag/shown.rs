//! The one way from a finding to what is printed of it, in whatever format.

use std::borrow::Cow;

use super::key_names::shown_key;
use super::{Diagnostic, phrases, private_keys};
use crate::source::SourceMap;

impl Diagnostic {
    /// The same as it may be shown: with `***` for whatever looks like a private key, and for keys
    /// that may be values; without characters that a terminal obeys or hides; and with a word on
    /// where private keys go.
    pub(crate) fn shown(&self, sources: &SourceMap) -> Self {
        let mut shown = self.clone();
        let unnamed = sources.unnamed();
        // What is certain to be right must not be changed.
        shown.fixes.retain(|fix| {
            !private_keys::is_in(&fix.replacement) && !unnamed.is_in(&fix.replacement)
        });
        if unnamed.is_changed_in(&shown.message)
            || private_keys::is_in(&shown.message)
            || shown.message.contains(&phrases::code(private_keys::MASK))
        {
            // What could stand in the place of a key is the key in another form.
            shown.fixes.clear();
            shown.helps.retain(|help| !help.starts_with("write `"));
        }
        for cause in &mut shown.causes {
            cause.field = named(&cause.field);
        }
        let mut texts = vec![&mut shown.message];
        texts.extend(shown.secret.as_mut());
        texts.extend(shown.causes.iter_mut().map(|cause| &mut cause.field));
        let labels = shown.primary.iter_mut().chain(&mut shown.secondary);
        texts.extend(labels.map(|label| &mut label.text));
        texts.extend(shown.notes.iter_mut().chain(&mut shown.helps));
        texts.extend(shown.fixes.iter_mut().map(|fix| &mut fix.title));
        let mut is_private = false;
        for (index, text) in texts.into_iter().enumerate() {
            if let Cow::Owned(masked) = private_keys::hidden(text) {
                *text = masked;
                is_private |= index == 0;
            }
            // The message may have been masked where it was worded.
            is_private |= index == 0 && text.contains(&phrases::code(private_keys::MASK));
            *text = phrases::visible(&unnamed.hidden(text));
        }
        // What stands in a file was not given as an argument.
        let given = shown.primary.as_ref().is_none_or(|label| sources.is_argument(label.span.file));
        if is_private && given {
            shown.helps.push(private_keys::HELP.to_owned());
        }
        shown
    }
}

/// The path of a field, such as `data[KEY]`, with its key if that looks like one.
fn named(field: &str) -> String {
    match field.split_once('[') {
        Some((parent, rest)) if rest.ends_with(']') => {
            let (key, end) = rest.split_at(rest.len() - 1);
            // An index may have more behind it: `ownerReferences[0].name`.
            format!("{parent}[{}{end}", shown_key(key))
        }
        _ => field.to_owned(),
    }
}
