//! Structured files against other people's readers, and against anything at all.

mod cases;
mod edits;
mod never_panics;
mod python;
mod round_trip;
mod words;
