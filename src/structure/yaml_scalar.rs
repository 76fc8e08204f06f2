//! What a plain YAML scalar means to all readers, or why they disagree.
//!
//! The readers: YAML 1.1 (<https://yaml.org/type/>, as PyYAML and go-yaml v2 have it), the YAML 1.2
//! core schema (<https://yaml.org/spec/1.2.2/#103-core-schema>), and go-yaml v3, which mixes both.

use super::fault::{Ambiguity, StructureFaultKind};
use super::tree::Tree;

/// The value of a plain scalar: null, a boolean, a number in its one canonical form, or a string
/// that no reader takes for anything else.
pub(crate) fn resolve(text: &str) -> Result<Tree, StructureFaultKind> {
    match text {
        "" | "~" | "null" => return Ok(Tree::Null),
        "true" => return Ok(Tree::Bool(true)),
        "false" => return Ok(Tree::Bool(false)),
        ".nan" => return Ok(Tree::Float(f64::NAN)),
        ".inf" => return Ok(Tree::Float(f64::INFINITY)),
        "-.inf" => return Ok(Tree::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    if is_canonical_integer(text) {
        return match text.parse::<i128>() {
            Ok(integer) if (i64::MIN.into()..=u64::MAX.into()).contains(&integer) => {
                Ok(Tree::Integer(integer))
            }
            _ => Err(StructureFaultKind::BigNumber),
        };
    }
    if is_canonical_float(text) {
        return text
            .parse()
            .map(Tree::Float)
            .map_err(|_| StructureFaultKind::Ambiguous(Ambiguity::Number));
    }
    match ambiguity(text) {
        Some(ambiguity) => Err(StructureFaultKind::Ambiguous(ambiguity)),
        None => Ok(Tree::string(text)),
    }
}

/// Why some reader takes a plain scalar that is none of the canonical forms for something else than
/// a string.
fn ambiguity(text: &str) -> Option<Ambiguity> {
    // Nothing of the kind is longer, and lower-casing a long text costs.
    if text.len() > 512 {
        return is_number(text).then_some(Ambiguity::Number);
    }
    match text.to_ascii_lowercase().as_str() {
        "y" | "n" | "yes" | "no" | "on" | "off" => Some(Ambiguity::BooleanWord),
        "true" | "false" | "null" => Some(Ambiguity::Spelling),
        ".inf" | "+.inf" | "-.inf" | ".nan" => Some(Ambiguity::Number),
        "=" | "<<" => Some(Ambiguity::Special),
        _ if is_number(text) => Some(Ambiguity::Number),
        _ if is_date(text) => Some(Ambiguity::Date),
        _ => None,
    }
}

/// `0` or `-?[1-9][0-9]*`.
fn is_canonical_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || all_digits(digits) && !digits.starts_with('0')
}

/// `-?(0|[1-9][0-9]*)\.[0-9]+([eE][-+][0-9]+)?`: what YAML 1.1 and 1.2 both call a float.
fn is_canonical_float(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits =
        exponent.is_none_or(|exponent| exponent.strip_prefix(['+', '-']).is_some_and(all_digits));
    mantissa.split_once('.').is_some_and(|(whole, fraction)| {
        (whole == "0" || is_canonical_integer(whole)) && all_digits(fraction)
    }) && !mantissa.starts_with('-')
        && exponent_fits
}

/// Whether any reader takes the text for a number: sign, underscores, other bases, exponents, base
/// 60.
fn is_number(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return false;
    }
    // go-yaml removes underscores before it looks.
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    is_based(unsigned) || is_float(unsigned) || is_base_60(unsigned)
}

fn is_based(text: &str) -> bool {
    let all = |digits: Option<&str>, base: u32| {
        digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_digit(base)))
    };
    let after =
        |letters: [char; 2]| text.strip_prefix('0').and_then(|rest| rest.strip_prefix(letters));
    // go-yaml lets a sign stand between `0b` and the digits.
    let after_sign =
        |letters| after(letters).map(|digits| digits.strip_prefix(['+', '-']).unwrap_or(digits));
    all(after_sign(['x', 'X']), 16)
        || all(after_sign(['o', 'O']), 10)
        || all(after_sign(['b', 'B']), 2)
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]*)?`, whole numbers included.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let some = !whole.is_empty() || !fraction.is_empty();
    some && digits(whole)
        && digits(fraction)
        && all_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
}

/// `[1-9][0-9]*(:[0-5]?[0-9])+`, or with a first `0` and a fraction: base 60 in YAML 1.1.
fn is_base_60(text: &str) -> bool {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let mut rest = 0;
    let sixties = parts.all(|part| {
        rest += 1;
        all_digits(part) && (part.len() == 1 || part.len() == 2 && part < "60")
    });
    all_digits(first)
        && (fraction.is_some() || !first.starts_with('0'))
        && rest > 0
        && sixties
        && fraction.is_none_or(|fraction| fraction.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}`, alone or with a time after `T` or blanks.
fn is_date(text: &str) -> bool {
    let (date, time) = match text.split_once(['T', 't', ' ', '\t']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let mut part = |lengths: std::ops::RangeInclusive<usize>| {
        parts.next().is_some_and(|part| all_digits(part) && lengths.contains(&part.len()))
    };
    part(4..=4)
        && part(1..=2)
        && part(1..=2)
        && parts.next().is_none()
        && time.is_none_or(|time| {
            time.trim_start_matches([' ', '\t']).starts_with(|c: char| c.is_ascii_digit())
        })
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::structure::fault::{Ambiguity, StructureFaultKind};
    use crate::structure::tree::Class;

    #[test]
    fn canonical_forms_are_values() {
        for (class, texts) in [
            (Class::Null, "~"),
            (Class::Integer, "0 -12 18446744073709551615"),
            (Class::Float, "0.0 -1.50 1.0e+3"),
            (
                Class::String,
                "10.0.0.1 v1.2 8080:80 00:16:3e:01 1password 0xyz 2026-01 None - + . ... _1 1,000",
            ),
        ] {
            for text in texts.split(' ') {
                assert_eq!(resolve(text).unwrap().class(), class, "{text}");
            }
        }
        assert_eq!(resolve("2026-01-01 is a date").unwrap().class(), Class::String);
    }

    #[test]
    fn what_readers_disagree_about_is_refused() {
        use Ambiguity::{BooleanWord, Date, Number, Special, Spelling};
        for (kind, texts) in [
            (BooleanWord, "y Y n N yes Yes YES no No NO on On ON off Off OFF"),
            (Spelling, "True TRUE False FALSE Null NULL"),
            (
                Number,
                "012 08 00 0x1F 0XfF -0x1 0o17 0b11 0B1 0b+1 1_000 1_ +1 -0 1e3 1E3 1.5e3 1. .5 \
                 -.5 +1.5 01.5 1:30 190:20:30 0:1.5 .Inf +.inf .NaN -_1",
            ),
            (Date, "2026-01-01 2026-1-1 2001-12-14t21:59:43.10-05:00"),
            (Special, "= <<"),
        ] {
            for text in texts.split(' ') {
                assert_eq!(resolve(text), Err(StructureFaultKind::Ambiguous(kind)), "{text}");
            }
        }
        assert_eq!(resolve("2001-12-14 21:59:43"), Err(StructureFaultKind::Ambiguous(Date)));
        assert_eq!(resolve("18446744073709551616"), Err(StructureFaultKind::BigNumber));
        assert_eq!(resolve("-9223372036854775809"), Err(StructureFaultKind::BigNumber));
    }
}
