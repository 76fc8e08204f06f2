//! Edits of a spec's text: repairs, and values that are moved, changed, added or removed. Comments
//! and layout stay.

mod armor;
mod fixes;
pub(crate) mod values;

pub(crate) use crate::structure::edit::toml::text::{key_literal, string_literal};
pub(crate) use armor::{armor_value, replace_armor};
pub(crate) use fixes::{replace_string, trim_value};
