//! Values that switch, choose or measure something: not secrets, where the key leaves it open.

use super::names::is_in;

/// Digits of a number without a unit that is too short for a password.
const SHORT: usize = 3;

pub(crate) fn is_setting(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let shapes: [fn(&str) -> bool; 4] = [is_number, is_quantity, is_date, is_host];
    is_in("choice", &text) || shapes.iter().any(|has_shape| has_shape(&text))
}

/// `1`, `-1`, `0.95`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() <= SHORT + usize::from(digits.contains('.'))
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.parse::<f64>().is_ok()
}

/// `10m`, `1h30m`, `10 minutes`, `16Mi`, `5%`, as ISO 8601 has it `PT5M`, and the rate `100/s`.
fn is_quantity(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let text = text.replacen('/', "", 1);
    let mut rest = text.strip_prefix("pt").or_else(|| text.strip_prefix('p')).unwrap_or(&text);
    let mut any = false;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c| !is_digit(c)).unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after.find(|c: char| is_digit(c) || c.is_whitespace()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        if number.parse::<f64>().is_err() || !is_in("unit", unit) {
            return false;
        }
        (any, rest) = (true, next.trim_start());
    }
    any
}

/// `2026-11-25`, and what RFC 3339 puts behind it.
fn is_date(text: &str) -> bool {
    let shape = text.replace(|c: char| c.is_ascii_digit(), "0");
    shape.strip_prefix("0000-00-00").is_some_and(|time| {
        time.is_empty()
            || (time.starts_with(['t', ' ']) && time.chars().all(|c| "0tz:.+- ".contains(c)))
    })
}

/// `https://auth.example.com:8443/`: in a path there may be a token, as in the addresses of
/// webhooks.
fn is_host(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.map(|host| host.strip_suffix('/').unwrap_or(host)).is_some_and(|host| {
        !host.is_empty()
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_setting;

    #[test]
    fn switches_and_measures() {
        let settings = "yes|No|TRUE|basic|scram-sha-256|1|30|-1|0.95|10m|1h30m|90d|1.5h|500ms|16Mi|\
            5%|100/s|10/minute|PT5M|P30D|2026-11-25|2026-11-25T08:00:00Z|1h 30m|10 minutes| yes |\
            2026-11-25 08:00:00.5+01:00|https://auth.example.com:8443/|http://tokens";
        for text in settings.split('|') {
            assert!(is_setting(text), "{text}");
        }
        let others = "|hunter2|12345|1234|p|pt|m|10x|h10|10m!|1h30|2026-11|2026-11-25-hunter2|yes!|\
            /s|x/s|10/x|changeme|0x10|inf|nan|µ|2026‑11‑25|1e9|.|..m|10 hunter2|ftp://x|https://|\
            https://hooks.example.com/T0/B0|https://u:p@x|https://x?t=y";
        for text in others.split('|') {
            assert!(!is_setting(text), "{text}");
        }
    }
}
