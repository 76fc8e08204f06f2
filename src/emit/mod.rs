//! Secrets as text: YAML documents, a JSON list, the hash suffix, and the check that what was
//! written reads back as what was meant.

pub(crate) mod docker_json;
pub(crate) mod encode;
pub(crate) mod file_name;
pub(crate) mod files;
pub(crate) mod hash;
pub(crate) mod json;
pub(crate) mod kustomization;
pub(crate) mod layout;
pub(crate) mod read_back;
pub(crate) mod scalar;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod yaml;
