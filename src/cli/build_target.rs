//! What `-o` names: stdout, a file or a folder.

use std::{fs, path::Path};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// Nothing was named, or `-`.
    Stdout,
    /// One file with everything, or a pipe or device.
    File(&'a Path),
    Folder(&'a Path),
}

impl<'a> Target<'a> {
    /// What is there decides. Where nothing is, a `/` at the end or a name without an ending makes
    /// it a folder.
    pub fn of(output: Option<&'a Path>) -> Self {
        let Some(path) = output.filter(|path| path.as_os_str() != "-") else { return Self::Stdout };
        let is_folder = match fs::metadata(path) {
            Ok(found) => found.is_dir(),
            Err(_) if path.to_string_lossy().ends_with(std::path::is_separator) => true,
            // A link that leads nowhere yet is the link to a file.
            Err(_) => path.extension().is_none() && !path.is_symlink(),
        };
        if is_folder { Self::Folder(path) } else { Self::File(path) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Target;

    #[test]
    fn what_is_there_decides_then_the_name() {
        for name in [".", "src", "new", "new.d/", "none/new", "./-"] {
            assert_eq!(Target::of(Some(Path::new(name))), Target::Folder(Path::new(name)));
        }
        for name in ["LICENSE-MIT", "new.yaml", "/dev/null"] {
            assert_eq!(Target::of(Some(Path::new(name))), Target::File(Path::new(name)));
        }
        assert_eq!(Target::of(Some(Path::new("-"))), Target::Stdout);
    }
}
