//! Whether a text is what `build` prints. Such a text can be printed again; with anything else,
//! someone's work would be lost.

use crate::emit::{json, yaml};
use crate::manifests;

/// How everything that is printed begins.
const BEGINNINGS: [&str; 2] = [
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ",
    "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"",
];

/// Whether the text is, byte for byte, what `build` prints in one of its formats for the Secrets in
/// it. Nothing is printed for no Secrets.
pub(crate) fn is_printed(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    // Whatever else there is need not be read to its end.
    if !BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) {
        return false;
    }
    let Some(secrets) = manifests::secrets_as_written(text) else { return false };
    if !text.starts_with('{') {
        return *yaml::documents(&secrets) == text;
    }
    *json::list(&secrets) == text
        || matches!(secrets.as_slice(), [secret] if *json::object(secret) == text)
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::option;
    use proptest::prelude::{Strategy, any, proptest};
    use proptest::string::string_regex;

    use super::is_printed;
    use crate::emit::{json, yaml};
    use crate::secret::Secret;

    fn secrets() -> Vec<Secret> {
        let full = Secret {
            name: "db".into(),
            namespace: Some("y".into()),
            labels: [("b".into(), "1".into())].into(),
            annotations: [
                ("note".into(), "two\nlines".into()),
                ("kubectl.kubernetes.io/last-applied-configuration".into(), "{}".into()),
                ("config.kubernetes.io/index".into(), "0".into()),
            ]
            .into(),
            immutable: Some(false),
            type_: "Opaque".into(),
            data: [
                ("token".into(), "null?".into()),
                ("empty".into(), "".into()),
                ("07".into(), vec![0x9e, 0xe9, 0x65].into()),
            ]
            .into(),
        };
        let bare =
            Secret { name: "bare".into(), type_: "example.com/x y".into(), ..Secret::default() };
        vec![full, bare]
    }

    #[test]
    fn what_is_printed_is_ours() {
        let secrets = secrets();
        for text in [
            yaml::documents(&secrets),
            json::list(&secrets),
            json::object(&secrets[0]),
            json::object(&secrets[1]),
            json::list(&[]),
            yaml::documents(&[]),
        ] {
            assert!(is_printed(&text), "{}", &*text);
        }
    }

    #[test]
    fn nothing_else_is() {
        let printed = [yaml::documents(&secrets()), json::list(&secrets())];
        for text in printed.iter().map(|text| text.as_str()) {
            for changed in [
                format!("# a comment\n{text}"),
                format!("\u{feff}{text}"),
                format!("{text}\n"),
                format!("{text}# a comment\n"),
                text.trim_end().to_owned(),
                text.replace('\n', "\r\n"),
                text.replacen("Opaque", "\"Opaque\" ", 1),
                text.replacen("\"bnVsbD8=\"", "bnVsbD8=", 1),
                text.replacen("kind", "kind ", 1),
                format!("{text}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"),
                text.get(..text.len() / 2).unwrap().to_owned(),
            ] {
                assert!(changed == text || !is_printed(&changed), "{changed}");
            }
        }
        for other in [
            "replicas: 1\n",
            "\n",
            "[[opaque]]\n",
            "age-encryption.org/v1\n",
            "{}",
            "apiVersion: v1\nkind: Secret\n",
        ] {
            assert!(!is_printed(other), "{other}");
        }
    }

    /// Names as the API has them, and any text where it takes any.
    fn secret() -> impl Strategy<Value = Secret> {
        let name = || string_regex("[a-z0-9][a-z0-9.-]{0,5}[a-z0-9]").unwrap();
        let texts = || btree_map(name(), any::<String>(), 0..4);
        let data = btree_map(name(), vec(any::<u8>(), 0..9), 0..4);
        let parts = (
            name(),
            option::of(name()),
            texts(),
            texts(),
            any::<Option<bool>>(),
            "\\PC{1,9}",
            data,
        );
        parts.prop_map(|(name, namespace, labels, annotations, immutable, type_, data)| Secret {
            name,
            namespace,
            labels,
            annotations,
            immutable,
            type_,
            data: data.into_iter().map(|(key, value)| (key, value.into())).collect(),
        })
    }

    proptest! {
        #[test]
        fn whatever_the_secrets(secrets in vec(secret(), 0..4)) {
            // No texts: strings of this kind are not fit for a terminal.
            assert!(is_printed(&yaml::documents(&secrets)), "YAML");
            assert!(is_printed(&json::list(&secrets)), "JSON");
            assert!(secrets.iter().all(|secret| is_printed(&json::object(secret))), "an object");
        }
    }
}
