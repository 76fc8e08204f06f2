//! What a text that was written says, by the reader of finished manifests, which reads as kubectl
//! does: whether it says what was meant, before anything is printed, and whether it is one that
//! `build` printed.

#[cfg(test)]
mod tests;

use std::slice;

use super::{encode::base64, json, yaml};
use crate::check::api::object_meta::MoreMetadata;
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::go;
use crate::manifests::decode::Decoded;
use crate::manifests::objects::{Object, objects};
use crate::manifests::read::{ManifestText, read};
use crate::parallel::in_parallel;
use crate::secret::Secret;
use crate::source::SourceMap;

/// What was written would be read as something else: a mistake in mintage, not in the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// The first Secret that differs, and the field, if they can be named.
    at: Option<(String, &'static str)>,
}

/// Documents that are worth a thread.
const SHARE: usize = 500;

/// Whether YAML or JSON readers get exactly these Secrets, in this order, out of `text`.
pub(crate) fn check(text: &str, meant: &[Secret]) -> Result<(), Mismatch> {
    if text.starts_with('{') || meant.is_empty() {
        return compare(secrets_in(text), meant);
    }
    // A string never has a raw newline in it, so these are the documents.
    let documents: Vec<&str> = text.split("\n---\n").collect();
    if documents.len() != meant.len() {
        return Err(Mismatch { at: None });
    }
    let pairs: Vec<(&str, &Secret)> = documents.into_iter().zip(meant).collect();
    let results = in_parallel(&pairs, SHARE, |(document, secret)| {
        let (skeleton, values) = cut(document);
        let read = secrets_in(&skeleton).and_then(|secrets| with_values(secrets, &values));
        compare(read, slice::from_ref(*secret))
    });
    results.into_iter().collect()
}

fn compare(read: Option<Vec<Secret>>, meant: &[Secret]) -> Result<(), Mismatch> {
    let read = read.filter(|read| read.len() == meant.len()).ok_or(Mismatch { at: None })?;
    for (read, meant) in read.iter().zip(meant) {
        let fields = [
            ("metadata.name", read.name == meant.name),
            ("metadata.namespace", read.namespace == meant.namespace),
            ("metadata.labels", read.labels == meant.labels),
            ("metadata.annotations", read.annotations == meant.annotations),
            ("immutable", read.immutable == meant.immutable),
            ("type", read.type_ == meant.type_),
            ("data", read.data == meant.data),
        ];
        if let Some((field, _)) = fields.into_iter().find(|(_, same)| !same) {
            return Err(Mismatch { at: Some((meant.id(), field)) });
        }
    }
    Ok(())
}

/// The Secrets of a text; nothing if it is not altogether readable or holds anything else.
fn secrets_in(text: &str) -> Option<Vec<Secret>> {
    // Faults are only counted, so no file has to stand behind their places.
    let read = read(ManifestText { file: SourceMap::new().add("", ""), text });
    if !read.faults.is_empty() {
        return None;
    }
    let secret = |object: Object<'_, '_>| {
        let Object::Secret(node, _) = object else { return None };
        let decoded = Decoded::read(node);
        let is_whole = decoded.faults.is_empty() && decoded.more == MoreMetadata::default();
        is_whole.then_some(decoded.secret)
    };
    read.documents.iter().flat_map(|document| objects(&document.node)).map(secret).collect()
}

/// A YAML document with their numbers, as base64, instead of the values under `data`, and these
/// values: the buffers of the YAML reader are not zeroized.
fn cut(document: &str) -> (String, Vec<&str>) {
    let mut skeleton = String::new();
    let mut values = Vec::new();
    let mut in_data = false;
    for line in document.split_inclusive('\n') {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if !line.starts_with(' ') {
            in_data = line == "data:";
        }
        let entry = line.strip_suffix('"').and_then(|line| line.rsplit_once(": \""));
        match entry.filter(|_| in_data) {
            Some((key, value)) => {
                let number = base64(values.len().to_string().as_bytes());
                skeleton.extend([key, ": \"", &number, "\""]);
                values.push(value);
            }
            None => skeleton.push_str(line),
        }
        skeleton.push('\n');
    }
    (skeleton, values)
}

/// The Secret of a document with the values that were cut out.
fn with_values(mut secrets: Vec<Secret>, values: &[&str]) -> Option<Vec<Secret>> {
    let mut count = 0;
    for value in secrets.iter_mut().flat_map(|secret| secret.data.values_mut()) {
        let number: usize = value.expose_str()?.parse().ok()?;
        *value = go::base64::decode(values.get(number)?.as_bytes()).ok()?;
        count += 1;
    }
    (count == values.len()).then_some(secrets)
}

impl Mismatch {
    /// A name that should have been refused.
    pub(crate) fn name(secret: &Secret) -> Self {
        Self { at: Some((secret.id(), "metadata.name")) }
    }

    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let place = match &self.at {
            Some((secret, field)) => {
                format!("in the Secret {}, field {}", code(secret), code(field))
            }
            None => "in the text as a whole".to_owned(),
        };
        diagnostic!(READ_BACK, "the output does not read back as intended")
            .note(place)
            .note("nothing was written")
            .help(
                "this is a bug in mintage: please report it, with the Secret's name but without \
                 its values",
            )
    }
}

const BEGINNINGS: [&str; 2] = [
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ",
    "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"",
];

/// Whether the text is, byte for byte, what `build` prints in one of its formats for the Secrets in
/// it. Such a text can be printed again; with anything else, someone's work would be lost. Nothing
/// is printed for no Secrets.
pub(crate) fn is_printed(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    // Other files need not be read to their end.
    if !BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) {
        return false;
    }
    match secrets_in(text).as_deref() {
        None => false,
        Some(secrets) if !text.starts_with('{') => *yaml::documents(secrets) == text,
        Some([secret]) if *json::object(secret) == text => true,
        Some(secrets) => *json::list(secrets) == text,
    }
}
