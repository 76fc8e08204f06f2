//! Structured files against other people's readers, and against anything at all.

mod peers;

#[path = "structure/cases.rs"]
mod cases;
#[path = "structure/never_panics.rs"]
mod never_panics;
#[path = "structure/python.rs"]
mod python;
#[path = "structure/round_trip.rs"]
mod round_trip;
#[path = "structure/words.rs"]
mod words;
