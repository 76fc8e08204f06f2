//! A comparison for programs: one JSON object.
//!
//! | field | is |
//! |---|---|
//! | `secrets` | those that are different: `namespace` (or null), `name`, `change` (`added`, `removed`, `changed`), `type` as it will be or was, `parts`, `data`, `refused` |
//! | `parts` | what is public and different: `field` (`name`, `type`, `immutable`, `label`, `annotation`), `key` of the last two, `before`, `after` (null where there is none) |
//! | `data` | every key: `key`, `change` (also `equal`); with `--reveal`, `before` and `after` as `{"text": ...}` or `{"base64": ...}` |
//! | `refused` | why a server would refuse to change it in place, a sentence each |
//! | `summary` | counts: `added`, `removed`, `changed`, `equal`, `others` |

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{Change, ChangeKind, ChangedField, Comparison, DataChange, MetadataChange};
use crate::diag::render::json::{pretty, without_private_keys};
use crate::secret::bytes::SecretBytes;
use crate::views::value::{DisplayedValue, shown};

/// The comparison, indented, with a line break at the end. Without `reveal` no value is in it, nor
/// anything made of one.
pub(crate) fn render(comparison: &Comparison<'_>, reveal: bool) -> Zeroizing<String> {
    let count = |kind| comparison.changes.iter().filter(|change| change.kind() == kind).count();
    let secrets: Vec<Value> = comparison.changes.iter().map(|one| change(one, reveal)).collect();
    let summary = json!({
        "added": count(ChangeKind::Added),
        "removed": count(ChangeKind::Removed),
        "changed": count(ChangeKind::Changed),
        "equal": comparison.equal,
        "others": comparison.others,
    });
    let all = json!({ "secrets": secrets, "summary": summary });
    Zeroizing::new(pretty(&if reveal { all } else { without_private_keys(all) }))
}

fn change(change: &Change<'_>, reveal: bool) -> Value {
    let secret = change.secret();
    json!({
        "namespace": secret.and_then(|secret| secret.namespace.as_deref()),
        "name": secret.map(|secret| secret.name.as_str()),
        "change": change.kind().name(),
        "type": secret.map(|secret| secret.type_.as_str()),
        "parts": change.plain.iter().map(plain).collect::<Vec<_>>(),
        "data": change.data.iter().map(|one| datum(one, reveal)).collect::<Vec<_>>(),
        "refused": change.refusals.iter().map(|refusal| refusal.words()).collect::<Vec<_>>(),
    })
}

fn plain(part: &MetadataChange<'_>) -> Value {
    let (field, key) = match part.field {
        ChangedField::Name => ("name", None),
        ChangedField::Type => ("type", None),
        ChangedField::Immutable => ("immutable", None),
        ChangedField::Label(key) => ("label", Some(key)),
        ChangedField::Annotation(key) => ("annotation", Some(key)),
    };
    let mut out = Map::new();
    out.insert("field".into(), field.into());
    out.extend(key.map(|key| ("key".to_owned(), key.into())));
    out.insert("before".into(), part.before.into());
    out.insert("after".into(), part.after.into());
    Value::Object(out)
}

fn datum(datum: &DataChange<'_>, reveal: bool) -> Value {
    let mut out = Map::new();
    out.insert("key".into(), datum.key.into());
    out.insert("change".into(), datum.kind().name().into());
    if reveal {
        out.extend(datum.before.map(|value| ("before".to_owned(), revealed(value))));
        out.extend(datum.after.map(|value| ("after".to_owned(), revealed(value))));
    }
    Value::Object(out)
}

/// A value as JSON: `{"text": ...}` or `{"base64": ...}`.
pub(crate) fn revealed(value: &SecretBytes) -> Value {
    match shown(value) {
        DisplayedValue::Text(text) => json!({ "text": text }),
        DisplayedValue::Base64(text) => json!({ "base64": text.as_str() }),
    }
}
