//! `--at`: the time for expiry checks, the only use of a clock there is. It never changes what is rendered.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::diag::phrases::code;
use crate::diag::{Diagnostic, codes};
use crate::go::time;

/// Seconds of Unix time: those of the flag, of `SOURCE_DATE_EPOCH`, or now. `None` if the clock is before 1970.
pub fn seconds(flag: Option<&str>) -> Result<Option<i64>, Box<Diagnostic>> {
    if let Some(text) = flag {
        let with_time = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        return match time::parse(with_time.as_bytes()) {
            Ok(time) => Ok(Some(time.seconds)),
            Err(_) => {
                Err(usage(format!("`--at` does not take {}", code(text)), "write a date such as `2030-01-31` or `2030-01-31T12:00:00Z`"))
            }
        };
    }
    if let Some(text) = env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) {
        return match text.to_str().and_then(|text| text.parse().ok()) {
            Some(seconds) => Ok(Some(seconds)),
            None => {
                Err(usage("`SOURCE_DATE_EPOCH` is not a number".to_owned(), "it holds the seconds since 1970, such as `date +%s` prints"))
            }
        };
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    Ok(now.and_then(|now| i64::try_from(now.as_secs()).ok()))
}

fn usage(message: String, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(&codes::USAGE, message).help(help))
}
