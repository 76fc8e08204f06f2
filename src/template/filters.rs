//! Filters beyond minijinja's own, and those of its own that print booleans as Python does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State};
use sha2::{Digest, Sha256};

use super::fault::{BASE64_OF_BYTES, NOT_BASE64, UNWRITABLE};
use super::{data, plain_text};
use crate::structure::{self, Format};

pub(crate) fn add(env: &mut Environment<'static>) {
    env.add_filter("b64encode", |value: &Value| Ok::<_, Error>(STANDARD.encode(bytes(value)?)));
    env.add_filter("b64decode", b64decode);
    env.add_filter("urlencode", |value: &Value| Ok::<_, Error>(urlencode(&bytes(value)?)));
    env.add_filter("sha256", |value: &Value| {
        let digest = Sha256::digest(bytes(value)?);
        Ok::<_, Error>(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    env.add_filter("quote", |value: &Value| Ok::<_, Error>(shell_quote(&plain_text(value)?)));
    env.add_filter("tojson", tojson);
    env.add_filter("toyaml", |state: &State<'_, '_>, value: &Value| {
        written(state, Format::Yaml, value)
    });
    env.add_filter("totoml", |state: &State<'_, '_>, value: &Value| {
        written(state, Format::Toml, value)
    });
    env.add_filter("string", |value: &Value| plain_text(value));
    env.add_filter("join", join);
}

fn fail(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

/// The bytes of a value: of its text, if it is not bytes already.
fn bytes(value: &Value) -> Result<Vec<u8>, Error> {
    match value.kind() {
        ValueKind::Bytes => Ok(value.as_bytes().unwrap_or_default().to_vec()),
        _ => plain_text(value).map(String::into_bytes),
    }
}

fn b64decode(value: &Value) -> Result<String, Error> {
    let decoded = crate::go::base64::decode(&bytes(value)?).map_err(|_| fail(NOT_BASE64))?;
    decoded.expose_str().map(str::to_owned).ok_or_else(|| fail(BASE64_OF_BYTES))
}

/// RFC 3986: everything outside the unreserved characters, `/` too, so that a password fits into a
/// URL.
fn urlencode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(*byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// One word for a POSIX shell (POSIX.1-2017, section 2.2.2): in single quotes unless nothing in it
/// is special.
fn shell_quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%_-+=:,./".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\"'\"'"))
    }
}

fn tojson(state: &State<'_, '_>, value: &Value, options: Kwargs) -> Result<String, Error> {
    let pretty = options.get::<Option<bool>>("pretty")?.unwrap_or_default();
    options.assert_all_used()?;
    if pretty {
        return written(state, Format::Json, value);
    }
    let tree = data::to_tree(value, state)?;
    let json = structure::write_compact_json(&tree).map_err(|_| fail(UNWRITABLE))?;
    Ok(json.expose_str().unwrap_or_default().to_owned())
}

/// A tree in a format, without the last newline: templates put their own.
fn written(state: &State<'_, '_>, format: Format, value: &Value) -> Result<String, Error> {
    let tree = data::to_tree(value, state)?;
    let text = structure::write(format, &tree).map_err(|_| fail(UNWRITABLE))?;
    Ok(text.expose_str().unwrap_or_default().trim_end_matches('\n').to_owned())
}

fn join(state: &State<'_, '_>, value: &Value, separator: Option<&str>) -> Result<String, Error> {
    let separator = separator.unwrap_or_default();
    let mut out = String::new();
    for (index, item) in value.try_iter()?.enumerate() {
        let item = plain_text(&item)?;
        data::charge(state, separator.len() + item.len())?;
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(&item);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::template::Engine;
    use crate::template::fault::FILTERS;

    #[test]
    fn suggested_filters_are_there() {
        for name in FILTERS.split(' ') {
            let filter = format!("x|{name}");
            assert!(Engine::new().env.compile_expression(&filter).is_ok(), "{name}");
        }
    }
}
