//! Planted secrets: whatever the cases of `tests/ui` hold that is secret bears a mark, and nothing that is printed about a failing run
//! bears it, in any of the ways in which bytes can be written. What the other formats print is looked at in `tests/unit/formats`.

use crate::ui::markdown::Case;
use crate::ui::planted::leak;
use crate::ui::{CASES, RUNS, Ran, each, run};

/// What a run shows of what is planted; nothing when all is well.
fn shown(case: &Case, ran: &Ran) -> String {
    let command = case.args[0].as_str();
    // Their results are masked too, unless somebody asks for the values.
    let reveals = case.args.iter().any(|flag| flag == "--reveal" || flag == "--key");
    let masks = ["diff", "list", "show", "use"].contains(&command);
    let mut printed = String::from_utf8_lossy(&ran.stderr).into_owned();
    if (masks || ran.status != 0) && !reveals {
        printed.push_str(&String::from_utf8_lossy(&ran.stdout));
    }
    leak(&printed).map(|disguise| format!("{}: {disguise}\n{printed}\n", case.name)).unwrap_or_default()
}

#[test]
fn no_case_prints_what_is_planted() {
    let failures: String = CASES.iter().zip(RUNS.iter()).map(|(case, ran)| shown(case, ran)).collect();
    assert!(failures.is_empty(), "{failures}");
}

/// In colour, and with all that `-v` tells.
#[test]
fn no_verbose_case_prints_what_is_planted() {
    let mut cases = CASES.clone();
    cases.retain(|case| ["build", "check", "diff", "list", "show", "use"].contains(&case.args[0].as_str()));
    assert!(cases.len() > 250, "{}", cases.len());
    // The last of two formats or colours would be an error of clap's.
    let more = |case: &Case| if case.asks_for_a_format() { vec!["-v"] } else { vec!["--message-format", "text", "-v"] };
    let failures = each(&cases, |case| shown(case, &run(case, &more(case)))).concat();
    assert!(failures.is_empty(), "{failures}");
}
