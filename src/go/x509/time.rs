//! UTCTime and GeneralizedTime, in the forms that Go takes: more than RFC 5280 section 4.1.2.5
//! allows.

use crate::go::der::{DerReader, Malformed, tag};
use crate::go::time::{Cursor, days_in, days_since_1970};

pub(crate) fn read(reader: &mut DerReader<'_>) -> Result<i64, Malformed> {
    let element = reader.element()?;
    unix_seconds(element.tag, Cursor(element.content)).ok_or(Malformed)
}

fn unix_seconds(tag: u8, mut text: Cursor<'_>) -> Option<i64> {
    let year = match tag {
        // RFC 5280: 50 and above are in the 20th century.
        tag::UTC_TIME => match text.digits(2)? {
            year @ 50.. => 1900 + year,
            year => 2000 + year,
        },
        tag::GENERALIZED_TIME => text.digits(4)?,
        _ => return None,
    };
    let month = text.number(1..=12)?;
    let day = text.number(1..=days_in(year, month))?;
    let (hour, minute) = (text.number(0..=23)?, text.number(0..=59)?);
    // Only UTCTime may come without seconds.
    let has_seconds = text.0.first().is_some_and(u8::is_ascii_digit) || tag != tag::UTC_TIME;
    let second = if has_seconds { text.number(0..=59)? } else { 0 };
    let local = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(local - offset(text)?)
}

/// `Z`, or an offset such as `+0130`, in seconds.
fn offset(mut zone: Cursor<'_>) -> Option<i64> {
    let (sign, rest) = match zone.0 {
        b"Z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    zone.0 = rest;
    let seconds = zone.number(0..=23)? * 3600 + zone.number(0..=59)? * 60;
    // An offset of zero must be written `Z`.
    (zone.0.is_empty() && seconds != 0).then_some(sign * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(tag: u8, text: &str) -> Option<i64> {
        unix_seconds(tag, Cursor(text.as_bytes()))
    }

    /// Expected numbers are from `date -u -d ... +%s`.
    #[test]
    fn times_are_unix_seconds() {
        for (text, seconds) in [
            ("700101000000Z", 0),
            ("491231235959Z", 2_524_607_999),
            ("500101000000Z", -631_152_000),
            ("240229120000Z", 1_709_208_000),
            ("2402291200Z", 1_709_208_000),
            ("240229120000+0130", 1_709_202_600),
        ] {
            assert_eq!(time(tag::UTC_TIME, text), Some(seconds), "{text}");
        }
        assert_eq!(time(tag::GENERALIZED_TIME, "99991231235959Z"), Some(253_402_300_799));
        assert_eq!(time(tag::GENERALIZED_TIME, "00010101000000Z"), Some(-62_135_596_800));
        for text in "230229120000Z 241301000000Z 240100000000Z 240101240000Z 240101000000 \
            240101000000+0000 24010100000Z"
            .split_whitespace()
        {
            assert_eq!(time(tag::UTC_TIME, text), None, "{text}");
        }
        assert_eq!(time(tag::GENERALIZED_TIME, "205001010000Z"), None);
        assert_eq!(time(tag::GENERALIZED_TIME, "20500101000000.5Z"), None);
    }
}
