//! The program itself, in each format of messages. What the formats say is checked for every case
//! in `tests/unit/formats`.

use crate::ui::{CASES, run};

/// A finding in a spec, one with a repair, one in a manifest, and one in a flag, which is in no
/// file.
const FEW: [(&str, &str); 4] = [
    ("wrong-type", "Number for text"),
    ("unknown-key", "At the top"),
    ("name", "Generated"),
    ("unknown-environment", "Flag"),
];

#[test]
fn every_format_names_the_code() {
    for (code, heading) in FEW {
        let case = CASES
            .iter()
            .find(|case| case.code == code && case.name.ends_with(&format!(": {heading}")));
        let case = case.unwrap_or_else(|| panic!("tests/ui/{code}.md has no case `{heading}`"));
        for (format, mark) in [
            ("short", format!("error[{code}]: ")),
            ("json", format!("\"code\":\"{code}\"")),
            ("sarif", format!("\"ruleId\":\"{code}\"")),
            ("github", format!("title=mintage[{code}]::")),
        ] {
            let ran = run(case, &["--message-format", format]);
            let stderr = String::from_utf8(ran.stderr).unwrap();
            assert_eq!(
                (ran.status, stderr.contains(&mark)),
                (case.status, true),
                "{} as {format}\n{stderr}",
                case.name
            );
        }
    }
}
