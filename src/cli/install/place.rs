//! Making folders and links, and the findings where that fails.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::os::bounded_read::system_words;
use crate::os::inputs::Inputs;

/// The finding that something can't be put in place.
pub fn fault(path: &Path, why: &str) -> Box<Diagnostic> {
    Box::new(diagnostic!(
        CANNOT_WRITE,
        "can't install {}: {why}",
        code(&path.display().to_string())
    ))
}

/// The finding that something else is there, which `--force` would replace.
pub fn in_the_way(path: &Path) -> Box<Diagnostic> {
    let message = format!(
        "can't install {}: it exists, and mintage did not put it there",
        code(&path.display().to_string())
    );
    Box::new(
        diagnostic!(FOREIGN_FILES, "{message}")
            .help("pass `--force` to overwrite it, or move it away"),
    )
}

/// The program that gets installed: what is put in place must not take its own place.
pub fn inputs(program: &Path) -> Inputs {
    let mut inputs = Inputs::default();
    if let Ok(found) = fs::metadata(program) {
        inputs.add("the program to install", &program.display().to_string(), Some(program), &found);
    }
    inputs
}

/// Makes a folder and those above it.
pub fn folder(path: &Path) -> Result<(), Box<Diagnostic>> {
    fs::create_dir_all(path).map_err(|error| fault(path, &system_words(&error)))
}

/// This very program, by a path that lasts: that on the `PATH`, if it leads to the same file, since
/// the file itself may bear a version.
pub fn program() -> Result<PathBuf, Box<Diagnostic>> {
    let fault = |error: io::Error| {
        fault(
            Path::new("mintage"),
            &format!("its own path can't be found: {}", system_words(&error)),
        )
    };
    let own = std::env::current_exe().and_then(fs::canonicalize).map_err(fault)?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("mintage"));
    Ok(on_path
        .into_iter()
        .find(|file| fs::canonicalize(file).is_ok_and(|file| file == own))
        .unwrap_or(own))
}

/// A path of the environment; empty is as good as unset.
pub fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
