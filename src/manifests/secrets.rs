//! Finished manifests as data: the Secrets of a file, for comparing. Nothing is judged; what keeps
//! a Secret from being decoded is an error.

use super::objects::{Object, objects};
use super::read::{ManifestText, read};
use super::{decode::Decoded, fix::LocatedSecret, judge::TokenRanges, mask};
use crate::diag::{Diagnostic, Level};
use crate::secret::Secret;
use crate::source::{FileId, SourceMap};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManifestSecret {
    /// The Secret, without what only a server sets.
    pub secret: Secret,
    /// Whether it comes out of a cluster: it has a `uid` or a `resourceVersion`.
    pub from_server: bool,
}

/// Annotations in which tools keep a copy of the object as it was applied. They hold the data, and
/// say nothing about the Secret.
const COPIES: [&str; 4] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "kapp.k14s.io/original",
    "objectset.rio.cattle.io/applied",
    "banzaicloud.com/last-applied",
];

/// The Secrets in the text of a file, in its order: YAML documents, JSON, Lists opened. Other kinds
/// are passed over. `stringData` is merged into `data` as the server merges it, fields that only
/// the server sets are left out.
/// What can't be read or decoded is an error with its place, and the file's text is masked.
pub(crate) fn secrets(
    file: FileId,
    sources: &mut SourceMap,
) -> Result<Vec<ManifestSecret>, Vec<Diagnostic>> {
    let source = ManifestText { file, text: &sources.get(file).text };
    let read = read(source);
    let mut faults: Vec<Diagnostic> =
        read.faults.into_iter().map(|fault| fault.diagnostic).collect();
    let (mut found, mut tokens) = (Vec::new(), TokenRanges::default());
    for object in read.documents.iter().flat_map(|document| objects(&document.node)) {
        if let Object::Secret(node, _) = object {
            let decoded = Decoded::read(node);
            let secret = LocatedSecret::new(source, &decoded, node.head());
            let hidden = decoded.faults.iter().filter(|fault| fault.hides_data());
            faults.extend(hidden.map(|fault| secret.decode_fault(fault)));
            tokens.harmless.extend_from_slice(&decoded.harmless);
            tokens.unnamed.extend_from_slice(&decoded.unnamed);
            mask::tokens(node, &mut tokens.values);
            found.push(ManifestSecret::of(decoded));
        } else if let Some((mut diagnostic, range, is_harmless)) = object.fault() {
            // There is nothing to compare with.
            diagnostic.level = Level::Error;
            faults.push(diagnostic.at(source.span(&range), ""));
            tokens.harmless.extend(is_harmless.then_some(range));
        }
    }
    if faults.is_empty() {
        return Ok(found);
    }
    let mask = tokens.mask(source.text);
    sources.mask(file, mask);
    Err(faults)
}

impl ManifestSecret {
    fn of(decoded: Decoded) -> Self {
        let mut secret = decoded.secret;
        secret.annotations.retain(|key, _| !COPIES.contains(&key.as_str()));
        let fields = decoded.more.server_fields;
        Self { secret, from_server: fields.contains(&"uid") || fields.contains(&"resourceVersion") }
    }
}
