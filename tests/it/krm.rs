//! The KRM function by its protocol: what was in the list stays as it was, ours joins it, and
//! nothing is lost when something is wrong.

use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::case::{Case, MINTAGE, Ran};
use crate::peers;

/// Runs the function in an empty folder.
fn krm(list: &str) -> Ran {
    Case::new().args("krm").stdin(list).run()
}

/// What a run that went well gives, as data: an oracle that is not the reader of mintage.
#[track_caller]
fn read(ran: &Ran) -> Value {
    assert!(ran.succeeded(), "{}", ran.stderr);
    yaml(&ran.stdout)
}

fn yaml(bytes: &[u8]) -> Value {
    serde_yaml::from_slice(bytes)
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(bytes)))
}

const CONFIG: &str = "functionConfig:
  apiVersion: mintage.dev/v1
  kind: Mintage
  metadata:
    name: secrets
  spec:
    inline:
      vars: {domain: example.com}
      defaults: {namespace: shop}
      opaque:
      - name: db
        data: {HOST: 'db.{{ vars.domain }}'}
      - name: web
        data: {PORT: '80'}
    set: {domain: example.test}
";

fn list(items: &str) -> String {
    format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:{items}{CONFIG}")
}

fn ours(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .filter(|item| item["kind"] == "Secret")
        .map(|item| item["metadata"]["name"].as_str().unwrap())
        .collect()
}

/// Ways to write a list, by people and by programs.
const WRITTEN: &[&str] = &[
    " []\n",
    "\n",
    " null # none\n",
    " [] # none\n",
    " [\n  ]\n",
    "\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
    "\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: a\n    data:\n      \
     text: |+\n        x\n\n\n",
    "\n- # about a\n  apiVersion: v1 # one\n  kind: ConfigMap\n  metadata:\n    name: a\n# the \
     end\n\n",
    "\n-\n  apiVersion: apps/v1\n  kind: Deployment\n  spec: \
     {replicas: 1e3, ratio: 1.50, on: yes, when: 2026-01-01}\n",
    "\n# first\n- apiVersion: v1\n  kind: ConfigMap\n  data:\n    a: >-\n      - b\n      - c\n    \
     'it''s': \"]\"\n- 1\n- null\n- text\n",
    " [{apiVersion: v1, kind: ConfigMap, metadata: {name: \"]\"}}, 'it''s']\n",
    " [\n  {\"apiVersion\": \"v1\", \"data\": {\"a\": \"\\\"}\"}}, # }]\n  2, ]\n",
];

#[test]
fn what_was_there_stays_and_ours_comes_last() {
    for written in WRITTEN {
        let before = list(written);
        let output = krm(&before);
        assert!(output.succeeded(), "{before}");
        let (meant, found) = (yaml(before.as_bytes()), read(&output));
        let items = meant["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(found["items"].as_array().unwrap()[..items.len()], items[..], "{written}");
        assert_eq!(ours(&found), ["db", "web"], "{written}");
        assert_eq!(found["items"].as_array().unwrap().len(), items.len() + 2, "{written}");
        assert_eq!(found["functionConfig"], meant["functionConfig"], "{written}");
        assert_eq!(
            found["items"][items.len()]["data"]["HOST"],
            "ZGIuZXhhbXBsZS50ZXN0",
            "db.example.test"
        );
        assert!(found["results"].is_null() && output.stderr.is_empty());
        // In a list in blocks, every line that is not about the list itself is there as it was,
        // comments included.
        if !["\n- apiVersion", "\n  - apiVersion", "\n- {"]
            .iter()
            .any(|list| written.contains(list))
        {
            continue;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        for line in before.lines().filter(|line| !line.starts_with("items:")) {
            assert!(text.lines().any(|other| other == line), "{line:?} is gone from\n{text}");
        }
    }
}

#[test]
fn json_stays_json() {
    for (text, what) in [
        (serde_json::to_string(&yaml(list(WRITTEN[6]).as_bytes())).unwrap(), "compact"),
        (serde_json::to_string_pretty(&yaml(list(WRITTEN[6]).as_bytes())).unwrap(), "pretty"),
        (serde_json::to_string_pretty(&yaml(list(" []\n").as_bytes())).unwrap(), "empty"),
        (serde_json::to_string(&yaml(list(" null\n").as_bytes())).unwrap(), "null"),
    ] {
        let output = krm(&text);
        assert!(output.succeeded(), "{what}: {}", output.stderr);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(ours(&found), ["db", "web"], "{what}");
        let wrong = krm(&text.replace("\"db\"", "\"D_B\""));
        assert_eq!(wrong.code, Some(1));
        let found: Value = serde_json::from_slice(&wrong.stdout).unwrap();
        assert!(
            found["results"][0]["message"].as_str().unwrap().contains("[name]"),
            "{what}: {found}"
        );
    }
}

#[test]
fn without_a_command_a_list_is_enough() {
    let case = Case::new();
    let text = list(" []\n");
    case.args("").stdin(&text).succeeds().stdout_is(krm(&text).stdout);
    // With nothing piped in, the help.
    case.args("").exits(2).stderr_contains("Usage: mintage");
}

/// A list as kpt makes it of files, with the marks that the first run left.
fn package(items: &[Value]) -> String {
    let mut root = yaml(list(" []\n").as_bytes());
    root["items"] = items.into();
    serde_json::to_string(&root).unwrap()
}

fn from_file(name: &str, path: &str, mark: Option<&str>) -> Value {
    let mut annotations =
        json!({"internal.config.kubernetes.io/path": path, "config.kubernetes.io/index": "0"});
    if let Some(mark) = mark {
        annotations["mintage.dev/function"] = mark.into();
    }
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "shop", "annotations": annotations},
        "data": {"old": "AA=="},
    })
}

#[test]
fn in_a_package_ours_is_replaced_in_its_place_and_what_is_no_longer_made_goes() {
    let annotations = json!({"internal.config.kubernetes.io/path": "x.yaml"});
    let other = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "x", "annotations": annotations},
    });
    let stale = |name: &str| from_file(name, "old.yaml", Some("secrets"));
    let theirs = from_file("theirs", "theirs.yaml", None);
    let cases: &[(&[Value], &[&str])] = &[
        (std::slice::from_ref(&other), &["x", "db", "web"]),
        (&[from_file("web", "here.yaml", Some("secrets")), other.clone()], &["web", "x", "db"]),
        (&[stale("one"), other.clone(), stale("two")], &["x", "db", "web"]),
        (&[stale("one"), stale("two"), other.clone()], &["x", "db", "web"]),
        (&[other.clone(), stale("one"), stale("two"), stale("three")], &["x", "db", "web"]),
        (&[stale("one"), stale("two")], &["db", "web"]),
        (
            &[theirs.clone(), from_file("db", "db.yaml", Some("secrets")), stale("one")],
            &["theirs", "db", "web"],
        ),
    ];
    for (items, names) in cases {
        let text = package(items);
        // As JSON, and as YAML in blocks.
        for text in [text.clone(), serde_yaml::to_string(&yaml(text.as_bytes())).unwrap()] {
            let found = read(&krm(&text));
            let all: Vec<&str> = found["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["metadata"]["name"].as_str().unwrap())
                .collect();
            assert_eq!(all, *names, "{text}");
            for item in
                found["items"].as_array().unwrap().iter().filter(|item| {
                    ["db", "web"].contains(&item["metadata"]["name"].as_str().unwrap())
                })
            {
                assert_eq!(item["metadata"]["annotations"]["mintage.dev/function"], "secrets");
                assert!(item["data"]["old"].is_null());
                let before = items
                    .iter()
                    .find(|before| before["metadata"]["name"] == item["metadata"]["name"]);
                let place = &item["metadata"]["annotations"]["internal.config.kubernetes.io/path"];
                assert_eq!(
                    *place,
                    before.map_or(Value::Null, |before| {
                        before["metadata"]["annotations"]["internal.config.kubernetes.io/path"]
                            .clone()
                    })
                );
            }
            // Once more: the same.
            let again = read(&krm(&serde_yaml::to_string(&found).unwrap()));
            if found["items"].as_array().unwrap().iter().any(|item| {
                !item["metadata"]["annotations"]["internal.config.kubernetes.io/path"].is_null()
            }) {
                assert_eq!(again["items"], found["items"]);
            }
        }
    }
}

#[test]
fn somebody_elses_secret_is_never_replaced() {
    let unmarked = from_file("db", "db.yaml", None);
    let of_another = from_file("web", "web.yaml", Some("other"));
    for theirs in [unmarked, of_another] {
        let text = package(std::slice::from_ref(&theirs));
        let output = krm(&text);
        assert_eq!(output.code, Some(1));
        let found = yaml(&output.stdout);
        assert_eq!(found["items"], json!([theirs]), "nothing is lost");
        let result = &found["results"][0];
        assert_eq!(
            (&result["severity"], &result["tags"]["code"]),
            (&json!("error"), &json!("duplicate-secret"))
        );
        assert_eq!(result["resourceRef"]["name"], theirs["metadata"]["name"]);
    }
}

#[test]
fn findings_are_results_and_hold_no_value() {
    let text =
        list(" []\n").replace("{PORT: '80'}", "{'P T': hunter2, OTHER: '{{ vars.nope }}hunter2'}");
    let output = krm(&text);
    assert_eq!(output.code, Some(1));
    let found = yaml(&output.stdout);
    assert_eq!(found["items"], json!([]));
    let codes: Vec<&str> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["tags"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["data-key", "undefined-variable"]);
    assert_eq!(
        found["results"][0]["resourceRef"],
        json!({"apiVersion": "v1", "kind": "Secret", "name": "web", "namespace": "shop"})
    );
    assert!(!found["results"].to_string().contains("hunter2"));
    let stderr = &output.stderr;
    assert!(!stderr.contains("hunter2") && stderr.contains("spec.inline:"), "{stderr}");
    // Once more over its own results: they are not doubled.
    let again = yaml(&krm(&String::from_utf8(output.stdout).unwrap()).stdout);
    assert_eq!(again["results"], found["results"]);
}

#[test]
fn an_inline_spec_may_say_all_that_yaml_can_and_toml_too() {
    let spec = "
      vars: &vars {number: 3, half: 0.5, yes: n, list: [a, b], more: {deep: {er: x}}}
      environments: {prod: {vars: {<<: *vars, number: 4}}}
      default-env: prod
      opaque:
      - name: '{{ each.value }}'
        for-each: vars.list
        namespace: n
        immutable: true
        hash-suffix: true
        data:
          A: |
            {{ vars.number }} {{ vars.half }} {{ vars.yes }} {{ vars.more.deep.er }}
          json: {json: {a: [1, {b: true}], when: 2026-01-01}}
";
    let head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: \
        []\nfunctionConfig:\n  apiVersion: mintage.dev/v1\n  kind: Mintage\n";
    let found = read(&krm(&format!("{head}  spec:\n    inline:{spec}")));
    let secret = &found["items"][0];
    assert_eq!(
        (
            &secret["metadata"]["namespace"],
            &secret["immutable"],
            &found["items"].as_array().unwrap().len()
        ),
        (&json!("n"), &json!(true), &2)
    );
    assert_eq!(secret["data"]["A"], STANDARD.encode("4 0.5 n x\n"));
    let tree: Value =
        serde_json::from_slice(&STANDARD.decode(secret["data"]["json"].as_str().unwrap()).unwrap())
            .unwrap();
    assert_eq!(tree, json!({"a": [1, {"b": true}], "when": "2026-01-01"}));
}

#[test]
fn a_spec_in_a_file_and_what_may_be_read() {
    let spec = "[[opaque]]\nname = \"db\"\ndata.A = { file = \"a\" }\n";
    let case = Case::new()
        .file("inside/mintage.toml", spec)
        .file("inside/a", "x")
        .file("other/mintage.toml", spec)
        .file("other/a", "x");
    let krm = |folder: &str, more: &str, path: &str| {
        let config = format!(
            "functionConfig: \
             {{apiVersion: mintage.dev/v1, kind: Mintage, spec: {{path: {path}}}}}\n"
        );
        let list =
            format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n{config}");
        case.args("krm").args(more).from(&case.path(folder)).stdin(list)
    };
    let makes_db = |ran: Ran| assert_eq!(ours(&read(&ran)), ["db"]);
    makes_db(krm("inside", "", ".").run());
    makes_db(krm("", "", "inside/mintage.toml").run());
    krm("inside", "", "../other").fails();
    makes_db(krm("inside", "--allow-path ../other", "../other").run());
    // A link does not open it either.
    std::os::unix::fs::symlink(case.path("other"), case.path("inside/link")).unwrap();
    krm("inside", "", "link").fails();
}

#[test]
fn nothing_that_comes_in_panics_or_gets_lost() {
    let whole = list(WRITTEN[9]).replace("'80'", "hunter2-hunter2").replace("- text", "- hunter2");
    let bytes = whole.as_bytes();
    for cut in (0..bytes.len()).step_by(23) {
        let mut damaged = bytes.to_vec();
        for byte in [b'[', b'}', b'-', b'&', b'\n', b'"', 0xff] {
            damaged[cut] = byte;
            let mut command = Command::new(MINTAGE);
            let output = peers::run(command.arg("krm").env_clear(), &damaged);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(
                matches!(output.status.code(), Some(0 | 1)) && !stderr.contains("panicked"),
                "{:?} {stderr}",
                output.status
            );
            assert!(!stderr.contains("hunter2"), "{stderr}");
            if !output.stdout.is_empty() {
                let items = |bytes: &[u8]| {
                    serde_yaml::from_slice::<Value>(bytes)
                        .map(|list| list["items"].as_array().map_or(0, Vec::len))
                };
                let (Ok(before), Ok(after)) = (items(&damaged), items(&output.stdout)) else {
                    continue;
                };
                assert!(after >= before, "{}", String::from_utf8_lossy(&output.stdout));
            }
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_mistake() {
    let mut child = Command::new(MINTAGE)
        .arg("krm")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), list(" []\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Other people's specs have lower limits, which only arguments raise.
#[test]
fn a_config_has_lower_limits() {
    let inline = format!(
        "    inline:\n      vars: {{l: [{}1]}}\n      opaque:\n      - for-each: vars.l\n        \
         name: 's{{{{ each.index }}}}'\n        data: {{A: abcdef}}\n",
        "1, ".repeat(5000)
    );
    let head = CONFIG.split_once("    inline:").unwrap().0;
    let list = format!(
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n{head}{inline}"
    );
    let refused = Case::new().args("krm").stdin(&list).fails();
    refused.stderr_contains("the specs produce more than 5,000 Secrets");
    let raised = Case::new().args("krm -q --limit secrets=5001").stdin(&list).run();
    assert_eq!(ours(&read(&raised)).len(), 5001);
}
