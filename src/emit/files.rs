//! Secrets as files of an output folder: one a Secret, read back before it is given to anybody.

use std::slice;

use super::file_name::file_name;
use super::read_back::{self, Mismatch};
use super::{json, yaml};
use crate::parallel::in_parallel;
use crate::secret::{Secret, bytes::SecretBytes};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManifestFormat {
    Yaml,
    Json,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutputFile {
    pub path: String,
    pub bytes: SecretBytes,
}

/// Secrets that are worth a thread.
const SHARE: usize = 500;

/// A file for each Secret, in the order given. The bytes are those of [`yaml::documents`] or
/// [`json::object`] for that Secret alone.
pub(crate) fn files(
    secrets: &[Secret],
    format: ManifestFormat,
) -> Result<Vec<OutputFile>, Mismatch> {
    let files = in_parallel(secrets, SHARE, |secret| {
        let one = slice::from_ref(secret);
        let (text, ending) = match format {
            ManifestFormat::Yaml => (yaml::documents(one), "yaml"),
            ManifestFormat::Json => (json::object(secret), "json"),
        };
        read_back::check(&text, one)?;
        let path = file_name(secret, ending).ok_or_else(|| Mismatch::name(secret))?;
        Ok(OutputFile { path, bytes: SecretBytes::from(text.as_bytes()) })
    });
    files.into_iter().collect()
}
