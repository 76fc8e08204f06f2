//! How `repeated-value` is said. Nothing of the value is among the words.

use crate::compile::resolve::Wanted;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, codes};
use crate::spec::value::How;
use super::repeated::Repeated;

/// Words the second occurrence.
pub fn diagnostic(repeated: &Repeated<'_>) -> Diagnostic {
    let ((first, first_span), (second, second_span)) = (repeated.first, repeated.second);
    let (first, second) = (name(first), name(second));
    let message = if repeated.whole {
        format!("{second} holds the same secret as {first}")
    } else {
        format!("a value out of {second} is the same as one out of {first}")
    };
    Diagnostic::new(&codes::REPEATED_VALUE, message)
        .at(second_span, "the second")
        .also(first_span, "the first")
        .note("who changes a secret that is kept twice easily forgets one of the two")
        .help("keep it in one file, and read both values from one `[sources.NAME]`")
        .help("if they are only the same by chance, make a new one for each use")
}

fn name((how, what): &Wanted) -> String {
    if *how == How::Armor { "armored text".to_owned() } else { code(what) }
}
