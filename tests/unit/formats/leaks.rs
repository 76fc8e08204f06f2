//! Nothing that is planted in a case shows in any format.

use super::JUDGED;
use crate::unit::planted::leak;

#[test]
fn no_format_prints_what_is_planted() {
    for judged in JUDGED.iter() {
        let said = &judged.said;
        for text in [&said.text, &said.short, &said.json, &said.sarif, &said.github] {
            assert_eq!(leak(text), None, "{}\n{text}", judged.case.name);
        }
    }
}
