//! Values that switch, choose or measure something: no secrets, where the key leaves it open.

use super::names::is_in;

/// Digits of a number without a unit that is too short for a password.
const SHORT: usize = 3;

/// Whether a value is a switch, a word of choice, a number with a unit, a duration, a rate, a short
/// number, a date or no more than a host.
pub(crate) fn is_setting(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    is_in("choice", &text)
        || is_number(&text)
        || is_rate(&text)
        || is_quantity(&text)
        || is_date(&text)
        || is_host(&text)
}

/// `1`, `-1`, `0.95`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let short = digits.len() <= SHORT + usize::from(digits.contains('.'));
    short
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.parse::<f64>().is_ok()
}

/// `100/s`, `10/minute`.
fn is_rate(text: &str) -> bool {
    text.split_once('/').is_some_and(|(count, unit)| {
        is_in("unit", unit) && !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// `10m`, `1h30m`, `10 minutes`, `16Mi`, `5%`, and as ISO 8601 has it, `PT5M`.
fn is_quantity(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let mut rest = text.strip_prefix("pt").or_else(|| text.strip_prefix('p')).unwrap_or(text);
    let mut any = false;
    while !rest.is_empty() {
        let at = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(at).unwrap_or_default();
        let after = after.trim_start();
        let end = after.find(|c: char| is_digit(c) || c.is_whitespace()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(end).unwrap_or_default();
        if number.parse::<f64>().is_err() || !is_in("unit", unit) {
            return false;
        }
        (any, rest) = (true, next.trim_start());
    }
    any
}

/// `2026-11-25`, and what RFC 3339 puts behind it.
fn is_date(text: &str) -> bool {
    let Some((day, time)) = text.split_at_checked(10) else { return false };
    let is_day = day
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let starts = time.is_empty() || time.starts_with(['t', ' ']);
    is_day
        && starts
        && time
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, 't' | 'z' | ':' | '.' | '+' | '-' | ' '))
}

/// `https://auth.example.com:8443/`: in a path there may be a token, as in the addresses of
/// webhooks.
fn is_host(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = host.map(|host| host.strip_suffix('/').unwrap_or(host));
    host.is_some_and(|host| {
        !host.is_empty()
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_setting;

    #[test]
    fn switches_and_measures() {
        for text in
            "yes No TRUE off disable disabled basic Bearer scram-sha-256 1 0 30 -1 0.95 10m 1h30m \
             90d 1.5h 500ms 16Mi 5% 100/s 10/minute
            PT5M P30D 2026-11-25 2026-11-25T08:00:00Z https://auth.example.com:8443/ http://tokens"
                .split_whitespace()
                .chain(["1h 30m", "10 minutes", " yes ", "2026-11-25 08:00:00.5+01:00"])
        {
            assert!(is_setting(text), "{text}");
        }
        for text in
            "hunter2 12345 1234 123456 p pt m 10x h10 10m! 1h30 2026-11 2026-11-25-hunter2 yes! /s \
             x/s 10/x changeme admin 0x10 inf nan
            µ 2026‑11‑25 1e9 . ..m https://hooks.example.com/T0/B0 https://u:p@x https:// ftp://x \
            https://x?t=y"
                .split_whitespace()
                .chain(["", " ", "10 hunter2"])
        {
            assert!(!is_setting(text), "{text}");
        }
    }
}
