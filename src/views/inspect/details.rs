//! One Secret in full: metadata in clear, values masked or shown, and what they come out of. As
//! text and as JSON.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::table::{files, name};
use super::{Hash, Inspected, InspectedKey, State, ValueOrigin, needs};
use crate::diag::phrases::{plural, printable};
use crate::diag::private_keys::hidden;
use crate::diag::render::json::without_private_keys;
use crate::emit::scalar::push_scalar;
use crate::secret::bytes::SecretBytes;
use crate::views::compare::MASK;
use crate::views::compare::json::revealed;
use crate::views::value::{DisplayedValue, class, shown};

/// The Secret for people. With `reveal` every value is shown.
pub(crate) fn text(inspected: &Inspected, reveal: bool) -> Zeroizing<String> {
    let secret = &inspected.secret;
    let mut out = Zeroizing::new(String::new());
    let id = secret.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default()
        + &name(inspected);
    out.push_str(&printable(&id));
    out.push('\n');
    pair(&mut out, "type", &secret.type_);
    if let Some(immutable) = secret.immutable {
        pair(&mut out, "immutable", if immutable { "true" } else { "false" });
    }
    match inspected.hash {
        Hash::None => {}
        Hash::Known => out.push_str("  the name ends in a hash of the data\n"),
        Hash::Unknown => out.push_str(
            "  the name ends in a hash of the data, which is not known without an identity\n",
        ),
    }
    for (title, texts) in [("labels", &secret.labels), ("annotations", &secret.annotations)] {
        if !texts.is_empty() {
            out.push_str(&format!("  {title}\n"));
        }
        for (key, value) in texts {
            out.push_str("  ");
            pair(&mut out, key, value);
        }
    }
    out.push_str("  data\n");
    for key in &inspected.keys {
        out.push_str(&format!("    {}: ", printable(&key.name)));
        value(&mut out, secret.data.get(&key.name), reveal);
        out.push_str(&format!("{}\n", from(key)));
        if reveal && let Some(DisplayedValue::Text(text)) = secret.data.get(&key.name).map(shown) {
            block(&mut out, text);
        }
    }
    if inspected.more_keys {
        out.push_str("    and the keys of a file that does not open\n");
    }
    if inspected.keys.is_empty() && !inspected.more_keys {
        out.push_str("    none\n");
    }
    if !inspected.files.is_empty() {
        out.push_str("  sources\n");
    }
    inspected.files.iter().for_each(|(origin, state)| out.push_str(&source(origin, state)));
    out
}

fn pair(out: &mut String, key: &str, value: &str) {
    out.push_str(&format!("  {}: ", printable(key)));
    push_scalar(out, &hidden(value));
    out.push('\n');
}

/// The value on the key's line; text of several lines follows below.
fn value(out: &mut String, value: Option<&SecretBytes>, reveal: bool) {
    let Some(value) = value else { return out.push_str("not known") };
    match shown(value) {
        _ if !reveal => out.push_str(&format!("{MASK} ({})", class(value))),
        // Its lines follow below.
        DisplayedValue::Text(text) if text.contains('\n') => out.push_str("text"),
        DisplayedValue::Text(text) => push_scalar(out, text),
        DisplayedValue::Base64(text) => {
            out.push_str("base64 ");
            out.push_str(&text);
        }
    }
}

fn block(out: &mut String, text: &str) {
    if !text.contains('\n') {
        return;
    }
    for line in text.split_inclusive('\n') {
        out.push_str("      ");
        out.push_str(line);
    }
    if !text.ends_with('\n') {
        out.push_str("\n      \\ no line break at the end\n");
    }
}

fn from(key: &InspectedKey) -> String {
    let from: Vec<String> = key.from.iter().map(|origin| printable(&origin.words())).collect();
    if from.is_empty() { ", inline".to_owned() } else { format!(", from {}", from.join(" and ")) }
}

fn source(origin: &ValueOrigin, state: &State) -> String {
    let mut out = format!("    {}", printable(&origin.words()));
    if !state.addressees.is_empty() {
        let one = [(origin.clone(), state.clone())].into();
        let count = state.addressees.values().sum();
        out.push_str(&format!(
            ", for {} ({})",
            plural(count, "recipient"),
            printable(&needs(&one))
        ));
    }
    out.push_str(&format!(", opens: {}\n", state.opens.name()));
    out
}

/// The Secret for programs. Values are in it with `reveal` only, as `text` or `base64`.
pub(crate) fn json(inspected: &Inspected, reveal: bool) -> Value {
    let secret = &inspected.secret;
    let datum = |key: &InspectedKey| {
        let value = secret.data.get(&key.name);
        let mut out = Map::new();
        out.insert("key".into(), key.name.as_str().into());
        out.insert("class".into(), value.map(class).into());
        out.insert("from".into(), key.from.iter().map(ValueOrigin::words).collect());
        if let (true, Some(Value::Object(mut shown))) = (reveal, value.map(revealed)) {
            out.append(&mut shown);
        }
        Value::Object(out)
    };
    let shown = json!({
        "namespace": secret.namespace,
        "name": name(inspected),
        "type": secret.type_,
        "immutable": secret.immutable,
        "labels": secret.labels,
        "annotations": secret.annotations,
        "data": inspected.keys.iter().map(datum).collect::<Vec<_>>(),
        "moreKeys": inspected.more_keys,
        "files": files(inspected),
    });
    if reveal { shown } else { without_private_keys(shown) }
}
