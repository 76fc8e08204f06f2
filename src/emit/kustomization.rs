//! The `kustomization.yaml` of an output folder.

use super::scalar::push_scalar;

/// Its name, the first of the three that kustomize looks for
/// (`konfig.RecognizedKustomizationFileNames`, api/konfig/general.go).
pub(crate) const NAME: &str = "kustomization.yaml";

/// The other two. Beside ours, kustomize refuses the folder.
pub(crate) const OTHER_NAMES: [&str; 2] = ["kustomization.yml", "Kustomization"];

/// A Kustomization that takes these files, paths from its folder. kustomize sorts what it renders.
pub(crate) fn kustomization<'a>(paths: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = "# Made by mintage, as are the files below: change the spec instead.\n\
                   apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:"
        .to_owned();
    let before = out.len();
    for path in paths {
        out.push_str("\n- ");
        push_scalar(&mut out, path);
    }
    if out.len() == before {
        out.push_str(" []");
    }
    out.push('\n');
    out
}

/// Whether a text is one that [`kustomization`] made, byte for byte.
pub(crate) fn is_printed(text: &str) -> bool {
    let items = text.lines().filter_map(|line| line.strip_prefix("- "));
    // Names of files need no escapes, so quotes are all that a scalar has around it.
    let paths = items
        .map(|item| item.strip_prefix('"').and_then(|item| item.strip_suffix('"')).unwrap_or(item));
    kustomization(paths) == text
}

#[cfg(test)]
mod tests {
    use super::{is_printed, kustomization};

    #[test]
    fn what_was_printed_is_known() {
        let text = kustomization(["shop/b.yaml", "1.yaml", "a.yaml"]);
        assert!(text.ends_with("\nresources:\n- shop/b.yaml\n- \"1.yaml\"\n- a.yaml\n"), "{text}");
        assert!(is_printed(&text) && is_printed(&kustomization([])));
        for changed in [
            text.replace('\n', "\r\n"),
            format!("{text}namespace: shop\n"),
            text.replacen("# Made", "# made", 1),
        ] {
            assert!(!is_printed(&changed), "{changed}");
        }
    }
}
