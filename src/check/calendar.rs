//! Dates for messages.

/// A point in Unix time as its day in UTC: `2030-01-31`.
pub fn day(seconds: i64) -> String {
    // Days since 0000-03-01: a year that starts in March has its leap day at its end.
    let days = seconds.div_euclid(86_400) + 719_468;
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
    use super::day;
    use crate::check::go_time;

    #[test]
    fn days_are_those_that_go_reads() {
        // Each day of 400 years, and the ends of what a certificate can say.
        for seconds in (0..146_097).map(|day| day * 86_400 - 62_135_596_800).chain([253_402_300_799, 951_827_696, -1, 86_399]) {
            let text = format!("{}T00:00:00Z", day(seconds));
            let read = go_time::parse(text.as_bytes()).expect("a date").seconds;
            assert!((0..86_400).contains(&(seconds - read)), "{seconds} {text}");
        }
        assert_eq!(day(1_709_208_000), "2024-02-29");
    }
}
