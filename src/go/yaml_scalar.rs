//! What a plain scalar means to kubectl and the API server: go-yaml v2 behind sigs.k8s.io/yaml,
//! which turns YAML into JSON.
//! Source: `resolve` in `resolve.go` of go-yaml v2 and `convertToJSONableObject` in `yaml.go` of
//! sigs.k8s.io/yaml.

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    /// An integer; 64 bits with or without a sign.
    Integer(i128),
    /// A float; infinite ones and "not a number" can't become JSON.
    Float(f64),
    Text,
}

/// Resolves the text of a scalar that is not quoted and has no tag.
pub(crate) fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ if text.starts_with('.') => float(text).map_or(Scalar::Text, Scalar::Float),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')) => {
            let text = text.replace('_', "");
            let number = integer(&text).map(Scalar::Integer);
            number.or_else(|| float(&text).map(Scalar::Float)).unwrap_or(Scalar::Text)
        }
        _ => Scalar::Text,
    }
}

/// As Go's `ParseInt` and `ParseUint` with base 0: `0x`, `0o`, `0b`, and `0` for octal, in either
/// case.
fn integer(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (base, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, unsigned.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, unsigned.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, unsigned.get(2..)?),
        [b'0', _, ..] => (8, unsigned),
        _ => (10, unsigned),
    };
    let all_digits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(base));
    let value = all_digits.then(|| i128::from_str_radix(digits, base).ok()).flatten()?;
    let value = if text.starts_with('-') { -value } else { value };
    // `ParseUint`, which reads what is too large for `ParseInt`, knows no sign.
    let fits = i64::try_from(value).is_ok()
        || (!text.starts_with(['+', '-']) && value <= i128::from(u64::MAX));
    fits.then_some(value)
}

fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let value: f64 = is_float(unsigned).then(|| text.parse().ok()).flatten()?;
    value.is_finite().then_some(value)
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, whole numbers included.
pub(crate) fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let any_digit = !whole.is_empty() || !fraction.is_empty();
    any_digit && !exponent.is_empty() && [whole, fraction, exponent].into_iter().all(digits)
}

/// A float as the key of a JSON object: Go's shortest form for a float32.
pub(crate) fn float_key(value: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "sigs.k8s.io/yaml does the same")]
    let narrow = value as f32;
    if narrow == 0.0 {
        return if narrow.is_sign_negative() { "-0".into() } else { "0".into() };
    }
    if narrow.is_nan() {
        return ".nan".into();
    }
    if narrow.is_infinite() {
        return if narrow > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    let exponential = format!("{narrow:e}");
    let (mantissa, exponent) = exponential.split_once('e').unwrap_or((&exponential, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    // Where `%g` changes its form, with the shortest precision that there is.
    if (-4..6).contains(&exponent) {
        return format!("{narrow}");
    }
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// An integral float within 64 bits, which Go writes into JSON without fraction and exponent.
pub(crate) fn float_as_integer(value: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "integral and small")]
    let integer = (value.fract() == 0.0 && value.abs() < 9.0e18).then_some(value as i64);
    integer
}
