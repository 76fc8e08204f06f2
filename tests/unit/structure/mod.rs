//! Structured files against other people's readers, and against anything at all.

mod cases;
pub(super) mod edits;
mod never_panics;
mod python;
mod round_trip;
mod words;
