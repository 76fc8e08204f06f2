//! Secrets as files of an output folder: one a Secret, read back before anybody gets to see it.

use std::thread;

use super::file_name::file_name;
use super::read_back::{self, Mismatch};
use super::{json, yaml};
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

/// Secrets that a thread takes at the least: below that, starting it costs more than it saves.
const WORTH_A_THREAD: usize = 500;

/// A file for each Secret, in the order given. The bytes are those of [`yaml::documents`] or
/// [`json::object`] for that Secret alone.
///
/// # Errors
/// The first field that does not read back as what was meant.
#[expect(
    clippy::disallowed_methods,
    reason = "thousands of files; the threads end here, and keep the order"
)]
pub(crate) fn files(
    secrets: &[Secret],
    format: ManifestFormat,
) -> Result<Vec<OutputFile>, Mismatch> {
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(secrets.len().div_ceil(WORTH_A_THREAD))
        .max(1);
    let part = |secrets: &[Secret]| {
        secrets.iter().map(|secret| file(secret, format)).collect::<Result<Vec<_>, _>>()
    };
    if threads == 1 {
        return part(secrets);
    }
    let parts: Vec<_> = thread::scope(|scope| {
        let part = &part;
        let share = secrets.len().div_ceil(threads);
        let running: Vec<_> =
            secrets.chunks(share).map(|secrets| scope.spawn(move || part(secrets))).collect();
        running
            .into_iter()
            .map(|thread| {
                thread.join().unwrap_or(Err(Mismatch { secret: None, field: Vec::new() }))
            })
            .collect()
    });
    let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(parts.into_iter().flatten().collect())
}

fn file(secret: &Secret, format: ManifestFormat) -> Result<OutputFile, Mismatch> {
    let one = std::slice::from_ref(secret);
    let (text, read, ending) = match format {
        ManifestFormat::Yaml => {
            let text = yaml::documents(one);
            let read = read_back::yaml(&text, one);
            (text, read, "yaml")
        }
        ManifestFormat::Json => {
            let text = json::object(secret);
            let read = read_back::json_object(&text, secret);
            (text, read, "json")
        }
    };
    read?;
    let path = file_name(secret, ending);
    let path = path.ok_or_else(|| Mismatch {
        secret: Some(secret.id()),
        field: vec!["metadata".to_owned(), "name".to_owned()],
    })?;
    Ok(OutputFile { path, bytes: SecretBytes::from(text.as_bytes()) })
}

#[cfg(test)]
mod tests {
    use super::{ManifestFormat, OutputFile, files};
    use crate::emit::{json, yaml};
    use crate::secret::Secret;

    #[test]
    fn threads_keep_the_order() {
        let secret = |number: usize| Secret {
            name: format!("s-{number}"),
            type_: "Opaque".into(),
            ..Secret::default()
        };
        let secrets: Vec<Secret> = (0..2100).map(secret).collect();
        for format in [ManifestFormat::Yaml, ManifestFormat::Json] {
            let expected: Vec<OutputFile> = secrets
                .iter()
                .map(|secret| match format {
                    ManifestFormat::Yaml => (
                        format!("{}.yaml", secret.name),
                        yaml::documents(std::slice::from_ref(secret)),
                    ),
                    ManifestFormat::Json => (format!("{}.json", secret.name), json::object(secret)),
                })
                .map(|(path, text)| OutputFile { path, bytes: text.as_bytes().into() })
                .collect();
            assert!(files(&secrets, format) == Ok(expected), "{format:?}");
        }
        assert_eq!(files(&[], ManifestFormat::Yaml), Ok(Vec::new()));
    }

    #[test]
    fn a_name_that_is_none_is_no_path() {
        let bad = Secret { name: "../up".into(), type_: "Opaque".into(), ..Secret::default() };
        assert_eq!(files(&[bad], ManifestFormat::Yaml).unwrap_err().field, ["metadata", "name"]);
    }
}
