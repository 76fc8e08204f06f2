//! What is written is read as it was meant, and every damage is seen.

use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::{check, is_printed};
use crate::emit::json::{list, object};
use crate::emit::{tests::secrets, yaml::documents};
use crate::secret::{Secret, bytes::SecretBytes};
use crate::unit::support::tried;

/// The id and the field that differ.
fn mismatch(text: &str, meant: &[Secret]) -> String {
    match check(text, meant).unwrap_err().at {
        Some((id, field)) => format!("{id} {field}"),
        None => "whole".to_owned(),
    }
}

#[test]
fn what_was_meant_passes() {
    for count in [0, 1, 2, 1003] {
        let secrets: Vec<Secret> = secrets().into_iter().cycle().take(count).collect();
        assert_eq!(check(&documents(&secrets), &secrets), Ok(()), "{count}");
        assert_eq!(check(&list(&secrets), &secrets), Ok(()), "{count}");
    }
    // The base64 of this value looks like a placeholder.
    let placeholder = SecretBytes::from(crate::go::base64::decode(b"changeme").unwrap().expose());
    let data = [("k".into(), placeholder)].into();
    let odd = Secret { name: "a".into(), type_: "Opaque".into(), data, ..Secret::default() };
    for secret in secrets().into_iter().chain([odd]) {
        let one = std::slice::from_ref(&secret);
        assert_eq!(check(&object(&secret), one), Ok(()));
        assert_eq!(check(&documents(one), one), Ok(()));
        assert!(is_printed(&object(&secret)) && is_printed(&documents(one)));
    }
}

#[test]
fn every_change_is_found() {
    let meant = secrets();
    for (from, to, found) in [
        ("name: db\n", "name: bd\n", "y/db metadata.name"),
        ("namespace: \"y\"", "namespace: y", "whole"),
        ("app: \"y\"", "app: true", "whole"),
        ("app: \"y\"", "app: \"z\"", "y/db metadata.labels"),
        ("two\\n", "two", "y/db metadata.annotations"),
        ("immutable: false", "immutable: true", "y/db immutable"),
        ("type: Opaque\n", "type: opaque\n", "y/db type"),
        ("\"07\"", "07", "y/db data"),
        ("bnVsbD8=", "bnVsbE8=", "y/db data"),
        ("\"bnVsbD8=\"", "bnVsbD8=", "whole"),
        ("bnVsbD8=", "bnVsbD8AA==", "whole"),
        ("  empty: \"\"\n", "", "y/db data"),
        ("  empty: \"\"\n", "  empty: \"\"\n  empty: \"\"\n", "whole"),
        ("  empty: \"\"\n", "  empty: \"\"\nextra: a\n", "whole"),
        ("  empty: \"\"\n", "  empty: \"\"\n---\n", "whole"),
        ("immutable: false", "\timmutable", "whole"),
        ("metadata:\n", "metadata:\n  uid: a\n", "whole"),
    ] {
        let text = documents(&meant);
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, *text, "{from}");
        assert_eq!(mismatch(&changed, &meant), found, "{from} > {to}");
    }
    let text = list(&meant);
    assert_eq!(mismatch(&text.replace("\"db\"", "\"bd\""), &meant), "y/db metadata.name");
    assert_eq!(mismatch(&text.replace("false", "0"), &meant), "whole");
    assert_eq!(mismatch(&text.replace("bnVsbD8=", "bnVsbE8="), &meant), "y/db data");
    assert_eq!(mismatch(&format!("{}{{", *text), &meant), "whole");
    assert_eq!(mismatch(&list(&meant[..1]), &meant), "whole");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9.:_ +~=<#\n-]{0,6}",
        "[\\PC\u{0}-\u{a0}\u{ad}\u{2028}\u{202e}\u{feff}\u{ffff}\u{1ffff}]{0,9}",
        Just("long: key ".repeat(120)),
    ]
}

fn secret() -> impl Strategy<Value = Secret> {
    let texts = || btree_map(text(), text(), 0..4);
    // What stands for nothing when it is empty is not written so.
    let some_text = || text().prop_map(|text| if text.is_empty() { "a".to_owned() } else { text });
    let bytes = prop_oneof![vec(any::<u8>(), 0..9), vec(any::<u8>(), 760..780)];
    let parts = (
        text(),
        option::of(some_text()),
        texts(),
        texts(),
        any::<Option<bool>>(),
        some_text(),
        btree_map(text(), bytes.prop_map(SecretBytes::from), 0..4),
    );
    parts.prop_map(|(name, namespace, labels, annotations, immutable, type_, data)| Secret {
        name,
        namespace,
        labels,
        annotations,
        immutable,
        type_,
        data,
    })
}

/// What a text says, with the values of `data` as bytes: in base64, the last character before `=`
/// has bits that mean nothing.
fn meaning(text: &str) -> Option<serde_yaml::Value> {
    let bits = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let base64 = GeneralPurpose::new(&alphabet::STANDARD, bits);
    let mut document: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    let data = document.get_mut("data").and_then(serde_yaml::Value::as_mapping_mut);
    for (_, value) in data.into_iter().flatten() {
        if let Some(bytes) = value.as_str().and_then(|text| base64.decode(text).ok()) {
            *value = serde_yaml::to_value(bytes).unwrap();
        }
    }
    Some(document)
}

// The strings here are not fit for a terminal, so that no assertion shows them.
proptest! {
    #![proptest_config(tried(256, module_path!()))]
    #[test]
    fn written_is_read(secrets in vec(secret(), 0..4)) {
        for text in [documents(&secrets), list(&secrets)] {
            assert!(check(&text, &secrets).is_ok());
            assert!(is_printed(&text));
        }
    }

    #[test]
    fn one_changed_byte_is_noticed(
        secret in secret(),
        at in any::<proptest::sample::Index>(),
        to in "[a-z0-9\": -]",
    ) {
        let text = documents(std::slice::from_ref(&secret));
        let at = at.index(text.len());
        if let (Some(before), Some(after)) = (text.get(..at), text.get(at + 1..)) {
            let changed = format!("{before}{to}{after}");
            // Blanks and the kind of quotes aside, one byte is one meaning.
            if changed != *text && meaning(&changed) != meaning(&text) {
                assert!(check(&changed, std::slice::from_ref(&secret)).is_err());
            }
        }
    }
}
