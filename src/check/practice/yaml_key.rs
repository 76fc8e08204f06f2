//! Keys of annotations that kustomize takes for something else than strings, even if they stand in quotes.
//!
//! It writes and reads its objects as YAML on the way, and of keys it drops the quotes: the rules are those of go-yaml v3 (`resolve.go`).

use crate::go::time;

/// Whether a key reads as a boolean, null, number or date once it has lost its quotes. `y`, `yes`, `on` and the like don't: kustomize keeps
/// their quotes.
///
/// The key is one that the API server takes: it starts with a letter or a digit.
pub fn is_typed(key: &str) -> bool {
    let word = matches!(key, "true" | "True" | "TRUE" | "false" | "False" | "FALSE" | "null" | "Null" | "NULL");
    word || key.starts_with(|c: char| c.is_ascii_digit()) && (is_number(key) || is_date(key))
}

fn is_number(key: &str) -> bool {
    // go-yaml takes them out before it looks.
    let plain: String = key.chars().filter(|c| *c != '_').collect();
    let based = |small: &str, large: &str, base: u32| {
        let digits = plain.strip_prefix(small).or_else(|| plain.strip_prefix(large));
        // What 64 bits don't hold stays a string; a sign is none of the digits.
        digits.is_some_and(|digits| !digits.starts_with('+') && u64::from_str_radix(digits, base).is_ok())
    };
    if based("0x", "0X", 16) || based("0o", "0O", 8) || based("0b", "0B", 2) {
        return true;
    }
    let (mantissa, exponent) = plain.split_once(['e', 'E']).unwrap_or((&plain, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix('-').unwrap_or(exponent);
    let shaped = !whole.is_empty() && digits(whole) && digits(fraction) && !exponent.is_empty() && digits(exponent);
    shaped && plain.parse::<f64>().is_ok_and(f64::is_finite)
}

/// `2030-1-31`: a year of four digits, month and day of one or two.
fn is_date(key: &str) -> bool {
    let parts: Vec<&str> = key.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let short = |part: &str| (1..=2).contains(&part.len());
    year.len() == 4 && short(month) && short(day) && time::parse(format!("{year}-{month:0>2}-{day:0>2}T00:00:00Z").as_bytes()).is_ok()
}
