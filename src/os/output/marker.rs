//! The list of an output folder's files that mintage made: `.mintage`, a path a line. Names only,
//! nothing that depends on a value.

use crate::emit::file_name::is_file_name;
use crate::emit::kustomization;

pub(crate) const NAME: &str = ".mintage";

/// More than a list of 50,000 files with the longest names.
pub(crate) const MAX_BYTES: usize = 32 << 20;

const HEAD: &str = "# Made by mintage: the files of this folder that are its own, and that it \
    removes when their Secrets are gone.\n";

pub(crate) fn text<'a>(paths: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = HEAD.to_owned();
    for path in paths {
        out.push_str(path);
        out.push('\n');
    }
    out
}

/// The paths in a list. `None` if there is a line that mintage has not written: what is named there
/// must never be removed.
pub(crate) fn parse(text: &str) -> Option<Vec<&str>> {
    let ours = |path: &str| path == kustomization::NAME || is_file_name(path);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| ours(line).then_some(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::{parse, text};

    #[test]
    fn what_is_written_is_read() {
        let paths = ["kustomization.yaml", "shop/db.yaml", "aux_.json"];
        assert_eq!(parse(&text(paths)), Some(paths.to_vec()));
        assert_eq!(parse(&text(paths).replace('\n', "\r\n")), Some(paths.to_vec()));
        assert_eq!(parse(""), Some(Vec::new()));
    }

    #[test]
    fn nothing_but_our_own_files() {
        for line in [
            "../a.yaml",
            "/etc/passwd",
            "a/../b.yaml",
            "shop",
            ".mintage",
            "README.md",
            "a.yaml ",
            "\0",
        ] {
            assert_eq!(parse(&format!("a.yaml\n{line}\n")), None, "{line:?}");
        }
    }
}
