//! The checks against what the real thing said: creates at an API server, registry credentials in a kubelet, bootstrap tokens in the code that reads
//! them (all Kubernetes 1.36). The recordings are in `tests/api_server/`; `code` is the HTTP status, `causes` are the server's reasons.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use mintage::check::api::{Kind, Rule, Unknown, Violation, violations};
use mintage::check::docker::{self, DockerFault, Form};
use mintage::check::finding::Origin;
use mintage::check::more_metadata::MoreMetadata;
use mintage::check::shape::{self, KeyMisfit, Misfit};
use mintage::check::{api_words, docker_words, go_json, go_time, registry_key, token, token_words};
use mintage::manifest::Secret;
use mintage::secret_bytes::SecretBytes;
use serde_json::{Map, Value};

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a recording is JSON")).collect()
}

/// Why a recorded request can't be put as a [`Secret`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Beyond {
    /// The request is a text, recorded for how it is read.
    Text,
    /// The server could not decode it: a field of a wrong type, an unknown field, bad base64, another kind.
    Decoding,
    /// It was larger than the server reads, counted in bytes of JSON.
    Body,
    /// It has a `generateName`.
    GenerateName,
    /// It has finalizers.
    Finalizers,
    /// It has owners.
    OwnerReferences,
    /// It has fields that the server fills in itself.
    SystemFields,
}

/// Recorded cases of a group: how many are judged here, and how many are beyond a [`Secret`].
type Group = (&'static str, usize, &'static [(Beyond, usize)]);

/// All groups of the recording.
const GROUPS: &[Group] = &[
    ("annotations", 38, &[(Beyond::Decoding, 2)]),
    ("data-key", 73, &[]),
    ("data-value", 8, &[(Beyond::Decoding, 19)]),
    ("finalizers", 0, &[(Beyond::Finalizers, 8)]),
    ("generateName", 0, &[(Beyond::GenerateName, 18)]),
    ("immutable", 1, &[(Beyond::Decoding, 2)]),
    ("labels", 40, &[(Beyond::Decoding, 4)]),
    ("misc", 1, &[(Beyond::Decoding, 8), (Beyond::SystemFields, 8)]),
    ("name", 27, &[(Beyond::Decoding, 1)]),
    ("namespace", 9, &[(Beyond::Decoding, 1)]),
    ("ownerReferences", 0, &[(Beyond::OwnerReferences, 8)]),
    ("raw", 0, &[(Beyond::Text, 8)]),
    ("size", 9, &[(Beyond::Body, 2)]),
    ("stringData", 7, &[(Beyond::Text, 1), (Beyond::Decoding, 3)]),
    ("type", 11, &[]),
    ("type-basic-auth", 5, &[]),
    ("type-bootstrap", 3, &[]),
    ("type-dockercfg", 30, &[]),
    ("type-dockerconfigjson", 26, &[]),
    ("type-sa-token", 3, &[]),
    ("type-ssh-auth", 5, &[]),
    ("type-tls", 5, &[]),
];

#[test]
fn every_recorded_create_is_judged_as_the_server_did() {
    let mut judged: BTreeMap<String, usize> = BTreeMap::new();
    let mut beyond: BTreeMap<String, BTreeMap<Beyond, usize>> = BTreeMap::new();
    let mut disagreements = Vec::new();
    for case in rows(include_str!("api_server/cases.jsonl")) {
        let group = case["group"].as_str().unwrap().to_string();
        match secret_of(&case) {
            Ok(secret) => {
                *judged.entry(group).or_default() += 1;
                disagreements.extend(disagreement(&case, &secret));
            }
            Err(reason) => {
                // What is called undecodable here, the server must have refused for that.
                if reason == Beyond::Decoding && case["code"] != 400 {
                    disagreements.push(format!("{}: thought to be undecodable, but the server answered {}", case["id"], case["code"]));
                }
                *beyond.entry(group).or_default().entry(reason).or_default() += 1;
            }
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));

    let groups: BTreeSet<&String> = judged.keys().chain(beyond.keys()).collect();
    let counted: Vec<String> = groups
        .into_iter()
        .map(|group| {
            let beyond: Vec<(Beyond, usize)> = beyond.get(group).into_iter().flatten().map(|(reason, count)| (*reason, *count)).collect();
            format!("{:?}", (group, judged.get(group).copied().unwrap_or(0), beyond))
        })
        .collect();
    let expected: Vec<String> = GROUPS.iter().map(|group| format!("{group:?}")).collect();
    assert_eq!(counted, expected, "the number of cases that were tried");
}

/// What differs from the server's verdict, if something does.
fn disagreement(case: &Value, secret: &Secret) -> Option<String> {
    let found = violations(secret, &MoreMetadata::default(), &Unknown::default());
    let ours: BTreeSet<(String, &str, &str)> =
        found.iter().map(|violation| (violation.field.to_string(), violation.kind().name(), class(violation))).collect();
    let causes = case["causes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut theirs: BTreeSet<(String, &str, &str)> = causes
        .iter()
        .map(|cause| (cause[0].as_str().unwrap().to_string(), cause[1].as_str().unwrap(), class_of_text(cause[2].as_str().unwrap())))
        .collect();
    // Here the server looked for the namespace before it looked at its name.
    if case["code"] == 404 {
        theirs = [("metadata.namespace".to_string(), "FieldValueInvalid", class_of_namespace(secret))].into();
    }
    let accepted = case["accepted"].as_bool().unwrap();
    if accepted != ours.is_empty() || ours != theirs {
        return Some(format!("{}: the server says {theirs:?}, we say {ours:?}", case["id"]));
    }
    // Whatever is refused is put into words, about metadata and keys only.
    let words: Vec<_> = found.iter().filter_map(|violation| api_words::diagnostic(violation, Origin::Spec)).collect();
    (words.is_empty() != accepted).then(|| format!("{}: {} findings have words", case["id"], words.len()))
}

/// The server gives an empty key a second cause, that the regular expression does not match; here one is enough.
fn class(violation: &Violation) -> &'static str {
    let of = |misfit: &Misfit| match misfit {
        Misfit::TooLong { .. } => "length",
        Misfit::Dots => "dots",
        Misfit::Relative => "relative",
        Misfit::Empty | Misfit::Character { .. } | Misfit::Misplaced { .. } => "shape",
    };
    match &violation.rule {
        Rule::Name { misfit, .. } | Rule::Namespace { misfit, .. } | Rule::LabelValue { misfit, .. } | Rule::DataKey { misfit, .. } => {
            of(misfit)
        }
        Rule::LabelKey { misfit, .. } | Rule::AnnotationKey { misfit, .. } => match misfit {
            KeyMisfit::Slashes { .. } => "shape",
            KeyMisfit::Prefix(misfit) | KeyMisfit::Name(misfit) => of(misfit),
        },
        _ if violation.kind() == Kind::Invalid => "shape",
        _ => "",
    }
}

fn class_of_text(text: &str) -> &'static str {
    match text {
        _ if !text.starts_with("Invalid value: ") => "",
        _ if text.contains("must be no more than ") => "length",
        _ if text.ends_with("must not contain dots") => "dots",
        _ if ["must not be '.'", "must not be '..'", "must not start with '..'"].iter().any(|end| text.ends_with(end)) => "relative",
        _ => "shape",
    }
}

fn class_of_namespace(secret: &Secret) -> &'static str {
    if secret.namespace.as_ref().is_some_and(|namespace| namespace.len() > 63) { "length" } else { "shape" }
}

/// The Secret that a recorded request stands for.
fn secret_of(case: &Value) -> Result<Secret, Beyond> {
    let manifest = case.get("manifest").map(expand).ok_or(Beyond::Text)?;
    if manifest.get("raw").is_some() {
        return Err(Beyond::Text);
    }
    if case["code"] == 413 {
        return Err(Beyond::Body);
    }
    let mut secret = Secret { type_: "Opaque".into(), ..Secret::default() };
    for (field, value) in object(&manifest)? {
        match field.as_str() {
            "apiVersion" if value == "v1" => {}
            "kind" if value == "Secret" => {}
            "metadata" => metadata(&value, &mut secret)?,
            "type" => secret.type_ = Some(text(&value)?).filter(|type_| !type_.is_empty()).unwrap_or(secret.type_),
            "immutable" => secret.immutable = Some(value.as_bool().ok_or(Beyond::Decoding)?),
            "data" => {
                for (key, value) in object(&value)? {
                    let bytes = bytes(&value)?;
                    // What stringData says counts, whatever comes first.
                    secret.data.entry(key).or_insert(bytes);
                }
            }
            "stringData" => {
                for (key, value) in object(&value)? {
                    secret.data.insert(key, text(&value)?.into());
                }
            }
            _ => return Err(Beyond::Decoding),
        }
    }
    Ok(secret)
}

fn metadata(value: &Value, secret: &mut Secret) -> Result<(), Beyond> {
    for (field, value) in object(value)? {
        match field.as_str() {
            "name" => secret.name = text(&value)?,
            "namespace" => secret.namespace = Some(text(&value)?),
            "labels" => secret.labels = texts(&value)?,
            "annotations" => secret.annotations = texts(&value)?,
            "generateName" => return Err(Beyond::GenerateName),
            "finalizers" => return Err(Beyond::Finalizers),
            "ownerReferences" => return Err(Beyond::OwnerReferences),
            "creationTimestamp" | "deletionGracePeriodSeconds" | "deletionTimestamp" | "generation" | "resourceVersion" | "selfLink" => {
                return Err(Beyond::SystemFields);
            }
            _ => return Err(Beyond::Decoding),
        }
    }
    Ok(())
}

fn object(value: &Value) -> Result<Map<String, Value>, Beyond> {
    if value.is_null() { Ok(Map::new()) } else { value.as_object().cloned().ok_or(Beyond::Decoding) }
}

fn text(value: &Value) -> Result<String, Beyond> {
    if value.is_null() { Ok(String::new()) } else { value.as_str().map(String::from).ok_or(Beyond::Decoding) }
}

fn texts(value: &Value) -> Result<BTreeMap<String, String>, Beyond> {
    object(value)?.iter().map(|(key, value)| Ok((key.clone(), text(value)?))).collect()
}

/// Base64 as the server decodes it, or the list of numbers that it takes too.
fn bytes(value: &Value) -> Result<SecretBytes, Beyond> {
    if let Some(numbers) = value.as_array() {
        let bytes: Option<Vec<u8>> = numbers.iter().map(|number| u8::try_from(number.as_u64()?).ok()).collect();
        return Ok(bytes.ok_or(Beyond::Decoding)?.into());
    }
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical).with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let text = text(value)?.replace(['\r', '\n'], "");
    Ok(engine.decode(text).map_err(|_| Beyond::Decoding)?.into())
}

/// Expands the short forms of long values: `$repeat`, `$concat`, `$b64`, `$seq`.
fn expand(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(expand).collect(),
        Value::Object(members) => match members.iter().next() {
            Some((key, inner)) if members.len() == 1 && key.starts_with('$') => short_form(key, &expand(inner)),
            _ => Value::Object(members.iter().map(|(key, value)| (key.clone(), expand(value))).collect()),
        },
        _ => value.clone(),
    }
}

fn short_form(name: &str, inner: &Value) -> Value {
    let count = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    match name {
        "$repeat" => inner[0].as_str().unwrap().repeat(count(&inner[1])).into(),
        "$concat" => inner.as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect::<String>().into(),
        "$b64" => base64::engine::general_purpose::STANDARD.encode(inner.as_str().unwrap()).into(),
        "$seq" => {
            let format = inner[1].as_str().unwrap();
            let key = |index: usize| format.replace("%05d", &format!("{index:05}"));
            assert_ne!(key(0), key(1), "a format that is not known: {format}");
            Value::Object((0..count(&inner[0])).map(|index| (key(index), inner[2].clone())).collect())
        }
        _ => panic!("a short form that is not known: {name}"),
    }
}

#[test]
fn the_kubelet_fails_where_we_say_so() {
    let cases = rows(include_str!("api_server/registry_entries.jsonl"));
    assert_eq!(cases.len(), 17);
    for case in cases {
        let body = case["dockerconfigjson"].as_str().unwrap();
        let found = docker::faults(body.as_bytes(), Form::ConfigJson);
        let breaks = found.iter().any(|fault| fault.breaks_kubelet());
        assert_eq!(breaks, !case["error"].is_null(), "{body}: {found:?}");
        // With what it logs in, where it finds credentials.
        if let (true, Some(logins)) = (case["match"] == true, case["creds"].as_array()) {
            let image = case["image"].as_str().unwrap();
            let config = docker::read(body.as_bytes(), Form::ConfigJson);
            let fitting = config.entries.iter().filter(|entry| registry_key::matches(&entry.server, image));
            let ours: Vec<Vec<u8>> = fitting.map(|entry| [entry.user(), b":", entry.secret()].concat()).collect();
            let theirs: Vec<&[u8]> = logins.iter().map(|login| login.as_str().unwrap().as_bytes()).collect();
            assert_eq!(ours, theirs, "{body}");
        }
        // Without a registry the kubelet finds nothing, and with credentials there is nothing to find fault with.
        if case["match"] == false {
            assert_eq!(found, [DockerFault::NoRegistry { helpers: false }], "{body}");
        } else if case["match"] == true {
            assert_eq!(found, [], "{body}");
        }
        for fault in found {
            assert!(!docker_words::diagnostic(fault, Form::ConfigJson).helps.is_empty());
        }
    }
}

#[test]
fn bootstrap_tokens_are_read_as_kubernetes_does() {
    let mut tried: BTreeMap<String, usize> = BTreeMap::new();
    for fact in rows(include_str!("api_server/bootstrap_facts.jsonl")) {
        let (kind, input, ok) = (fact["kind"].as_str().unwrap(), fact["input"].as_str().unwrap(), fact["ok"].as_bool().unwrap());
        *tried.entry(kind.into()).or_default() += 1;
        let id = fact["id"].as_str().filter(|id| !id.is_empty());
        match kind {
            "expiration" => {
                let ours = go_time::parse(input.as_bytes());
                assert_eq!(ours.is_ok(), ok, "{fact}");
                if let Some(utc) = fact["utc"].as_str() {
                    assert_eq!(ours, go_time::parse(utc.as_bytes()), "{fact}");
                }
            }
            "auth-extra-groups" => {
                let found = token::extra_groups(input.as_bytes());
                assert_eq!(found.is_empty(), ok, "{fact}");
                assert!(found.iter().all(|fault| !token_words::diagnostic(fault, Origin::Spec).helps.is_empty()));
            }
            "name" => assert_eq!(token::id_of_name(input), id, "{fact}"),
            "token" => assert_eq!(token::is_token(input.as_bytes()), ok, "{fact}"),
            _ => panic!("a kind that is not known: {kind}"),
        }
    }
    let tried: Vec<(&str, usize)> = tried.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(tried, [("auth-extra-groups", 9), ("expiration", 20), ("name", 4), ("token", 6)]);
}

#[test]
fn shapes_are_those_of_the_servers_regular_expressions() {
    for row in rows(include_str!("api_server/shapes.jsonl")) {
        let fits: fn(&str) -> bool = match row["shape"].as_str().unwrap() {
            "subdomain" => |text| shape::subdomain(text).is_empty(),
            "dns-label" => |text| shape::dns_label(text).is_empty(),
            "label-key" => |text| shape::label_key(text).is_empty(),
            "label-value" => |text| shape::label_value(text).is_empty(),
            "data-key" => |text| shape::data_key(text).is_empty(),
            other => panic!("a shape that is not known: {other}"),
        };
        let accepted: BTreeSet<&str> = row["accepted"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let alphabet: Vec<char> = row["alphabet"].as_str().unwrap().chars().collect();
        let mut texts = vec![String::new()];
        let mut of_one_length = texts.clone();
        for _ in 0..row["longest"].as_u64().unwrap() {
            of_one_length = of_one_length.iter().flat_map(|text| alphabet.iter().map(move |c| format!("{text}{c}"))).collect();
            texts.extend(of_one_length.iter().cloned());
        }
        let wrong: Vec<&String> = texts.iter().filter(|text| fits(text) != accepted.contains(text.as_str())).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", row["shape"]);
    }
}

#[test]
fn json_is_read_as_kubectl_does() {
    let cases = rows(include_str!("api_server/go_json.jsonl"));
    let decode = |case: &Value| base64::engine::general_purpose::STANDARD.decode(case["base64"].as_str().unwrap()).unwrap();
    let wrong: Vec<&Value> = cases
        .iter()
        .filter(|case| {
            let text = [b"{\"more\":", decode(case).as_slice(), b"}"].concat();
            go_json::object(&text).is_ok() != case["accepted"].as_bool().unwrap()
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let accepted = cases.iter().filter(|case| case["accepted"] == true).count();
    assert_eq!((cases.len(), accepted), (382, 71));
}
