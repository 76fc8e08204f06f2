//! The checks against what the real thing said: creates at an API server, registry credentials in a
//! kubelet, bootstrap tokens in the code that reads them (all Kubernetes 1.36), and what its code
//! says of further manifests. The recordings are in `tests/api_server/`; `code` is the HTTP status,
//! `causes` are the server's reasons.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use serde_json::Value;

use crate::check::api::names;
use crate::check::registry::decode::{self, DockerFault, DockerForm};
use crate::check::registry::{keyring, messages};
use crate::check::token;
use crate::diag::Level;
use crate::go::{json, time};
use crate::unit::support::thinned;
use crate::{Options, SourceMap, check_manifests};

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a recording is JSON")).collect()
}

/// Recorded cases by group: all of them are judged.
const GROUPS: &[(&str, usize)] = &[
    ("annotations", 40),
    ("data-key", 73),
    ("data-value", 27),
    ("finalizers", 8),
    ("generateName", 18),
    ("immutable", 3),
    ("labels", 44),
    ("misc", 17),
    ("name", 28),
    ("namespace", 10),
    ("ownerReferences", 8),
    ("raw", 8),
    ("size", 11),
    ("stringData", 11),
    ("type", 11),
    ("type-basic-auth", 5),
    ("type-bootstrap", 3),
    ("type-dockercfg", 30),
    ("type-dockerconfigjson", 26),
    ("type-sa-token", 3),
    ("type-ssh-auth", 5),
    ("type-tls", 5),
];

/// Texts of more bytes are read in both forms by CI, elsewhere as JSON only.
const LARGE: usize = 200_000;

/// What a manifest gets: whether it is taken, and the causes of a refusal.
type Verdict = (bool, BTreeSet<(String, String)>);

#[test]
fn every_recorded_create_is_judged_as_the_server_did() {
    let mut judged: BTreeMap<String, usize> = BTreeMap::new();
    let mut disagreements = Vec::new();
    for case in rows(include_str!("../api_server/cases.jsonl")) {
        *judged.entry(case["group"].as_str().unwrap().to_string()).or_default() += 1;
        let theirs = verdict_of_server(&case);
        for (form, text) in forms(&case) {
            if form == "YAML" && text.len() > LARGE && thinned(2) > 1 {
                continue;
            }
            let ours = verdict(&text);
            if ours != theirs {
                disagreements.push(format!(
                    "{} as {form}: the server says {theirs:?}, we say {ours:?}",
                    case["id"]
                ));
            }
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
    let judged: Vec<(&str, usize)> =
        judged.iter().map(|(group, count)| (group.as_str(), *count)).collect();
    assert_eq!(judged, GROUPS, "the number of cases that were tried");
}

/// Manifests put together by chance, which Kubernetes' own code decoded strictly
/// (`sigs.k8s.io/json` into `k8s.io/api/core/v1`) and validated
/// (`k8s.io/apimachinery/pkg/api/validation`, of July 2026, and the rules of `ValidateSecret`).
/// Where it could not decode one, `causes` is null.
#[test]
fn manifests_of_chance_are_judged_as_kubernetes_code_does() {
    let mut disagreements = Vec::new();
    let mut tried = [0; 3];
    for case in rows(include_str!("../api_server/validated.jsonl")) {
        let (accepted, causes) = verdict(case["text"].as_str().unwrap());
        let theirs = verdict_of_server(&case);
        tried[usize::from(!theirs.0) + usize::from(case["causes"].is_null())] += 1;
        if accepted != theirs.0 || (!case["causes"].is_null() && causes != theirs.1) {
            disagreements.push(format!(
                "{}\n  Kubernetes says {theirs:?}, we say {:?}",
                case["text"],
                (accepted, causes)
            ));
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
    assert_eq!(tried, [350, 450, 400], "accepted, refused, not decoded");
}

/// Of recorded updates those whose object would be refused or taken for what it is, whatever was
/// there before.
#[test]
fn objects_of_recorded_updates_are_judged_as_creates() {
    let mut tried = 0;
    for case in rows(include_str!("../api_server/update_cases.jsonl")) {
        let taken = (true, BTreeSet::new());
        assert_eq!(verdict(&case["before"].to_string()), taken, "{}", case["id"]);
        // What was refused here was refused because of what was there before.
        assert_eq!(verdict(&case["after"].to_string()), taken, "{}", case["id"]);
        tried += 1;
    }
    assert_eq!(tried, 6);
}

fn verdict_of_server(case: &Value) -> Verdict {
    // Here the server looked for the namespace before it looked at its name.
    if case["code"] == 404 {
        return (
            false,
            [("metadata.namespace".to_string(), "FieldValueInvalid".to_string())].into(),
        );
    }
    let causes = case["causes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    (
        case["accepted"].as_bool().unwrap(),
        causes.iter().map(|cause| (text(&cause[0]), text(&cause[1]))).collect(),
    )
}

/// The recorded request as a file: as it was sent, and as YAML.
fn forms(case: &Value) -> Vec<(&'static str, String)> {
    if let Some(raw) = case["raw"].as_str() {
        return vec![("raw text", raw.to_string())];
    }
    let json = expand(&case["manifest"]);
    // A comment in front, so that it is read as YAML, of which JSON is a part but for some
    // characters that have to be escaped.
    let pretty = serde_json::to_string_pretty(&json).unwrap();
    let yaml: String = pretty
        .chars()
        .map(|c| match c {
            '\u{7f}'..='\u{9f}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}' => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    vec![("JSON", json.to_string()), ("YAML", format!("# a manifest\n{yaml}\n"))]
}

fn verdict(text: &str) -> Verdict {
    let mut sources = SourceMap::new();
    let file = sources.add("a.yaml", text);
    let checked = check_manifests(
        &[file],
        &Options { allow_empty: false, ..Options::default() },
        &mut sources,
    );
    let errors = || checked.diagnostics.iter().filter(|found| found.level == Level::Error);
    let causes = errors()
        .flat_map(|found| &found.causes)
        .map(|cause| (cause.field.clone(), cause.reason.to_string()))
        .collect();
    for found in &checked.diagnostics {
        assert!(
            found.primary.is_some() || found.code.name == "no-secrets",
            "without a place: {found:?}"
        );
    }
    (errors().count() == 0, causes)
}

/// Expands the short forms of long values: `$repeat`, `$concat`, `$b64`, `$seq`.
fn expand(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(expand).collect(),
        Value::Object(members) => match members.iter().next() {
            Some((key, inner)) if members.len() == 1 && key.starts_with('$') => {
                short_form(key, &expand(inner))
            }
            _ => Value::Object(
                members.iter().map(|(key, value)| (key.clone(), expand(value))).collect(),
            ),
        },
        _ => value.clone(),
    }
}

fn short_form(name: &str, inner: &Value) -> Value {
    let count = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    match name {
        "$repeat" => inner[0].as_str().unwrap().repeat(count(&inner[1])).into(),
        "$concat" => inner
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part.as_str().unwrap())
            .collect::<String>()
            .into(),
        "$b64" => base64::engine::general_purpose::STANDARD.encode(inner.as_str().unwrap()).into(),
        "$seq" => {
            let format = inner[1].as_str().unwrap();
            let key = |index: usize| format.replace("%05d", &format!("{index:05}"));
            assert_ne!(key(0), key(1), "a format that is not known: {format}");
            Value::Object(
                (0..count(&inner[0])).map(|index| (key(index), inner[2].clone())).collect(),
            )
        }
        _ => panic!("a short form that is not known: {name}"),
    }
}

#[test]
fn the_kubelet_fails_where_we_say_so() {
    let cases = rows(include_str!("../api_server/registry_entries.jsonl"));
    assert_eq!(cases.len(), 17);
    for case in cases {
        let body = case["dockerconfigjson"].as_str().unwrap();
        let found = decode::read(body.as_bytes(), DockerForm::ConfigJson).faults;
        let breaks = found.iter().any(|fault| fault.breaks_kubelet());
        assert_eq!(breaks, !case["error"].is_null(), "{body}: {found:?}");
        // With what it logs in, where it finds credentials.
        if let (true, Some(logins)) = (case["match"] == true, case["creds"].as_array()) {
            let image = case["image"].as_str().unwrap();
            let config = decode::read(body.as_bytes(), DockerForm::ConfigJson);
            let fitting =
                config.entries.iter().filter(|entry| keyring::matches(&entry.server, image));
            let ours: Vec<Vec<u8>> =
                fitting.map(|entry| [entry.user(), b":", entry.secret()].concat()).collect();
            let theirs: Vec<&[u8]> =
                logins.iter().map(|login| login.as_str().unwrap().as_bytes()).collect();
            assert_eq!(ours, theirs, "{body}");
        }
        // Without a registry the kubelet finds nothing, and with credentials there is nothing to
        // find fault with.
        if case["match"] == false {
            assert_eq!(found, [DockerFault::NoRegistry { helpers: false }], "{body}");
        } else if case["match"] == true {
            assert_eq!(found, [], "{body}");
        }
        for fault in found {
            assert!(!messages::credentials(fault, DockerForm::ConfigJson).helps.is_empty());
        }
    }
}

#[test]
fn bootstrap_tokens_are_read_as_kubernetes_does() {
    let mut tried: BTreeMap<String, usize> = BTreeMap::new();
    for fact in rows(include_str!("../api_server/bootstrap_facts.jsonl")) {
        let (kind, input, ok) = (
            fact["kind"].as_str().unwrap(),
            fact["input"].as_str().unwrap(),
            fact["ok"].as_bool().unwrap(),
        );
        *tried.entry(kind.into()).or_default() += 1;
        let id = fact["id"].as_str().filter(|id| !id.is_empty());
        match kind {
            "expiration" => {
                let ours = time::parse(input.as_bytes());
                assert_eq!(ours.is_some(), ok, "{fact}");
                if let Some(utc) = fact["utc"].as_str() {
                    assert_eq!(ours, time::parse(utc.as_bytes()), "{fact}");
                }
            }
            "auth-extra-groups" => {
                assert_eq!(token::bad_groups(input.as_bytes()).is_empty(), ok, "{fact}");
            }
            "name" => assert_eq!(token::id_of_name(input), id, "{fact}"),
            // mintage reads the parts of a token, never a whole one.
            "token" => {}
            _ => panic!("a kind that is not known: {kind}"),
        }
    }
    let tried: Vec<(&str, usize)> =
        tried.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(tried, [("auth-extra-groups", 9), ("expiration", 20), ("name", 4), ("token", 6)]);
}

#[test]
fn shapes_are_those_of_the_servers_regular_expressions() {
    for row in rows(include_str!("../api_server/shapes.jsonl")) {
        let fits: fn(&str) -> bool = match row["shape"].as_str().unwrap() {
            "subdomain" => |text| names::subdomain(text).is_empty(),
            "dns-label" => |text| names::dns_label(text).is_empty(),
            "label-key" => |text| names::label_key(text).is_empty(),
            "label-value" => |text| names::label_value(text).is_empty(),
            "data-key" => |text| names::data_key(text).is_empty(),
            other => panic!("a shape that is not known: {other}"),
        };
        let accepted: BTreeSet<&str> =
            row["accepted"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let alphabet: Vec<char> = row["alphabet"].as_str().unwrap().chars().collect();
        let mut texts = vec![String::new()];
        let mut of_one_length = texts.clone();
        for _ in 0..row["longest"].as_u64().unwrap() {
            of_one_length = of_one_length
                .iter()
                .flat_map(|text| alphabet.iter().map(move |c| format!("{text}{c}")))
                .collect();
            texts.extend(of_one_length.iter().cloned());
        }
        let wrong: Vec<&String> =
            texts.iter().filter(|text| fits(text) != accepted.contains(text.as_str())).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", row["shape"]);
    }
}

#[test]
fn json_is_read_as_kubectl_does() {
    let cases = rows(include_str!("../api_server/go_json.jsonl"));
    let decode = |case: &Value| {
        base64::engine::general_purpose::STANDARD.decode(case["base64"].as_str().unwrap()).unwrap()
    };
    let wrong: Vec<&Value> = cases
        .iter()
        .filter(|case| {
            let text = [b"{\"more\":", decode(case).as_slice(), b"}"].concat();
            json::object(&text).is_ok() != case["accepted"].as_bool().unwrap()
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let accepted = cases.iter().filter(|case| case["accepted"] == true).count();
    assert_eq!((cases.len(), accepted), (382, 71));
}
