//! What `mintage generate` does to one file: which of its declared values are missing, and the text
//! with them.

use super::declared::Declared;
use super::generate::{Made, Random, make};
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::emit::encode::base64;
use crate::secret::bytes::SecretBytes;
use crate::spec::generate::Recipe;
use crate::structure::{self, edit};

/// Those of a file's values that are to be made: all that are missing, or with `rotate` all.
pub(crate) fn due<'d>(
    declared: &[&'d Declared],
    before: Option<&SecretBytes>,
    rotate: bool,
) -> Result<Vec<&'d Declared>, Diagnostic> {
    let mut due = Vec::new();
    for value in declared {
        if rotate || !is_there(value, before)? {
            due.push(*value);
        }
    }
    Ok(due)
}

fn is_there(value: &Declared, before: Option<&SecretBytes>) -> Result<bool, Diagnostic> {
    let (Some(key), Some(before)) = (&value.slot, before) else { return Ok(before.is_some()) };
    let tree = structure::read(key.format, before.expose())
        .map_err(|fault| structure::messages::unreadable(&code(&value.file), key.format, &fault))?;
    Ok(structure::select(&tree, &key.path).is_ok())
}

/// The new text of a file, and the public halves of what was made, each with its value.
pub(crate) struct Changed<'d> {
    pub(crate) text: SecretBytes,
    pub(crate) public: Vec<(&'d Declared, String)>,
}

/// Makes values, and puts them into the text that the file has, or into a new one.
pub(crate) fn with_made<'d>(
    due: &[&'d Declared],
    before: Option<&SecretBytes>,
    random: Random<'_>,
) -> Result<Changed<'d>, Diagnostic> {
    let mut text = before.cloned().unwrap_or_default();
    let mut public = Vec::new();
    for value in due {
        let Some(Made { value: made, public: half }) = make(&value.recipe, random) else {
            return Err(diagnostic!(USAGE, "{} can't be made", value.shown()));
        };
        public.extend(half.map(|half| (*value, half)));
        let is_raw = value.slot.is_some() && matches!(value.recipe, Recipe::Bytes(_));
        // Bytes are no text, which is all that a structured file has.
        let made = match value.decode || is_raw {
            true => SecretBytes::from(base64(made.expose()).as_bytes()),
            false => made,
        };
        text = match &value.slot {
            None => made,
            Some(key) => edit::set(key.format, &text, &key.path, &made).map_err(|fault| {
                let file = code(&value.file);
                edit::messages::unchanged(&file, key.format, &key.path, &fault)
            })?,
        };
    }
    Ok(Changed { text, public })
}
