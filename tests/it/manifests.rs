//! `check --manifests` beside kubectl, on folders and streams, and on texts that are damaged.

use std::path::Path;

use mintage::{MessageFormat, Options, RenderOptions, SourceMap, check_manifests, render};
use proptest::prelude::*;

use crate::case::{Case, built};
use crate::{peers, support};

/// The codes and levels of what is found in a text, as `error manifest-syntax`.
fn found(text: &str) -> Vec<String> {
    let mut sources = SourceMap::new();
    let file = sources.add("a.yaml", text);
    let checked = check_manifests(&[file], &Options::default(), &mut sources);
    checked
        .diagnostics
        .iter()
        .map(|found| format!("{} {}", found.level.name(), found.code()))
        .collect()
}

/// All that is said about a text, in every format.
fn said(text: &str) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("a.yaml", text);
    let checked = check_manifests(&[file], &Options::default(), &mut sources);
    [
        MessageFormat::Text,
        MessageFormat::Short,
        MessageFormat::Json,
        MessageFormat::Sarif,
        MessageFormat::Github,
    ]
    .map(|format| {
        render(&checked.diagnostics, &sources, &RenderOptions { format, width: 100, color: false })
    })
    .concat()
}

/// Texts of which kubectl says whether it can read them; `{}` stands for a Secret's first lines.
const TEXTS: &[&str] = &[
    "{}",
    "---\n{}",
    "{}---\n{}",
    "{}--- # comment\n{}",
    "{}---x\n{}",
    "{}--- {a: b}\n",
    "{}...\n",
    "{}...\nfoo: [",
    "%YAML 1.1\n---\n{}",
    "\u{feff}{}",
    "# only a comment\n---\n{}",
    "{}type: Opaque\ntype: Opaque\n",
    "{}  labels: {a: b, a: c}\n",
    "{}  labels:\n    a: b\n   c: d\n",
    "{}  labels:\n\ta: b\n",
    "{}  labels: {a: [b}\n",
    "{}  labels: {a: yes}\n",
    "{}  labels: {a: 1}\n",
    "{}  labels: {a: null}\n",
    "{}  labels: {a: 2001-01-01}\n",
    "{}  labels: {a: 0o17}\n",
    "{}  labels: {a: 1e3}\n",
    "{}  labels: {a: 1e400}\n",
    "{}  labels: {a: .inf}\n",
    "{}  labels: {a: =}\n",
    "{}  labels: {yes: a}\n",
    "{}  labels: {1: a}\n",
    "{}  labels: {~: a}\n",
    "{}  labels: {[a]: b}\n",
    "{}  labels: {{ a }}\n",
    "{}  labels: {a: !!str 1}\n",
    "{}  labels: {a: !!int \"1\"}\n",
    "{}  labels: {a: !!int x}\n",
    "{}  labels: {a: !mine 1}\n",
    "{}  labels: {a: !!binary aGk=}\n",
    "{}  labels: {a: !!binary \"!\"}\n",
    "{}  labels: &l {a: b}\n  annotations: *l\n",
    "{}  labels: {<<: {a: b}}\n",
    "{}  labels: {<<: [{a: b}, {c: d}]}\n",
    "{}  labels: {<<: 1}\n",
    "{}  annotations: {a: &a [*a]}\n",
    "{}  annotations: {a: *nope}\n",
    "{}  annotations: {a: \"\\ud83d\\ude00\"}\n",
    "{}  annotations: {a: \"\\U0001f600\"}\n",
    "{}  annotations: {a: \"\u{7f}\"}\n",
    "{}  annotations: {a: \"\u{85}\"}\n",
    "{}  annotations: {a: 'it''s'}\n",
    "{}  annotations: {a: 'it's'}\n",
    "{}  annotations: {a: b: c}\n",
    "{}  annotations:\n    a: b: c\n",
    "{}  annotations:\n    a: |\n      x\n       y\n    b: >-\n      z\n",
    "{}  annotations:\n    a: |2\n       x\n",
    "{}  annotations:\n    a: |-0\n      x\n",
    "{}  annotations:\n    ? a\n    : b\n",
    "{}  annotations:\n    a: \"x\n\n      y\"\n",
    "{}  annotations:\n    a: \"x\n y\"\n",
    "{}  annotations:\n    a: 'x\ny'\n",
    "{}  annotations: {a:\n  b}\n",
    "{}  annotations: {a: b,\n}\n",
    "{}  annotations: {a:b}\n",
    "{}  annotations: {\"a\":b}\n",
    "{}  annotations: {a: é, b: \"日本\", ü: \n",
    "{}  annotations:\n    a: x\n      y\n",
    "{}  annotations:\n    a: @b\n",
    "{}  annotations:\n    a: `b`\n",
    "{}  annotations:\n    a: %b\n",
    "{}  annotations:\n    a: b #c\n    d: e#f\n",
    "{}  annotations:\n    - a\n",
    "{}  annotations: []\n",
    "{}  annotations: ~\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: y}\n",
    "apiVersion: v1\nkind: Secret\nmetadata:\n- name: a\n",
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\",}}",
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}",
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}}\n---\n{}",
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}}\
     {\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"b\"}}",
    "{apiVersion: v1, kind: Secret, metadata: {name: a}}",
    // Tags, on values and on keys.
    "{}  labels: {a: !!foo b}\n",
    "{}  labels: {a: !!timestamp 2001-01-01}\n",
    "{}  labels: {a: !!timestamp 2001-1-1t1:2:3Z}\n",
    "{}  annotations: {a: !!timestamp \"2001-1-1 1:2:3.5\"}\n",
    "{}  annotations: {a: !!timestamp \"2001-1-1 1:2:3Z\"}\n",
    "{}  annotations: {a: !!timestamp 2001-02-30}\n",
    "{}  annotations: {a: !!timestamp x}\n",
    "{}  annotations: {a: !!timestamp 1}\n",
    "{}  annotations: {a: !!null b}\n",
    "{}  annotations: {a: !!str [b]}\n",
    "{}  annotations: {a: ! 1}\n",
    "{}  annotations: {a: ! \"1\"}\n",
    "{}  annotations: {a: ! \"x\"}\n",
    "{}  annotations: {a: !<tag:yaml.org,2002:str> 1}\n",
    "{}  annotations: {a: !!float 1.5}\n",
    "{}  annotations: {a: !!float 18446744073709551615}\n",
    "{}  annotations: {!!str 1: b}\n",
    "{}  annotations: {!!int 1: b}\n",
    "{}  annotations: {!!int a: b}\n",
    "{}  annotations: {!!null a: b}\n",
    "{}  annotations: {!!null ~: b}\n",
    "{}  annotations: {!!bool a: b}\n",
    "{}  annotations: {!!binary \"!\": b}\n",
    "{}  annotations: {!!binary YQ==: b}\n",
    "{}  annotations: {!!timestamp a: b}\n",
    "{}  annotations: {!!timestamp 2001-01-01: b}\n",
    "{}  annotations: {!mine a: b}\n",
    "{}!!int labels: {a: b}\n",
    "{}  !!int labels: {a: b}\n",
    "{}  !!merge <<: {labels: {a: b}}\n",
    "{}  labels: {\"<<\": b}\n",
    "{}  annotations: {&k a: b, c: *k}\n",
    "{}  annotations: {&k 1: b, c: *k}\n",
    "{}  annotations: {&k a: b, *k : c}\n",
    "{}  annotations: {a: \"x\"!, c: d}\n",
    "{}  annotations: {a: !x, c: d}\n",
    // Question marks in flow collections.
    "{}  annotations: {u: r? }\n",
    "{}  annotations: {d: x?y}\n",
    "{}  annotations: {d: x ?y}\n",
    "{}  annotations: {d: \"x?y\"}\n",
    "{}  annotations: {d: 'r?'}\n",
    "{}  annotations: {x?y: d}\n",
    "{}  annotations: {? x : d}\n",
    "{}  annotations: {?x : d}\n",
    "{}  annotations: {? x}\n",
    "{}  annotations: {x: http://a/b?c=d}\n",
    "{}  annotations:\n    u: http://a/b?c=d\n",
    "{}  finalizers: [a?b]\n",
    "{}  finalizers: [a/b, c/d?]\n",
    // Byte order marks.
    "{}---\n\u{feff}{}",
    "---\n\u{feff}{}",
    "\u{feff}---\n{}",
    "\u{feff}# x\n{}",
    // Lists.
    "apiVersion: v1\nkind: List\nitems: {a: b}\n",
    "apiVersion: v1\nkind: List\nitems: x\n",
    "apiVersion: v1\nkind: List\nitems: [x]\n",
    "apiVersion: v1\nkind: List\nitems: [null]\n",
    "apiVersion: v1\nkind: List\nitems: \
     [{apiVersion: v1, kind: List, items: \
     [{apiVersion: v1, kind: Secret, metadata: {name: a}}]}]\n",
    "apiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: b}}]\n",
    "apiVersion: v1\nkind: FooList\nitems: [{apiVersion: v1, kind: Secret, metadata: {name: b}}]\n",
];

/// Lists that kubectl opens, each with a Secret `A` in it, which is no name.
const LISTS: &[&str] = &[
    "apiVersion: v1\nkind: List\nitems:\n- {}\n",
    "apiVersion: v1\nkind: SecretList\nitems:\n- {}\n",
    "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: A}\n",
    "apiVersion: v1\nkind: FooList\nitems:\n- {}\n",
    "apiVersion: foo.io/v1\nkind: List\nitems:\n- {}\n",
    "apiVersion: foo.io/v1\nkind: FooList\nitems:\n- {}\n",
    "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {}\n",
    "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nitems:\n- {}\n",
    "kind: List\nitems:\n- {}\n",
];

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n";

/// Whether kubectl understands each of these texts. What it can't put its label on, it did not
/// understand as metadata. A process for each takes long, so those that we read are tried all at
/// once first.
fn kubectl_reads(kubectl: &Path, texts: &[(String, bool)]) -> Vec<bool> {
    let case = Case::new();
    let label = |file: &str| {
        case.tool(kubectl, ["label", "--local", "-f", file, "x=y", "-o", "name"]).run().succeeded()
    };
    for (index, (text, ours)) in texts.iter().enumerate() {
        case.write(&format!("{}/{index:03}.yaml", if *ours { "ours" } else { "not-ours" }), text);
    }
    let all_of_ours = label("ours");
    let read = |(index, (_, ours)): (usize, &(String, bool))| match *ours {
        true => all_of_ours || label(&format!("ours/{index:03}.yaml")),
        false => label(&format!("not-ours/{index:03}.yaml")),
    };
    texts.iter().enumerate().map(read).collect()
}

#[test]
fn texts_are_read_where_kubectl_reads_them() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let texts: Vec<(String, bool)> = TEXTS
        .iter()
        .map(|template| {
            let text = template.replace("{}", SECRET);
            // Twice the same key is read by kubectl, and refused by the API server; so are labels
            // and annotations.
            let read = ["error duplicate-field", "error label", "error annotation"];
            let ours = !found(&text)
                .iter()
                .any(|found| found.starts_with("error") && !read.contains(&found.as_str()));
            (text, ours)
        })
        .collect();
    let mut disagreements = Vec::new();
    for ((text, ours), theirs) in texts.iter().zip(kubectl_reads(&kubectl, &texts)) {
        if *ours != theirs {
            disagreements
                .push(format!("{text:?}: kubectl says {theirs}, we find {:?}", found(text)));
        }
    }
    assert!(
        disagreements.is_empty(),
        "{} of {}:\n{}",
        disagreements.len(),
        TEXTS.len(),
        disagreements.join("\n")
    );
}

#[test]
fn lists_are_opened_where_kubectl_opens_them() {
    let case = Case::new();
    for (index, template) in LISTS.iter().enumerate() {
        let text = template.replace("{}", "{apiVersion: v1, kind: Secret, metadata: {name: A}}");
        assert!(found(&text).contains(&"error name".to_owned()), "{text}");
        case.write(&format!("lists/{index}.yaml"), text);
    }
    // What kubectl opens as well, though it does not inherit a kind.
    assert_eq!(
        found("apiVersion: foo.io/v1\nkind: SecretList\nitems:\n- metadata: {name: A}\n"),
        ["error no-secrets"]
    );
    let Some(kubectl) = peers::need("kubectl") else { return };
    let opened = "secret/A\n".repeat(LISTS.len());
    case.tool(&kubectl, "label --local -f lists x=y -o name").succeeds().stdout_is(opened);
}

#[test]
fn what_the_parser_stumbles_over_is_no_noise() {
    let ran = Case::new()
        .file("a.yaml", format!("{SECRET}  annotations: {{a: !hunter2, c: d}}\n"))
        .file("b.yaml", SECRET.replace("name: a", "name: B"))
        .file("c.yaml", format!("{SECRET}stringData:\n  a: |\n    x"))
        .args("check --manifests . --message-format short")
        .fails()
        .no_output()
        .never_says("panic")
        .never_says("hunter2");
    let codes: Vec<&str> =
        ran.stderr.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(codes, ["manifest-syntax", "name"], "{}", ran.stderr);
}

#[test]
fn folders_are_walked_in_order_and_streams_are_read() {
    let bad = SECRET.replace("name: a", "name: A");
    let case = ["b/2.yml", "b/1.json", "a.yaml", ".git/x.yaml", "b/notes.txt"]
        .iter()
        .fold(Case::new(), |case, name| case.file(name, &bad));
    let ran = case.args("check --manifests . --message-format short").fails().no_output();
    let files: Vec<&str> = ran.stderr.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files, ["a.yaml", "b/1.json", "b/2.yml", "mintage"], "{}", ran.stderr);
    assert!(ran.stderr.ends_with("mintage: checked 3 Secrets in 3 files\n"), "{}", ran.stderr);

    let stream = format!("{SECRET}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\n");
    let said = "mintage: checked 1 Secret in 1 file, skipped 1 other object\n";
    case.args("check --manifests -").stdin(&stream).succeeds().no_output().stderr_is(said);
    case.args("check --manifests - -q").stdin(&stream).succeeds().no_output().quietly();
}

#[test]
fn levels_of_lints_hold_for_manifests_too() {
    let case = Case::new();
    let tls = format!("{SECRET}type: kubernetes.io/tls\nstringData: {{tls.crt: a, tls.key: b}}\n");
    let status = |more: &str| {
        case.args("check --manifests -").args(more).stdin(&tls).run().no_output().code.unwrap()
    };
    assert_eq!(status(""), 0, "the API server takes it");
    assert_eq!(status("-D tls-key"), 1);
    assert_eq!(status("-D warnings"), 1);
    assert_eq!(status("-D warnings -A tls-key -A tls-certificate"), 0);
    assert_eq!(status("-A name"), 2, "what the API server refuses can't be allowed");
}

#[test]
fn what_the_examples_become_passes() {
    for spec in [
        "examples/shop",
        "examples/types/opaque.toml",
        "examples/types/tls.toml",
        "examples/types/dockerconfigjson.toml",
    ] {
        for format in ["yaml", "json"] {
            let manifests = built([spec, "--format", format]);
            Case::new()
                .args("check --manifests -")
                .stdin(manifests)
                .succeeds()
                .no_output()
                .never_says("error");
        }
    }
}

#[test]
fn a_secret_too_large_for_etcd() {
    let labels: String =
        (0..5000).map(|index| format!("    k{index:05}{0}: {0}\n", "x".repeat(57))).collect();
    let text =
        format!("{SECRET}  labels:\n{labels}stringData:\n  a: \"{}\"\n", "x".repeat(1_048_576));
    let found = found(&text);
    assert!(found.contains(&"warning etcd-size".to_owned()), "{found:?}");
    assert!(!found.iter().any(|found| found.starts_with("error")), "{found:?}");
}

/// A manifest with the mark in every place that may hold a secret.
const PLANTED: &str = "# hunter2\napiVersion: v1\nkind: Secret # hunter2\nmetadata:\n  name: \
    web\n  annotations:\n    note: \"hunter2\"\n    \
    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":\"hunter2\"}'\ntype: \
    Opaque\nstringData:\n  password: hunter2\n  motd: |\n    hunter2: yes\n    - hunter2\n  \
    list: \"a\n    hunter2\"\ndata:\n  token: aHVudGVyMg==\n  bad: hunter2!\nextra:\n  deep: \
    {x: hunter2, y: [hunter2]}\n";

#[test]
fn no_damaged_manifest_prints_what_is_planted() {
    let planted_json = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"web","annotations":{"a":"hunter2"}},
 "stringData":{"password":"hunter2"},"data":{"token":"aHVudGVyMg==","bad":"hunter2!"},"extra":["hunter2"]}"#;
    for planted in [PLANTED, planted_json] {
        let lines: Vec<&str> = planted.lines().collect();
        for index in 0..lines.len() {
            for damage in [
                "", "\"", "'", "]", "}", "{{", "\t", ": :", "&a", "*a", "|", "!!int ", "---",
                "\u{1}",
            ] {
                for front in [false, true] {
                    let mut damaged: Vec<String> =
                        lines.iter().map(|line| (*line).to_owned()).collect();
                    damaged[index] = match (damage, front) {
                        ("", _) => String::new(),
                        (damage, true) => format!("{damage}{}", lines[index]),
                        (damage, false) => format!("{}{damage}", lines[index]),
                    };
                    let said = said(&damaged.join("\n"));
                    let leak =
                        ["hunter2", "aHVudGVyMg"].into_iter().find(|mark| said.contains(mark));
                    assert_eq!(leak, None, "line {} {damage:?}\n{said}", index + 1);
                }
            }
        }
    }
}

/// Lines that lost their colon and moved to the right belong to the scalar before them.
#[test]
fn no_scalar_prints_what_it_swallowed() {
    let tops = ["apiVersion: v1", "kind: Secret", "type: Opaque", "immutable: true"];
    let metadata = [
        "name: web",
        "generateName: web-",
        "namespace: shop",
        "uid: a",
        "creationTimestamp: a",
        "labels: {a: b}",
    ];
    let deeper = [
        "labels:\n    a: b",
        "annotations:\n    a: b",
        "finalizers:\n  - a.b/c",
        "ownerReferences:\n  - kind: A",
    ];
    let under = |line: &str| format!("{SECRET}  {line}\n      password=hunter2\ndata: {{}}\n");
    let texts =
        metadata.iter().chain(&deeper).map(|line| under(line)).chain(tops.iter().map(|line| {
            SECRET.replace("type: Opaque\n", "").replace(&format!("{line}\n"), "")
                + line
                + "\n  password=hunter2\n"
        }));
    for text in texts {
        for text in [text.clone(), text.replace("password=", "\n  password hunter2 ")] {
            let said = said(&text);
            assert!(!said.contains("hunter2"), "{text}\n{said}");
        }
    }
}

/// How a value can be written; `{}` is what stands before it on the line, in the indentation of
/// which it goes on.
const FORMS: &[&str] = &[
    "hunter2",
    "'hunter2'",
    "\"hunter2\"",
    "'a\n      hunter2'",
    "\"a\n\n      hunter2\\n\"",
    "a\n      hunter2\n      b",
    "|\n      hunter2\n      name: hunter2",
    "|+2\n      hunter2\n\n",
    ">-\n      a\n\n      hunter2 # hunter2",
    "{password: hunter2}",
    "{password: hunter2, \"token\": \"hunter2\",\n      # hunter2\n      \
     list: [hunter2,\n      'hunter2']}",
    "{hunter2: a, ? hunter2b : c}",
    "[hunter2, {name: hunter2}]",
    "\n      password: hunter2\n      block: |\n        hunter2\n      name: hunter2",
    "\n      - hunter2\n      - password: hunter2\n        name: hunter2",
    "\n      ? hunter2\n      : hunter2",
    "&anchor hunter2",
    "&anchor {password: hunter2}",
    "!!str hunter2",
    "!!binary aHVudGVyMg==",
    "!mine hunter2",
    "aHVudGVyMg==",
    "1 # hunter2 {hunter2}",
    "# hunter2\n      hunter2 # hunter2",
    "{<<: {password: hunter2}}",
    "{{ hunter2 }}",
    "{{{{hunter2}}}}",
    "*hunter2",
    "[hunter2",
    "\"hunter2",
];

/// Where they are put: no field, or not one that takes what is put there.
const PLACES: &[&str] = &[
    "extra: {}",
    "spec: {}",
    "stringdata: {}",
    "dataa: {}",
    "data.password: {}",
    "name: {}",
    "labels: {}",
    "metadata:\n    extra: {}",
    "metadata:\n    Name: {}",
    "metadata:\n    data: {}",
    "metadata:\n    name: a\n    labels: [{}]",
    "metadata:\n    name: a\n    annotations: {}",
    "metadata:\n    name: a\n    annotations: [{}]",
    "metadata:\n    name: [{}]",
    "metadata:\n    labels:\n      a: [{}]",
    "metadata:\n    annotations:\n      a: {}",
    "metadata:\n    finalizers: {x: {}}",
    "metadata:\n    ownerReferences: [{}]",
    "metadata:\n    ownerReferences: [{extra: {}}]",
    "metadata:\n    managedFields: [{extra: {}}]",
    "metadata:\n    generation: {}",
    "metadata:\n    creationTimestamp: {}",
    "metadata: [{}]",
    "immutable: {}",
    "type: [{}]",
    "data: {}",
    "data: [{}]",
    "data:\n    a: {}",
    "data:\n    a: [{}]",
    "data:\n    a: {x: {}}",
    "stringData: {}",
    "stringData:\n    a: [{}]",
    "stringData:\n    a: {x: {}}\n  stringdata: {a: *anchor}",
    "kind: [{}]",
    "apiVersion: {x: {}}",
];

#[test]
fn no_unknown_or_misplaced_field_prints_its_value() {
    for place in PLACES {
        for form in FORMS {
            // A key of data, labels and the like is a name, and may be shown; so may names that
            // somebody gave.
            let value_is_a_name = form.contains("hunter2:")
                || form.contains("? hunter2")
                || form.contains("hunter2 }}");
            let takes_names =
                ["  annotations: {}", "ownerReferences: [{}]", "data: {}", "stringData: {}"];
            if value_is_a_name
                && takes_names
                    .iter()
                    .any(|end| place == end || end.len() > 10 && place.ends_with(end))
            {
                continue;
            }
            let body = place.replacen("{}", form, 1);
            for text in [
                format!("  apiVersion: v1\n  kind: Secret\n  metadata: {{name: web}}\n  {body}\n"),
                format!(
                    "# hunter2\n  {body} # hunter2\n  apiVersion: v1\n  kind: Secret\n  data: \
                     {{x: '!'}} # hunter2\n"
                ),
            ] {
                let said = said(&text);
                let leak = ["hunter2", "aHVudGVyMg"].into_iter().find(|mark| said.contains(mark));
                assert_eq!(leak, None, "{text}\n{said}");
            }
        }
    }
}

proptest! {
    #![proptest_config(support::tried(256, module_path!()))]

    #[test]
    fn no_text_panics(text in "(?s).{0,400}") {
        said(&text);
    }

    #[test]
    fn no_mutation_panics(
        at in 0..PLANTED.len(),
        length in 0usize..12,
        with in "[-:{}\\[\\],&*#?|>!%@`\"' \n\ta-z0-9é\u{85}\u{2028}]{0,6}",
    ) {
        let end = (at + length).min(PLANTED.len());
        if PLANTED.is_char_boundary(at) && PLANTED.is_char_boundary(end) {
            said(&format!("{}{with}{}", &PLANTED[..at], &PLANTED[end..]));
        }
    }
}
