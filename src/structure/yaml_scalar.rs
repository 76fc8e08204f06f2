//! What a plain YAML scalar means to all parsers, or that they disagree.
//!
//! The parsers: YAML 1.1 (<https://yaml.org/type/>, as PyYAML and go-yaml v2 have it), the YAML 1.2
//! core schema (<https://yaml.org/spec/1.2.2/#103-core-schema>), and go-yaml v3, which mixes both.

use super::{fault::StructureFaultKind, tree::Tree};
use crate::go::yaml_scalar::is_float;

/// The value of a plain scalar: null, a boolean, a number in its one canonical form, or a string
/// that no parser reads as anything else.
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
        let number = text.parse().ok();
        let number = number.filter(|it| (i64::MIN.into()..=u64::MAX.into()).contains(it));
        return number.map(Tree::Integer).ok_or(StructureFaultKind::BigNumber);
    }
    if is_canonical_float(text) {
        return text.parse().map(Tree::Float).map_err(|_| StructureFaultKind::Ambiguous);
    }
    if is_ambiguous(text) { Err(StructureFaultKind::Ambiguous) } else { Ok(Tree::string(text)) }
}

/// Booleans, null and numbers to some parsers, in some spellings.
const WORDS: [&str; 15] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", "+.inf", "-.inf", ".nan",
    "=", "<<",
];

/// Whether some parser reads a scalar in none of the canonical forms as something else than a
/// string.
fn is_ambiguous(text: &str) -> bool {
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) || is_number(text) || is_date(text)
}

/// `0` or `-?[1-9][0-9]*`.
fn is_canonical_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || all_digits(digits) && !digits.starts_with('0')
}

/// `-?(0|[1-9][0-9]*)\.[0-9]+([eE][-+][0-9]+)?`: what YAML 1.1 and 1.2 both call a float.
fn is_canonical_float(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "+0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or_default();
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && all_digits(fraction)
        && exponent.strip_prefix(['+', '-']).is_some_and(all_digits)
}

/// Whether any parser reads the text as a number: sign, underscores, other bases, exponents, base
/// 60, whatever its size.
fn is_number(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return false;
    }
    // go-yaml removes underscores before it looks.
    let text = text.replace('_', "");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let in_base = |prefix: [&str; 2], base: u32| {
        let digits = prefix.iter().find_map(|prefix| unsigned.strip_prefix(prefix));
        // go-yaml lets a sign stand between `0b` and the digits.
        digits.map(|digits| digits.strip_prefix(['+', '-']).unwrap_or(digits)).is_some_and(
            |digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base)),
        )
    };
    in_base(["0x", "0X"], 16)
        || in_base(["0o", "0O"], 10)
        || in_base(["0b", "0B"], 2)
        || is_float(unsigned)
        || is_base_60(unsigned)
}

/// `[1-9][0-9]*(:[0-5]?[0-9])+`, or with a first `0` and a fraction: base 60 in YAML 1.1.
fn is_base_60(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let Some((first, rest)) = whole.split_once(':') else { return false };
    all_digits(first)
        && (whole != text || !first.starts_with('0'))
        && rest
            .split(':')
            .all(|part| all_digits(part) && (part.len() == 1 || part.len() == 2 && part < "60"))
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// `[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}`, alone or with a time after `T` or spaces.
fn is_date(text: &str) -> bool {
    let (date, time) = text.split_once(['T', 't', ' ', '\t']).unwrap_or((text, "0"));
    let parts: Vec<&str> = date.splitn(4, '-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    year.len() == 4
        && month.len() <= 2
        && day.len() <= 2
        && parts.iter().all(|part| all_digits(part))
        && time.trim_start_matches([' ', '\t']).starts_with(|c: char| c.is_ascii_digit())
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::structure::fault::StructureFaultKind;

    #[test]
    fn canonical_forms_are_values() {
        for (class, texts) in [
            ("null", "~"),
            ("an integer", "0 -12 18446744073709551615"),
            ("a float", "0.0 -1.50 1.0e+3"),
            (
                "a string",
                "10.0.0.1 v1.2 8080:80 00:16:3e:01 1password 0xyz 2026-01 None - + . ... _1 1,000",
            ),
        ] {
            for text in texts.split(' ') {
                assert_eq!(resolve(text).unwrap().class(), class, "{text}");
            }
        }
        assert_eq!(resolve("2026-01-01 is a date").unwrap().class(), "a string");
    }

    #[test]
    fn what_parsers_disagree_about_is_refused() {
        let texts = "y Y n N yes Yes YES no No NO on On ON off Off OFF True TRUE False FALSE Null \
            NULL 012 08 00 0x1F 0XfF -0x1 0o17 0b11 0B1 0b+1 1_000 1_ +1 -0 1e3 1E3 1.5e3 1. .5 \
            -.5 +1.5 01.5 1:30 190:20:30 0:1.5 .Inf +.inf .NaN -_1 2026-01-01 2026-1-1 \
            2001-12-14t21:59:43.10-05:00 = <<";
        for text in texts.split_whitespace().chain(["2001-12-14 21:59:43"]) {
            assert_eq!(resolve(text), Err(StructureFaultKind::Ambiguous), "{text}");
        }
        for text in ["18446744073709551616", "-9223372036854775809"] {
            assert_eq!(resolve(text), Err(StructureFaultKind::BigNumber), "{text}");
        }
    }
}
