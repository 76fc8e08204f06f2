//! Secrets as files of an output folder: one a Secret, read back before it is given to anybody.

use std::slice;

use super::file_name::file_name;
use super::read_back::{self, Mismatch};
use super::{json, yaml};
use crate::parallel::in_parallel;
use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManifestFormat {
    Yaml,
    Json,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutputFile {
    /// Its path from the folder, with `/` between.
    pub path: String,
    pub bytes: SecretBytes,
}

/// Secrets that are worth a thread.
const SHARE: usize = 500;

/// A file for each Secret, in the order given. The bytes are those of [`yaml::documents`] or
/// [`json::object`] for that Secret alone.
///
/// # Errors
/// The first field that does not read back as what was meant.
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

#[cfg(test)]
mod tests {
    use super::{ManifestFormat, files};
    use crate::emit::read_back::Mismatch;
    use crate::emit::tests::secrets;
    use crate::emit::{json, yaml};
    use crate::secret::Secret;

    #[test]
    fn a_file_for_each() {
        let secrets = secrets();
        let yaml = files(&secrets, ManifestFormat::Yaml).unwrap();
        assert_eq!(yaml[0].path, "y/db.yaml");
        assert!(yaml[0].bytes.expose_str() == Some(&yaml::documents(&secrets[..1])));
        let json = files(&secrets, ManifestFormat::Json).unwrap();
        assert_eq!(json[1].path, "bare.json");
        assert!(json[1].bytes.expose_str() == Some(&json::object(&secrets[1])));
    }

    #[test]
    fn a_name_that_is_none_is_no_path() {
        let bad = Secret { name: "../up".into(), type_: "Opaque".into(), ..Secret::default() };
        assert_eq!(files(&[bad.clone()], ManifestFormat::Yaml), Err(Mismatch::name(&bad)));
    }
}
