//! The Gregorian calendar, also before its time.

/// Days from 0000-03-01 to 1970-01-01: a year that starts in March has its leap day at its end.
const TO_1970: i64 = 719_468;

/// How many days a month has.
pub fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, for years from 0 on.
pub fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + day_of_year - TO_1970
}

/// A point in Unix time as its day in UTC: `2030-01-31`.
pub fn day(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + TO_1970;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use crate::go::time;
    use super::day;

    #[test]
    fn days_are_those_that_go_reads() {
        // Each day of 400 years, and the ends of what a certificate can say.
        for seconds in (0..146_097).map(|day| day * 86_400 - 62_135_596_800).chain([253_402_300_799, 951_827_696, -1, 86_399]) {
            let text = format!("{}T00:00:00Z", day(seconds));
            let read = time::parse(text.as_bytes()).expect("a date").seconds;
            assert!((0..86_400).contains(&(seconds - read)), "{seconds} {text}");
        }
        assert_eq!(day(1_709_208_000), "2024-02-29");
    }
}
