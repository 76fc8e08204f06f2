//! SARIF: what is said about every case of `tests/ui` is valid by OASIS's own schema, and says the
//! same as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::{Judged, of_specs};
use crate::unit::peers;

/// The cases with their logs.
fn logs() -> Vec<(&'static Judged, Value)> {
    let logs: Vec<_> = of_specs()
        .map(|judged| (judged, serde_json::from_str(&judged.said.sarif).unwrap()))
        .collect();
    assert!(logs.len() > 150, "{}", logs.len());
    logs
}

fn schema() -> Option<std::path::PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/sarif-schema-2.1.0.json");
    if !path.exists() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "no schema of SARIF; run tests/peers/install sarif"
        );
        eprintln!("SKIPPED: no schema of SARIF; run tests/peers/install sarif");
        return None;
    }
    Some(path)
}

#[test]
fn every_log_is_valid() {
    let (Some(python), Some(schema)) = (peers::need("python"), schema()) else { return };
    let mut logs: Vec<Value> =
        logs().iter().map(|(judged, log)| json!([judged.case.name, log])).collect();
    // What must not pass, so that the validator is known to look.
    for broken in [
        json!({"version": "2.1.0"}),
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]}),
    ] {
        logs.push(json!(["broken", broken]));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sarif/validate.py");
    let output = peers::stdout(
        peers::command(&python).arg(script).arg(schema),
        json!(logs).to_string().as_bytes(),
    );
    let output = String::from_utf8(output).unwrap();
    let (broken, wrong): (Vec<&str>, Vec<&str>) =
        output.lines().partition(|line| line.starts_with("broken: "));
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Bytes of a URI reference without its percent-encoding.
fn decoded(uri: &str) -> String {
    let mut parts = uri.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Place and code of a result, as far as there is a place.
fn of_sarif(result: &Value, rules: &Value) -> Value {
    let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    let region = &place["region"];
    let file = place["artifactLocation"]["uri"].as_str().map(decoded);
    json!([
        result["ruleId"],
        result["level"],
        file,
        region["startLine"],
        region["startColumn"],
        region["endLine"],
        region["endColumn"]
    ])
}

fn of_json(finding: &Value) -> Value {
    // Flags are in no file.
    let flag =
        finding["file"].as_str().is_none_or(|file| file.starts_with("--") || file == "MINTAGE_ENV");
    let place = ["file", "line", "column", "endLine", "endColumn"]
        .map(|key| if flag { Value::Null } else { finding[key].clone() });
    let mut out = vec![finding["code"].clone(), finding["level"].clone()];
    out.extend(place);
    Value::Array(out)
}

#[test]
fn logs_say_what_json_says() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (judged, log) in logs() {
        let case = &judged.case;
        let run = &log["runs"][0];
        let rules = &run["tool"]["driver"]["rules"];
        let results = run["results"].as_array().unwrap();
        let findings = judged.findings();
        let (left, right): (Vec<_>, Vec<_>) = (
            results.iter().map(|result| of_sarif(result, rules)).collect(),
            findings.iter().map(of_json).collect(),
        );
        assert_eq!(left, right, "{}", case.name);
        for (result, finding) in results.iter().zip(&findings) {
            let text = result["message"]["text"].as_str().unwrap();
            assert_eq!(text.lines().next(), finding["message"].as_str(), "{}", case.name);
            let fixes = |value: &Value| value["fixes"].as_array().map_or(0, Vec::len);
            assert_eq!(fixes(result), fixes(finding), "{}", case.name);
            *counts.entry("results").or_default() += 1;
            *counts.entry("fixes").or_default() += fixes(result);
            *counts.entry("placed").or_default() += usize::from(!finding["file"].is_null());
        }
        let prints: std::collections::BTreeSet<String> =
            results.iter().map(|result| result["partialFingerprints"].to_string()).collect();
        assert_eq!(prints.len(), results.len(), "{}: the same fingerprint twice", case.name);
    }
    assert!(counts["results"] > 250 && counts["placed"] > 200, "{counts:?}");
}
