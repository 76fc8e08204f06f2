//! Times exactly as Go's `time.Parse(time.RFC3339, ...)` takes them, which is what Kubernetes reads
//! a bootstrap token's expiry with.
//! Source: `parse` in `src/time/format.go` of Go. Laxer than RFC 3339: an hour may have one digit,
//! a fraction may start with a comma, an offset may reach 24:60. Stricter: `T` and `Z` are upper
//! case, and there is no second 60.

use std::ops::RangeInclusive;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp {
    pub seconds: i64,
    pub nanos: u32,
}

pub(crate) fn parse(text: &[u8]) -> Option<Timestamp> {
    let mut cursor = Cursor(text);
    let year = cursor.digits(4)?;
    cursor.literal(b'-')?;
    let month = cursor.number(1..=12)?;
    cursor.literal(b'-')?;
    let day = cursor.number(1..=days_in(year, month))?;
    cursor.literal(b'T')?;
    let hour = cursor.short(0..=23)?;
    cursor.literal(b':')?;
    let minute = cursor.number(0..=59)?;
    cursor.literal(b':')?;
    let second = cursor.number(0..=59)?;
    let nanos = cursor.fraction();
    let offset = cursor.offset()?;
    let seconds =
        days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    cursor.0.is_empty().then_some(Timestamp { seconds, nanos })
}

/// Whether go-yaml takes the text for `!!timestamp`: a date, also with parts of one digit, and a
/// time with an offset after `T`, or without one after a space.
/// Source: `parseTimestamp` in `resolve.go` of go-yaml v2.
pub(crate) fn is_yaml_timestamp(text: &str) -> bool {
    let mut cursor = Cursor(text.as_bytes());
    let mut read = || {
        let year = cursor.digits(4)?;
        cursor.literal(b'-')?;
        let month = cursor.short(1..=12)?;
        cursor.literal(b'-')?;
        cursor.short(1..=days_in(year, month))?;
        let Some(separator) = cursor.next() else { return Some(true) };
        cursor.short(0..=23)?;
        cursor.literal(b':')?;
        cursor.short(0..=59)?;
        cursor.literal(b':')?;
        cursor.short(0..=59)?;
        cursor.fraction();
        match separator {
            b'T' | b't' => cursor.offset().map(|_| cursor.0.is_empty()),
            separator => Some(separator == b' ' && cursor.0.is_empty()),
        }
    };
    read() == Some(true)
}

/// Takes the parts of a time off the front of its text.
pub(super) struct Cursor<'a>(pub &'a [u8]);

impl Cursor<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn literal(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    pub(super) fn digits(&mut self, count: usize) -> Option<i64> {
        (0..count).try_fold(0, |number, _| match self.next() {
            Some(digit @ b'0'..=b'9') => Some(number * 10 + i64::from(digit - b'0')),
            _ => None,
        })
    }

    pub(super) fn number(&mut self, range: RangeInclusive<i64>) -> Option<i64> {
        self.digits(2).filter(|number| range.contains(number))
    }

    fn short(&mut self, range: RangeInclusive<i64>) -> Option<i64> {
        let two = self.0.get(1).is_some_and(u8::is_ascii_digit);
        self.digits(if two { 2 } else { 1 }).filter(|number| range.contains(number))
    }

    /// A fraction of a second, if there is one, in nanoseconds. Further digits are dropped.
    fn fraction(&mut self) -> u32 {
        let [b'.' | b',', b'0'..=b'9', ..] = self.0 else { return 0 };
        self.next();
        let mut nanos = 0;
        let mut unit = 100_000_000;
        while let Some(digit @ b'0'..=b'9') = self.0.first() {
            nanos += u32::from(digit - b'0') * unit;
            unit /= 10;
            self.next();
        }
        nanos
    }

    /// `Z`, or an offset from it, in seconds.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.next()? {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        // Go allows for people who write offsets of 24 hours or 60 minutes.
        let hours = self.number(0..=24)?;
        self.literal(b':')?;
        let minutes = self.number(0..=60)?;
        Some(sign * (hours * 3_600 + minutes * 60))
    }
}

/// Days from 0000-03-01 to 1970-01-01: a year that starts in March has its leap day at its end.
const TO_1970: i64 = 719_468;

pub(crate) fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, for years from 0 on.
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + day_of_year - TO_1970
}

/// A point in Unix time as its day in UTC: `2030-01-31`.
pub(crate) fn day(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + TO_1970;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_lax_as_go() {
        // Numbers by GNU date.
        for (seconds, texts) in [
            (-62_167_219_200, "0000-01-01T00:00:00Z"),
            (-2_203_891_200, "1900-03-01T00:00:00Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (1_893_456_000, "2030-01-01T00:00:00Z 2030-01-02T00:00:00+24:00"),
            (1_893_456_000, "2030-01-01T01:00:00+00:60"),
            (1_893_474_000, "2030-01-01T05:00:00Z 2030-01-01T5:00:00Z"),
            (1_925_017_199, "2030-12-31T23:59:59-07:00"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            for text in texts.split(' ') {
                assert_eq!(parse(text.as_bytes()), Some(Timestamp { seconds, nanos: 0 }), "{text}");
            }
        }
        let nanos = |text: &str| parse(text.as_bytes()).map(|time| time.nanos);
        assert_eq!(nanos("2030-01-01T00:00:00,5Z"), Some(500_000_000));
        assert_eq!(nanos("2030-01-01T00:00:00.1234567899Z"), Some(123_456_789));
    }

    #[test]
    fn as_strict_as_go() {
        let texts = "2030-01-01 2030-01-01t00:00:00z 2030-01-01T00:00:00 2030-01-01T00:00Z \
            2030-01-01T00:00:00+0200 2030-02-30T00:00:00Z 2030-13-01T00:00:00Z \
            2030-01-01T00:00:00+25:00 1893456000";
        let others = ["", "2030-01-01 00:00:00Z", "2030-01-01T00:00:00Z\n"];
        for text in texts.split_whitespace().chain(others) {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn days_are_those_that_go_reads() {
        // Each day of 400 years, and the ends of what a certificate can say.
        let days = (0..146_097).map(|day| day * 86_400 - 62_135_596_800);
        for seconds in days.chain([253_402_300_799, 951_827_696, -1, 86_399]) {
            let text = format!("{}T00:00:00Z", day(seconds));
            let read = parse(text.as_bytes()).expect("a date").seconds;
            assert!((0..86_400).contains(&(seconds - read)), "{seconds} {text}");
        }
    }
}
