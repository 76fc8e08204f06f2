//! One Secret in full: metadata in clear, values masked or shown, and what they come out of. As
//! text and as JSON.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Hash, Inspected, InspectedKey, State, table::files, words};
use crate::compile::resolve::Wanted;
use crate::diag::key_names::shown_key;
use crate::diag::phrases::{plural, printable};
use crate::diag::render::json::without_private_keys;
use crate::views::value::{DisplayedValue, MASK, class, one_line, revealed, scalar, shown};

/// The Secret for people. With `reveal` every value is shown.
pub(crate) fn text(inspected: &Inspected, reveal: bool) -> Zeroizing<String> {
    let secret = &inspected.secret;
    let namespace = secret.namespace.as_ref().map(|name| format!("{name}/")).unwrap_or_default();
    let mut out = Zeroizing::new(printable(&(namespace + &inspected.name())));
    out.push_str(&format!("\n  type: {}\n", scalar(&secret.type_)));
    if let Some(immutable) = secret.immutable {
        out.push_str(&format!("  immutable: {immutable}\n"));
    }
    out.push_str(match inspected.hash {
        Hash::None => "",
        Hash::Known => "  the name ends in a hash of the data\n",
        Hash::Unknown => {
            "  the name ends in a hash of the data, which is not known without an identity\n"
        }
    });
    for (title, texts) in [("labels", &secret.labels), ("annotations", &secret.annotations)] {
        if !texts.is_empty() {
            out.push_str(&format!("  {title}\n"));
        }
        for (key, value) in texts {
            out.push_str(&format!("    {}: {}\n", printable(shown_key(key)), scalar(value)));
        }
    }
    out.push_str("  data\n");
    for key in &inspected.keys {
        datum(&mut out, inspected, key, reveal);
    }
    if inspected.more_keys {
        out.push_str("    and the keys of a file that can't be decrypted\n");
    } else if inspected.keys.is_empty() {
        out.push_str("    none\n");
    }
    if !inspected.files.is_empty() {
        out.push_str("  sources\n");
    }
    for (origin, state) in &inspected.files {
        out.push_str(&source(origin, state));
    }
    out
}

/// A data key with its value and what that comes out of; text of several lines follows below.
fn datum(out: &mut Zeroizing<String>, inspected: &Inspected, key: &InspectedKey, reveal: bool) {
    let value = inspected.secret.data.get(&key.name);
    let lines = match value.map(shown) {
        Some(DisplayedValue::Text(text)) if reveal && text.contains('\n') => text,
        _ => "",
    };
    let name = if reveal { &key.name } else { shown_key(&key.name) };
    out.push_str(&format!("    {}: ", printable(name)));
    match value {
        None => out.push_str("not known"),
        Some(value) if !reveal => out.push_str(&format!("{MASK} ({})", class(value))),
        Some(value) if lines.is_empty() => out.push_str(&one_line(value)),
        Some(_) => out.push_str("text"),
    }
    let from: Vec<String> = key.from.iter().map(|origin| printable(&words(origin))).collect();
    out.push_str(&match from.as_slice() {
        [] => ", inline\n".to_owned(),
        from => format!(", from {}\n", from.join(" and ")),
    });
    for line in lines.split_inclusive('\n') {
        out.extend(["      ", line]);
    }
    if !lines.is_empty() && !lines.ends_with('\n') {
        out.push_str("\n      \\ no line break at the end\n");
    }
}

fn source(origin: &Wanted, state: &State) -> String {
    let mut out = format!("    {}", printable(&words(origin)));
    if !state.recipients.is_empty() {
        let kinds: Vec<&str> = state.recipients.keys().map(String::as_str).collect();
        let recipients = plural(state.recipients.values().sum(), "recipient");
        out.push_str(&format!(", for {recipients} ({})", printable(&kinds.join("+"))));
    }
    out.push_str(&format!(", readable: {}\n", state.opens.name()));
    out
}

/// The Secret for programs. Values are in it with `reveal` only, as `text` or `base64`.
pub(crate) fn json(inspected: &Inspected, reveal: bool) -> Value {
    let secret = &inspected.secret;
    let datum = |key: &InspectedKey| {
        let value = secret.data.get(&key.name);
        let from: Value = key.from.iter().map(words).collect();
        let name = if reveal { &key.name } else { shown_key(&key.name) };
        let mut out = json!({ "key": name, "class": value.map(class), "from": from });
        if let (Value::Object(out), Some(Value::Object(mut shown))) =
            (&mut out, value.filter(|_| reveal).map(revealed))
        {
            out.append(&mut shown);
        }
        out
    };
    let shown = json!({
        "namespace": secret.namespace,
        "name": inspected.name(),
        "type": secret.type_,
        "immutable": secret.immutable,
        "labels": secret.labels,
        "annotations": secret.annotations,
        "data": inspected.keys.iter().map(datum).collect::<Value>(),
        "moreKeys": inspected.more_keys,
        "files": files(inspected),
    });
    if reveal { shown } else { without_private_keys(shown) }
}
