//! Whatever the Secrets, what is written reads back as what was meant.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::{json, yaml};
use crate::emit::json::list;
use crate::emit::yaml::documents;
use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9.:_ +~=<#\n-]{0,6}",
        "[\\PC\u{0}-\u{a0}\u{ad}\u{2028}\u{202e}\u{feff}\u{ffff}\u{1ffff}]{0,9}",
        Just("long: key ".repeat(120)),
    ]
}

fn bytes() -> impl Strategy<Value = SecretBytes> {
    prop_oneof![vec(any::<u8>(), 0..9), vec(any::<u8>(), 760..780)].prop_map(SecretBytes::from)
}

fn secret() -> impl Strategy<Value = Secret> {
    let texts = || btree_map(text(), text(), 0..4);
    let parts = (
        text(),
        option::of(text()),
        texts(),
        texts(),
        any::<Option<bool>>(),
        text(),
        btree_map(text(), bytes(), 0..4),
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

proptest! {
    #![proptest_config(crate::unit::support::tried(256, module_path!()))]
    #[test]
    fn written_is_read(secrets in vec(secret(), 0..4)) {
        // The field only: `Mismatch` may name keys, and the strings here are not fit for a
        // terminal.
        assert!(yaml(&documents(&secrets), &secrets).is_ok());
        assert!(json(&list(&secrets), &secrets).is_ok());
    }

    #[test]
    fn one_changed_byte_is_noticed(
        secret in secret(),
        at in any::<proptest::sample::Index>(),
        to in "[a-z0-9\": -]",
    ) {
        let meaning = |text: &str| serde_yaml::from_str::<serde_yaml::Value>(text).ok();
        let text = documents(std::slice::from_ref(&secret));
        let at = at.index(text.len());
        if let (Some(before), Some(after)) = (text.get(..at), text.get(at + 1..)) {
            let changed = format!("{before}{to}{after}");
            // Blanks and the kind of quotes aside, one byte is one meaning.
            if changed != *text && meaning(&changed) != meaning(&text) {
                assert!(yaml(&changed, std::slice::from_ref(&secret)).is_err());
            }
        }
    }

    #[test]
    fn any_text_at_all_is_survived(text in "[a-z:\"\\\\? \n\t-]{0,60}", secret in secret()) {
        let _ = yaml(&text, std::slice::from_ref(&secret));
        let _ = json(&text, std::slice::from_ref(&secret));
    }
}
