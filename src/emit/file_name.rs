//! The file of a Secret in an output folder: `NAMESPACE/NAME.yaml`, or `NAME.yaml` without a
//! namespace.
//!
//! Names of the API have no capitals and no `_`, so they never differ by case alone, and a `_`
//! marks where the plain name would not do.

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// The longest name that is kept whole: file systems take 255 bytes, and the ending and a `_` have
/// to fit in.
const LONGEST: usize = 240;
/// What is kept of longer ones, before the hash.
const KEPT: usize = 200;

/// The path of a Secret's file from its folder, with `/` between; `ending` without its dot.
///
/// `None` if a name is not one that the API server takes, which a build has refused before.
pub(crate) fn file_name(secret: &Secret, ending: &str) -> Option<String> {
    let namespace = match &secret.namespace {
        Some(namespace) => format!("{}/", safe(namespace)?),
        None => String::new(),
    };
    let mut name = safe(&secret.name)?;
    if namespace.is_empty() && name == "kustomization" {
        // Its place is taken by the list of all files.
        name.push('_');
    }
    Some(format!("{namespace}{name}.{ending}"))
}

/// Whether a path is one that [`file_name`] may have made: below the folder, and nothing but a file
/// of a Secret.
pub(crate) fn is_file_name(path: &str) -> bool {
    let (namespace, file) =
        path.split_once('/').map_or((None, path), |(namespace, file)| (Some(namespace), file));
    let stem = file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".json"));
    let is_safe = |name: &str| is_of_api(&name.replace('_', "-"));
    namespace.is_none_or(is_safe) && stem.is_some_and(is_safe)
}

/// Whether the API takes such a name.
fn is_of_api(name: &str) -> bool {
    let inside = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    !name.is_empty() && !name.starts_with(['.', '-']) && name.bytes().all(inside)
}

/// A name of the API as a name that every file system takes.
fn safe(name: &str) -> Option<String> {
    if !is_of_api(name) {
        return None;
    }
    if name.len() > LONGEST {
        let hash: String =
            Sha256::digest(name).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        return Some(format!("{}_{hash}", name.get(..KEPT)?));
    }
    // Names that Windows takes for devices, whatever stands behind their first dot (Naming Files,
    // Paths, and Namespaces, Microsoft Learn). A repository with such a file can't be checked out
    // there.
    let (first, rest) = name.split_at(name.find('.').unwrap_or(name.len()));
    let is_device = matches!(first, "con" | "prn" | "aux" | "nul")
        || matches!(
            first.as_bytes(),
            [b'c', b'o', b'm', b'1'..=b'9'] | [b'l', b'p', b't', b'1'..=b'9']
        );
    Some(if is_device { format!("{first}_{rest}") } else { name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::{file_name, is_file_name};
    use crate::secret::Secret;

    fn path(namespace: &str, name: &str) -> Option<String> {
        let namespace = Some(namespace.to_owned()).filter(|text| text != "-");
        file_name(&Secret { name: name.into(), namespace, ..Secret::default() }, "yaml")
    }

    #[test]
    fn what_can_not_stay_gets_an_underscore() {
        for (namespace, name, expected) in [
            ("b", "a", "b/a.yaml"),
            ("-", "b.yaml", "b.yaml.yaml"),
            ("shop", "kustomization", "shop/kustomization.yaml"),
            ("-", "com0.example.com1", "com0.example.com1.yaml"),
            ("-", "kustomization", "kustomization_.yaml"),
            ("con", "aux.example", "con_/aux_.example.yaml"),
            ("shop", "lpt1", "shop/lpt1_.yaml"),
        ] {
            let found = path(namespace, name).unwrap();
            assert!(found == expected && is_file_name(&found), "{found}");
        }
        let long = ["a", "b"].map(|end| path("-", &("a".repeat(252) + end)).unwrap());
        assert!(long[0] != long[1] && long.iter().all(|path| path.len() < 240), "{long:?}");
        assert_eq!(path("-", &"a".repeat(240)).unwrap().len(), 245);
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for name in ["", "..", ".a", "../a", "a/b", "A", "a\0", "a\n", "-a", "/a"] {
            assert_eq!((path("-", name), path(name, "a")), (None, None), "{name:?}");
        }
        let others = "../a.yaml /a.yaml a/b/c.yaml a/../b.yaml .mintage a/.yaml a.yml";
        for path in others.split(' ').chain([""]) {
            assert!(!is_file_name(path), "{path}");
        }
    }
}
