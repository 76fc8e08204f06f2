use super::*;
use crate::emit::json::{list, object};
use crate::emit::yaml::documents as write;

fn secrets(count: usize) -> Vec<Secret> {
    let one = |index: usize| Secret {
        name: format!("s-{index}"),
        namespace: Some("prod".into()),
        labels: [("app".into(), "y".into())].into(),
        annotations: [("a".into(), "b: \u{1f511}\n".into())].into(),
        immutable: Some(true),
        type_: "Opaque".into(),
        data: [("k".into(), "sesame".into()), ("l".into(), "".into())].into(),
    };
    (0..count).map(one).collect()
}

fn path(mismatch: Result<(), Mismatch>) -> String {
    let mismatch = mismatch.unwrap_err();
    format!("{} {}", mismatch.secret.unwrap_or_default(), mismatch.field.join("."))
}

#[test]
fn what_was_meant_passes() {
    for count in [0, 1, 2, 500, 501, 1003, 2000] {
        let secrets = secrets(count);
        assert_eq!(yaml(&write(&secrets), &secrets), Ok(()), "{count}");
        assert_eq!(json(&list(&secrets), &secrets), Ok(()), "{count}");
        secrets.iter().for_each(|secret| assert_eq!(json_object(&object(secret), secret), Ok(())));
    }
}

#[test]
fn every_change_is_found_in_its_field() {
    for (from, to, field) in [
        ("name: s-1\n", "name: s-2\n", "prod/s-1 metadata.name"),
        ("app: \"y\"", "app: y", "prod/s-1 app"),
        ("app: \"y\"", "app: true", "prod/s-1 app"),
        ("app: \"y\"", "app: \"z\"", "prod/s-1 metadata.labels.app"),
        ("b: \u{1f511}", "b:\u{1f511}", "prod/s-1 metadata.annotations.a"),
        ("immutable: true", "immutable: false", "prod/s-1 immutable"),
        ("type: Opaque\n", "", "prod/s-1 type"),
        ("c2VzYW1l", "c2VzYW1m", "prod/s-1 k"),
        ("\"c2VzYW1l\"", "c2VzYW1l", "prod/s-1 k"),
        ("c2VzYW1l", "c2VzYW1lAA==", "prod/s-1 k"),
        ("  l: \"\"\n", "", "prod/s-1 data"),
        ("  l: \"\"\n", "  l: \"\"\n  l: \"\"\n", "prod/s-1 l"),
        ("  l: \"\"\n", "  l: \"\"\nextra: a\n", "prod/s-1 "),
        ("immutable: true", "\timmutable", "prod/s-1 "),
        ("immutable: true", "? - a", "prod/s-1 "),
        ("type: Opaque", "  type: Opaque", "prod/s-1 immutable"),
        ("metadata:", "metadata: \"", "prod/s-1 metadata"),
        ("  l: \"\"\n", "  l: \"\"\n---\n", " "),
    ] {
        let meant = secrets(2);
        let text = write(&meant);
        let (first, second) = text.split_once("---\n").unwrap();
        let changed = format!("{first}---\n{}", second.replacen(from, to, 1));
        assert_ne!(changed, *text, "{from}");
        assert_eq!(path(yaml(&changed, &meant)), field, "{from} > {to}");
    }
}

#[test]
fn json_changes_too() {
    let meant = secrets(2);
    let text = list(&meant);
    assert_eq!(path(json(&text.replace("\"s-1\"", "\"s-3\""), &meant)), "prod/s-1 metadata.name");
    assert_eq!(path(json(&text.replace("true", "1"), &meant)), "prod/s-0 immutable");
    assert_eq!(path(json(&text.replace("\"List\"", "\"Lost\""), &meant)), " kind");
    assert_eq!(path(json(&text.replace("c2VzYW1l", "c2VzYW1s"), &meant)), "prod/s-0 data.k");
    assert_eq!(path(json(&format!("{}{{", *text), &meant)), " ");
    assert_eq!(path(json_object(&object(&meant[0]), &meant[1])), "prod/s-1 metadata.name");
    assert_eq!(path(json(&list(&meant[..1]), &meant)), "prod/s-1 ");
}

#[test]
fn a_mismatch_never_shows_content() {
    let meant = secrets(1);
    let changed = write(&meant).replace("c2VzYW1l", "c2VzYW1m");
    let shown = format!("{:?}", yaml(&changed, &meant));
    assert!(!shown.contains("c2Vz") && !shown.contains("sesame"), "{shown}");
}
