//! Metadata that finished manifests may have and specs never say.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MoreMetadata {
    pub generate_name: String,
    pub generation: i64,
    pub finalizers: Vec<String>,
    pub owners: Vec<Owner>,
    /// Fields with a value that only the server sets, such as `uid`, in the order of the manifest.
    /// A real create with a `resourceVersion` fails, though a dry run does not.
    pub server_fields: Vec<&'static str>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub uid: String,
    pub controller: bool,
}

/// So many bytes of a `generateName` are kept (`as/storage/names/generate.go`).
const GENERATED_MAX: usize = 58;

impl MoreMetadata {
    /// The name that the server makes of `generateName`, with `xxxxx` for what is random.
    pub(crate) fn generated_name(&self) -> String {
        let mut end = self.generate_name.len().min(GENERATED_MAX);
        while !self.generate_name.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}xxxxx", self.generate_name.get(..end).unwrap_or_default())
    }

    /// `generateName` as the server judges it: of a dash at its end it takes the byte before it for
    /// a letter too (`maskTrailingDash` in `objectmeta.go`).
    pub(crate) fn masked_generate_name(&self) -> String {
        let Some(rest) = self.generate_name.strip_suffix('-').filter(|rest| !rest.is_empty())
        else {
            return self.generate_name.clone();
        };
        // Without the last of its several bytes, it is no character any more.
        let is_ascii = rest.ends_with(|c: char| c.is_ascii());
        let kept = if is_ascii { rest.get(..rest.len() - 1).unwrap_or_default() } else { rest };
        format!("{kept}a")
    }
}
